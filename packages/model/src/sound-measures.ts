/**
 * What is measured of a cycle without a network, and what a bundle makes of it: log-mel statistics of the inspiration, which
 * see the level that a standardised picture has lost, and crackle candidates, which see single events. A logistic regression
 * over them is added to the network's log odds (late fusion). Which of them a bundle takes is its list.
 */
import type { LogMel } from '@crepitus/dsp';
import { candidateSampleRate, findCrackleCandidates } from './crackle-candidates.ts';
import { logMelStatistics } from './log-mel-statistics.ts';

/** From the fewest measures to the most. */
export const measureLists = [
  'candidates',
  'inspiration',
  'inspiration+candidates',
  'cycle+inspiration+candidates',
] as const;
/** What is measured: crackle candidates, log-mel statistics of the inspiration, log-mel statistics of the cycle. */
export type MeasureList = (typeof measureLists)[number];

/** Of bundles that name none. */
export const usualMeasures = 'inspiration+candidates' satisfies MeasureList;

/** The coefficients of a bundle: `intercept + sum(coefficients * measures)` are log odds of a crackle. */
export interface MeasureWeights {
  readonly intercept: number;
  /** In the order of `soundMeasures`. */
  readonly coefficients: readonly number[];
  /** `usualMeasures` where left out. */
  readonly list?: MeasureList | undefined;
}

/** Three parts of the cycle with four numbers each. */
const candidateMeasures = 12;

/** @param melBands of the front end */
export function soundMeasureCount(melBands: number, list: MeasureList = usualMeasures): number {
  return measureColumns(list, melBands).length;
}

/** Where the measures of a list stand among all (`soundMeasures` of the longest list), in their order. */
export function measureColumns(list: MeasureList, melBands: number): number[] {
  const lengths = { inspiration: 2 * melBands, candidates: candidateMeasures, cycle: 2 * melBands };
  const taken = new Set(list.split('+'));
  let from = 0;
  return Object.entries(lengths).flatMap(([part, length]) => {
    const start = from;
    from += length;
    return taken.has(part) ? Array.from({ length }, (_, i) => start + i) : [];
  });
}

/**
 * The measures of a cycle, of these the ones in the list: means, then deviations over time of the log-mel bands of its
 * inspiration (not standardised); then
 * for the cycle, its inspiration and its expiration the root of the number of crackle candidates, of the fine ones, the
 * greatest height (dB, 0 without any), and the root of their rate (1/s); then means and deviations of the bands of the whole
 * cycle. Of the samples alone, so that a cycle by itself and one in its recording measure the same.
 *
 * @param samples the cut cycle at 16 kHz, prepared by the front end that `logMel` belongs to
 * @param inspiration the part from its start that is the inspiration
 */
export function soundMeasures(
  samples: Float32Array,
  inspiration: Float32Array,
  logMel: LogMel,
  list: MeasureList = usualMeasures,
): Float64Array {
  const taken = new Set(list.split('+'));
  return Float64Array.from([
    ...(taken.has('inspiration')
      ? logMelStatistics(inspiration.length === 0 ? samples : inspiration, logMel).raw
      : []),
    ...(taken.has('candidates') ? measureCandidates(samples, inspiration) : []),
    ...(taken.has('cycle') ? logMelStatistics(samples, logMel).raw : []),
  ]);
}

function measureCandidates(samples: Float32Array, inspiration: Float32Array): number[] {
  const candidates = findCrackleCandidates(samples);
  const turn = inspiration.length / candidateSampleRate;
  const end = samples.length / candidateSampleRate;
  const parts = [
    [0, end],
    [0, turn],
    [turn, end],
  ] as const;
  return parts.flatMap(([from, to]) => {
    const own = candidates.filter(({ time }) => time >= from && time < to);
    const fine = own.filter(({ kind }) => kind === 'fine').length;
    const highest = own.reduce((most, { amplitudeDb }) => Math.max(most, amplitudeDb), 0);
    const rate = to > from ? own.length / (to - from) : 0;
    return [Math.sqrt(own.length), Math.sqrt(fine), highest, Math.sqrt(rate)];
  });
}

/** Whether a detector with these measures counts crackle candidates, so that score and candidates are not independent. */
export function countsCandidates({ list = usualMeasures }: Pick<MeasureWeights, 'list'>): boolean {
  return list.split('+').includes('candidates');
}

/** Log odds of a crackle by the measures alone. */
export function measuredLogit({ intercept, coefficients }: MeasureWeights, measures: Float64Array): number {
  return coefficients.reduce((sum, coefficient, i) => sum + coefficient * measures[i]!, intercept);
}
