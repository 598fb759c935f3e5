import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startBackends, uniform } from '../conformance/backends.ts';
import { Adam } from './adam.ts';

const shapes = [[3, 3, 2, 5], [7], [1]];

beforeAll(() => startBackends('plain'));

/** Steps with made-up gradients that depend on step and variable only. */
function train(adam: Adam, variables: tf.Variable[], from: number, to: number, learningRate?: number): void {
  for (let step = from; step < to; step++) {
    const gradients = shapes.map((shape, i) => uniform(shape, 100 + 10 * step + i));
    adam.apply(variables, gradients, learningRate === undefined ? {} : { learningRate });
    tf.dispose(gradients);
  }
}

const start = () => shapes.map((shape, i) => tf.variable(uniform(shape, i + 1)));
const values = (variables: tf.Variable[]) => variables.map(v => v.dataSync());

/** Algorithm 1 of Kingma and Ba in double precision. */
function expected(steps: number, rate: number): number[][] {
  return shapes.map((shape, i) => {
    const w = Array.from(uniform(shape, i + 1).dataSync());
    const m = w.map(() => 0);
    const v = w.map(() => 0);
    for (let step = 1; step <= steps; step++) {
      const g = uniform(shape, 100 + 10 * (step - 1) + i).dataSync();
      for (const j of w.keys()) {
        m[j] = 0.9 * m[j]! + 0.1 * g[j]!;
        v[j] = 0.999 * v[j]! + 0.001 * g[j]! ** 2;
        const mHat = m[j]! / (1 - 0.9 ** step);
        w[j]! -= (rate * mHat) / (Math.sqrt(v[j]! / (1 - 0.999 ** step)) + 1e-7);
      }
    }
    return w;
  });
}

describe.each(['cpu', 'wasm'] as const)('Adam on %s', backend => {
  beforeEach(async () => {
    await tf.setBackend(backend);
  });

  test('follows the published algorithm', () => {
    const variables = start();
    train(new Adam({ learningRate: 0.01 }), variables, 0, 10);
    for (const [i, w] of expected(10, 0.01).entries()) {
      for (const [j, value] of variables[i]!.dataSync().entries()) expect(value).toBeCloseTo(w[j]!, 5);
    }
  });

  test('a state written and restored goes on with the same bytes', () => {
    const straight = start();
    train(new Adam({ learningRate: 0.01 }), straight, 0, 6);
    const resumed = start();
    const first = new Adam({ learningRate: 0.01 });
    train(first, resumed, 0, 3);
    const state = first.state();
    expect(state.step).toBe(3);
    expect(state.moments.map(({ name }) => name)).toEqual(['m.0', 'v.0', 'm.1', 'v.1', 'm.2', 'v.2']);
    const second = new Adam({ learningRate: 0.01 });
    second.restore(state);
    expect(second.state()).toEqual(state);
    train(second, resumed, 3, 6);
    expect(values(resumed)).toEqual(values(straight));
  });

  test('clones of a variable keep their values', () => {
    const initial = uniform([7], 2);
    const variable = tf.variable(initial);
    const clone = variable.clone();
    const before = clone.dataSync();
    const adam = new Adam({ learningRate: 0.1 });
    adam.apply([variable], [uniform([7], 3)]);
    expect(clone.dataSync()).toEqual(before);
    expect(initial.dataSync()).toEqual(before);
    expect(variable.dataSync()).not.toEqual(before);
  });

  test('ops that keep packed copies of weights see every update', () => {
    const weights = tf.variable(uniform([4, 3], 1));
    const x = uniform([2, 4], 2);
    const adam = new Adam({ learningRate: 0.1 });
    for (let step = 0; step < 3; step++) {
      const product = tf.matMul(x, weights).dataSync();
      const sum = tf.sum(tf.mul(tf.expandDims(x, 2), weights), 1).dataSync();
      for (const [i, value] of sum.entries()) expect(product[i]).toBeCloseTo(value, 5);
      adam.apply([weights], [uniform([4, 3], 3 + step)]);
    }
  });

  test('takes a rate per step', () => {
    const variables = start();
    train(new Adam({ learningRate: 1 }), variables, 0, 2, 0.01);
    const other = start();
    train(new Adam({ learningRate: 0.01 }), other, 0, 2);
    expect(values(variables)).toEqual(values(other));
  });

  test('adds the gradient of L2 where it is asked for', () => {
    const variables = start();
    const composed = start();
    const l2 = [0.5, 0, 0.25];
    const gradients = shapes.map((shape, i) => uniform(shape, 50 + i));
    const [own, other] = [new Adam({ learningRate: 0.01 }), new Adam({ learningRate: 0.01 })];
    for (let step = 0; step < 5; step++) {
      own.apply(variables, gradients, { l2 });
      const whole = composed.map((variable, i) => tf.add(gradients[i]!, tf.mul(variable, l2[i]!)));
      other.apply(composed, whole);
    }
    expect(values(variables)).toEqual(values(composed));
    expect(() => own.apply(variables, gradients, { l2: [0.5] })).toThrow(
      /one factor of L2 per variable, but found 1 for 3/,
    );
  });

  test('dispose frees all that it made', () => {
    const variables = start();
    const gradients = shapes.map((shape, i) => uniform(shape, i));
    const tensors = tf.memory().numTensors;
    const adam = new Adam({ learningRate: 0.01 });
    adam.apply(variables, gradients);
    adam.apply(variables, gradients);
    expect(tf.memory().numTensors).toBe(tensors + 6);
    adam.dispose();
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test('refuses lists that do not match', () => {
    const variables = start();
    const adam = new Adam({ learningRate: 0.01 });
    expect(() => adam.apply(variables, [])).toThrow(/one gradient per variable, but found 0 for 3/);
    train(adam, variables, 0, 1);
    const [a, b] = variables as [tf.Variable, tf.Variable];
    expect(() => adam.apply([a], [a])).toThrow(/moments of 3 variables, but found 1/);
    expect(() => adam.apply([b, a, a], [b, a, a])).toThrow(/same variables in the same order/);
    const other = new Adam({ learningRate: 0.01 });
    other.restore(adam.state());
    expect(() => other.apply([a], [a])).toThrow(/restored state of Adam has 3 variables/);
  });
});

test('both backends agree', async () => {
  const results = [];
  for (const backend of ['cpu', 'wasm']) {
    await tf.setBackend(backend);
    const variables = start();
    train(new Adam({ learningRate: 0.01 }), variables, 0, 10);
    results.push(values(variables).flatMap(data => Array.from(data)));
  }
  const [cpu, wasm] = results as [number[], number[]];
  for (const [i, value] of cpu.entries()) expect(wasm[i]).toBeCloseTo(value, 6);
});
