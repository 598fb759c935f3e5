/** Two reviewers of one clinic, each with an account and a browser of their own, review a recording blind: how far they agree. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWav } from '@crepitus/recordings';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { breathLikeSound } from '../apps/portal/test/breath-like-sound.ts';
import { findChromium } from './browsers/chromium.ts';
import { complaintsAbout } from './portal-accessibility.ts';
import { joinBy, type PortalAndChromium, startPortalAndChromium } from './portal-and-chromium.ts';

const found = await findChromium();

/**
 * Keys of the words on the first ten cycles: 1 crackles, 2 no crackles, 3 unsure. The tenth has no judgement of both. Of the
 * other nine they agree on seven, all but the fourth and the eighth; both said crackles of five. By chance alone they would
 * agree on 5/9 x 5/9 + 4/9 x 4/9 = 41/81: kappa = (63/81 - 41/81) / (1 - 41/81) = 22/40 = 0.55.
 */
const said = { ines: '1111222213', jon: '1112222112' };

describe.skipIf(!found)('two blind reviewers, in Chromium', () => {
  let portal: PortalAndChromium;
  let administrator: Page;
  let ines: Page;
  let jon: Page;
  let visit: string;
  let recording: string;
  const problems: string[] = [];

  beforeAll(async () => {
    portal = await startPortalAndChromium();
    const { folder, address, server } = portal;
    await writeFile(join(folder, 'visit.wav'), writeWav([breathLikeSound(60, 8000)], 8000));
    administrator = await joined(server.link!, 'Ada Moor');
    await administrator.getByLabel('Pseudonym').last().fill('P-0001');
    await administrator.getByRole('button', { name: 'Enter the patient' }).click();
    await administrator.getByRole('button', { name: 'Enter the visit' }).click();
    await administrator.locator('input[type=file]').first().setInputFiles(join(folder, 'visit.wav'));
    await administrator.getByText(/\d+ of \d+ cycles called crackle/).waitFor({ timeout: 120_000 });
    visit = administrator.url();
    const link = administrator.getByRole('link', { name: 'Recording 1', exact: true });
    recording = `${address}${await link.getAttribute('href')}`;
    ines = await joined(await invited(), 'Ines Kurt');
    jon = await joined(await invited(), 'Jon Weber');
  }, 240_000);
  afterAll(() => portal?.close());

  /** A browser of their own for somebody who makes an account by a link. */
  async function joined(link: string, name: string): Promise<Page> {
    const context = await portal.browser.newContext({
      viewport: { width: 1280, height: 900 },
      locale: 'en-GB',
    });
    const page = await context.newPage();
    page.on('pageerror', error => problems.push(String(error)));
    page.on('console', message => {
      if (['error', 'warning'].includes(message.type())) problems.push(message.text());
    });
    await joinBy(page, link, name);
    return page;
  }

  async function invited(): Promise<string> {
    await administrator.goto(`${portal.address}/people`);
    await administrator.getByLabel('Role').last().selectOption('clinician');
    await administrator.getByRole('button', { name: 'Make a one-time link' }).click();
    return (await administrator.locator('.notice code.secret').textContent())!;
  }

  async function sayBlind(page: Page, keys: string): Promise<void> {
    await page.locator('table.cycles').waitFor();
    expect(await page.locator('table.cycles tbody tr').count()).toBeGreaterThan(keys.length);
    await page.locator('h1').click();
    for (const [i, key] of [...keys].entries()) {
      await page.keyboard.press('j');
      await page.keyboard.press(key);
      await page
        .locator('.review .said')
        .getByText(`Cycle ${i + 1}: `)
        .waitFor();
    }
  }

  const agreement = (page: Page) => page.locator('section[aria-labelledby=agreement]');

  it('have no finding before them, nor a heading or picture of one', async () => {
    await ines.goto(`${recording}/blind`);
    await ines.getByRole('button', { name: 'Start a blind pass' }).click();
    await ines.waitForURL(recording);
    await ines.locator('table.cycles').waitFor();
    await ines.getByText('The sound is being fetched').waitFor({ state: 'detached' });
    const headings = (await ines.locator('h2, h3').allTextContents()).join('\n');
    expect(headings).not.toMatch(/single crackles|rest/i);
    expect(headings).toContain('Time-expanded waveform');
    expect(await ines.locator('canvas.activation, table.bands, .candidates, .finding').count()).toBe(0);
    expect(await ines.getByRole('button', { name: /(previous|next) crackle/i }).count()).toBe(0);
    // Nobody reads a sentence about crackles that cannot be chosen.
    expect(await ines.locator('.candidate-words').textContent()).toBe('');
    expect(await ines.locator('.explained').count()).toBe(0); // Its place would stay empty.
    expect(await agreement(ines).count()).toBe(0);
    expect(await complaintsAbout(ines, 'blind-pass')).toEqual([]);
  });

  it('agree as Cohen’s kappa of their words says, with what one of them had seen before beside it', async () => {
    await sayBlind(ines, said.ines);
    await ines.getByRole('button', { name: 'End it before every cycle has your word' }).click();
    await ines.getByText('Ines Kurt, ended early').waitFor();
    await agreement(ines).getByText('As soon as two people have reviewed').waitFor();

    await jon.goto(recording); // With all scores, before his pass begins.
    await jon.locator('table.cycles .finding').first().waitFor();
    await jon.getByRole('button', { name: 'Start a blind pass' }).click();
    await jon.getByText('You are reviewing this recording blind').first().waitFor();
    expect(await jon.locator('.words-said').count()).toBe(0);
    await sayBlind(jon, said.jon);
    await jon.getByRole('button', { name: 'End it before every cycle has your word' }).click();
    await jon.getByText('Jon Weber, ended early').waitFor();

    for (const page of [jon, ines]) {
      await page.goto(recording);
      const blind = agreement(page).locator('.card', { hasText: 'said blind' });
      await blind.waitFor();
      expect(await blind.textContent()).toMatch(
        /They agree on 7 of 10 cycles that both judged; of 1 somebody was unsure; Cohen’s kappa over the other 9: 0\.55\./,
      );
      expect(await blind.textContent()).toContain('Said after having seen the scores: Jon Weber.');
      const cells = await blind
        .locator('tbody tr')
        .evaluateAll(rows =>
          rows.map(row => [...(row as HTMLTableRowElement).cells].map(cell => cell.textContent)),
        );
      const [inesFirst, jonFirst] = [
        [
          ['crackles', '4', '1', '0'],
          ['no crackles', '1', '3', '0'],
          ['unsure', '0', '1', '0'],
        ],
        [
          ['crackles', '4', '1', '0'],
          ['no crackles', '1', '3', '1'],
          ['unsure', '0', '0', '0'],
        ],
      ];
      const caption = (await blind.locator('caption').textContent())!;
      expect(cells).toEqual(caption.startsWith('Words of Ines') ? inesFirst : jonFirst);
      const passes = page.locator('section[aria-labelledby=blind] li');
      expect((await passes.allTextContents()).map(text => /after having seen the scores/.test(text))).toEqual(
        [false, true],
      );
    }
    expect(await complaintsAbout(jon, 'agreement')).toEqual([]);
  });

  it('say the same in the report', async () => {
    await ines.goto(`${visit}/report`);
    const line = ines
      .getByText(
        /They agree on 7 of 10 cycles that both judged; of 1 somebody was unsure; Cohen’s kappa over the other 9: 0\.55\. Said after/,
      )
      .first();
    await line.waitFor({ timeout: 60_000 });
    expect(await line.textContent()).toContain('Said after having seen the scores: Jon Weber.');
    // On a phone its tables are scrolled, not squeezed until a word stands letter below letter.
    await ines.setViewportSize({ width: 390, height: 844 });
    const heights = await ines
      .locator('.report thead th')
      .evaluateAll(cells => cells.map(cell => cell.getBoundingClientRect().height));
    expect(heights.length).toBeGreaterThan(5);
    expect(Math.max(...heights)).toBeLessThan(90);
    expect(await ines.evaluate(() => document.scrollingElement!.scrollWidth - innerWidth)).toBe(0);
    expect(problems).toEqual([]);
  });
});
