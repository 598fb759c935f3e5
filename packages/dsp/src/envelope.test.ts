import { describe, expect, test } from 'vitest';
import { errors, inputOf, names, parameters, vector } from '../test/reference-vectors.ts';
import { expectRefusal } from '../test/refusal.ts';
import { envelope, rms } from './envelope.ts';

describe('envelope', () => {
  test('is the root mean square of each window', () => {
    const x = Float32Array.from({ length: 16_000 }, (_, i) => (i < 8000 ? 0.5 : 0));
    const values = envelope(x, 16_000, 0.05, 0.01);
    expect(values).toHaveLength(96);
    expect(values[0]).toBeCloseTo(0.5, 6);
    expect(values[48]).toBeCloseTo(0.5 * Math.sqrt(320 / 800), 6);
    expect(values[60]).toBe(0);
  });

  test('keeps to the clock where a step is no whole number of samples', () => {
    const x = Float32Array.from({ length: 11_025 * 4 }, (_, i) => (i >= 11_025 * 2 ? 1 : 0));
    const values = envelope(x, 11_025, 0.01, 0.01);
    expect(values.findIndex(v => v > 0.5)).toBe(200);
  });

  test('has no value where no window fits, and refuses what is not finite', () => {
    expect(envelope(new Float32Array(10), 16_000, 0.05, 0.01)).toHaveLength(0);
    expectRefusal(
      () => envelope(Float32Array.of(1, Number.NaN), 16_000, 0.05, 0.01),
      'non-finite-sample',
      /Sample 1/,
    );
    expectRefusal(
      () => envelope(new Float32Array(10), 0, 0.05, 0.01),
      'parameter-out-of-range',
      /sampleRate/,
    );
  });
});

test.each(names('librosa/rms_'))('envelope equals %s', name => {
  const { sampleRate, windowSeconds, stepSeconds } = parameters<{
    sampleRate: number;
    windowSeconds: number;
    stepSeconds: number;
  }>(name);
  const got = envelope(inputOf(name), sampleRate, windowSeconds, stepSeconds);
  expect(errors(got, vector(name)).max).toBeLessThan(1e-7);
});

test('rms is the root of the mean square, 0 of nothing', () => {
  expect(rms(Float32Array.of(3, -4, 0, 5))).toBe(Math.sqrt(50 / 4));
  expect(rms(new Float32Array(0))).toBe(0);
  expectRefusal(() => rms(Float32Array.of(1, Number.NaN)), 'non-finite-sample', /Sample 1 is NaN/);
});
