/** The built portal as a clinic meets it: from the first start to the scores of a recording, in Chromium. */
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseReviewedCsv, writeWav } from '@crepitus/recordings';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { breathLikeSound } from '../apps/portal/test/breath-like-sound.ts';
import { findChromium } from './browsers/chromium.ts';
import { freePort } from './free-port.ts';
import { imagesOf, pageSizeOf, textOfPdf } from './pdf-text.ts';
import { ended, type Served, serve } from './portal-process.ts';
import { start } from './programs.ts';

const axe = readFileSync(join(import.meta.dirname, '..', 'node_modules', 'axe-core', 'axe.min.js'), 'utf8');

const found = await findChromium();

describe.skipIf(!found)('the portal, built and started, in Chromium', () => {
  let folder: string;
  let environment: NodeJS.ProcessEnv;
  let address: string;
  let server: Served;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const problems: string[] = [];
  const pages = new Map<string, string>();
  const samples = breathLikeSound(8, 8000);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'crepitus-portal-e2e-'));
    const port = await freePort();
    address = `http://127.0.0.1:${port}`;
    environment = { ...process.env, CREPITUS_DATA: join(folder, 'data'), PORT: String(port) };
    delete environment.DATABASE_URL;
    server = await serve(environment);
    browser = await chromium.launch({
      executablePath: found!.path,
      env: { ...(process.env as Record<string, string>), ...found!.env },
      args: ['--no-sandbox'],
    });
    context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB' });
    page = await context.newPage();
    page.on('pageerror', error => problems.push(String(error)));
    page.on('console', message => {
      // Chromium's word on a slow machine: the report's first opening waits for the detector, its style sheet does not.
      if (/was preloaded using link preload but not used/.test(message.text())) return;
      if (['error', 'warning'].includes(message.type())) problems.push(message.text());
    });
    await writeFile(join(folder, 'visit.wav'), writeWav([samples], 8000));
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('makes its first administrator by a link that works once', async () => {
    expect(server.link).toMatch(new RegExp(`^${address}/join/[\\w-]{43}$`));
    await page.goto(address);
    await page.waitForURL('**/sign-in');
    await page.goto(server.link!);
    await page.getByLabel('Name of the clinic').fill('Pneumology North');
    await page.getByLabel('Your name').fill('Ada Moor');
    await page.getByLabel('E-mail address').fill('ada@north.example');
    await page.getByLabel('Password').fill('short');
    await page.getByRole('button', { name: 'Make the account' }).click();
    await page.getByText('A password needs 12 characters or more.').waitFor();
    problems.length = 0; // The refusal's status, which Chromium writes to the console.
    await page.getByLabel('Password').fill('Tulpe-Bagger-17-Regen');
    await page.getByRole('button', { name: 'Make the account' }).click();
    await page.waitForURL('**/patients');
    await page.getByText('No patient yet.').waitFor();

    const stranger = await (await browser.newContext()).newPage();
    await stranger.goto(server.link!);
    await stranger.getByText('This link is no longer good').waitFor();
    pages.set('link-used', stranger.url());
    await stranger.context().close();
  });

  it('takes a patient, a visit and a recording, and shows how far the analysis is', async () => {
    await page.getByLabel('Pseudonym').last().fill('P-0001');
    await page.getByLabel('Year of birth').fill('1951');
    await page.getByRole('button', { name: 'Enter the patient' }).click();
    await page.getByText('No visit yet.').waitFor();
    pages.set('patient', page.url());
    await page.getByRole('button', { name: 'Enter the visit' }).click();
    await page.getByText('No recording yet.').waitFor();
    pages.set('visit', page.url());
    await page.getByRole('button', { name: 'Plb, posterior left, base' }).click();
    await page.locator('input[type=file]').setInputFiles(join(folder, 'visit.wav'));
    await page.getByText('visit.wav is recording 1.').waitFor({ timeout: 60_000 });
    await page.getByText(/\d+ of \d+ cycles called crackle/).waitFor({ timeout: 60_000 });
    const text = join(folder, 'letter.wav');
    await writeFile(text, 'Dear colleague, no sound at all.');
    await page.locator('input[type=file]').setInputFiles(text);
    await page.getByText('letter.wav was not added: The recording is no WAV, FLAC or MP3 file').waitFor();
    problems.length = 0;
    expect(
      await page
        .getByRole('link', { name: /posterior left, base: \d+ of \d+ cycles called crackle/ })
        .count(),
    ).toBe(1);
  });

  it('shows the scores that crepitus screen prints, to the third digit', async () => {
    const printed = await start('crepitus', ['screen', join(folder, 'visit.wav'), '--json'], {}).ended;
    const { bundle, recordings } = JSON.parse(printed.out);
    const [{ cycles, candidates }] = recordings[0].channels;
    await page.getByRole('link', { name: 'Recording 1', exact: true }).click();
    await page.getByRole('heading', { name: /^Recording 1/ }).waitFor();
    pages.set('recording', page.url());
    await page.locator('table.cycles').waitFor();
    const rows = await page
      .locator('table.cycles tbody tr')
      .evaluateAll(elements =>
        elements.map(row => [...row.querySelectorAll('td')].map(cell => cell.textContent)),
      );
    expect(rows.length).toBeGreaterThan(1);
    expect(rows.map(cells => cells.slice(0, 5))).toEqual(
      cycles.map((cycle: { start: number; end: number; score: number; crackle: boolean }, i: number) => [
        cycle.start.toFixed(2),
        cycle.end.toFixed(2),
        cycle.crackle ? 'called crackle' : 'not called crackle',
        cycle.score.toFixed(3),
        candidates.perCycle[i].inspiration === null
          ? String(candidates.perCycle[i].all)
          : `${candidates.perCycle[i].inspiration} / ${candidates.perCycle[i].expiration}`,
      ]),
    );
    await page.getByText(`Detector ${bundle.id} ${bundle.version}`).waitFor();
    await page.getByText(bundle.sha256).waitFor();
  });

  it('draws wave and picture, and walks and plays cycles by keyboard', async () => {
    await page.getByText('The sound is being fetched').waitFor({ state: 'detached' });
    for (const canvas of ['strip', 'wave', 'mel']) {
      const colours = await page.locator(`canvas.${canvas}`).evaluate(element => {
        const { width, height } = element as HTMLCanvasElement;
        const { data } = (element as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
        return new Set(new Uint32Array(data.buffer)).size;
      });
      expect(colours, canvas).toBeGreaterThan(canvas === 'mel' ? 100 : 3);
    }
    await page.locator('h1').click();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.getByText(/^2\. Cycle with score/).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    const at = async () => Number(/^[\d.]+/.exec((await page.locator('.position').textContent())!)![0]);
    const before = await at();
    await expect.poll(at, { timeout: 10_000 }).toBeGreaterThan(before + 0.2);
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
    await page.keyboard.press('+');
    await page.keyboard.press('0');
    await page.keyboard.press('k');
    await page.getByText(/^1\. Cycle with score/).waitFor();
    expect(problems).toEqual([]);
  });

  it('says why it gives no score, before anything else', async () => {
    const silent = join(folder, 'silent.wav');
    await writeFile(silent, writeWav([new Float32Array(6 * 8000)], 8000));
    await page.goto(pages.get('visit')!);
    await page.locator('input[type=file]').setInputFiles(silent);
    await page.getByText('silent.wav is recording 2.').waitFor({ timeout: 60_000 });
    await page.getByText('no cycle scored').waitFor({ timeout: 60_000 });
    await page.getByRole('link', { name: 'Recording 2', exact: true }).click();
    await page.locator('table.cycles').waitFor();
    pages.set('abstained', page.url());
    const headings = await page.locator('h2').allTextContents();
    expect(headings.indexOf('Quality')).toBe(0);
    expect(await page.locator('.findings').textContent()).toContain('no sound at all');
    expect(await page.locator('.summary').textContent()).toMatch(
      /^No cycle could be scored\. \d+ cycles were not scored/,
    );
    expect(await page.locator('table.cycles tbody tr').first().textContent()).toContain('not scored');
    expect(await page.locator('table.cycles td.number').first().textContent()).toBe('');
  });

  it('says why an analysis failed, and makes it again', async () => {
    await page.goto(pages.get('recording')!);
    const { sha256 } = await page.evaluate(async () => {
      const bytes = await (await fetch(`/api${location.pathname}/sound`)).arrayBuffer();
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
      return { sha256: [...digest].map(byte => byte.toString(16).padStart(2, '0')).join('') };
    });
    const blob = join(folder, 'data', 'blobs', sha256.slice(0, 2), sha256);
    const bytes = readFileSync(blob);
    await writeFile(blob, 'a disk gone bad');
    await page.getByRole('button', { name: 'Analyse again' }).click();
    await page
      .getByText('The analysis failed: The sound of this recording is damaged in the store')
      .waitFor({ timeout: 60_000 });
    await writeFile(blob, bytes);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('table.cycles').waitFor({ timeout: 60_000 });
    problems.length = 0; // The status of the damaged sound, where the page asked for it.
  });

  it('exports cycles as a file, and says beside the formats why it cannot', async () => {
    await page.goto(pages.get('recording')!);
    await page.getByText('Formats and options').click();
    const formats = page.getByRole('region', { name: 'Export' });
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      formats.getByRole('link', { name: 'CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^P-0001-\d{4}-\d\d-\d\d-1\.csv$/);
    const { recordings, findings } = parseReviewedCsv(
      await readFile(await download.path(), 'utf8'),
      'export',
    );
    expect(findings).toEqual([]);
    expect(recordings).toHaveLength(1);
    const starts = recordings[0]!.cycles.map(({ start }) => start.toFixed(2));
    expect(await page.locator('table.cycles tbody td:first-of-type').allTextContents()).toEqual(starts);
    await formats.getByText('The download has begun.').waitFor();
    expect(problems).toEqual([]);

    await page.goto(pages.get('abstained')!);
    await page.getByText('Formats and options').click();
    await formats.getByRole('link', { name: 'ICBHI text' }).click();
    await formats.getByText("No cycle of recording 2 has a reviewers' word that all of them share").waitFor();
    expect(await axeComplaints()).toEqual([]);
    problems.length = 0; // The refusal's status.
  });

  it('reviews cycles by keys, takes words back and gives them again, and keeps them', async () => {
    await page.goto(pages.get('recording')!);
    await page.locator('table.cycles').waitFor();
    await page.locator('h1').click();
    const said = (i: number) => page.locator('table.cycles tbody tr').nth(i).locator('.words-said');
    const finding = async (i: number) =>
      (await page.locator('table.cycles tbody tr').nth(i).locator('.finding').first().textContent())!;
    /** The reviewer's word that confirms the detector's, and the one that rejects it. */
    const same = (finding: string) => (finding === 'called crackle' ? 'crackles' : 'no crackles');
    const opposite = (finding: string) => (finding === 'called crackle' ? 'no crackles' : 'crackles');
    const status = page.locator('.review .said');
    const findings = [await finding(0), await finding(1)] as const;
    await page.keyboard.press('c');
    await status.getByText('Choose a cycle first').waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('c');
    await status.getByText(`Cycle 1: ${same(findings[0])}, saved.`).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await status.getByText(`Cycle 2: ${opposite(findings[1])}, saved.`).waitFor();
    expect(await said(0).textContent()).toBe(`${same(findings[0])} you`);
    expect(await finding(1)).toBe(findings[1]); // The detector's word stays as it is.
    await page.keyboard.press('3');
    await status.getByText('Cycle 2: unsure, saved.').waitFor();
    await page.keyboard.press('z');
    await status.getByText('Cycle 2: “unsure” taken back.').waitFor();
    await page.keyboard.press('z');
    await status.getByText(`Cycle 2: “${opposite(findings[1])}” taken back.`).waitFor();
    expect(await said(1).count()).toBe(0);
    await page.keyboard.press('Shift+Z');
    await status.getByText(`Cycle 2: “${opposite(findings[1])}” given again.`).waitFor();

    await page.reload();
    await page.locator('table.cycles').waitFor();
    expect(await said(0).textContent()).toBe(`${same(findings[0])} you`);
    expect(await said(1).textContent()).toBe(`${opposite(findings[1])} you`);
    await page.locator('h1').click();
    await page.keyboard.press('z'); // What was said before the page was loaded anew is undone too.
    await status.getByText(`Cycle 2: “${opposite(findings[1])}” taken back.`).waitFor();
    await page.keyboard.press('Shift+Z');
    await said(1).waitFor();

    await page.getByLabel('Show', { exact: true }).selectOption('disagree');
    expect(await page.locator('table.cycles tbody tr').count()).toBe(1);
    expect(await page.locator('table.cycles tbody tr').textContent()).toContain('Cycle 2');
    await page.getByLabel('Show', { exact: true }).selectOption('all');
    await page.keyboard.press('?');
    expect(await page.getByText('Single keys work on this page').isVisible()).toBe(true);
    expect(await axeComplaints()).toEqual([]);
    await keep('reviewed');
    expect(problems).toEqual([]);
  });

  it('corrects a cycle by keyboard, keeps the draft, scores it again, and goes back', async () => {
    await page.goto(pages.get('recording')!);
    await page.locator('table.cycles').waitFor();
    const row = (i: number) => page.locator('table.cycles tbody tr').nth(i);
    const ends = () => page.locator('table.cycles tbody tr td:nth-of-type(2)').allTextContents();
    const before = await ends();
    const words = await page.locator('.words-said').count();
    await page.locator('h1').click();
    await page.keyboard.press('e');
    const field = page.getByLabel('To, s');
    const from = Number(await field.inputValue());
    await page.keyboard.press('ArrowUp'); // From the first border round to the last.
    for (const key of ['ArrowLeft', 'ArrowLeft', 'ArrowLeft', 'Shift+ArrowLeft', 'Shift+ArrowLeft'])
      await page.keyboard.press(key);
    expect(Number(await field.inputValue())).toBeCloseTo(from - 0.23, 3);
    await page.keyboard.press('z');
    expect(Number(await field.inputValue())).toBeCloseTo(from, 2);
    await page.keyboard.press('Shift+Z');
    expect(Number(await field.inputValue())).toBeCloseTo(from - 0.23, 3);
    await page.getByLabel('End of inspiration, s').fill('0.9');
    await page.keyboard.press('Enter');
    await page.locator('.review .said').getByText('Cycle 1, End of inspiration, s 0.900').waitFor();
    await keep('correcting');
    expect(await axeComplaints()).toEqual([]);
    await onPhone('correcting');

    await page.reload();
    await page
      .getByText('Cycles that you corrected earlier and did not have scored are still here.')
      .waitFor();
    expect(await ends()).toEqual(before);
    await page.locator('h1').click();
    await page.keyboard.press('e');
    expect(Number(await field.inputValue())).toBeCloseTo(from - 0.23, 3);
    const draft = await ends();
    await page.getByRole('button', { name: 'Score again' }).focus();
    await page.keyboard.press('Enter');
    await page
      .getByText('Cycles of this channel were set by hand. Last: Ada Moor')
      .waitFor({ timeout: 60_000 });
    expect(await ends()).toEqual(draft);
    expect(Number(await row(0).locator('td').nth(1).textContent())).toBeCloseTo(from - 0.23, 2);
    expect(await row(0).locator('.finding').first().textContent()).toMatch(/called crackle/);
    // Words on cycles that were changed are kept, but not shown as words on others.
    expect(await page.locator('.words-said').count()).toBeLessThan(words);
    await page.getByText(/belongs? to (a cycle|cycles) that ha(s|ve) changed since/).waitFor();

    await page.getByRole('button', { name: 'Go back to automatic cycles' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('Cycles were found in the sound itself').waitFor({ timeout: 60_000 });
    expect(await ends()).toEqual(before);
    expect(await page.locator('.words-said').count()).toBe(words);
    expect(problems).toEqual([]);
  });

  it('drags a border with the mouse', async () => {
    await page.goto(pages.get('recording')!);
    await page.locator('table.cycles').waitFor();
    await page.locator('h1').click();
    await page.keyboard.press('e');
    const field = page.getByLabel('To, s');
    const end = Number(await field.inputValue());
    const strip = page.locator('canvas.strip-over');
    // What comes above it while sound and editor appear moves it: it must lie still before it is pointed at.
    let box = (await strip.boundingBox())!;
    await expect
      .poll(
        async () => {
          const before = box;
          box = (await strip.boundingBox())!;
          return JSON.stringify(box) === JSON.stringify(before);
        },
        { interval: 300, timeout: 10_000 },
      )
      .toBe(true);
    // The pictures show 8 s between their axes.
    const xOf = (seconds: number) => box.x + 58 + (seconds / 8) * (box.width - 68);
    await page.mouse.move(xOf(end), box.y + 20);
    await page.mouse.down();
    await page.mouse.move(xOf(end) - 20, box.y + 20, { steps: 4 });
    await page.mouse.up();
    const shown = () => expect.poll(async () => Number(await field.inputValue()));
    await shown().toBeCloseTo(end - (20 * 8) / (box.width - 68), 1);
    await page.keyboard.press('z');
    await shown().toBeCloseTo(end, 3); // One drag is one step.
    await page.getByRole('button', { name: 'Discard the draft' }).click();
    expect(problems).toEqual([]);
  });

  it('holds back what the detector found in a blind pass, in the page as the server sends it', async () => {
    const url = pages.get('recording')!;
    const sent = async () => (await context.request.get(url)).text();
    await page.goto(url);
    const scores = await page.locator('table.cycles tbody tr td:nth-of-type(4)').allTextContents();
    const secrets = await page.evaluate(async () => {
      const { analysis } = await (await fetch(`/api${location.pathname}`)).json();
      const [{ cycles }] = analysis.result.recording.channels;
      return cycles.map(({ score }: { score: number }) => String(score)) as string[];
    });
    const before = await sent();
    for (const secret of secrets) expect(before).toContain(secret);
    expect(before).toMatch(/\\"crackle\\":(true|false)/);
    await page.goto(`${url}/blind`);
    pages.set('blind', `${url}/blind`);
    await page.getByRole('button', { name: 'Start a blind pass' }).click();
    await page.waitForURL(url);
    await page.locator('table.cycles').waitFor();
    const html = await sent();
    for (const score of scores) {
      expect(html).not.toContain(score);
      expect(await page.content()).not.toContain(score);
    }
    for (const secret of secrets) expect(html).not.toContain(secret);
    expect(html).not.toMatch(/activation|candidates|\\"crackle\\":(true|false)/);
    expect(await page.locator('.words-said').count()).toBe(0);
    expect(await page.locator('.finding').count()).toBe(0);
    expect(await axeComplaints()).toEqual([]);
    await keep('blind');
    await onPhone('blind');
    await page.locator('h1').click();
    for (let i = 0; i < scores.length; i++) {
      await page.keyboard.press('n');
      await page.keyboard.press(i === 0 ? '2' : '1');
      await page
        .locator('.review .said')
        .getByText(`Cycle ${i + 1}: `)
        .waitFor();
    }
    await page.getByText('Every cycle of the recording has your word.').waitFor();
    await page.goto(pages.get('visit')!);
    await page.getByText('under your blind review').first().waitFor();
    await page.goto(url);
    await page.getByRole('button', { name: 'Finish the blind pass' }).click();
    await page.getByText('Ada Moor, finished').waitFor();
    expect(await page.locator('table.cycles tbody tr td:nth-of-type(4)').allTextContents()).toEqual(scores);
    expect(await page.locator('.words-said').first().textContent()).toBe('no crackles you, blind');
    expect(problems).toEqual([]);
  });

  it('shows results by site, follows them over visits, and prints the report of a visit', async () => {
    problems.length = 0;
    await page.goto(pages.get('visit')!);
    const map = page.getByRole('link', { name: /posterior left, base: \d+ of \d+ cycles called crackle/ });
    /** Once on each page that counts or colours such cycles. */
    const saysHowOftenRight = async () =>
      expect(await page.locator('.called-note').allTextContents()).toEqual([
        expect.stringMatching(
          /^When this detector calls a cycle crackle, \d+ of \d+ had crackles \(\d+ %; 95 % interval within/,
        ),
      ]);
    await map.waitFor();
    await saysHowOftenRight();
    await map.click();
    await page.getByRole('heading', { name: /^Recording \d+/ }).waitFor();
    await saysHowOftenRight();

    await page.goto(pages.get('patient')!);
    await page.getByRole('heading', { name: 'Course over the visits' }).waitFor();
    await saysHowOftenRight();
    const trend = page.locator('.trend-table tbody tr');
    expect(await trend.count()).toBe(1);
    expect(await trend.textContent()).toMatch(/\d+ of \d+ cycles called crackle.*\d+ to \d+ %/);
    await page.getByLabel('Followed is').selectOption('single crackles per inspiration');
    expect(await trend.textContent()).toMatch(/\d+\.\d \(\d+ in \d+ breaths\).*\d+\.\d to \d+/);
    expect(await trend.textContent()).toContain(' Hz');

    await page.goto(pages.get('visit')!);
    await page.getByRole('link', { name: 'Report for printing' }).click();
    await page.waitForURL('**/report');
    pages.set('report', page.url());
    await page.getByText('As PDF: choose').waitFor({ timeout: 60_000 });
    await saysHowOftenRight();
    const flagged = await page.locator('.flagged figure').count();
    expect(flagged).toBeGreaterThan(0);
    expect(await page.locator('.flagged img').count()).toBe(2 * flagged);
    const headings = await page.locator('.report h2').allTextContents();
    expect(headings.indexOf('Quality')).toBeLessThan(headings.indexOf('Result by site'));
    await page.emulateMedia({ colorScheme: 'dark' });
    const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
    await page.emulateMedia({ colorScheme: 'light' });
    const printed = textOfPdf(pdf);
    expect(printed.length).toBeGreaterThan(1);
    for (const [i, text] of printed.entries()) {
      expect(text).toContain('P-0001, Visit of');
      expect(text).toContain(`${i + 1} / ${printed.length}`);
      expect(text).toContain('For research only.');
    }
    // On paper the pictures have 144 dots or more to an inch, also where the page was zoomed out on the screen.
    const viewport = page.viewportSize()!;
    await page.setViewportSize({ width: Math.round((180 / 25.4) * 96), height: 900 }); // A4 without its margins.
    await page.emulateMedia({ media: 'print' });
    const inches = await page
      .locator('.flagged img')
      .evaluateAll(images => images.map(image => image.getBoundingClientRect().width / 96));
    await page.emulateMedia({ media: null });
    await page.setViewportSize(viewport);
    const pictures = imagesOf(pdf);
    expect(pictures).toHaveLength(2 * flagged);
    for (const { width } of pictures) expect(width / Math.max(...inches)).toBeGreaterThanOrEqual(144);
    expect(Math.max(...inches)).toBeLessThanOrEqual(60 / 25.4); // Three to a row.
    expect(pdf.length / flagged).toBeLessThan(400_000); // Bytes for each cycle that is shown.
    const { width, height } = pageSizeOf(pdf);
    expect([Math.round(width), Math.round(height)]).toEqual([595, 842]); // A4 in points.
    expect(problems).toEqual([]);
  });

  it('passes axe on every page, light and dark, English and German, and fits a phone', async () => {
    for (const path of ['patients', 'people', 'log', 'account', 'about', 'nowhere/at/all'])
      pages.set(path, `${address}/${path}`);
    const complaints: string[] = [];
    for (const [name, url] of pages) {
      for (const [colorScheme, language, width] of [
        ['light', 'en', 1280],
        ['dark', 'de', 375],
      ] as const) {
        await context.addCookies([{ name: 'crepitus-language', value: language, url: address }]);
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 900 });
        await page.goto(url);
        await page.waitForLoadState('load');
        await page.getByText(/The sound is being fetched|Der Ton wird geholt/).waitFor({ state: 'detached' });
        expect(await page.locator('html').getAttribute('lang')).toBe(language);
        expect(await page.title()).not.toBe('');
        for (const complaint of await axeComplaints())
          complaints.push(`${name} ${language} ${colorScheme}: ${complaint}`);
        const overflow = await page.evaluate(() => document.scrollingElement!.scrollWidth - innerWidth);
        if (overflow > 0) complaints.push(`${name} ${language}: ${overflow} px wider than ${width}`);
        await keep(`${name.replaceAll('/', '-')}-${language}-${colorScheme}`);
      }
    }
    expect(complaints).toEqual([]);
    expect(problems.filter(problem => !/404 \(Not Found\)/.test(problem))).toEqual([]);
  });

  it('sends every page with a policy of its own, and to its own names alone', async () => {
    const ask = (headers = {}) => fetch(`${address}/sign-in`, { headers });
    const [first, second] = [await ask(), await ask()];
    const nonce = (response: Response) =>
      /'nonce-([^']+)'/.exec(response.headers.get('content-security-policy')!)![1];
    expect(nonce(first)).not.toBe(nonce(second));
    const html = await first.text();
    const scripts = html.match(/<script\b[^>]*>/g)!;
    expect(scripts.length).toBeGreaterThan(3);
    for (const script of scripts) expect(script).toContain(`nonce="${nonce(first)}"`);
    expect(html).not.toMatch(/\sstyle=|\son[a-z]+=/);
    expect(Object.fromEntries(first.headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    expect(first.headers.get('x-powered-by')).toBe(null);
    const foreign = request({
      port: new URL(address).port,
      path: '/sign-in',
      headers: { host: 'evil.example' },
    });
    const [response] = await once(foreign.end(), 'response');
    response.resume();
    expect(response.statusCode).toBe(421);
  });

  it('sends no form before its scripts run, so that no password comes into the address', async () => {
    const without = await browser.newContext({ javaScriptEnabled: false, locale: 'en-GB' });
    const signIn = await without.newPage();
    await signIn.goto(`${address}/sign-in`);
    await signIn.locator('noscript .without-scripts').waitFor();
    await signIn.getByLabel('E-mail address').fill('ada@north.example');
    await signIn.getByLabel('Password').fill('Tulpe-Bagger-17-Regen');
    expect(await signIn.getByRole('button', { name: 'Sign in' }).isDisabled()).toBe(true);
    await signIn.getByLabel('Password').press('Enter');
    await signIn.waitForTimeout(300);
    expect(signIn.url()).toBe(`${address}/sign-in`);
    expect(await signIn.locator('form').getAttribute('method')).toBe('post');
    await without.close();
  });

  it('refuses a second process on its data, and a taken port, in a sentence', async () => {
    const second = await ended(environment);
    expect(second.code).toBe(4);
    expect(second.err).toMatch(
      new RegExp(
        `^The data folder \\S+ is held by process ${server.process.pid} since [^;]+ UTC; [^.]+\\.\n$`,
      ),
    );
    const elsewhere = await ended({ ...environment, CREPITUS_DATA: join(folder, 'other') });
    expect(elsewhere.code).toBe(2);
    expect(elsewhere.err).toMatch(
      /^The port \d+ cannot be used \(another program listens there\); [^.]+\.\n$/,
    );
    expect(existsSync(join(folder, 'other', 'lock'))).toBe(false);
  });

  it('checks its log through the process that runs, and alone', async () => {
    const whole = /^The audit log is whole: (\d+) entries; the hash of the last one is ([0-9a-f]{64})\.\n$/;
    const asked = await ended(environment, 'audit', 'verify');
    expect(asked).toMatchObject({ code: 0, err: '' });
    const [, entries, head] = whole.exec(asked.out)!;
    expect(Number(entries)).toBeGreaterThan(10);
    const stopped = await server.stop();
    expect(stopped.code).toBe(0);
    expect(existsSync(join(folder, 'data', 'lock'))).toBe(false);
    const alone = await ended(environment, 'audit', 'verify', '--seen', head!);
    expect(alone.out).toMatch(/The hash that was asked for is in it\.\n$/);
    const never = await ended(environment, 'audit', 'verify', '--seen', 'f'.repeat(64));
    expect(never.code).toBe(4);
  });

  it('goes on where it stopped, without a first link', async () => {
    server = await serve(environment);
    expect(server.link).toBe(null);
    await page.goto(pages.get('recording')!);
    await page.locator('table.cycles').waitFor();
    const clinic = await ended(environment, 'clinic', 'add');
    expect(clinic.out).toMatch(new RegExp(`\n${address}/join/[\\w-]{43}\n$`));
  });

  /** Dark and narrow, as the page is now. */
  async function onPhone(name: string): Promise<void> {
    const before = page.viewportSize()!;
    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await page.evaluate(() => document.scrollingElement!.scrollWidth - innerWidth)).toBe(0);
    expect(await axeComplaints()).toEqual([]);
    await keep(`${name}-phone`);
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize(before);
  }

  async function axeComplaints(): Promise<string[]> {
    await page.evaluate(axe);
    const { violations } = await page.evaluate(async () => {
      // biome-ignore lint/suspicious/noExplicitAny: axe, as it puts itself into a page
      return (globalThis as any).axe.run(document);
    });
    return violations.flatMap(({ id, nodes }: { id: string; nodes: { html: string }[] }) =>
      nodes.map(({ html }) => `${id} ${html}`),
    );
  }

  /** For a look by a person: CREPITUS_SCREENSHOTS names a folder. */
  async function keep(name: string): Promise<void> {
    const kept = process.env.CREPITUS_SCREENSHOTS;
    if (!kept) return;
    mkdirSync(kept, { recursive: true });
    await page.screenshot({ path: join(kept, `portal-${name}.png`), fullPage: true });
  }
});
