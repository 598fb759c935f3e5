import { expect, test } from 'vitest';
import { errors, vector } from '../test/reference-vectors.ts';
import { expectRefusal } from '../test/refusal.ts';
import { hannWindow } from './window.ts';

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
