/** How long an experiment takes: from the size of its data and a few steps of its network, timed on this machine. */
import { setFlagsFromString } from 'node:v8';
import type { DatasetRecording } from '@crepitus/datasets';
import { randomStream } from '@crepitus/dsp';
import { createNetwork, startBackend } from '@crepitus/model';
import { type CycleLabel, classesOf, classIndex } from '@crepitus/recordings';
import { planItems } from '../augment/plan.ts';
import { BatchMaker } from '../train/batches.ts';
import type { RunConfig } from '../train/run-config.ts';
import { Trainer } from '../train/trainer.ts';
import type { DataCycle } from '../train/training-data.ts';
import type { DataSize } from './data.ts';

/** Seconds, per row of the pictures that a cycle gives (of all inputs), and per run. */
export interface Speed {
  readonly train: number;
  readonly forward: number;
  /** Process, network, bundle. */
  readonly run: number;
}

/** About that of a core of 2023: the shares between the parts hold elsewhere too. */
export const usualSpeed: Speed = { train: 3e-5, forward: 1e-5, run: 3 };

/** @param size of the data that the run deals; with folds it learns from all of them but two */
export function secondsOf(config: RunConfig, size: DataSize, speed: Speed): number {
  const names = classesOf(config.task);
  const classes: string[] = [];
  let cycles = 0;
  for (const [label, count] of Object.entries(size.cycles)) {
    cycles += count;
    const index = classIndex(config.task, label as CycleLabel);
    if (index !== null) for (let i = 0; i < Math.round(count); i++) classes.push(names[index]!);
  }
  const { folds, validationShare, epochs } = config;
  const [learns, validates, tests] =
    folds === null
      ? [1 - validationShare, validationShare, validationShare]
      : [(folds - 2) / folds, 1 / folds, 1 / folds];
  const items = planItems(classes, config.kind, config.augment).length * learns;
  const rows = new BatchMaker(config).shapes.reduce((sum, [height]) => sum + height, 0);
  const training = epochs * (items * speed.train + classes.length * validates * speed.forward);
  return rows * (training + cycles * (validates + tests) * speed.forward) + speed.run;
}

/** Times the steps of a training on noise, which takes seconds, as if nothing else were at work on this machine. */
export async function measureSpeed(config: RunConfig): Promise<Speed> {
  setFlagsFromString('--no-liftoff'); // As in the process of a run.
  await startBackend({ arithmetic: config.arithmetic });
  const batches = new BatchMaker(config);
  const network = createNetwork(
    { inputShapes: batches.shapes, classes: batches.classes, blocks: config.blocks },
    config.seed,
  );
  const steps = 3;
  const train = noiseCycles(config, steps * config.batch);
  const validation = train.slice(0, config.batch);
  const trainer = new Trainer(config, network, { train, mixed: [], validation });
  try {
    const times: number[] = [];
    await trainer.epoch(1, () => times.push(processorSeconds()), undefined);
    const end = processorSeconds();
    const rows = batches.shapes.reduce((sum, [height]) => sum + height, 0);
    const perCycle = rows * config.batch;
    // The first step also warms up.
    return {
      train: (times.at(-1)! - times[0]!) / (steps - 1) / perCycle,
      forward: (end - times.at(-1)!) / perCycle,
      run: usualSpeed.run,
    };
  } finally {
    trainer.dispose();
    network.dispose();
    await startBackend();
  }
}

/** That this process has used so far: what others use meanwhile does not count. */
function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Breaths of a usual length that nobody drew; every one a normal one, so that a batch is a batch. */
function noiseCycles({ frontEnd }: RunConfig, count: number): DataCycle[] {
  const stream = randomStream(0, 'noise');
  const seconds = Math.min(2.7, frontEnd.cycleSamples / frontEnd.sampleRate);
  const samples = Float32Array.from({ length: Math.round(seconds * frontEnd.sampleRate) }, () =>
    stream.normal(),
  );
  const cycle = { start: 0, end: seconds, inspirationEnd: null, label: 'normal', channel: null } as const;
  const recording: DatasetRecording = {
    id: 'noise',
    subject: 'noise',
    group: null,
    device: 'noise',
    site: null,
    audioPath: null,
    channelMap: null,
    cycles: [cycle],
    cycleSource: null,
    parts: [],
    attributes: {},
  };
  return Array.from({ length: count }, (_, i) => ({
    id: `noise/${i}`,
    kind: 'manifest',
    unit: 'cycle',
    subject: 'manifest:noise',
    recording,
    channel: 0,
    cycle,
    samples: room => {
      const out = room?.(samples.length) ?? new Float32Array(samples.length);
      out.set(samples);
      return out;
    },
    inspirationSamples: null,
    seconds,
    sampleRate: frontEnd.sampleRate,
    bandwidthHz: frontEnd.sampleRate / 2,
  }));
}
