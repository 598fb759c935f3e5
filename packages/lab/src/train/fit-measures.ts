/** The logistic regression on measures of the sound (`soundMeasures`) that a bundle adds to its networks' log odds. */
import { CrepitusError, LogMel } from '@crepitus/dsp';
import { candidateSampleRate, cutPhaseBy, type MeasureWeights, soundMeasures } from '@crepitus/model';
import { fitLogisticRegression } from '../evaluate/logistic-regression.ts';
import type { RunConfig } from './run-config.ts';
import type { DataCycle } from './training-data.ts';
import { crackleAgainstNormal } from './validate.ts';

export interface MeasuredCycle {
  readonly kind: string;
  readonly measures: Float64Array;
  /** Null: neither normal nor crackle in the task. */
  readonly isCrackle: boolean | null;
}

/**
 * Measures each cycle; between two recordings the event loop gets a turn.
 *
 * @throws CrepitusError `measures-rate` (usage) where the front end is not of the rate of crackle candidates
 */
export async function measureCycles(
  rule: Pick<RunConfig, 'frontEnd' | 'ratio' | 'phases' | 'task'>,
  cycles: readonly DataCycle[],
): Promise<Map<DataCycle, MeasuredCycle>> {
  const { frontEnd, task } = rule;
  if (frontEnd.sampleRate !== candidateSampleRate) {
    throw new CrepitusError(
      'measures-rate',
      `Crackle candidates are found at ${candidateSampleRate} Hz, and the front end is of ${frontEnd.sampleRate} Hz; leave the measures out, or train with another front end.`,
      { kind: 'usage' },
    );
  }
  const logMel = new LogMel(frontEnd);
  const measured = new Map<DataCycle, MeasuredCycle>();
  let recording: DataCycle['recording'] | null = null;
  for (const each of cycles) {
    if (each.recording !== recording) await new Promise(setImmediate);
    recording = each.recording;
    const samples = each.samples();
    const inspiration = cutPhaseBy(rule, samples, 'inspiration', each.inspirationSamples);
    measured.set(each, {
      kind: each.kind,
      isCrackle: crackleAgainstNormal(task, each.cycle.label),
      measures: soundMeasures(samples, inspiration, logMel),
    });
  }
  return measured;
}

/**
 * Of the normal and the crackle cycles. C = 1, as for the baselines; the kinds of data have equal weight, however many cycles each has, and the mean weight is 1. Without
 * the prior: how many crackles there are to learn from is in the networks' log odds already.
 *
 * @throws CrepitusError `one-class`
 */
export function fitMeasures(measured: readonly MeasuredCycle[]): MeasureWeights {
  const cycles = measured.filter(({ isCrackle }) => isCrackle !== null);
  const counts = new Map<string, number>();
  for (const { kind } of cycles) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const itemWeights = cycles.map(({ kind }) => cycles.length / (counts.size * counts.get(kind)!));
  const { weights, intercept, mean, deviation } = fitLogisticRegression(
    cycles.map(({ measures }) => measures),
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
    coefficients,
    intercept: coefficients.reduce(
      (sum, coefficient, j) => sum - coefficient * mean[j]!,
      intercept - priorLogit,
    ),
  };
}
