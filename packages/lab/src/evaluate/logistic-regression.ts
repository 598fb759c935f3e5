/**
 * L2-regularised logistic regression, for the baselines: features standardised on the training items, then
 *
 *     minimise  |w|^2 / 2 + C * sum_i v_i log(1 + exp(-s_i * (w . x_i + b))),   s_i = +1 or -1
 *
 * (v_i: the weight of an item, 1 where none are given),
 * which is scikit-learn's meaning of C (the intercept b is not penalised). Solved by Newton's method with halved steps
 * until the gradient is nought to rounding: strictly convex, so that the result depends on no seed and no order.
 */
import { CrepitusError } from '@crepitus/dsp';
import type { Flags } from './auc.ts';

export interface LogisticModel {
  /** Of the standardised features. */
  readonly weights: Float64Array;
  readonly intercept: number;
  /** Mean and deviation of each feature over the training items; a constant feature has deviation 1. */
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

/**
 * @param features one row of equal length per item, finite
 * @param c inverse strength of the penalty, 1 where left out
 * @param itemWeights one per item, not negative; all 1 where left out
 * @throws CrepitusError `one-class` where the items do not hold both classes
 */
export function fitLogisticRegression(
  features: readonly ArrayLike<number>[],
  positives: Flags,
  c = 1,
  itemWeights?: ArrayLike<number>,
): LogisticModel {
  const positiveCount = Array.from(positives).filter(Boolean).length;
  if (positiveCount === 0 || positiveCount === features.length) {
    throw new CrepitusError(
      'one-class',
      `The ${features.length} items to learn from hold one class only; give some of both.`,
    );
  }
  const { mean, deviation } = columnMoments(features);
  const width = mean.length + 1;
  // One row per item; the last column is the intercept's 1.
  const rows = features.map(row => {
    const standardised = new Float64Array(width).fill(1);
    for (let j = 0; j < mean.length; j++) standardised[j] = (row[j]! - mean[j]!) / deviation[j]!;
    return standardised;
  });
  const signs = Float64Array.from(rows, (_, i) => (positives[i] ? 1 : -1));
  const strengths = Float64Array.from(rows, (_, i) => c * (itemWeights?.[i] ?? 1));
  const solution = minimise(rows, signs, strengths);
  return {
    weights: solution.subarray(0, mean.length),
    intercept: solution[mean.length]!,
    mean,
    deviation,
  };
}

/** Log odds of a positive. */
export function logit(model: LogisticModel, features: ArrayLike<number>): number {
  let sum = model.intercept;
  for (let j = 0; j < model.weights.length; j++) {
    sum += (model.weights[j]! * (features[j]! - model.mean[j]!)) / model.deviation[j]!;
  }
  return sum;
}

function columnMoments(rows: readonly ArrayLike<number>[]): { mean: Float64Array; deviation: Float64Array } {
  const width = rows[0]!.length;
  const mean = new Float64Array(width);
  const deviation = new Float64Array(width);
  for (const row of rows) for (let j = 0; j < width; j++) mean[j]! += row[j]! / rows.length;
  for (const row of rows) {
    for (let j = 0; j < width; j++) deviation[j]! += (row[j]! - mean[j]!) ** 2 / rows.length;
  }
  // Rounding may leave a constant column a deviation of 1e-17 of its mean.
  const floor = (j: number) => 1e-12 * Math.abs(mean[j]!);
  return { mean, deviation: deviation.map((v, j) => (Math.sqrt(v) > floor(j) ? Math.sqrt(v) : 1)) };
}

/** @param strengths C times the weight of each item */
function minimise(rows: readonly Float64Array[], signs: Float64Array, strengths: Float64Array): Float64Array {
  const width = rows[0]!.length;
  let solution = new Float64Array(width);
  let objective = objectiveOf(rows, signs, strengths, solution);
  for (let iteration = 0; iteration < 100; iteration++) {
    const step = newtonStep(rows, signs, strengths, solution);
    let scale = 1;
    let next = solution;
    let nextObjective = objective;
    // Newton's full step can overshoot far from the minimum; a step too small to matter ends the search.
    for (; scale > 1e-9; scale /= 2) {
      next = solution.map((value, j) => value + scale * step[j]!);
      nextObjective = objectiveOf(rows, signs, strengths, next);
      if (nextObjective < objective) break;
    }
    if (!(nextObjective < objective)) break;
    solution = next;
    objective = nextObjective;
  }
  return solution;
}

function objectiveOf(
  rows: readonly Float64Array[],
  signs: Float64Array,
  strengths: Float64Array,
  w: Float64Array,
): number {
  let penalty = 0;
  for (let j = 0; j < w.length - 1; j++) penalty += w[j]! ** 2 / 2;
  let loss = 0;
  for (const [i, row] of rows.entries()) {
    const margin = signs[i]! * dot(row, w);
    // log(1 + exp(-m)) without overflow
    loss +=
      strengths[i]! * (margin > 0 ? Math.log1p(Math.exp(-margin)) : Math.log1p(Math.exp(margin)) - margin);
  }
  return penalty + loss;
}

/** Minus the inverse Hessian times the gradient. */
function newtonStep(
  rows: readonly Float64Array[],
  signs: Float64Array,
  strengths: Float64Array,
  w: Float64Array,
): Float64Array {
  const width = w.length;
  const hessian = Array.from({ length: width }, () => new Float64Array(width));
  const descent = new Float64Array(width);
  for (let j = 0; j < width - 1; j++) {
    hessian[j]![j] = 1;
    descent[j] = -w[j]!;
  }
  for (const [i, row] of rows.entries()) {
    const wrong = 1 / (1 + Math.exp(signs[i]! * dot(row, w)));
    const curvature = strengths[i]! * wrong * (1 - wrong);
    for (let j = 0; j < width; j++) {
      descent[j]! += strengths[i]! * wrong * signs[i]! * row[j]!;
      const hessianRow = hessian[j]!;
      const scaled = curvature * row[j]!;
      for (let k = 0; k <= j; k++) hessianRow[k]! += scaled * row[k]!;
    }
  }
  return solvePositiveDefinite(hessian, descent);
}

/** Solves A x = b by Cholesky's decomposition; only the lower triangle of A is read, and overwritten. */
function solvePositiveDefinite(a: Float64Array[], b: Float64Array): Float64Array {
  const n = b.length;
  const x = b.slice();
  for (let j = 0; j < n; j++) {
    const row = a[j]!;
    for (let k = 0; k <= j; k++) {
      let sum = row[k]!;
      for (let m = 0; m < k; m++) sum -= row[m]! * a[k]![m]!;
      // Where the intercept's curvature vanishes in rounding, its tiny pivot must stay positive.
      row[k] = k === j ? Math.sqrt(Math.max(sum, 1e-300)) : sum / a[k]![k]!;
    }
    let sum = x[j]!;
    for (let k = 0; k < j; k++) sum -= row[k]! * x[k]!;
    x[j] = sum / row[j]!;
  }
  for (let j = n - 1; j >= 0; j--) {
    let sum = x[j]!;
    for (let k = j + 1; k < n; k++) sum -= a[k]![j]! * x[k]!;
    x[j] = sum / a[j]![j]!;
  }
  return x;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[j]!;
  return sum;
}
