import { checkObject, checkSamples } from './check.ts';
import { CrepitusError } from './error.ts';
import { checkFftSize, fftPlan, fftPlanBytes } from './fft-plan.ts';
import { checkFinite } from './finite.ts';
import { FrameTransform } from './frames.ts';
import { Kept } from './kept.ts';
import { copyOut, reserve } from './load.ts';
import { makeWindow } from './window.ts';

/** Complex numbers: real and imaginary parts in arrays of equal length. */
export interface ComplexArray {
  re: Float32Array;
  im: Float32Array;
}

/** Forms of a spectrum by the kernels' numbers (../assembly/fft-ends.ts). */
export const FORMS = { magnitude: 0, power: 1, complex: 2 } as const;

/**
 * Spectrum of n real samples: bins 0 ... n / 2 of sum x[i] e^(-2 pi j k i / n), not scaled (numpy.fft.rfft). n: even, 2 to
 * 65 536; 512 and numbers without large prime factors are fast. Error below 1e-6 of the largest bin.
 *
 * @throws CrepitusError `parameter-out-of-range` for another length, `non-finite-sample`
 */
export function realFft(samples: Float32Array): ComplexArray {
  const { values, bins } = transform([samples], 'complex');
  return { re: values.slice(0, bins), im: values.slice(bins) };
}

/**
 * |X|^2 of n real samples (even, 2 to 65 536): bins 0 ... n / 2, not scaled.
 *
 * @throws CrepitusError as `realFft`
 */
export function powerSpectrum(samples: Float32Array): Float32Array {
  return transform([samples], 'power').values;
}

/**
 * Spectrum of n complex samples (n as for `realFft`), bins 0 ... n - 1, not scaled (numpy.fft.fft): two real transforms in two
 * SIMD lanes.
 *
 * @throws CrepitusError as `realFft`, and `lengths-differ`
 */
export function complexFft(re: Float32Array, im: Float32Array): ComplexArray {
  const { values, bins } = transform([re, im], 'complex');
  const [aRe, bRe, aIm, bIm] = [0, 1, 2, 3].map(i => values.subarray(i * bins, (i + 1) * bins)) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const n = re.length;
  const out = { re: new Float32Array(n), im: new Float32Array(n) };
  for (let k = 0; k < n; k++) {
    // The spectrum of a real signal is conjugate-symmetric.
    const upper = k >= bins;
    const bin = upper ? n - k : k;
    const sign = upper ? -1 : 1;
    out.re[k] = aRe[bin]! - sign * bIm[bin]!;
    out.im[k] = sign * aIm[bin]! + bRe[bin]!;
  }
  return out;
}

/**
 * The 2 * (bins - 1) real samples whose spectrum has these bins, scaled by 1 / n (numpy.fft.irfft): `realFft` undone. The
 * imaginary parts of the first and the last bin, which no real signal has, are left out.
 *
 * @throws CrepitusError as `realFft`, and `lengths-differ`
 */
export function inverseRealFft(spectrum: ComplexArray): Float32Array {
  checkObject('The spectrum', spectrum);
  const { re, im } = spectrum;
  checkSamples('The real part of the spectrum', re);
  checkSamples('The imaginary part of the spectrum', im);
  const size = 2 * (re.length - 1);
  checkFftSize('The number of samples, twice the number of bins less two,', size);
  checkSameLength('The imaginary part', im, re);
  const workspace = reserve(re.byteLength, im.byteLength, size * 4, fftPlanBytes(size), size * 4);
  const { kernels, f32, at } = workspace;
  const [reAt, imAt, window, plan, y] = at as [number, number, number, number, number];
  f32.set(re, reAt / 4);
  f32.set(im, imAt / 4);
  checkFinite(workspace, reAt, re.length);
  checkFinite(workspace, imAt, im.length);
  f32.fill(1 / size, window / 4, window / 4 + size);
  f32.set(fftPlan(size), plan / 4);
  f32.fill(0, y / 4, y / 4 + size);
  kernels.overlapAdd(reAt, imAt, 1, window, 0, plan, y);
  return copyOut(workspace, y, size);
}

export function checkSameLength(what: string, found: Float32Array, as: Float32Array): void {
  if (found.length === as.length) return;
  throw new CrepitusError(
    'lengths-differ',
    `${what} has ${found.length} values where ${as.length} are expected; both parts must be equally long.`,
    { kind: 'usage' },
  );
}

const plainTransforms = new Kept<FrameTransform>(4);

/** Spectra of signals of one length, one row each. */
function transform(
  signals: Float32Array[],
  form: keyof typeof FORMS,
): { values: Float32Array; bins: number } {
  const size = signals[0]?.length ?? 0;
  for (const samples of signals) checkSamples('The signal', samples);
  checkFftSize('The number of samples of an FFT', size);
  for (const samples of signals) checkSameLength('The imaginary part', samples, signals[0]!);
  const frames = plainTransforms.get(
    String(size),
    () => new FrameTransform(size, makeWindow('rectangular', size)),
  );
  const count = signals.length * frames.bins * (form === 'complex' ? 2 : 1);
  const workspace = reserve(signals.length * size * 4 + 16, ...frames.bytes, count * 4);
  const { kernels, f32, at } = workspace;
  const [x, window, plan, work, out] = at as [number, number, number, number, number];
  signals.forEach((samples, i) => {
    f32.set(samples, x / 4 + i * size);
    checkFinite(workspace, x + i * size * 4, size);
  });
  // Read ahead into what a call before left there could meet NaN, and NaN times zero is NaN.
  f32.fill(0, x / 4 + signals.length * size, x / 4 + signals.length * size + 4);
  const placed = frames.place(workspace, window, plan);
  kernels.spectrogram(x, signals.length, size, ...placed, work, frames.bins, FORMS[form], out);
  return { values: copyOut(workspace, out, count), bins: frames.bins };
}
