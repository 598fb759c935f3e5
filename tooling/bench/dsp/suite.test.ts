import { expect, test } from 'vitest';
import { differenceWithin, startAll } from '../start.ts';
import { forks } from './suite.ts';

test('each candidate runs in a process of its own, and the plain JavaScript high-pass gives the bits of ours', async () => {
  for (const variant of ['one channel', 'four channels']) {
    const names = ['crepitus-wasm', 'fused JavaScript loop', 'unheard of'];
    const { candidates, skipped } = await startAll(forks('high-pass', variant, names), differenceWithin(0));
    for (const { close } of candidates) close!();
    expect(candidates.map(({ name }) => name)).toEqual(names.slice(0, 2));
    expect(skipped.map(({ name }) => name)).toEqual(['unheard of']);
  }
});
