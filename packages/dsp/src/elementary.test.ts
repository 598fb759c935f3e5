import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cosineOfTurns, exponential, logarithm, sineOfTurns } from './elementary.ts';

const finite = (min: number, max: number) => fc.double({ min, max, noNaN: true });

describe('elementary functions agree with the engine to a few units in the last place', () => {
  test('exponential', () => {
    fc.assert(
      fc.property(finite(-600, 600), x => {
        expect(Math.abs(exponential(x) / Math.exp(x) - 1)).toBeLessThan(1e-15);
      }),
    );
  });

  test('logarithm', () => {
    fc.assert(
      fc.property(finite(1e-30, 1e30), x => {
        expect(Math.abs(logarithm(x) - Math.log(x))).toBeLessThanOrEqual(
          5e-16 * Math.max(Math.abs(Math.log(x)), 1e-3),
        );
      }),
    );
  });

  test('sine and cosine of turns, also of many', () => {
    fc.assert(
      fc.property(finite(-4, 4), fc.integer({ min: -1000, max: 1000 }), (t, whole) => {
        expect(Math.abs(sineOfTurns(t) - Math.sin(2 * Math.PI * t))).toBeLessThan(5e-15);
        expect(Math.abs(cosineOfTurns(t) - Math.cos(2 * Math.PI * t))).toBeLessThan(5e-15);
        expect(sineOfTurns(Math.fround(t) + whole)).toBeCloseTo(sineOfTurns(Math.fround(t)), 12);
      }),
    );
  });

  test('quarter turns are exact', () => {
    expect([0, 0.25, 0.5, 0.75, -0.25].map(sineOfTurns)).toEqual([0, 1, -0, -1, -1]);
    expect([0, 0.25, 0.5, 0.75, 1].map(cosineOfTurns)).toEqual([1, -0, -1, 0, 1]);
  });
});
