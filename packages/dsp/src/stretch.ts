import { checkNumber, checkOutput, checkSamples } from './check.ts';
import { checkFinite } from './finite.ts';
import { copyOut, reserve } from './load.ts';
import { hannWindow } from './window.ts';

// As in ../assembly/stretch.ts.
const SEGMENT = 512;
const OVERLAP = 256;
const PLACES = 416;

/** Rises from 0 to 1 over the overlap. */
const fade = Float32Array.from(hannWindow(2 * OVERLAP).subarray(0, OVERLAP));

/**
 * The sound made longer (rate < 1) or shorter (rate > 1) with its pitch kept: round(n / rate) samples. WSOLA with segments
 * of 512, overlaps of 256 and a search of +-200 samples: sized for sample rates of 8 to 16 kHz. Clicks stay single, noise
 * keeps its power, rate 1 returns the input.
 *
 * @param rate 0.25 to 4
 * @param out takes the result: round(x.length / rate) values; saves an allocation
 * @throws CrepitusError `parameter-out-of-range`, `non-finite-sample`
 */
export function timeStretch(x: Float32Array, rate: number, out?: Float32Array): Float32Array {
  checkSamples('The signal', x);
  checkNumber('The stretching rate', rate, 0.25, 4);
  const length = Math.round(x.length / rate);
  if (out) checkOutput(out, length);
  const behind = SEGMENT + OVERLAP + 2 * PLACES;
  const workspace = reserve((x.length + behind) * 4, OVERLAP * 4, length * 4);
  const { kernels, f32, at } = workspace;
  const [signal, fadeAt, output] = at as [number, number, number];
  f32.set(x, signal / 4);
  checkFinite(workspace, signal, x.length);
  f32.fill(0, signal / 4 + x.length, signal / 4 + x.length + behind);
  f32.set(fade, fadeAt / 4);
  kernels.stretch(signal, x.length, rate, fadeAt, output, length);
  return copyOut(workspace, output, length, out);
}
