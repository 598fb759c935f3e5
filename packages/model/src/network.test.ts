import '@tensorflow/tfjs-layers'; // registers the gradients, which tfjs-core alone lacks in Node
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from './backend.ts';
import { createNetwork, Network, type NetworkSpec, networkFromWeights } from './network.ts';

const tiny: NetworkSpec = {
  inputShapes: [
    [13, 9],
    [11, 9],
  ],
  classes: 2,
  blocks: { filters: [2, 3], strides: [1, 2] },
};

function pictures(spec: NetworkSpec, n: number): tf.Tensor4D[] {
  return spec.inputShapes.map(([rows, bands], branch) =>
    tf.randomNormal([n, rows, bands, 1], 0, 1, 'float32', branch + 1),
  );
}

beforeAll(() => startBackend());

describe('parameter counts of the paper', () => {
  it.each<[string, number, number, number]>([
    ['one branch, four classes', 1, 4, 292776],
    ['one branch, two classes', 1, 2, 292518],
    ['two branches, two classes', 2, 2, 585034],
    ['three branches, two classes', 3, 2, 877550],
  ])('%s', (_, branches, classes, expected) => {
    const network = new Network({
      inputShapes: Array.from({ length: branches }, () => [257, 45] as const),
      classes,
    });
    expect(network.parameterCount).toBe(expected);
    network.dispose();
  });

  it('every phase of every ratio is large enough for seven blocks', () => {
    for (const rows of [257, 85, 171, 103, 154, 110, 147, 114, 143, 128]) {
      new Network({ inputShapes: [[rows, 45]], classes: 2 }).dispose();
    }
  });
});

describe('initial weights', () => {
  it('are equal for equal seeds and differ between seeds, layers and branches', () => {
    const [a, b, c] = [1, 1, 2].map(seed => createNetwork(tiny, seed));
    const kernel = (network: Network, name: string) =>
      network.readWeights().find(weight => weight.name === `${name}/kernel`)!.data;
    expect(b!.readWeights()).toEqual(a!.readWeights());
    expect(kernel(c!, 'dense')).not.toEqual(kernel(a!, 'dense'));
    expect(kernel(a!, 'branch1/block1/conv')).not.toEqual(kernel(a!, 'branch2/block1/conv'));
    for (const network of [a!, b!, c!]) network.dispose();
  });

  it('are Glorot uniform for kernels, zero for biases, the identity for batch normalisation', () => {
    const network = createNetwork({ inputShapes: [[257, 45]], classes: 4 }, 7);
    for (const { name, data } of network.readWeights()) {
      if (name.endsWith('kernel')) continue;
      const value = name.endsWith('gamma') || name.endsWith('variance') ? 1 : 0;
      expect(
        data.every(x => x === value),
        name,
      ).toBe(true);
    }
    const { data } = network.readWeights().find(({ name }) => name === 'branch1/block7/conv/kernel')!;
    const limit = Math.sqrt(6 / (9 * 128 + 9 * 128));
    const variance = data.reduce((sum, x) => sum + x * x, 0) / data.length;
    expect(data.reduce((a, b) => Math.max(a, b))).toBeLessThanOrEqual(limit);
    expect(data.reduce((a, b) => Math.max(a, b))).toBeGreaterThan(0.99 * limit);
    expect(variance / (limit ** 2 / 3)).toBeCloseTo(1, 1);
    network.dispose();
  });
});

describe('forward', () => {
  it('equals the blocks written out: normalise, convolve, rectify, pool, multiply', () => {
    const network = createNetwork(tiny, 3);
    // Batch normalisations that do something.
    network.writeWeights(
      network.weights
        .filter(({ name }) => name.includes('/bn/'))
        .map(({ name, variable }, i) => ({
          name,
          shape: variable.shape,
          data: Float32Array.from({ length: variable.size }, (_, j) => 0.3 + ((7 * i + 3 * j) % 11) / 10),
        })),
    );
    const weight = (name: string) =>
      network.weights.find(weight => weight.name === name)!.variable as tf.Tensor;
    const input = pictures(tiny, 3);
    const expected = tf.tidy(() => {
      const pooled = input.map((picture, branch) => {
        let x: tf.Tensor4D = picture;
        for (const block of [1, 2]) {
          const at = `branch${branch + 1}/block${block}`;
          const [gamma, beta, mean, variance] = ['gamma', 'beta', 'mean', 'variance'].map(kind =>
            weight(`${at}/bn/${kind}`),
          );
          x = tf.add(tf.mul(tf.div(tf.sub(x, mean!), tf.sqrt(tf.add(variance!, 1e-3))), gamma!), beta!);
          x = tf.conv2d(x, weight(`${at}/conv/kernel`) as tf.Tensor4D, block === 1 ? 1 : 2, 'valid');
          x = tf.relu(tf.add(x, weight(`${at}/conv/bias`)));
        }
        return tf.mean<tf.Tensor2D>(x, [1, 2]);
      });
      return tf.add(
        tf.matMul(tf.concat(pooled, 1), weight('dense/kernel') as tf.Tensor2D),
        weight('dense/bias'),
      );
    });
    const logits = network.forward(input);
    expect(logits.shape).toEqual([3, 2]);
    const [found, wanted] = [logits.dataSync(), expected.dataSync()];
    wanted.forEach((value, i) => {
      expect(found[i]).toBeCloseTo(value, 5);
    });
    tf.dispose([logits, expected, ...input]);
    network.dispose();
  });

  it('in training uses the statistics of the batch and reports each of them', () => {
    const network = createNetwork(tiny, 3);
    const input = pictures(tiny, 4);
    const reported: Record<string, [number, number]> = {};
    const equal = tf.tidy(() => {
      network.forwardTraining(input, {
        frozenBatchNorm: new Set(),
        onBatchStatistics: (name, mean, variance) => {
          reported[name] = [mean.dataSync()[0]!, variance.dataSync()[0]!];
        },
      });
      // With the batch's own statistics as moving ones, inference is the same function (first batch norm only).
      const { mean, variance } = tf.moments(input[0]!);
      return [mean.dataSync()[0]!, variance.dataSync()[0]!];
    });
    expect(Object.keys(reported).sort()).toEqual([
      'branch1/block1/bn',
      'branch1/block2/bn',
      'branch2/block1/bn',
      'branch2/block2/bn',
    ]);
    expect(reported['branch1/block1/bn']![0]).toBeCloseTo(equal[0]!, 5);
    expect(reported['branch1/block1/bn']![1]).toBeCloseTo(equal[1]!, 5);
    tf.dispose(input);
    network.dispose();
  });

  it('in training with everything frozen gives the logits of inference', () => {
    const network = createNetwork(tiny, 5);
    const input = pictures(tiny, 2);
    const names = network.weights
      .filter(({ kind }) => kind === 'mean')
      .map(({ name }) => name.slice(0, -'/mean'.length));
    const [inference, training] = tf.tidy(() => {
      const frozen = network.forwardTraining(input, {
        frozenBatchNorm: new Set(names),
        onBatchStatistics: name => expect.fail(`${name} is frozen`),
      });
      return [network.forward(input).dataSync(), frozen.dataSync()];
    });
    training.forEach((value, i) => {
      expect(value).toBeCloseTo(inference[i]!, 5);
    });
    tf.dispose(input);
    network.dispose();
  });

  it('a step down the gradient of every trainable weight lowers the loss', () => {
    const network = createNetwork(tiny, 11);
    const input = pictures(tiny, 6);
    const labels = tf.oneHot(tf.tensor1d([0, 1, 0, 1, 1, 0], 'int32'), 2);
    const loss = () =>
      tf.tidy(() => {
        const logits = network.forwardTraining(input, {
          frozenBatchNorm: new Set(),
          onBatchStatistics: () => {},
        });
        return tf.neg(tf.mean<tf.Scalar>(tf.mul(labels, tf.logSoftmax(logits))));
      });
    const variables = network.weights
      .filter(({ variable }) => variable.trainable)
      .map(({ variable }) => variable);
    const { value, grads } = tf.variableGrads(loss, variables);
    expect(Object.values(grads)).toHaveLength(variables.length);
    tf.train.sgd(0.05).applyGradients(grads);
    const after = loss();
    expect(after.dataSync()[0]).toBeLessThan(value.dataSync()[0]!);
    tf.dispose([value, after, labels, ...Object.values(grads), ...input]);
    network.dispose();
  });
});

describe('moving statistics', () => {
  it('move a hundredth of the way to the batch', () => {
    const network = createNetwork(tiny, 1);
    tf.tidy(() =>
      network.updateMovingStatistics('branch1/block2/bn', tf.tensor1d([1, 2]), tf.tensor1d([3, 1])),
    );
    const read = (name: string) => network.readWeights().find(weight => weight.name === name)!.data;
    expect([...read('branch1/block2/bn/mean')]).toEqual([Math.fround(0.01), Math.fround(0.02)]);
    expect(read('branch1/block2/bn/variance')[0]).toBeCloseTo(1.02, 6);
    network.dispose();
  });
});

it('a forward sees every weight that was assigned since the last one', () => {
  const network = createNetwork(tiny, 1);
  const input = pictures(tiny, 2);
  tf.dispose(network.forward(input));
  for (const { name, variable } of network.weights) {
    tf.tidy(() => variable.assign(tf.add(variable, 0.25)));
    const anew = networkFromWeights(tiny, network.readWeights());
    const [found, expected] = [network, anew].map(each => tf.tidy(() => each.forward(input).dataSync()));
    expect(found, name).toEqual(expected);
    anew.dispose();
  }
  tf.dispose(input);
  network.dispose();
});

describe('memory', () => {
  it('a forward leaves its logits and the folded weights only, those once, and dispose leaves nothing', () => {
    const before = tf.memory().numTensors;
    const network = createNetwork(tiny, 1);
    const input = pictures(tiny, 2);
    const first = network.forward(input);
    const held = tf.memory().numTensors;
    const second = network.forward(input);
    expect(tf.memory().numTensors).toBe(held + 1);
    network.writeWeights(network.readWeights());
    const third = network.forward(input);
    expect(tf.memory().numTensors).toBe(held + 2);
    expect(third.dataSync()).toEqual(first.dataSync());
    tf.dispose([first, second, third, ...input]);
    network.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('a refused set of weights leaves nothing', () => {
    const before = tf.memory().numTensors;
    expect(() => networkFromWeights(tiny, [])).toThrow('The weights lack branch1/block1/bn/gamma');
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('refusals', () => {
  it.each<[string, NetworkSpec, string]>([
    ['no input', { ...tiny, inputShapes: [] }, 'at least one input'],
    ['one class', { ...tiny, classes: 1 }, 'at least 2 classes, not 1'],
    ['a picture too small', { ...tiny, inputShapes: [[5, 4]] }, 'A picture of 5x4 is too small for 2 blocks'],
    ['a stride missing', { ...tiny, blocks: { filters: [2, 3], strides: [1] } }, '2 filters and 1 strides'],
  ])('%s', (_, spec, sentence) => {
    expect(() => new Network(spec)).toThrow(sentence);
  });

  it('pictures of another shape or number', () => {
    const network = createNetwork(tiny, 1);
    const [a, b] = pictures(tiny, 1);
    expect(() => network.forward([a!])).toThrow(
      'The network expects pictures of 13x9x1, 11x9x1, not 13x9x1.',
    );
    expect(() => network.forward([b!, a!])).toThrow('not 11x9x1, 13x9x1.');
    tf.dispose([a!, b!]);
    network.dispose();
  });

  it('weights of another network', () => {
    const network = createNetwork(tiny, 1);
    const data = new Float32Array(3);
    expect(() => network.writeWeights([{ name: 'dense/bias', shape: [3], data }])).toThrow(
      'has the shape 3, the network expects 2',
    );
    expect(() => network.writeWeights([{ name: 'dense/scale', shape: [3], data }])).toThrow(
      'no weight "dense/scale"',
    );
    network.dispose();
  });
});
