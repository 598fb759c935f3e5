/**
 * Curves over thresholds and over epochs, averaged over folds and runs. Scores of different folds come from different
 * networks and are not comparable, so each fold of each run has its own curve, and the curves are averaged at each place
 * of the horizontal axis (vertical averaging: Fawcett, Pattern Recognition Letters 27, 2006).
 */
import { itemsByKey, meanOfKnown } from './auc.ts';
import { quantile } from './bootstrap.ts';
import type { ScoredCycles } from './figures.ts';

/** A place on the horizontal axis with the mean of all curves there and the band that holds the middle 80 %. */
export interface CurvePoint {
  readonly x: number;
  readonly mean: number;
  /** Quantiles 0.1 and 0.9 over the curves. */
  readonly low: number;
  readonly high: number;
  /** How many curves reach this place. */
  readonly curves: number;
}

const grid = Array.from({ length: 101 }, (_, k) => k / 100);

/**
 * Mean ROC curve: sensitivity over 1 - specificity. Equal scores make a slanted piece, so that the area under one fold's
 * curve is its AUC. Folds without crackles or without normal cycles have none.
 */
export function meanRocCurve(runs: readonly ScoredCycles[]): CurvePoint[] {
  return average(
    foldCurves(runs).flatMap(steps => {
      const { positives, negatives } = steps.at(-1)!;
      if (positives === 0 || negatives === 0) return [];
      const points = [{ positives: 0, negatives: 0 }, ...steps];
      let k = 0;
      return [
        grid.map(x => {
          // The last step that does not pass x: at a jump the upper end counts.
          while (k + 1 < points.length && points[k + 1]!.negatives / negatives <= x + 1e-12) k++;
          const from = points[k]!;
          const to = points[k + 1];
          const left = from.negatives / negatives;
          if (!to) return from.positives / positives;
          const share = (x - left) / (to.negatives / negatives - left);
          return (from.positives + share * (to.positives - from.positives)) / positives;
        }),
      ];
    }),
    grid,
  );
}

/**
 * Mean precision-recall curve: precision, at each sensitivity, of the highest threshold that reaches it, without
 * interpolation, so that the area under one fold's curve is its average precision. Folds without crackles have none.
 */
export function meanPrecisionRecallCurve(runs: readonly ScoredCycles[]): CurvePoint[] {
  return average(
    foldCurves(runs).flatMap(steps => {
      const { positives } = steps.at(-1)!;
      if (positives === 0) return [];
      const rising = steps.filter((step, k) => step.positives > (steps[k - 1]?.positives ?? 0));
      let k = 0;
      return [
        grid.map(x => {
          while (k + 1 < rising.length && rising[k]!.positives / positives < x - 1e-12) k++;
          return rising[k]!.positives / (rising[k]!.positives + rising[k]!.negatives);
        }),
      ];
    }),
    grid,
  );
}

/** One figure of one training, epoch by epoch; null where it is not defined. */
export type EpochSeries = readonly { readonly epoch: number; readonly value: number | null }[];

/** Mean and band over trainings (folds and runs) at each epoch, over those that have reached it. */
export function meanLearningCurve(trainings: readonly EpochSeries[]): CurvePoint[] {
  const byEpoch = new Map<number, number[]>();
  for (const { epoch, value } of trainings.flat()) {
    if (value === null) continue;
    const values = byEpoch.get(epoch);
    if (values) values.push(value);
    else byEpoch.set(epoch, [value]);
  }
  return [...byEpoch].sort(([a], [b]) => a - b).map(([epoch, values]) => pointOf(epoch, values));
}

/** Positives and negatives that are called at each distinct score, from the highest down. */
interface Step {
  readonly positives: number;
  readonly negatives: number;
}

/** One list of steps for each fold of each run. */
function foldCurves(runs: readonly ScoredCycles[]): Step[][] {
  return runs.flatMap(run => {
    const folds = itemsByKey(run.folds ?? run.subjects.map(() => ''));
    return [...folds.values()].map(items => stepsOf(run, items));
  });
}

function stepsOf({ scores, positives }: ScoredCycles, items: readonly number[]): Step[] {
  const order = [...items].sort((a, b) => scores[b]! - scores[a]!);
  const steps: Step[] = [];
  let called = { positives: 0, negatives: 0 };
  for (const [k, item] of order.entries()) {
    called = positives[item]
      ? { ...called, positives: called.positives + 1 }
      : { ...called, negatives: called.negatives + 1 };
    if (k + 1 === order.length || scores[order[k + 1]!] !== scores[item]) steps.push(called);
  }
  return steps;
}

function average(curves: readonly (readonly number[])[], places: readonly number[]): CurvePoint[] {
  return curves.length === 0
    ? []
    : places.map((x, k) =>
        pointOf(
          x,
          curves.map(curve => curve[k]!),
        ),
      );
}

function pointOf(x: number, values: number[]): CurvePoint {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    x,
    mean: meanOfKnown(values)!,
    low: quantile(sorted, 0.1),
    high: quantile(sorted, 0.9),
    curves: values.length,
  };
}
