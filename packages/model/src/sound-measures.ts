/**
 * What is measured of a cycle without a network, and what a bundle makes of it: log-mel statistics of the inspiration, which
 * see the level that a standardised picture has lost, and crackle candidates, which see single events. A logistic regression
 * over them is added to the network's log odds (late fusion).
 */
import type { LogMel } from '@crepitus/dsp';
import { candidateSampleRate, findCrackleCandidates } from './crackle-candidates.ts';
import { logMelStatistics } from './log-mel-statistics.ts';

/** The coefficients of a bundle: `intercept + sum(coefficients * measures)` are log odds of a crackle. */
export interface MeasureWeights {
  readonly intercept: number;
  /** In the order of `soundMeasures`. */
  readonly coefficients: readonly number[];
}

/** Three parts of the cycle with four numbers each. */
const candidateMeasures = 12;

/** @param melBands of the front end */
export function soundMeasureCount(melBands: number): number {
  return 2 * melBands + candidateMeasures;
}

/**
 * The measures of a cycle: means, then deviations over time of the log-mel bands of its inspiration (not standardised); then
 * for the cycle, its inspiration and its expiration the root of the number of crackle candidates, of the fine ones, the
 * greatest height (dB, 0 without any), and the root of their rate (1/s). Of the samples alone, so that a cycle by itself and
 * one in its recording measure the same.
 *
 * @param samples the cut cycle at 16 kHz, prepared by the front end that `logMel` belongs to
 * @param inspiration the part from its start that is the inspiration
 */
export function soundMeasures(
  samples: Float32Array,
  inspiration: Float32Array,
  logMel: LogMel,
): Float64Array {
  const measures = new Float64Array(soundMeasureCount(logMel.parameters.melBands));
  const statistics = logMelStatistics(inspiration.length === 0 ? samples : inspiration, logMel).raw;
  measures.set(statistics);
  const candidates = findCrackleCandidates(samples);
  const turn = inspiration.length / candidateSampleRate;
  const end = samples.length / candidateSampleRate;
  const parts = [
    [0, end],
    [0, turn],
    [turn, end],
  ] as const;
  for (const [i, [from, to]] of parts.entries()) {
    const own = candidates.filter(({ time }) => time >= from && time < to);
    const fine = own.filter(({ kind }) => kind === 'fine').length;
    const highest = own.reduce((most, { amplitudeDb }) => Math.max(most, amplitudeDb), 0);
    const rate = to > from ? own.length / (to - from) : 0;
    measures.set(
      [Math.sqrt(own.length), Math.sqrt(fine), highest, Math.sqrt(rate)],
      statistics.length + 4 * i,
    );
  }
  return measures;
}

/** Log odds of a crackle by the measures alone. */
export function measuredLogit({ intercept, coefficients }: MeasureWeights, measures: Float64Array): number {
  return coefficients.reduce((sum, coefficient, i) => sum + coefficient * measures[i]!, intercept);
}
