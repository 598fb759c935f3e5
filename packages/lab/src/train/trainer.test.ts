import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatasetRecording } from '@crepitus/datasets';
import { randomStream } from '@crepitus/dsp';
import { createNetwork, frontEnds, startBackend } from '@crepitus/model';
import type { CycleLabel } from '@crepitus/recordings';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BatchMaker } from './batches.ts';
import { defaultConfig, type RunChoices, type RunConfig } from './run-config.ts';
import { makeRunFolder, RunFolder } from './run-folder.ts';
import { type TrainerEvent, type TrainingParts, trainNetwork } from './trainer.ts';
import type { DataCycle } from './training-data.ts';

beforeAll(() => startBackend());

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crepitus-trainer-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const recording = { id: 'r', subject: 's', group: null, device: 'd' } as DatasetRecording;

/** Noise; a crackle also has clicks. */
function cycleOf(index: number, label: CycleLabel): DataCycle {
  const random = randomStream(1, 'cycle', index);
  const samples = Float32Array.from({ length: 8000 }, () => 0.1 * random.normal());
  if (label === 'crackle') for (let i = 100; i < 8000; i += 700) samples[i] = 1;
  return {
    id: `c${index}`,
    kind: 'manifest',
    unit: 'cycle',
    seconds: 0.5,
    sampleRate: 16000,
    bandwidthHz: 8000,
    subject: 's',
    recording,
    channel: 0,
    cycle: { start: 0, end: 0.5, inspirationEnd: null, label, channel: null },
    samples: () => samples,
    inspirationSamples: null,
  };
}

const cycles = Array.from({ length: 20 }, (_, i) => cycleOf(i, i % 2 === 0 ? 'normal' : 'crackle'));
const parts: TrainingParts = { train: cycles.slice(0, 12), mixed: [], validation: cycles.slice(12) };

function tiny(choices: Partial<RunChoices> = {}): RunConfig {
  return defaultConfig('target', {
    data: [{ kind: 'manifest', path: 'unused' }],
    inputs: ['cycle'],
    frontEnd: { ...frontEnds.paper, name: 'custom', cycleSamples: 8192 },
    blocks: { filters: [8, 8], strides: [2, 2] },
    epochs: 3,
    batch: 5,
    learningRate: 0.01,
    ...choices,
  });
}

async function train(
  name: string,
  config: RunConfig,
  options: { parts?: TrainingParts; onEvent?: (event: TrainerEvent) => void; signal?: AbortSignal } = {},
) {
  const out = join(folder, name);
  await makeRunFolder(out);
  const resume = await RunFolder.open(out, config, true).catch(() => null);
  const run = resume ?? (await RunFolder.open(out, config, false));
  const batches = new BatchMaker(config);
  const spec = { inputShapes: batches.shapes, classes: batches.classes, blocks: config.blocks };
  const network = createNetwork(spec, config.seed);
  const chosen = await trainNetwork({
    config,
    network,
    run,
    parts: options.parts ?? parts,
    onEvent: options.onEvent ?? (() => {}),
    assertOwned: () => {},
    signal: options.signal,
  });
  const weights = network.readWeights();
  network.dispose();
  const epochs = await readFile(run.file('epochs.ndjson'), 'utf8');
  return { chosen, weights, epochs };
}

test('the loss falls, and the chosen epoch has the highest validation accuracy', async () => {
  const { chosen, epochs } = await train('run', tiny({ epochs: 8 }));
  const records = epochs
    .trim()
    .split('\n')
    .map(line => JSON.parse(line));
  expect(records).toHaveLength(8);
  expect(records.at(-1).dataLoss).toBeLessThan(records[0].dataLoss / 2);
  expect(chosen!.validation.accuracy).toBe(Math.max(...records.map(r => r.validation.accuracy)));
});

test('two trainings with one seed are equal in every byte, another seed is not', async () => {
  const config = tiny({ augment: { vtlp: true, stretch: true, shift: true, specAugment: true } });
  const a = await train('a', config);
  const b = await train('b', config);
  const c = await train('c', { ...config, seed: 1 });
  expect(b).toEqual(a);
  expect(c.weights).not.toEqual(a.weights);
});

test('a training that is stopped in an epoch and continued ends in the same bytes', async () => {
  const config = tiny({ schedule: 'cosine', select: 'loss' });
  const whole = await train('whole', config, { parts: { ...parts, mixed: cycles.slice(5, 12) } });
  const stop = new AbortController();
  const first = await train('stopped', config, {
    parts: { ...parts, mixed: cycles.slice(5, 12) },
    signal: stop.signal,
    onEvent: event => {
      if (event.type === 'step' && event.epoch === 2 && event.step === 2) stop.abort();
    },
  });
  expect(first.chosen).toBeNull();
  const second = await train('stopped', config, { parts: { ...parts, mixed: cycles.slice(5, 12) } });
  expect(second).toEqual(whole);
});

test('no tensor is left behind by steps', async () => {
  const counts: number[] = [];
  const onEvent = (event: TrainerEvent) => {
    if (event.type === 'epoch') counts.push(tf.memory().numTensors);
  };
  await train('run', tiny({ epochs: 3 }), { onEvent });
  expect(new Set(counts).size).toBe(1);
});

describe('batches', () => {
  test('every item of the plan is trained on once an epoch, the last batch may be smaller', async () => {
    const steps: number[] = [];
    await train('run', tiny({ epochs: 1 }), {
      onEvent: event => {
        if (event.type === 'step') steps.push(event.steps);
      },
    });
    expect(steps).toEqual([4, 4, 4, 4]); // 6 normal + 2 x 6 crackles = 18 items in batches of 5
  });

  test('mixed data comes with as many items as the own, all of them before any comes again', async () => {
    const seen: string[] = [];
    const watched = (cycle: DataCycle): DataCycle => ({
      ...cycle,
      id: `mixed ${cycle.id}`,
      samples: () => {
        seen.push(cycle.id);
        return cycle.samples();
      },
    });
    const normals = cycles.filter(({ cycle }) => cycle.label === 'normal').map(watched);
    const perStep: number[] = [];
    await train('run', tiny({ epochs: 2 }), {
      parts: { ...parts, mixed: normals },
      onEvent: event => {
        if (event.type === 'step') perStep.push(seen.length);
      },
    });
    expect(perStep).toEqual([5, 10, 15, 18, 23, 28, 33, 36]);
    for (const pass of [seen.slice(0, 10), seen.slice(10, 20), seen.slice(20, 30)]) {
      expect(new Set(pass).size).toBe(10);
    }
    expect(seen.slice(0, 10)).not.toEqual(seen.slice(10, 20));
  });

  test('a cosine schedule ends at 1 % of the learning rate, a constant one does not move', async () => {
    const { epochs } = await train('cosine', tiny({ schedule: 'cosine' }));
    expect(JSON.parse(epochs.trim().split('\n').at(-1)!).learningRate).toBeCloseTo(0.0001, 12);
    const constant = await train('constant', tiny());
    expect(constant.chosen!.learningRate).toBe(0.01);
  });
});

test('a network whose filters no fast kernel serves is trained on the tape, and learns too', async () => {
  const blocks = { filters: [4, 6], strides: [2, 2] } as const;
  const { epochs } = await train('run', tiny({ epochs: 8, blocks }));
  const losses = epochs
    .trim()
    .split('\n')
    .map(line => JSON.parse(line).dataLoss);
  expect(losses.at(-1)).toBeLessThan(0.8 * losses[0]);
});

test('a loss that is no number stops the training in one sentence', async () => {
  const broken = { ...cycles[0]!, samples: () => new Float32Array(8000).fill(Number.MAX_VALUE) };
  await expect(
    train('run', tiny({ learningRate: 1e30 }), { parts: { ...parts, train: [broken, ...parts.train] } }),
  ).rejects.toThrow();
});
