import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  complexInputOf,
  complexVector,
  errors,
  index,
  inputOf,
  names,
  parameters,
  signal,
  vector,
} from '../test/reference-vectors.ts';
import { expectRefusal } from '../test/refusal.ts';
import { randomStream } from './random.ts';
import { istft, type StftParameters, spectrogram, stft } from './stft.ts';
import type { WindowName } from './window.ts';

function largest(values: ArrayLike<number>): number {
  return Array.from(values).reduce((most, v) => Math.max(most, Math.abs(v)), 0);
}

describe('stft', () => {
  test.each(names('librosa/stft_'))('%s', name => {
    const { re, im, frames, bins } = stft(inputOf(name), parameters<StftParameters>(name));
    const want = complexVector(name);
    expect([frames, bins]).toEqual(index.files[name]!.shape!.slice(0, 2));
    const scale = Math.max(largest(want.re), largest(want.im));
    expect(errors(re, want.re).max).toBeLessThan(1e-6 * scale);
    expect(errors(im, want.im).max).toBeLessThan(1e-6 * scale);
  });

  test('a frame needs samples, and parameters must be possible', () => {
    const x = new Float32Array(100);
    const refuse = (p: StftParameters, sentence: RegExp) =>
      expectRefusal(() => stft(x, p), 'parameter-out-of-range', sentence);
    refuse({ fftSize: 401 }, /fftSize must be even, not 401/);
    refuse({ fftSize: 64, windowLength: 65 }, /windowLength must be an integer from 1 to 64/);
    refuse({ fftSize: 64, hop: 0 }, /hop/);
    refuse({ fftSize: 64, padMode: 'wrap' as 'edge' }, /padMode must be 'constant' or 'reflect'/);
    refuse({ fftSize: 64, window: 'tukey' as 'hann' }, /window must be 'hann'/);
    expectRefusal(
      () => stft(x, { fftSize: 128, centre: false }),
      'signal-too-short',
      /at least 128 samples, not 100/,
    );
    expectRefusal(
      () => stft(new Float32Array(0), { fftSize: 128 }),
      'signal-too-short',
      /at least 1 samples/,
    );
    x[40] = Number.NaN;
    expectRefusal(() => stft(x, { fftSize: 64 }), 'non-finite-sample', /Sample 40 is NaN/);
  });
});

describe('spectrogram', () => {
  test.each(names('librosa/stft_'))('is the magnitude or power of %s', name => {
    const p = parameters<StftParameters>(name);
    const { re, im } = complexVector(name);
    const powers = re.map((r, i) => r * r + im[i]! ** 2);
    const scale = largest(powers);
    expect(errors(spectrogram(inputOf(name), { ...p, spectrum: 'power' }).values, powers).max).toBeLessThan(
      2e-6 * scale,
    );
    expect(errors(spectrogram(inputOf(name), p).values, powers.map(Math.sqrt)).max).toBeLessThan(
      1e-6 * Math.sqrt(scale),
    );
  });

  test.each(names('torchaudio/spectrogram_'))('%s', name => {
    const p = parameters<Parameters<typeof spectrogram>[1]>(name);
    const want = vector(name);
    expect(errors(spectrogram(inputOf(name), p).values, want).max).toBeLessThan(2e-6 * largest(want));
  });

  test('refuses another spectrum', () => {
    expectRefusal(
      () => spectrogram(new Float32Array(9), { fftSize: 8, spectrum: 'phase' as 'power' }),
      'parameter-out-of-range',
      /spectrum must be 'magnitude' or 'power', not phase/,
    );
  });
});

describe('istft', () => {
  test.each(names('librosa/istft_'))('%s', name => {
    const { frames, bins } = index.files[name]!;
    const spectra = { ...complexInputOf(name), frames: frames!, bins: bins! };
    const want = vector(name);
    const got = istft(spectra, parameters<StftParameters & { length?: number }>(name));
    // Where windows hardly reach, rounding is divided by next to nothing, in librosa too.
    expect(errors(got, want).max).toBeLessThan(1e-5 * largest(want));
  });

  test('undoes stft for any size, window and hop that cover the signal', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 4, max: 300 }),
        fc.integer({ min: 2, max: 4 }),
        fc.constantFrom<WindowName>('hann', 'hamming', 'blackman'),
        fc.constantFrom('constant', 'reflect', 'symmetric', 'edge'),
        fc.integer({ min: 1, max: 3000 }),
        fc.integer(),
        (half, part, window, padMode, length, seed) => {
          const noise = randomStream(seed, 'samples');
          const x = Float32Array.from({ length }, () => noise.uniform() - 0.5);
          const p = { fftSize: 2 * half, window, padMode, hop: Math.max(1, Math.floor(half / part)) };
          expect(errors(istft(stft(x, p), { ...p, length }), x).max).toBeLessThan(5e-6);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('without a length gives what the frames cover', () => {
    const x = signal('signal/cycle').subarray(0, 5000);
    const p = { fftSize: 512 };
    expect(istft(stft(x, p), p)).toHaveLength(Math.floor(5000 / 128) * 128);
  });

  test('refuses a transform of other parameters', () => {
    const spectra = stft(new Float32Array(1000), { fftSize: 256 });
    expectRefusal(() => istft(spectra, { fftSize: 512 }), 'stft-shape', /257 bins a frame, but .* 129 bins/);
    expectRefusal(
      () => istft({ ...spectra, frames: 3 }, { fftSize: 256 }),
      'stft-shape',
      /129 bins, 3 frames and holds \d+ values/,
    );
    expectRefusal(
      () => istft({ ...spectra, im: new Float32Array(3) }, { fftSize: 256 }),
      'lengths-differ',
      /imaginary part has 3 values/,
    );
    expectRefusal(
      () => istft(spectra, { fftSize: 256, length: -1 }),
      'parameter-out-of-range',
      /length of the signal .* not -1/,
    );
    spectra.re[5] = Number.POSITIVE_INFINITY;
    expectRefusal(() => istft(spectra, { fftSize: 256 }), 'non-finite-sample', /Infinity/);
  });
});
