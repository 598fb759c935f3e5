import { describe, expect, test } from 'vitest';
import { slownessOf } from './status.ts';

describe('how slow trainings are', () => {
  const time = (seconds: number, expected: number) => ({ seconds, expected });

  test('is not known before any was done', () => {
    expect(slownessOf([])).toBeNull();
  });

  test('is that of the only one', () => {
    expect(slownessOf([time(30, 20)])).toBe(1.5);
  });

  test('a training during which the computer slept says nothing of the others', () => {
    expect(slownessOf([time(22, 20), time(24, 20), time(3600, 20)])).toBe(1.2);
  });

  test('counts trainings by the work in them', () => {
    expect(slownessOf([time(1, 1), time(1, 1), time(1, 1), time(200, 100)])).toBe(2);
  });
});
