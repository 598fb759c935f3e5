import { checkInteger } from './check.ts';
import { CrepitusError } from './error.ts';

/** Numbers of one named stream, in order. The same in every engine: no Math.log, cos or sin. */
export interface RandomStream {
  /** In [0, 1), 53 random bits. */
  uniform(): number;
  /** 0 ... below - 1, each equally likely; below is at most 2^32. */
  integer(below: number): number;
  /** Mean 0, deviation 1: the sum of twelve uniform numbers less 6 (Irwin-Hall), so within [-6, 6]; exact arithmetic. */
  normal(): number;
  /** A new array in random order. */
  shuffle<T>(items: readonly T[]): T[];
}

type Words = [number, number, number, number];

/**
 * Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3; SC 2011): four random words of a
 * counter of four words and a key of two.
 */
export function philox4x32(counter: Words, key: [number, number]): Words {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const high0 = highProduct(0xd2511f53, c0);
    const low0 = Math.imul(0xd2511f53, c0) >>> 0;
    const high1 = highProduct(0xcd9e8d57, c2);
    const low1 = Math.imul(0xcd9e8d57, c2) >>> 0;
    [c0, c1, c2, c3] = [(high1 ^ c1 ^ k0) >>> 0, low1, (high0 ^ c3 ^ k1) >>> 0, low0];
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** Upper 32 bits of the product of two 32-bit numbers. */
function highProduct(a: number, b: number): number {
  const aHigh = a >>> 16;
  const aLow = a & 0xffff;
  const bHigh = b >>> 16;
  const bLow = b & 0xffff;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carried = aLow * bHigh + (middle % 0x10000);
  return aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(carried / 0x10000);
}

/**
 * The stream of a seed and a name, e.g. `randomStream(seed, 'shuffle', epoch)`. Streams of different names are independent
 * of each other and of the order in which they are used.
 *
 * @throws CrepitusError `random-name`
 */
export function randomStream(seed: number, ...name: (string | number)[]): RandomStream {
  const [k0, k1, c2, c3] = hash([seed, ...name]);
  let block = 0;
  let words: number[] = [];

  const word = (): number => {
    if (words.length === 0) {
      words = philox4x32([block >>> 0, Math.floor(block / 2 ** 32), c2, c3], [k0, k1]).reverse();
      block++;
    }
    return words.pop()!;
  };

  const integer = (below: number): number => {
    checkInteger('The bound of a random integer', below, 1, 2 ** 32);
    // Words beyond the last whole multiple of `below` would favour small numbers.
    const limit = 2 ** 32 - (2 ** 32 % below);
    for (;;) {
      const w = word();
      if (w < limit) return w % below;
    }
  };

  return {
    uniform: () => ((word() >>> 5) * 2 ** 26 + (word() >>> 6)) / 2 ** 53,
    integer,
    normal: () => {
      let sum = 6; // half a unit for each word: words are the middles of their intervals
      for (let i = 0; i < 12; i++) sum += word();
      return sum / 2 ** 32 - 6;
    },
    shuffle: items => {
      const out = [...items];
      for (let i = out.length - 1; i > 0; i--) {
        const j = integer(i + 1);
        [out[i], out[j]] = [out[j]!, out[i]!];
      }
      return out;
    },
  };
}

/** 128 bits of a seed and a name, absorbed eight UTF-16 units at a time by the generator itself. */
function hash(parts: (string | number)[]): Words {
  for (const part of parts) {
    if (typeof part === 'string' || Number.isSafeInteger(part)) continue;
    throw new CrepitusError(
      'random-name',
      `A random stream is named by strings and integers, not ${String(part)}.`,
      { kind: 'usage' },
    );
  }
  const text = JSON.stringify(parts);
  let state: Words = [0, 0, 0, 0];
  for (let i = 0; i < text.length; i += 8) {
    const unit = (j: number) => (i + j < text.length ? text.charCodeAt(i + j) : 0);
    const absorbed = state.map((s, w) => (s ^ (unit(2 * w) | (unit(2 * w + 1) << 16))) >>> 0) as Words;
    state = philox4x32(absorbed, [text.length, i]);
  }
  return state;
}
