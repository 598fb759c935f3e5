/** The logistic regression on measures of the sound (`soundMeasures`) that a bundle adds to its networks' log odds. */
import { LogMel } from '@crepitus/dsp';
import {
  cutPhaseBy,
  type MeasureList,
  type MeasureWeights,
  measureColumns,
  measureLists,
  soundMeasures,
} from '@crepitus/model';
import { fitLogisticRegression } from '../evaluate/logistic-regression.ts';
import type { RunConfig } from './run-config.ts';
import type { DataCycle, TrainingData } from './training-data.ts';
import { crackleAgainstNormal } from './validate.ts';

export interface MeasuredCycle {
  readonly kind: string;
  /** Key `kind:subject`. */
  readonly subject: string;
  /** Whether it is of the data that is mixed in: learned from, never tested. */
  readonly isMixed: boolean;
  readonly measures: Readonly<Record<MeasureList, Float64Array>>;
  /** Null: neither normal nor crackle in the task. */
  readonly isCrackle: boolean | null;
}

/**
 * Measures each cycle, with every list; between two recordings the event loop gets a turn.
 *
 * @param rule its front end at the rate of crackle candidates (`parseConfig` sees to it)
 */
export async function measureCycles(
  rule: Pick<RunConfig, 'frontEnd' | 'ratio' | 'phases' | 'task'>,
  { cycles, mixed }: Pick<TrainingData, 'cycles' | 'mixed'>,
  signal?: AbortSignal,
): Promise<Map<DataCycle, MeasuredCycle>> {
  const { frontEnd, task } = rule;
  const logMel = new LogMel(frontEnd);
  const columns = measureLists.map(list => [list, measureColumns(list, frontEnd.melBands)] as const);
  const measured = new Map<DataCycle, MeasuredCycle>();
  const isMixed = new Set(mixed);
  let recording: DataCycle['recording'] | null = null;
  for (const each of [...cycles, ...mixed]) {
    if (each.recording !== recording) await new Promise(setImmediate);
    signal?.throwIfAborted();
    recording = each.recording;
    const samples = each.samples();
    const inspiration = cutPhaseBy(rule, samples, 'inspiration', each.inspirationSamples);
    const all = soundMeasures(samples, inspiration, logMel, 'cycle+inspiration+candidates');
    measured.set(each, {
      kind: each.kind,
      subject: each.subject,
      isMixed: isMixed.has(each),
      isCrackle: crackleAgainstNormal(task, each.cycle.label),
      measures: Object.fromEntries(
        columns.map(([list, own]) => [list, Float64Array.from(own, column => all[column]!)]),
      ) as MeasuredCycle['measures'],
    });
  }
  return measured;
}

/**
 * Of the normal and the crackle cycles. C = 1, as for the baselines; the kinds of data have equal weight, however many
 * cycles each has, and the mean weight is 1. Without the prior: how many crackles there are to learn from is in the
 * networks' log odds already.
 *
 * @throws CrepitusError `one-class`
 */
export function fitMeasures(
  measured: readonly MeasuredCycle[],
  list: MeasureList,
): MeasureWeights & { readonly list: MeasureList } {
  const cycles = measured.filter(({ isCrackle }) => isCrackle !== null);
  const counts = new Map<string, number>();
  for (const { kind } of cycles) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const itemWeights = cycles.map(({ kind }) => cycles.length / (counts.size * counts.get(kind)!));
  const { weights, intercept, mean, deviation } = fitLogisticRegression(
    cycles.map(({ measures }) => measures[list]),
    cycles.map(({ isCrackle }) => isCrackle!),
    1,
    itemWeights,
  );
  const total = (isCrackle: boolean) =>
    itemWeights.reduce((sum, weight, i) => (cycles[i]!.isCrackle === isCrackle ? sum + weight : sum), 0);
  const priorLogit = Math.log(total(true) / total(false));
  // The standardisation is folded into the coefficients.
  const coefficients = Array.from(weights, (weight, j) => weight / deviation[j]!);
  return {
    list,
    coefficients,
    intercept: coefficients.reduce(
      (sum, coefficient, j) => sum - coefficient * mean[j]!,
      intercept - priorLogit,
    ),
  };
}
