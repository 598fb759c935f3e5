/** A visit's page as a clinician meets it, in Chromium: folders, the same sound twice, leaving in the middle, two tabs. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWav } from '@crepitus/recordings';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { breathLikeSound } from '../apps/portal/test/breath-like-sound.ts';
import { findChromium } from './browsers/chromium.ts';
import { complaintsAbout } from './portal-accessibility.ts';
import { joinBy, type PortalAndChromium, startPortalAndChromium } from './portal-and-chromium.ts';

const found = await findChromium();

describe.skipIf(!found)('the page of a visit, in Chromium', () => {
  let portal: PortalAndChromium;
  let folder: string;
  let context: BrowserContext;
  let page: Page;
  /** Two sounds among notes, in folders. */
  let exported: string;

  beforeAll(async () => {
    portal = await startPortalAndChromium();
    ({ folder } = portal);
    exported = join(folder, 'export');
    const sound = (seed: number) => writeWav([breathLikeSound(4, 8000, seed)], 8000);
    await mkdir(join(exported, 'left', 'base'), { recursive: true });
    await writeFile(join(exported, 'notes.txt'), 'Cough.');
    await writeFile(join(exported, '.hidden.wav'), 'of the system');
    await writeFile(join(exported, 'left', 'base', 'take 10.wav'), sound(2));
    await writeFile(join(exported, 'left', 'base', 'take 2.WAV'), sound(1));
    await mkdir(join(folder, 'letters'));
    await writeFile(join(folder, 'letters', 'letter.txt'), 'Dear colleague.');

    context = await portal.browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB' });
    context.setDefaultTimeout(120_000);
    page = await context.newPage();
    await joinBy(page, portal.server.link!, 'Ada Moor');
    await page.getByLabel('Pseudonym').last().fill('P-0001');
    await page.getByRole('button', { name: 'Enter the patient' }).click();
    await page.getByRole('button', { name: 'Enter the visit' }).click();
    await page.getByText('No recording yet.').first().waitFor();
  }, 240_000);
  afterAll(() => portal?.close());

  const sendings = () => page.locator('.sendings li').allTextContents();

  async function chooseFolder(on: Page, path: string): Promise<void> {
    const [chooser] = await Promise.all([
      on.waitForEvent('filechooser'),
      on.getByRole('button', { name: 'Choose a folder' }).click(),
    ]);
    await chooser.setFiles(path);
  }

  /** As the system's file manager does it. */
  async function drop(on: Page, ...paths: string[]): Promise<void> {
    await on.locator('.drop').scrollIntoViewIfNeeded();
    const box = (await on.locator('.drop').boundingBox())!;
    const session = await on.context().newCDPSession(on);
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
      await session.send('Input.dispatchDragEvent', {
        type,
        x: box.x + box.width / 2,
        y: box.y + box.height / 2,
        data: { items: [], files: paths, dragOperationsMask: 1 },
      });
    await session.detach();
  }

  it('takes the sounds of a folder in their order and counts the rest; report and export follow the first one', async () => {
    await page.getByText('there is nothing to export').waitFor();
    expect(await page.getByRole('link', { name: 'Report for printing' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Plu, posterior left, upper' }).click();
    await chooseFolder(page, exported);
    await page.getByText('2 taken; 2 other files left out.').waitFor();
    await expect
      .poll(sendings, { timeout: 300_000 })
      .toEqual(['take 2.WAV is recording 1. ', 'take 10.wav is recording 2. ']);
    await page.getByRole('link', { name: 'Report for printing' }).waitFor();
    await page.getByText('Formats and options').waitFor();
    expect(await page.getByText('there is nothing to export').count()).toBe(0);
  });

  it('says that a site has its recording, and goes on to the next', async () => {
    await page.getByText('posterior left, upper: recording 1 is of this site already.').waitFor();
    await page.getByRole('button', { name: 'Go on with posterior right, upper' }).click();
    expect(await page.getByRole('combobox', { name: 'Chest site' }).inputValue()).toBe('Pru');
    await page.getByRole('button', { name: 'Record: posterior right, upper' }).waitFor();
    expect(await page.getByText('is of this site already').count()).toBe(0);
  });

  it('walks a folder that is dropped, and adds a sound of the visit again only where that is wanted', async () => {
    await drop(page, exported, join(folder, 'letters'));
    await page.getByText('2 taken; 3 other files left out.').waitFor();
    const same = (name: string, number: number) =>
      `${name} was not added: this sound is already recording ${number} of this visit. Add it all the same`;
    await expect
      .poll(async () => (await sendings()).slice(2), { timeout: 300_000 })
      .toEqual([same('take 2.WAV', 1), same('take 10.wav', 2)]);
    expect(await page.getByRole('link', { name: /^Recording \d$/ }).count()).toBe(2);
    expect(await complaintsAbout(page, 'same-sound')).toEqual([]);
    await page.getByRole('button', { name: 'Add it all the same: take 2.WAV' }).click();
    await page.getByText('take 2.WAV is recording 3.').waitFor({ timeout: 300_000 });
    await drop(page, join(folder, 'letters'));
    await page.getByText('There is no WAV, FLAC or MP3 file in it; 1 other file left out.').waitFor();
  });

  it('asks before it is left while files are on their way, and then no longer', async () => {
    const other = await context.newPage();
    await other.goto(page.url());
    await other.locator('.drop').waitFor();
    let letGo = () => {};
    const held = new Promise<void>(resolve => {
      letGo = resolve;
    });
    await other.route('**/api/visits/*/recordings?*', async route => {
      await held;
      await route.abort();
    });
    const asked: string[] = [];
    other.on('dialog', dialog => {
      asked.push(dialog.type());
      void dialog.dismiss();
    });
    await chooseFolder(other, exported);
    await other.locator('.sendings li').nth(1).waitFor();
    await other.getByRole('link', { name: 'Account' }).click();
    await other.reload({ timeout: 3000 }).catch(() => {});
    expect(asked).toEqual(['confirm', 'beforeunload']);
    letGo();
    await other.locator('.sendings .refusal').nth(1).waitFor();
    await other.getByRole('link', { name: 'Account' }).click();
    await other.waitForURL('**/account');
    expect(asked).toHaveLength(2);
    await other.close();
  });

  it('keeps a draft of cycles that came too late, and shows what the other set', async () => {
    await page.getByRole('link', { name: 'Recording 1', exact: true }).click();
    const late = await context.newPage();
    await page.waitForURL('**/recordings/*');
    await late.goto(page.url());
    for (const each of [page, late]) {
      await each.locator('table.cycles').waitFor({ timeout: 300_000 });
      await each.getByText('The sound is being fetched').waitFor({ state: 'detached', timeout: 60_000 });
      await each.locator('h1').click();
      await each.keyboard.press('e');
    }
    const end = late.getByLabel('To, s');
    const before = Number(await end.inputValue());
    await page.getByLabel('End of inspiration, s').fill('0.9');
    await page.keyboard.press('Enter');
    await end.fill(String(before - 0.3));
    await late.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Score again' }).click();
    await page
      .getByText('Cycles of this channel were set by hand. Last: Ada Moor')
      .waitFor({ timeout: 300_000 });

    await late.getByRole('button', { name: 'Score again' }).click();
    await late.getByText(/^The cycles of this recording were changed since you opened it/).waitFor();
    expect(Number(await end.inputValue())).toBeCloseTo(before - 0.3, 3);
    expect(await complaintsAbout(late, 'changed-meanwhile')).toEqual([]);
    await late.getByRole('button', { name: 'Show the newest cycles' }).click();
    await late.getByText('Cycles of this channel were set by hand. Last: Ada Moor').waitFor();
    await late.getByText('The recording has been scored with other cycles since.').waitFor();
    const ends = () => late.locator('table.cycles tbody tr td:nth-of-type(2)').first().textContent();
    expect(Number(await ends())).toBeCloseTo(before, 2); // The other's cycles.
    await late.getByRole('button', { name: 'Score again' }).click(); // Now knowing it.
    await expect.poll(async () => Number(await ends()), { timeout: 300_000 }).toBeCloseTo(before - 0.3, 2);
    await late.close();
  });

  it.each([
    ['a screen of 1366 by 768', 768],
    ['what a browser leaves of it', 650],
  ])('has picture, sentence and status in view while it is reviewed by keys on %s', async (_, height) => {
    await page.setViewportSize({ width: 1366, height });
    await page.reload();
    await page.locator('table.cycles').waitFor();
    await page.getByText('The sound is being fetched').waitFor({ state: 'detached', timeout: 60_000 });
    await page.evaluate(() => scrollTo(0, 0));
    await page.locator('h1').click();
    await page.keyboard.press('n');
    await page.keyboard.press('1');
    const said = page.locator('.review .said');
    await said.getByText(/^Cycle \d+: crackles, saved\.$/).waitFor();
    const chosen = page.locator('p', { hasText: /^\d+\. Cycle/ }).first();
    for (const shown of [page.locator('canvas.mel:not(.running)'), chosen, said]) {
      const box = (await shown.boundingBox())!;
      expect(box.y).toBeGreaterThanOrEqual(0);
      expect(box.y + box.height).toBeLessThanOrEqual(height);
    }
    await page.keyboard.press('z');
    await said.getByText('taken back').waitFor();
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  it('says why a cycle cannot be split where the cursor is', async () => {
    await page.reload();
    await page.locator('table.cycles').waitFor();
    await page.locator('h1').click();
    await page.keyboard.press('e');
    await page.keyboard.press('j'); // The cursor goes to its start,
    await page.keyboard.press('s'); // where no part would be long enough.
    await page.locator('.review .said').getByText('There is too little room there').waitFor();
  });

  it('says why a sound cannot be shown, of a recording that is damaged in the store', async () => {
    const store = join(folder, 'data', 'blobs');
    for (const each of await readdir(store, { recursive: true, withFileTypes: true }))
      if (each.isFile()) await writeFile(join(each.parentPath, each.name), 'not what was stored');
    await page.reload();
    await page
      .getByText(
        'The sound cannot be shown: The sound of this recording is damaged in the store; ask an admin',
      )
      .waitFor();
  });
});
