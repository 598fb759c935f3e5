import { existsSync, readdirSync, truncateSync } from 'node:fs';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatasetRecording } from '@crepitus/datasets';
import { randomStream } from '@crepitus/dsp';
import { cutCycle, frontEnds, prepareChannel } from '@crepitus/model';
import { writeWav } from '@crepitus/recordings';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CycleStore, defaultCacheFolder, type RecordingPieces } from './cycle-store.ts';

const sampleRate = 8000;
const frontEnd = frontEnds.paper;
const random = randomStream(0, 'sound');
const sound = Float32Array.from({ length: 2 * sampleRate }, () => Math.round(1000 * random.normal()) / 32768);
const pieces = [
  { channel: 0, start: 0.1, end: 0.6 },
  { channel: 0, start: 0.6, end: 2.5 },
  { channel: 0, start: 3, end: 4 },
];

let folder: string;
let cacheFolder: string;
let source: RecordingPieces;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crepitus-cache-'));
  cacheFolder = join(folder, 'cache');
  const audioPath = join(folder, 'a.wav');
  await writeFile(audioPath, writeWav([sound], sampleRate));
  source = { recording: recordingOf(audioPath), pieces };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function recordingOf(audioPath: string): DatasetRecording {
  const known = { id: 'a', subject: 's', group: null, device: 'd', site: null, channelMap: null };
  return { ...known, audioPath, cycles: [], cycleSource: null, parts: [], attributes: {} };
}

const prepare = (sources = [source]) => CycleStore.prepare(sources, frontEnd, { cacheFolder });
const cacheFiles = () => readdirSync(join(cacheFolder, 'cycles'));

test('pieces are cut from the prepared channel, and those past its end are shorter or empty', async () => {
  const store = await prepare();
  const prepared = prepareChannel(sound, sampleRate, frontEnd);
  pieces.forEach((piece, i) => {
    expect(store.samples(0, i)).toEqual(Float32Array.from(cutCycle(prepared, piece, frontEnd)));
  });
  const { lengths, sampleRate: rate, bandwidthHz } = store.recording(0);
  expect([...lengths]).toEqual([8000, 22400, 0]);
  expect(rate).toBe(sampleRate);
  expect(bandwidthHz).toBeGreaterThan(3000);
});

test('a second reading takes them from the cache', async () => {
  const first = await prepare();
  const [file] = cacheFiles();
  const second = await prepare();
  expect(cacheFiles()).toEqual([file]);
  expect(second.recording(0)).toEqual(first.recording(0));
  expect(second.samples(0, 1)).toEqual(first.samples(0, 1));
});

test('another sound, front end or other cycles have other keys', async () => {
  await prepare();
  await writeFile(source.recording.audioPath!, writeWav([sound.map(x => -x)], sampleRate));
  await prepare();
  await prepare([{ ...source, pieces: pieces.slice(1) }]);
  await CycleStore.prepare([source], { ...frontEnd, highPass: null }, { cacheFolder });
  expect(cacheFiles()).toHaveLength(4);
});

test('a file that was cut short is made anew; one that is cut under a training is named', async () => {
  const first = await prepare();
  const expected = first.samples(0, 1);
  truncateSync(join(cacheFolder, 'cycles', cacheFiles()[0]!), 100);
  expect(() => first.samples(0, 1)).toThrow(/cached cycles of a .* run again/);
  expect((await prepare()).samples(0, 1)).toEqual(expected);
});

test('what a kill left half-written long ago is removed, what is being written now is not', async () => {
  await prepare();
  const [whole] = cacheFiles();
  for (const [name, hours] of [
    ['abandoned', 2],
    ['recent', 0],
  ] as const) {
    const file = join(cacheFolder, 'cycles', `${name}.f32.0123456789ab`);
    await writeFile(file, 'a part');
    const then = new Date(Date.now() - 3_600_000 * hours);
    await utimes(file, then, then);
  }
  await prepare();
  expect(cacheFiles().sort()).toEqual([whole!, 'recent.f32.0123456789ab'].sort());
});

test('several at once fill one cache', async () => {
  const stores = await Promise.all([prepare(), prepare(), prepare()]);
  for (const store of stores) expect(store.samples(0, 0)).toEqual(stores[0]!.samples(0, 0));
  expect(cacheFiles()).toHaveLength(1);
});

test('audio that cannot be read is a finding, the others go on', async () => {
  const broken = join(folder, 'broken.wav');
  await writeFile(broken, 'RIFF');
  const missing = recordingOf(join(folder, 'missing.wav'));
  const sources = [{ recording: recordingOf(broken), pieces }, { recording: missing, pieces }, source];
  const store = await prepare(sources);
  expect(store.findings).toHaveLength(2);
  expect([...store.recording(0).lengths, ...store.recording(1).lengths]).toEqual([0, 0, 0, 0, 0, 0]);
  expect(store.samples(2, 0)).toHaveLength(8000);
});

test('a cache that cannot be written says how to choose another', async () => {
  const file = join(folder, 'file');
  await writeFile(file, '');
  await expect(CycleStore.prepare([source], frontEnd, { cacheFolder: file })).rejects.toThrow(
    /CREPITUS_CACHE/,
  );
  expect(existsSync(cacheFolder)).toBe(false);
});

test('the folder is $CREPITUS_CACHE, or in the XDG cache folder', () => {
  expect(defaultCacheFolder({ CREPITUS_CACHE: '/a', XDG_CACHE_HOME: '/b' })).toBe('/a');
  expect(defaultCacheFolder({ XDG_CACHE_HOME: '/b' })).toBe('/b/crepitus');
  expect(defaultCacheFolder({ HOME: '/c' })).toMatch(/\.cache\/crepitus$/);
});
