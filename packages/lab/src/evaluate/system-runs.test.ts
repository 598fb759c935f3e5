import type { CycleLabel } from '@crepitus/recordings';
import { describe, expect, test } from 'vitest';
import { breakdownOf } from './breakdown.ts';
import { compareSystems } from './compare-systems.ts';
import type { Prediction, PredictionTable } from './predictions.ts';
import { collectRuns, type SystemRuns } from './system-runs.ts';
import { standardDeviation, summariseSystem } from './system-summary.ts';

let place = 0;
const row = (
  of: Partial<Prediction> & { subject: string; label: CycleLabel; score: number | null },
): Prediction => {
  const { score, ...rest } = of;
  place += 1;
  return {
    system: 'a',
    run: '0',
    fold: '1',
    group: 'g',
    recording: of.subject,
    channel: 0,
    start: place,
    end: place + 1,
    device: 'd',
    sampleRate: 4000,
    scores: score === null ? null : [1 - score, score],
    ...rest,
  };
};
const table = (rows: readonly Prediction[]): PredictionTable => ({ classes: ['normal', 'crackle'], rows });
const collect = (...rows: Prediction[]): SystemRuns[] => collectRuns([table(rows)], 'crackle-vs-normal');

/** A fold of one subject: hits of positives, then false calls of negatives. */
function fold(
  of: Partial<Prediction> & { subject: string },
  counts: { tp: number; fn: number; fp: number; tn: number },
) {
  const at = (label: CycleLabel, score: number, times: number, from: number) =>
    Array.from({ length: times }, (_, i) => row({ ...of, label, score, start: from + i, end: from + i + 1 }));
  return [
    ...at('crackle', 0.9, counts.tp, 100),
    ...at('crackle', 0.1, counts.fn, 200),
    ...at('normal', 0.8, counts.fp, 300),
    ...at('normal', 0.2, counts.tn, 400),
  ];
}

describe('tables of predictions as columns', () => {
  test('systems in their order, runs by number, cycles in one order whatever the order of rows', () => {
    const rows = [
      row({ subject: '1', label: 'crackle', score: 0.9, run: '10' }),
      row({ subject: '2', label: 'normal', score: 0.5, run: '9' }),
      row({ subject: '1', label: 'crackle', score: 0.9, run: '9' }),
      row({ system: 'b', subject: '1', label: 'normal', score: 0.2 }),
    ];
    const [a, b] = collect(...rows);
    expect([a!.system, b!.system]).toEqual(['a', 'b']);
    expect(a!.runs.map(({ run }) => run)).toEqual(['9', '10']);
    expect(a!.runs[0]!.subjects).toEqual(['1', '2']);
    // 0.5 against 0.5 is no call: of equal classes the first is taken.
    expect([...a!.runs[0]!.calls]).toEqual([1, 0]);
    expect(collect(...[...rows.slice(0, 3)].reverse())[0]!.runs).toEqual(a!.runs);
  });

  test('other classes and abstentions are in no figure and counted', () => {
    const [a] = collect(
      row({ subject: '1', label: 'crackle', score: 0.9 }),
      row({ subject: '1', label: 'wheeze', score: 0.9 }),
      row({ subject: '1', label: 'normal', score: null }),
    );
    expect(a!.runs[0]!.keys).toHaveLength(1);
    expect(a!.otherClasses).toEqual([{ label: 'wheeze', cycles: 1 }]);
    expect(a!.abstained).toBe(1);
  });

  test('four classes: crackle and both are calls, and their scores are added', () => {
    const scores = [
      [0.4, 0.1, 0.2, 0.3],
      [0.1, 0.2, 0.3, 0.4],
    ];
    const rows = scores.map(of => ({ ...row({ subject: '1', label: 'both', score: 0 }), scores: of }));
    const [a] = collectRuns([{ classes: ['normal', 'crackle', 'wheeze', 'both'], rows }], 'four-class');
    expect([...a!.runs[0]!.calls]).toEqual([0, 1]);
    expect(a!.runs[0]!.scores[1]).toBeCloseTo(0.6, 12);
    expect([...a!.runs[0]!.found]).toEqual([0, 3]);
  });

  test('quartiles of length among the distinct cycles, the same for all systems', () => {
    const lengths = [1, 2, 3, 4, 5];
    const rows = ['a', 'b'].flatMap(system =>
      lengths.map(end => row({ system, subject: '1', label: 'normal', score: 0.1, start: 0, end })),
    );
    for (const { runs } of collect(...rows)) expect(runs[0]!.lengths).toEqual(['1', '1', '2', '3', '4']);
  });

  test.each([
    {
      name: 'a cycle twice',
      rows: [1, 2].map(() => row({ subject: '1', label: 'normal', score: 0.1, start: 0, end: 1 })),
      message: /run 0: the cycle 0-1 s of 1 was predicted twice/,
    },
    {
      name: 'a subject in two folds',
      rows: ['1', '2'].map(of => row({ subject: '1', label: 'normal', score: 0.1, fold: of })),
      message: /subject 1 is tested in the folds 1 and 2/,
    },
  ])('$name is refused', ({ rows, message }) => {
    expect(() => collect(...rows)).toThrow(message);
  });

  test('a table of another task is refused', () => {
    expect(() => collectRuns([table([])], 'four-class')).toThrow(/classes normal, crackle where/);
  });
});

describe('a system over runs and folds, worked by hand', () => {
  // Run 0: fold 1 Se 3/4, P+ 3/5; fold 2 Se 1/2, P+ 1. Run 1: fold 1 Se 1, P+ 1; fold 2 Se 0, P+ 0 (no call).
  const rows = [
    ...fold({ run: '0', fold: '1', subject: '1' }, { tp: 3, fn: 1, fp: 2, tn: 4 }),
    ...fold({ run: '0', fold: '2', subject: '2' }, { tp: 1, fn: 1, fp: 0, tn: 2 }),
    ...fold({ run: '1', fold: '1', subject: '1' }, { tp: 4, fn: 0, fp: 0, tn: 6 }),
    ...fold({ run: '1', fold: '2', subject: '2' }, { tp: 0, fn: 2, fp: 0, tn: 2 }),
  ];
  // The cycles of run 1 are those of run 0: the same places for the same labels.
  const renumbered = rows.map((of, i) => {
    const among = rows
      .slice(0, i)
      .filter(other => other.run === of.run && other.subject === of.subject).length;
    return { ...of, start: among, end: among + 1 };
  });
  const { summary } = summariseSystem(collect(...renumbered)[0]!, { seed: 1, resamples: 50 });

  test("the paper's table: means over runs and folds, F of these means", () => {
    const sensitivity = (3 / 4 + 1 / 2 + 1 + 0) / 4;
    const precision = (3 / 5 + 1 + 1 + 0) / 4;
    expect(summary.figures.sensitivity).toBeCloseTo(sensitivity, 12);
    expect(summary.figures.precision).toBeCloseTo(precision, 12);
    expect(summary.figures.fscore).toBeCloseTo((2 * sensitivity * precision) / (sensitivity + precision), 12);
  });

  test('pooled: the counts of a run, averaged over runs', () => {
    // Run 0: TP 4, FN 2, FP 2. Run 1: TP 4, FN 2, FP 0.
    expect(summary.figures.pooledSensitivity).toBeCloseTo(4 / 6, 12);
    expect(summary.figures.pooledPrecision).toBeCloseTo((4 / 6 + 1) / 2, 12);
    expect(summary.figures.pooledFscore).toBeCloseTo((8 / 12 + 8 / 10) / 2, 12);
    expect(summary.figures.pooledSpecificity).toBeCloseTo((6 / 8 + 1) / 2, 12);
    expect(summary.confusion).toEqual({ tp: 8, fn: 4, fp: 2, tn: 14 });
  });

  test('the spread: of two runs |a - b| / sqrt 2, and of two folds', () => {
    // Runs: Se 5/8 and 1/2. Folds: Se 7/8 and 1/4.
    expect(summary.spread.runs.sensitivity).toBeCloseTo((5 / 8 - 1 / 2) / Math.SQRT2, 12);
    expect(summary.spread.folds.sensitivity).toBeCloseTo((7 / 8 - 1 / 4) / Math.SQRT2, 12);
    expect(standardDeviation([1, null])).toBeNull();
  });

  test('what it stands on', () => {
    expect(summary).toMatchObject({
      foldRuns: 4,
      foldRunsWithoutCrackles: 0,
      cycles: 14,
      crackles: 6,
      subjects: 2,
    });
    // Sensitivity 1, P+ the mean of 4/10 and 2/4.
    expect(summary.alwaysCrackleFscore).toBeCloseTo(0.9 / 1.45, 12);
    expect(summary.folds.map(({ fold: name, crackles }) => [name, crackles])).toEqual([
      ['1', 4],
      ['2', 2],
    ]);
  });

  test('a fold without crackles has no sensitivity, precision 0, and is counted', () => {
    const healthy = fold({ fold: '3', subject: '3' }, { tp: 0, fn: 0, fp: 1, tn: 1 });
    const first = renumbered.filter(({ run }) => run === '0');
    const { summary: with3 } = summariseSystem(collect(...first, ...healthy)[0]!, { seed: 1, resamples: 5 });
    expect(with3.foldRunsWithoutCrackles).toBe(1);
    expect(with3.figures.sensitivity).toBeCloseTo((3 / 4 + 1 / 2) / 2, 12);
    expect(with3.figures.precision).toBeCloseTo((3 / 5 + 1 + 0) / 3, 12);
    expect(with3.alwaysCrackleFscore).toBeCloseTo(0.6 / 1.3, 12); // P+ (4/10 + 2/4 + 0) / 3
  });
});

describe('parts', () => {
  test('counts of a part over its folds, AUC fold by fold', () => {
    const [a] = collect(
      row({ subject: '1', label: 'crackle', score: 0.9, device: 'x' }),
      row({ subject: '1', label: 'normal', score: 0.1, device: 'x' }),
      row({ subject: '2', label: 'crackle', score: 0.2, device: 'x', fold: '2' }),
      row({ subject: '2', label: 'normal', score: 0.8, device: 'y', fold: '2' }),
    );
    expect(breakdownOf(a!.runs, run => run.devices)).toEqual([
      {
        part: 'x 4000 Hz',
        cycles: 3,
        crackles: 2,
        subjects: 2,
        sensitivity: 0.5,
        precision: 1,
        specificity: 1,
        auc: 1, // of fold 1 only
      },
      {
        part: 'y 4000 Hz',
        cycles: 1,
        crackles: 0,
        subjects: 1,
        sensitivity: null,
        precision: 0,
        specificity: 0,
        auc: null,
      },
    ]);
  });
});

describe('two systems in pairs', () => {
  const rowsOf = (system: string, subjects: number, hit: (k: number) => boolean) =>
    Array.from({ length: subjects }, (_, k) => [
      row({ system, subject: `s${k}`, label: 'crackle', score: hit(k) ? 0.9 : 0.3, start: 0, end: 1 }),
      row({ system, subject: `s${k}`, label: 'normal', score: 0.2, start: 1, end: 2 }),
    ]).flat();
  const summarise = (rows: Prediction[]) =>
    collect(...rows).map(of => summariseSystem(of, { seed: 1, resamples: 200 }));

  test('difference, its interval and the cycles that only one calls rightly', () => {
    const [good, poor] = summarise([
      ...rowsOf('good', 20, () => true),
      ...rowsOf('poor', 20, k => k % 2 === 0),
    ]);
    const compared = compareSystems(good!, poor!, { seed: 1, resamples: 200 });
    expect(compared).toMatchObject({ partial: false, cycles: 40, runs: ['0'] });
    expect(compared.difference.figures.sensitivity).toBe(0.5);
    expect(compared.difference.intervals.sensitivity![0]).toBeGreaterThan(0.2);
    expect(compared.mcNemar[0]).toMatchObject({ onlyFirst: 10, onlySecond: 0 });
    expect(compared.midP).toBeCloseTo(2 ** -10, 12);
  });

  test('where one is not finished only the common cycles count, and it says so', () => {
    const [good, poor] = summarise([...rowsOf('good', 20, k => k < 10), ...rowsOf('poor', 10, () => false)]);
    const compared = compareSystems(good!, poor!, { seed: 1, resamples: 50 });
    expect(compared).toMatchObject({ partial: true, cycles: 20 });
    expect(compared.difference.figures.sensitivity).toBe(1); // 20 of the first 10 subjects, not 10 of 20
  });

  test('systems without a common cycle are refused', () => {
    const [a, b] = summarise([
      ...rowsOf('a', 2, () => true),
      ...rowsOf('b', 2, () => true).map(of => ({ ...of, run: '7' })),
    ]);
    expect(() => compareSystems(a!, b!, { seed: 1 })).toThrow(/a and b have no cycle of a run in common/);
  });
});
