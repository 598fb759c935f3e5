/** The figures of a system over its runs and folds: the paper's averages, beside them pooled counts and the spread. */
import { itemsByKey, meanOfKnown } from './auc.ts';
import {
  type BootstrapOptions,
  type Intervals,
  intervalsOf,
  type SampledFigures,
  sampleFigures,
} from './bootstrap.ts';
import { type CallFigures, type Confusion, callFigures, confusionOf, harmonicMean } from './confusion.ts';
import { type Figures, figuresOf } from './figures.ts';
import { byNumberThenName, type SystemRun, type SystemRuns } from './system-runs.ts';

/** The figures of calls that the paper's table has. */
export interface TableFigures {
  readonly sensitivity: number | null;
  readonly precision: number | null;
  readonly fscore: number | null;
}

export interface FoldFigures {
  readonly fold: string;
  readonly cycles: number;
  readonly crackles: number;
  /** Means over the runs that have the fold; F of these means. */
  readonly figures: TableFigures;
}

export interface SystemSummary {
  readonly system: string;
  /** Names of the runs that have predictions. */
  readonly runs: readonly string[];
  readonly folds: readonly FoldFigures[];
  /** Pairs of a run and a fold with predictions. */
  readonly foldRuns: number;
  /** Of these, the ones whose test part has no crackle: left out of the mean sensitivity, with precision 0. */
  readonly foldRunsWithoutCrackles: number;
  /** Distinct cycles of the task, and their subjects, over all runs. */
  readonly cycles: number;
  readonly crackles: number;
  readonly subjects: number;
  /**
   * Sensitivity and P+ are means over the folds of a run, then over runs; F is the harmonic mean of these two means, as
   * in the paper's table II, whose rows agree with it to 9e-5. The pooled ones are from the counts over all folds of one
   * run, then averaged over runs (the pooled F too).
   */
  readonly figures: Figures;
  /** 95 %, subjects and runs resampled together. */
  readonly intervals: Intervals;
  /** Sample standard deviations (n - 1); null of fewer than two. */
  readonly spread: {
    /** Of the figures of single runs (means over their folds). */
    readonly runs: TableFigures;
    /** Of the figures of single folds (means over their runs). */
    readonly folds: TableFigures;
  };
  /** Counts added over all runs. */
  readonly confusion: Confusion;
  /** F, by the averages of `figures`, of calling every cycle a crackle. */
  readonly alwaysCrackleFscore: number | null;
  readonly otherClasses: SystemRuns['otherClasses'];
  readonly abstained: number;
}

/** A system's figures, and its resamples for differences to other systems. */
export interface SummarisedSystem {
  readonly of: SystemRuns;
  readonly summary: SystemSummary;
  readonly sampled: SampledFigures;
}

export function summariseSystem(of: SystemRuns, options: BootstrapOptions): SummarisedSystem {
  const { system, runs } = of;
  const sampled = sampleFigures(runs, options);
  const folds = foldFigures(runs);
  const perRun = runs.map(run => figuresOf(run));
  const cells = runs.flatMap(run => cellsOf(run));
  const known = new Map(runs.flatMap(run => run.keys.map((key, i) => [key, run.positives[i]!] as const)));
  const positives = [...known.values()];
  const always = runs.map(run => cellsOf({ ...run, calls: new Uint8Array(run.positives.length).fill(1) }));
  return {
    of,
    sampled,
    summary: {
      system,
      runs: runs.map(({ run }) => run),
      folds,
      foldRuns: cells.length,
      foldRunsWithoutCrackles: cells.filter(({ figures }) => figures.sensitivity === null).length,
      cycles: positives.length,
      crackles: positives.filter(Boolean).length,
      subjects: sampled.subjects.length,
      figures: sampled.figures,
      intervals: intervalsOf(sampled.samples),
      spread: { runs: deviations(perRun), folds: deviations(folds.map(({ figures }) => figures)) },
      confusion: addConfusions(runs.map(run => confusionOf(run.calls, run.positives))),
      alwaysCrackleFscore: fscoreOfMeans(always),
      otherClasses: of.otherClasses,
      abstained: of.abstained,
    },
  };
}

/** F of the means over the cells of a run, then over runs. */
function fscoreOfMeans(runs: readonly (readonly Cell[])[]): number | null {
  const mean = (of: 'sensitivity' | 'precision') =>
    meanOfKnown(runs.map(cells => meanOfKnown(cells.map(({ figures }) => figures[of]))));
  return harmonicMean(mean('sensitivity'), mean('precision'));
}

/** Sample standard deviation (n - 1) of the known values; null of fewer than two. */
export function standardDeviation(values: readonly (number | null)[]): number | null {
  const known = values.filter(value => value !== null);
  if (known.length < 2) return null;
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  return Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (known.length - 1));
}

interface Cell {
  readonly fold: string;
  readonly cycles: number;
  readonly crackles: number;
  readonly figures: CallFigures;
}

/** Each fold of a run. */
function cellsOf({ folds, calls, positives }: SystemRun): Cell[] {
  return [...itemsByKey(folds)].map(([fold, items]) => ({
    fold,
    cycles: items.length,
    crackles: items.filter(item => positives[item]).length,
    figures: callFigures(confusionOf(calls, positives, { items })),
  }));
}

function foldFigures(runs: readonly SystemRun[]): FoldFigures[] {
  const cells = runs.flatMap(cellsOf);
  const byFold = [...itemsByKey(cells.map(({ fold }) => fold))].sort(([a], [b]) => byNumberThenName(a, b));
  return byFold.map(([fold, indices]) => {
    const members = indices.map(index => cells[index]!);
    const sensitivity = meanOfKnown(members.map(({ figures }) => figures.sensitivity));
    const precision = meanOfKnown(members.map(({ figures }) => figures.precision));
    return {
      fold,
      cycles: members[0]!.cycles,
      crackles: members[0]!.crackles,
      figures: { sensitivity, precision, fscore: harmonicMean(sensitivity, precision) },
    };
  });
}

function deviations(figures: readonly TableFigures[]): TableFigures {
  return {
    sensitivity: standardDeviation(figures.map(({ sensitivity }) => sensitivity)),
    precision: standardDeviation(figures.map(({ precision }) => precision)),
    fscore: standardDeviation(figures.map(({ fscore }) => fscore)),
  };
}

function addConfusions(confusions: readonly Confusion[]): Confusion {
  const sum = { tp: 0, fp: 0, tn: 0, fn: 0 };
  for (const { tp, fp, tn, fn } of confusions) {
    sum.tp += tp;
    sum.fp += fp;
    sum.tn += tn;
    sum.fn += fn;
  }
  return sum;
}
