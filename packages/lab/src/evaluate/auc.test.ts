import { CrepitusError } from '@crepitus/dsp';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { areaUnderRoc, aucWithin, aucWithinDevice, averagePrecision, Ranking } from './auc.ts';

describe('area under the ROC curve and average precision, worked by hand', () => {
  // AUC: right pairs (ties half) / pairs. Average precision: sum of recall steps times precision, ties as one step.
  test.each([
    { name: 'perfect', scores: [0.9, 0.8, 0.2, 0.1], positives: [1, 1, 0, 0], auc: 1, ap: 1 },
    {
      name: 'reversed',
      scores: [0.1, 0.2, 0.8, 0.9],
      positives: [1, 1, 0, 0],
      auc: 0,
      ap: (1 / 3 + 2 / 4) / 2,
    },
    {
      name: 'one pair of four wrong',
      scores: [0.9, 0.4, 0.5, 0.1],
      positives: [1, 1, 0, 0],
      auc: 3 / 4,
      ap: (1 + 2 / 3) / 2,
    },
    { name: 'all tied', scores: [0.5, 0.5, 0.5, 0.5], positives: [1, 0, 0, 0], auc: 0.5, ap: 1 / 4 },
    {
      name: 'one tie across classes',
      scores: [0.9, 0.5, 0.5, 0.1],
      positives: [1, 1, 0, 0],
      auc: 3.5 / 4,
      ap: 0.5 + 0.5 * (2 / 3),
    },
    {
      name: 'sklearn manual example',
      scores: [0.1, 0.4, 0.35, 0.8],
      positives: [0, 0, 1, 1],
      auc: 0.75,
      ap: 0.8333333333333333,
    },
    {
      name: 'infinite scores',
      scores: [Infinity, Infinity, -Infinity],
      positives: [1, 0, 0],
      auc: 1.5 / 2,
      ap: 1 / 2,
    },
    { name: 'no positives', scores: [0.1, 0.2], positives: [0, 0], auc: null, ap: null },
    { name: 'no negatives', scores: [0.1, 0.2], positives: [1, 1], auc: null, ap: 1 },
    { name: 'nothing', scores: [], positives: [], auc: null, ap: null },
  ])('$name', ({ scores, positives, auc, ap }) => {
    if (auc === null) expect(areaUnderRoc(scores, positives)).toBeNull();
    else expect(areaUnderRoc(scores, positives)).toBeCloseTo(auc, 12);
    if (ap === null) expect(averagePrecision(scores, positives)).toBeNull();
    else expect(averagePrecision(scores, positives)).toBeCloseTo(ap, 12);
  });

  test('a score that is not a number and labels of another length are refused', () => {
    expect(() => areaUnderRoc([0.1, Number.NaN], [0, 1])).toThrow(CrepitusError);
    expect(() => areaUnderRoc([0.1], [0, 1])).toThrow(/1 scores and 2 labels/);
  });
});

describe('AUC within groups', () => {
  const cases = [
    {
      // Device a has crackles only with high scores, b normals only with low ones: all of the AUC is the device.
      name: 'nothing but the device',
      scores: [0.9, 0.8, 0.1, 0.2],
      positives: [1, 1, 0, 0],
      devices: ['a', 'a', 'b', 'b'],
      within: null,
    },
    {
      // a: one of two pairs right; b: its one pair right. 2 / 3.
      name: 'pairs are pooled over groups',
      scores: [0.9, 0.95, 0.3, 0.8, 0.1],
      positives: [1, 0, 0, 1, 0],
      devices: ['a', 'a', 'a', 'b', 'b'],
      within: 2 / 3,
    },
  ];
  test.each(cases)('$name', ({ scores, positives, devices, within }) => {
    const auc = aucWithin(scores, positives, devices);
    if (within === null) expect(auc).toBeNull();
    else expect(auc).toBeCloseTo(within, 12);
  });

  test('fold by fold and then averaged: each fold orders its own pairs, and a fold without pairs is left out', () => {
    // Fold 1 scores high, fold 2 low; inside each the order is right. Pooled, half of the pairs are wrong.
    const scores = [0.9, 0.8, 0.2, 0.1, 0.5];
    const positives = [1, 0, 1, 0, 1];
    const devices = ['a', 'a', 'a', 'a', 'a'];
    const folds = ['1', '1', '2', '2', '3'];
    expect(aucWithinDevice(scores, positives, devices, folds)).toBe(1);
    expect(aucWithin(scores, positives, devices)).toBeLessThan(0.7);
  });

  test('a fold counts once, however many pairs it has', () => {
    // Fold 1: one pair, wrong (0). Fold 2: four pairs, all right (1). Mean 0.5, not 4 / 5.
    const scores = [0.1, 0.2, 0.9, 0.8, 0.2, 0.1];
    const positives = [1, 0, 1, 1, 0, 0];
    expect(aucWithinDevice(scores, positives, Array(6).fill('a'), ['1', '1', '2', '2', '2', '2'])).toBe(0.5);
  });
});

test('properties: a weight of k is k copies; rising maps change nothing; AUC equals counting pairs', () => {
  const item = fc.record({
    score: fc.integer({ min: 0, max: 5 }),
    positive: fc.boolean(),
    weight: fc.integer({ min: 0, max: 3 }),
  });
  fc.assert(
    fc.property(fc.array(item, { maxLength: 30 }), items => {
      const scores = items.map(i => i.score);
      const positives = items.map(i => i.positive);
      const copies = items.flatMap(i => Array<typeof i>(i.weight).fill(i));
      const weighted = new Ranking(scores, positives);
      const weights = items.map(i => i.weight);
      const copied = new Ranking(
        copies.map(i => i.score),
        copies.map(i => i.positive),
      );
      expect(weighted.pairCount(weights)).toEqual(copied.pairCount());
      const ap = weighted.averagePrecision(weights);
      if (ap === null) expect(copied.averagePrecision()).toBeNull();
      else expect(ap).toBeCloseTo(copied.averagePrecision()!, 10);
      expect(areaUnderRoc(scores.map(Math.exp), positives)).toBe(areaUnderRoc(scores, positives));

      let concordant = 0;
      for (const a of items.filter(i => i.positive)) {
        for (const b of items.filter(i => !i.positive)) {
          concordant += a.score > b.score ? 1 : a.score === b.score ? 0.5 : 0;
        }
      }
      expect(weighted.pairCount().concordant).toBe(concordant);
    }),
  );
});

test('property: scores or classes turned round give 1 - AUC', () => {
  const item = fc.record({ score: fc.integer({ min: -4, max: 4 }), positive: fc.boolean() });
  fc.assert(
    fc.property(fc.array(item, { minLength: 2, maxLength: 30 }), items => {
      const scores = items.map(({ score }) => score);
      const positives = items.map(({ positive }) => positive);
      fc.pre(positives.includes(true) && positives.includes(false));
      const auc = areaUnderRoc(scores, positives)!;
      const turned = scores.map(score => -score);
      const others = positives.map(positive => !positive);
      expect(areaUnderRoc(turned, positives)).toBeCloseTo(1 - auc, 12);
      expect(areaUnderRoc(scores, others)).toBeCloseTo(1 - auc, 12);
      expect(areaUnderRoc(turned, others)).toBeCloseTo(auc, 12);
    }),
  );
});
