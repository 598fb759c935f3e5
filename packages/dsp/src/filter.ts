import type { SecondOrderSections } from './bessel.ts';
import { checkOutput, checkSamples } from './check.ts';
import { CrepitusError } from './error.ts';
import { checkFinite, copyOut, reserve } from './load.ts';

/**
 * Filters a signal from rest through second-order sections (transposed direct form II). Coefficients, state and what runs
 * between sections are float64, only the output is f32: the bits are those of the plain loop in float64. `out` may be `x`.
 */
export function filterForward(x: Float32Array, sos: SecondOrderSections, out?: Float32Array): Float32Array {
  checkSamples('The signal', x);
  if (out) checkOutput(out, x.length);
  const rows = sos.sections.length / 5;
  if (!Number.isInteger(rows) || rows === 0 || !sos.sections.every(Number.isFinite)) {
    throw new CrepitusError(
      'filter-sections',
      'A filter needs rows of five finite coefficients b0 b1 b2 a1 a2.',
      { kind: 'usage' },
    );
  }
  // Sections run in pairs; an odd one is paired with y = x.
  const pairs = Math.ceil(rows / 2);
  const coefficients = new Float64Array(pairs * 10);
  coefficients.set(sos.sections);
  if (rows % 2 === 1) coefficients[rows * 5] = 1;

  const workspace = reserve(x.byteLength, coefficients.byteLength, pairs * 32);
  const { kernels, f32, at } = workspace;
  const [signal, coefficientsAt, stateAt] = at as [number, number, number];
  f32.set(x, signal / 4);
  checkFinite(workspace, signal, x.length);
  new Float64Array(f32.buffer).set(coefficients, coefficientsAt / 8);
  f32.fill(0, stateAt / 4, stateAt / 4 + pairs * 8);
  kernels.cascade(signal, signal, x.length, coefficientsAt, pairs, stateAt);
  return copyOut(workspace, signal, x.length, out);
}
