/** The long lists of the built portal in Chromium: hundreds of patients, and the log with its filters. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codesAround } from '../apps/portal/test/totp.ts';
import { findChromium } from './browsers/chromium.ts';
import { complaintsAbout } from './portal-accessibility.ts';
import { joinBy, type PortalAndChromium, password, startPortalAndChromium } from './portal-and-chromium.ts';

const found = await findChromium();
const patients = 120;

describe.skipIf(!found)('long lists of the portal, in Chromium', () => {
  let portal: PortalAndChromium;
  let page: Page;
  const problems: string[] = [];
  const ids = new Map<string, string>();

  async function ask(method: string, path: string, data?: object, where = page) {
    const answer = await where.request.fetch(portal.address + path, {
      method,
      headers: { origin: portal.address },
      ...(data === undefined ? {} : { data }),
    });
    return { status: answer.status(), json: await answer.json() };
  }

  beforeAll(async () => {
    portal = await startPortalAndChromium();
    page = await (
      await portal.browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Berlin' })
    ).newPage();
    page.on('pageerror', error => problems.push(String(error)));
    await joinBy(page, portal.server.link!, 'Ada Moor');
    for (let i = patients; i >= 1; i--) {
      const draft = { pseudonym: `P-${i}`, birthYear: null, sex: 'unknown', notes: '' };
      ids.set(draft.pseudonym, (await ask('POST', '/api/patients', draft)).json.id);
    }
  }, 120_000);
  afterAll(() => portal?.close());

  const rows = () => page.locator('main tbody th').allTextContents();
  const names = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, i) => `P-${from + i}`);
  const search = () => page.getByLabel('Find a pseudonym');

  it('come in pages, in the order in which people count', async () => {
    await page.goto(`${portal.address}/patients`);
    await page.getByText(`Patients 1 to 50 of ${patients}`).waitFor();
    expect(await rows()).toEqual(names(1, 50));
    expect(await complaintsAbout(page, 'patients-many')).toEqual([]);
    const height = await page.evaluate(() => document.scrollingElement!.scrollHeight);
    expect(height).toBeLessThan(4000);
    const above = page.getByRole('navigation', { name: 'Pages of the list', exact: true });
    await above.getByRole('button', { name: 'Page before' }).focus();
    await page.keyboard.press('Enter'); // There is none.
    expect(await rows()).toEqual(names(1, 50));
    await above.getByRole('button', { name: 'Next page' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText(`Patients 51 to 100 of ${patients}`).waitFor();
    expect(await rows()).toEqual(names(51, 100));
    // Below the list, a page turned begins at its top.
    await page.getByRole('navigation', { name: 'below' }).getByRole('button', { name: 'Next page' }).click();
    await page.getByText(`Patients 101 to ${patients} of ${patients}`).waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('Patients 101 to');
    expect(await page.evaluate(() => document.activeElement!.getBoundingClientRect().top)).toBeGreaterThan(0);
  });

  it('keep the sought part and the page over Back, and forget them by a link', async () => {
    await page.goto(`${portal.address}/patients`);
    await search().fill('p-1');
    await page.getByText('32 patients').waitFor();
    await page.getByRole('link', { name: 'P-104', exact: true }).click();
    await page.waitForURL(/\/patients\/./);
    // What was sought stands in no address, which proxies write down.
    expect(page.url()).toBe(`${portal.address}/patients/${ids.get('P-104')}`);
    await page.goBack();
    await page.getByText('32 patients').waitFor();
    expect(await search().inputValue()).toBe('p-1');
    expect(page.url()).toBe(`${portal.address}/patients`);
    expect(JSON.stringify(await page.evaluate(() => [history.state, { ...sessionStorage }]))).not.toContain(
      'p-1',
    );
    await search().fill('');
    await page.getByRole('button', { name: 'Next page' }).first().click();
    await page.getByRole('link', { name: 'P-77', exact: true }).click();
    await page.waitForURL(/\/patients\/./);
    await page.goBack();
    await page.getByText(`Patients 51 to 100 of ${patients}`).waitFor();
    await page.getByRole('link', { name: 'P-77', exact: true }).click();
    await page.waitForURL(/\/patients\/./);
    await page.getByRole('link', { name: 'Patients', exact: true }).first().click();
    await page.getByText(`Patients 1 to 50 of ${patients}`).waitFor();
    expect(await search().inputValue()).toBe('');
  });

  it('open the only one that is left by the keyboard, and say when there is none', async () => {
    await page.goto(`${portal.address}/patients`);
    await search().fill('p-99');
    await page.getByText('1 patient', { exact: true }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/patients/${ids.get('P-99')}`);
    await page.goto(`${portal.address}/patients`);
    await search().fill('P-9'); // Twelve contain it, and one is called so.
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/patients/${ids.get('P-9')}`);
    await page.goto(`${portal.address}/patients`);
    await search().fill('nobody');
    await page.getByText('No pseudonym contains this.').waitFor();
    await page.keyboard.press('Enter');
    expect(page.url()).toBe(`${portal.address}/patients`);
    expect(await complaintsAbout(page, 'patients-none')).toEqual([]);
  });

  it('have the form for a new patient one step from the top', async () => {
    await page.goto(`${portal.address}/patients`);
    await page.getByRole('link', { name: 'New patient' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type('P-new');
    await page.keyboard.press('Enter');
    await page.getByText('No visit yet.').waitFor();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('P-new');
  });

  it('answer in the log who saw a patient, by its pseudonym', async () => {
    const patient = ids.get('P-7')!;
    const visit = (await ask('POST', `/api/patients/${patient}/visits`, { day: '2026-06-01', notes: '' }))
      .json.id;
    await page.goto(`${portal.address}/visits/${visit}`);
    await page.getByText('No recording yet.').waitFor();
    await page.goto(`${portal.address}/log`);
    await page.getByLabel('Patient', { exact: true }).fill('P-nowhere');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByText('No patient is called P-nowhere.').waitFor();
    await page.getByLabel('Patient', { exact: true }).fill('p-7');
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/log?patient=${patient}`);
    await expect.poll(() => page.locator('table.log tbody tr').count()).toBe(3);
    const told = await page.locator('table.log tbody tr').allTextContents();
    for (const [i, expected] of [
      'looked atvisit P-7, 1 Jun 2026',
      'madevisit P-7',
      'madepatient P-7',
    ].entries())
      expect(told[i]).toContain(expected);
    expect(await page.getByLabel('Patient', { exact: true }).inputValue()).toBe('P-7');
    // Whoever asked by the keyboard is where they were, and hears what came of it.
    expect(await page.evaluate(() => (document.activeElement as HTMLInputElement).name)).toBe('patient');
    const numbers = await page.locator('table.log tbody td:first-child').allTextContents();
    await page.getByRole('status').getByText(`3 entries: ${numbers[0]} to ${numbers[2]}.`).waitFor();
    expect(await page.getByText('No patient is called').count()).toBe(0);
    expect(await complaintsAbout(page, 'log-of-patient')).toEqual([]);
    await ask('DELETE', `/api/patients/${patient}`);
    await page.reload();
    await page.getByText('A deleted patient and what was under it').waitFor();
    expect(await page.locator('table.log tbody tr').count()).toBe(4);
    // It has no pseudonym to stand in the field, and is still the one that is asked for.
    await page.getByLabel('Person').selectOption('Ada Moor');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.waitForURL(/person=/);
    expect(new URL(page.url()).searchParams.get('patient')).toBe(patient);
    expect(await page.locator('table.log tbody tr').count()).toBe(4);
    await page.getByRole('link', { name: 'Show all' }).click();
    await page.waitForURL(`${portal.address}/log`);
    await expect.poll(() => page.locator('table.log tbody tr').count()).toBeGreaterThan(4);
    expect(await page.getByLabel('Person').inputValue()).toBe('');
    await page.goto(`${portal.address}/log?patient=nobody-at-all`);
    await page.getByRole('status').getByText('There is no such patient').waitFor();
    await page.goto(`${portal.address}/log?person=nobody&from=yesterday`);
    await page.getByText('something that the log does not know').waitFor();
    expect(await page.locator('table.log').count()).toBe(0);
    expect(await complaintsAbout(page, 'log-not-understood')).toEqual([]);
  });

  it('show an administrator who tried to get in, today', async () => {
    const stranger = await (await portal.browser.newContext({ locale: 'en-GB' })).newPage();
    await stranger.goto(`${portal.address}/sign-in`);
    await stranger.getByLabel('E-mail address').fill('ada@north.example');
    await stranger.getByLabel('Password').fill('a-guess-of-mine');
    await stranger.getByRole('button', { name: 'Sign in' }).click();
    await stranger.getByText('E-mail address or password is wrong.').waitFor();
    await page.goto(`${portal.address}/log`);
    await page.getByLabel('Person').selectOption('not signed in');
    const today = await page.evaluate(() => new Intl.DateTimeFormat('sv').format(new Date()));
    await page.getByLabel('Day').fill(today);
    await page.getByRole('button', { name: 'Show' }).click();
    await page.waitForURL(/person=nobody/);
    const refused = page.locator('table.log tbody tr');
    await expect.poll(() => refused.count()).toBe(1);
    expect(await refused.first().textContent()).toMatch(
      /not signed in.*was refused: password.*account Ada Moor.*wrong/,
    );
    expect(await page.getByLabel('Day').inputValue()).toBe(today);
    await page.getByLabel('Day').fill('2026-01-01');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByText('No entry is like this.').waitFor();
    // The day of whoever asks: Berlin's begins an hour before that of the server.
    const asked = new URL(page.url()).searchParams;
    expect(asked.get('from')).toBe('2025-12-31T23:00:00.000Z');
    expect(asked.get('until')).toBe('2026-01-01T23:00:00.000Z');
    await page.getByRole('link', { name: 'Show all' }).click();
    await page.getByRole('link', { name: 'Older entries' }).waitFor();
  });

  it('after five wrong codes of the second factor say what to do, in German too', async () => {
    const enabled = await ask('POST', '/api/auth/two-factor/enable', { password });
    const secret = new URL(enabled.json.totpURI).searchParams.get('secret')!;
    const { before } = await codesAround(secret);
    expect((await ask('POST', '/api/auth/two-factor/verify-totp', { code: before })).status).toBe(200);
    const where = await (await portal.browser.newContext({ locale: 'de-DE' })).newPage();
    await where.goto(`${portal.address}/sign-in`);
    await where.getByLabel('E-Mail-Adresse').fill('ada@north.example');
    await where.getByLabel('Passwort').fill(password);
    await where.getByRole('button', { name: 'Anmelden' }).click();
    const code = where.getByLabel('Code aus Ihrer Authenticator-App');
    const told = where.locator('.refusal');
    let refused = 0;
    while (refused < 6) {
      await code.fill(`wrong-${refused}`);
      const answer = where.waitForResponse('**/verify-totp');
      await where.getByRole('button', { name: 'Bestätigen' }).click();
      // Three within ten seconds are too fast for one address.
      if ((await answer).status() === 429) await where.waitForTimeout(1000);
      else refused++;
    }
    await expect
      .poll(() => told.textContent())
      .toBe('Fünf Codes waren falsch. Melden Sie sich noch einmal an, vom Passwort an.');
    await where.getByRole('button', { name: 'Noch einmal mit dem Passwort beginnen' }).click();
    await where.getByLabel('Passwort').waitFor();
    expect(problems).toEqual([]);
  }, 60_000);
});
