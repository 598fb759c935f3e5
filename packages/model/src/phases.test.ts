import { describe, expect, it } from 'vitest';
import { cutPhase, phaseLength, type Ratio } from './phases.ts';

// Rows of `conventions.phase_lengths` in the reference's index.json, for the fixed cycle of 131 960 samples.
const reference: [Ratio, number, number][] = [
  ['1:3', 43986, 87974],
  ['2:5', 52784, 79176],
  ['3:7', 56554, 75406],
  ['4:9', 58648, 73312],
  ['1:2', 65980, 65980],
];

describe('phaseLength', () => {
  it.each(reference)('%s: inspiration %i, expiration %i', (ratio, inspiration, expiration) => {
    expect(phaseLength('inspiration', ratio, 131960)).toBe(inspiration);
    expect(phaseLength('expiration', ratio, 131960)).toBe(expiration);
    expect(phaseLength('cycle', ratio, 131960)).toBe(131960);
  });
});

describe('cutPhase', () => {
  const cycle = Float32Array.from({ length: 10 }, (_, i) => i);

  it.each<[string, Parameters<typeof cutPhase>, number[]]>([
    ['the cycle is itself', [cycle, 'cycle', '1:3'], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ['inspiration is floored', [cycle, 'inspiration', '1:3'], [0, 1, 2]],
    ['expiration is the rest', [cycle, 'expiration', '1:3'], [3, 4, 5, 6, 7, 8, 9]],
    ['a measured end wins', [cycle, 'inspiration', '1:3', 5], [0, 1, 2, 3, 4]],
    ['a measured end wins for expiration', [cycle, 'expiration', '1:3', 8], [8, 9]],
    ['an end at the end of the cycle is none', [cycle, 'inspiration', '1:2', 10], [0, 1, 2, 3, 4]],
    ['an end at 0 is none', [cycle, 'expiration', '1:2', 0], [5, 6, 7, 8, 9]],
  ])('%s', (_, args, expected) => {
    expect([...cutPhase(...args)]).toEqual(expected);
  });

  it('both phases together are the cycle, for every length and ratio', () => {
    for (const [ratio] of reference) {
      for (let n = 1; n < 50; n++) {
        const x = new Float32Array(n);
        expect(cutPhase(x, 'inspiration', ratio).length + cutPhase(x, 'expiration', ratio).length).toBe(n);
      }
    }
  });
});
