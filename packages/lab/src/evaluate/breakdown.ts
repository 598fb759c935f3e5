/** The figures of a system in parts of the cycles: of one device, site, subject or group. */
import { meanOfKnown } from './auc.ts';
import { figuresOf } from './figures.ts';
import { type SystemRun, selectCycles } from './system-runs.ts';

export interface PartFigures {
  readonly part: string;
  /** Distinct cycles over all runs, and their subjects. */
  readonly cycles: number;
  readonly crackles: number;
  readonly subjects: number;
  /** From the counts of the part in one run, averaged over runs; null where not defined. */
  readonly sensitivity: number | null;
  readonly precision: number | null;
  readonly specificity: number | null;
  /** Fold by fold within the part, averaged over the folds that have both classes in it, then over runs. */
  readonly auc: number | null;
}

/**
 * @param partOf the part of each cycle of a run
 * @returns parts in the order of their names
 */
export function breakdownOf(
  runs: readonly SystemRun[],
  partOf: (run: SystemRun) => readonly string[],
): PartFigures[] {
  const columns = runs.map(partOf);
  const parts = [...new Set(columns.flat())].sort();
  return parts.map(part => {
    const members = runs.flatMap((run, r) => {
      const own = selectCycles(run, cycle => columns[r]![cycle] === part);
      return own.keys.length > 0 ? [own] : [];
    });
    const figures = members.map(figuresOf);
    const cycles = new Map(
      members.flatMap(run => run.keys.map((key, i) => [key, run.positives[i]!] as const)),
    );
    return {
      part,
      cycles: cycles.size,
      crackles: [...cycles.values()].filter(Boolean).length,
      subjects: new Set(members.flatMap(run => run.subjects)).size,
      sensitivity: meanOfKnown(figures.map(figure => figure.pooledSensitivity)),
      precision: meanOfKnown(figures.map(figure => figure.pooledPrecision)),
      specificity: meanOfKnown(figures.map(figure => figure.pooledSpecificity)),
      auc: meanOfKnown(figures.map(figure => figure.auc)),
    };
  });
}
