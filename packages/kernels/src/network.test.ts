/** The paper's seven blocks, whole, on both backends. */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { arithmetics, expectSameOnBoth, startBackends, uniform } from '../conformance/backends.ts';
import { batchNormConvRelu } from './batch-norm-conv-relu.ts';
import { batchNormTrain } from './batch-norm-train.ts';
import { convBiasRelu } from './conv-bias-relu.ts';

const FILTERS = [16, 32, 32, 64, 64, 128, 128];
const STRIDES = [1, 2, 1, 2, 1, 2, 1] as const;

/** gamma, beta, filter and bias per block, then the output layer. Filters keep the size of the signal. */
function parameters(): tf.Tensor[] {
  let channels = 1;
  const blocks = FILTERS.flatMap((filters, i) => {
    const size = Math.sqrt(6 / (9 * channels));
    const block = [
      tf.add(1, tf.mul(0.3, uniform([channels], 4 * i))),
      tf.mul(0.3, uniform([channels], 4 * i + 1)),
      tf.mul(size, uniform([3, 3, channels, filters], 4 * i + 2)),
      tf.mul(0.1, uniform([filters], 4 * i + 3)),
    ];
    channels = filters;
    return block;
  });
  return [...blocks, tf.mul(0.2, uniform([channels, 4], 50))];
}

type BlockWeights = [gamma: tf.Tensor1D, beta: tf.Tensor1D, filter: tf.Tensor4D, bias: tf.Tensor1D];

/** A block in one operation, or of two. */
const ways = {
  'in one': (
    x: tf.Tensor4D,
    [gamma, beta, filter, bias]: BlockWeights,
    stride: 1 | 2,
    inputIsRelu: boolean,
  ) => batchNormConvRelu(x, { gamma, beta, filter, bias }, { stride, epsilon: 1e-3, inputIsRelu }).y,
  'of two': (x: tf.Tensor4D, [gamma, beta, filter, bias]: BlockWeights, stride: 1 | 2) =>
    convBiasRelu(batchNormTrain(x, gamma, beta, 1e-3).y, filter, bias, stride),
};

type Way = keyof typeof ways;

function loss(x: tf.Tensor4D, parameters: tf.Tensor[], way: Way): tf.Scalar {
  let y = x;
  for (const [i, stride] of STRIDES.entries()) {
    y = ways[way](y, parameters.slice(4 * i, 4 * i + 4) as tf.Tensor[] as BlockWeights, stride, i > 0);
  }
  const p = tf.softmax(tf.matMul(tf.mean(y, [1, 2]), parameters.at(-1)!));
  return tf.neg(tf.mean(tf.log(tf.slice(p, [0, 0], [-1, 1]))));
}

const cases = arithmetics.flatMap(arithmetic =>
  (Object.keys(ways) as Way[]).map(way => ({ arithmetic, way })),
);

describe.each(cases)('$arithmetic arithmetic, blocks $way', ({ arithmetic, way }) => {
  beforeAll(() => startBackends(arithmetic));

  test('loss and all gradients equal those of tfjs-cpu', async () => {
    await expectSameOnBoth(() => {
      const x = uniform([2, 45, 45, 1], 77) as tf.Tensor4D;
      const at = parameters();
      const { value, grads } = tf.valueAndGrads((...weights) => loss(x, weights, way))(at);
      return [value, ...grads];
    }, 1e-4);
  });

  test('the same step gives the same bytes, whatever ran in between', async () => {
    await tf.setBackend('wasm');
    const step = () =>
      tf.tidy(() => {
        const at = parameters();
        const x = uniform([2, 45, 45, 1], 77) as tf.Tensor4D;
        const { value, grads } = tf.valueAndGrads((...weights) => loss(x, weights, way))(at);
        return [value, ...grads].map(t => t.dataSync());
      });
    const first = step();
    // Leaves other numbers, NaN among them, in all scratch memory.
    tf.tidy(() => {
      const nothing = tf.fill([1, 45, 45, 64], Number.NaN) as tf.Tensor4D;
      const filter = uniform([3, 3, 64, 64], 1) as tf.Tensor4D;
      const f = (x: tf.Tensor) => convBiasRelu(x as tf.Tensor4D, filter, tf.zeros([64]), 1);
      tf.grad(f)(nothing);
      expect(f(nothing).dataSync().every(Number.isNaN), 'ReLU keeps NaN').toBe(true);
    });
    expect(step()).toEqual(first);
  });

  test('gradients of a part of the variables are the same as of all, and what is before them is not visited', async () => {
    await tf.setBackend('wasm');
    tf.tidy(() => {
      const x = uniform([2, 47, 45, 1], 5) as tf.Tensor4D;
      const at = parameters();
      const all = tf.grads((...weights) => loss(x, weights, way))(at);
      const tuned = at.slice(22);
      const profile: string[] = [];
      const kernel = tf.getKernel(
        way === 'in one' ? 'CrepitusBatchNormConvReluGradientParameters' : 'Conv2DBackpropFilter',
        'wasm',
      );
      const some = withKernel(
        {
          ...kernel,
          kernelFunc: call => {
            profile.push(`${call.inputs.filter?.shape ?? call.attrs!.filterShape}`);
            return kernel.kernelFunc(call);
          },
        },
        () => tf.grads((...weights) => loss(x, [...at.slice(0, 22), ...weights], way))(tuned),
      );
      expect(profile).toEqual(['3,3,128,128', '3,3,64,128']);
      for (const [i, gradient] of some.entries())
        expect(gradient.dataSync()).toEqual(all[22 + i]!.dataSync());
    });
  });
});

function withKernel<T>(kernel: tf.KernelConfig, run: () => T): T {
  const original = tf.getKernel(kernel.kernelName, kernel.backendName);
  tf.unregisterKernel(kernel.kernelName, kernel.backendName);
  tf.registerKernel(kernel);
  try {
    return run();
  } finally {
    tf.unregisterKernel(kernel.kernelName, kernel.backendName);
    tf.registerKernel(original);
  }
}
