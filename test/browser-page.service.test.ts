/**
 * What the portal does with sound inside a browser, in Chromium: the page without an account, with and without a network,
 * live listening and the recorder of a visit, the last two with a made-up microphone that plays a file.
 */
import { readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { synthesiseRecording } from '@crepitus/datasets';
import {
  type LiveCycle,
  LiveScreening,
  type ScreenedRecording,
  type ScreeningResult,
  screeningResultSchema,
} from '@crepitus/model';
import { loadBundle } from '@crepitus/model/node';
import { decodeRecording, writeWav } from '@crepitus/recordings';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium } from './browsers/chromium.ts';
import { freePort } from './free-port.ts';
import { type WayToPortal, wayToPortal } from './portal-behind.ts';
import { type Served, serve } from './portal-process.ts';
import { start } from './programs.ts';

const root = join(import.meta.dirname, '..');
const axe = readFileSync(join(root, 'node_modules', 'axe-core', 'axe.min.js'), 'utf8');
const fixtures = join(root, 'packages', 'recordings', 'fixtures');

const found = await findChromium();

describe.skipIf(!found)('sound in the browser', () => {
  let folder: string;
  let server: Served;
  let way: WayToPortal;
  let browser: Browser;
  const problems: string[] = [];
  /** What `crepitus screen --json` says of the dropped files. */
  let printed: ScreeningResult;
  const dropped = ['visit.wav', 'mono-16.flac', 'mono-untagged.mp3'];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'crepitus-browser-page-'));
    const chest = (seed: number, seconds: number, sampleRate: number) =>
      synthesiseRecording({
        seed,
        seconds,
        breathsPerMinute: 20,
        sampleRate,
        crackles: 'fine',
        heart: true,
      }).channels[0]!;
    await writeFile(join(folder, 'visit.wav'), writeWav([chest(5, 20, 8000)], 8000));
    await writeFile(join(folder, 'long.wav'), writeWav([chest(6, 240, 8000)], 8000));
    await writeFile(join(folder, 'letter.wav'), 'Dear colleague, no sound at all.');
    for (const name of dropped.slice(1)) await cp(join(fixtures, name), join(folder, name));
    const heard = chest(7, 60, 44_100).map(sample => 0.5 * sample);
    heard.fill(1, 3 * 44_100, 3.01 * 44_100); // 10 ms at full scale, for the warning.
    await writeFile(join(folder, 'microphone.wav'), writeWav([heard], 44_100));

    const ports = [await freePort(), await freePort()] as const;
    way = await wayToPortal(ports[0], () => `http://127.0.0.1:${ports[1]}`);
    const environment = {
      ...process.env,
      CREPITUS_DATA: join(folder, 'data'),
      CREPITUS_PUBLIC_ADDRESS: way.address,
      PORT: String(ports[1]),
    };
    delete (environment as NodeJS.ProcessEnv).DATABASE_URL;
    server = await serve(environment);
    browser = await launch('--use-fake-ui-for-media-stream');
    printed = await screen(dropped.map(name => join(folder, name)));
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await way?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** With a microphone that plays a file. */
  function launch(consent: string): Promise<Browser> {
    return chromium.launch({
      executablePath: found!.path,
      env: { ...(process.env as Record<string, string>), ...found!.env },
      args: [
        '--no-sandbox',
        consent,
        '--use-fake-device-for-media-stream',
        `--use-file-for-fake-audio-capture=${join(folder, 'microphone.wav')}`,
      ],
    });
  }

  /** A new browser profile on one page. */
  async function open(path: string, inBrowser = browser): Promise<[Page, BrowserContext]> {
    const context = await inBrowser.newContext({
      viewport: { width: 1280, height: 900 },
      locale: 'en-GB',
    });
    const page = await context.newPage();
    page.on('pageerror', error => problems.push(String(error)));
    page.on('console', message => {
      if (['error', 'warning'].includes(message.type())) problems.push(message.text());
    });
    await page.goto(`${way.address}${path}`);
    return [page, context];
  }

  async function drop(page: Page, ...names: string[]): Promise<void> {
    await page.locator('input[type=file]').setInputFiles(names.map(name => join(folder, name)));
  }

  /** The files of a page, once each is done or failed. */
  async function states(page: Page, count: number): Promise<string[]> {
    const cells = page.locator('table.own-recordings tbody tr td:nth-child(3)');
    await expect
      .poll(async () => (await cells.allTextContents()).filter(text => /cycle|file/.test(text)).length, {
        timeout: 120_000,
      })
      .toBe(count);
    return cells.allTextContents();
  }

  /** What the page hands out as JSON. */
  async function savedJson(page: Page): Promise<ScreeningResult> {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save results as JSON' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('screening.json');
    return screeningResultSchema.parse(JSON.parse(await readFile(await download.path(), 'utf8')));
  }

  async function screen(paths: string[]): Promise<ScreeningResult> {
    const { code, out, err } = await start('crepitus', ['screen', ...paths, '--json'], {}).ended;
    expect([0, 3], err).toContain(code);
    return screeningResultSchema.parse(JSON.parse(out));
  }

  /** Without the folder that the command line was given. */
  const byName = (recordings: readonly ScreenedRecording[]) =>
    recordings
      .map(recording => ({ ...recording, path: basename(recording.path) }))
      .sort((a, b) => (a.path < b.path ? -1 : 1));

  describe('the page without an account', () => {
    let page: Page;
    let context: BrowserContext;
    let askedBefore: number;

    beforeAll(async () => {
      [page, context] = await open('/sign-in');
      await page.getByRole('link', { name: /^No account\?/ }).click();
      await page.waitForURL('**/listen');
      askedBefore = way.asked.length;
      await page.getByText(/^Ready/).waitFor({ timeout: 60_000 });
    }, 90_000);
    afterAll(() => context?.close());

    it('gives the scores of crepitus screen for WAV, FLAC and MP3, one after the other', async () => {
      await drop(page, ...dropped);
      const said = await states(page, dropped.length);
      expect(said[0]).toMatch(/^\d+ of \d+ cycles called crackle/);
      const saved = await savedJson(page);
      expect(saved.bundle).toEqual(printed.bundle);
      expect(saved.threshold).toBe(printed.threshold);
      expect(saved.failed).toEqual([]);
      expect(byName(saved.recordings)).toEqual(byName(printed.recordings));
      expect(saved.recordings.map(({ path }) => path)).toEqual(dropped);
      expect(saved.recordings[0]!.channels[0]!.cycles.length).toBeGreaterThan(4);
    });

    it('shows a recording as the portal shows a stored one', async () => {
      await page.getByRole('button', { name: 'visit.wav', exact: true }).click();
      const [{ cycles } = expect.fail()] = printed.recordings.find(({ path }) =>
        /visit/.test(path),
      )!.channels;
      await page.locator('table.cycles').waitFor();
      const scores = await page.locator('table.cycles tbody tr').allTextContents();
      expect(scores).toHaveLength(cycles.length);
      cycles.forEach(({ score }, i) => {
        expect(scores[i]).toContain(score!.toFixed(3));
      });
      await expect
        .poll(() =>
          page.locator('canvas.mel').evaluate(element => {
            const { width, height } = element as HTMLCanvasElement;
            if (width === 0) return 0;
            const { data } = (element as HTMLCanvasElement)
              .getContext('2d')!
              .getImageData(0, 0, width, height);
            return new Set(new Uint32Array(data.buffer)).size;
          }),
        )
        .toBeGreaterThan(100);
      await page.getByText(printed.bundle.sha256).waitFor();
    });

    it('says in one sentence what is wrong with a file, and goes on with the next', async () => {
      await drop(page, 'letter.wav', 'visit.wav');
      const said = await states(page, dropped.length + 2);
      expect(said.at(-2)).toMatch(/^[^.]*letter\.wav[^.]*\.?[^.]*no WAV, FLAC or MP3 file[^.]*\.$/);
      const saved = await savedJson(page);
      expect(saved.failed).toEqual([
        { path: 'letter.wav', code: 'not-audio', reason: expect.stringContaining('letter.wav') },
      ]);
      expect(saved.recordings).toHaveLength(dropped.length + 1);
      for (const name of ['letter.wav', 'visit.wav'])
        await page
          .getByRole('button', { name: `Remove: ${name}` })
          .last()
          .click();
    });

    it('stops an analysis that is cancelled, and answers while it works', async () => {
      await drop(page, 'long.wav', 'visit.wav');
      const row = page.locator('table.own-recordings tbody tr').nth(dropped.length);
      await row.locator('progress').waitFor({ timeout: 60_000 });
      await row.getByRole('button', { name: 'Cancel: long.wav' }).click();
      await row.getByText('cancelled').waitFor();
      await states(page, dropped.length + 1);
      for (const name of ['long.wav', 'visit.wav'])
        await page
          .getByRole('button', { name: `Remove: ${name}` })
          .last()
          .click();
    });

    it('sends nothing: it asks its own portal for files, and never with a body', () => {
      const asked = way.asked.slice(askedBefore);
      expect(asked.filter(({ method, sent }) => method !== 'GET' || sent > 0)).toEqual([]);
      expect(asked.filter(({ path }) => path.startsWith('/api/'))).toEqual([]);
      expect(problems).toEqual([]);
    });

    it('works without a network once it was loaded, with the same scores', async () => {
      await page.getByText('Ready. This page also works without a network from now on.').waitFor();
      way.cut();
      await context.setOffline(true);
      await page.reload();
      await page.getByText(/^Ready/).waitFor({ timeout: 60_000 });
      await drop(page, ...dropped);
      await states(page, dropped.length);
      const saved = await savedJson(page);
      expect(byName(saved.recordings)).toEqual(byName(printed.recordings));
      await page.locator('table.cycles').waitFor();
      problems.length = 0;
      way.mend();
      await context.setOffline(false);
    });

    it('keeps the language that was chosen', async () => {
      await page.reload();
      await page.getByRole('combobox', { name: 'Language' }).selectOption('de');
      await page.getByRole('heading', { level: 1, name: 'In diesem Browser analysieren' }).waitFor();
      await page.getByText('Bereit. Diese Seite geht ab jetzt auch ohne Netz.').waitFor({ timeout: 60_000 });
      way.cut();
      await page.reload();
      await page.getByText(/^Bereit/).waitFor({ timeout: 60_000 });
      expect(await page.locator('html').getAttribute('lang')).toBe('de');
      way.mend();
      problems.length = 0;
    });

    it('changes the language without a network, with what was dropped still there', async () => {
      await page.reload();
      await page.getByText('Bereit. Diese Seite geht ab jetzt auch ohne Netz.').waitFor({ timeout: 60_000 });
      way.cut();
      await context.setOffline(true);
      await drop(page, 'mono-16.flac');
      const rows = page.locator('table.own-recordings tbody tr');
      await expect.poll(() => rows.count()).toBe(1);
      const language = page.getByRole('banner').getByRole('combobox');
      const title = page.getByRole('heading', { level: 1 });
      for (const [chosen, expected] of [
        ['en', 'Analyse in this browser'],
        ['de', 'In diesem Browser analysieren'],
        ['en', 'Analyse in this browser'],
      ] as const) {
        await language.selectOption(chosen);
        await expect.poll(() => title.textContent(), { timeout: 20_000 }).toBe(expected);
        expect(await page.locator('html').getAttribute('lang')).toBe(chosen);
        expect(await rows.count()).toBe(1);
      }
      await page.reload();
      await expect.poll(() => title.textContent()).toBe('Analyse in this browser');
      way.mend();
      await context.setOffline(false);
      problems.length = 0;
    });

    it('keeps exactly what it needs, and no page of patients', async () => {
      const kept = await page.evaluate(async () => {
        const names = await caches.keys();
        const cache = await caches.open(names[0]!);
        return { names, paths: (await cache.keys()).map(({ url }) => new URL(url).pathname) };
      });
      expect(kept.names).toEqual([expect.stringMatching(/^crepitus-listen-[0-9a-f]{16}$/)]);
      const needed = way.asked
        .slice(askedBefore)
        .map(({ path }) => path.split('?')[0]!)
        .filter(path => path !== '/offline.js');
      expect([...new Set(needed)].filter(path => !kept.paths.includes(path))).toEqual([]);
      for (const path of kept.paths)
        expect(path).toMatch(
          /^\/(listen|listen\.svg|listen\.webmanifest|_next\/static\/(chunks|media|detector-[0-9a-f]{16})\/.+)$/,
        );
      expect(kept.paths).not.toContain('/sign-in');
      const bytes = (path: string) => kept.paths.filter(each => each.includes(path)).length;
      expect([bytes('/bundle/weights-'), bytes('.wasm'), bytes('/capture.js')]).toEqual([5, 1, 1]);
    });

    it('takes a new version whole or not at all, and keeps only that', async () => {
      const names = () => page.evaluate(() => caches.keys());
      const update = () =>
        page.evaluate(async () => {
          const registration = (await navigator.serviceWorker.getRegistration('/listen'))!;
          await registration.update().catch(() => {});
          const worker = registration.installing;
          if (worker === null) return registration.waiting?.state ?? 'none';
          return new Promise<string>(resolve => {
            worker.onstatechange = () => resolve(worker.state);
          });
        });
      const [old] = await names();
      const version = old!.slice('crepitus-listen-'.length);
      const other = (checksum: (text: string) => string) => (path: string, body: Buffer) =>
        path === '/offline.js'
          ? Buffer.from(checksum(body.toString().replaceAll(version, 'f'.repeat(16))))
          : body;
      way.change = other(text => text.replace(/sha256-..../, 'sha256-AAAA'));
      expect(await update()).toBe('redundant');
      expect(await names()).toEqual([old]);
      way.change = other(text => text);
      expect(await update()).toBe('installed');
      expect(await names()).toHaveLength(2);
      await page.close();
      page = await context.newPage();
      await expect
        .poll(
          async () => {
            await page.goto(`${way.address}/listen`);
            return names();
          },
          { timeout: 20_000 },
        )
        .toEqual([`crepitus-listen-${'f'.repeat(16)}`]);
      way.change = null;
      problems.length = 0;
    });
  });

  it('passes axe, light and dark, in English and German, on a phone and wide, with and without results', async () => {
    const [page, context] = await open('/listen');
    const complaints: string[] = [];
    for (const [colorScheme, language, width] of [
      ['light', 'en', 1400],
      ['dark', 'de', 390],
    ] as const) {
      await context.addCookies([{ name: 'crepitus-language', value: language, url: way.address }]);
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await page.goto(`${way.address}/listen`);
      await page.getByText(/^(Ready|Bereit)/).waitFor({ timeout: 60_000 });
      await page.evaluate(axe);
      for (const step of ['empty', 'results']) {
        if (step === 'results') {
          await drop(page, 'visit.wav');
          await page.locator('table.cycles').waitFor({ timeout: 60_000 });
        }
        const { violations } = await page.evaluate(async () => {
          // biome-ignore lint/suspicious/noExplicitAny: axe, as it puts itself into a page
          return (globalThis as any).axe.run(document);
        });
        for (const { id, nodes } of violations)
          for (const { html } of nodes) complaints.push(`${step} ${language} ${colorScheme}: ${id} ${html}`);
        const overflow = await page.evaluate(() => document.scrollingElement!.scrollWidth - innerWidth);
        if (overflow > 0) complaints.push(`${step} ${language}: ${overflow} px wider than ${width}`);
        await keep(page, `listen-${step}-${language}-${colorScheme}`);
      }
    }
    expect(complaints).toEqual([]);
    expect(problems).toEqual([]);
    await context.close();
  });

  it('has strict policies for its page and its workers', async () => {
    const page = await fetch(`${way.address}/listen`);
    const policy = page.headers.get('content-security-policy')!;
    expect(policy).toMatch(
      /^default-src 'none'; script-src 'self' 'nonce-[^']+' 'strict-dynamic' 'wasm-unsafe-eval';/,
    );
    expect(policy).not.toMatch(/'unsafe-(eval|inline)'|https?:|\*/);
    expect(page.headers.get('permissions-policy')).toMatch(/microphone=\(self\)/);
    const [script] = /\/_next\/static\/chunks\/[\w.~-]+\.js/.exec(await page.text())!;
    const answer = await fetch(`${way.address}${script}`);
    expect(answer.headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; frame-ancestors 'none'",
    );
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  describe('live listening', () => {
    it('finds and scores cycles as they come, then shows the sound as a recording', async () => {
      const [page, context] = await open('/listen');
      await page.getByText(/^Ready/).waitFor({ timeout: 60_000 });
      await page.getByRole('button', { name: 'Listen', exact: true }).press('Enter');
      await page.getByText('Too loud: samples are clipped; lower the gain.').waitFor({ timeout: 30_000 });
      const inputs = page.getByRole('combobox', { name: 'Input' }).locator('option');
      expect((await inputs.allTextContents()).join()).toMatch(/Fake/);
      const rows = page.locator('table.live-cycles tbody tr');
      await expect.poll(() => rows.count(), { timeout: 60_000 }).toBeGreaterThanOrEqual(4);
      expect(Number(await page.locator('.level meter').getAttribute('value'))).toBeGreaterThan(-60);
      const colours = await page.locator('canvas.running-mel').evaluate(element => {
        const { width, height } = element as HTMLCanvasElement;
        const { data } = (element as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
        return new Set(new Uint32Array(data.buffer)).size;
      });
      expect(colours).toBeGreaterThan(100);
      for (const width of [1400, 390]) {
        await page.setViewportSize({ width, height: 900 });
        const overflow = await page.evaluate(() => document.scrollingElement!.scrollWidth - innerWidth);
        expect(overflow, `wider than ${width} px`).toBe(0);
      }
      await keep(page, 'listen-live');
      await page.getByRole('button', { name: 'Stop', exact: true }).click();
      await states(page, 1);
      // Once, whether by the live cycles or by the recording that they became.
      expect(await page.locator('.called-note').allTextContents()).toEqual([
        expect.stringMatching(/^When this detector calls a cycle crackle, \d+ of \d+ had crackles/),
      ]);
      const live = (
        await rows.evaluateAll(each =>
          each.map(row => [...(row as HTMLTableRowElement).cells].map(cell => cell.textContent!)),
        )
      ).reverse();

      // As long as it is not saved the page asks before it goes.
      const asked: string[] = [];
      page.on('dialog', dialog => {
        asked.push(dialog.type());
        void dialog.dismiss();
      });
      await page.reload({ timeout: 3000 }).catch(() => {});
      expect(asked).toEqual(['beforeunload']);

      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: /^Save as WAV/ }).click(),
      ]);
      const saved = join(folder, 'heard.wav');
      await download.saveAs(saved);
      const recording = await decodeRecording(await readFile(saved), { name: 'heard.wav' });
      expect(recording.format.bitsPerSample).toBe(24);
      expect([16_000, 44_100, 48_000]).toContain(recording.sampleRate);

      // The live cycles are those that the package finds in the same sound.
      const detector = await loadBundle('default');
      const screening = new LiveScreening(detector, recording.sampleRate);
      const cycles: LiveCycle[] = [
        ...(await screening.push(recording.channels[0]!.samples)),
        ...(await screening.finish()),
      ];
      detector.dispose();
      expect(live.map(cells => cells.slice(1, 3))).toEqual(
        cycles.map(({ start, end }) => [start.toFixed(2), end.toFixed(2)]),
      );
      cycles.forEach(({ score, crackle }, i) => {
        expect(Math.abs(Number(live[i]![4]) - score!)).toBeLessThan(0.002);
        expect(live[i]![3]).toBe(crackle ? 'called crackle' : 'not called crackle');
      });

      expect(cycles.some(({ crackle }) => crackle)).toBe(true);
      // Where crackles are told, so are the seconds that speak for them, within the cycle.
      for (const [, from, to, finding, , restsOn] of live) {
        const ranges = restsOn!.split(', ').filter(Boolean);
        expect(ranges.length > 0, `${from} s ${finding}`).toBe(finding === 'called crackle');
        for (const range of ranges) {
          const [start, end = start] = range.split('–').map(Number);
          expect(start).toBeGreaterThan(Number(from) - 0.06);
          expect(end).toBeLessThan(Number(to) + 0.06);
        }
      }

      // The recording has the scores of the command line.
      const { recordings } = await savedJson(page);
      const again = await screen([saved]);
      expect(recordings).toHaveLength(1);
      expect(recordings[0]!.channels).toEqual(again.recordings[0]!.channels);
      expect(recordings[0]!.quality).toEqual(again.recordings[0]!.quality);
      expect(problems).toEqual([]);
      await page.reload();
      expect(asked).toHaveLength(1);
      await context.close();
    }, 120_000);

    it.each([
      ['NotAllowedError', /^The microphone is not allowed; .* start again\.$/],
      ['NotFoundError', /^There is no microphone; .* start again\.$/],
      ['NotReadableError', /^The microphone is busy or broken; .* start again\.$/],
      ['OverconstrainedError', /^The microphone went away; .* start again\.$/],
    ])('answers %s with one sentence, and can be started again', async (name, sentence) => {
      const [page, context] = await open('/listen');
      await page.getByText(/^Ready/).waitFor({ timeout: 60_000 });
      await page.evaluate(name => {
        const { mediaDevices } = navigator;
        const real = mediaDevices.getUserMedia.bind(mediaDevices);
        mediaDevices.getUserMedia = () => {
          mediaDevices.getUserMedia = real;
          return Promise.reject(new DOMException('no', name));
        };
      }, name);
      await page.getByRole('button', { name: 'Listen', exact: true }).click();
      await expect
        .poll(() => page.locator('section[aria-labelledby=live] [role=alert]').textContent())
        .toMatch(sentence);
      await page.getByRole('button', { name: 'Listen', exact: true }).click();
      await page.getByRole('button', { name: 'Stop', exact: true }).waitFor();
      await context.close();
    });

    it('says so where the browser refuses the microphone', async () => {
      const refusing = await launch('--use-fake-ui-for-media-stream=deny');
      const [page] = await open('/listen', refusing);
      await page.getByText(/^Ready/).waitFor({ timeout: 60_000 });
      await page.getByRole('button', { name: 'Listen', exact: true }).click();
      await page.getByText(/^The microphone is not allowed/).waitFor();
      await refusing.close();
    });
  });

  describe('the recorder of a visit', () => {
    it('takes sound at the rate of the device, keeps it while an upload fails, and uploads it', async () => {
      const [page, context] = await open('/sign-in');
      await page.goto(server.link!);
      await page.getByLabel('Name of the clinic').fill('Pneumology North');
      await page.getByLabel('Your name').fill('Ada Moor');
      await page.getByLabel('E-mail address').fill('ada@north.example');
      await page.getByLabel('Password').fill('Tulpe-Bagger-17-Regen');
      await page.getByRole('button', { name: 'Make the account' }).click();
      await page.waitForURL('**/patients');
      await page.getByLabel('Pseudonym').last().fill('P-0001');
      await page.getByRole('button', { name: 'Enter the patient' }).click();
      await page.getByRole('button', { name: 'Enter the visit' }).click();
      await page.getByRole('button', { name: 'Plb, posterior left, base' }).click();

      const record = page.getByRole('button', { name: 'Record: posterior left, base' });
      await record.click();
      const duration = page.locator('.recorder .actions .number');
      await expect.poll(() => duration.textContent(), { timeout: 30_000 }).toBe('0:06');
      const drawn = await page.locator('.recorder canvas').evaluate(element => {
        const { width, height } = element as HTMLCanvasElement;
        const { data } = (element as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
        return new Uint32Array(data.buffer).filter(pixel => pixel !== 0).length / (width * height);
      });
      expect(drawn).toBeGreaterThan(0.005);
      expect(await page.evaluate(() => document.scrollingElement!.scrollWidth - innerWidth)).toBe(0);
      await keep(page, 'recorder');
      await page.getByRole('button', { name: 'Stop', exact: true }).click();
      const taken = await page.getByText(/^Recorded: 0:0\d at \d+ Hz\.$/).textContent();
      const rate = Number(/at (\d+) Hz/.exec(taken!)![1]);
      expect(rate).toBe(
        await page.evaluate(async () => {
          const stream = await navigator.mediaDevices.getUserMedia({
            audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
          });
          const [track] = stream.getAudioTracks();
          track!.stop();
          return track!.getSettings().sampleRate;
        }),
      );
      // It is judged before it is uploaded: the sound has breaths, and 10 ms at full scale.
      const judged = page.locator('.judgement');
      await expect
        .poll(() => judged.textContent(), { timeout: 30_000 })
        .toMatch(/clipped.*record it once more|\d+ breaths found\.$/);
      await keep(page, 'recorder-judged');
      await page.getByRole('button', { name: 'Listen again' }).click();
      await page.getByRole('button', { name: 'Pause' }).click();

      // Links and reloading ask first.
      const asked: string[] = [];
      page.on('dialog', dialog => {
        asked.push(dialog.type());
        void dialog.dismiss();
      });
      await page.getByRole('link', { name: 'Account' }).click();
      await page.reload({ timeout: 3000 }).catch(() => {});
      expect(asked).toEqual(['confirm', 'beforeunload']);
      await page.getByText(taken!).waitFor();

      problems.length = 0;
      await page.route('**/api/visits/*/recordings?*', route => route.abort());
      await page.getByRole('button', { name: 'Upload', exact: true }).click();
      await page
        .getByText('The recording was not uploaded and is still here: The portal does not answer.')
        .waitFor();
      await page.unroute('**/api/visits/*/recordings?*');
      problems.length = 0; // The refused request, which Chromium writes to the console.
      await page.getByRole('button', { name: 'Upload again' }).click();
      await page.getByText('Uploaded as recording 1.').waitFor({ timeout: 60_000 });
      await page.getByText('Next: posterior right, base.').waitFor();
      await page.getByRole('button', { name: 'Record: posterior right, base' }).waitFor();
      await keep(page, 'recorder-next');

      await page.getByRole('link', { name: 'Recording 1', exact: true }).click();
      await page.getByRole('heading', { name: /^Recording 1 posterior left, base/ }).waitFor();
      const bytes = await page.evaluate(async () =>
        Array.from(new Uint8Array(await (await fetch(`/api${location.pathname}/sound`)).arrayBuffer())),
      );
      const recording = await decodeRecording(Uint8Array.from(bytes), { name: 'stored.wav' });
      expect(recording.sampleRate).toBe(rate);
      expect(recording.seconds).toBeGreaterThan(5.9);
      expect(recording.channels[0]!.samples.some(sample => Math.abs(sample) > 0.02)).toBe(true);
      await page.getByText(`${rate} Hz`).waitFor();
      expect(await page.locator('dl.details').textContent()).toMatch(/Fake/);
      expect(problems).toEqual([]);
      await context.close();
    }, 120_000);
  });

  /** For a look by a person: CREPITUS_SCREENSHOTS names a folder. */
  async function keep(page: Page, name: string): Promise<void> {
    const kept = process.env.CREPITUS_SCREENSHOTS;
    if (!kept) return;
    await mkdir(kept, { recursive: true });
    await page.screenshot({ path: join(kept, `portal-${name}.png`), fullPage: true });
  }
});
