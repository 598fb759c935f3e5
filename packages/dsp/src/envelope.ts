import { checkInteger, checkNumber, checkSamples } from './check.ts';
import { checkBlock } from './finite.ts';

/**
 * Root mean square of a signal; 0 for an empty one.
 *
 * @throws CrepitusError `non-finite-sample`
 */
export function rms(x: Float32Array): number {
  checkSamples('The signal', x);
  checkBlock(x, 0);
  return x.length === 0 ? 0 : rootMeanSquare(x, 0, x.length);
}

/**
 * Root mean square over windows of `windowSeconds`, one every `stepSeconds`: value j covers the samples from
 * round(j * stepSeconds * sampleRate); only whole windows count. Both durations are rounded to at least one sample.
 *
 * @throws CrepitusError `parameter-out-of-range`, `non-finite-sample`
 */
export function envelope(
  x: Float32Array,
  sampleRate: number,
  windowSeconds: number,
  stepSeconds: number,
): Float32Array {
  checkSamples('The signal', x);
  checkInteger('sampleRate', sampleRate, 1, 2 ** 31);
  checkNumber('windowSeconds', windowSeconds, 0, 3600);
  checkNumber('stepSeconds', stepSeconds, 0, 3600);
  const window = Math.max(1, Math.round(windowSeconds * sampleRate));
  const step = Math.max(1, stepSeconds * sampleRate);
  checkBlock(x, 0);
  const values: number[] = [];
  for (let j = 0; ; j++) {
    const start = Math.round(j * step);
    if (start + window > x.length) return Float32Array.from(values);
    values.push(rootMeanSquare(x, start, start + window));
  }
}

function rootMeanSquare(x: Float32Array, start: number, end: number): number {
  let squares = 0;
  for (let i = start; i < end; i++) squares += x[i]! * x[i]!;
  return Math.sqrt(squares / (end - start));
}
