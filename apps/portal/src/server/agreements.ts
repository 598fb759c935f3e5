/** How far every two reviewers of a recording say the same. */
import { type Agreement, agreementOf, type PairOfWords } from '@crepitus/recordings';
import { type CycleReview, cycleKey, type Reviewer } from './reviews.ts';
import type { ReviewWord } from './schema.ts';

export interface PairAgreement extends Agreement {
  readonly first: Reviewer;
  readonly second: Reviewer;
  /** Over the words of blind passes alone, or over those that hold now. */
  readonly basis: 'blind' | 'now';
}

/** @param words one for a reviewer and cycle */
export function agreementsOf(words: readonly CycleReview[], basis: PairAgreement['basis']): PairAgreement[] {
  const byReviewer = new Map<string, { reviewer: Reviewer; words: Map<string, ReviewWord> }>();
  for (const { reviewer, word, ...cycle } of words) {
    const own = byReviewer.get(reviewer.id) ?? { reviewer, words: new Map() };
    own.words.set(cycleKey(cycle), word);
    byReviewer.set(reviewer.id, own);
  }
  const reviewers = [...byReviewer.values()].sort((a, b) => (a.reviewer.id < b.reviewer.id ? -1 : 1));
  return reviewers.flatMap((first, i) =>
    reviewers.slice(i + 1).flatMap(second => {
      const pairs = [...first.words].flatMap(([cycle, word]): PairOfWords[] => {
        const other = second.words.get(cycle);
        return other === undefined ? [] : [[word, other]];
      });
      if (pairs.length === 0) return [];
      return [{ first: first.reviewer, second: second.reviewer, basis, ...agreementOf(pairs) }];
    }),
  );
}
