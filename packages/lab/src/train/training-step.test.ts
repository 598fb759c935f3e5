import { randomStream } from '@crepitus/dsp';
import { Adam } from '@crepitus/kernels';
import {
  batchNormReadings,
  createNetwork,
  type Network,
  planTraining,
  startBackend,
  trainableWeights,
  tuningStarts,
} from '@crepitus/model';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { focalGamma, l2Weight } from '../focal-loss.ts';
import { type TrainedWeights, trainingStep } from './training-step.ts';

beforeAll(() => startBackend());

const shape = [37, 29] as const;
const batches = [5, 5, 3];
const classes = 3;
const spec = {
  inputShapes: [shape, [31, 29]] as const,
  classes,
  blocks: { filters: [8, 16, 16, 24], strides: [1, 2, 1, 2] as const },
};

/** Trained for a while, so that no weight is as it was drawn: gammas are not 1, moving means not 0. */
function trainedNetwork(): Network {
  const network = createNetwork(spec, 7);
  const random = randomStream(7, 'weights');
  network.writeWeights(
    network.weights
      .filter(({ kind }) => kind !== 'kernel')
      .map(({ name, kind, variable }) => ({
        name,
        shape: variable.shape,
        data: Float32Array.from(
          { length: variable.size },
          () => (kind === 'gamma' || kind === 'variance' ? 1 : 0) + 0.3 * (2 * random.uniform() - 1),
        ),
      })),
  );
  return network;
}

function trainedWeights(network: Network, ...choice: TrainingChoice): TrainedWeights {
  const { trainable, frozenBatchNorm } = trainableWeights(network, ...choice);
  const weights = network.weights.filter(({ name }) => trainable.includes(name));
  const isKernel = ({ kind }: { kind: string }) => kind === 'kernel';
  return {
    trainable: weights.map(({ variable }) => variable),
    kernels: weights.filter(isKernel).map(({ variable }) => variable),
    frozenBatchNorm: new Set(frozenBatchNorm),
    frozenKernels: new Set(
      network.weights
        .filter(isKernel)
        .map(({ name }) => name)
        .filter(name => !trainable.includes(name)),
    ),
  };
}

type TrainingChoice = [Parameters<typeof trainableWeights>[1], Parameters<typeof trainableWeights>[2]];

/** The same pictures and classes for every training. */
function* data() {
  const random = randomStream(3, 'pictures');
  for (const count of batches) {
    const pictures = spec.inputShapes.map(([rows, bands]) =>
      Float32Array.from({ length: count * rows * bands }, () => random.normal()),
    );
    yield { count, pictures, labels: Array.from({ length: count }, (_, i) => i % classes) };
  }
}

const rate = 0.1;
/** So large that a gradient that is nothing but rounding moves nothing. */
const epsilon = 0.1;

async function onTape(choice: TrainingChoice) {
  const network = trainedNetwork();
  const adam = new Adam({ learningRate: rate, epsilon });
  const losses: number[] = [];
  for (const { count, pictures, labels } of data()) {
    const tensors = pictures.map((values, i) => tf.tensor4d(values, [count, ...spec.inputShapes[i]!, 1]));
    const oneHot = tf.oneHot(labels, classes) as tf.Tensor2D;
    const weights = trainedWeights(network, ...choice);
    const { data, l2 } = await trainingStep(network, weights, adam, tensors, oneHot, rate);
    losses.push(data, l2);
    tf.dispose([...tensors, oneHot]);
  }
  return { losses, weights: network.readWeights(), moments: adam.state(), end: () => end(network, adam) };
}

function byPlan(choice: TrainingChoice) {
  const network = trainedNetwork();
  const adam = new Adam({ learningRate: rate, epsilon });
  const weights = trainedWeights(network, ...choice);
  const plan = planTraining(network, {
    ...weights,
    adam,
    batch: Math.max(...batches),
    focalGamma,
    l2: l2Weight,
  })!;
  const losses: number[] = [];
  for (const { pictures, labels } of data()) {
    for (const [branch, values] of pictures.entries()) plan.pictures(branch).set(values);
    plan.step(labels, rate);
    losses.push(plan.dataLoss, plan.l2Loss);
  }
  plan.store();
  plan.dispose();
  return { losses, weights: network.readWeights(), moments: adam.state(), end: () => end(network, adam) };
}

function end(network: Network, adam: Adam): void {
  network.dispose();
  adam.dispose();
}

const choices: TrainingChoice[] = [
  [null, 'all'],
  ...tuningStarts.flatMap(start => batchNormReadings.map((reading): TrainingChoice => [start, reading])),
];

describe.each(choices)('a step laid out once, tuned from %s, batch normalisations: %s', (...choice) => {
  test('loses, and learns, what one on the tape does', async () => {
    const before = tf.memory().numTensors;
    const wanted = await onTape(choice);
    const found = byPlan(choice);
    for (const [i, loss] of found.losses.entries()) expect(loss).toBeCloseTo(wanted.losses[i]!, 5);
    for (const [i, { name, data }] of found.weights.entries()) {
      expect(apart(data, wanted.weights[i]!.data), name).toBeLessThan(2e-5);
    }
    expect(found.moments.step).toBe(batches.length);
    for (const [i, { name, data }] of found.moments.moments.entries()) {
      const other = wanted.moments.moments[i]!;
      expect(other.name).toBe(name);
      const largest = Math.max(...other.data.map(Math.abs));
      expect(apart(data, other.data), name).toBeLessThan(1e-4 * largest + 1e-9);
    }
    wanted.end();
    found.end();
    expect(tf.memory().numTensors).toBe(before);
  });
});

function apart(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

test('a network that no fast kernel serves has no plan, and neither has another backend', async () => {
  const options = (network: Network) => ({
    ...trainedWeights(network, null, 'all'),
    adam: new Adam({ learningRate: rate }),
    batch: 2,
    focalGamma,
    l2: l2Weight,
  });
  const odd = createNetwork({ ...spec, blocks: { filters: [8, 12], strides: [2, 2] } }, 1);
  expect(planTraining(odd, options(odd))).toBeNull();
  const network = createNetwork(spec, 1);
  await tf.setBackend('cpu');
  expect(planTraining(network, options(network))).toBeNull();
  await tf.setBackend('wasm');
  odd.dispose();
  network.dispose();
});
