import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { errors, signal, vector } from '../test/reference-vectors.ts';
import { expectRefusal } from '../test/refusal.ts';
import { realDft } from '../test/twins.ts';
import { complexFft, realFft } from './fft.ts';

/** [re, im] pairs of a vector, apart. */
function parts(values: ArrayLike<number>): { re: Float32Array; im: Float32Array } {
  const pick = (offset: number) =>
    Float32Array.from({ length: values.length / 2 }, (_, i) => values[2 * i + offset]!);
  return { re: pick(0), im: pick(1) };
}

function largest(spectrum: { re: ArrayLike<number>; im: ArrayLike<number> }): number {
  return Math.max(...Array.from(spectrum.re, (re, k) => Math.hypot(re, spectrum.im[k]!)));
}

describe('FFT', () => {
  test('the real one equals fft/rfft512', () => {
    const got = realFft(signal('signal/cycle').subarray(30_000, 30_512));
    const want = parts(vector('fft/rfft512'));
    expect(got.re).toHaveLength(257);
    expect(errors(got.re, want.re).max).toBeLessThanOrEqual(1e-6 * largest(want));
    expect(errors(got.im, want.im).max).toBeLessThanOrEqual(1e-6 * largest(want));
  });

  test('the complex one equals fft/cfft512', () => {
    const input = parts(vector('fft/cfft512_input'));
    const got = complexFft(input.re, input.im);
    const want = parts(vector('fft/cfft512'));
    expect(errors(got.re, want.re).max).toBeLessThanOrEqual(1e-6 * largest(want));
    expect(errors(got.im, want.im).max).toBeLessThanOrEqual(1e-6 * largest(want));
  });

  test('equals the sum of its definition for any samples', () => {
    const samples = fc.float32Array({ minLength: 512, maxLength: 512, noNaN: true, min: -1, max: 1 });
    fc.assert(
      fc.property(samples, x => {
        const want = realDft(x, 512);
        const scale = Math.max(largest(want), 1e-30);
        const got = realFft(x);
        expect(errors(got.re, want.re).max).toBeLessThan(1e-6 * scale);
        expect(errors(got.im, want.im).max).toBeLessThan(1e-6 * scale);
      }),
      { numRuns: 20 },
    );
  });

  test('an impulse gives ones, and the ends have no imaginary part', () => {
    const { re, im } = realFft(Float32Array.from({ length: 512 }, (_, i) => (i === 0 ? 1 : 0)));
    expect(re.every(v => v === 1)).toBe(true);
    expect(im.every(v => Math.abs(v) === 0)).toBe(true);
  });

  test('refuses another length and samples that are not finite', () => {
    expectRefusal(() => realFft(new Float32Array(500)), 'fft-size', /takes 512 samples, not 500/);
    expectRefusal(() => complexFft(new Float32Array(512), new Float32Array(0)), 'fft-size', /not 0/);
    expectRefusal(
      () => realFft(new Float32Array(512).fill(Number.NaN, 7)),
      'non-finite-sample',
      /Sample 7 is NaN/,
    );
  });
});
