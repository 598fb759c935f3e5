import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { combinedP, holmAdjusted, mcNemar, mcNemarOfCounts } from './mcnemar.ts';

describe('McNemar, worked by hand', () => {
  test.each([
    // n = 6: P(X = 0) = 1/64, P(X = 1) = 6/64.
    { onlyFirst: 5, onlySecond: 1, exact: 14 / 64, midP: 8 / 64 },
    { onlyFirst: 0, onlySecond: 6, exact: 2 / 64, midP: 1 / 64 },
    { onlyFirst: 3, onlySecond: 3, exact: 1, midP: 1 },
    { onlyFirst: 0, onlySecond: 0, exact: 1, midP: 1 },
    { onlyFirst: 1, onlySecond: 0, exact: 1, midP: 1 / 2 },
  ])('$onlyFirst against $onlySecond', ({ onlyFirst, onlySecond, exact, midP }) => {
    const test = mcNemarOfCounts(onlyFirst, onlySecond);
    expect(test.exact).toBeCloseTo(exact, 12);
    expect(test.midP).toBeCloseTo(midP, 12);
  });

  test('only cycles that one of the two calls rightly count', () => {
    const truths = [true, true, true, false, false, false];
    const first = [1, 1, 0, 0, 0, 1];
    const second = [1, 0, 1, 1, 1, 1];
    expect(mcNemar(first, second, truths)).toMatchObject({ onlyFirst: 3, onlySecond: 1 });
  });

  test('thousands of cycles: as the normal approximation says', () => {
    // (b - c)^2 / (b + c) = 4, so p is near 0.0455 (2 n of 10 000, too many for 2^-n as a double).
    const { exact, midP } = mcNemarOfCounts(5100, 4900);
    expect(midP).toBeCloseTo(0.0455, 3);
    expect(exact).toBeGreaterThan(midP);
    expect(mcNemarOfCounts(6000, 4000).exact).toBeLessThan(1e-80);
  });

  test('swapping the two changes nothing but the counts', () => {
    fc.assert(
      fc.property(fc.nat({ max: 300 }), fc.nat({ max: 300 }), (b, c) => {
        const there = mcNemarOfCounts(b, c);
        const back = mcNemarOfCounts(c, b);
        expect(back).toEqual({ ...there, onlyFirst: c, onlySecond: b });
        expect(there.midP).toBeLessThanOrEqual(there.exact);
        expect(there.exact).toBeLessThanOrEqual(1);
      }),
    );
  });
});

test.each([
  { values: [], combined: null },
  { values: [0.03], combined: 0.03 },
  { values: [0.5, 0.01], combined: 0.02 }, // 2 / 1 times the smaller
  { values: [0.04, 0.01, 0.9], combined: 0.06 }, // 3 / 2 times the second
  { values: [0.9, 0.8, 0.7], combined: 1 },
])('several p-values $values as one', ({ values, combined }) => {
  if (combined === null) expect(combinedP(values)).toBeNull();
  else expect(combinedP(values)).toBeCloseTo(combined, 12);
});

test('Holm: the k-th smallest times m - k + 1, never below the one before it', () => {
  const adjusted = holmAdjusted([0.01, 0.04, 0.03, 0.005]);
  for (const [i, expected] of [0.03, 0.06, 0.06, 0.02].entries()) {
    expect(adjusted[i]).toBeCloseTo(expected, 12);
  }
  expect(holmAdjusted([0.9, 0.8])).toEqual([1, 1]);
  expect(holmAdjusted([])).toEqual([]);
});
