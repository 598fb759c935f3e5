/**
 * Suite `portal`: how long a clinician waits for the first picture, in Chromium, in front of a built portal on this machine.
 * Recordings are synthetic: 30 s at 4 kHz, the rate of electronic stethoscopes; 16 channels at 16 kHz are those of the paper.
 */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeWav } from '@crepitus/recordings';
import { type Browser, chromium, type Page } from 'playwright-core';
import { breathLikeSound } from '../../apps/portal/test/breath-like-sound.ts';
import { findChromium } from '../../test/browsers/chromium.ts';
import { freePort } from '../../test/free-port.ts';
import { type Served, serve } from '../../test/portal-process.ts';
import { named, type Task } from './harness.ts';

const seconds = 30;

interface AtWork {
  readonly address: string;
  readonly page: Page;
  readonly version: string;
  /** A visit with one recording that is analysed; made at the first call. */
  sixteenChannels(): Promise<{ visit: string; recording: string }>;
  close(): Promise<void>;
}

export const tasks = [
  named('open-visit', async () => {
    const portal = await hold();
    const { visit } = await portal.sixteenChannels();
    return task('open-visit', `16 channels, ${seconds} s, 16 kHz: map and table`, portal, () =>
      timed(portal.page, `${portal.address}/visits/${visit}`, async page => {
        await page.locator('a[href^="/recordings/"]').first().waitFor();
      }),
    );
  }),
  named('open-recording', async () => {
    const portal = await hold();
    const { recording } = await portal.sixteenChannels();
    return task('open-recording', `16 channels, ${seconds} s, 16 kHz: first log-mel picture`, portal, () =>
      timed(portal.page, `${portal.address}/recordings/${recording}`, pictureDrawn),
    );
  }),
  named('drop-recording', async () => {
    const portal = await hold();
    const wav = writeWav([breathLikeSound(seconds, 4000)], 4000);
    return task('drop-recording', `1 channel, ${seconds} s, 4 kHz: first log-mel picture`, portal, () =>
      dropped(portal, wav, pictureDrawn),
    );
  }),
  named('score-in-browser', async () => {
    const portal = await hold();
    const wav = writeWav([breathLikeSound(20, 4000)], 4000);
    return task('score-in-browser', '1 channel, 20 s, 4 kHz: from the drop to its scores', portal, () =>
      dropped(portal, wav, page => page.locator('table.cycles').waitFor()),
    );
  }),
];

/** From a drop on the page without an account, whose detector is loaded, until something is shown. */
async function dropped(
  { page, address }: AtWork,
  wav: Uint8Array,
  shown: (page: Page) => Promise<void>,
): Promise<number> {
  await page.goto(`${address}/listen`);
  await page
    .getByText(/^Ready/)
    .first()
    .waitFor();
  const start = performance.now();
  const file = { name: 'dropped.wav', mimeType: 'audio/wav', buffer: Buffer.from(wav) };
  await page.locator('input[type=file]').setInputFiles(file);
  await shown(page);
  return performance.now() - start;
}

function task(name: string, variant: string, portal: AtWork, run: () => Promise<number>): Task {
  return {
    task: name,
    variant,
    unit: 'pages',
    unitsPerRun: 1,
    candidates: [{ name: 'crepitus portal', version: portal.version, run, close: release }],
    skipped: [],
  };
}

async function timed(page: Page, url: string, shown: (page: Page) => Promise<void>): Promise<number> {
  await page.goto('about:blank');
  const start = performance.now();
  await page.goto(url, { waitUntil: 'commit' });
  await shown(page);
  return performance.now() - start;
}

/** A picture has many colours; an empty canvas has one. */
async function pictureDrawn(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('canvas.mel');
    if (canvas === null || canvas.width === 0 || canvas.height === 0) return false;
    const { data } = canvas.getContext('2d')!.getImageData(canvas.width >> 1, 0, 16, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size > 30;
  });
}

let atWork: Promise<AtWork> | null = null;
let ending: NodeJS.Timeout | undefined;

/** One portal for all tasks, which follow each other. */
function hold(): Promise<AtWork> {
  clearTimeout(ending);
  atWork ??= start();
  return atWork;
}

/** Ends it, unless another task holds it at once. */
function release(): void {
  ending = setTimeout(async () => (await atWork)?.close(), 1000);
}

async function start(): Promise<AtWork> {
  const found = await findChromium();
  if (found === undefined) throw new Error('There is no Chromium here; name one in CREPITUS_CHROMIUM.');
  const folder = await mkdtemp(join(tmpdir(), 'crepitus-bench-portal-'));
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    CREPITUS_DATA: join(folder, 'data'),
    PORT: String(port),
  };
  delete environment.DATABASE_URL;
  const served: Served = await serve(environment);
  const browser: Browser = await chromium.launch({
    executablePath: found.path,
    env: { ...(process.env as Record<string, string>), ...found.env },
    args: ['--no-sandbox'],
  });
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, locale: 'en-GB' });
  const page = await context.newPage();
  const origin = { origin: address };
  // biome-ignore lint/suspicious/noExplicitAny: the JSON of any route
  const post = async (path: string, data: unknown): Promise<any> => {
    const response = await context.request.post(address + path, { data, headers: origin });
    if (!response.ok()) throw new Error(`${path}: ${response.status()} ${await response.text()}`);
    return response.json();
  };
  const person = { email: 'ada@north.example', password: 'Tulpe-Bagger-17-Regen' };
  await post('/api/join', {
    ...person,
    token: served.link!.split('/').at(-1),
    name: 'Ada Moor',
    clinicName: 'North',
  });
  await post('/api/auth/sign-in/email', person);
  const uploadAndAnalyse = async (wav: Uint8Array) => {
    const draft = { pseudonym: 'P-1', birthYear: null, sex: 'unknown', notes: '' };
    const { id: patient } = await post('/api/patients', draft);
    const { id: visit } = await post(`/api/patients/${patient}/visits`, { day: '2026-06-01', notes: '' });
    const path = `${address}/api/visits/${visit}/recordings?site=Plb&device=`;
    const uploaded = await context.request.post(path, {
      data: Buffer.from(wav),
      headers: origin,
      timeout: 300_000,
    });
    const { id: recording } = await uploaded.json();
    for (;;) {
      const asked = await context.request.get(`${address}/api/recordings/${recording}/progress`);
      const { state } = await asked.json();
      if (state === 'done') return { visit, recording };
      if (state === 'failed') throw new Error('The analysis failed.');
      await sleep(500);
    }
  };
  let uploaded: ReturnType<typeof uploadAndAnalyse> | undefined;
  return {
    address,
    page,
    version: '0.1.0',
    sixteenChannels() {
      const channels = Array.from({ length: 16 }, (_, i) => breathLikeSound(seconds, 16_000, i + 1));
      uploaded ??= uploadAndAnalyse(writeWav(channels, 16_000));
      return uploaded;
    },
    async close() {
      await browser.close();
      const gone = once(served.process, 'exit');
      served.process.kill('SIGTERM');
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
