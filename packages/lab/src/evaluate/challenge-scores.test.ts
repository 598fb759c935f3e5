import { describe, expect, test } from 'vitest';
import {
  challengeScore,
  classCounts,
  icbhiScore,
  mostLikely,
  normalOrAdventitious,
  sprsoundScore,
} from './challenge-scores.ts';

// Of 10 normal 8 are right; of 10 abnormal 5 got their own class and 8 some abnormal one.
const counts = [
  [8, 1, 1],
  [1, 3, 2],
  [1, 1, 2],
];

describe('challenge scores, worked by hand', () => {
  test('ICBHI: a wheeze called a crackle is wrong', () => {
    expect(icbhiScore(counts)).toEqual({ sensitivity: 0.5, specificity: 0.8, score: 0.65 });
  });

  test('SPRSound 1-2: the mean of arithmetic and harmonic mean', () => {
    const { average, harmonic, score } = sprsoundScore(counts);
    expect(average).toBe(0.65);
    expect(harmonic).toBeCloseTo(0.8 / 1.3, 12);
    expect(score).toBeCloseTo((0.65 + 0.8 / 1.3) / 2, 12);
  });

  test('SPRSound 1-1: any adventitious class is right for an adventitious event', () => {
    expect(normalOrAdventitious(counts)).toEqual([
      [8, 2],
      [2, 8],
    ]);
    expect(sprsoundScore(normalOrAdventitious(counts))).toMatchObject({ sensitivity: 0.8, score: 0.8 });
  });

  test('without a class there is no score; with nothing right it is 0', () => {
    expect(
      icbhiScore([
        [0, 0],
        [1, 1],
      ]).score,
    ).toBeNull();
    expect(
      sprsoundScore([
        [2, 0],
        [0, 0],
      ]).score,
    ).toBeNull();
    expect(
      sprsoundScore([
        [0, 2],
        [2, 0],
      ]).score,
    ).toBe(0);
  });
});

test('the most likely class; of equal ones the first', () => {
  expect(
    [
      [0.1, 0.7, 0.2],
      [0.5, 0.5],
      [0.3, 0.3, 0.4],
    ].map(mostLikely),
  ).toEqual([1, 0, 2]);
});

describe('intervals', () => {
  const item = (subject: string, truth: number, found: number) => ({ subject, truth, found });
  const run = (items: ReturnType<typeof item>[]) => ({
    classes: items.map(({ truth }) => truth),
    found: items.map(({ found }) => found),
    subjects: items.map(({ subject }) => subject),
  });
  const items = ['1', '2', '3', '4'].flatMap((subject, i) => [item(subject, 0, 0), item(subject, 1, i % 2)]);

  test('counts, mean over runs, and the seed decides the interval', () => {
    const [half, whole] = [run(items), run(items.map(({ subject, truth }) => item(subject, truth, truth)))];
    expect(classCounts(half, 2)).toEqual([
      [4, 0],
      [2, 2],
    ]);
    const score = (runs: ReturnType<typeof run>[], seed: number) =>
      challengeScore(runs, 2, of => icbhiScore(of).score, { seed, resamples: 200 });
    expect(score([half], 1).score).toBe(0.75);
    expect(score([whole], 1)).toEqual({ score: 1, interval: [1, 1] });
    expect(score([half, whole], 1).score).toBe(0.875);
    expect(score([half], 1).interval).toEqual([0.5, 1]);
    expect(score([half, whole], 1)).toEqual(score([half, whole], 1));
  });

  test('one subject has no interval', () => {
    expect(
      challengeScore([run([item('1', 0, 0), item('1', 1, 1)])], 2, of => icbhiScore(of).score, { seed: 1 }),
    ).toEqual({ score: 1, interval: null });
  });
});
