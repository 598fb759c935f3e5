/**
 * McNemar's test of two sets of calls on the same cycles (McNemar, Psychometrika 12, 1947). Of the cycles on which just
 * one of the two is right, n = b + c, each is as likely to be right under the null hypothesis: min(b, c) is binomial
 * with n and 1/2.
 *
 * The cycles of one subject are not independent, so that these p-values are too small; the interval of the paired
 * difference by resampling subjects is the one to rely on.
 */

export interface McNemar {
  /** Cycles that only the first calls rightly, and that only the second does. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** Exact, two-sided: min(1, 2 P(X <= min(b, c))). */
  readonly exact: number;
  /** Mid-p, two-sided: the exact one less P(X = min(b, c)) (Fagerland, Lydersen, Laake, BMC Med Res Methodol 13:91, 2013). */
  readonly midP: number;
}

/** @param first and @param second calls, @param truths whether each cycle has a crackle; one entry per cycle */
export function mcNemar(
  first: ArrayLike<boolean | number>,
  second: ArrayLike<boolean | number>,
  truths: ArrayLike<boolean | number>,
): McNemar {
  let onlyFirst = 0;
  let onlySecond = 0;
  for (let i = 0; i < truths.length; i++) {
    const truth = Boolean(truths[i]);
    const firstRight = Boolean(first[i]) === truth;
    const secondRight = Boolean(second[i]) === truth;
    if (firstRight && !secondRight) onlyFirst++;
    if (secondRight && !firstRight) onlySecond++;
  }
  return mcNemarOfCounts(onlyFirst, onlySecond);
}

export function mcNemarOfCounts(onlyFirst: number, onlySecond: number): McNemar {
  const n = onlyFirst + onlySecond;
  const least = Math.min(onlyFirst, onlySecond);
  // P(X = 0), P(X = 1), ...: as logarithms, because 2^-n is no double from n = 1075 on.
  let logProbability = -n * Math.LN2;
  let atMost = 0;
  for (let k = 0; k <= least; k++) {
    if (k > 0) logProbability += Math.log((n - k + 1) / k);
    atMost += Math.exp(logProbability);
  }
  const exact = Math.min(1, 2 * atMost);
  // With b = c both tails overlap in their middle: 2 P(X <= b) - P(X = b) is 1.
  const midP = Math.min(1, Math.max(0, 2 * atMost - Math.exp(logProbability)));
  return { onlyFirst, onlySecond, exact, midP };
}

/**
 * One p-value of several that depend on each other in any way, such as those of runs on the same cycles: with p_(k) the
 * k-th smallest of K, (K / k) p_(k) is valid for every k chosen beforehand (Rueger 1978). Here k is half of K, rounded
 * up: twice the median, about. Null of none.
 */
export function combinedP(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const k = Math.ceil(sorted.length / 2);
  return Math.min(1, (sorted.length / k) * sorted[k - 1]!);
}

/**
 * p-values adjusted for their number, so that the chance of one false finding among all of them stays below the level
 * (Holm, Scand J Statist 6, 1979): the k-th smallest of m times m - k + 1, at least the one before it, at most 1.
 */
export function holmAdjusted(values: readonly number[]): number[] {
  const order = [...values.keys()].sort((a, b) => values[a]! - values[b]!);
  const adjusted = Array<number>(values.length);
  let largest = 0;
  for (const [k, index] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (values.length - k) * values[index]!));
    adjusted[index] = largest;
  }
  return adjusted;
}
