/** Accounts of the built portal in Chromium: coming in, the second factor, sessions, roles; and that every page of them is for everybody. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openBundle } from '@crepitus/model/node';
import { writeWav } from '@crepitus/recordings';
import type { Browser, Page } from 'playwright-core';
import { encode } from 'uqr';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { breathLikeSound } from '../apps/portal/test/breath-like-sound.ts';
import { codesAround } from '../apps/portal/test/totp.ts';
import { findChromium } from './browsers/chromium.ts';
import { complaintsAbout } from './portal-accessibility.ts';
import { type PortalAndChromium, password, startPortalAndChromium } from './portal-and-chromium.ts';
import type { Served } from './portal-process.ts';

const found = await findChromium();

describe.skipIf(!found)('accounts of the portal, in Chromium', () => {
  let portal: PortalAndChromium;
  let folder: string;
  let address: string;
  let server: Served;
  let browser: Browser;
  /** The administrator's browser. */
  let page: Page;
  let reader: Page;
  let recording: string;
  const foreign: string[] = [];

  beforeAll(async () => {
    portal = await startPortalAndChromium();
    ({ folder, address, server, browser } = portal);
    page = await newBrowser();
  }, 120_000);
  afterAll(() => portal?.close());

  /** A browser of somebody else; what it asks of other addresses is noted. */
  async function newBrowser(): Promise<Page> {
    const context = await browser.newContext({ locale: 'en-GB' });
    const opened = await context.newPage();
    opened.on('request', request => {
      const url = request.url();
      if (!url.startsWith(address) && !/^(data|blob):/.test(url)) foreign.push(url);
    });
    return opened;
  }

  async function signIn(where: Page, email: string): Promise<void> {
    await where.goto(`${address}/sign-in`);
    await where.getByLabel('E-mail address').fill(email);
    await where.getByLabel('Password').fill(password);
    await where.getByRole('button', { name: 'Sign in' }).click();
  }

  const focused = (where: Page) =>
    where.evaluate(() => document.activeElement?.closest('.steps, main h2, main ul, main div')?.textContent);

  it('lets the keyboard skip the navigation', async () => {
    await page.goto(`${address}/sign-in`);
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.className)).toBe('skip');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('content');
    expect(await complaintsAbout(page, 'sign-in')).toEqual([]);
    await signIn(page, 'nobody@north.example');
    await page.getByText('E-mail address or password is wrong.').waitFor();
    expect(await complaintsAbout(page, 'sign-in-refused')).toEqual([]);
  });

  it('joins by a link, to pages that say what to do next', async () => {
    await page.goto(server.link!);
    expect(await complaintsAbout(page, 'join')).toEqual([]);
    await page.getByLabel('Name of the clinic').fill('Pneumology North');
    await page.getByLabel('Your name').fill('Ada Moor');
    await page.getByLabel('E-mail address').fill('ada@north.example');
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Make the account' }).click();
    await page.waitForURL('**/patients');
    await page.getByText('Enter the first one below').waitFor();
    expect(await complaintsAbout(page, 'patients-empty')).toEqual([]);
    const used = await newBrowser();
    await used.goto(server.link!);
    await used.getByText('This link is no longer good').waitFor();
    expect(await complaintsAbout(used, 'join-used')).toEqual([]);
  });

  it('sets the second factor up by a QR code that is drawn in the page, and takes each code once', async () => {
    await page.goto(`${address}/account`);
    await page
      .getByText('A session ends after an hour without use and after twelve hours in any case.')
      .waitFor();
    expect(await complaintsAbout(page, 'account')).toEqual([]);
    const factor = page.getByRole('region', { name: 'Second factor' });
    await factor.getByLabel('Current password').fill(password);
    await factor.getByRole('button', { name: 'Set up' }).click();
    const code = page.getByRole('img', { name: /^QR code for the authenticator app/ });
    await code.waitFor();
    expect(await focused(page)).toContain('Take a picture of this code');
    expect(await complaintsAbout(page, 'account-qr')).toEqual([]);

    const link = (await factor.getByRole('link').getAttribute('href'))!;
    const secret = new URL(link).searchParams.get('secret')!;
    expect((await factor.locator('code.secret').textContent())!.replaceAll(' ', '')).toBe(secret);
    const dark = encode(link, { ecc: 'M', border: 4 }).data.flatMap((row, y) =>
      row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])),
    );
    expect(await code.locator('path').getAttribute('d')).toBe(dark.join(''));

    const codes = await codesAround(secret);
    await factor.getByLabel('Code from your authenticator app').fill(codes.before);
    await factor.getByRole('button', { name: 'Confirm' }).click();
    await factor.getByText('is asked for at every sign-in').waitFor();
    expect(await focused(page)).toContain('is asked for at every sign-in');

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL('**/sign-in');
    await signIn(page, 'ada@north.example');
    await page.getByRole('heading', { name: 'Second factor' }).waitFor();
    expect(await focused(page)).toBe('Second factor');
    expect(await complaintsAbout(page, 'second-factor')).toEqual([]);
    const enter = async (where: Page, shown: string) => {
      await where.getByLabel('Code from your authenticator app').fill(shown);
      await where.getByRole('button', { name: 'Confirm' }).click();
    };
    await enter(page, codes.before);
    await page.getByText('This code was used already').waitFor();
    await enter(page, codes.now);
    await page.waitForURL('**/patients');

    const elsewhere = await newBrowser();
    await signIn(elsewhere, 'ada@north.example');
    await enter(elsewhere, codes.next);
    await elsewhere.waitForURL('**/patients');
    await page.goto(`${address}/account`);
    expect(await page.getByText('Chrome, Linux').count()).toBe(2);
    await page.getByRole('button', { name: 'Sign out elsewhere' }).click();
    await page.getByText('You are signed in nowhere else.').waitFor();
    expect(await focused(page)).toContain('this session');
    await elsewhere.reload();
    await elsewhere.waitForURL('**/sign-in');
  });

  it('gives the focus and a word to what an action brings up', async () => {
    await page.goto(`${address}/people`);
    await page.getByLabel('Role').last().selectOption('reader');
    await page.getByRole('button', { name: 'Make a one-time link' }).click();
    const link = page.locator('.notice code.secret');
    await link.waitFor();
    expect(await complaintsAbout(page, 'people')).toEqual([]);
    reader = await newBrowser();
    await reader.goto((await link.textContent())!);
    await reader.getByLabel('Your name').fill('Rolf Beck');
    await reader.getByLabel('E-mail address').fill('rolf@north.example');
    await reader.getByLabel('Password').fill(password);
    await reader.getByRole('button', { name: 'Make the account' }).click();
    await reader.waitForURL('**/patients');
    await reader.getByText('A clinician or administrator can enter patients.').waitFor();
    expect(await complaintsAbout(reader, 'patients-reader')).toEqual([]);
  });

  it('shows readers no control that they may not use', async () => {
    await page.goto(`${address}/patients`);
    await page.getByLabel('Pseudonym').last().fill('P-0001');
    await page.getByRole('button', { name: 'Enter the patient' }).click();
    await page.getByText('No visit yet.').waitFor();
    const patient = page.url();
    await reader.goto(patient);
    await reader.getByText('A clinician or administrator can enter one.').waitFor();
    await page.getByRole('button', { name: 'Enter the visit' }).click();
    await page.getByText('No recording yet.').waitFor();
    const visit = page.url();
    await reader.goto(visit);
    await reader.getByText('A clinician or administrator can add recordings.').waitFor();
    expect(await complaintsAbout(reader, 'visit-reader')).toEqual([]);
    const file = join(folder, 'visit.wav');
    await writeFile(file, writeWav([breathLikeSound(8, 8000)], 8000));
    await page.locator('input[type=file]').first().setInputFiles(file);
    const opened = page.getByRole('link', { name: 'Recording 1', exact: true });
    await opened.waitFor({ timeout: 60_000 });
    await opened.click();
    await page.locator('table.cycles').waitFor({ timeout: 60_000 });
    recording = page.url();
    const ofChanges = (where: Page) =>
      where.getByRole('button', {
        name: /delete|again|enter|upload|save|invite|confirm|reject|unsure|undo|correct|blind|^record/i,
      });
    for (const url of [`${address}/patients`, patient, visit, recording]) {
      await page.goto(url);
      expect(await ofChanges(page).count(), url).toBeGreaterThan(0);
      await reader.goto(url);
      await reader.waitForLoadState('networkidle');
      expect(await reader.locator('main form, main input[type=file]').count(), url).toBe(0);
      expect(await ofChanges(reader).allTextContents(), url).toEqual([]);
    }
    for (const path of ['people', 'log']) {
      await reader.goto(`${address}/${path}`);
      await reader.getByText('There is nothing here').waitFor();
      expect(await reader.getByRole('link', { name: /^(People|Log)$/ }).count()).toBe(0);
    }
    expect(await complaintsAbout(reader, 'not-found')).toEqual([]);
  });

  it('says beside a score how many cycles scored like it had crackles, or why not', async () => {
    await page.goto(recording);
    await page.locator('table.cycles').waitFor();
    await page.locator('table.cycles tbody th button').first().click();
    const explained = page.locator('.explained');
    await expect
      .poll(() => explained.textContent())
      .toMatch(
        /Of (?:cycles|events) scored like this, \d+ % had crackles in [\w ]+ \(\d+ of \d+ (?:cycles|events), \d+ subjects; 95 % interval \d+ to \d+ %\)|is not known: too few cases like this/,
      );
    const { manifest } = await openBundle('default');
    for (const { cycles, subjects } of manifest.scoreCases!)
      expect(
        await page
          .getByText(new RegExp(`counted among ${cycles} (cycles|events) of ${subjects} subjects`))
          .count(),
      ).toBe(1);
  });

  it('passes axe on its other pages, the one of a failure too', async () => {
    for (const path of ['log', 'about', 'patients', 'nowhere/at/all']) {
      await page.goto(`${address}/${path}`);
      expect(await complaintsAbout(page, path.replaceAll('/', '-'))).toEqual([]);
    }
    await page.goto(`${address}/log?before=1e999`);
    await page.getByRole('heading', { name: 'Log' }).waitFor();
    // A fault in a page, as it would be: what the table of cycles needs fails in this browser.
    await page.addInitScript(() => {
      Number.prototype.toFixed = () => {
        throw new Error('made by the test');
      };
    });
    await page.goto(recording);
    await page.getByRole('heading', { name: 'This page failed' }).waitFor();
    expect(await page.title()).toBe('This page failed');
    expect(await complaintsAbout(page, 'failed')).toEqual([]);
  });

  it('ends the session of an account at once when it is closed', async () => {
    const administrator = await page.context().newPage();
    await reader.goto(`${address}/patients`);
    await administrator.goto(`${address}/people`);
    const close = administrator.getByRole('button', { name: 'Close the account' });
    await close.focus();
    await administrator.keyboard.press('Enter');
    await administrator.getByRole('button', { name: 'Open again' }).waitFor();
    expect(await administrator.evaluate(() => document.activeElement?.textContent)).toBe('Open again');
    await reader.getByRole('link', { name: 'P-0001' }).click();
    await reader.waitForURL(/\/sign-in\?to=%2Fpatients%2F[\w-]+$/);
  });

  it('asks nothing of any other address', () => {
    expect(foreign).toEqual([]);
  });
});
