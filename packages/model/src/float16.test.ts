import { describe, expect, it } from 'vitest';
import { fromFloat16, toFloat16 } from './float16.ts';

describe('float16', () => {
  it('every one of the 65 536 halves survives the way to float and back', () => {
    for (let half = 0; half < 65536; half++) {
      const value = fromFloat16(half);
      if (Number.isNaN(value)) expect(Number.isNaN(fromFloat16(toFloat16(value)))).toBe(true);
      else if (toFloat16(value) !== half)
        expect.fail(`${half.toString(16)} -> ${value} -> ${toFloat16(value).toString(16)}`);
    }
  });

  it.each([
    ['one', 1, 0x3c00],
    ['the largest', 65504, 0x7bff],
    ['just below the tie to infinity', 65519.99, 0x7bff],
    ['the tie to infinity', 65520, 0x7c00],
    ['minus infinity', Number.NEGATIVE_INFINITY, 0xfc00],
    ['minus zero', -0, 0x8000],
    ['a tie goes to the even half: down', 1 + 2 ** -11, 0x3c00],
    ['a tie goes to the even half: up', 1 + 3 * 2 ** -11, 0x3c02],
    ['a carry into the exponent', 2 - 2 ** -12, 0x4000],
    ['the smallest subnormal', 2 ** -24, 1],
    ['half of it is a tie to zero', 2 ** -25, 0],
    ['a little more is not', 2 ** -25 * 1.001, 1],
    ['the largest subnormal rounds up to normal', 2 ** -14 * (1 - 2 ** -12), 0x0400],
    ['0.1', 0.1, 0x2e66],
  ])('%s', (_, value, half) => {
    expect(toFloat16(value)).toBe(half);
  });

  it('is the nearest half for values between two neighbours', () => {
    for (let half = 0; half < 0x7bff; half += 7) {
      const low = fromFloat16(half);
      const high = fromFloat16(half + 1);
      expect(toFloat16(low + (high - low) * 0.49)).toBe(half);
      expect(toFloat16(low + (high - low) * 0.51)).toBe(half + 1);
    }
  });
});
