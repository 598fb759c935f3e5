import { expect, test } from 'vitest';
import { errors, names, parameters, vector } from '../test/reference-vectors.ts';
import { expectRefusal } from '../test/refusal.ts';
import { hannWindow, makeWindow, type WindowName } from './window.ts';

test.each([128, 512])('the periodic Hann window of %i equals the reference', length => {
  expect(errors(hannWindow(length), vector(`window/hann_periodic_${length}`)).max).toBeLessThan(1e-15);
});

test('two windows half a length apart sum to one', () => {
  const w = hannWindow(256);
  for (let i = 0; i < 128; i++) expect(w[i]! + w[i + 128]!).toBeCloseTo(1, 14);
});

test('refuses a window of no samples', () => {
  expectRefusal(() => hannWindow(0), 'parameter-out-of-range', /window length must be an integer from 1/);
});

test.each(names('scipy/window_'))('%s', entry => {
  const { name, length } = parameters<{ name: WindowName; length: number }>(entry);
  expect(errors(makeWindow(name, length), vector(entry)).max).toBeLessThan(1e-15);
});

test('a rectangular window is ones, and another name is refused', () => {
  expect(Array.from(makeWindow('rectangular', 3))).toEqual([1, 1, 1]);
  expectRefusal(
    () => makeWindow('kaiser' as 'hann', 8),
    'parameter-out-of-range',
    /window must be 'hann' or 'hamming' or 'blackman' or 'rectangular', not kaiser/,
  );
});
