import { expect, test } from 'vitest';
import { bestThreshold } from './threshold.ts';

test.each([
  { name: 'separable', scores: [0.9, 0.7, 0.3, 0.1], crackles: [1, 1, 0, 0], expected: 0.5 },
  {
    name: 'one false call is worth two right ones',
    scores: [0.9, 0.8, 0.6, 0.5, 0.2],
    crackles: [1, 0, 1, 1, 0],
    expected: 0.35,
  },
  { name: 'everything is a crackle', scores: [0.4, 0.6], crackles: [1, 1], expected: 0.2 },
  { name: 'ties are called together', scores: [0.5, 0.5, 0.1], crackles: [1, 0, 0], expected: 0.3 },
  { name: 'no crackle', scores: [0.4, 0.6], crackles: [0, 0], expected: 0.5 },
  { name: 'no score', scores: [], crackles: [], expected: 0.5 },
])('best F: $name', ({ scores, crackles, expected }) => {
  const threshold = bestThreshold(
    scores,
    crackles.map(c => c === 1),
  );
  expect(threshold).toBeCloseTo(expected, 12);
});
