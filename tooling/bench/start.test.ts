import { expect, test } from 'vitest';
import type { Remote } from './remote.ts';
import { differenceWithin, startAll } from './start.ts';

/** A candidate whose result is known and whose work always takes 10 ms. */
function remote(values: number[], closed: () => void = () => {}): () => Promise<Remote> {
  return async () => ({
    version: '1',
    run: async times => 10 * times,
    result: async () => Float32Array.from(values),
    close: closed,
  });
}

test('peers that do not start or give something else are skipped by name with the reason', async () => {
  let closed = 0;
  const { candidates, skipped } = await startAll(
    new Map([
      ['ours', remote([1, 2])],
      ['near', remote([1, 2.00005])],
      ['far', remote([1, 2.5], () => closed++)],
      ['short', remote([1])],
      ['not a number', remote([1, Number.NaN])],
      ['absent', () => Promise.reject(new Error('it is not installed'))],
    ]),
    differenceWithin(1e-4),
  );
  expect(candidates.map(({ name }) => name)).toEqual(['ours', 'near']);
  expect(skipped).toEqual([
    { name: 'far', reason: 'its values differ from ours by up to 5.0e-1' },
    { name: 'short', reason: 'it gives 1 values, not 2' },
    { name: 'not a number', reason: 'its values differ from ours by up to NaN' },
    { name: 'absent', reason: 'it is not installed' },
  ]);
  expect(closed).toBe(1);
  // Repeated until a round is long enough to be measured, and said per run.
  expect(await candidates[0]!.run()).toBe(10);
});

test('nothing is compared without ours', async () => {
  const starts = new Map([['ours', () => Promise.reject(new Error('no WebAssembly'))]]);
  await expect(startAll(starts, differenceWithin(0))).rejects.toThrow('no WebAssembly');
});
