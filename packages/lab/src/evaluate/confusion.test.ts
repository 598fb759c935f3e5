import { describe, expect, test } from 'vitest';
import { alwaysCrackleFscore, callFigures, confusionAt } from './confusion.ts';

describe('counts at a threshold', () => {
  const scores = [0.9, 0.5, 0.4, 0.5, 0.1];
  const positives = [true, true, true, false, false];
  test.each([
    { threshold: 0.5, expected: { tp: 2, fn: 1, fp: 1, tn: 1 } }, // a score at the threshold is a call
    { threshold: 0.51, expected: { tp: 1, fn: 2, fp: 0, tn: 2 } },
    { threshold: 0, expected: { tp: 3, fn: 0, fp: 2, tn: 0 } },
    { threshold: 1, expected: { tp: 0, fn: 3, fp: 0, tn: 2 } },
  ])('$threshold', ({ threshold, expected }) => {
    expect(confusionAt(threshold, scores, positives)).toEqual(expected);
  });

  test('weights count items several times, items choose some', () => {
    expect(confusionAt(0.5, scores, positives, { weights: [2, 0, 1, 3, 0] })).toEqual({
      tp: 2,
      fn: 1,
      fp: 3,
      tn: 0,
    });
    expect(confusionAt(0.5, scores, positives, { items: [0, 3] })).toEqual({ tp: 1, fn: 0, fp: 1, tn: 0 });
  });
});

describe('figures of calls, worked by hand', () => {
  test.each([
    {
      name: 'ordinary',
      counts: { tp: 6, fp: 2, tn: 10, fn: 2 },
      sensitivity: 0.75,
      precision: 0.75,
      fscore: 0.75,
      specificity: 10 / 12,
    },
    {
      name: 'uneven',
      counts: { tp: 1, fp: 3, tn: 6, fn: 1 },
      sensitivity: 0.5,
      precision: 0.25,
      fscore: 1 / 3,
      specificity: 6 / 9,
    },
    {
      name: 'no calls',
      counts: { tp: 0, fp: 0, tn: 4, fn: 3 },
      sensitivity: 0,
      precision: 0,
      fscore: 0,
      specificity: 1,
    },
    {
      name: 'no positives',
      counts: { tp: 0, fp: 1, tn: 4, fn: 0 },
      sensitivity: null,
      precision: 0,
      fscore: null,
      specificity: 0.8,
    },
    {
      name: 'no negatives',
      counts: { tp: 2, fp: 0, tn: 0, fn: 2 },
      sensitivity: 0.5,
      precision: 1,
      fscore: 2 / 3,
      specificity: null,
    },
  ])('$name', ({ counts, ...expected }) => {
    const figures = callFigures(counts);
    for (const [key, value] of Object.entries(expected)) {
      if (key === 'name') continue;
      const figure = figures[key as keyof typeof figures];
      if (value === null || typeof value === 'string') expect(figure, key).toBeNull();
      else expect(figure, key).toBeCloseTo(value, 12);
    }
  });
});

test('always calling a crackle has F = 2 P / (2 P + N)', () => {
  expect(alwaysCrackleFscore([1, 0, 0, 0])).toBeCloseTo(2 / 5, 12);
  expect(alwaysCrackleFscore([0, 0])).toBeNull();
});
