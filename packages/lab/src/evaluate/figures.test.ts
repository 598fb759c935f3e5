import { describe, expect, test } from 'vitest';
import { deviceKey, FigureCounter, figuresOf, type ScoredCycles } from './figures.ts';

const cycles: ScoredCycles = {
  scores: [0.9, 0.4, 0.6, 0.1],
  positives: [true, true, false, false],
  subjects: ['1', '2', '1', '2'],
  devices: [deviceKey('a', 4000), deviceKey('b', 4000), deviceKey('a', 4000), deviceKey('b', 4000)],
  threshold: 0.5,
};

describe('all figures at once, worked by hand', () => {
  test('one network: three of four pairs right, both pairs within a device right, one hit, one false call', () => {
    expect(figuresOf(cycles)).toEqual({
      auc: 0.75,
      aucWithinDevice: 1,
      aucWithinLength: null,
      averagePrecision: (1 + 2 / 3) / 2,
      sensitivity: 0.5,
      precision: 0.5,
      fscore: 0.5,
      specificity: 0.5,
      pooledSensitivity: 0.5,
      pooledPrecision: 0.5,
      pooledFscore: 0.5,
      pooledSpecificity: 0.5,
      brier: expect.closeTo((0.1 ** 2 + 0.6 ** 2 + 0.6 ** 2 + 0.1 ** 2) / 4, 12),
    });
  });

  test('folds: each figure is the mean over the folds that have it', () => {
    // Fold 1: 0.9+, 0.6-. Fold 2: 0.4+. Fold 3: 0.1-.
    const figures = figuresOf({ ...cycles, folds: ['1', '2', '1', '3'] });
    expect(figures).toMatchObject({
      auc: 1, // of fold 1 only
      aucWithinDevice: 1,
      averagePrecision: 1, // of folds 1 and 2
      sensitivity: 0.5, // 1 and 0; fold 3 has no positives
      precision: (0.5 + 0 + 0) / 3, // no calls: 0
      fscore: (2 * 0.5 * (0.5 / 3)) / (0.5 + 0.5 / 3), // of these means; the mean of the Fs would be 1 / 3
      specificity: (0 + 1) / 2,
      pooledSensitivity: 0.5, // 0.9 and 0.6 are called
      pooledPrecision: 0.5,
      pooledFscore: 0.5,
      pooledSpecificity: 0.5,
    });
  });

  test('without a threshold there are no figures of calls', () => {
    const { auc, sensitivity, precision, fscore, specificity } = figuresOf({ ...cycles, threshold: null });
    expect([auc, sensitivity, precision, fscore, specificity]).toEqual([0.75, null, null, null, null]);
  });
});

describe('a resample of subjects', () => {
  // Fold 1: patient 1 (one hit, one miss) and healthy 2 (one false call). Fold 2: patient 3 (two hits) and healthy 4.
  const folds: ScoredCycles = {
    scores: [0.9, 0.2, 0.8, 0.9, 0.7, 0.1],
    positives: [true, true, false, true, true, false],
    subjects: ['1', '1', '2', '3', '3', '4'],
    devices: Array<string>(6).fill('a'),
    folds: ['1', '1', '1', '2', '2', '2'],
    threshold: 0.5,
  };
  const counter = new FigureCounter(folds);

  test('each subject once is the whole set', () => {
    expect(counter.figures([1, 1, 1, 1])).toEqual(counter.figures());
    expect(counter.figures().precision).toBe((1 / 2 + 1) / 2);
  });

  test('a fold counts as often as its patients were drawn, with its others scaled along', () => {
    // Fold 1 twice: Se 1/2, P+ 1/2, AUC 1/2. Fold 2 once: subject 4 was not drawn and counts once.
    const { sensitivity, precision, auc, pooledPrecision } = counter.figures([2, 1, 1, 0]);
    for (const figure of [sensitivity, precision, auc]) expect(figure).toBeCloseTo((2 * 0.5 + 1) / 3, 12);
    expect(pooledPrecision).toBe(4 / 6);
  });

  test('a fold whose patient was not drawn does not count, where it would have precision 0', () => {
    const { precision, specificity, pooledPrecision } = counter.figures([0, 2, 1, 1]);
    expect([precision, specificity, pooledPrecision]).toEqual([1, 1, 1]);
  });

  test('among the others of a fold, those drawn take the place of those not drawn', () => {
    // One fold's patient (a hit) beside 2, who is called, and 3, who is not; another fold with a patient alone.
    const two = new FigureCounter({
      scores: [0.9, 0.8, 0.1, 0.9],
      positives: [true, false, false, true],
      subjects: ['1', '2', '3', '4'],
      devices: Array<string>(4).fill('a'),
      folds: ['1', '1', '1', '2'],
      threshold: 0.5,
    });
    expect(two.figures([1, 2, 0, 0]).precision).toBe(1 / 3); // 2 twice
    expect(two.figures([1, 0, 1, 0]).precision).toBe(1); // 3 twice
    expect(two.figures([1, 3, 1, 0]).precision).toBe(1 / 2.5); // 2 for one and a half
  });

  test('without folds subjects count as often as they were drawn', () => {
    const { folds: _, ...whole } = folds;
    expect(new FigureCounter(whole).figures([2, 1, 1, 0]).precision).toBe(4 / 5);
    expect(new FigureCounter(whole).figures([1, 0, 0, 0]).specificity).toBeNull();
  });
});

test('columns of different lengths are refused', () => {
  expect(() => figuresOf({ ...cycles, subjects: ['1'] })).toThrow(/4 scores and 1 subjects/);
});
