import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { areaUnderRoc, averagePrecision } from './auc.ts';
import { type CurvePoint, meanLearningCurve, meanPrecisionRecallCurve, meanRocCurve } from './curves.ts';

const run = (scores: number[], positives: boolean[], folds?: string[]) => ({
  scores,
  positives,
  subjects: scores.map(() => '1'),
  devices: scores.map(() => 'a'),
  ...(folds && { folds }),
});
const at = (curve: readonly CurvePoint[], x: number) => curve.find(point => point.x === x)!.mean;

describe('ROC', () => {
  test('worked by hand: steps, and a slanted piece where scores are equal', () => {
    // 0.9+, then 0.5+ and 0.5- together, then 0.1-: (0, 1/2), (1/2, 1), (1, 1).
    const curve = meanRocCurve([run([0.9, 0.5, 0.5, 0.1], [true, true, false, false])]);
    expect([0, 0.25, 0.5, 1].map(x => at(curve, x))).toEqual([0.5, 0.75, 1, 1]);
  });

  test('folds are averaged, a fold of one class has no curve', () => {
    const [good, bad] = [
      run([0.9, 0.1], [true, false], ['1', '1']),
      run([0.1, 0.9, 0.5], [true, false, false], ['1', '1', '2']),
    ];
    const curve = meanRocCurve([good, bad]);
    expect(at(curve, 0)).toBe(0.5);
    expect(curve.at(-1)).toMatchObject({ mean: 1, curves: 2 });
    expect(meanRocCurve([run([0.5], [true])])).toEqual([]);
  });

  test('the area under the curve of one fold is its AUC', () => {
    fc.assert(
      fc.property(
        // 4 positives and 5 negatives, so that every corner lies on the grid of hundredths.
        fc.array(fc.nat({ max: 5 }), { minLength: 9, maxLength: 9 }),
        scores => {
          const positives = scores.map((_, i) => i < 4);
          const curve = meanRocCurve([run(scores, positives)]);
          // Trapezoids between the grid's places; a jump lies between two of them and costs at most one strip.
          const area = curve.slice(1).reduce((sum, p, i) => sum + (p.mean + curve[i]!.mean) / 200, 0);
          expect(Math.abs(area - areaUnderRoc(scores, positives)!)).toBeLessThanOrEqual(0.005 + 1e-9);
        },
      ),
    );
  });
});

describe('precision over sensitivity', () => {
  test('worked by hand', () => {
    // Called in turn: + (1 of 1), - , + (2 of 3).
    const curve = meanPrecisionRecallCurve([run([0.9, 0.5, 0.4], [true, false, true])]);
    expect([0, 0.5, 0.51, 1].map(x => at(curve, x))).toEqual([1, 1, 2 / 3, 2 / 3]);
    expect(meanPrecisionRecallCurve([run([0.5], [false])])).toEqual([]);
  });

  test('the area under the curve of one fold is its average precision', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 6 }), { minLength: 9, maxLength: 9 }), scores => {
        const positives = scores.map((_, i) => i < 4);
        const curve = meanPrecisionRecallCurve([run(scores, positives)]);
        const area = curve.slice(1).reduce((sum, { mean }) => sum + mean / 100, 0);
        expect(area).toBeCloseTo(averagePrecision(scores, positives)!, 9);
      }),
    );
  });
});

test('learning curves: mean and band over the trainings that reached an epoch', () => {
  const training = (...values: (number | null)[]) => values.map((value, i) => ({ epoch: i + 1, value }));
  expect(meanLearningCurve([training(0.5, 0.7), training(0.7, null), training(0.6)])).toEqual([
    {
      x: 1,
      mean: expect.closeTo(0.6, 12),
      low: expect.closeTo(0.52, 12),
      high: expect.closeTo(0.68, 12),
      curves: 3,
    },
    { x: 2, mean: 0.7, low: 0.7, high: 0.7, curves: 1 },
  ]);
});
