/** The view of one channel as hands and eyes have it, in Chromium, on the page that needs no account. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { synthesiseRecording } from '@crepitus/datasets';
import { findCrackleCandidates, frontEnds, prepareChannel } from '@crepitus/model';
import { decodeRecording, writeWav } from '@crepitus/recordings';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from './browsers/chromium.ts';
import { complaintsAbout } from './portal-accessibility.ts';
import { type PortalAndChromium, startPortalAndChromium } from './portal-and-chromium.ts';

const found = await findChromium();
const sampleRate = 8000;

describe.skipIf(!found)('the view of a channel, in Chromium', () => {
  let portal: PortalAndChromium;
  let page: Page;
  let file: string;
  const problems: string[] = [];
  /** Onsets, as the package finds them. */
  let onsets: number[];

  beforeAll(async () => {
    portal = await startPortalAndChromium();
    file = join(portal.folder, 'visit.wav');
    const { channels } = synthesiseRecording({
      seed: 5,
      seconds: 20,
      breathsPerMinute: 20,
      sampleRate,
      crackles: 'fine',
      heart: true,
    });
    const bytes = writeWav([channels[0]!], sampleRate);
    await writeFile(file, bytes);
    const decoded = await decodeRecording(bytes, { name: 'visit.wav' });
    const prepared = prepareChannel(decoded.channels[0]!.samples, sampleRate, frontEnds.paper);
    onsets = findCrackleCandidates(prepared).map(({ time }) => time);

    const context = await portal.browser.newContext({
      viewport: { width: 1280, height: 900 },
      locale: 'en-GB',
    });
    page = await context.newPage();
    page.on('pageerror', error => problems.push(String(error)));
    page.on('console', message => {
      if (['error', 'warning'].includes(message.type())) problems.push(message.text());
    });
    await page.goto(`${portal.address}/listen`);
    await open();
  }, 240_000);
  afterAll(() => portal?.close());

  /** Drops the recording and waits for its scores and pictures. */
  async function open(): Promise<void> {
    await page.getByText(/^Ready/).waitFor({ timeout: 60_000 });
    await page.locator('input[type=file]').setInputFiles(file);
    await page.locator('table.cycles').waitFor({ timeout: 120_000 });
    await page.getByText(/ to \d+ Hz\./).waitFor({ timeout: 60_000 });
    await page.locator('h1').click();
  }

  /** What the pictures show, as the page says it. */
  async function shown(): Promise<{ from: number; to: number; low: number; high: number; tick: number }> {
    const said = (await page.locator('.in-words').textContent())!;
    const [, from, to] = /Shown: ([\d.]+) to ([\d.]+) s/.exec(said)!;
    const [, low, high] = /(\d+) to (\d+) Hz/.exec(said)!;
    const [, tick] = /time axis: ([\d.]+) s/.exec(said)!;
    return { from: +from!, to: +to!, low: +low!, high: +high!, tick: +tick! };
  }
  /** The labels under the waveform, as they are drawn. */
  const axis = () =>
    page.locator('.pictures canvas.wave').evaluate(element => {
      const drawn = element as HTMLCanvasElement;
      const labels = document.createElement('canvas');
      labels.width = drawn.width;
      labels.height = 28 * devicePixelRatio;
      const context = labels.getContext('2d', { willReadFrequently: true })!;
      context.drawImage(drawn, 0, labels.height - drawn.height);
      const { data } = context.getImageData(0, 0, labels.width, labels.height);
      return data.reduce((hash, value) => (Math.imul(hash, 31) + value) | 0, 7);
    });
  const position = async () => Number(/^[\d.]+/.exec((await page.locator('.position').textContent())!)![0]);

  it('shows in each cycle of the strip where expiration begins, and says that it is assumed', async () => {
    const said = page.locator('.pictures:has(.strip-place) .axis').first();
    expect(await said.textContent()).toMatch(/darker: expiration; .*dashed where that is an assumed share/);
    /** Stretches of one colour along a line of the strip, in pixels. */
    const stretches = await page.locator('.strip-place canvas.strip').evaluate(element => {
      const strip = element as HTMLCanvasElement;
      const copy = document.createElement('canvas');
      [copy.width, copy.height] = [strip.width, strip.height];
      const context = copy.getContext('2d', { willReadFrequently: true })!;
      context.drawImage(strip, 0, 0);
      const { data } = context.getImageData(0, 6, copy.width, 1);
      const found: { colour: string; opaque: boolean; from: number; to: number }[] = [];
      for (let x = 0; x < copy.width; x++) {
        const colour = data.slice(4 * x, 4 * x + 4).join(' ');
        const last = found.at(-1);
        if (last?.colour === colour) last.to = x + 1;
        else found.push({ colour, opaque: data[4 * x + 3]! > 0, from: x, to: x + 1 });
      }
      return found.filter(({ from, to, opaque }) => opaque && to - from >= 8);
    });
    // In the middle of the recording cycles are whole: each is a bright stretch and a darker one.
    const shares: number[] = [];
    for (const [i, { to, from, colour }] of stretches.entries()) {
      const next = stretches[i + 1];
      if (next === undefined || next.from - to > 3 || next.colour === colour) continue;
      const brightness = (of: string) =>
        of
          .split(' ')
          .slice(0, 3)
          .map(Number)
          .reduce((a, b) => a + b);
      if (brightness(next.colour) < brightness(colour)) shares.push((next.from - from) / (next.to - from));
    }
    expect(shares.length).toBeGreaterThanOrEqual(4);
    const rest = (await page.locator('main').textContent())!;
    const assumed = Number(/inspiration in the first (\d+) % of a cycle/.exec(rest)![1]) / 100;
    for (const share of shares.slice(1, -1)) {
      expect(share).toBeGreaterThan(assumed - 0.03);
      expect(share).toBeLessThan(assumed + 0.03);
    }
  });

  it('zooms in time and frequency by keys; axes follow, and 0 shows all', async () => {
    const all = await shown();
    expect(all).toMatchObject({ from: 0, to: 20 });
    const before = await axis();
    await page.keyboard.press('+');
    await page.keyboard.press('+');
    await expect.poll(async () => (await shown()).to).toBe(5);
    const closer = await shown();
    expect(closer.tick).toBeLessThan(all.tick);
    expect(await axis()).not.toBe(before);
    await page.keyboard.press('f');
    await expect.poll(async () => (await shown()).high).toBeLessThan(all.high);
    const narrower = await shown();
    await page.keyboard.press('g');
    await expect.poll(async () => (await shown()).low).toBeGreaterThan(narrower.low);
    await page.keyboard.press('Shift+ArrowRight');
    await expect.poll(async () => (await shown()).from).toBe(2.5);
    await page.keyboard.press('0');
    await expect.poll(shown).toEqual(all);
    await expect.poll(axis).toBe(before);
  });

  it('takes the borders of frequencies as numbers, and refuses what the picture does not have', async () => {
    const low = page.getByLabel('From', { exact: true });
    await low.fill('200');
    await low.press('Enter');
    await expect.poll(async () => (await shown()).low).toBe(200);
    await low.fill('9000');
    expect(await low.getAttribute('aria-invalid')).toBe('true');
    await low.press('Enter');
    expect((await shown()).low).toBe(200);
    await page.getByRole('button', { name: 'All frequencies' }).click();
    await expect.poll(async () => (await shown()).low).toBeLessThan(100);
    await expect.poll(() => low.inputValue()).toBe(String((await shown()).low));
  });

  it('zooms into a box that is dragged with shift, and reads time, frequency and level under the pointer', async () => {
    const mel = page.locator('canvas.mel:not(.running)');
    await mel.scrollIntoViewIfNeeded();
    const box = (await mel.boundingBox())!;
    const at = (x: number, y: number) => [box.x + x * box.width, box.y + y * box.height] as const;
    await page.mouse.move(...at(0.5, 0.5));
    await page.getByText(/^[\d.]+ s · \d+ Hz · level [+−\d]+ dB · amplitude [\d.e-]+$/).waitFor();
    await page.keyboard.down('Shift');
    await page.mouse.move(...at(0.4, 0.3));
    await page.mouse.down();
    await page.mouse.move(...at(0.6, 0.6), { steps: 3 });
    await page.mouse.up();
    await page.keyboard.up('Shift');
    const { from, to, low, high } = await shown();
    expect(to - from).toBeGreaterThan(3);
    expect(to - from).toBeLessThan(6);
    expect(low).toBeGreaterThan(200);
    expect(high).toBeLessThan(3000);
    await page.locator('h1').click();
    await page.keyboard.press('0');
  });

  it('moves the shown part by the bar, with the arrows', async () => {
    await page.keyboard.press('+');
    const bar = page.getByRole('slider', { name: 'Shown part of the recording' });
    await bar.focus();
    await page.keyboard.press('PageDown');
    await expect.poll(() => bar.getAttribute('aria-valuetext')).toBe('Shown: 10.00 to 20.00 s.');
    await page.keyboard.press('Home');
    await expect.poll(async () => (await shown()).from).toBe(0);
    await page.locator('h1').click();
    await page.keyboard.press('0');
  });

  it('plays a selection at an eighth of the speed, pitch kept or lowered, once or in a loop', async () => {
    const speed = page.getByLabel('Speed');
    await speed.selectOption('0.125');
    await page.locator('h1').click();
    await page.keyboard.press('k');
    const start = await position();
    await page.keyboard.press('b');
    for (let i = 0; i < 2; i++) await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Shift+B');
    const end = await position();
    expect(end).toBeGreaterThan(start + 0.5);
    for (const pitch of ['kept', 'lowered']) {
      await page.getByLabel('Slow:').selectOption(pitch);
      await page.locator('h1').click();
      await page.keyboard.press('p');
      await page.getByRole('button', { name: 'Pause' }).waitFor();
      const [from, began] = [await position(), Date.now()];
      await expect.poll(position, { timeout: 20_000 }).toBeGreaterThan(from + 0.05);
      const [to, elapsed] = [await position(), (Date.now() - began) / 1000];
      // A slow machine makes it no faster.
      expect(to - from).toBeLessThan(elapsed / 4 + 0.05);
      await page.keyboard.press('Space');
      await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
    }
    await speed.selectOption('1');
    await page.locator('h1').click();
    await page.keyboard.press('Shift+P');
    await page.keyboard.press('p');
    const places: number[] = [];
    await expect
      .poll(
        async () => {
          places.push(await position());
          return places.some((place, i) => i > 0 && place < places[i - 1]!);
        },
        { timeout: 30_000, interval: 100 },
      )
      .toBe(true);
    expect(Math.min(...places)).toBeGreaterThanOrEqual(start - 0.01);
    expect(Math.max(...places)).toBeLessThanOrEqual(end + 0.01);
    await page.keyboard.press('Space');
    await page.keyboard.press('Shift+P');
    await page.keyboard.press('Escape');
  });

  it('plays on over the seam of two pieces of a sound', async () => {
    await page.getByLabel('Speed').selectOption('0.25');
    await page.locator('table.cycles tbody tr').first().getByRole('button').first().click();
    await page.locator('h1').click();
    const start = await position();
    const began = Date.now();
    await page.keyboard.press('Space');
    const places: number[] = [];
    // The first piece holds 10 s of sound: 2.5 s of the recording.
    await expect
      .poll(
        async () => {
          places.push(await position());
          return places.at(-1);
        },
        { timeout: 60_000, interval: 200 },
      )
      .toBeGreaterThan(start + 3);
    const elapsed = (Date.now() - began) / 1000;
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places.at(-1)! - start).toBeLessThan(elapsed / 4 + 0.05);
    expect(await page.getByText('The sound cannot be played').count()).toBe(0);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByLabel('Speed').selectOption('1');
    await page.locator('h1').click();
    expect(problems).toEqual([]);
  });

  it('says so where the browser lets no sound out, and does not seem to play', async () => {
    const quiet = await page.context().newPage();
    // As Firefox does without a device: a context that never begins, and no word.
    await quiet.addInitScript(() => {
      const Audible = AudioContext;
      const silent = class extends Audible {
        constructor() {
          super();
          void this.suspend();
        }
        override resume() {
          return new Promise<void>(() => {});
        }
      };
      Object.assign(window, {
        AudioContext: silent,
        connectDevice: () => Object.assign(window, { AudioContext: Audible }),
      });
    });
    await quiet.goto(`${portal.address}/listen`);
    await quiet.getByText(/^Ready/).waitFor({ timeout: 60_000 });
    await quiet.locator('input[type=file]').setInputFiles(file);
    await quiet.getByText(/ to \d+ Hz\./).waitFor({ timeout: 60_000 });
    const play = quiet.getByRole('button', { name: 'Play', exact: true });
    await play.click();
    await quiet.getByText('this browser has no output for sound.').waitFor({ timeout: 30_000 });
    await quiet.evaluate(() => (window as unknown as { connectDevice(): void }).connectDevice());
    await play.click();
    await expect
      .poll(async () => Number(/^[\d.]+/.exec((await quiet.locator('.position').textContent())!)![0]), {
        timeout: 30_000,
      })
      .toBeGreaterThan(0.2);
    expect(await quiet.getByText('this browser has no output').count()).toBe(0);
    await quiet.close();
  });

  it('draws the waveform higher and lower by key and slider, and its axis says how far it goes', async () => {
    const said = () => page.locator('.pictures .axis', { hasText: 'axis to' }).textContent();
    const drawn = () =>
      page
        .locator('.pictures canvas.wave')
        .evaluate(canvas => (canvas as HTMLCanvasElement).toDataURL().length);
    const to = async () => Number(/axis to ±([\d.]+)/.exec((await said())!)![1]);
    const whole = await to();
    expect(whole).toBeLessThanOrEqual(1);
    const before = await drawn();
    await page.keyboard.press('v');
    await page.keyboard.press('v');
    await expect.poll(said).toContain(': ×4, what is louder is cut off');
    expect(await to()).toBeCloseTo(whole / 4, 6);
    await expect.poll(drawn).not.toBe(before);
    await page.keyboard.press('Shift+V');
    await expect.poll(to).toBeCloseTo(whole / 2, 6);
    const slider = page.getByRole('slider', { name: 'Waveform' });
    await slider.focus();
    await page.keyboard.press('End');
    await expect.poll(said).toContain('×64');
    await page.locator('h1').click();
    await page.keyboard.press('0');
    await expect.poll(to).toBe(whole);
    await expect.poll(drawn).toBe(before);
  });

  it('says what a filter may be, and what is in use instead of what it may not be', async () => {
    const highPass = page.getByLabel('High-pass');
    await highPass.fill('150');
    await highPass.press('Enter');
    await highPass.fill('99999');
    await page.getByText('Only 20 to 4000 Hz; still in use: 150 Hz.').waitFor();
    await highPass.fill('');
    await highPass.press('Enter');
    await highPass.fill('5');
    await page.getByText('Only 20 to 4000 Hz; nothing is in use.').waitFor();
    await highPass.fill('');
    await page.locator('h1').click();
    expect(await page.getByText('Only 20 to').count()).toBe(0);
  });

  it('holds the gain back where more would clip, and says so', async () => {
    const gain = page.getByRole('slider', { name: 'Gain' });
    await gain.focus();
    await page.keyboard.press('End');
    await page.locator('h1').click();
    await page.keyboard.press('Space');
    await page.getByText(/^Held at -?[\d.]+ dB: more would clip\.$/).waitFor();
    await page.keyboard.press('Space');
    await gain.fill('0');
    await page.locator('h1').click();
  });

  it('walks the single crackles by keys, on the time-expanded waveform and in the table', async () => {
    expect(onsets.length).toBeGreaterThan(5);
    const words = page.locator('.candidate-words');
    const rows = page.locator('.candidates tbody tr');
    expect(await rows.count()).toBe(onsets.length);
    const counted = await page.locator('.counts tbody tr td:last-child').allTextContents();
    expect(counted.reduce((sum, count) => sum + Number(count), 0)).toBe(onsets.length);
    await page.keyboard.press('0');
    await rows.first().getByRole('button').click();
    await page.locator('h1').click();
    for (const [key, index] of [
      ['.', 1],
      ['.', 2],
      [',', 1],
    ] as const) {
      await page.keyboard.press(key);
      await expect
        .poll(() => words.textContent())
        .toMatch(new RegExp(`^Crackle ${index + 1} of ${onsets.length} at ${onsets[index]!.toFixed(3)} s, `));
    }
    expect(await rows.nth(1).getAttribute('class')).toBe('chosen');
    const description = await page.getByRole('img', { name: /^Waveform from / }).getAttribute('aria-label');
    const [from, to] = description!.match(/\d+\.\d+/g)!.map(Number);
    expect(to! - from!).toBeCloseTo(0.1, 6);
    expect(from).toBeLessThan(onsets[1]!);
    expect(to).toBeGreaterThan(onsets[1]!);
  });

  it('shows by how much the score of a crackle cycle changes when a band is hidden', async () => {
    const called = page.locator('table.cycles tbody tr', { has: page.locator('.finding.crackle') }).first();
    await called.getByRole('button').first().click();
    const rows = page.locator('table.bands tbody tr');
    expect(await rows.count()).toBe(9);
    const score = Number((await called.locator('td.number').first().textContent())!);
    for (const cells of await rows.evaluateAll(all =>
      all.map(row => [...row.querySelectorAll('td')].map(cell => cell.textContent!.replace('−', '-'))),
    ))
      expect(Number(cells[0]) - Number(cells[1])).toBeCloseTo(score, 2);
  });

  it('keeps on this device how somebody likes to look and listen', async () => {
    await page.getByLabel('Colours').selectOption('cividis');
    await page.getByRole('combobox', { name: 'Log-mel picture' }).selectOption('network');
    await page.getByLabel('Speed').selectOption('0.25');
    const highPass = page.getByLabel('High-pass');
    await highPass.fill('150');
    await highPass.press('Enter');
    await page.reload();
    await open();
    expect(await page.getByLabel('Colours').inputValue()).toBe('cividis');
    expect(await page.getByRole('combobox', { name: 'Log-mel picture' }).inputValue()).toBe('network');
    expect(await page.getByLabel('Speed').inputValue()).toBe('0.25');
    expect(await page.getByLabel('High-pass').inputValue()).toBe('150');
    expect(await shown()).toMatchObject({ low: expect.closeTo(100, -2), high: expect.closeTo(2000, -2) });
  });

  it('passes axe in all looks, with a crackle and a cycle chosen, and fits a phone', async () => {
    await page.keyboard.press('.');
    const called = page.locator('table.cycles tbody tr', { has: page.locator('.finding.crackle') }).first();
    await called.getByRole('button').first().click();
    expect(await complaintsAbout(page, 'view')).toEqual([]);
    expect(problems).toEqual([]);
  });
});
