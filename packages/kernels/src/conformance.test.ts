/** Every kernel on the same walk: tfjs-cpu on one side, finite differences on the other, small odd shapes. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, test } from 'vitest';
import {
  arithmetics,
  expectFiniteDifferences,
  expectSameOnBoth,
  startBackends,
  uniform,
} from '../conformance/backends.ts';
import { batchNormConvRelu } from './batch-norm-conv-relu.ts';
import { batchNormTrain } from './batch-norm-train.ts';
import { convBiasRelu } from './conv-bias-relu.ts';

interface Subject {
  name: string;
  f: (...inputs: tf.Tensor[]) => tf.Tensor;
  inputs: (seed: number) => tf.Tensor[];
}

const channelPairs = [
  [1, 8],
  [1, 16],
  [1, 3],
  [3, 8],
  [4, 8],
  [5, 16],
  [8, 4],
  [8, 8],
  [16, 5],
  [16, 32],
  [32, 16],
  [32, 1],
] as const;

const sizes = [
  [3, 3],
  [3, 5],
  [5, 3],
  [7, 4],
  [9, 7],
  [13, 9],
] as const;

const fusedShapes = (() => {
  const small = channelPairs.flatMap(([channels, outChannels], i) =>
    ([1, 2] as const).map(stride => {
      const [height, width] = sizes[(i + 3 * stride) % sizes.length]!;
      return { height, width, channels, outChannels, stride };
    }),
  );
  // Whole tiles and tiles that hang over either edge, several chunks of tiles, rows and columns that no output reads.
  const winograd = [
    { height: 6, width: 6, channels: 16, outChannels: 16, stride: 1 },
    { height: 19, width: 12, channels: 16, outChannels: 24, stride: 1 },
    { height: 12, width: 19, channels: 24, outChannels: 16, stride: 1 },
    { height: 15, width: 15, channels: 32, outChannels: 32, stride: 1 },
    { height: 45, width: 33, channels: 16, outChannels: 16, stride: 1 },
    { height: 19, width: 3, channels: 16, outChannels: 24, stride: 1 },
    { height: 18, width: 3, channels: 24, outChannels: 16, stride: 1 },
    { height: 13, width: 13, channels: 32, outChannels: 16, stride: 2 },
    { height: 14, width: 26, channels: 16, outChannels: 32, stride: 2 },
    { height: 21, width: 31, channels: 24, outChannels: 16, stride: 2 },
    { height: 43, width: 37, channels: 16, outChannels: 16, stride: 2 },
  ] as const;
  return [...small, ...winograd];
})();

function fusedConvolutions(): Subject[] {
  return fusedShapes.map(({ height, width, channels, outChannels, stride }, i) => {
    const batch = 1 + (i % 3);
    return {
      name: `convBiasRelu ${batch}x${height}x${width}x${channels} -> ${outChannels}, stride ${stride}`,
      f: (x, filter, bias) =>
        convBiasRelu(x as tf.Tensor4D, filter as tf.Tensor4D, bias as tf.Tensor1D, stride),
      inputs: seed => [
        uniform([batch, height, width, channels], seed),
        uniform([3, 3, channels, outChannels], seed + 1),
        uniform([outChannels], seed + 2),
      ],
    };
  });
}

function blocks(): Subject[] {
  return fusedShapes.map(({ height, width, channels, outChannels, stride }, i) => {
    const batch = 1 + (i % 3);
    const [epsilon, more] = [1e-3, 0.7];
    return {
      name: `batchNormConvRelu ${batch}x${height}x${width}x${channels} -> ${outChannels}, stride ${stride}`,
      f: (x, gamma, beta, filter, bias) =>
        batchNormConvRelu(
          x as tf.Tensor4D,
          {
            gamma: gamma as tf.Tensor1D,
            beta: beta as tf.Tensor1D,
            filter: filter as tf.Tensor4D,
            bias: bias as tf.Tensor1D,
          },
          { stride, epsilon },
        ).y,
      // With a mean that is as large as what follows a ReLU has.
      inputs: seed => [
        tf.add(uniform([batch, height, width, channels], seed), more),
        uniform([channels], seed + 1),
        uniform([channels], seed + 2),
        uniform([3, 3, channels, outChannels], seed + 3),
        uniform([outChannels], seed + 4),
      ],
    };
  });
}

/** Blocks in a row, of which the second takes the first one's ReLU along, alone and beside another reader of it. */
function blocksInARow(): Subject[] {
  const weights = (seed: number, channels: number, outChannels: number) => [
    uniform([channels], seed),
    uniform([channels], seed + 1),
    uniform([3, 3, channels, outChannels], seed + 2),
    uniform([outChannels], seed + 3),
  ];
  const block = (x: tf.Tensor, all: tf.Tensor[], stride: 1 | 2, inputIsRelu: boolean) => {
    const [gamma, beta, filter, bias] = all as [tf.Tensor1D, tf.Tensor1D, tf.Tensor4D, tf.Tensor1D];
    return batchNormConvRelu(
      x as tf.Tensor4D,
      { gamma, beta, filter, bias },
      { stride, epsilon: 1e-3, inputIsRelu },
    ).y;
  };
  return ([1, 2] as const).flatMap(stride =>
    [false, true].map(isReadTwice => ({
      name: `two blocks, the second of stride ${stride}, ${isReadTwice ? 'the first one read twice' : 'in a row'}`,
      f: (x, ...all) => {
        const first = block(x, all.slice(0, 4), 1, false);
        const second = block(first, all.slice(4), stride, true);
        return isReadTwice ? tf.add(tf.sum(first), tf.sum(second)) : second;
      },
      inputs: seed => [
        uniform([2, 17, 15, 8], seed),
        ...weights(seed + 1, 8, 16),
        ...weights(seed + 5, 16, 16),
      ],
    })),
  );
}

function convolutions(): Subject[] {
  const subjects: Subject[] = [];
  const others = [
    [3, 3, 1, 'valid'],
    [3, 3, 2, 'valid'],
    [3, 3, [1, 2], 'valid'],
    [3, 3, 1, 'same'],
    [3, 3, 2, 'same'],
    [3, 3, 3, 1],
    [1, 1, 1, 'valid'],
    [2, 5, 2, 'same'],
  ] as const;
  for (const [i, [filterHeight, filterWidth, stride, pad]] of others.entries()) {
    for (const [channels, outChannels] of [channelPairs[i]!, [8, 8], [4, 16]] as const) {
      subjects.push({
        name: `conv2d 9x7x${channels}, filter ${filterHeight}x${filterWidth} -> ${outChannels}, stride ${stride}, ${pad}`,
        f: (x, filter) =>
          tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride as number | [number, number], pad),
        inputs: seed => [
          uniform([2, 9, 7, channels], seed),
          uniform([filterHeight, filterWidth, channels, outChannels], seed + 1),
        ],
      });
    }
  }
  return subjects;
}

function batchNorms(): Subject[] {
  return [1, 2, 3, 4, 5, 6, 8, 16, 32].map((channels, i) => {
    const [height, width] = sizes[i % sizes.length]!;
    const batch = 1 + (i % 3);
    return {
      name: `batchNormTrain ${batch}x${height}x${width}x${channels}`,
      f: (x, gamma, beta) =>
        batchNormTrain(x as tf.Tensor4D, gamma as tf.Tensor1D, beta as tf.Tensor1D, 1e-3).y,
      inputs: seed => [
        uniform([batch, height, width, channels], seed),
        uniform([channels], seed + 1),
        uniform([channels], seed + 2),
      ],
    };
  });
}

function maxPools(): Subject[] {
  const forms = [
    [2, 2, 'valid'],
    [3, 1, 'same'],
    [3, 2, 'same'],
    [[2, 3], [1, 2], 'valid'],
  ] as const;
  return forms.map(([filter, stride, pad]) => ({
    name: `maxPool, window ${filter}, stride ${stride}, ${pad}`,
    f: x =>
      tf.maxPool(
        x as tf.Tensor4D,
        filter as number | [number, number],
        stride as number | [number, number],
        pad,
      ),
    inputs: seed => [uniform([2, 7, 6, 3], seed)],
  }));
}

describe.each(arithmetics)('%s arithmetic', arithmetic => {
  beforeAll(() => startBackends(arithmetic));

  describe.each([
    ...fusedConvolutions(),
    ...convolutions(),
    ...batchNorms(),
    ...blocks(),
    ...blocksInARow(),
    ...maxPools(),
  ])('$name', ({ f, inputs }) => {
    test('equals tfjs-cpu, forward and backward', async () => {
      const seed = 17;
      await expectSameOnBoth(() => {
        const at = inputs(seed);
        const y = f(...at);
        return [y, ...tf.grads(f)(at, uniform(y.shape, seed + 9))];
      }, 1e-5);
    });

    test('has the gradients that finite differences show', async () => {
      await expectFiniteDifferences(f, () => inputs(23), 31);
    });
  });
});
