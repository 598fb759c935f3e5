import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DatasetRecording, synthesiseRecording } from '@crepitus/datasets';
import { type ChannelKind, findCyclesFromSound, writeWav } from '@crepitus/recordings';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withFoundCycles } from './found-cycles.ts';

let folder: string;
let recording: DatasetRecording;
let samples: Float32Array;
const sampleRate = 4000;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crepitus-found-'));
  const { channels, truth } = synthesiseRecording({
    ...{ seed: 2, seconds: 24, sampleRate, breathsPerMinute: 20, crackles: 'coarse' },
  });
  samples = channels[0]!;
  const audioPath = join(folder, 'one.wav');
  await writeFile(audioPath, writeWav([samples, samples.map(sample => sample / 2)], sampleRate));
  const kinds: ChannelKind[] = ['sound', 'airflow'];
  recording = {
    ...{ id: 'one', subject: 's1', group: null, device: 'A', site: null, audioPath, cycleSource: 'manifest' },
    channelMap: kinds.map((kind, channel) => ({ channel, kind, site: null })),
    // The last third has no annotation.
    cycles: truth.cycles.filter(({ end }) => end < 16),
    ...{ parts: [], attributes: {} },
  };
});
afterAll(() => rm(folder, { recursive: true }));

test('found cycles of the sound channels take the place of the annotated ones, with their labels', async () => {
  const { cycles, ...rest } = await withFoundCycles(recording);
  expect({ ...rest, cycles: recording.cycles }).toEqual(recording);
  const last = Math.max(...recording.cycles.map(({ end }) => end));
  const found = findCyclesFromSound(samples, sampleRate).cycles.filter(({ start }) => start < last);
  expect(cycles.map(({ start, end, channel }) => [start, end, channel])).toEqual(
    found.map(({ start, end }) => [start, end, 0]),
  );
  for (const { start, end, label } of cycles) {
    const middle = (start + Math.min(end, last)) / 2;
    const around = recording.cycles.find(cycle => cycle.start <= middle && middle < cycle.end);
    expect(label).toBe(around?.label);
  }
});

test.each([
  ['without audio', () => ({ ...recording, audioPath: null })],
  ['without annotated cycles', () => ({ ...recording, cycles: [] })],
  ['whose audio cannot be read', () => ({ ...recording, audioPath: join(folder, 'none.wav') })],
])('a recording %s stays as it is', async (_, make) => {
  const before = make();
  expect(await withFoundCycles(before)).toBe(before);
});
