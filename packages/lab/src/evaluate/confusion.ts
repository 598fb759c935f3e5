/**
 * Figures of calls at a threshold. Sensitivity TP / (TP + FN), precision TP / (TP + FP), F their harmonic mean,
 * specificity TN / (TN + FP). Without calls precision is 0; without positives sensitivity and F are null, without
 * negatives specificity is.
 */
import type { Flags } from './auc.ts';

export interface Confusion {
  readonly tp: number;
  readonly fp: number;
  readonly tn: number;
  readonly fn: number;
}

export interface CallFigures {
  readonly sensitivity: number | null;
  readonly precision: number;
  readonly fscore: number | null;
  readonly specificity: number | null;
}

export interface CountOptions {
  /** How often each item counts; once where left out. */
  readonly weights?: ArrayLike<number> | undefined;
  /** Which items to count; all of them where left out. */
  readonly items?: readonly number[];
}

/** Counts of calls; a score at the threshold is a call. */
export function confusionAt(
  threshold: number,
  scores: ArrayLike<number>,
  positives: Flags,
  options: CountOptions = {},
): Confusion {
  return confusionOf(callsAt(threshold, scores), positives, options);
}

/** 1 where a score is at the threshold or above it. */
export function callsAt(threshold: number, scores: ArrayLike<number>): Uint8Array {
  return Uint8Array.from(scores, score => (score >= threshold ? 1 : 0));
}

/** Counts of calls that were made already, for instance by the most likely class. */
export function confusionOf(calls: Flags, positives: Flags, options: CountOptions = {}): Confusion {
  let tp = 0;
  let fp = 0;
  let tn = 0;
  let fn = 0;
  const count = options.items?.length ?? calls.length;
  for (let k = 0; k < count; k++) {
    const item = options.items ? options.items[k]! : k;
    const weight = options.weights ? options.weights[item]! : 1;
    const called = calls[item]!;
    if (positives[item]) {
      if (called) tp += weight;
      else fn += weight;
    } else if (called) fp += weight;
    else tn += weight;
  }
  return { tp, fp, tn, fn };
}

export function callFigures({ tp, fp, tn, fn }: Confusion): CallFigures {
  const sensitivity = tp + fn > 0 ? tp / (tp + fn) : null;
  return {
    sensitivity,
    precision: tp + fp > 0 ? tp / (tp + fp) : 0,
    // 2 TP / (2 TP + FP + FN) is the harmonic mean, and 0 where both are.
    fscore: sensitivity === null ? null : (2 * tp) / (2 * tp + fp + fn),
    specificity: tn + fp > 0 ? tn / (tn + fp) : null,
  };
}

/** Harmonic mean of two shares: 2 a b / (a + b), 0 where both are 0, null where one is not defined. */
export function harmonicMean(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return null;
  return a + b > 0 ? (2 * a * b) / (a + b) : 0;
}

/**
 * F of the detector that always calls a crackle: sensitivity is 1 and precision the share p of crackles, so
 * 2 p / (1 + p) = 2 P / (2 P + N). Null without positives.
 */
export function alwaysCrackleFscore(positives: Flags): number | null {
  const count = Array.from(positives).filter(Boolean).length;
  return callFigures({ tp: count, fp: positives.length - count, tn: 0, fn: 0 }).fscore;
}
