/**
 * Suite `portal`: how long a clinician waits for the first picture, in Chromium, in front of a built portal on this machine.
 * Recordings are synthetic: 30 s at 4 kHz, the rate of electronic stethoscopes; 16 channels at 16 kHz are those of the paper.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { writeWav } from '@crepitus/recordings';
import type { Page } from 'playwright-core';
import { breathLikeSound } from '../../apps/portal/test/breath-like-sound.ts';
import { type PortalInChromium, startPortalInChromium } from '../portal-in-chromium.ts';
import { named, type Task } from './harness.ts';

const seconds = 30;

interface AtWork extends PortalInChromium {
  /** Visits with one recording each that is analysed; made at the first call. */
  sixteenChannels(): Promise<{ visit: string; recording: string }>;
  long(): Promise<{ visit: string; recording: string }>;
}

export const tasks = [
  named('open-visit', async () => {
    const portal = await hold();
    const { visit } = await portal.sixteenChannels();
    return task('open-visit', `16 channels, ${seconds} s, 16 kHz: map and table`, () =>
      timed(portal.page, `${portal.address}/visits/${visit}`, async page => {
        await page.locator('a[href^="/recordings/"]').first().waitFor();
      }),
    );
  }),
  named('open-recording', async () => {
    const portal = await hold();
    const { recording } = await portal.sixteenChannels();
    return task('open-recording', `16 channels, ${seconds} s, 16 kHz: first log-mel picture`, () =>
      timed(portal.page, `${portal.address}/recordings/${recording}`, pictureDrawn),
    );
  }),
  named('open-long-recording', async () => {
    const portal = await hold();
    const { recording } = await portal.long();
    return task('open-long-recording', '1 channel, 18 min, 44.1 kHz (95 MB): first log-mel picture', () =>
      timed(portal.page, `${portal.address}/recordings/${recording}`, page => pictureDrawn(page, 0.05)),
    );
  }),
  named('drop-recording', async () => {
    const portal = await hold();
    const wav = writeWav([breathLikeSound(seconds, 4000)], 4000);
    return task('drop-recording', `1 channel, ${seconds} s, 4 kHz: first log-mel picture`, () =>
      dropped(portal, wav, pictureDrawn),
    );
  }),
  named('score-in-browser', async () => {
    const portal = await hold();
    const wav = writeWav([breathLikeSound(20, 4000)], 4000);
    return task('score-in-browser', '1 channel, 20 s, 4 kHz: from the drop to its scores', () =>
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

function task(name: string, variant: string, run: () => Promise<number>): Task {
  return {
    task: name,
    variant,
    unit: 'pages',
    unitsPerRun: 1,
    candidates: [{ name: 'crepitus portal', version: '0.1.0', run, close: release }],
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

/**
 * A picture has many colours; an empty canvas has one.
 *
 * @param at where it is looked at, as a share of its width
 */
async function pictureDrawn(page: Page, at = 0.5): Promise<void> {
  await page.waitForFunction(at => {
    const canvas = document.querySelector<HTMLCanvasElement>('canvas.mel');
    if (canvas === null || canvas.width === 0 || canvas.height === 0) return false;
    const left = Math.floor(canvas.width * at);
    const { data } = canvas.getContext('2d')!.getImageData(left, 0, 16, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size > 30;
  }, at);
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
  const context = { viewport: { width: 1400, height: 900 } };
  const portal = await startPortalInChromium({ clinicName: 'North', context });
  const uploadAndAnalyse = async (pseudonym: string, wav: Uint8Array) => {
    const draft = { pseudonym, birthYear: null, sex: 'unknown', notes: '' };
    const { id: patient } = await portal.ask('POST', '/api/patients', draft);
    const planned = { day: '2026-06-01', notes: '' };
    const { id: visit } = await portal.ask('POST', `/api/patients/${patient}/visits`, planned);
    const place = `/api/visits/${visit}/recordings?site=Plb&device=`;
    const { id: recording } = await portal.ask('POST', place, wav);
    for (;;) {
      const { state } = await portal.ask('GET', `/api/recordings/${recording}/progress`);
      if (state === 'done') return { visit, recording };
      if (state === 'failed') throw new Error('The analysis failed.');
      await sleep(500);
    }
  };
  let uploaded: ReturnType<typeof uploadAndAnalyse> | undefined;
  let long: ReturnType<typeof uploadAndAnalyse> | undefined;
  return {
    ...portal,
    sixteenChannels() {
      const channels = Array.from({ length: 16 }, (_, i) => breathLikeSound(seconds, 16_000, i + 1));
      uploaded ??= uploadAndAnalyse('P-1', writeWav(channels, 16_000));
      return uploaded;
    },
    long() {
      long ??= uploadAndAnalyse('P-2', writeWav([breathLikeSound(18 * 60, 44_100)], 44_100));
      return long;
    },
  };
}
