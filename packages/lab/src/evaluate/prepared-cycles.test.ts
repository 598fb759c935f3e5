import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dataset, DatasetRecording } from '@crepitus/datasets';
import { frontEnds } from '@crepitus/model';
import { type Cycle, type Finding, writeWav } from '@crepitus/recordings';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { annotatedRecordings, type PreparedRecording, prepareRecordings } from './prepared-cycles.ts';

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

async function prepare(recordings: DatasetRecording[], onFailed?: (finding: Finding) => void) {
  const dataset: Dataset = { kind: 'manifest', path: folder, unit: 'cycle', recordings, problems: [] };
  const prepared: PreparedRecording[] = [];
  for await (const each of prepareRecordings(dataset, frontEnds.paper, { onFailed })) prepared.push(each);
  return prepared;
}

test('a cycle comes once per sound channel, or on its own channel; never on the airflow', async () => {
  const cycles = [cycle(0, 1), cycle(1, 1.5, { channel: 1 })];
  const [prepared] = await prepare([await recording('a', cycles)]);
  const found = prepared!.cycles.map(({ channel, samples }) => [channel.index, samples.length]);
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
  const prepared = await prepare([broken, silent, missing, good], finding => failed.push(finding));
  expect(prepared.map(({ of }) => of.id)).toEqual(['g']);
  expect(failed).toHaveLength(1);
  expect(failed[0]!.message).toMatch(/d\.wav/);
  const all = { kind: 'manifest' as const, path: '', unit: 'cycle' as const, problems: [] };
  expect(annotatedRecordings({ ...all, recordings: [broken, silent, missing, good] })).toEqual([
    broken,
    good,
  ]);
});
