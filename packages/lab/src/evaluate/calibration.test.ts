import { expect, test } from 'vitest';
import { calibrationOf } from './calibration.ts';

const run = (scores: number[], positives: boolean[]) => ({
  scores,
  positives,
  subjects: scores.map(() => '1'),
  devices: scores.map(() => 'a'),
});

test('two bins worked by hand', () => {
  // Below a half: mean score 0.2, one of two a crackle. From a half on: mean 0.8, all three crackles.
  const { bins, expectedError } = calibrationOf(
    [run([0.1, 0.3, 0.5, 0.9], [true, false, true, true]), run([1], [true])],
    2,
  );
  expect(bins).toEqual([
    { from: 0, to: 0.5, cycles: 2, meanScore: 0.2, crackles: 0.5 },
    { from: 0.5, to: 1, cycles: 3, meanScore: expect.closeTo(0.8, 12), crackles: 1 },
  ]);
  expect(expectedError).toBeCloseTo((2 / 5) * 0.3 + (3 / 5) * 0.2, 12);
});

test('a bin without cycles has no mean, no cycles no error', () => {
  expect(calibrationOf([run([0.1], [false])], 2).bins[1]).toMatchObject({ meanScore: null, crackles: null });
  expect(calibrationOf([run([], [])]).expectedError).toBeNull();
});
