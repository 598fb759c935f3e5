/** The report of a visit in Chromium: what is chosen before printing, and how it lies on paper. */
import { setTimeout as sleep } from 'node:timers/promises';
import { writeWav } from '@crepitus/recordings';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { breathLikeSound } from '../apps/portal/test/breath-like-sound.ts';
import { findChromium } from './browsers/chromium.ts';
import { imagesOf, textOfPdf } from './pdf-text.ts';
import { complaintsAbout } from './portal-accessibility.ts';
import { joinBy, type PortalAndChromium, startPortalAndChromium } from './portal-and-chromium.ts';

const found = await findChromium();

describe.skipIf(!found)('the report of a visit, in Chromium', () => {
  let portal: PortalAndChromium;
  let page: Page;
  let address: string;
  let visit: string;
  /** All cycles of both recordings: a reviewer is unsure of each, or hears crackles. */
  let cycles = 0;
  const confirmed = 3;

  // biome-ignore lint/suspicious/noExplicitAny: the JSON of any route
  async function ask(method: string, path: string, data?: object | Uint8Array): Promise<any> {
    const answer = await page.request.fetch(address + path, {
      method,
      headers: { origin: address },
      ...(data === undefined ? {} : { data: data instanceof Uint8Array ? Buffer.from(data) : data }),
    });
    expect(answer.ok(), `${method} ${path}`).toBe(true);
    return answer.json();
  }

  beforeAll(async () => {
    portal = await startPortalAndChromium();
    ({ address } = portal);
    page = await (await portal.browser.newContext({ locale: 'en-GB' })).newPage();
    await joinBy(page, portal.server.link!, 'Ada Moor');
    const draft = { pseudonym: 'P-print', birthYear: 1950, sex: 'male', notes: '' };
    const patient = (await ask('POST', '/api/patients', draft)).id;
    visit = (await ask('POST', `/api/patients/${patient}/visits`, { day: '2026-06-01', notes: '=1+1' })).id;
    for (const [i, site] of ['Pl', 'Pr'].entries()) {
      const sound = writeWav([breathLikeSound(45, 8000, 50 + i)], 8000);
      const { id } = await ask('POST', `/api/visits/${visit}/recordings?site=${site}&device=Littmann`, sound);
      while ((await ask('GET', `/api/recordings/${id}/progress`)).state !== 'done') await sleep(300);
      const { analysis } = await ask('GET', `/api/recordings/${id}`);
      for (const { start, end } of analysis.result.recording.channels[0].cycles) {
        const word = cycles < confirmed ? 'crackle' : 'unsure';
        await ask('POST', `/api/recordings/${id}/reviews`, { channel: 0, start, end, word });
        cycles++;
      }
    }
    expect(cycles).toBeGreaterThan(14);
  }, 240_000);
  afterAll(() => portal?.close());

  const figures = () => page.locator('.flagged figure').count();
  const isDrawn = () => page.locator('.print-bar .primary[aria-disabled=false]').waitFor({ timeout: 60_000 });
  const printed = async () => {
    const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
    return { pdf, pages: textOfPdf(pdf) };
  };
  /** How many pictures' captions each page has. */
  const captions = (pages: readonly string[], word = 'Cycle') =>
    pages.map(text => [...text.matchAll(new RegExp(`${word} \\d+,\\s*[\\d.,]+–[\\d.,]+ s`, 'g'))].length);

  it('shows each flagged cycle unless fewer are wished for, and its opening is one entry of the log', async () => {
    const entries = async () => (await ask('GET', '/api/audit')) as { action: string; recordType: string }[];
    const before = (await entries()).length;
    await page.goto(`${address}/visits/${visit}/report`);
    await isDrawn();
    expect(await figures()).toBe(cycles);
    const after = await entries();
    expect(after.length).toBe(before + 1);
    expect(after[0]).toMatchObject({ action: 'view', recordType: 'report' });
    expect(await page.locator('.flagged img').count()).toBe(2 * cycles);
    expect(await page.getByRole('radio', { checked: true }).count()).toBe(2);
    expect(await page.getByLabel(`each flagged cycle (${cycles})`).isChecked()).toBe(true);
    expect(await complaintsAbout(page, 'report-wishes')).toEqual([]);

    await page.getByLabel(`those in which a reviewer hears crackles (${confirmed})`).check();
    expect(await figures()).toBe(confirmed);
    await page.getByText(`Pictures of ${confirmed} of ${cycles} flagged cycles`).waitFor();
    await page.getByLabel('none', { exact: true }).check();
    expect(await figures()).toBe(0);
    await page.getByText(`${cycles} flagged cycles are in the table above`).waitFor();
    expect(await page.locator('.findings-table tbody tr').count()).toBe(cycles);
    // By the keyboard, back to all: nothing is fetched or drawn a second time.
    const asked: string[] = [];
    page.on('request', request => asked.push(request.url()));
    await page.keyboard.press('ArrowDown');
    await isDrawn();
    expect(await figures()).toBe(cycles);
    expect(await page.locator('.flagged img').count()).toBe(2 * cycles);
    expect(asked.filter(url => url.includes('/sound'))).toEqual([]);
  });

  it('names a cycle once in a caption, with how often the detector is right, and labels the notes', async () => {
    const caption = (await page.locator('.flagged figcaption').first().textContent())!;
    expect(caption.match(/Cycle/g)).toHaveLength(1);
    expect(caption).toMatch(/alled crackle \(score [\d.]+, (from|below) [\d.]+/);
    expect(caption).toMatch(/scored alike/);
    expect(caption).toContain('crackles Ada Moor');
    expect(await page.locator('.report .details div', { hasText: '=1+1' }).textContent()).toBe(
      'Notes on the visit=1+1',
    );
  });

  it.each([
    ['12 to a page', 12],
    ['6 to a page', 6],
  ] as const)('prints %s on full pages', async (size, perPage) => {
    await page.getByLabel(size).check();
    await isDrawn();
    const { pdf, pages } = await printed();
    expect(imagesOf(pdf)).toHaveLength(2 * cycles);
    const counts = captions(pages);
    expect(counts.reduce((a, b) => a + b)).toBe(cycles);
    const withPictures = counts.filter(count => count > 0);
    expect(Math.max(...counts)).toBeLessThanOrEqual(perPage);
    // Between the first and the last of them none has room left for another row.
    for (const count of withPictures.slice(1, -1)) expect(count).toBe(perPage);
    expect(withPictures.length).toBeLessThanOrEqual(Math.ceil(cycles / perPage) + 1);
  });

  it('keeps map and table of sites on the first page, and a visit without pictures on three', async () => {
    for (const [language, title, last] of [
      ['en', 'Cycles called crackle by chest site', 'posterior right'],
      ['de', 'Knistern genannte Atemzyklen nach Stellen der Brust', 'hinten rechts'],
    ] as const) {
      await page.context().addCookies([{ name: 'crepitus-language', value: language, url: address }]);
      await page.reload();
      await isDrawn();
      await page.locator('.print-bar input[value=none]').check();
      const { pages } = await printed();
      const [first] = pages;
      expect(first).toContain(title);
      expect(first!.slice(first!.indexOf(title))).toContain(last);
      expect(pages.length).toBeLessThanOrEqual(3);
    }
  });
});
