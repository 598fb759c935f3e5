/**
 * What making the pictures of a batch adds to a training step, in CPU time of this process:
 * node --conditions=@crepitus/source --import tsx tooling/bench/training-pictures.ts KIND:DIR [ROUNDS]
 * Every batch is made in every way, interleaved, once a round, and trained on once; a figure is the least and the median of
 * the rounds, averaged over the batches. `plan` is the paper's augmentation of these recordings, `heaviest plan` that of
 * recordings whose every cycle gets all of it (source: wheezes, target: crackles); the ways above do the same to every
 * item, which no plan does.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { parseDatasetSpec } from '@crepitus/datasets';
import { randomStream } from '@crepitus/dsp';
import { Adam } from '@crepitus/kernels';
import { defaultConfig } from '@crepitus/lab';
import { bestArithmetic, createNetwork, planTraining, startBackend, trainableWeights } from '@crepitus/model';
import { classesOf, classIndex } from '@crepitus/recordings';
import {
  type Augmentation,
  drawVariation,
  type PlannedItem,
  planItems,
} from '../../packages/lab/src/augment/plan.ts';
import { focalGamma, l2Weight } from '../../packages/lab/src/focal-loss.ts';
import { BatchMaker } from '../../packages/lab/src/train/batches.ts';
import { type DataCycle, readTrainingData } from '../../packages/lab/src/train/training-data.ts';

const BATCHES = 6;
const [data, rounds = '15'] = process.argv.slice(2);
if (data === undefined) throw new Error('Which recordings? Name them as KIND:DIR.');

setFlagsFromString('--no-liftoff');
const arithmetic = bestArithmetic();
await startBackend({ arithmetic });
const cacheFolder = mkdtempSync(join(tmpdir(), 'crepitus-bench-'));
process.on('exit', () => rmSync(cacheFolder, { recursive: true, force: true }));

const off: Augmentation = { vtlp: false, stretch: false, shift: false, specAugment: false };
/** What is done to every item. */
const ways: Record<string, Augmentation> = {
  plain: off,
  VTLP: { ...off, vtlp: true },
  stretching: { ...off, stretch: true },
  'stretching, VTLP': { ...off, vtlp: true, stretch: true },
  'shift, SpecAugment': { ...off, shift: true, specAugment: true },
  'all four': { vtlp: true, stretch: true, shift: true, specAugment: true },
};

for (const kind of ['source', 'target'] as const) {
  const config = defaultConfig(kind, { data: [parseDatasetSpec(data)] });
  const { cycles } = await readTrainingData(config, { cacheFolder });
  await report(
    config,
    cycles.filter(({ cycle }) => classIndex(config.task, cycle.label) !== null),
  );
}

async function report(config: ReturnType<typeof defaultConfig>, cycles: readonly DataCycle[]): Promise<void> {
  const { kind, task, seed, batch, augment } = config;
  const item = (planned: PlannedItem, way: Augmentation) => {
    const cycle = cycles[planned.cycle]!;
    return { cycle, variation: drawVariation(seed, 1, cycle.id, planned, way) };
  };
  const shuffledPlan = (classNames: readonly string[]) =>
    randomStream(seed, 'shuffle', 1).shuffle(planItems(classNames, kind, augment));
  const names = classesOf(task);
  const plan = shuffledPlan(cycles.map(({ cycle }) => names[classIndex(task, cycle.label)!]!));
  const heaviest = shuffledPlan(cycles.map(() => (kind === 'source' ? 'wheeze' : 'crackle')));
  const more = { ...augment, shift: true, specAugment: true };
  const batches = Array.from({ length: BATCHES }, (_, i) => {
    const ofBatch = (whole: readonly PlannedItem[]) => whole.slice(i * batch, (i + 1) * batch);
    const made = Object.entries(ways).map(([name, way]) => {
      const done = { copy: 1, warped: way.vtlp, stretched: way.stretch };
      return [name, ofBatch(plan).map(each => item({ ...each, ...done }, way))] as const;
    });
    return new Map([
      ...made,
      ['plan', ofBatch(plan).map(each => item(each, augment))],
      ['plan, shift, SpecAugment', ofBatch(plan).map(each => item(each, more))],
      ['heaviest plan', ofBatch(heaviest).map(each => item(each, augment))],
      ['heaviest plan, shift, SpecAugment', ofBatch(heaviest).map(each => item(each, more))],
    ]);
  });

  const maker = new BatchMaker(config);
  const network = createNetwork({ inputShapes: maker.shapes, classes: maker.classes }, seed);
  const trained = new Set(trainableWeights(network, null, 'all').trainable);
  const weights = network.weights.filter(({ name }) => trained.has(name));
  const adam = new Adam({ learningRate: 1e-4 });
  const training = planTraining(network, {
    trainable: weights.map(({ variable }) => variable),
    frozenBatchNorm: new Set(),
    adam,
    batch: Math.max(...batches.flatMap(made => [...made.values()].map(({ length }) => length))),
    focalGamma,
    l2: l2Weight,
  })!;
  const rooms = () => maker.shapes.map((_, input) => training.pictures(input));
  const costs = new Map<string, number[][]>();
  const record = (name: string, index: number, ms: number) => {
    if (!costs.has(name))
      costs.set(
        name,
        Array.from({ length: BATCHES }, () => []),
      );
    costs.get(name)![index]!.push(ms);
  };
  for (let round = -2; round < Number(rounds); round++) {
    for (const [index, made] of batches.entries()) {
      const arms = [...made];
      for (let turn = 0; turn < arms.length; turn++) {
        const [name, items] = arms[(turn + round + 2) % arms.length]!;
        const start = process.cpuUsage();
        maker.draw(items, rooms());
        const ms = cpuMs(start);
        if (round >= 0) record(name, index, ms);
        if (name === 'plan') {
          const began = process.cpuUsage();
          training.step(maker.classIndices(items), 1e-4);
          if (round >= 0) record('step', index, cpuMs(began));
        }
      }
    }
  }
  training.dispose();
  adam.dispose();
  network.dispose();

  const figures = (name: string) => {
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const sorted = costs.get(name)!.map(times => times.sort((a, b) => a - b));
    return [mean(sorted.map(times => times[0]!)), mean(sorted.map(times => times[times.length >> 1]!))];
  };
  const step = figures('step');
  const plain = figures('plain');
  const cell = (values: number[]) => values.map(value => value.toFixed(2)).join(' / ');
  console.log(`\n${kind}, batch ${batch}, inputs ${config.inputs.join()}, ${arithmetic}, least / median`);
  console.log(
    `without the pictures a step takes ${cell(step)} ms\n\n| pictures | ms | added to a step with plain ones, % |\n|---|---|---|`,
  );
  for (const name of batches[0]!.keys()) {
    const added = figures(name).map((ms, i) => (100 * (ms - plain[i]!)) / (step[i]! + plain[i]!));
    console.log(`| ${name} | ${cell(figures(name))} | ${cell(added)} |`);
  }
}

function cpuMs(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
