import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { errors, signal } from '../test/reference-vectors.ts';
import { expectRefusal } from '../test/refusal.ts';
import { randomStream } from './random.ts';
import { timeStretch } from './stretch.ts';

const rates = [0.8, 0.9, 0.98, 1.02, 1.1, 1.2];

function power(x: Float32Array): number {
  return x.reduce((sum, v) => sum + v * v, 0) / x.length;
}

/** Magnitude of the Fourier sum at one frequency. */
function magnitudeAt(x: Float32Array, hz: number, sampleRate: number): number {
  let re = 0;
  let im = 0;
  x.forEach((v, i) => {
    re += v * Math.cos((2 * Math.PI * hz * i) / sampleRate);
    im += v * Math.sin((2 * Math.PI * hz * i) / sampleRate);
  });
  return Math.hypot(re, im);
}

// The properties are those of `conventions.time_stretch` in reference/index.json.
describe('timeStretch', () => {
  test('gives round(n / rate) samples', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 5000 }),
        fc.double({ min: 0.25, max: 4, noNaN: true }),
        (n, rate) => {
          const y = timeStretch(new Float32Array(n).fill(0.5), rate);
          expect(y).toHaveLength(Math.round(n / rate));
          expect(y.every(Number.isFinite)).toBe(true);
        },
      ),
    );
  });

  test('rate 1 gives the input back', () => {
    const x = signal('signal/cycle').subarray(0, 40_000);
    expect(errors(timeStretch(x, 1), x).max).toBeLessThan(1e-6);
  });

  test.each(rates)('at rate %s a sine keeps its pitch within 1 Hz, and its level', rate => {
    const x = Float32Array.from(
      { length: 32_000 },
      (_, i) => 0.5 * Math.sin((2 * Math.PI * 440 * i) / 16_000),
    );
    const second = timeStretch(x, rate).subarray(4000, 20_000);
    const around = Array.from({ length: 41 }, (_, k) => 430 + k / 2);
    const magnitudes = around.map(hz => magnitudeAt(second, hz, 16_000));
    const peak = around[magnitudes.indexOf(Math.max(...magnitudes))]!;
    expect(Math.abs(peak - 440)).toBeLessThanOrEqual(1);
    expect(Math.abs(10 * Math.log10(power(second) / 0.125))).toBeLessThan(1);
  });

  test.each(rates)('at rate %s steady noise keeps its level within 1 dB, second by second', rate => {
    const stream = randomStream(1, 'noise');
    const x = Float32Array.from({ length: 64_000 }, () => stream.uniform() - 0.5);
    const y = timeStretch(x, rate);
    for (let s = 0; s + 16_000 <= y.length; s += 16_000) {
      expect(Math.abs(10 * Math.log10(power(y.subarray(s, s + 16_000)) / power(x)))).toBeLessThan(1);
    }
  });

  test.each(rates)('at rate %s a click train keeps each click once, at its new time', rate => {
    const period = 4000;
    const x = new Float32Array(64_000);
    for (let i = 2000; i < x.length; i += period) x[i] = 1;
    const y = timeStretch(x, rate);
    const clicks = Array.from(y.keys()).filter(i => y[i]! > 0.1);
    expect(clicks).toHaveLength(16);
    clicks.forEach((at, k) => {
      expect(Math.abs(at - (2000 + k * period) / rate)).toBeLessThanOrEqual(512);
      expect(y[at]).toBeCloseTo(1, 3);
    });
  });

  test('silence stays silence', () => {
    expect(timeStretch(new Float32Array(10_000), 0.8).every(v => v === 0)).toBe(true);
  });

  test('refuses other rates and samples that are not finite', () => {
    const x = Float32Array.of(0, Number.NaN);
    expectRefusal(
      () => timeStretch(x, 0),
      'parameter-out-of-range',
      /rate must be a number from 0.25 to 4, not 0/,
    );
    expectRefusal(() => timeStretch(x, 1.1), 'non-finite-sample', /Sample 1 is NaN/);
  });
});
