import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesiseRecording } from '@crepitus/datasets';
import {
  type Detector,
  type ScreenedCycle,
  type ScreeningResult,
  screeningResultSchema,
} from '@crepitus/model';
import { loadBundle } from '@crepitus/model/node';
import { formatIcbhiText, writeWav } from '@crepitus/recordings';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { calledText } from './called-text.ts';
import { screenPaths } from './screen-paths.ts';
import { screeningCsv } from './screening-csv.ts';
import { screeningPage } from './screening-page.ts';

let folder: string;
let detector: Detector;

const chest = synthesiseRecording({
  seed: 5,
  seconds: 12,
  breathsPerMinute: 20,
  sampleRate: 8000,
  crackles: 'fine',
  sites: ['Pl', 'Pr'],
  airflow: true,
});
const oneChannel = writeWav(chest.channels.slice(0, 1), 8000, { bitsPerSample: 16 });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crepitus-screening-'));
  detector = await loadBundle('default');
});
afterAll(async () => {
  detector.dispose();
  await rm(folder, { recursive: true, force: true });
});

async function makeFolder(name: string, files: Record<string, string | Uint8Array>): Promise<string> {
  const path = join(folder, name);
  for (const [file, content] of Object.entries(files)) {
    await mkdir(join(path, file, '..'), { recursive: true });
    await writeFile(join(path, file), content);
  }
  return path;
}

describe('screening a folder', () => {
  it('takes cycles from the annotation beside a file, or else from the sound, and says which', async () => {
    const path = await makeFolder('sources', {
      '101_1b1_Al_sc_Meditron.wav': oneChannel,
      '101_1b1_Al_sc_Meditron.txt': formatIcbhiText(chest.truth.cycles),
      'plain.wav': oneChannel,
    });
    const { recordings } = await screenPaths([path], detector);
    expect(recordings.map(r => [r.path, r.cycleSource, r.channels[0]!.site])).toEqual([
      ['101_1b1_Al_sc_Meditron.wav', 'icbhi-text', 'Al'],
      ['plain.wav', 'sound', null],
    ]);
    expect(recordings[0]!.channels[0]!.cycles).toHaveLength(chest.truth.cycles.length);
  });

  it('maps channels by the manifest, and takes cycles from the airflow channel', async () => {
    const path = await makeFolder('study', {
      'a.wav': writeWav(chest.channels, 8000, { bitsPerSample: 24 }),
      'recordings.csv': 'path,subject\na.wav,s1\n',
      'channels.csv': 'path,channel,kind,site\na.wav,0,sound,Pl\na.wav,1,sound,Pr\na.wav,2,airflow,\n',
    });
    const { recordings } = await screenPaths([path], detector);
    expect(recordings[0]!.cycleSource).toBe('airflow');
    expect(recordings[0]!.channels.map(c => c.site)).toEqual(['Pl', 'Pr']);
    expect(recordings[0]!.channels[0]!.cycles[0]!.inspirationEnd).not.toBeNull();
  });

  it('refuses a file of several channels that nothing maps, in one sentence, and takes a chosen one', async () => {
    const path = await makeFolder('unmapped', {
      'a.wav': writeWav(chest.channels, 8000, { bitsPerSample: 16 }),
    });
    const refused = await screenPaths([path], detector);
    expect(refused.recordings).toEqual([]);
    expect(refused.failed[0]).toMatchObject({ path: 'a.wav', code: 'channels-unmapped' });
    const chosen = await screenPaths([path], detector, { channel: 1 });
    expect(chosen.recordings[0]!.channels.map(c => c.channel)).toEqual([1]);
  });

  it('goes on after bad files and names each', async () => {
    const path = await makeFolder('mixed', {
      'deep/good.wav': oneChannel,
      'empty.wav': '',
      'text.mp3': 'letters',
    });
    const { recordings, failed } = await screenPaths([path, join(folder, 'nowhere')], detector);
    expect(recordings.map(r => r.path)).toEqual([join('deep', 'good.wav')]);
    expect(failed.map(f => f.code).sort()).toEqual(['no-such-path', 'not-audio', 'empty-file'].sort());
  });

  it('is not held up by pipes and devices under the name of a recording or an annotation', async () => {
    const path = await makeFolder('endless', { 'good.wav': oneChannel });
    execFileSync('mkfifo', [join(path, 'pipe.wav'), join(path, 'good.txt')]);
    await symlink('/dev/zero', join(path, 'zero.wav'));
    const { recordings, failed } = await screenPaths([path], detector);
    expect(recordings.map(r => [r.path, r.cycleSource])).toEqual([['good.wav', 'sound']]);
    expect(failed.map(f => [f.path, f.code])).toEqual([
      ['pipe.wav', 'unreadable-file'],
      ['zero.wav', 'unreadable-file'],
    ]);
    expect(failed[0]!.reason).toContain('it is a pipe or a device');
  });

  it('says what is wrong in an annotation, by its own name, and screens the recording all the same', async () => {
    const path = await makeFolder('annotations', {
      'a.wav': oneChannel,
      'a.txt': '0\t2\t0\t0\n3\t3\t0\t0\nwhat is this\n',
      'b.wav': oneChannel,
      'b.json': 'no JSON',
      'c.wav': oneChannel,
      'c.txt': 'words alone',
    });
    const { recordings, failed } = await screenPaths([path], detector);
    expect(failed).toEqual([]);
    expect(recordings.map(r => r.cycleSource)).toEqual(['icbhi-text', 'sound', 'sound']);
    const messages = recordings.map(r => r.quality.map(q => q.message).join(' '));
    expect(messages[0]).toContain('a.txt line 3');
    expect(messages[1]).toContain('b.json is no JSON');
    expect(messages[2]).toContain('c.txt is no ICBHI annotation');
  });

  it('says so where there is nothing to screen', async () => {
    const path = await makeFolder('documents', { 'letter.pdf': 'x' });
    await expect(screenPaths([path], detector)).rejects.toMatchObject({
      code: 'nothing-to-screen',
      kind: 'usage',
    });
  });
});

describe('results on disk', () => {
  const files = { 'a.wav': oneChannel, 'a.txt': formatIcbhiText(chest.truth.cycles) };

  it('hold JSON by the published schema, pictures, labels, a table and a page', async () => {
    const path = await makeFolder('once', files);
    const out = join(folder, 'once-out');
    const result = await screenPaths([path], detector, { out });
    const written = JSON.parse(await readFile(join(out, 'screening.json'), 'utf8'));
    expect(written).toEqual(result);
    screeningResultSchema.parse(written);
    expect((await readdir(join(out, 'recordings'))).sort()).toEqual(['a.wav.0.svg', 'a.wav.json']);
    expect(await readFile(join(out, 'labels', 'a.wav.txt'), 'utf8')).toMatch(/^\d+\.\d+\t\d+\.\d+\t/);
    expect(await readFile(join(out, 'screening.html'), 'utf8')).toContain('data:image/png;base64,');
  });

  it('are kept by a second run, and made anew when the annotation changed', async () => {
    const path = await makeFolder('twice', files);
    const out = join(folder, 'twice-out');
    const skips: boolean[] = [];
    const run = () =>
      screenPaths([path], detector, { out, onRecording: (_1, _2, _3, skipped) => skips.push(skipped) });
    const first = await run();
    expect(await run()).toEqual(first);
    await writeFile(join(path, 'a.txt'), formatIcbhiText(chest.truth.cycles.slice(1)));
    const third = await run();
    expect(skips).toEqual([false, true, false]);
    expect(third.recordings[0]!.channels[0]!.cycles).toHaveLength(chest.truth.cycles.length - 1);
  });

  it('are made anew when the manifest names another site', async () => {
    const manifest = (site: string) => `path,subject,site\na.wav,s1,${site}\n`;
    const path = await makeFolder('moved', { 'a.wav': oneChannel, 'recordings.csv': manifest('Al') });
    const run = () => screenPaths([path], detector, { out: join(folder, 'moved-out') });
    expect((await run()).recordings[0]!.channels[0]!.site).toBe('Al');
    await writeFile(join(path, 'recordings.csv'), manifest('Pr'));
    expect((await run()).recordings[0]!.channels[0]!.site).toBe('Pr');
  });

  it('have names of their own, and short enough, whatever the recordings are called', async () => {
    const long = `${'n'.repeat(251)}.wav`;
    const path = await makeFolder('names', {
      'a/b.wav': oneChannel,
      'a__b.wav': oneChannel,
      [long]: oneChannel,
    });
    const out = join(folder, 'names-out');
    const { recordings, failed } = await screenPaths([path], detector, { out });
    expect([recordings.length, failed]).toEqual([3, []]);
    expect((await readdir(join(out, 'recordings'))).filter(f => f.endsWith('.json'))).toHaveLength(3);
  });

  it('make no file where the folder cannot be made', async () => {
    const path = await makeFolder('blocked', files);
    const out = join(path, 'a.wav', 'out');
    await expect(screenPaths([path], detector, { out })).rejects.toMatchObject({ code: 'write-failed' });
    expect((await stat(join(path, 'a.wav'))).isFile()).toBe(true);
  });

  it('show hostile file names as text', async () => {
    const path = await makeFolder('hostile', { '<img src=x onerror=alert(1)>.wav': oneChannel });
    const out = join(folder, 'hostile-out');
    await screenPaths([path], detector, { out });
    expect(await readFile(join(out, 'screening.html'), 'utf8')).not.toContain('<img src=x');
  });
});

it('the CSV quotes fields, runs no formula in a spreadsheet, and counts crackle candidates as the page does', () => {
  const cycle = { start: 0, end: 1, inspirationEnd: null, score: 0.5, crackle: true, evidence: [] };
  const summary = { cycles: 1, crackleCycles: 1, share: 1 };
  const perCycle = [{ all: 3, inspiration: 2, expiration: 1, phases: 'ratio' as const }];
  const candidates = { events: [], perCycle };
  const result: ScreeningResult = {
    schemaVersion: 1,
    bundle: { id: 'b', version: '1', sha256: 'x' },
    threshold: 0.5,
    recordings: [
      {
        path: '=cmd|"x",y.wav',
        seconds: 1,
        sampleRate: 8000,
        cycleSource: 'sound',
        quality: [],
        channels: [{ channel: 0, site: null, cycles: [cycle], summary, candidates }],
      },
    ],
    failed: [],
  };
  expect(screeningCsv(result).split('\n')[1]).toBe(`"'=cmd|""x"",y.wav",0,,sound,0,1,,0.5,true,,3`);
  expect(screeningPage(result, new Map(), { title: 't', notes: [] }, {})).toContain(
    '<td class="n">2 + 1</td>',
  );
});

describe('how often the word crackle is right', () => {
  it('is in the result, with what each score is made of, and stands on the page once', async () => {
    const path = await makeFolder('called', { 'a.wav': oneChannel });
    const out = join(folder, 'called-out');
    const result = await screenPaths([path], detector, { out, bandEvidence: false });
    const [cases] = result.calledCases!;
    const { bins } = detector.bundle.manifest.scoreCases![0]!;
    const called = bins.filter(({ from }) => from >= detector.threshold);
    expect(cases!.cycles).toBe(called.reduce((sum, bin) => sum + bin.cycles, 0));
    const said = calledText(result.calledCases!);
    expect(said).toMatch(
      new RegExp(
        `^Of ${cases!.cycles} cycles that this detector called crackle, ${cases!.crackles} had crackles \\(\\d+ %, 95 % interval within \\d+ to \\d+ %; ICBHI 2017, `,
      ),
    );
    const page = await readFile(join(out, 'screening.html'), 'utf8');
    expect(page.split(said)).toHaveLength(2);
    expect(page).toContain('count them too: score and events are not independent');
    const logit = (score: number) => Math.log(score / (1 - score));
    const scored = result.recordings[0]!.channels[0]!.cycles.filter(({ score }) => score !== null);
    expect(scored.length).toBeGreaterThan(0);
    for (const { score, parts } of scored) {
      const networks = logit(parts!.networksScore);
      expect(networks + parts!.measuresLogit).toBeCloseTo(logit(score!), 9);
      const told = (value: number) => `${value < 0 ? '−' : '\\+'}${Math.abs(value).toFixed(1)}`;
      expect(page).toMatch(
        new RegExp(`networks ${told(networks)}, measures of the sound ${told(parts!.measuresLogit)}`),
      );
    }
  });

  it('is not known where too few cases are', () => {
    expect(calledText([])).toContain('is not known');
  });
});

describe('the page tells what cycles scored alike turned out to be', () => {
  const cycle = (score: number): ScreenedCycle => ({
    start: 0,
    end: 2,
    inspirationEnd: null,
    score,
    crackle: score > 0.3,
    evidence: [],
  });
  const result: ScreeningResult = {
    schemaVersion: 1,
    bundle: { id: 'own', version: '1', sha256: '0'.repeat(64) },
    threshold: 0.3,
    recordings: [
      {
        path: 'visit.wav',
        seconds: 6,
        sampleRate: 8000,
        cycleSource: 'sound',
        quality: [],
        channels: [
          {
            channel: 0,
            site: null,
            cycles: [cycle(0.42), cycle(0.99)],
            summary: { cycles: 2, crackleCycles: 2, share: 1 },
          },
        ],
      },
    ],
    failed: [],
  };
  const bins = [
    {
      from: 0.4,
      to: 0.5,
      cycles: 40,
      crackles: 9,
      subjects: 11,
      interval: [0.114, 0.391] as [number, number],
    },
  ];
  const scoreCases = [
    { dataset: 'icbhi', unit: 'cycle' as const, scoredBy: 'out of fold', cycles: 90, subjects: 20, bins },
  ];
  const page = (cases: typeof scoreCases) =>
    screeningPage(result, new Map(), { title: 't', notes: [] }, { scoreCases: cases });

  it('as counts with their interval where there were enough, and says so where not', () => {
    expect(page(scoreCases)).toContain(
      '<td class="text">9 of 40 = 23 % [11, 39] in ICBHI 2017, 11 subjects</td>',
    );
    expect(page(scoreCases)).toContain('<td class="text">too few to say</td>');
    expect(page(scoreCases)).toContain('ICBHI 2017, 90 cycles of 20 subjects (out of fold)');
  });

  it('beside the seconds that a score rests on and the score without its strongest band', () => {
    const [recording] = result.recordings;
    const [channel] = recording!.channels;
    const evidence: ScreenedCycle['evidence'] = [
      { kind: 'time', start: 0.25, end: 0.75, weight: 1 },
      { kind: 'band', low: 100, high: 288, weight: -0.2 },
      { kind: 'band', low: 288, high: 459, weight: Math.log(4) },
      { kind: 'band', low: 459, high: 630, weight: 0.1 },
    ];
    const told = (score: number, kept: ScreenedCycle['evidence']) =>
      screeningPage(
        {
          ...result,
          recordings: [
            { ...recording!, channels: [{ ...channel!, cycles: [{ ...cycle(score), evidence: kept }] }] },
          ],
        },
        new Map(),
        { title: 't', notes: [] },
        {},
      );
    // Odds of 4 to 1 fall to 1 to 1.
    expect(told(0.8, evidence)).toContain(
      '<td class="text">0.25–0.75 s<br>288–459 Hz (score without it: 0.500)</td>',
    );
    expect(told(0.8, evidence.slice(0, 2))).toContain('<td class="text">0.25–0.75 s</td>');
  });

  it('and that nothing is known where the bundle has no counts', () => {
    expect(page([])).toContain('comes without counts of cases: a score only orders cycles');
    expect(page([])).not.toContain('scored like this');
    expect(page([])).toContain('the score knows nothing of them');
  });
});
