/**
 * Pictures of the portal's main pages for the README: `npm run -s screenshots [-- --recordings FOLDER] [--out FOLDER]`.
 *
 * Starts a portal in a temporary folder with a synthetic patient (the cohort `ipf`, two visits) and, where a folder is
 * given, a second one with recordings from it; then takes each page light and dark, wide and as a phone has it, as WebP.
 */
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { synthesiseCohort } from '@crepitus/datasets';
import { decodeRecording, icbhiSites, writeWav } from '@crepitus/recordings';
import type { Page } from 'playwright-core';
import { startPortalInChromium } from './portal-in-chromium.ts';

/** Of all pictures together: a README is read over slow lines, and a repository keeps every version. */
const mostBytes = 1.5e6;
const looks = [
  { name: 'light', colorScheme: 'light', width: 1280, height: 860 },
  { name: 'dark', colorScheme: 'dark', width: 1280, height: 860 },
  { name: 'phone-light', colorScheme: 'light', width: 390, height: 844 },
  { name: 'phone-dark', colorScheme: 'dark', width: 390, height: 844 },
] as const;
/** Tried in turn until the pictures fit. */
const qualities = [80, 65, 50];

const { values } = parseArgs({
  options: {
    recordings: { type: 'string' },
    out: { type: 'string', default: join(import.meta.dirname, '..', 'docs', 'screenshots') },
  },
});

interface Sound {
  readonly file: string;
  /** One per channel. */
  readonly sites: readonly string[];
}

const portal = await startPortalInChromium({
  clinicName: 'Pneumology North',
  context: { reducedMotion: 'reduce' },
  args: ['--force-color-profile=srgb'],
});
const { address, folder, page, ask } = portal;
try {
  const measured = values.recordings === undefined ? [] : await real(values.recordings);
  await takePictures(await pagesToShow(await fill(await synthetic(), measured)));
} finally {
  await portal.close();
}

/** Two recordings of one synthetic patient with fine crackles, six channels each: left and right, top, middle, base. */
async function synthetic(): Promise<Sound[]> {
  const cohort = join(folder, 'cohort');
  await synthesiseCohort({
    cohort: 'ipf',
    subjects: 1,
    patients: 1,
    channels: 16,
    recordings: 2,
    out: cohort,
  });
  const rows = (await readFile(join(cohort, 'channels.csv'), 'utf8')).trim().split('\n').slice(1);
  const airflow = rows.filter(row => row.split(',')[2] === 'airflow').length > 0;
  const files = [...new Set(rows.map(row => row.split(',')[0]!))].sort();
  // Of the rows of four sensors the medial ones, of the first, third and last row.
  const chosen = [1, 2, 9, 10, 13, 14];
  const sites = ['Plu', 'Pru', 'Plm', 'Prm', 'Plb', 'Prb'];
  return Promise.all(
    files.map(async (name, i) => {
      const channelMap = Array.from({ length: 16 + Number(airflow) }, (_, channel) => ({
        channel,
        kind: 'sound' as const,
        site: null,
      }));
      const { channels, sampleRate } = await decodeRecording(await readFile(join(cohort, name)), {
        name,
        channelMap,
      });
      const file = join(folder, `synthetic-${i}.wav`);
      const samples = chosen.map(channel => channels[channel]!.samples);
      await writeFile(file, writeWav(samples, sampleRate, { bitsPerSample: 16 }));
      return { file, sites };
    }),
  );
}

/** Four recordings of the subject with most of them, in ICBHI's layout (`101_1b1_Al_sc_Meditron.wav`) in the folder. */
async function real(from: string): Promise<Sound[]> {
  const names = (await readdir(from)).filter(name => ['.wav', '.flac'].includes(extname(name))).sort();
  const subjects = [...new Set(names.map(name => name.split('_')[0]!))];
  const most = subjects
    .map(subject => names.filter(name => name.startsWith(`${subject}_`)))
    .reduce((a, b) => (b.length > a.length ? b : a), []);
  if (most.length === 0) throw new Error(`${from} holds no .wav or .flac file.`);
  return most.slice(0, 4).map(name => ({
    file: join(from, name),
    sites: [icbhiSites.find(site => site === basename(name).split('_')[2]) ?? ''],
  }));
}

interface Shown {
  readonly patient: string;
  readonly visit: string;
  /** The visit with recordings of a real subject; null without. */
  readonly measured: string | null;
}

/** Enters patients, visits and recordings, and waits until all are analysed. */
async function fill(synthesised: readonly Sound[], measured: readonly Sound[]): Promise<Shown> {
  const patientWith = async (draft: object) => (await ask('POST', '/api/patients', draft)).id as string;
  const visitOf = async (patient: string, day: string, notes: string) =>
    (await ask('POST', `/api/patients/${patient}/visits`, { day, notes })).id as string;
  const add = async (visit: string, { file, sites }: Sound) => {
    const site = sites.length === 1 ? `site=${sites[0]}&` : '';
    const { id } = await ask('POST', `/api/visits/${visit}/recordings?${site}device=`, await readFile(file));
    if (sites.length === 1) return;
    const { recording } = await ask('GET', `/api/recordings/${id}`);
    const change = { sites, device: 'synthetic recorder', basedOn: recording.updatedAt };
    await ask('PUT', `/api/recordings/${id}`, change);
  };
  const other = await patientWith({ pseudonym: 'N-0182', birthYear: 1958, sex: 'female', notes: '' });
  const measuredVisit = measured.length === 0 ? null : await visitOf(other, '2026-10-02', '');
  if (measuredVisit !== null) for (const sound of measured) await add(measuredVisit, sound);
  const notes = 'Synthetic sounds: no person was recorded.';
  const patient = await patientWith({ pseudonym: 'S-0417', birthYear: 1951, sex: 'male', notes });
  let visit = '';
  for (const [i, sound] of synthesised.entries()) {
    visit = await visitOf(patient, ['2026-06-12', '2026-09-18'][i]!, '');
    await add(visit, sound);
  }
  const shown = {
    patient: `${address}/patients/${patient}`,
    visit: `${address}/visits/${visit}`,
    measured: measuredVisit && `${address}/visits/${measuredVisit}`,
  };
  for (const one of [other, patient]) {
    const { visits } = await ask('GET', `/api/patients/${one}`);
    for (const { id } of visits) while (!(await isAnalysed(id))) await sleep(500);
  }
  return shown;
}

async function isAnalysed(visit: string): Promise<boolean> {
  const progress = JSON.stringify(await ask('GET', `/api/visits/${visit}/progress`));
  if (progress.includes('"failed"')) throw new Error(`An analysis failed: ${progress}`);
  return !/"(waiting|at-work)"/.test(progress);
}

interface Shot {
  readonly name: string;
  readonly url: string;
  readonly ready: (page: Page) => Promise<void>;
}

async function pagesToShow({ patient, visit, measured }: Shown): Promise<Shot[]> {
  const nothing = async () => {};
  const recording = await firstRecording(visit);
  return [
    { name: 'patients', url: `${address}/patients`, ready: nothing },
    { name: 'patient', url: patient, ready: nothing },
    { name: 'visit', url: visit, ready: nothing },
    { name: 'recording', url: recording, ready: showPictures },
    { name: 'cycles', url: recording, ready: showCycles },
    {
      name: 'report',
      url: `${visit}/report`,
      ready: where =>
        where.getByText('Pictures are being drawn').waitFor({ state: 'detached', timeout: 120_000 }),
    },
    {
      name: 'listen',
      url: `${address}/listen`,
      ready: where => where.getByText('The detector is being loaded').waitFor({ state: 'detached' }),
    },
    ...(measured === null
      ? []
      : [{ name: 'measured', url: await firstRecording(measured), ready: showPictures }]),
  ];
}

async function firstRecording(visit: string): Promise<string> {
  await page.goto(visit);
  const link = page.getByRole('link', { name: 'Recording 1', exact: true }).first();
  return new URL((await link.getAttribute('href'))!, address).href;
}

/** Waveform and picture, with the first cycle chosen that the detector calls crackle. */
async function showPictures(page: Page): Promise<void> {
  await chooseCycle(page);
  await bringUp(page, 'canvas');
}

/** The table of cycles with what the chosen one's score says. */
async function showCycles(page: Page): Promise<void> {
  await chooseCycle(page);
  await bringUp(page, '.explained');
}

async function chooseCycle(page: Page): Promise<void> {
  const rows = page.locator('table.cycles tbody tr');
  await rows.first().waitFor();
  await page.getByText('The sound is being fetched').waitFor({ state: 'detached' });
  const called = rows.filter({ has: page.locator('.finding.crackle') });
  const row = (await called.count()) > 0 ? called.first() : rows.first();
  await row.locator('th button').click();
  await page.waitForTimeout(1500); // Pictures are computed in a worker, without a word when they are there.
}

async function bringUp(page: Page, selector: string): Promise<void> {
  await page
    .locator(selector)
    .first()
    .evaluate(element => {
      window.scrollTo(0, element.getBoundingClientRect().top + scrollY - 130);
    });
}

async function takePictures(shots: readonly Shot[]): Promise<void> {
  for (const quality of qualities) {
    await rm(values.out, { recursive: true, force: true });
    await mkdir(values.out, { recursive: true });
    for (const shot of shots) for (const look of looks) await takePicture(shot, look, quality);
    const files = await readdir(values.out);
    const sizes = await Promise.all(files.map(async file => (await stat(join(values.out, file))).size));
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    process.stdout.write(`${files.length} pictures, ${(bytes / 1e6).toFixed(2)} MB, quality ${quality}\n`);
    if (bytes < mostBytes) return;
  }
  throw new Error(`The pictures take more than ${mostBytes / 1e6} MB; take fewer pages.`);
}

async function takePicture(shot: Shot, look: (typeof looks)[number], quality: number): Promise<void> {
  const { name, colorScheme, width, height } = look;
  await page.emulateMedia({ colorScheme });
  await page.setViewportSize({ width, height });
  await page.goto(shot.url);
  await page.waitForLoadState('load');
  await shot.ready(page);
  // Chromium writes WebP by itself, a third of a PNG's size; Playwright offers PNG and JPEG only.
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality });
  await session.detach();
  await writeFile(join(values.out, `${shot.name}-${name}.webp`), Buffer.from(data, 'base64'));
}
