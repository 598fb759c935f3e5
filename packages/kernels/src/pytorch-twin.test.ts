/** Replays reference/pytorch-twin.json, which reference/pytorch-twin.py made with PyTorch. */
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { arithmetics, startBackends } from '../conformance/backends.ts';
import { Adam } from './adam.ts';
import { batchNormTrain } from './batch-norm-train.ts';
import { convBiasRelu } from './conv-bias-relu.ts';

interface Twin {
  classes: number;
  branches: {
    shape: [number, number, number, number];
    x: number[];
    blocks: { gamma: number[]; beta: number[]; filter: number[]; bias: number[]; stride: 1 | 2 }[];
  }[];
  dense: { weights: number[]; bias: number[] };
  labels: number[];
  losses: number[];
}

const twins: Record<string, Twin> = JSON.parse(
  readFileSync(new URL('../reference/pytorch-twin.json', import.meta.url), 'utf8'),
);

describe.each(Object.entries(twins))('%s', (_name, twin) => {
  test.each(['cpu', ...arithmetics] as const)('20 steps, %s, lose what PyTorch loses', async where => {
    if (where === 'cpu') await tf.setBackend('cpu');
    else await startBackends(where);
    for (const [step, loss] of train(twin).entries()) {
      expect(Math.abs(loss / twin.losses[step]! - 1), `step ${step}`).toBeLessThan(1e-4);
    }
  });
});

/** The loss before each step. */
function train(twin: Twin): number[] {
  const vector = (values: number[]) => tf.variable(tf.tensor1d(values)) as tf.Variable<tf.Rank.R1>;
  const branches = twin.branches.map(({ shape, x, blocks }) => ({
    x: tf.tensor4d(x, shape),
    blocks: blocks.map(({ gamma, beta, filter, bias, stride }) => ({
      gamma: vector(gamma),
      beta: vector(beta),
      filter: tf.variable(tf.tensor4d(filter, [3, 3, gamma.length, bias.length])) as tf.Variable<tf.Rank.R4>,
      bias: vector(bias),
      stride,
    })),
  }));
  const weights = tf.variable(
    tf.tensor(twin.dense.weights, [twin.dense.weights.length / twin.classes, twin.classes]),
  );
  const bias = vector(twin.dense.bias);
  const labels = tf.oneHot(twin.labels, twin.classes);
  const blocks = branches.flatMap(branch => branch.blocks);
  const kernels = [...blocks.map(({ filter }) => filter), weights];
  const variables = [...blocks.flatMap(b => [b.gamma, b.beta, b.filter, b.bias]), weights, bias];

  function loss(): tf.Scalar {
    const features = branches.map(({ x, blocks }) => {
      let y = x;
      for (const { gamma, beta, filter, bias, stride } of blocks) {
        y = convBiasRelu(batchNormTrain(y, gamma, beta, 1e-3).y, filter, bias, stride);
      }
      return tf.mean(y, [1, 2]);
    });
    const logits = tf.add(tf.matMul(tf.concat(features, 1), weights), bias);
    const logP = tf.sum(tf.mul(tf.logSoftmax(logits), labels), 1);
    const focal = tf.mean(tf.mul(tf.sub(tf.exp(logP), 1), logP));
    const squares = tf.addN(kernels.map(kernel => tf.sum(tf.square(kernel))));
    return tf.add(focal, tf.mul(squares, 0.001));
  }

  const adam = new Adam({ learningRate: 1e-3 });
  return twin.losses.map(() => {
    const { value, grads } = tf.variableGrads(loss, variables);
    const gradients = variables.map(({ name }) => grads[name]!);
    adam.apply(variables, gradients);
    const [result] = value.dataSync();
    tf.dispose([value, ...gradients]);
    return result!;
  });
}
