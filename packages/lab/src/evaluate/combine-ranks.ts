/**
 * Two systems as one by adding their ranks within each fold: what they know together, for instance a network, which sees
 * a standardised picture, and statistics, which see the level. Ranks are places within a test set, so this is no detector
 * that could score a cycle, and has no calls.
 */
import {
  type BootstrapOptions,
  type Interval,
  intervalsOf,
  type PairedDifference,
  pairedDifference,
  sampleFigures,
} from './bootstrap.ts';
import { pairSystems } from './compare-systems.ts';
import type { ScoredCycles } from './figures.ts';
import { rankSum } from './rank-sum.ts';
import type { SummarisedSystem } from './system-summary.ts';

/** The figures that ranks have. */
export const rankFigureNames = ['auc', 'aucWithinDevice', 'aucWithinLength', 'averagePrecision'] as const;
export type RankFigureName = (typeof rankFigureNames)[number];

export interface CombinedRanks {
  readonly first: string;
  readonly second: string;
  readonly figures: Readonly<Record<RankFigureName, number | null>>;
  /** 95 %, subjects and runs resampled together. */
  readonly intervals: Readonly<Record<RankFigureName, Interval | null>>;
  /** Whether one has cycles that the other lacks: these are in no figure here. */
  readonly partial: boolean;
  /** Both together minus one of them, on the same cycles and resamples. */
  readonly minusFirst: PairedDifference;
  readonly minusSecond: PairedDifference;
}

/** @throws CrepitusError `scores-unpaired` where they have no cycle of a run in common */
export function combineRanks(
  first: SummarisedSystem,
  second: SummarisedSystem,
  options: BootstrapOptions,
): CombinedRanks {
  const { pairs, partial, sampled } = pairSystems(first, second, options);
  const runs = pairs.map(
    ([a, b]): ScoredCycles => ({
      scores: rankSum(a.scores, b.scores, a.folds),
      positives: a.positives,
      subjects: a.subjects,
      devices: a.devices,
      lengths: a.lengths,
      folds: a.folds,
    }),
  );
  const both = sampleFigures(runs, options);
  const intervals = intervalsOf(both.samples);
  const only = <T>(of: Readonly<Record<RankFigureName, T>>) =>
    Object.fromEntries(rankFigureNames.map(name => [name, of[name]])) as Record<RankFigureName, T>;
  return {
    first: first.of.system,
    second: second.of.system,
    figures: only(both.figures),
    intervals: only(intervals),
    partial,
    minusFirst: pairedDifference(both, sampled[0]),
    minusSecond: pairedDifference(both, sampled[1]),
  };
}
