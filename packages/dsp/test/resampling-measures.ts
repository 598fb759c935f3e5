import { sineOfTurns } from '../src/elementary.ts';
import { type ResampleOptions, resample } from '../src/index.ts';

// The measures are those of `conventions.resampling` in reference/index.json.

export function snrDb(got: Float32Array, ideal: (m: number) => number): number {
  const edge = Math.floor(got.length / 10);
  let power = 0;
  let error = 0;
  for (let m = edge; m < got.length - edge; m++) {
    power += ideal(m) ** 2;
    error += (got[m]! - ideal(m)) ** 2;
  }
  return 10 * Math.log10(power / error);
}

export function sineSnrDb(hz: number, from: number, to: number, o?: ResampleOptions): number {
  // The phase is 0.3 rad; engines differ in the last bits of Math.sin.
  const sine = (rate: number) => (i: number) => 0.5 * sineOfTurns((hz * i) / rate + 0.3 / (2 * Math.PI));
  const x = Float32Array.from({ length: from }, (_, i) => sine(from)(i));
  return snrDb(resample(x, from, to, o), sine(to));
}

export function leakageDb(hz: number, from: number, to: number, o?: ResampleOptions): number {
  const x = Float32Array.from({ length: from }, (_, i) => 0.5 * sineOfTurns((hz * i) / from));
  const y = resample(x, from, to, o);
  const edge = Math.floor(y.length / 10);
  const rms = (v: Float32Array) => Math.sqrt(v.reduce((sum, s) => sum + s * s, 0) / v.length);
  return 20 * Math.log10(rms(y.subarray(edge, y.length - edge)) / rms(x));
}
