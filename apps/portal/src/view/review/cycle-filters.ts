/** Which cycles a table shows, and which a reviewer still has to look at. */
import type { ScreenedCycle } from '@crepitus/model';
import type { CycleWord } from '@crepitus/recordings';
import type { CycleName, CycleReview } from '../../server/reviews.ts';

export const cycleFilters = ['all', 'crackle', 'open', 'unsure', 'disagree', 'differ'] as const;
export type CycleFilter = (typeof cycleFilters)[number];

/** A cycle with what was said of it. */
export interface JudgedCycle {
  readonly cycle: Pick<ScreenedCycle, 'start' | 'end' | 'crackle'>;
  readonly own: CycleReview | null;
  readonly others: readonly CycleReview[];
}

/** The words of one channel beside its cycles, in the same order. */
export function judgedCycles(
  cycles: readonly JudgedCycle['cycle'][],
  channel: number,
  words: readonly CycleReview[],
  reviewerId: string,
): JudgedCycle[] {
  return cycles.map(cycle => {
    const said = words.filter(word => names(word, channel, cycle));
    return {
      cycle,
      own: said.find(({ reviewer }) => reviewer.id === reviewerId) ?? null,
      others: said.filter(({ reviewer }) => reviewer.id !== reviewerId),
    };
  });
}

export function names(
  word: CycleName,
  channel: number,
  { start, end }: { start: number; end: number },
): boolean {
  return word.channel === channel && word.start === start && word.end === end;
}

export function isShown(judged: JudgedCycle, filter: CycleFilter): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'crackle':
      return judged.cycle.crackle === true;
    case 'open':
      return judged.own === null;
    case 'unsure':
      return wordsOf(judged).includes('unsure');
    case 'disagree':
      return isDisputed(judged);
    case 'differ':
      return new Set(wordsOf(judged)).size > 1;
  }
}

/** Without the reviewer's word, or with one that is not settled: unsure, or another reviewer says otherwise. */
export function isOpen(judged: JudgedCycle): boolean {
  const said = new Set(wordsOf(judged));
  return judged.own === null || judged.own.word === 'unsure' || isBoth(said);
}

/** Two say crackle and clear, two reviewers or one and the detector; who is unsure disputes nothing. */
function isDisputed(judged: JudgedCycle): boolean {
  const { crackle } = judged.cycle;
  const said = new Set(wordsOf(judged));
  if (crackle !== null && said.size > 0) said.add(crackle ? 'crackle' : 'clear');
  return isBoth(said);
}

function isBoth(said: ReadonlySet<CycleWord>): boolean {
  return said.has('crackle') && said.has('clear');
}

function wordsOf({ own, others }: JudgedCycle) {
  return [...(own === null ? [] : [own]), ...others].map(({ word }) => word);
}
