import { expect, it } from 'vitest';
import { pictureLevels } from './picture-levels.ts';

/** Logarithms of energies, spread evenly from -12 to -2. */
const sound = Float32Array.from({ length: 1000 }, (_, i) => -12 + i / 100);

it('from the tenth percentile to nearly the greatest', () => {
  const { low, high } = pictureLevels(sound);
  expect(low).toBeCloseTo(-11, 1);
  expect(high).toBeCloseTo(-2.02, 1);
});

it('a stretch without any sound does not darken or brighten the sound beside it', () => {
  const muted = new Float32Array(1500).fill(-23);
  muted.set(sound, 500);
  const { low, high } = pictureLevels(muted);
  expect(low).toBeCloseTo(-11, 1);
  expect(high).toBeCloseTo(-2.02, 1);
});

it.each([1, 300, 200_000])('%i equal values have levels all the same', length => {
  const { low, high } = pictureLevels(new Float32Array(length).fill(-23));
  expect(low).toBe(-23);
  expect(high).toBeGreaterThan(low);
});

it.each([
  ['nothing', 0, 'empty-signal'],
  ['a value that is not finite', 3, 'non-finite-sample'],
])('%s has no levels', (_, length, code) => {
  expect(() => pictureLevels(new Float32Array(length).fill(Number.NaN))).toThrow(
    expect.objectContaining({ code }),
  );
});

it.each([2, 45, 64])('of a long picture of %i bands a sample of all bands is enough', bands => {
  const long = Float32Array.from({ length: bands * 40_000 }, (_, i) => i % bands);
  const { low, high } = pictureLevels(long);
  expect(low).toBe(bands === 2 ? 1 : Math.floor(1 + 0.1 * (bands - 1)));
  expect(high).toBeCloseTo(bands - 1, 2);
});
