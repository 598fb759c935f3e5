import { expect, test } from 'vitest';
import { rankSum } from './rank-sum.ts';

test.each([
  { name: 'agreeing', a: [0.1, 0.2, 0.9], b: [5, 6, 7], sum: [1 / 3, 2 / 3, 1] },
  { name: 'opposed', a: [0.1, 0.2, 0.9], b: [7, 6, 5], sum: [4 / 6, 4 / 6, 4 / 6] },
  {
    name: 'ties share the middle rank',
    a: [1, 1, 2, 3],
    b: [1, 1, 1, 1],
    sum: [4 / 8, 4 / 8, 5.5 / 8, 6.5 / 8],
  },
  { name: 'nothing', a: [], b: [], sum: [] },
])('$name', ({ a, b, sum }) => {
  const found = rankSum(a, b);
  expect(found).toHaveLength(sum.length);
  for (const [i, value] of sum.entries()) expect(found[i]).toBeCloseTo(value, 12);
});

test('folds are ranked on their own, whatever the scale of their scores', () => {
  const found = rankSum([0.1, 0.2, 10, 20], [1, 2, 0.3, 0.4], ['1', '1', '2', '2']);
  expect([...found]).toEqual([0.5, 1, 0.5, 1]);
});
