import { itemsByKey } from './auc.ts';

/**
 * Ranks of two sets of scores of the same cycles, added: combines scores that have no common scale. A rank is a place
 * within the whole set, so this is a figure of a test set and no score that a single cycle could be given.
 *
 * @param folds where given, ranks are taken within each fold: scores of different folds are not comparable
 * @returns the mean of both ranks as a share of the set, in (0, 1]; tied scores share their middle rank
 */
export function rankSum(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  folds: readonly string[] = Array<string>(a.length).fill(''),
): Float64Array {
  const sum = new Float64Array(a.length);
  for (const items of itemsByKey(folds).values()) {
    for (const scores of [a, b]) addMiddleRanks(scores, items, sum);
  }
  return sum;
}

function addMiddleRanks(scores: ArrayLike<number>, items: readonly number[], sum: Float64Array): void {
  const order = [...items].sort((i, j) => scores[i]! - scores[j]!);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && scores[order[to]!] === scores[order[from]!]) to++;
    // Ranks from + 1 ... to, in the middle.
    for (let k = from; k < to; k++) sum[order[k]!]! += (from + 1 + to) / 2 / (2 * items.length);
    from = to;
  }
}
