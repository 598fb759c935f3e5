import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { airflow, planBreaths } from './breathing.ts';

const plans = fc.record({
  seed: fc.integer({ min: 0, max: 1e6 }),
  seconds: fc.integer({ min: 1, max: 60 }),
  rate: fc.integer({ min: 6, max: 60 }),
});

describe('planBreaths', () => {
  it('fills the time with whole breaths, one after the other, at the rate that is asked for', () => {
    fc.assert(
      fc.property(plans, ({ seed, seconds, rate }) => {
        const breaths = planBreaths(seed, seconds, rate, null);
        breaths.forEach((breath, i) => {
          if (i > 0) expect(breath.start).toBe(breaths[i - 1]!.end);
          expect(breath.inspirationEnd).toBeGreaterThan(breath.start);
          expect(breath.expirationEnd).toBeGreaterThan(breath.inspirationEnd);
          expect(breath.end).toBeGreaterThan(breath.expirationEnd);
          expect(((breath.end - breath.start) * rate) / 60).toBeCloseTo(1, 0);
        });
        expect(breaths.at(-1)?.end ?? 0).toBeLessThanOrEqual(seconds);
        expect(seconds - (breaths.at(-1)?.end ?? 0.6)).toBeLessThan(1.08 * (60 / rate) + 0.6);
      }),
    );
  });

  it.each([0.2, 0.4, 0.5, 0.7])('keeps the share of inspiration %s', share => {
    for (const { start, inspirationEnd, end } of planBreaths(3, 60, 12, share)) {
      expect((inspirationEnd - start) / (end - start)).toBeCloseTo(share, 1);
    }
  });
});

describe('airflow', () => {
  it('is positive in inspiration, negative in expiration, 0 in pauses, and breathes out what was breathed in', () => {
    const sampleRate = 1000;
    const breaths = planBreaths(5, 30, 12, null);
    const flow = airflow(breaths, 30 * sampleRate, sampleRate);
    const between = (from: number, to: number) =>
      flow.subarray(Math.ceil(from * sampleRate) + 1, Math.floor(to * sampleRate) - 1);
    for (const { start, inspirationEnd, expirationEnd, end } of breaths) {
      const [inspired, expired] = [between(start, inspirationEnd), between(inspirationEnd, expirationEnd)];
      expect(Math.min(...inspired)).toBeGreaterThan(0);
      expect(Math.max(...expired)).toBeLessThan(0);
      expect(between(expirationEnd, end).every(sample => sample === 0)).toBe(true);
      const volume = (part: Float32Array) => part.reduce((sum, sample) => sum + sample, 0);
      expect(-volume(expired) / volume(inspired)).toBeCloseTo(1, 2);
    }
    expect(Math.max(...flow)).toBeLessThanOrEqual(1);
  });
});
