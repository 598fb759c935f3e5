/** Two systems on the same cycles of the same runs. */
import { CrepitusError } from '@crepitus/dsp';
import {
  type BootstrapOptions,
  type PairedDifference,
  pairedDifference,
  type SampledFigures,
  sampleFigures,
} from './bootstrap.ts';
import { combinedP, type McNemar, mcNemar } from './mcnemar.ts';
import { type SystemRun, selectCycles } from './system-runs.ts';
import type { SummarisedSystem } from './system-summary.ts';

export interface SystemComparison {
  readonly first: string;
  readonly second: string;
  /** Runs (seeds) that both have, and the cycles over these runs that both predicted. */
  readonly runs: readonly string[];
  readonly cycles: number;
  /** Whether one has cycles that the other lacks: these are in no figure here. */
  readonly partial: boolean;
  /** First minus second; 95 % intervals by the same resamples of subjects and runs on both sides. */
  readonly difference: PairedDifference;
  /** Per run, in the order of `runs`. */
  readonly mcNemar: readonly McNemar[];
  /** Mid-p values of the runs as one (`combinedP`). */
  readonly midP: number | null;
}

/**
 * Compares calls and scores of two systems in pairs.
 * @throws CrepitusError `scores-unpaired` where they have no cycle of a run in common
 */
export function compareSystems(
  first: SummarisedSystem,
  second: SummarisedSystem,
  options: BootstrapOptions,
): SystemComparison {
  const { pairs, partial, sampled } = pairSystems(first, second, options);
  const tests = pairs.map(([a, b]) => mcNemar(a.calls, b.calls, a.positives));
  return {
    first: first.of.system,
    second: second.of.system,
    runs: pairs.map(([{ run }]) => run),
    cycles: pairs.reduce((sum, [{ keys }]) => sum + keys.length, 0),
    partial,
    difference: pairedDifference(...sampled),
    mcNemar: tests,
    midP: combinedP(tests.map(({ midP }) => midP)),
  };
}

export interface PairedSystems {
  /** Of each run that both have the cycles that both predicted, in one order. */
  readonly pairs: readonly (readonly [first: SystemRun, second: SystemRun])[];
  /** Whether one has cycles that the other lacks: these are left out. */
  readonly partial: boolean;
  /** Both on these cycles, by the same resamples. */
  readonly sampled: readonly [first: SampledFigures, second: SampledFigures];
}

/** @throws CrepitusError `scores-unpaired` where they have no cycle of a run in common */
export function pairSystems(
  first: SummarisedSystem,
  second: SummarisedSystem,
  options: BootstrapOptions,
): PairedSystems {
  const found = first.of.runs.flatMap(run => {
    const other = second.of.runs.find(candidate => candidate.run === run.run);
    return other ? [commonCycles(run, other)] : [];
  });
  const pairs = found.filter(([run]) => run.keys.length > 0);
  if (pairs.length === 0) {
    throw new CrepitusError(
      'scores-unpaired',
      `${first.of.system} and ${second.of.system} have no cycle of a run in common; compare systems that ran on the same splits and seeds.`,
      { kind: 'usage' },
    );
  }
  const sample = (runs: readonly SystemRun[], of: SummarisedSystem) =>
    isWhole(runs, of) ? of.sampled : sampleFigures(runs, options);
  const left = pairs.map(([run]) => run);
  const right = pairs.map(([, run]) => run);
  return {
    pairs,
    partial: !(isWhole(left, first) && isWhole(right, second)),
    sampled: [sample(left, first), sample(right, second)],
  };
}

function isWhole(runs: readonly SystemRun[], { of }: SummarisedSystem): boolean {
  return runs.length === of.runs.length && runs.every((run, i) => run === of.runs[i]);
}

/** Both with only the cycles that both have; unchanged where these are all. */
function commonCycles(a: SystemRun, b: SystemRun): [SystemRun, SystemRun] {
  const inA = new Set(a.keys);
  const inB = new Set(b.keys);
  const select = (run: SystemRun, other: ReadonlySet<string>) =>
    run.keys.every(key => other.has(key)) ? run : selectCycles(run, cycle => other.has(run.keys[cycle]!));
  return [select(a, inB), select(b, inA)];
}
