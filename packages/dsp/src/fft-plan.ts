import { checkInteger } from './check.ts';
import { cosineOfTurns, sineOfTurns } from './elementary.ts';
import { CrepitusError } from './error.ts';
import { Kept } from './kept.ts';

/** The size that has passes of its own (../assembly/fft-512.ts). */
export const FAST_SIZE = 512;

/** Longest FFT: its roots and buffers take 2.6 MB. */
const LARGEST = 65_536;

/** In front of the roots: u32 half, u32 count of factors, u32 factors (../assembly/fft-mixed.ts). */
const HEADER_BYTES = 128;

const plans = new Kept<Float32Array>(4);

export function checkFftSize(what: string, size: number): void {
  checkInteger(what, size, 2, LARGEST);
  if (size % 2 === 0) return;
  throw new CrepitusError('parameter-out-of-range', `${what} must be even, not ${size}.`, { kind: 'usage' });
}

/** What the kernels of ../assembly/fft-mixed.ts want at `plan` for an FFT of `size` samples, without its buffers. */
export function fftPlan(size: number): Float32Array {
  return plans.get(String(size), () => {
    const words = new Float32Array(HEADER_BYTES / 4 + 2 * size);
    const factors = factorsOf(size / 2);
    new Uint32Array(words.buffer).set([size / 2, factors.length, ...factors]);
    for (let k = 0; k < size; k++) {
      words[HEADER_BYTES / 4 + 2 * k] = cosineOfTurns(k / size);
      words[HEADER_BYTES / 4 + 2 * k + 1] = -sineOfTurns(k / size);
    }
    return words;
  });
}

/** Bytes of a plan together with its buffers. */
export function fftPlanBytes(size: number): number {
  return HEADER_BYTES + size * 8 + 2 * (size / 2 + 1) * 32;
}

/** Fours first, then a two, then odd primes. */
function factorsOf(n: number): number[] {
  const factors: number[] = [];
  let rest = n;
  for (const radix of [4, 2]) for (; rest % radix === 0; rest /= radix) factors.push(radix);
  for (let radix = 3; rest > 1; radix += 2) {
    if (radix * radix > rest) radix = rest;
    for (; rest % radix === 0; rest /= radix) factors.push(radix);
  }
  return factors;
}
