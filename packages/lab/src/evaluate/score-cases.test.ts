import { explainScore } from '@crepitus/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fewestCycles, fewestSubjects, type ScoredCase, scoreCasesOf, shareInterval } from './score-cases.ts';

const named = { dataset: 'own', unit: 'cycle', scoredBy: 'the test' } as const;

/** As many cycles of each subject as given, the first of them crackles. */
function cases(score: number, subjects: readonly { cycles: number; crackles: number }[]): ScoredCase[] {
  return subjects.flatMap(({ cycles, crackles }, subject) =>
    Array.from({ length: cycles }, (_, i) => ({ score, isCrackle: i < crackles, subject: `s${subject}` })),
  );
}
const alike = (count: number, cycles: number, crackles: number) =>
  Array.from({ length: count }, () => ({ cycles, crackles }));

describe('bins of scores', () => {
  const bounds = (scored: readonly ScoredCase[], threshold = 0) =>
    scoreCasesOf(named, scored, threshold).bins.map(({ from, to, cycles, crackles, subjects }) => [
      from,
      to,
      cycles,
      crackles,
      subjects,
    ]);

  it('begin anew as soon as one holds enough cycles of enough subjects', () => {
    const scored = [
      ...cases(0.02, alike(6, 5, 1)),
      ...cases(0.07, alike(5, 6, 3)),
      ...cases(0.31, alike(10, 4, 4)),
    ];
    expect(scoreCasesOf(named, scored, 0)).toMatchObject({ ...named, cycles: 100, subjects: 10 });
    expect(bounds(scored)).toEqual([
      [0, 0.05, 30, 6, 6],
      [0.05, 0.1, 30, 15, 5],
      [0.3, 0.35, 40, 40, 10],
    ]);
  });

  it('join cells until there are enough, of few cycles as of few subjects', () => {
    expect(bounds([...cases(0.41, alike(6, 4, 1)), ...cases(0.46, alike(6, 1, 0))])).toEqual([
      [0.4, 0.5, 30, 6, 6],
    ]);
    const ofFour = cases(0.01, alike(4, 20, 1));
    expect(bounds(ofFour)).toEqual([]);
    expect(bounds([...ofFour, { score: 0.15, isCrackle: true, subject: 'another' }])).toEqual([
      [0, 0.2, 81, 5, 5],
    ]);
  });

  it('leave out what is too far from enough others, and take a rest that is near', () => {
    const most = cases(0.5, alike(5, 6, 2));
    const one = (score: number) => ({ score, isCrackle: true, subject: 's0' });
    expect(bounds([...most, one(0.1)])).toEqual([[0.5, 0.55, 30, 10, 5]]);
    expect(bounds([...cases(0.02, alike(5, 6, 2)), one(0.12)])).toEqual([[0, 0.15, 31, 11, 5]]);
    expect(bounds([...cases(0.02, alike(5, 6, 2)), one(0.21)])).toEqual([[0, 0.05, 30, 10, 5]]);
  });

  it('end at the threshold, whose cell is cut: none counts cycles on both of its sides', () => {
    const one = (score: number) => ({ score, isCrackle: true, subject: 's0' });
    const below = [...cases(0.07, alike(5, 6, 1)), one(0.11)];
    const above = [...cases(0.12, alike(6, 2, 1)), ...cases(0.16, alike(6, 4, 1))];
    expect(bounds([...below, ...above], 0.115)).toEqual([
      [0.05, 0.115, 31, 6, 5],
      [0.115, 0.2, 36, 12, 6],
    ]);
    expect(bounds([...below, ...above])).toEqual([
      [0.05, 0.1, 30, 5, 5],
      [0.1, 0.2, 37, 13, 6],
    ]);
    expect(bounds([...below, ...above], 0.1), 'on the bound of a cell').toEqual([
      [0.05, 0.1, 30, 5, 5],
      [0.1, 0.2, 37, 13, 6],
    ]);
  });

  it('are none without enough cases', () => {
    expect(scoreCasesOf(named, [], 0)).toEqual({ ...named, cycles: 0, subjects: 0, bins: [] });
    expect(bounds(cases(0.5, alike(29, 1, 1)))).toEqual([]);
  });

  it('hold enough, do not overlap, and are where explainScore looks for the cases that they counted', () => {
    const score = fc.oneof(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 0, max: 20 }).map(i => i / 20),
    );
    const scored = fc.array(
      fc.record({
        score,
        isCrackle: fc.boolean(),
        subject: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'),
      }),
      { maxLength: 400, size: 'max' },
    );
    fc.assert(
      fc.property(scored, score, (all, threshold) => {
        const counted = scoreCasesOf(named, all, threshold);
        counted.bins.forEach(({ from, to, cycles, crackles, subjects, interval: [low, high] }, i) => {
          expect(cycles).toBeGreaterThanOrEqual(fewestCycles);
          expect(subjects).toBeGreaterThanOrEqual(fewestSubjects);
          expect(to - from).toBeLessThan(0.2 + 1e-9);
          expect(from).toBeGreaterThanOrEqual(counted.bins[i - 1]?.to ?? 0);
          expect(from >= threshold || to <= threshold).toBe(true);
          expect(low).toBeLessThanOrEqual(crackles / cycles);
          expect(high).toBeGreaterThanOrEqual(crackles / cycles);
          const found = all.filter(each =>
            explainScore({ scoreCases: [counted] }, each.score).cases?.some(bin => bin.from === from),
          );
          expect(found).toHaveLength(cycles);
          expect(found.filter(({ isCrackle }) => isCrackle)).toHaveLength(crackles);
        });
      }),
    );
  });
});

describe('the interval of a share of crackles', () => {
  // By hand from Wilson's formula with z = 1.959964.
  it.each([
    ['30 trials where all subjects are alike (12 of 30)', alike(6, 5, 2), [0.2459, 0.5768]],
    [
      '5 trials where one of six subjects has all crackles',
      [{ cycles: 5, crackles: 5 }, ...alike(5, 5, 0)],
      [0.0263, 0.5967],
    ],
    ['a trial per subject where there is no crackle', alike(6, 50, 0), [0, 0.3903]],
    ['a trial per subject where all are', alike(6, 50, 50), [0.6097, 1]],
  ])('has %s', (_, subjects, expected) => {
    const interval = shareInterval(cases(0.5, subjects));
    expect(interval[0]).toBeCloseTo(expected[0]!, 4);
    expect(interval[1]).toBeCloseTo(expected[1]!, 4);
  });
});
