import { checkInteger, checkWord } from './check.ts';
import { cosineOfTurns } from './elementary.ts';

/** Windows by name; all periodic, as spectra want them (scipy's `get_window`, `rectangular` is its `boxcar`). */
export type WindowName = 'hann' | 'hamming' | 'blackman' | 'rectangular';

/** Amplitudes of cos(2 pi j i / length), j = 0, 1, ..., with alternating signs. */
const TERMS: Record<WindowName, readonly number[]> = {
  hann: [0.5, 0.5],
  hamming: [0.54, 0.46],
  blackman: [0.42, 0.5, 0.08],
  rectangular: [1],
};

export const windowNames = Object.keys(TERMS);

/**
 * Periodic window: sum over j of (-1)^j a_j cos(2 pi j i / length), i = 0 ... length - 1; a single value is 1, as in scipy.
 *
 * @throws CrepitusError `parameter-out-of-range`
 */
export function makeWindow(name: WindowName, length: number): Float64Array {
  checkWord('window', name, windowNames);
  checkInteger('The window length', length, 1, 2 ** 24);
  if (length === 1) return Float64Array.of(1);
  return Float64Array.from({ length }, (_, i) =>
    TERMS[name].reduce((sum, a, j) => sum + (j % 2 === 0 ? a : -a) * cosineOfTurns((j * i) / length), 0),
  );
}

/**
 * Periodic Hann window: 0.5 - 0.5 cos(2 pi i / length), i = 0 ... length - 1 (librosa's and scipy's `hann` for spectra).
 *
 * @throws CrepitusError `parameter-out-of-range`
 */
export function hannWindow(length: number): Float64Array {
  return makeWindow('hann', length);
}
