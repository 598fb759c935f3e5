import { describe, expect, test } from 'vitest';
import { deviceKey, figuresOf, type ScoredCycles } from './figures.ts';

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
      averagePrecision: (1 + 2 / 3) / 2,
      sensitivity: 0.5,
      precision: 0.5,
      fscore: 0.5,
      specificity: 0.5,
    });
  });

  test('folds: each figure is the mean over the folds that have it', () => {
    // Fold 1: 0.9+, 0.6-. Fold 2: 0.4+. Fold 3: 0.1-.
    const figures = figuresOf({ ...cycles, folds: ['1', '2', '1', '3'] });
    expect(figures).toEqual({
      auc: 1, // of fold 1 only
      aucWithinDevice: 1,
      averagePrecision: 1, // of folds 1 and 2
      sensitivity: 0.5, // 1 and 0; fold 3 has no positives
      precision: (0.5 + 0 + 0) / 3, // no calls: 0
      fscore: (2 / 3 + 0) / 2,
      specificity: (0 + 1) / 2,
    });
  });

  test('without a threshold there are no figures of calls', () => {
    const { auc, sensitivity, precision, fscore, specificity } = figuresOf({ ...cycles, threshold: null });
    expect([auc, sensitivity, precision, fscore, specificity]).toEqual([0.75, null, null, null, null]);
  });
});

test('columns of different lengths are refused', () => {
  expect(() => figuresOf({ ...cycles, subjects: ['1'] })).toThrow(/4 scores and 1 subjects/);
});
