import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  complexInputOf,
  complexVector,
  errors,
  inputOf,
  names,
  signal,
  vector,
} from '../test/reference-vectors.ts';
import { expectRefusal } from '../test/refusal.ts';
import { realDft } from '../test/twins.ts';
import { complexFft, inverseRealFft, powerSpectrum, realFft } from './fft.ts';
import { randomStream } from './random.ts';

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

  test('refuses lengths that it cannot do and samples that are not finite', () => {
    const refuse = (length: number, sentence: RegExp) =>
      expectRefusal(() => realFft(new Float32Array(length)), 'parameter-out-of-range', sentence);
    refuse(0, /number of samples of an FFT must be an integer from 2 to 65536, not 0/);
    refuse(65_538, /not 65538/);
    refuse(513, /must be even, not 513/);
    expectRefusal(
      () => complexFft(new Float32Array(512), new Float32Array(0)),
      'lengths-differ',
      /imaginary part has 0 values where 512 are expected/,
    );
    expectRefusal(
      () => inverseRealFft({ re: new Float32Array(5), im: new Float32Array(4) }),
      'lengths-differ',
      /has 4 values where 5/,
    );
    expectRefusal(
      () => inverseRealFft({ re: new Float32Array(1), im: new Float32Array(1) }),
      'parameter-out-of-range',
      /not 0/,
    );
    expectRefusal(
      () => realFft(new Float32Array(512).fill(Number.NaN, 7)),
      'non-finite-sample',
      /Sample 7 is NaN/,
    );
  });
});

describe('FFT of other sizes', () => {
  const whole = names('scipy/rfft_').filter(name => name !== 'scipy/rfft_65536');

  test.each(whole)('%s', name => {
    const got = realFft(inputOf(name));
    const want = complexVector(name);
    const power = powerSpectrum(inputOf(name));
    const scale = largest(want);
    expect(errors(got.re, want.re).max).toBeLessThan(1e-6 * scale);
    expect(errors(got.im, want.im).max).toBeLessThan(1e-6 * scale);
    const squares = want.re.map((re, k) => re * re + want.im[k]! ** 2);
    expect(errors(power, squares).max).toBeLessThan(2e-6 * scale * scale);
  });

  test('scipy/rfft_65536, the largest', () => {
    const got = realFft(inputOf('scipy/rfft_65536'));
    const want = complexVector('scipy/rfft_65536');
    const every = (v: Float32Array) => v.filter((_, k) => k % 128 === 0);
    expect(errors(every(got.re), want.re).max).toBeLessThan(1e-6 * largest(got));
    expect(errors(every(got.im), want.im).max).toBeLessThan(1e-6 * largest(got));
  });

  test.each(names('scipy/fft_'))('%s', name => {
    const { re, im } = complexInputOf(name);
    const got = complexFft(re, im);
    const want = complexVector(name);
    expect(errors(got.re, want.re).max).toBeLessThan(1e-6 * largest(want));
    expect(errors(got.im, want.im).max).toBeLessThan(1e-6 * largest(want));
  });

  test.each(names('scipy/irfft_'))('%s', name => {
    const want = vector(name);
    const scale = Math.max(...want.map(Math.abs));
    expect(errors(inverseRealFft(complexInputOf(name)), want).max).toBeLessThan(2e-6 * scale);
  });

  test('equals the sum of its definition for any even size, primes in it or not', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 130 }), fc.integer(), (half, seed) => {
        const stream = randomStream(seed, 'samples');
        const x = Float32Array.from({ length: 2 * half }, () => stream.uniform() - 0.5);
        const want = realDft(x, 2 * half);
        const got = realFft(x);
        expect(errors(got.re, want.re).max).toBeLessThan(2e-6 * largest(want));
        expect(errors(got.im, want.im).max).toBeLessThan(2e-6 * largest(want));
        expect(errors(inverseRealFft(got), x).max).toBeLessThan(1e-6);
      }),
    );
  });
});
