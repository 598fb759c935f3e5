/**
 * A piece of sound as 2 numbers per mel band: mean and standard deviation of the log-mel picture over time. No network,
 * no order in time: what a detector of crackles should do better than.
 */
import { type LogMel, standardise } from '@crepitus/dsp';

/** Two readings of one picture; each holds the means of all bands, then their population deviations. */
export interface LogMelStatistics {
  /** Of the log-mel values: these see the level of the recording. */
  readonly raw: Float64Array;
  /** Of the picture with zero mean and unit deviation, as a network sees it. */
  readonly standardised: Float64Array;
}

/**
 * @param samples at the front end's rate, at least one; a piece too short for one row is mirrored up to it
 * @returns 2 * melBands values each, 90 for the presets
 */
export function logMelStatistics(samples: Float32Array, logMel: LogMel): LogMelStatistics {
  const { windowLength, maximumOver, hop } = logMel.parameters;
  const length = Math.max(samples.length, windowLength + (maximumOver - 1) * hop);
  const picture = logMel.picture(samples, { length, padding: 'sample', standardise: false });
  const { melBands } = logMel.parameters;
  return { raw: overTime(picture, melBands), standardised: overTime(standardise(picture), melBands) };
}

/** Means, then population deviations, of the columns of a picture [rows, bands]. */
export function overTime(picture: Float32Array, bands: number): Float64Array {
  const rows = picture.length / bands;
  const statistics = new Float64Array(2 * bands);
  for (const [i, value] of picture.entries()) statistics[i % bands]! += value / rows;
  for (const [i, value] of picture.entries()) {
    statistics[bands + (i % bands)]! += (value - statistics[i % bands]!) ** 2 / rows;
  }
  for (let band = 0; band < bands; band++) statistics[bands + band] = Math.sqrt(statistics[bands + band]!);
  return statistics;
}
