import { rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomStream } from '@crepitus/dsp';
import { createNetwork, frontEnds, startBackend } from '@crepitus/model';
import { writeWav } from '@crepitus/recordings';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { drawVariation, type Variation } from '../augment/plan.ts';
import { BatchMaker } from './batches.ts';
import { defaultConfig } from './run-config.ts';
import { Trainer } from './trainer.ts';
import { type DataCycle, readTrainingData } from './training-data.ts';

beforeAll(() => startBackend());

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crepitus-batches-'));
  const sampleRate = 8000;
  const random = randomStream(0, 'sound');
  const sound = Float32Array.from({ length: 8 * sampleRate }, () => 0.1 * random.normal());
  await writeFile(join(folder, 'a.wav'), writeWav([sound], sampleRate));
  await writeFile(join(folder, 'recordings.csv'), 'path,subject\na.wav,s\n');
  const labels = ['normal', 'crackle', 'wheeze', 'both'];
  const cycles = labels.flatMap((label, i) =>
    [0, 0.5].map(at => `a.wav,0,${2 * i + at},${2 * i + 2 - at},${at === 0 ? 2 * i + 0.7 : ''},${label}`),
  );
  await writeFile(
    join(folder, 'cycles.csv'),
    `path,channel,start,end,inspiration_end,label\n${cycles.join('\n')}\n`,
  );
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const config = () =>
  defaultConfig('target', {
    data: [{ kind: 'manifest', path: folder }],
    task: 'four-class',
    phases: 'measured',
    frontEnd: { ...frontEnds.paper, name: 'custom', cycleSamples: 16384 },
    blocks: { filters: [8, 8], strides: [2, 2] },
    augment: { vtlp: true, stretch: true, shift: false, specAugment: true },
    batch: 5,
  });
const cacheFolder = () => join(folder, 'cache');
const readCycles = async () => (await readTrainingData(config(), { cacheFolder: cacheFolder() })).cycles;
/** They make their pictures themselves. */
const withoutCache = (cycles: readonly DataCycle[]): DataCycle[] =>
  cycles.map(({ readPicture, ...cycle }) => cycle);

/** The bytes of a batch. */
function picturesOf(items: { cycle: DataCycle; variation?: Variation }[]): Float32Array[] {
  const tensors = new BatchMaker(config()).pictures(items);
  const values = tensors.map(tensor => tensor.dataSync() as Float32Array);
  tf.dispose(tensors);
  return values;
}

const everything = { vtlp: true, stretch: true, shift: true, specAugment: true };
const nothing = { vtlp: false, stretch: false, shift: false, specAugment: false };

test.each([
  nothing,
  everything,
  { ...nothing, vtlp: true },
  { ...nothing, stretch: true },
  { ...nothing, shift: true },
  { ...nothing, specAugment: true },
])('a batch is the same with and without the cache, and in pieces: %j', async augment => {
  const cycles = await readCycles();
  const items = (of: readonly DataCycle[]) =>
    of.map((cycle, i) => {
      const planned = { cycle: i, copy: 1, stretched: augment.stretch, warped: augment.vtlp };
      return { cycle, variation: drawVariation(0, 1, cycle.id, planned, augment) };
    });
  const cached = picturesOf(items(cycles));
  expect(picturesOf(items(withoutCache(cycles)))).toEqual(cached);
  const single = items(cycles).map(item => picturesOf([item]));
  expect(cached.map(({ length }) => length)).toEqual([8 * 32 * 45, 8 * 16 * 45]);
  cached.forEach((values, input) => {
    expect(values).toEqual(Float32Array.from(single.flatMap(pictures => [...pictures[input]!])));
  });
});

test.each(['wasm', 'cpu'])('a batch stays as it is when the next one is made: %s', async backend => {
  const items = (await readCycles()).map(cycle => ({ cycle }));
  const parts = [items.slice(0, 5), items.slice(5)];
  const wanted = parts.map(picturesOf);
  expect(wanted[0]).not.toEqual(wanted[1]);
  await tf.setBackend(backend);
  try {
    const maker = new BatchMaker(config());
    const batches = parts.map(part => maker.pictures(part));
    expect(batches.map(tensors => tensors.map(tensor => tensor.dataSync()))).toEqual(wanted);
    tf.dispose(batches);
  } finally {
    await startBackend();
  }
});

test('pictures that are masked or as they are come from the cache, others are made', async () => {
  const cycles = await readCycles();
  const made = (augment: typeof everything) => {
    let count = 0;
    const watched = cycles.map(cycle => ({
      ...cycle,
      samples: (...args: Parameters<DataCycle['samples']>) => {
        count++;
        return cycle.samples(...args);
      },
    }));
    picturesOf(
      watched.map((cycle, i) => {
        const planned = { cycle: i, copy: 1, stretched: false, warped: augment.vtlp };
        return { cycle, variation: drawVariation(0, 1, cycle.id, planned, augment) };
      }),
    );
    return count;
  };
  expect(made(nothing)).toBe(0);
  expect(made({ ...nothing, specAugment: true })).toBe(0);
  expect(made({ ...nothing, vtlp: true })).toBe(8);
  expect(made({ ...nothing, shift: true })).toBe(8);
});

test('where the pictures are deleted under a training they are made; where the cycles are too, it says so', async () => {
  const cycles = await readCycles();
  const before = picturesOf(cycles.map(cycle => ({ cycle })));
  rmSync(join(cacheFolder(), 'pictures'), { recursive: true });
  expect(picturesOf(cycles.map(cycle => ({ cycle })))).toEqual(before);
  rmSync(cacheFolder(), { recursive: true });
  expect(() => picturesOf(cycles.map(cycle => ({ cycle })))).toThrow(/cached cycles of .* run again/);
});

test('a training ends in the same bytes with and without the cache', async () => {
  const cycles = await readCycles();
  const train = async (of: readonly DataCycle[]) => {
    const batches = new BatchMaker(config());
    const { shapes, classes } = batches;
    const network = createNetwork({ inputShapes: shapes, classes, blocks: config().blocks }, 0);
    const trainer = new Trainer(config(), network, { train: of, mixed: of.slice(2), validation: of });
    const records = [
      await trainer.epoch(1, () => {}, undefined),
      await trainer.epoch(2, () => {}, undefined),
    ];
    const weights = network.readWeights();
    trainer.dispose();
    network.dispose();
    return { records, weights };
  };
  expect(await train(withoutCache(cycles))).toEqual(await train(cycles));
});
