import '@tensorflow/tfjs-layers'; // registers the gradients, which tfjs-core alone lacks in Node
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from './backend.ts';
import { createNetwork, type NamedArray, Network } from './network.ts';
import { type BatchNormReading, type TuningStart, trainableWeights, transferWeights } from './transfer.ts';

beforeAll(() => startBackend());

const everyBatchNorm = 'bn1 bn2 bn3 bn4 bn5 bn6 bn7';

/** [start, reading, trainable layers, batch norms whose moving statistics are updated] of each branch; dense always. */
const cases: [TuningStart, BatchNormReading, string, string][] = [
  ['bn2', 'all', 'bn1 bn2 conv2 bn3 conv3 bn4 conv4 bn5 conv5 bn6 conv6 bn7 conv7', everyBatchNorm],
  ['conv2', 'all', 'bn1 bn2 conv2 bn3 conv3 bn4 conv4 bn5 conv5 bn6 conv6 bn7 conv7', everyBatchNorm],
  ['bn3', 'all', 'bn1 bn2 bn3 conv3 bn4 conv4 bn5 conv5 bn6 conv6 bn7 conv7', everyBatchNorm],
  ['conv3', 'all', 'bn1 bn2 bn3 conv3 bn4 conv4 bn5 conv5 bn6 conv6 bn7 conv7', everyBatchNorm],
  ['bn4', 'all', 'bn1 bn2 bn3 bn4 conv4 bn5 conv5 bn6 conv6 bn7 conv7', everyBatchNorm],
  ['conv4', 'all', 'bn1 bn2 bn3 bn4 conv4 bn5 conv5 bn6 conv6 bn7 conv7', everyBatchNorm],
  ['bn2', 'tuned', 'bn2 conv2 bn3 conv3 bn4 conv4 bn5 conv5 bn6 conv6 bn7 conv7', 'bn2 bn3 bn4 bn5 bn6 bn7'],
  ['conv2', 'tuned', 'conv2 bn3 conv3 bn4 conv4 bn5 conv5 bn6 conv6 bn7 conv7', 'bn3 bn4 bn5 bn6 bn7'],
  ['bn3', 'tuned', 'bn3 conv3 bn4 conv4 bn5 conv5 bn6 conv6 bn7 conv7', 'bn3 bn4 bn5 bn6 bn7'],
  ['conv3', 'tuned', 'conv3 bn4 conv4 bn5 conv5 bn6 conv6 bn7 conv7', 'bn4 bn5 bn6 bn7'],
  ['bn4', 'tuned', 'bn4 conv4 bn5 conv5 bn6 conv6 bn7 conv7', 'bn4 bn5 bn6 bn7'],
  ['conv4', 'tuned', 'conv4 bn5 conv5 bn6 conv6 bn7 conv7', 'bn5 bn6 bn7'],
];

const branches = ['branch1', 'branch2'];

/** `bn2` of both branches -> `branch1/block2/bn`, `branch2/block2/bn`. */
function layers(list: string): string[] {
  return branches.flatMap(branch =>
    list.split(' ').map(layer => `${branch}/block${layer.at(-1)}/${layer.slice(0, -1)}`),
  );
}

/** `bn` layers have gamma and beta, `conv` layers kernel and bias. */
function tensors(list: string): string[] {
  const weights = (layer: string) => (layer.endsWith('/bn') ? ['gamma', 'beta'] : ['kernel', 'bias']);
  return [
    ...layers(list).flatMap(layer => weights(layer).map(weight => `${layer}/${weight}`)),
    'dense/kernel',
    'dense/bias',
  ];
}

describe('what is trainable in two branches', () => {
  let network: Network;
  beforeAll(() => {
    network = new Network({
      inputShapes: [
        [257, 45],
        [128, 45],
      ],
      classes: 2,
    });
  });
  afterAll(() => network.dispose());

  it.each(cases)('%s, batch norm %s', (start, reading, trainable, moving) => {
    const found = trainableWeights(network, start, reading);
    expect(found.trainable).toEqual(tensors(trainable));
    expect(found.movingStatistics).toEqual(layers(moving));
    const frozen = everyBatchNorm.split(' ').filter(bn => !moving.includes(bn));
    expect(found.frozenBatchNorm).toEqual(frozen.length === 0 ? [] : layers(frozen.join(' ')));
  });

  it('spelled out for one case: conv4, tuned, first branch', () => {
    const { trainable } = trainableWeights(network, 'conv4', 'tuned');
    expect(trainable.filter(name => !name.startsWith('branch2'))).toEqual([
      'branch1/block4/conv/kernel',
      'branch1/block4/conv/bias',
      'branch1/block5/bn/gamma',
      'branch1/block5/bn/beta',
      'branch1/block5/conv/kernel',
      'branch1/block5/conv/bias',
      'branch1/block6/bn/gamma',
      'branch1/block6/bn/beta',
      'branch1/block6/conv/kernel',
      'branch1/block6/conv/bias',
      'branch1/block7/bn/gamma',
      'branch1/block7/bn/beta',
      'branch1/block7/conv/kernel',
      'branch1/block7/conv/bias',
      'dense/kernel',
      'dense/bias',
    ]);
  });

  it.each([2, 3, 4] as const)('with "all", bn%i and conv%i are the same network', k => {
    expect(trainableWeights(network, `bn${k}`, 'all')).toEqual(trainableWeights(network, `conv${k}`, 'all'));
  });

  it('without a start, everything but the moving statistics', () => {
    const { trainable, frozenBatchNorm } = trainableWeights(network, null, 'tuned');
    expect(trainable).toEqual(
      tensors('bn1 conv1 bn2 conv2 bn3 conv3 bn4 conv4 bn5 conv5 bn6 conv6 bn7 conv7'),
    );
    expect(frozenBatchNorm).toEqual([]);
  });
});

describe('a training step', () => {
  const blocks = { filters: [2, 3, 3], strides: [1, 1, 2] } as const;

  /** One step of gradient descent as a training loop does it; gives the names of the weights that changed. */
  function changedByStep(start: TuningStart, reading: BatchNormReading): string[] {
    const network = createNetwork({ inputShapes: [[15, 11]], classes: 2, blocks }, 4);
    const before = network.readWeights();
    const { trainable, movingStatistics, frozenBatchNorm } = trainableWeights(network, start, reading);
    const variables = network.weights
      .filter(({ name }) => trainable.includes(name))
      .map(({ variable }) => variable);
    tf.tidy(() => {
      const pictures = tf.randomNormal<tf.Rank.R4>([4, 15, 11, 1], 0.5, 2, 'float32', 9);
      const statistics = new Map<string, [tf.Tensor1D, tf.Tensor1D]>();
      const { grads } = tf.variableGrads(() => {
        const logits = network.forwardTraining([pictures], {
          frozenBatchNorm: new Set(frozenBatchNorm),
          onBatchStatistics: (name, mean, variance) =>
            statistics.set(name, [tf.keep(tf.clone(mean)), tf.keep(tf.clone(variance))]),
        });
        return tf.mean<tf.Scalar>(tf.square(tf.sub(logits, [3, -3])));
      }, variables);
      tf.train.sgd(0.1).applyGradients(grads);
      expect([...statistics.keys()]).toEqual(movingStatistics);
      for (const [name, [mean, variance]] of statistics) {
        network.updateMovingStatistics(name, mean, variance);
        tf.dispose([mean, variance]);
      }
    });
    const after = network.readWeights();
    network.dispose();
    return before
      .filter(({ data }, i) => data.some((value, j) => value !== after[i]!.data[j]))
      .map(({ name }) => name);
  }

  it('reading "tuned": frozen batch normalisations keep gamma, beta, mean and variance', () => {
    expect(changedByStep('conv3', 'tuned')).toEqual([
      'branch1/block3/conv/kernel',
      'branch1/block3/conv/bias',
      'dense/kernel',
      'dense/bias',
    ]);
  });

  it('reading "all": every batch normalisation moves, also in frozen blocks', () => {
    expect(changedByStep('conv3', 'all')).toEqual([
      'branch1/block1/bn/gamma',
      'branch1/block1/bn/beta',
      'branch1/block1/bn/mean',
      'branch1/block1/bn/variance',
      'branch1/block2/bn/gamma',
      'branch1/block2/bn/beta',
      'branch1/block2/bn/mean',
      'branch1/block2/bn/variance',
      'branch1/block3/bn/gamma',
      'branch1/block3/bn/beta',
      'branch1/block3/bn/mean',
      'branch1/block3/bn/variance',
      'branch1/block3/conv/kernel',
      'branch1/block3/conv/bias',
      'dense/kernel',
      'dense/bias',
    ]);
  });
});

describe('transferWeights', () => {
  const blocks = { filters: [2, 3], strides: [1, 2] } as const;
  const targetSpec = {
    inputShapes: [
      [13, 9],
      [9, 9],
    ],
    classes: 2,
    blocks,
  } as const;

  it('every branch becomes a copy of the source, moving statistics included; the dense layer stays new', () => {
    const source = createNetwork({ inputShapes: [[13, 9]], classes: 4, blocks }, 1);
    tf.tidy(() =>
      source.updateMovingStatistics('branch1/block2/bn', tf.tensor1d([5, 6]), tf.tensor1d([7, 8])),
    );
    const weights = source.readWeights();
    const target = createNetwork(targetSpec, 2);
    const fresh = target.readWeights();
    transferWeights(weights, target);
    const find = (list: NamedArray[], name: string) => list.find(weight => weight.name === name)!.data;
    const found = target.readWeights();
    for (const { name, data } of weights.filter(({ name }) => name.startsWith('branch1'))) {
      for (const branch of branches) expect(find(found, name.replace('branch1', branch))).toEqual(data);
    }
    expect(find(found, 'dense/kernel')).toEqual(find(fresh, 'dense/kernel'));
    source.dispose();
    target.dispose();
  });

  it('refuses a source with several inputs or other blocks', () => {
    const target = createNetwork(targetSpec, 2);
    expect(() => transferWeights(target.readWeights(), target)).toThrow(
      'A network with several inputs cannot be the source',
    );
    const shallow = createNetwork(
      { inputShapes: [[13, 9]], classes: 4, blocks: { filters: [2], strides: [1] } },
      1,
    );
    expect(() => transferWeights(shallow.readWeights(), target)).toThrow('lacks branch1/block2/bn/gamma');
    shallow.dispose();
    target.dispose();
  });
});
