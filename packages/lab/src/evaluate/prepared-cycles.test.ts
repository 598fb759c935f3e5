import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dataset, DatasetRecording } from '@crepitus/datasets';
import { frontEnds } from '@crepitus/model';
import { type Cycle, type Finding, writeWav } from '@crepitus/recordings';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CycleStore } from '../features/cycle-store.ts';
import {
  annotatedRecordings,
  type PreparedRecording,
  type PrepareOptions,
  prepareRecordings,
} from './prepared-cycles.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crepitus-prepared-'));
});
afterAll(() => rm(folder, { recursive: true }));

const cycle = (start: number, end: number, rest: Partial<Cycle> = {}): Cycle => ({
  start,
  end,
  inspirationEnd: null,
  label: 'normal',
  channel: null,
  ...rest,
});

/** Two sound channels and airflow, 2 s at 8 kHz. */
async function recording(id: string, cycles: Cycle[], rest: Partial<DatasetRecording> = {}) {
  const audioPath = join(folder, `${id}.wav`);
  const tone = (hertz: number) =>
    Float32Array.from({ length: 16000 }, (_, i) => Math.sin(i * hertz * 7.85e-4));
  await writeFile(audioPath, writeWav([tone(200), tone(300), tone(1)], 8000));
  const made: DatasetRecording = {
    id,
    subject: '1',
    group: null,
    device: 'Meditron',
    site: null,
    audioPath,
    channelMap: [
      { channel: 0, kind: 'sound', site: 'Al' },
      { channel: 1, kind: 'sound', site: 'Ar' },
      { channel: 2, kind: 'airflow', site: null },
    ],
    cycles,
    cycleSource: 'manifest',
    parts: [],
    attributes: {},
    ...rest,
  };
  return made;
}

async function prepare(recordings: DatasetRecording[], options: PrepareOptions = {}, facts = true) {
  const dataset: Dataset = { kind: 'manifest', path: folder, unit: 'cycle', recordings, problems: [] };
  const prepared: PreparedRecording[] = [];
  const all = prepareRecordings(dataset, frontEnds.paper, { cacheFolder: null, ...options }, { facts });
  for await (const each of all) prepared.push(each);
  return prepared;
}

test('a cycle comes once per sound channel, or on its own channel; never on the airflow', async () => {
  const cycles = [cycle(0, 1), cycle(1, 1.5, { channel: 1 })];
  const [prepared] = await prepare([await recording('a', cycles)]);
  const found = prepared!.cycles.map(({ channel, samples }) => [channel, samples.length]);
  expect(found).toEqual([
    [0, 16000],
    [1, 16000],
    [1, 8000],
  ]);
});

test('a measured end of inspiration is given in samples from the start of the cycle', async () => {
  const [prepared] = await prepare([
    await recording('b', [cycle(0.5, 1.5, { channel: 0, inspirationEnd: 0.9 })]),
  ]);
  expect(prepared!.cycles[0]!.inspirationSamples).toBe(6400);
});

test('a cycle past the end of the sound is cut there, one after it is left out', async () => {
  const cycles = [cycle(1.5, 3, { channel: 0 }), cycle(3, 4, { channel: 0 })];
  const [prepared] = await prepare([await recording('c', cycles)]);
  expect(prepared!.cycles.map(({ samples }) => samples.length)).toEqual([8000]);
});

test('an unreadable recording is told and passed over; those without audio or cycles are not touched', async () => {
  const broken = await recording('d', [cycle(0, 1)]);
  await writeFile(broken.audioPath!, 'RIFF');
  const silent = await recording('e', []);
  const missing = await recording('f', [cycle(0, 1)], { audioPath: null });
  const good = await recording('g', [cycle(0, 1)]);
  const failed: Finding[] = [];
  const prepared = await prepare([broken, silent, missing, good], {
    onFailed: finding => failed.push(finding),
  });
  expect(prepared.map(({ of }) => of.id)).toEqual(['g']);
  expect(failed).toHaveLength(1);
  expect(failed[0]!.message).toMatch(/d\.wav/);
  const all = { kind: 'manifest' as const, path: '', unit: 'cycle' as const, problems: [] };
  expect(annotatedRecordings({ ...all, recordings: [broken, silent, missing, good] })).toEqual([
    broken,
    good,
  ]);
});

describe('from the cache', () => {
  let cacheFolder: string;
  beforeEach(async () => {
    cacheFolder = await mkdtemp(join(folder, 'cache-'));
  });
  const files = async () =>
    (await readdir(cacheFolder, { recursive: true })).filter(name => /\.(f32|json)$/.test(name)).sort();
  const cycles = [
    cycle(0.25, 1, { inspirationEnd: 0.5 }),
    cycle(1, 1.5, { channel: 1, label: 'crackle' }),
    cycle(1.9, 2.6), // Cut at the end of the sound.
    cycle(3, 4),
  ];

  test('everything to the bit, and nothing is decoded again', async () => {
    const made = await recording('h', cycles);
    const plain = await prepare([made]);
    expect(await prepare([made], { cacheFolder })).toEqual(plain);
    expect(await files()).toHaveLength(2);
    expect(plain[0]!.facts.size).toBe(2);
    const again = await prepare([made], { cacheFolder });
    expect(again).toEqual(plain);
    const bytesOf = ([first]: PreparedRecording[]) =>
      first!.cycles.map(({ samples: { buffer, byteOffset, byteLength } }) =>
        Buffer.from(buffer, byteOffset, byteLength).toString('base64'),
      );
    expect(bytesOf(again)).toEqual(bytesOf(plain));
    // What is found there is what is given.
    const [description] = (await files()).filter(name => name.endsWith('.json'));
    const file = join(cacheFolder, description!);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('"crackle"', '"wheeze"'));
    expect((await prepare([made], { cacheFolder }))[0]!.cycles.some(of => of.cycle.label === 'wheeze')).toBe(
      true,
    );
  });

  test('without facts it is another entry, with the same cycles', async () => {
    const made = await recording('i', cycles);
    const bare = await prepare([made], { cacheFolder }, false);
    expect(bare[0]!.facts.size).toBe(0);
    const full = await prepare([made], { cacheFolder });
    expect(full[0]!.cycles).toEqual(bare[0]!.cycles);
    expect((await files()).map(name => name.split('/')[0])).toEqual(['cycles', 'prepared', 'prepared']);
  });

  test('other audio, annotation or parameters are not taken for it', async () => {
    const first = await prepare([await recording('j', cycles)], { cacheFolder });
    const louder = await recording('j', cycles);
    const saw = Float32Array.from({ length: 16000 }, (_, i) => (i % 50) / 60);
    await writeFile(louder.audioPath!, writeWav([saw, saw, saw], 8000));
    expect(await prepare([louder], { cacheFolder })).not.toEqual(first);
    expect(await prepare([louder], { cacheFolder })).toEqual(await prepare([louder]));
    const relabelled = { ...louder, cycles: louder.cycles.map(of => ({ ...of, label: 'wheeze' as const })) };
    expect(await prepare([relabelled], { cacheFolder })).toEqual(await prepare([relabelled]));
  });

  test.each([
    { name: 'cut short', damage: (file: string) => truncate(file, 30) },
    { name: 'deleted', damage: (file: string) => rm(file) },
  ])('a file that was $name is made anew', async ({ damage }) => {
    const made = await recording('k', cycles);
    const plain = await prepare([made], { cacheFolder });
    for (const file of await files()) {
      await damage(join(cacheFolder, file));
      expect(await prepare([made], { cacheFolder })).toEqual(plain);
    }
  });

  test('what is whole stays, however old; what a kill left half-written goes after an hour', async () => {
    const made = await recording('n', cycles);
    await prepare([made], { cacheFolder });
    const whole = await files();
    const half = join(cacheFolder, `${whole.at(-1)}.0123456789ab`);
    await writeFile(half, '{');
    const longAgo = new Date(Date.now() - 7_200_000);
    for (const file of [...whole.map(name => join(cacheFolder, name)), half])
      await utimes(file, longAgo, longAgo);
    await prepare([], { cacheFolder });
    expect(await files()).toEqual(whole);
    expect(existsSync(half)).toBe(false);
  });

  test('a cache that cannot be made or written changes nothing', async () => {
    const made = await recording('l', cycles);
    const blocked = join(cacheFolder, 'blocked');
    await writeFile(blocked, '');
    expect(await prepare([made], { cacheFolder: blocked })).toEqual(await prepare([made]));
  });

  test('cycles that a training prepared are not written again', async () => {
    const made = await recording('m', [cycle(0, 1), cycle(1, 2)], {
      channelMap: [
        { channel: 0, kind: 'sound', site: null },
        { channel: 1, kind: 'airflow', site: null },
        { channel: 2, kind: 'airflow', site: null },
      ],
    });
    const pieces = made.cycles.map(({ start, end }) => ({ channel: 0, start, end }));
    await CycleStore.prepare([{ recording: made, pieces }], frontEnds.paper, { cacheFolder });
    const before = await files();
    expect(await prepare([made], { cacheFolder })).toEqual(await prepare([made]));
    expect((await files()).filter(name => name.startsWith('cycles'))).toEqual(before);
  });
});
