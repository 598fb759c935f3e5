/**
 * Prediction tables of many runs and folds as columns: per system its runs (seeds), each with every cycle that its folds
 * tested. Cycles of a run stand in one order that all systems share, so that two of them can be compared in pairs.
 */
import { CrepitusError } from '@crepitus/dsp';
import { type CycleLabel, classesOf, classIndex, holdsCrackle, type Task } from '@crepitus/recordings';
import { quantile } from './bootstrap.ts';
import { mostLikely } from './challenge-scores.ts';
import { bearsCrackle } from './evaluation.ts';
import { deviceKey, type ScoredCycles } from './figures.ts';
import type { Prediction, PredictionTable } from './predictions.ts';

/** The cycles that one run of a system was tested on, each by the network of its fold. */
export interface SystemRun extends ScoredCycles {
  /** Names the run, a seed. */
  readonly run: string;
  readonly folds: readonly string[];
  /** 1 where crackle (or, of four classes, crackle or both) is the most likely class. */
  readonly calls: Uint8Array;
  readonly lengths: readonly string[];
  /** Which cycle each one is, the same in all systems. */
  readonly keys: readonly string[];
  readonly groups: readonly string[];
  /** `recording` and `channel` as one key (`channelKey`). */
  readonly channels: readonly string[];
  /** Index of the true class and of the most likely one among the classes of the task. */
  readonly classes: Uint8Array;
  readonly found: Uint8Array;
}

export interface SystemRuns {
  readonly system: string;
  readonly task: Task;
  /** In the order of their names (numbers by value); at least one. */
  readonly runs: readonly SystemRun[];
  /** Scored cycles that are no part of the task, by label: in no figure. Of the first run. */
  readonly otherClasses: readonly { readonly label: CycleLabel; readonly cycles: number }[];
  /** Cycles, over all runs, that have no score. */
  readonly abstained: number;
}

/** The key of a channel of a recording. */
export function channelKey(recording: string, channel: number): string {
  return `${recording}\t${channel}`;
}

/**
 * Collects what was predicted, in any number of tables and any order, by system and run.
 *
 * @returns systems in the order of their first row
 * @throws CrepitusError `predictions-classes` for a table of another task, `predictions-twice` for a cycle that a run has
 *   twice, `subject-in-two-folds` for a subject that a run tests in two folds
 */
export function collectRuns(tables: Iterable<PredictionTable>, task: Task): SystemRuns[] {
  const classes = classesOf(task);
  const bySystem = new Map<string, Map<string, Prediction[]>>();
  for (const table of tables) {
    if (table.classes.join() !== classes.join()) {
      throw new CrepitusError(
        'predictions-classes',
        `A table of predictions has the classes ${table.classes.join(', ')} where the task ${task} has ${classes.join(', ')}; read tables of one task together.`,
      );
    }
    for (const row of table.rows) {
      const runs = bySystem.get(row.system) ?? new Map<string, Prediction[]>();
      bySystem.set(row.system, runs);
      const rows = runs.get(row.run);
      if (rows) rows.push(row);
      else runs.set(row.run, [row]);
    }
  }
  const lengthClass = lengthQuartiles(bySystem.values(), task);
  return [...bySystem].map(([system, runs]) => {
    const names = [...runs.keys()].sort(byNumberThenName);
    return {
      system,
      task,
      runs: names.map(run => runOf(system, run, runs.get(run)!, task, lengthClass)),
      otherClasses: otherClasses(runs.get(names[0]!)!, task),
      abstained: [...runs.values()].flat().filter(row => row.scores === null).length,
    };
  });
}

/**
 * The same runs with the calls that a threshold makes: a cycle is called where its score is at the threshold of its run
 * and fold, or above it. Null where a threshold is not known: calls of two kinds would be no system.
 */
export function withThresholds(
  of: SystemRuns,
  thresholdOf: (run: string, fold: string) => number | null,
): SystemRuns | null {
  const runs: SystemRun[] = [];
  for (const run of of.runs) {
    const thresholds = new Map([...new Set(run.folds)].map(fold => [fold, thresholdOf(run.run, fold)]));
    if ([...thresholds.values()].includes(null)) return null;
    const calls = Uint8Array.from(run.folds, (fold, i) => (run.scores[i]! >= thresholds.get(fold)! ? 1 : 0));
    runs.push({ ...run, calls });
  }
  return { ...of, runs };
}

/**
 * What depends on no seed, as several runs: so it can be compared in pairs with systems that have these runs.
 *
 * @param sources by the name of each new run the one that stands for it; left out where there is none
 */
export function repeatRuns(of: SystemRuns, sources: ReadonlyMap<string, string>): SystemRuns {
  const own = new Map(of.runs.map(run => [run.run, run]));
  const names = [...sources.keys()].sort(byNumberThenName);
  return {
    ...of,
    runs: names.flatMap(run => {
      const source = own.get(sources.get(run)!);
      return source ? [{ ...source, run }] : [];
    }),
  };
}

/** Only the cycles of a run for which `wanted` is true. */
export function selectCycles(run: SystemRun, wanted: (cycle: number) => boolean): SystemRun {
  const items = [...run.keys.keys()].filter(wanted);
  const pick = <T>(column: readonly T[]): T[] => items.map(item => column[item]!);
  const pickBytes = (column: Uint8Array): Uint8Array => Uint8Array.from(items, item => column[item]!);
  return {
    run: run.run,
    scores: Float64Array.from(items, item => run.scores[item]!),
    positives: pick(run.positives),
    subjects: pick(run.subjects),
    devices: pick(run.devices),
    lengths: pick(run.lengths),
    folds: pick(run.folds),
    keys: pick(run.keys),
    groups: pick(run.groups),
    channels: pick(run.channels),
    calls: pickBytes(run.calls),
    classes: pickBytes(run.classes),
    found: pickBytes(run.found),
  };
}

/** Names of runs and folds: numbers by value, others after them by name. */
export function byNumberThenName(a: string, b: string): number {
  const difference = Number(a) - Number(b);
  return Number.isNaN(difference) || difference === 0 ? (a < b ? -1 : a > b ? 1 : 0) : difference;
}

function runOf(
  system: string,
  run: string,
  all: readonly Prediction[],
  task: Task,
  lengthClass: (seconds: number) => string,
): SystemRun {
  const known = all.filter(row => row.scores !== null && classIndex(task, row.label) !== null);
  const keyed = known.map(row => ({
    row,
    key: `${channelKey(row.recording, row.channel)}\t${row.start}\t${row.end}`,
  }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  requireOnce(system, run, keyed);
  const rows = keyed.map(({ row }) => row);
  const crackles = classesOf(task).map(holdsCrackle);
  const found = Uint8Array.from(rows, ({ scores }) => mostLikely(scores!));
  return {
    run,
    scores: Float64Array.from(rows, ({ scores }) =>
      scores!.reduce((sum, score, k) => (crackles[k] ? sum + score : sum), 0),
    ),
    positives: rows.map(({ label }) => bearsCrackle(task, label)!),
    subjects: rows.map(({ subject }) => subject),
    devices: rows.map(({ device, sampleRate }) => deviceKey(device, sampleRate)),
    lengths: rows.map(({ start, end }) => lengthClass(end - start)),
    folds: rows.map(({ fold }) => fold),
    keys: keyed.map(({ key }) => key),
    groups: rows.map(({ group }) => group),
    channels: rows.map(({ recording, channel }) => channelKey(recording, channel)),
    classes: Uint8Array.from(rows, ({ label }) => classIndex(task, label)!),
    found,
    calls: found.map(index => (crackles[index] ? 1 : 0)),
  };
}

function requireOnce(system: string, run: string, keyed: readonly { row: Prediction; key: string }[]): void {
  const foldOf = new Map<string, string>();
  for (const [i, { row, key }] of keyed.entries()) {
    if (key === keyed[i - 1]?.key) {
      throw new CrepitusError(
        'predictions-twice',
        `${system}, run ${run}: the cycle ${row.start}-${row.end} s of ${row.recording} was predicted twice; give each fold's table once.`,
      );
    }
    const fold = foldOf.get(row.subject) ?? row.fold;
    foldOf.set(row.subject, fold);
    if (fold !== row.fold) {
      throw new CrepitusError(
        'subject-in-two-folds',
        `${system}, run ${run}: subject ${row.subject} is tested in the folds ${fold} and ${row.fold}; the tables are of different splits.`,
        { kind: 'refused' },
      );
    }
  }
}

/**
 * Quartile of a cycle's length among the distinct cycles of the task: `1` up to the first quartile, `4` above the third.
 * Borders are quantiles as in `quantile`; a length on a border belongs below it.
 */
function lengthQuartiles(
  systems: Iterable<ReadonlyMap<string, readonly Prediction[]>>,
  task: Task,
): (seconds: number) => string {
  const seconds = new Map<string, number>();
  for (const runs of systems) {
    for (const rows of runs.values()) {
      for (const { recording, channel, start, end, label } of rows) {
        if (classIndex(task, label) === null) continue;
        seconds.set(`${channelKey(recording, channel)}\t${start}\t${end}`, end - start);
      }
    }
  }
  const sorted = [...seconds.values()].sort((a, b) => a - b);
  const borders = [0.25, 0.5, 0.75].map(share => quantile(sorted, share));
  return length => String(1 + borders.filter(border => length > border).length);
}

function otherClasses(rows: readonly Prediction[], task: Task): SystemRuns['otherClasses'] {
  const counts = new Map<CycleLabel, number>();
  for (const { label } of rows) {
    if (classIndex(task, label) === null) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return [...counts]
    .map(([label, cycles]) => ({ label, cycles }))
    .sort((a, b) => (a.label < b.label ? -1 : 1));
}
