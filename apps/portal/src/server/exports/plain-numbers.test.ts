import { describe, expect, it } from 'vitest';
import { plainNumber, withPlainNumbers } from './plain-numbers.ts';

describe('numbers of exports', () => {
  it.each([
    [6.2002500000000005, 6.20025],
    [0.30000000000000004, 0.3],
    [1799.999977324263, 1799.999977],
    [0.18013426661491394, 0.180134],
    [1e-10, 1e-10],
    [-2.9000000000000004, -2.9],
    [44_100, 44_100],
    [0, 0],
  ])('%d is %d', (value, plain) => {
    expect(plainNumber(value)).toBe(plain);
  });

  it('tell neighbouring samples of every rate apart, and stay where they are when they are made plain again', () => {
    for (const rate of [1000, 11_025, 44_100, 384_000])
      for (const sample of [1, 5, rate - 1, rate + 1, 1800 * rate - 1]) {
        const seconds = plainNumber(sample / rate);
        expect(Math.round(seconds * rate)).toBe(sample);
        expect(plainNumber(seconds)).toBe(seconds);
      }
  });

  it('are made plain wherever they stand, and nothing else is touched', () => {
    const at = new Date(0);
    const data = { at, cycles: [{ start: 0.1 + 0.2, word: '0.30000000000000004', score: null }], is: true };
    expect(withPlainNumbers(data)).toEqual({
      at,
      cycles: [{ start: 0.3, word: '0.30000000000000004', score: null }],
      is: true,
    });
    expect(data.cycles[0]!.start).not.toBe(0.3);
  });
});
