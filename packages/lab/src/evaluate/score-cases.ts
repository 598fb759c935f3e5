/**
 * What cycles of a score turned out to be, counted over scored cycles of known label, for a bundle's `scoreCases`.
 *
 * Bins: scores from 0 to 1 in twenty cells of 0.05; the cell of the threshold is cut there, so that no bin counts both cycles that are
 * called crackle and others. On either side, from the lowest cell with a case on, cells are joined until they hold at least 30
 * cycles of at least 5 subjects. A bin is at most 0.2 wide, because what is farther away is not scored alike: where so much does
 * not hold enough, the lowest cell is in no bin and the next one begins. What is left above the last bin of a side joins it where
 * that stays within 0.2.
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
/** With room for rounding. */
const widest = 0.2 + 1e-9;

/**
 * @param cases normal or crackle, scored by a network that did not learn from the subject
 * @param threshold from this score on a cycle is called crackle
 */
export function scoreCasesOf(
  { dataset, unit, scoredBy }: Pick<ScoreCases, 'dataset' | 'unit' | 'scoredBy'>,
  cases: readonly ScoredCase[],
  threshold: number,
): ScoreCases {
  const cells = inCells(cases, threshold);
  const sides = [cells.filter(({ to }) => to <= threshold), cells.filter(({ from }) => from >= threshold)];
  return {
    dataset,
    unit,
    scoredBy,
    cycles: cases.length,
    subjects: subjectsIn(cases),
    bins: sides.flatMap(joinCells).map(({ from, to, cases: own }) => ({
      from,
      to,
      cycles: own.length,
      crackles: own.filter(({ isCrackle }) => isCrackle).length,
      subjects: subjectsIn(own),
      interval: shareInterval(own),
    })),
  };
}

/** Scores from `from` to below `to` (1 is in the last). */
interface Bin {
  readonly from: number;
  readonly to: number;
  readonly cases: readonly ScoredCase[];
}

/** The cell of a score is told by comparing with its bounds as they are stored, so that rounding cannot part the two. */
function inCells(cases: readonly ScoredCase[], threshold: number): Bin[] {
  const bounds = Array.from({ length: 20 }, (_, cell) => cell / 20);
  if (threshold > 0 && threshold < 1 && !bounds.includes(threshold)) bounds.push(threshold);
  bounds.sort((a, b) => a - b);
  const cells = bounds.map((): ScoredCase[] => []);
  for (const each of cases) cells[bounds.findLastIndex(bound => bound <= each.score)]!.push(each);
  return bounds.map((from, i) => ({ from, to: bounds[i + 1] ?? 1, cases: cells[i]! }));
}

function joinCells(cells: readonly Bin[]): Bin[] {
  const bins: Bin[] = [];
  let next = 0;
  while (next < cells.length) {
    const bin = cells[next]!.cases.length === 0 ? null : binFrom(cells, next);
    if (bin === null) next++;
    else {
      bins.push(bin);
      next += cells.filter(({ from }) => from >= bin.from && from < bin.to).length;
    }
  }
  const last = bins.at(-1);
  const highest = cells.findLast(cell => cell.cases.length > 0);
  if (last === undefined || highest === undefined || highest.from < last.to) return bins;
  const rest = joined(cells.filter(({ from, to }) => from >= last.from && to <= highest.to));
  return rest.to - rest.from > widest ? bins : [...bins.slice(0, -1), rest];
}

/** The bin that begins with a cell; null where too few cases are that near. */
function binFrom(cells: readonly Bin[], first: number): Bin | null {
  for (let end = first + 1; end <= cells.length; end++) {
    const bin = joined(cells.slice(first, end));
    if (bin.to - bin.from > widest) return null;
    if (bin.cases.length >= fewestCycles && subjectsIn(bin.cases) >= fewestSubjects) return bin;
  }
  return null;
}

function joined(cells: readonly Bin[]): Bin {
  return { from: cells[0]!.from, to: cells.at(-1)!.to, cases: cells.flatMap(cell => cell.cases) };
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
