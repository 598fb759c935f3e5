import { expect, it } from 'vitest';
import { wilsonInterval } from './wilson-interval.ts';

// Agresti and Coull, The American Statistician 52, 1998, and by hand with z = 1.959964.
it.each([
  ['nothing in ten', 0, 10, [0, 0.2775]],
  ['all of ten', 1, 10, [0.7225, 1]],
  ['half of four', 0.5, 4, [0.15, 0.85]],
  ['7 of 10', 0.7, 10, [0.3968, 0.8922]],
  ['70 of 100', 0.7, 100, [0.6042, 0.7811]],
])('holds 95 %% of what a share may be: %s', (_, share, trials, [low, high]) => {
  const interval = wilsonInterval(share, trials);
  expect(interval[0]).toBeCloseTo(low!, 3);
  expect(interval[1]).toBeCloseTo(high!, 3);
});
