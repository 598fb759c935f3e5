/** How often a detector is right where it calls a cycle crackle: counts of cases, never a bare probability. */
import type { Finding } from '@crepitus/recordings';
import type { ScoreCases } from './bundle/manifest.ts';
import { noCases } from './explain-score.ts';
import type { CalledCases } from './screening-result.ts';

export type CallExplanation =
  | { readonly cases: readonly CalledCases[]; readonly missing: null }
  | {
      readonly cases: null;
      /** `no-cases`: the bundle has none. `too-few-cases`: too few, in every data set, that are surely called crackle. */
      readonly missing: Finding;
    };

/**
 * Sums, in each data set, the bins of scores that lie wholly at or above the threshold. What a bin counts on which the
 * threshold falls, and what is in no bin, may lie on either side of it and is left out (`leftOut`). A bin holds enough
 * cases to be told (`explainScore`), and so does a sum of them.
 *
 * The interval is the mean of the bins' intervals, weighed by their cycles: its bounds hold even where all bins err
 * together, as they may since they share subjects; where they err apart it is wider than it need be.
 *
 * @param manifest of a bundle
 * @param threshold from this score on a cycle is called crackle
 */
export function explainCall(
  { scoreCases = [] }: { readonly scoreCases?: readonly ScoreCases[] | undefined },
  threshold: number,
): CallExplanation {
  if (scoreCases.length === 0) return { cases: null, missing: noCases };
  const cases = scoreCases.flatMap(each => calledCases(each, threshold) ?? []);
  if (cases.length > 0) return { cases, missing: null };
  const message = 'Too few cycles of known label were called crackle to say how many of them had crackles.';
  return { cases: null, missing: { code: 'too-few-cases', message } };
}

function calledCases(
  { dataset, unit, scoredBy, cycles: all, bins }: ScoreCases,
  threshold: number,
): CalledCases | null {
  const called = bins.filter(({ from }) => from >= threshold);
  if (called.length === 0) return null;
  const known = [...called, ...bins.filter(({ to }) => to <= threshold && to < 1)];
  const cycles = sum(called.map(bin => bin.cycles));
  const weighed = (bound: 0 | 1) => sum(called.map(bin => bin.cycles * bin.interval[bound])) / cycles;
  return {
    dataset,
    unit,
    scoredBy,
    from: Math.min(...called.map(({ from }) => from)),
    cycles,
    crackles: sum(called.map(({ crackles }) => crackles)),
    interval: [weighed(0), weighed(1)],
    leftOut: all - sum(known.map(bin => bin.cycles)),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
