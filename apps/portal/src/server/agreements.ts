/** How far every two reviewers of a recording say the same. */
import { type Agreement, agreementOf, type PairOfWords } from '@crepitus/recordings';
import { type CycleReview, cycleKey, type Reviewer } from './reviews.ts';
import type { ReviewWord } from './schema.ts';

export interface PairAgreement extends Agreement {
  readonly first: AgreeingReviewer;
  readonly second: AgreeingReviewer;
  /** Over the words of blind passes alone, or over those that hold now. */
  readonly basis: 'blind' | 'now';
}

export interface AgreeingReviewer extends Reviewer {
  /** Of blind words: whether some were said after having seen the scores; null: not known, or no question. */
  readonly seenBefore: boolean | null;
}

/**
 * @param words one for a reviewer and cycle
 * @param seenBefore of the blind pass that a word is of; null: not known, or of none
 */
export function agreementsOf(
  words: readonly (CycleReview & { readonly seenBefore: boolean | null })[],
  basis: PairAgreement['basis'],
): PairAgreement[] {
  const byReviewer = new Map<string, { reviewer: AgreeingReviewer; words: Map<string, ReviewWord> }>();
  for (const { reviewer, word, seenBefore, ...cycle } of words) {
    const before = byReviewer.get(reviewer.id);
    const own = {
      reviewer: {
        ...reviewer,
        seenBefore: before === undefined ? seenBefore : leastBlind(before.reviewer.seenBefore, seenBefore),
      },
      words: before?.words ?? new Map<string, ReviewWord>(),
    };
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

function leastBlind(one: boolean | null, other: boolean | null): boolean | null {
  if (one === true || other === true) return true;
  return one === null || other === null ? null : false;
}
