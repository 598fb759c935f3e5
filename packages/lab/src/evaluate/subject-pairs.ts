/**
 * Pairs of a positive and a negative item, counted once per pair of subjects, so that a resample of subjects costs a
 * product of small matrices and no pass over the items: with c_s how often subject s was drawn, the pairs of a resample
 * are the sum of c_s c_t pairs[s, t], and so are those in the right order (ties half). Counts are whole numbers and
 * halves, so that the result is the same to the last bit as counting items (`Ranking.pairCount`).
 */
import { type Flags, itemsByKey, type PairCount, Ranking } from './auc.ts';

export interface PairCounter {
  /** @param counts how often each subject counts, by its index; once where left out */
  pairCount(counts?: ArrayLike<number>): PairCount;
}

export interface PairedItems {
  readonly scores: ArrayLike<number>;
  readonly positives: Flags;
  /** Index of the subject of each item. */
  readonly subjectOf: ArrayLike<number>;
}

/**
 * @param items which items make pairs
 * @param groups where given, only items of one group make pairs
 */
export function pairCounter(
  of: PairedItems,
  items: readonly number[],
  groups?: readonly string[],
): PairCounter {
  const subjects = [0, 1].map(wanted => [
    ...new Set(items.filter(item => (of.positives[item] ? 1 : 0) === wanted).map(i => of.subjectOf[i]!)),
  ]);
  const parts = groups ? [...itemsByKey(groups, items).values()] : [[...items]];
  // Matrices of many subjects with few items each are larger than the items.
  return subjects[0]!.length * subjects[1]!.length <= 4 * items.length
    ? new SubjectPairs(of, parts, subjects[1]!, subjects[0]!)
    : new ItemPairs(of, parts);
}

class SubjectPairs implements PairCounter {
  readonly #positiveSubjects: readonly number[];
  readonly #negativeSubjects: readonly number[];
  /** [positive subject, negative subject] */
  readonly #concordant: Float64Array;
  readonly #pairs: Float64Array;

  constructor(
    { scores, positives, subjectOf }: PairedItems,
    parts: readonly number[][],
    positiveSubjects: readonly number[],
    negativeSubjects: readonly number[],
  ) {
    this.#positiveSubjects = positiveSubjects;
    this.#negativeSubjects = negativeSubjects;
    const width = negativeSubjects.length;
    const row = new Map(positiveSubjects.map((subject, index) => [subject, index]));
    const column = new Map(negativeSubjects.map((subject, index) => [subject, index]));
    this.#concordant = new Float64Array(positiveSubjects.length * width);
    this.#pairs = new Float64Array(positiveSubjects.length * width);
    for (const part of parts) {
      const order = part.sort((a, b) => (scores[a]! < scores[b]! ? -1 : scores[a]! > scores[b]! ? 1 : a - b));
      const all = new Float64Array(width);
      for (const item of order) if (!positives[item]) all[column.get(subjectOf[item]!)!]! += 1;
      const below = new Float64Array(width);
      const tied = new Float64Array(width);
      for (let from = 0; from < order.length; ) {
        let to = from;
        tied.fill(0);
        while (to < order.length && scores[order[to]!] === scores[order[from]!]) {
          if (!positives[order[to]!]) tied[column.get(subjectOf[order[to]!]!)!]! += 1;
          to++;
        }
        for (let place = from; place < to; place++) {
          const item = order[place]!;
          if (!positives[item]) continue;
          const start = row.get(subjectOf[item]!)! * width;
          for (let k = 0; k < width; k++) {
            this.#concordant[start + k]! += below[k]! + tied[k]! / 2;
            this.#pairs[start + k]! += all[k]!;
          }
        }
        for (let k = 0; k < width; k++) below[k]! += tied[k]!;
        from = to;
      }
    }
  }

  pairCount(counts?: ArrayLike<number>): PairCount {
    let concordant = 0;
    let pairs = 0;
    let index = 0;
    for (const s of this.#positiveSubjects) {
      const times = counts ? counts[s]! : 1;
      for (const t of this.#negativeSubjects) {
        const weight = times * (counts ? counts[t]! : 1);
        concordant += weight * this.#concordant[index]!;
        pairs += weight * this.#pairs[index]!;
        index++;
      }
    }
    return { concordant, pairs };
  }
}

class ItemPairs implements PairCounter {
  readonly #rankings: readonly Ranking[];
  readonly #subjectOf: ArrayLike<number>;

  constructor({ scores, positives, subjectOf }: PairedItems, parts: readonly number[][]) {
    this.#rankings = parts.map(part => new Ranking(scores, positives, part));
    this.#subjectOf = subjectOf;
  }

  pairCount(counts?: ArrayLike<number>): PairCount {
    const weights = counts && Float64Array.from(this.#subjectOf, subject => counts[subject]!);
    let concordant = 0;
    let pairs = 0;
    for (const ranking of this.#rankings) {
      const count = ranking.pairCount(weights);
      concordant += count.concordant;
      pairs += count.pairs;
    }
    return { concordant, pairs };
  }
}
