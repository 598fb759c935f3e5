/** Forms that make a record, in Chromium, while their answer is under way: nothing typed is lost, nothing is made twice. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWav } from '@crepitus/recordings';
import type { BrowserContext, Locator, Page, Route } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { breathLikeSound } from '../apps/portal/test/breath-like-sound.ts';
import { findChromium } from './browsers/chromium.ts';
import { complaintsAbout } from './portal-accessibility.ts';
import { joinBy, type PortalAndChromium, startPortalAndChromium } from './portal-and-chromium.ts';

const found = await findChromium();

describe.skipIf(!found)('forms that make a record, in Chromium', () => {
  let portal: PortalAndChromium;
  let context: BrowserContext;
  let page: Page;
  /** What was asked for, but reading. */
  const sent: string[] = [];

  beforeAll(async () => {
    portal = await startPortalAndChromium();
    context = await portal.browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB' });
    context.setDefaultTimeout(60_000);
    page = await context.newPage();
    await joinBy(page, portal.server.link!, 'Ada Moor');
    page.on('request', request => {
      if (request.method() !== 'GET' && request.method() !== 'HEAD')
        sent.push(`${request.method()} ${new URL(request.url()).pathname}`);
    });
    page.on('dialog', dialog => void dialog.accept());
  }, 240_000);
  afterAll(() => portal?.close());

  const details = () => page.locator('section[aria-labelledby=edit]');
  const newVisit = () => page.locator('section[aria-labelledby=new]');
  const unsaved = 'What you typed here before is not saved yet.';
  const get = async (path: string) => (await page.request.get(`${portal.address}${path}`)).json();
  const idOf = () => page.url().split('/').at(-1)!;

  /** What a path answers comes when the returned function is called. */
  async function held(path: string, method = 'POST'): Promise<() => Promise<void>> {
    let answer = () => {};
    const isHeld = new Promise<void>(resolve => {
      answer = resolve;
    });
    let held: Promise<void> | undefined;
    const hold = (route: Route) => {
      if (route.request().method() !== method) return route.fallback();
      held = route.fetch().then(async response => {
        await isHeld;
        await route.fulfill({ response });
      });
      return held;
    };
    await page.route(path, hold);
    return async () => {
      answer();
      await held;
      await page.unroute(path, hold);
    };
  }

  /** Also where the button says that it does nothing. */
  const press = (form: Locator) => form.locator('button[type=submit]').click({ force: true });
  const isWorking = (form: Locator) => form.getByRole('status').filter({ hasText: 'One moment' }).waitFor();

  it('keep what is typed meanwhile as a change of the patient that was made', async () => {
    const form = page
      .locator('form')
      .filter({ has: page.getByRole('button', { name: 'Enter the patient' }) });
    const answer = await held('**/api/patients');
    await form.getByLabel('Pseudonym').fill('P-0001');
    await form.getByLabel('Notes').fill('Coughs.');
    await press(form);
    await isWorking(form);
    expect(await complaintsAbout(page, 'saving')).toEqual([]);
    await form.getByLabel('Notes').fill('Coughs. Smokes.');
    await form.getByLabel('Pseudonym').press('Enter'); // Nothing is sent twice.
    await press(form);
    await answer();
    await page.waitForURL('**/patients/*-*');
    await details().getByText(unsaved).waitFor();
    expect(await details().getByLabel('Notes').inputValue()).toBe('Coughs. Smokes.');
    expect((await get(`/api/patients/${idOf()}`)).patient.notes).toBe('Coughs.');
    expect(sent.splice(0)).toEqual(['POST /api/patients']);
    await details().getByRole('button', { name: 'Save' }).click();
    await details().getByText('Saved.', { exact: true }).waitFor();
    expect(await page.locator('.differences').count()).toBe(0);
    expect((await get(`/api/patients/${idOf()}`)).patient.notes).toBe('Coughs. Smokes.');
    await page.getByRole('link', { name: 'Patients' }).first().click();
    await page.waitForURL('**/patients');
    expect(await form.getByLabel('Pseudonym').inputValue()).toBe('');
    sent.length = 0;
  });

  it('keep what is typed meanwhile as a change of the visit that was made', async () => {
    await page.getByRole('link', { name: 'P-0001' }).click();
    await page.waitForURL('**/patients/*-*');
    await newVisit().locator('button[type=submit]').and(page.locator(':enabled')).waitFor();
    const answer = await held('**/api/patients/*/visits');
    await newVisit().getByLabel('Notes').fill('First.');
    await press(newVisit());
    await isWorking(newVisit());
    await newVisit().getByLabel('Notes').fill('First. After lunch.');
    await answer();
    await page.waitForURL('**/visits/*');
    await page.getByText(unsaved).waitFor();
    expect(await page.getByLabel('Notes').inputValue()).toBe('First. After lunch.');
    expect((await get(`/api/visits/${idOf()}`)).visit.notes).toBe('First.');
    await page.getByRole('button', { name: 'Discard it' }).click();
    await expect.poll(() => page.getByLabel('Notes').inputValue()).toBe('First.');
    await page.getByRole('link', { name: 'P-0001' }).click();
    await page.waitForURL('**/patients/*-*');
    expect(sent.splice(0)).toHaveLength(1);
  });

  it('make one record by a double click, by a held key, and until the next page is there', async () => {
    const patient = idOf();
    const visits = async () => (await get(`/api/patients/${patient}`)).visits.length;
    await newVisit().locator('button[type=submit]').and(page.locator(':enabled')).waitFor();
    await newVisit().locator('button[type=submit]').dblclick();
    await page.waitForURL('**/visits/*');
    expect(await visits()).toBe(2);
    await page.goBack();
    await newVisit().locator('button[type=submit]').and(page.locator(':enabled')).waitFor();
    await newVisit().locator('button[type=submit]').focus();
    for (let i = 0; i < 4; i++) await page.keyboard.down('Enter');
    await page.keyboard.up('Enter');
    await page.waitForURL('**/visits/*');
    expect(await visits()).toBe(3);

    await page.goBack();
    await newVisit().locator('button[type=submit]').and(page.locator(':enabled')).waitFor();
    let goOn = () => {};
    const isHeld = new Promise<void>(resolve => {
      goOn = resolve;
    });
    await page.route('**/visits/*', async route => {
      if (route.request().method() === 'GET') await isHeld;
      await route.fallback();
    });
    const made = page.waitForResponse(response => response.request().method() === 'POST');
    await press(newVisit());
    await made;
    await page.waitForTimeout(700); // No double click any more.
    await press(newVisit());
    await newVisit().getByLabel('Notes').fill('Typed late.');
    goOn();
    await page.waitForURL('**/visits/*');
    await page.unroute('**/visits/*');
    expect(await page.getByLabel('Notes').inputValue()).toBe('Typed late.');
    expect(await visits()).toBe(4);
    await page.getByRole('button', { name: 'Discard it' }).click();
    sent.length = 0;
  });

  it('that fail keep everything typed, and can be sent again', async () => {
    await page.getByRole('link', { name: 'Patients' }).first().click();
    await page.waitForURL('**/patients');
    const form = page
      .locator('form')
      .filter({ has: page.getByRole('button', { name: 'Enter the patient' }) });
    await form.getByLabel('Pseudonym').fill('P-0002');
    await form.getByLabel('Sex').selectOption('female');
    await form.getByLabel('Notes').fill('Wheezes.');
    await page.route('**/api/patients', route => route.abort());
    await press(form);
    await form.getByText('The portal does not answer').waitFor();
    await page.unroute('**/api/patients');
    await page.route('**/api/patients', route => route.fulfill({ status: 502, body: '<html>' }));
    await press(form);
    await form.getByText(/failed/).waitFor();
    await page.unroute('**/api/patients');
    expect(await form.getByLabel('Pseudonym').inputValue()).toBe('P-0002');
    expect(await form.getByLabel('Sex').inputValue()).toBe('female');
    expect(await form.getByLabel('Notes').inputValue()).toBe('Wheezes.');
    await press(form);
    await page.waitForURL('**/patients/*-*');
    expect((await get(`/api/patients/${idOf()}`)).patient).toMatchObject({
      sex: 'female',
      notes: 'Wheezes.',
    });
    expect(await page.getByText(unsaved).count()).toBe(0);
    sent.length = 0;
  });

  it('make one link by a double click, withdraw one, and say what is typed since', async () => {
    await page.goto(`${portal.address}/people`);
    const form = page
      .locator('form')
      .filter({ has: page.getByLabel('For whom (your note)') })
      .first();
    await form.locator('button[type=submit]').and(page.locator(':enabled')).waitFor();
    await form.getByLabel('For whom (your note)').fill('Dr Rook');
    await form.locator('button[type=submit]').dblclick();
    const withdraw = page.getByRole('button', { name: 'Withdraw' });
    await expect.poll(() => withdraw.count()).toBe(1);

    const answer = await held('**/api/invitations');
    await form.getByLabel('For whom (your note)').fill('Dr Swift');
    await press(form);
    await isWorking(form);
    await form.getByLabel('For whom (your note)').fill('Dr Tern');
    await answer();
    await form.getByText('Saved, but not what you typed since.').waitFor();
    expect(await form.getByLabel('For whom (your note)').inputValue()).toBe('Dr Tern');
    await expect.poll(() => withdraw.count()).toBe(2);
    expect(sent.splice(0)).toEqual(Array(2).fill('POST /api/invitations'));

    await withdraw.first().dblclick();
    await expect.poll(() => withdraw.count()).toBe(1);
    await page.waitForTimeout(500);
    expect(sent.splice(0).map(each => each.split('/')[2])).toEqual(['invitations']);
    expect((await page.locator('main .refusal').allTextContents()).join('')).toBe('');
  });

  it('and corrected cycles are scored once, what was corrected since stays a draft', async () => {
    await page.goto(`${portal.address}/patients`);
    await page.getByRole('link', { name: 'P-0001' }).click();
    await page.waitForURL('**/patients/*-*');
    await newVisit().locator('button[type=submit]').and(page.locator(':enabled')).waitFor();
    await press(newVisit());
    await page.waitForURL('**/visits/*');
    const file = join(portal.folder, 'sound.wav');
    await writeFile(file, writeWav([breathLikeSound(8, 8000, 1)], 8000));
    await page.locator('input[type=file]').first().setInputFiles(file);
    await page.getByRole('link', { name: 'Recording 1', exact: true }).click();
    await page.locator('table.cycles').waitFor();
    await page.locator('h1').click();
    await page.keyboard.press('j');
    await page.keyboard.press('e');
    const start = page.locator('.borders input').first();
    const nudge = async () => {
      const before = await start.inputValue();
      await start.press('ArrowUp');
      await expect.poll(() => start.inputValue()).not.toBe(before);
      return Number(await start.inputValue());
    };
    const sentStart = await nudge();
    const answer = await held('**/api/recordings/*/cycles', 'PUT');
    sent.length = 0;
    await page.getByRole('button', { name: 'Score again' }).dblclick();
    const later = await nudge();
    await page.getByRole('button', { name: 'Score again' }).click();
    await answer();
    await page
      .getByText('Cycles that you corrected earlier and did not have scored are still here.')
      .waitFor();
    expect(sent.splice(0).filter(each => each.startsWith('PUT'))).toHaveLength(1);
    await page.getByRole('button', { name: 'Analyse again' }).waitFor();
    const { analysis } = await get(`/api/recordings/${idOf()}`);
    expect(analysis.cycles[0].start).toBeCloseTo(sentStart, 3);
    await page.keyboard.press('e');
    expect(Number(await start.inputValue())).toBeCloseTo(later, 3);
    await page.getByRole('button', { name: 'Discard' }).click();

    await page.getByRole('button', { name: 'Analyse again' }).dblclick();
    await page
      .getByText(/waits|computed|analysed|%/)
      .first()
      .waitFor();
    expect(sent.splice(0).filter(each => each.startsWith('POST'))).toHaveLength(1);
    expect(
      (await page.locator('section[aria-labelledby=analysis] .refusal').allTextContents()).join(''),
    ).toBe('');
  });
});
