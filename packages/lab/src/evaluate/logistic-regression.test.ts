import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitLogisticRegression, logit } from './logistic-regression.ts';

const rows = [
  [1, 5],
  [2, 3],
  [3, 8],
  [4, 1],
  [5, 9],
  [6, 2],
  [7, 7],
  [8, 4],
];
const positives = [0, 0, 1, 0, 1, 0, 1, 1];

describe('against scipy.optimize.minimize (BFGS, gradient below 1e-9) on the same objective', () => {
  test.each([
    { c: 1, weights: [0.7969107830814779, 1.181699573413969], intercept: 0.011357476953897794 },
    { c: 0.01, weights: [0.0213758146295518, 0.03070584302604238], intercept: 0 },
  ])('C = $c', ({ c, weights, intercept }) => {
    const model = fitLogisticRegression(rows, positives, c);
    expect(model.weights[0]).toBeCloseTo(weights[0]!, 7);
    expect(model.weights[1]).toBeCloseTo(weights[1]!, 7);
    expect(model.intercept).toBeCloseTo(intercept, 6);
  });
});

test('an item of weight 2 counts like two items', () => {
  const weighted = fitLogisticRegression(rows, positives, 1, [1, 1, 1, 2, 1, 1, 1, 1]);
  const gradient = rows.reduce(
    (sum, row, i) => sum + (i === 3 ? 2 : 1) * (positives[i]! - 1 / (1 + Math.exp(-logit(weighted, row)))),
    0,
  );
  expect(gradient).toBeCloseTo(0, 8); // By the intercept, which no penalty holds.
  const plain = fitLogisticRegression(rows, positives);
  expect(logit(weighted, rows[3]!)).toBeLessThan(logit(plain, rows[3]!));
});

test('the score is the log odds: standardised features times weights plus intercept', () => {
  const model = fitLogisticRegression(rows, positives);
  const [w0, w1] = model.weights;
  const z0 = (2 - 4.5) / Math.sqrt(5.25);
  const z1 = (3 - 4.875) / Math.sqrt(249 / 8 - 4.875 ** 2);
  expect(logit(model, [2, 3])).toBeCloseTo(w0! * z0 + w1! * z1 + model.intercept, 10);
});

test('property: at the solution the gradient is nought', () => {
  const item = fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 0, max: 1000 }), fc.boolean());
  fc.assert(
    fc.property(
      fc.array(item, { minLength: 2, maxLength: 40 }),
      fc.constantFrom(0.01, 1, 100),
      (items, c) => {
        const labels = items.map(([, , positive]) => positive);
        fc.pre(labels.includes(true) && labels.includes(false));
        const features = items.map(([a, b]) => [a, b, a * b]);
        const model = fitLogisticRegression(features, labels, c);
        const gradient = [...model.weights, 0];
        for (const [i, row] of features.entries()) {
          const sign = labels[i] ? 1 : -1;
          const pull = (-c * sign) / (1 + Math.exp(sign * logit(model, row)));
          row.forEach((value, j) => {
            gradient[j]! += (pull * (value - model.mean[j]!)) / model.deviation[j]!;
          });
          gradient[3]! += pull;
        }
        for (const component of gradient) expect(Math.abs(component)).toBeLessThan(1e-5 * Math.max(1, c));
      },
    ),
  );
});

test('separable classes and a constant feature give a finite model', () => {
  const model = fitLogisticRegression(
    [
      [0, 0.1],
      [1, 0.1],
      [2, 0.1],
      [3, 0.1],
    ],
    [0, 0, 1, 1],
  );
  expect(model.weights[0]).toBeGreaterThan(0.5);
  expect(model.weights[1]).toBe(0);
  expect(logit(model, [3, 0.1])).toBeGreaterThan(logit(model, [0, 0.1]));
});

test.each([{ labels: [1, 1] }, { labels: [0, 0] }])('one class is refused: $labels', ({ labels }) => {
  expect(() => fitLogisticRegression([[1], [2]], labels)).toThrow(/one class only/);
});
