/**
 * What cycles of a score turned out to be, counted over scored cycles of known label, for a bundle's `scoreCases`.
 *
 * Bins: scores from 0 to 1 in twenty cells of 0.05. From the lowest cell with a case on, cells are joined until they hold at
 * least 30 cycles of at least 5 subjects. A bin is at most four cells wide, because what is farther away is not scored alike: where
 * four cells do not hold enough, the lowest of them is in no bin and the next one begins. What is left above the last
 * bin joins it where that stays within four cells and touches it.
 */
import { type ScoreCases, wilsonInterval } from '@crepitus/model';

export interface ScoredCase {
  /** 0 to 1 */
  readonly score: number;
  readonly isCrackle: boolean;
  readonly subject: string;
}

export const fewestCycles = 30;
export const fewestSubjects = 5;
const cellsOfAll = 20;
const cellsOfBin = 4;

/** @param cases normal or crackle, scored by a network that did not learn from the subject */
export function scoreCasesOf(
  { dataset, unit, scoredBy }: Pick<ScoreCases, 'dataset' | 'unit' | 'scoredBy'>,
  cases: readonly ScoredCase[],
): ScoreCases {
  return {
    dataset,
    unit,
    scoredBy,
    cycles: cases.length,
    subjects: subjectsIn(cases),
    bins: joinCells(inCells(cases)).map(({ first, end, cases: own }) => ({
      from: first / cellsOfAll,
      to: end / cellsOfAll,
      cycles: own.length,
      crackles: own.filter(({ isCrackle }) => isCrackle).length,
      subjects: subjectsIn(own),
      interval: shareInterval(own),
    })),
  };
}

interface Bin {
  /** Its first cell, and the one after its last. */
  first: number;
  end: number;
  cases: readonly ScoredCase[];
}

function joinCells(cells: readonly (readonly ScoredCase[])[]): Bin[] {
  const bins: Bin[] = [];
  for (let first = 0; first < cellsOfAll; ) {
    const end = cells[first]!.length === 0 ? null : endOfBin(cells, first);
    if (end !== null) bins.push({ first, end, cases: cells.slice(first, end).flat() });
    first = end ?? first + 1;
  }
  const last = bins.at(-1);
  if (last === undefined) return bins;
  const rest = cells.findLastIndex(cell => cell.length > 0) + 1;
  if (rest > last.end && rest - last.first <= cellsOfBin) {
    last.cases = cells.slice(last.first, rest).flat();
    last.end = rest;
  }
  return bins;
}

/** The cell after the last of the bin that begins with `first`; null where too few cases are that near. */
function endOfBin(cells: readonly (readonly ScoredCase[])[], first: number): number | null {
  for (let end = first + 1; end <= Math.min(first + cellsOfBin, cellsOfAll); end++) {
    const cases = cells.slice(first, end).flat();
    if (cases.length >= fewestCycles && subjectsIn(cases) >= fewestSubjects) return end;
  }
  return null;
}

/** The cell of a score is told by comparing with its bounds as they are stored, so that rounding cannot part the two. */
function inCells(cases: readonly ScoredCase[]): ScoredCase[][] {
  const cells: ScoredCase[][] = Array.from({ length: cellsOfAll }, () => []);
  const bounds = Array.from({ length: cellsOfAll }, (_, cell) => cell / cellsOfAll);
  for (const each of cases) cells[bounds.findLastIndex(bound => bound <= each.score)]!.push(each);
  return cells;
}

function subjectsIn(cases: readonly ScoredCase[]): number {
  return new Set(cases.map(({ subject }) => subject)).size;
}

/**
 * 95 % interval of the share of crackles, the subject being the unit: Wilson's interval (JASA 22, 1927) with the number
 * of trials that the spread between subjects leaves, as surveys of clusters have it (Kott, Andersson, Nerman, Survey
 * Methodology 27, 2001): p (1 - p) over the linearised variance of the ratio, at most the number of cycles. Where all
 * cycles are of one class that spread says nothing, and each subject is one trial. A bootstrap of subjects would have
 * the width 0 there.
 */
export function shareInterval(cases: readonly ScoredCase[]): [number, number] {
  const counts = new Map<string, { cycles: number; crackles: number }>();
  for (const { subject, isCrackle } of cases) {
    const count = counts.get(subject) ?? { cycles: 0, crackles: 0 };
    count.cycles++;
    if (isCrackle) count.crackles++;
    counts.set(subject, count);
  }
  // In an order of their own, so that the same cases give the same bits.
  const subjects = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, count]) => count);
  const n = cases.length;
  const share = subjects.reduce((sum, { crackles }) => sum + crackles, 0) / n;
  const spread = subjects.reduce((sum, { cycles, crackles }) => sum + (crackles - share * cycles) ** 2, 0);
  const variance = ((subjects.length / (subjects.length - 1)) * spread) / n ** 2;
  const isMixed = share > 0 && share < 1;
  const trials = !isMixed
    ? subjects.length
    : variance === 0
      ? n
      : Math.min(n, (share * (1 - share)) / variance);
  return wilsonInterval(share, trials);
}
