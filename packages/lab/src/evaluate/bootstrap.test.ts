import { describe, expect, test } from 'vitest';
import { bootstrapIntervals, pairedDifference, quantile, sampleFigures } from './bootstrap.ts';
import type { ScoredCycles } from './figures.ts';

test.each([
  { share: 0, value: 10 },
  { share: 0.5, value: 25 },
  { share: 0.25, value: 17.5 },
  { share: 1, value: 40 },
])('quantile $share of 10, 20, 30, 40', ({ share, value }) => {
  expect(quantile([10, 20, 30, 40], share)).toBeCloseTo(value, 12);
});

/** `subjects` with one positive and one negative cycle each; half of the subjects score their positive above 0.5. */
function cohort(subjects: number, copies = 1): ScoredCycles {
  const rows = Array.from({ length: subjects }, (_, s) => [
    { subject: `s${s}`, positive: true, score: s % 2 ? 0.9 : 0.1 },
    { subject: `s${s}`, positive: false, score: 0.4 },
  ]).flat();
  const all = Array(copies).fill(rows).flat() as typeof rows;
  return {
    scores: all.map(row => row.score),
    positives: all.map(row => row.positive),
    subjects: all.map(row => row.subject),
    devices: all.map(() => 'a'),
    threshold: 0.5,
  };
}

describe('intervals by subjects', () => {
  test('of a share of 100 subjects: 0.5 +- 1.96 * sqrt(0.25 / 100)', () => {
    const { sensitivity, auc, specificity } = bootstrapIntervals(cohort(100), { seed: 1 });
    expect(sensitivity![0]).toBeCloseTo(0.402, 1);
    expect(sensitivity![1]).toBeCloseTo(0.598, 1);
    expect(auc).toEqual(sensitivity); // a positive is above all negatives or below all
    expect(specificity).toEqual([1, 1]);
  });

  test('ten cycles of a subject are no more than one: the interval stays', () => {
    const { brier, ...once } = bootstrapIntervals(cohort(20), { seed: 1 });
    expect(bootstrapIntervals(cohort(20, 10), { seed: 1 })).toEqual({
      ...once,
      brier: brier!.map(end => expect.closeTo(end, 12)),
    });
  });

  test('the seed decides, the order of cycles does not', () => {
    const cycles = cohort(20);
    const reversed: ScoredCycles = {
      scores: Array.from(cycles.scores).reverse(),
      positives: [...cycles.positives].reverse(),
      subjects: [...cycles.subjects].reverse(),
      devices: cycles.devices,
      threshold: 0.5,
    };
    const intervals = bootstrapIntervals(cycles, { seed: 1, resamples: 100 });
    expect(bootstrapIntervals(reversed, { seed: 1, resamples: 100 })).toEqual(intervals);
    expect(bootstrapIntervals(cycles, { seed: 2, resamples: 100 })).not.toEqual(intervals);
  });

  test('a resample of one class is drawn again: with one subject per class each resample holds both', () => {
    const two: ScoredCycles = {
      scores: [0.9, 0.1],
      positives: [true, false],
      subjects: ['1', '2'],
      devices: ['a', 'b'],
      threshold: 0.5,
    };
    const intervals = bootstrapIntervals(two, { seed: 1, resamples: 50 });
    expect(intervals.auc).toEqual([1, 1]);
    expect(intervals.aucWithinDevice).toBeNull();
  });

  test.each([
    { name: 'one subject', cycles: cohort(1) },
    { name: 'one class', cycles: { ...cohort(4), positives: Array<boolean>(8).fill(true) } },
    { name: 'nothing', cycles: cohort(0) },
  ])('no interval for $name', ({ cycles }) => {
    expect(bootstrapIntervals(cycles, { seed: 1 }).auc).toBeNull();
  });

  test('runs are drawn with the subjects: two runs that differ widen the interval of their mean', () => {
    const good = cohort(50);
    const reversed = { ...good, scores: Array.from(good.scores, score => (score === 0.4 ? 0.4 : 0.1)) };
    const [low, high] = bootstrapIntervals([good, reversed], { seed: 1, resamples: 400 }).auc!;
    expect(low).toBe(0); // both draws the bad run
    expect(high).toBeGreaterThan(0.4); // both draws the good one
  });
});

describe('paired differences', () => {
  const sampled = (cycles: ScoredCycles | ScoredCycles[]) =>
    sampleFigures(cycles, { seed: 3, resamples: 200 });

  test('a set against itself is exactly 0, though each alone is uncertain', () => {
    const { figures, intervals } = pairedDifference(sampled(cohort(30)), sampled(cohort(30)));
    expect(figures.auc).toBe(0);
    expect(intervals.auc).toEqual([0, 0]);
  });

  test('a set that is better for every subject has an interval above 0', () => {
    const base = cohort(30);
    const better = { ...base, scores: Array.from(base.scores, score => (score === 0.1 ? 0.45 : score)) };
    const { figures, intervals } = pairedDifference(sampled(better), sampled(base));
    expect(figures.auc).toBeCloseTo(0.5, 12);
    expect(intervals.auc![0]).toBeGreaterThan(0);
    expect(figures.sensitivity).toBe(0);
  });

  test('runs are paired: the same two runs on both sides differ by nothing', () => {
    const runs = [cohort(30), { ...cohort(30), scores: Array(60).fill(0.2) }];
    expect(pairedDifference(sampled(runs), sampled(runs)).intervals.auc).toEqual([0, 0]);
  });

  test('sets of other subjects are refused', () => {
    expect(() => pairedDifference(sampled(cohort(3)), sampled(cohort(4)))).toThrow(/3 and 4/);
  });
});
