import { checkSamples } from './check.ts';
import { CrepitusError } from './error.ts';
import { checkFinite, reserve } from './load.ts';

/** The one FFT size of the kernels. */
export const FFT_SIZE = 512;
const BINS = FFT_SIZE / 2 + 1;

/** Complex numbers: real and imaginary parts in arrays of equal length. */
export interface ComplexArray {
  re: Float32Array;
  im: Float32Array;
}

/** Spectrum of 512 real samples: bins 0 ... 256 of sum x[n] e^(-2 pi i k n / 512), not scaled. Error below 1e-6 of the largest bin. */
export function realFft(samples: Float32Array): ComplexArray {
  const [spectrum] = transform([samples]);
  return spectrum!;
}

/** Spectrum of 512 complex samples, bins 0 ... 511, not scaled: two real transforms in two SIMD lanes. */
export function complexFft(re: Float32Array, im: Float32Array): ComplexArray {
  const [a, b] = transform([re, im]) as [ComplexArray, ComplexArray];
  const out = { re: new Float32Array(FFT_SIZE), im: new Float32Array(FFT_SIZE) };
  for (let k = 0; k < FFT_SIZE; k++) {
    // The spectrum of a real signal is conjugate-symmetric.
    const upper = k >= BINS;
    const bin = upper ? FFT_SIZE - k : k;
    const sign = upper ? -1 : 1;
    out.re[k] = a.re[bin]! - sign * b.im[bin]!;
    out.im[k] = sign * a.im[bin]! + b.re[bin]!;
  }
  return out;
}

function transform(signals: Float32Array[]): ComplexArray[] {
  const workspace = reserve(signals.length * FFT_SIZE * 4, FFT_SIZE * 4, BINS * 32);
  const [x, window, out] = workspace.at as [number, number, number];
  signals.forEach((samples, i) => {
    checkSamples('The signal', samples);
    if (samples.length !== FFT_SIZE) {
      throw new CrepitusError('fft-size', `The FFT takes ${FFT_SIZE} samples, not ${samples.length}.`, {
        kind: 'usage',
      });
    }
    workspace.f32.set(samples, x / 4 + i * FFT_SIZE);
    checkFinite(workspace, x + i * FFT_SIZE * 4, FFT_SIZE);
  });
  workspace.f32.fill(0.5, window / 4, window / 4 + FFT_SIZE);
  workspace.kernels.realFft(x, signals.length, window, out);
  return signals.map((_, lane) => ({
    re: Float32Array.from({ length: BINS }, (_, k) => workspace.f32[out / 4 + k * 8 + lane]!),
    im: Float32Array.from({ length: BINS }, (_, k) => workspace.f32[out / 4 + k * 8 + 4 + lane]!),
  }));
}
