import { checkInteger } from './check.ts';
import { cosineOfTurns } from './elementary.ts';

/** Periodic Hann window: 0.5 - 0.5 cos(2 pi i / length), i = 0 ... length - 1 (librosa's and scipy's `hann` for spectra). */
export function hannWindow(length: number): Float64Array {
  checkInteger('The window length', length, 1, 2 ** 24);
  return Float64Array.from({ length }, (_, i) => 0.5 - 0.5 * cosineOfTurns(i / length));
}
