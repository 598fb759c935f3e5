/** What people type into the portal's forms, in Chromium: kept over a link and Back, asked about, merged with what others saved. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWav } from '@crepitus/recordings';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { breathLikeSound } from '../apps/portal/test/breath-like-sound.ts';
import { findChromium } from './browsers/chromium.ts';
import { complaintsAbout } from './portal-accessibility.ts';
import { joinBy, type PortalAndChromium, password, startPortalAndChromium } from './portal-and-chromium.ts';

const found = await findChromium();

describe.skipIf(!found)('what is typed into forms, in Chromium', () => {
  let portal: PortalAndChromium;
  let context: BrowserContext;
  let page: Page;
  let patient: string;
  const asked: string[] = [];

  beforeAll(async () => {
    portal = await startPortalAndChromium();
    context = await portal.browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB' });
    context.setDefaultTimeout(60_000);
    page = await context.newPage();
    await joinBy(page, portal.server.link!, 'Ada Moor');
    page.on('dialog', dialog => {
      asked.push(dialog.type());
      void dialog.dismiss();
    });
    await page.getByLabel('Pseudonym').last().fill('P-0001');
    await page.getByRole('button', { name: 'Enter the patient' }).click();
    await page.waitForURL('**/patients/*-*');
    patient = page.url();
  }, 240_000);
  afterAll(() => portal?.close());

  const newVisit = (on: Page) => on.locator('section[aria-labelledby=new]');
  const details = (on: Page) => on.locator('section[aria-labelledby=edit]');
  const unsaved = 'What you typed here before is not saved yet.';
  /** The accounts' header is drawn by the server: a page is there with its scripts once a button can be pressed. */
  const isAlive = (on: Page) =>
    details(on).getByRole('button', { name: 'Save' }).and(on.locator(':enabled')).waitFor();

  /** The answer is to stay. */
  const reloadIsAskedAbout = async () => {
    const reload = page.reload({ timeout: 3000 }).catch(() => {});
    await expect.poll(() => asked).toEqual(['beforeunload']);
    await reload;
    asked.length = 0;
  };

  it('is there again after a link by mistake and Back, in every form of the page, and can be discarded', async () => {
    await isAlive(page);
    await newVisit(page).getByLabel('Notes').fill('Coughs since Tuesday.\nNo fever.');
    await details(page).getByLabel('Year of birth').fill('1951');
    await details(page).getByLabel('Notes').fill('Asthma as a child.');
    await page.getByRole('link', { name: 'Account' }).click();
    await page.waitForURL('**/account');
    await page.goBack();
    await newVisit(page).getByText(unsaved).waitFor();
    expect(await newVisit(page).getByLabel('Notes').inputValue()).toBe('Coughs since Tuesday.\nNo fever.');
    expect(await details(page).getByLabel('Year of birth').inputValue()).toBe('1951');
    expect(await details(page).getByLabel('Notes').inputValue()).toBe('Asthma as a child.');
    expect(await complaintsAbout(page, 'draft')).toEqual([]);
    await newVisit(page).getByRole('button', { name: 'Discard it' }).click();
    expect(await newVisit(page).getByLabel('Notes').inputValue()).toBe('');
    expect(await newVisit(page).getByText(unsaved).count()).toBe(0);
    expect(await details(page).getByLabel('Notes').inputValue()).toBe('Asthma as a child.');
    expect(asked).toEqual([]);
  });

  it('is asked about before the page is loaded anew, until it is saved, taken out or discarded', async () => {
    await reloadIsAskedAbout();
    await details(page).getByRole('button', { name: 'Save' }).click();
    await details(page).getByText('Saved.').waitFor();
    await page.reload();
    await isAlive(page);
    expect(await details(page).getByLabel('Notes').inputValue()).toBe('Asthma as a child.');
    await details(page).getByLabel('Notes').fill('Asthma.');
    await reloadIsAskedAbout();
    await details(page).getByLabel('Notes').fill('Asthma as a child.');
    await page.reload();
    await isAlive(page);
    expect(asked).toEqual([]);
    expect(await page.getByText(unsaved).count()).toBe(0);
  });

  it('while a save is under way is kept as not saved', async () => {
    let answer = () => {};
    const isHeld = new Promise<void>(resolve => {
      answer = resolve;
    });
    await page.route('**/api/patients/*', async route => {
      const reply = await route.fetch();
      await isHeld;
      await route.fulfill({ response: reply });
    });
    await details(page).getByLabel('Notes').fill('Asthma as a child. Smokes.');
    const saved = page.waitForRequest(request => request.method() === 'PUT');
    await details(page).getByRole('button', { name: 'Save' }).click();
    await saved;
    await details(page).getByLabel('Notes').fill('Asthma as a child. Smokes, 20 a day.');
    answer();
    await details(page).getByText('Saved, but not what you typed since.').waitFor();
    await page.unroute('**/api/patients/*');
    await reloadIsAskedAbout();
    expect(await details(page).getByLabel('Notes').inputValue()).toBe('Asthma as a child. Smokes, 20 a day.');
    const { notes } = (await (await page.request.get(patient.replace('/patients', '/api/patients'))).json())
      .patient;
    expect(notes).toBe('Asthma as a child. Smokes.');
    await details(page).getByRole('button', { name: 'Save' }).click();
    await details(page).getByText('Saved.', { exact: true }).waitFor();
    expect(await page.locator('.differences').count()).toBe(0);
    await page.reload();
    await isAlive(page);
    expect(await details(page).getByLabel('Notes').inputValue()).toBe('Asthma as a child. Smokes, 20 a day.');
    expect(asked).toEqual([]);
  });

  it('is nowhere once its maker has signed out, nor in what the browser stores', async () => {
    const other = await context.newPage();
    await other.goto(patient);
    await isAlive(other);
    await newVisit(other).getByLabel('Notes').fill('Unheard-of secret');
    expect(
      await other.evaluate(() =>
        JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
      ),
    ).not.toContain('Unheard-of');
    const answers = [false, true];
    other.on('dialog', dialog => {
      expect(dialog.type()).toBe('confirm'); // Before the session ends, not after it.
      void (answers.shift() ? dialog.accept() : dialog.dismiss());
    });
    await other.getByRole('button', { name: 'Sign out' }).click();
    const status = () => other.evaluate(async () => (await fetch('/api/patients')).status);
    expect(await status()).toBe(200); // Nothing happened.
    expect(await newVisit(other).getByLabel('Notes').inputValue()).toBe('Unheard-of secret');
    await other.getByRole('button', { name: 'Sign out' }).click();
    await other.waitForURL('**/sign-in');
    await other.getByLabel('E-mail address').fill('ada@north.example');
    await other.getByLabel('Password').fill(password);
    await other.getByRole('button', { name: 'Sign in' }).click();
    await other.getByRole('link', { name: 'P-0001' }).click();
    await isAlive(other);
    expect(await newVisit(other).getByLabel('Notes').inputValue()).toBe('');
    await other.close();
  });

  it('of a record that somebody else changed meanwhile is shown beside what they saved, to choose from', async () => {
    const colleague = await context.newPage();
    for (const each of [page, colleague]) {
      await each.goto(patient);
      await isAlive(each);
    }
    await details(colleague).getByLabel('Pseudonym').fill('P-0001b');
    await details(colleague).getByLabel('Notes').fill('Asthma until 1970.');
    await details(colleague).getByRole('button', { name: 'Save' }).click();
    await details(colleague).getByText('Saved.').waitFor();

    await details(page).getByLabel('Sex').selectOption('female');
    await details(page).getByLabel('Notes').fill('Asthma, treated.');
    await details(page).getByRole('button', { name: 'Save' }).click();
    await details(page).getByText('Not saved yet: somebody else changed this').waitFor();
    const differences = page.locator('.differences');
    expect(await differences.getByText('Pseudonym: changed by them').textContent()).toContain('P-0001b');
    expect(await details(page).getByLabel('Pseudonym').inputValue()).toBe('P-0001b');
    expect(await differences.locator('fieldset legend').allTextContents()).toEqual(['Notes']);
    await differences.getByText('Asthma until 1970.').waitFor();
    expect(await differences.getByRole('radio', { name: /Keep yours/ }).isChecked()).toBe(true);
    expect(await complaintsAbout(page, 'differences')).toEqual([]);
    await differences.getByRole('radio', { name: /Take theirs/ }).click();
    expect(await details(page).getByLabel('Notes').inputValue()).toBe('Asthma until 1970.');
    await differences.getByRole('radio', { name: /Keep yours/ }).click();
    expect(await details(page).getByLabel('Notes').inputValue()).toBe('Asthma, treated.');
    await differences.getByRole('radio', { name: /Take theirs/ }).click();
    await details(page).getByRole('button', { name: 'Save' }).click();
    await details(page).getByText('Saved.').waitFor();
    expect(await differences.count()).toBe(0);
    await colleague.reload();
    await isAlive(colleague);
    expect(await details(colleague).getByLabel('Pseudonym').inputValue()).toBe('P-0001b');
    expect(await details(colleague).getByLabel('Sex').inputValue()).toBe('female');
    expect(await details(colleague).getByLabel('Notes').inputValue()).toBe('Asthma until 1970.');
    await colleague.close();
  });

  it('before somebody else saved, and found again after it, still counts as made before', async () => {
    await details(page).getByLabel('Notes').fill('Mine, typed first.');
    await page.getByRole('link', { name: 'Account' }).click();
    await page.waitForURL('**/account');
    const colleague = await context.newPage();
    await colleague.goto(patient);
    await isAlive(colleague);
    await details(colleague).getByLabel('Notes').fill('Theirs, saved first.');
    await details(colleague).getByRole('button', { name: 'Save' }).click();
    await details(colleague).getByText('Saved.').waitFor();
    await colleague.close();
    await page.goBack();
    await details(page).getByText(unsaved).waitFor();
    expect(await details(page).getByLabel('Notes').inputValue()).toBe('Mine, typed first.');
    await details(page).getByRole('button', { name: 'Save' }).click();
    await page.locator('.differences').getByText('Theirs, saved first.').waitFor();
    await details(page).getByRole('button', { name: 'Discard it' }).click();
    await expect.poll(() => details(page).getByLabel('Notes').inputValue()).toBe('Theirs, saved first.');
    expect(asked).toEqual([]);
  });

  it('into the notes of a visit is kept as well, and opens where it was folded away', async () => {
    await newVisit(page).getByRole('button', { name: 'Enter the visit' }).click();
    await page.waitForURL('**/visits/*');
    await page.getByText('Change day and notes').click();
    await page.getByLabel('Notes').fill('Before lunch.');
    await page.getByRole('link', { name: 'P-0001b' }).click();
    await page.waitForURL(patient);
    await page.goBack();
    await page.getByText(unsaved).waitFor();
    expect(await page.getByLabel('Notes').inputValue()).toBe('Before lunch.');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    await page.locator('p.notes', { hasText: 'Before lunch.' }).waitFor();
    await page.reload();
    expect(asked).toEqual([]);
  });

  it('and chosen for a recording, on the picture of the chest too, is kept and merged alike', async () => {
    const file = join(portal.folder, 'sound.wav');
    await writeFile(file, writeWav([breathLikeSound(4, 8000, 1)], 8000));
    await page.locator('input[type=file]').first().setInputFiles(file);
    await page.getByRole('link', { name: 'Recording 1', exact: true }).click();
    await page.waitForURL('**/recordings/*');
    const address = page.url();
    const form = (on: Page) => on.locator('section[aria-labelledby=edit]');
    const save = (on: Page) => form(on).getByRole('button', { name: 'Save' }).and(on.locator(':enabled'));
    await save(page).waitFor();
    await form(page).getByLabel('Stethoscope or recorder').fill('Littmann');
    await form(page).getByRole('button', { name: 'Prb,' }).click();
    await page.getByRole('link', { name: 'Account' }).click();
    await page.waitForURL('**/account');
    await page.goBack();
    await form(page).getByText(unsaved).waitFor();
    expect(await form(page).getByLabel('Stethoscope or recorder').inputValue()).toBe('Littmann');
    expect(await form(page).getByLabel('Chest site').inputValue()).toBe('Prb');

    const colleague = await context.newPage();
    await colleague.goto(address);
    await save(colleague).waitFor();
    await form(colleague).getByLabel('Chest site').selectOption('Plb');
    await save(colleague).click();
    await form(colleague).getByText('Saved.').waitFor();
    await colleague.close();
    await save(page).click();
    const differences = page.locator('.differences');
    await differences.getByText('posterior left, base').waitFor();
    await differences.getByRole('radio', { name: /Take theirs/ }).click();
    await expect.poll(() => form(page).getByLabel('Chest site').inputValue()).toBe('Plb');
    await save(page).click();
    await form(page).getByText('Saved.').waitFor();
    await page.reload();
    await save(page).waitFor();
    expect(await form(page).getByLabel('Stethoscope or recorder').inputValue()).toBe('Littmann');
    expect(await form(page).getByLabel('Chest site').inputValue()).toBe('Plb');
    expect(asked).toEqual([]);
  });

  it('for a recording goes when its visit is deleted', async () => {
    const form = page.locator('section[aria-labelledby=edit]');
    await form.getByLabel('Stethoscope or recorder').fill('Eko');
    await page.locator('.path a[href^="/visits/"]').click();
    await page.waitForURL('**/visits/*');
    await reloadIsAskedAbout();
    await page.getByText('Delete this visit').click();
    await page.getByRole('button', { name: 'Delete for good' }).click();
    await page.waitForURL(patient);
    await page.reload();
    await isAlive(page);
    expect(asked).toEqual([]);
  });
});
