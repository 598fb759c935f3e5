/**
 * One of several networks that differ in what was tried (ratio, tuning start) as the one to report. The choice is made
 * on validation subjects. The paper chose on the same test folds that it reports, which flatters the best of many; such a
 * figure is printed only with the mark.
 */

/** What stands beside every figure of a row that was chosen by its own test figure. */
export const selectedOnTest = 'selected on test, as in the paper';

export interface Candidate {
  readonly system: string;
  /** The mean validation figure by which its epochs were chosen; higher is better. Null: not known. */
  readonly validation: number | null;
  /** The test figure that is reported. Null: not defined. */
  readonly test: number | null;
}

export interface CandidateChoice {
  readonly candidates: readonly Candidate[];
  /** The highest validation figure; of equal ones the first. Null where none is known. */
  readonly chosen: Candidate | null;
  /** The highest test figure; of equal ones the first. Print it with `selectedOnTest`. */
  readonly bestOnTest: Candidate | null;
}

export function chooseCandidate(candidates: readonly Candidate[]): CandidateChoice {
  return {
    candidates,
    chosen: highest(candidates, 'validation'),
    bestOnTest: highest(candidates, 'test'),
  };
}

function highest(candidates: readonly Candidate[], by: 'validation' | 'test'): Candidate | null {
  let best: Candidate | null = null;
  for (const candidate of candidates) {
    const value = candidate[by];
    if (value !== null && (best === null || value > best[by]!)) best = candidate;
  }
  return best;
}
