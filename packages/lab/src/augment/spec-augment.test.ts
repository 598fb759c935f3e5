import { randomStream } from '@crepitus/dsp';
import { expect, test } from 'vitest';
import { maskPicture } from './spec-augment.ts';

const rows = 64;
const bands = 45;

test('masks one run of at most 8 bands and two of at most an eighth of the rows, with zeros', () => {
  let widestBands = 0;
  let mostRows = 0;
  for (let draw = 0; draw < 300; draw++) {
    const picture = new Float32Array(rows * bands).fill(1);
    maskPicture(picture, bands, randomStream(draw, 'masks'));
    expect(picture.every(value => value === 0 || value === 1)).toBe(true);
    const isZero = (row: number, band: number) => picture[row * bands + band] === 0;
    const range = (n: number) => Array.from({ length: n }, (_, i) => i);
    const maskedBands = range(bands).filter(band => range(rows).every(row => isZero(row, band)));
    const maskedRows = range(rows).filter(row => range(bands).every(band => isZero(row, band)));
    const zeros = picture.filter(value => value === 0).length;
    expect(zeros).toBe(
      maskedBands.length * rows + maskedRows.length * bands - maskedBands.length * maskedRows.length,
    );
    expect((maskedBands.at(-1) ?? 0) - (maskedBands[0] ?? 0) + 1).toBe(Math.max(1, maskedBands.length));
    widestBands = Math.max(widestBands, maskedBands.length);
    mostRows = Math.max(mostRows, maskedRows.length);
  }
  expect(widestBands).toBe(8);
  expect(mostRows).toBeGreaterThan(8);
  expect(mostRows).toBeLessThanOrEqual(16);
});
