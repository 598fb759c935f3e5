import { expect, test } from 'vitest';
import { winogradScheme } from './convolution.ts';

test.each([
  ['one channel', [1, 257, 45, 1, 16], 0],
  ['the paper’s block 2', [2, 255, 43, 16, 32], 2],
  ['block 3', [1, 127, 21, 32, 32], 1],
  ['block 4', [2, 125, 19, 32, 64], 2],
  ['block 5', [1, 62, 9, 64, 64], 1],
  ['block 6', [2, 60, 7, 64, 128], 2],
  ['block 7', [1, 29, 3, 128, 128], 3],
  ['five outputs at stride 2, of which one tile is half empty', [2, 11, 11, 32, 32], 0],
  ['channels that are no multiple of eight', [1, 40, 40, 20, 32], 0],
] as const)('the Winograd scheme of %s', (_, sizes, scheme) => {
  expect(winogradScheme(...(sizes as unknown as Parameters<typeof winogradScheme>))).toBe(scheme);
});
