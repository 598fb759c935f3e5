import { startBackend } from '@crepitus/model';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { focalLoss, focalLossOf, l2Penalty } from './focal-loss.ts';

beforeAll(() => startBackend());

const logits = [
  [0.3, -1.2, 2.5],
  [-0.7, 0.1, 0.4],
];
const classes = [1, 2];
const oneHot = classes.map(c => [0, 1, 2].map(k => (k === c ? 1 : 0)));

/** The definition, in double precision: `mean(-(1 - p_t) log p_t)` over the softmax. */
function reference(z: readonly (readonly number[])[]): number {
  const probabilities = z.map(row => {
    const exps = row.map(Math.exp);
    const sum = exps.reduce((a, b) => a + b, 0);
    return exps.map(e => e / sum);
  });
  return focalLossOf(probabilities, classes);
}

test('the loss is mean(-(1 - p_t) log p_t)', () => {
  const p = 0.25;
  expect(focalLossOf([[p, 1 - p]], [0])).toBeCloseTo(-(1 - p) * Math.log(p), 12);
  const loss = tf.tidy(() => focalLoss(tf.tensor2d(logits), tf.tensor2d(oneHot)).dataSync()[0]!);
  expect(loss).toBeCloseTo(reference(logits), 6);
});

test('its gradient agrees with finite differences of the definition', () => {
  const gradient = tf.tidy(() =>
    tf
      .grad(z => focalLoss(z as tf.Tensor2D, tf.tensor2d(oneHot)))(tf.tensor2d(logits))
      .arraySync(),
  ) as number[][];
  const h = 1e-5;
  logits.forEach((row, i) => {
    row.forEach((_, j) => {
      const moved = (by: number) => logits.map((r, a) => r.map((z, b) => (a === i && b === j ? z + by : z)));
      const slope = (reference(moved(h)) - reference(moved(-h))) / (2 * h);
      expect(gradient[i]![j]!).toBeCloseTo(slope, 6);
    });
  });
});

test('a certain prediction has a finite loss and gradient, right or wrong', () => {
  for (const z of [
    [-200, 200],
    [200, -200],
  ]) {
    const [loss, gradient] = tf.tidy(() => {
      const f = (x: tf.Tensor) => focalLoss(x as tf.Tensor2D, tf.tensor2d([[1, 0]]));
      const { value, grad } = tf.valueAndGrad(f)(tf.tensor2d([z]));
      return [value.dataSync()[0]!, [...grad.dataSync()]];
    }) as [number, number[]];
    expect(loss).toBeCloseTo(z[0]! > 0 ? 0 : 400, 3);
    expect(gradient.every(Number.isFinite)).toBe(true);
  }
});

test('the L2 term is 0.001 of the sum of squares', () => {
  const value = tf.tidy(() => l2Penalty([tf.tensor([1, 2]), tf.tensor([[3]])]).dataSync()[0]!);
  expect(value).toBeCloseTo(0.014, 8);
});
