/** Replays reference/pytorch-twin.json, which reference/pytorch-twin.py made with PyTorch. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { arithmetics, startBackends, uniform } from '../conformance/backends.ts';
import { Adam } from './adam.ts';
import { type BlockWeights, batchNormConvRelu } from './batch-norm-conv-relu.ts';
import { batchNormTrain } from './batch-norm-train.ts';
import { convBiasRelu } from './conv-bias-relu.ts';
import { TrainingPlan } from './training-plan.ts';

interface Twin {
  filters: number[];
  strides: (1 | 2)[];
  batch: number;
  /** Height and width of each branch's picture. */
  pictures: [number, number][];
  classes: number;
  learningRate: number;
  /** sha256 over all initial values. */
  values: string;
  losses: number[];
}

const twins: Record<string, Twin> = JSON.parse(
  readFileSync(new URL('../reference/pytorch-twin.json', import.meta.url), 'utf8'),
);
const named = (pattern: RegExp) => Object.entries(twins).filter(([name]) => pattern.test(name));

const epsilon = 1e-3;
/** A block of the network: as trainings compute it, and put together from its parts. */
const ways = {
  'blocks in one': (x: tf.Tensor4D, weights: BlockWeights, stride: 1 | 2, inputIsRelu: boolean) =>
    batchNormConvRelu(x, weights, { stride, epsilon, inputIsRelu }).y,
  'operation by operation': (x: tf.Tensor4D, { gamma, beta, filter, bias }: BlockWeights, stride: 1 | 2) =>
    convBiasRelu(batchNormTrain(x, gamma, beta, epsilon).y, filter, bias, stride),
};
type Way = keyof typeof ways;

describe.each(named(/^(one|two) branch/))('%s', (_name, twin) => {
  describe.each(Object.keys(ways) as Way[])('%s', way => {
    test.each(['cpu', ...arithmetics] as const)('20 steps, %s, lose what PyTorch loses', async where => {
      if (where === 'cpu') await tf.setBackend('cpu');
      else await startBackends(where);
      expectLosses(onTape(twin, way), twin, 1e-4);
    });
  });

  test.each(arithmetics)('laid out once: 20 steps, %s, lose what PyTorch loses', async where => {
    await startBackends(where);
    expectLosses(byPlan(twin), twin, 1e-4);
  });
});

describe.each(named(/^the paper's/))('%s', (_name, twin) => {
  test.each(arithmetics)('20 steps, %s, lose what PyTorch loses', async where => {
    await startBackends(where);
    expectLosses(onTape(twin, 'blocks in one'), twin, 1e-3);
  });

  test.each(arithmetics)('laid out once: 20 steps, %s, lose what PyTorch loses', async where => {
    await startBackends(where);
    expectLosses(byPlan(twin), twin, 1e-3);
  });
});

/** Fails unless each loss is within `tolerance`, absolutely and relatively, of PyTorch's, and the network learned. */
function expectLosses(losses: number[], { losses: expected }: Twin, tolerance: number): void {
  expect(losses).toHaveLength(20);
  for (const [step, loss] of losses.entries()) {
    const difference = Math.abs(loss - expected[step]!) / Math.min(1, expected[step]!);
    expect(difference, `step ${step}`).toBeLessThan(tolerance);
  }
  expect(losses[19]).toBeLessThan(0.7 * losses[0]!);
}

/** The network that PyTorch began with. */
function start(twin: Twin) {
  const { draw, digest } = drawing();
  const vector = (size: number, middle = 0) =>
    tf.variable(draw([size], 0.3, middle)) as tf.Variable<tf.Rank.R1>;
  const branches = twin.pictures.map(([height, width]) => ({
    height,
    width,
    blocks: twin.filters.map((outChannels, i) => {
      const channels = twin.filters[i - 1] ?? 1;
      return {
        gamma: vector(channels, 1),
        beta: vector(channels),
        filter: tf.variable(
          draw([3, 3, channels, outChannels], glorot(9 * channels, 9 * outChannels)),
        ) as tf.Variable<tf.Rank.R4>,
        bias: vector(outChannels),
        stride: twin.strides[i]!,
      };
    }),
    x: draw([twin.batch, height, width, 1], Math.sqrt(3)) as tf.Tensor4D,
  }));
  const features = twin.filters.at(-1)! * branches.length;
  const dense = {
    kernel: tf.variable(
      draw([features, twin.classes], glorot(features, twin.classes)),
    ) as tf.Variable<tf.Rank.R2>,
    bias: vector(twin.classes),
  };
  expect(digest(), 'the values that PyTorch began with').toBe(twin.values);
  const blocks = branches.flatMap(branch => branch.blocks);
  const variables = [
    ...blocks.flatMap(b => [b.gamma, b.beta, b.filter, b.bias]),
    dense.kernel,
    dense.bias,
  ] as tf.Variable[];
  const classes = Array.from({ length: twin.batch }, (_, i) => i % twin.classes);
  const dispose = () => tf.dispose([...variables, ...branches.map(({ x }) => x)]);
  return { branches, blocks, dense, variables, classes, dispose };
}

/** The loss before each step, on tfjs's tape. */
function onTape(twin: Twin, way: Way): number[] {
  const { branches, blocks, dense, variables, classes, dispose } = start(twin);
  const labels = tf.oneHot(classes, twin.classes);
  const kernels = [...blocks.map(({ filter }) => filter), dense.kernel];

  function loss(): tf.Scalar {
    const features = branches.map(({ x, blocks }) => {
      let y = x;
      for (const [i, { stride, ...weights }] of blocks.entries()) y = ways[way](y, weights, stride, i > 0);
      return tf.mean(y, [1, 2]);
    });
    const logits = tf.add(tf.matMul(tf.concat(features, 1), dense.kernel), dense.bias);
    const logP = tf.sum(tf.mul(tf.logSoftmax(logits), labels), 1);
    const focal = tf.mean(tf.mul(tf.sub(tf.exp(logP), 1), logP));
    const squares = tf.addN(kernels.map(kernel => tf.sum(tf.square(kernel))));
    return tf.add(focal, tf.mul(squares, 0.001));
  }

  const adam = new Adam({ learningRate: twin.learningRate });
  const losses = twin.losses.map(() => {
    const { value, grads } = tf.variableGrads(loss, variables);
    const gradients = variables.map(({ name }) => grads[name]!);
    adam.apply(variables, gradients);
    const [result] = value.dataSync();
    tf.dispose([value, ...gradients]);
    return result!;
  });
  adam.dispose();
  labels.dispose();
  dispose();
  return losses;
}

/** The loss before each step, by a plan. */
function byPlan(twin: Twin): number[] {
  const { branches, dense, variables, classes, dispose } = start(twin);
  const moving = (size: number) => tf.variable(tf.zeros([size])) as tf.Variable<tf.Rank.R1>;
  const network = {
    branches: branches.map(({ height, width, blocks }) => ({
      height,
      width,
      blocks: blocks.map(block => ({
        ...block,
        mean: moving(block.gamma.size),
        variance: moving(block.gamma.size),
        statistics: 'batch' as const,
      })),
    })),
    dense,
  };
  const adam = new Adam({ learningRate: twin.learningRate });
  const plan = new TrainingPlan(network, {
    batch: twin.batch,
    trainable: variables,
    adam,
    epsilon,
    momentum: 0.99,
    focalGamma: 1,
    l2: 0.001,
  });
  for (const [branch, { x }] of branches.entries()) plan.pictures(branch).set(x.dataSync());
  const losses = twin.losses.map(() => {
    plan.step(classes, twin.learningRate);
    return plan.dataLoss + plan.l2Loss;
  });
  plan.dispose();
  adam.dispose();
  tf.dispose(
    network.branches.flatMap(({ blocks }) => blocks.flatMap(({ mean, variance }) => [mean, variance])),
  );
  dispose();
  return losses;
}

/** Tensors drawn one after the other, as pytorch-twin.py draws them, and the sha256 over all of them. */
function drawing() {
  const hash = createHash('sha256');
  let seed = 0;
  return {
    /** Uniform in middle +- scale. */
    draw(shape: number[], scale: number, middle = 0): tf.Tensor {
      const numbers = uniform(shape, ++seed);
      const data = numbers
        .dataSync<'float32'>()
        .map(number => Math.fround(number * Math.fround(scale)) + middle);
      numbers.dispose();
      hash.update(data);
      return tf.tensor(data, shape);
    },
    digest: () => hash.digest('hex'),
  };
}

function glorot(fanIn: number, fanOut: number): number {
  return Math.sqrt(6 / (fanIn + fanOut));
}
