/**
 * Figures of scores that need no threshold: the area under the ROC curve and average precision.
 *
 * Definitions: AUC as the Mann-Whitney statistic U / (P * N), a tie counting half (Hanley and McNeil, Radiology 143,
 * 1982); average precision as the sum over distinct thresholds of (R_n - R_(n-1)) * P_n, without interpolation.
 * Both take a weight per item, so that a bootstrap resample is a set of counts and the scores are sorted once.
 */
import { CrepitusError } from '@crepitus/dsp';

/** One entry per item, in the same order everywhere; a flag is true (or 1) for a positive, a crackle. */
export type Flags = ArrayLike<boolean | number>;

/** Positive-negative pairs, and how many of them are in the right order (ties half). */
export interface PairCount {
  readonly concordant: number;
  readonly pairs: number;
}

/** Items sorted by score once, to be counted under many weightings. */
export class Ranking {
  /** Items in the order of rising scores. */
  readonly #order: Int32Array;
  /** `#tied[k]` is 1 where item k of the order has the score of the one before it. */
  readonly #tied: Uint8Array;
  readonly #positive: Uint8Array;

  /**
   * @param scores one per item; higher means more likely positive. NaN throws `score-not-a-number`.
   * @param items which items to rank; all of them where left out
   */
  constructor(scores: ArrayLike<number>, positives: Flags, items?: ArrayLike<number>) {
    if (scores.length !== positives.length) {
      throw new CrepitusError(
        'scores-mismatch',
        `There are ${scores.length} scores and ${positives.length} labels; give one label per score.`,
        { kind: 'usage' },
      );
    }
    const order = items ? Int32Array.from(items) : Int32Array.from({ length: scores.length }, (_, i) => i);
    const nan = order.find(i => Number.isNaN(scores[i]!));
    if (nan !== undefined) {
      throw new CrepitusError(
        'score-not-a-number',
        `Score ${nan} is not a number; leave out items without a score.`,
      );
    }
    // Infinite scores are legal and equal to themselves, so that a difference (NaN) would not do. By index on ties.
    order.sort((a, b) => (scores[a]! < scores[b]! ? -1 : scores[a]! > scores[b]! ? 1 : a - b));
    this.#order = order;
    this.#tied = Uint8Array.from(order, (item, k) =>
      k > 0 && scores[item] === scores[order[k - 1]!] ? 1 : 0,
    );
    this.#positive = Uint8Array.from(positives, flag => (flag ? 1 : 0));
  }

  /** Pairs of a positive and a negative item. @param weights one per item (of the whole set), 1 where left out */
  pairCount(weights?: ArrayLike<number>): PairCount {
    let concordant = 0;
    let positives = 0;
    let negatives = 0;
    let tiedPositives = 0;
    let tiedNegatives = 0;
    const order = this.#order;
    for (let k = 0; k <= order.length; k++) {
      if (k === order.length || this.#tied[k] === 0) {
        concordant += tiedPositives * (negatives + tiedNegatives / 2);
        positives += tiedPositives;
        negatives += tiedNegatives;
        tiedPositives = 0;
        tiedNegatives = 0;
        if (k === order.length) break;
      }
      const item = order[k]!;
      const weight = weights ? weights[item]! : 1;
      if (this.#positive[item]) tiedPositives += weight;
      else tiedNegatives += weight;
    }
    return { concordant, pairs: positives * negatives };
  }

  /** Average precision, or null without positives. @param weights as for `pairCount` */
  averagePrecision(weights?: ArrayLike<number>): number | null {
    let truePositives = 0;
    let called = 0;
    let tiedPositives = 0;
    let sum = 0;
    for (let k = this.#order.length - 1; k >= 0; k--) {
      const item = this.#order[k]!;
      const weight = weights ? weights[item]! : 1;
      called += weight;
      if (this.#positive[item]) tiedPositives += weight;
      // The last item of a tie closes the threshold: all of its positives are called at one precision.
      if (this.#tied[k] === 0) {
        truePositives += tiedPositives;
        if (tiedPositives > 0) sum += tiedPositives * (truePositives / called);
        tiedPositives = 0;
      }
    }
    return truePositives > 0 ? sum / truePositives : null;
  }
}

/** Area under the ROC curve, 0 to 1, or null where one class is missing. */
export function areaUnderRoc(scores: ArrayLike<number>, positives: Flags): number | null {
  return shareConcordant([new Ranking(scores, positives)]);
}

/** Step-wise average precision, 0 to 1, or null without positives. */
export function averagePrecision(scores: ArrayLike<number>, positives: Flags): number | null {
  return new Ranking(scores, positives).averagePrecision();
}

/**
 * AUC over the pairs whose two items are of one group only, for instance of one device and sample rate: what is left
 * of an AUC when the group itself can give nothing away. Null where no group holds both classes.
 */
export function aucWithin(
  scores: ArrayLike<number>,
  positives: Flags,
  groups: readonly string[],
): number | null {
  return shareConcordant(rankGroups(scores, positives, groups));
}

/**
 * `aucWithin` device and sample rate, fold by fold and then averaged over the folds that have such pairs. Scores of
 * different folds come from different networks and are not comparable: pooled, device alone can read 0.38.
 */
export function aucWithinDevice(
  scores: ArrayLike<number>,
  positives: Flags,
  devices: readonly string[],
  folds: readonly string[],
): number | null {
  return meanOfKnown(
    [...itemsByKey(folds).values()].map(items =>
      shareConcordant(rankGroups(scores, positives, devices, items)),
    ),
  );
}

/** One ranking per group of the items. */
export function rankGroups(
  scores: ArrayLike<number>,
  positives: Flags,
  groups: readonly string[],
  items?: readonly number[],
): Ranking[] {
  return [...itemsByKey(groups, items).values()].map(members => new Ranking(scores, positives, members));
}

/** Right pairs over all pairs, summed over rankings; null without pairs. */
export function shareConcordant(rankings: readonly Ranking[], weights?: ArrayLike<number>): number | null {
  let concordant = 0;
  let pairs = 0;
  for (const ranking of rankings) {
    const count = ranking.pairCount(weights);
    concordant += count.concordant;
    pairs += count.pairs;
  }
  return pairs > 0 ? concordant / pairs : null;
}

/** Indices of items by their key, keys in the order of first appearance. */
export function itemsByKey(keys: readonly string[], items?: readonly number[]): Map<string, number[]> {
  const byKey = new Map<string, number[]>();
  for (const item of items ?? keys.keys()) {
    const members = byKey.get(keys[item]!);
    if (members) members.push(item);
    else byKey.set(keys[item]!, [item]);
  }
  return byKey;
}

/** Mean of the values that are not null; null where none is. */
export function meanOfKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter(value => value !== null);
  return known.length > 0 ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
}
