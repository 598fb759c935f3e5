// Resampling. Halving a rate is a filter of its own, half of whose coefficients are zero. Any other ratio L / M is polyphase:
// output m lies at input time m * M / L; outputs m, m + L, m + 2L, ... share one row of coefficients (a phase), so four of them
// are made from one coefficient load.
//
// An output is the same to the bit wherever a signal is cut and in whatever group of outputs it is made. Sums begin with the
// small outer coefficients and end at the large middle ones: in f32 that saves about 2 dB of rounding.

import { add, highHalves, highPairs, lowHalves, lowPairs, mul } from './lanes';

/** Even samples of x to e, odd ones to o; `pairs` of each, rounded up to a multiple of four. */
@inline
function deinterleave(x: usize, e: usize, o: usize, pairs: usize): void {
  for (let i: usize = 0; i < pairs << 2; i += 16) {
    const a = v128.load(x + (i << 1));
    const b = v128.load(x + (i << 1), 16);
    v128.store(e + i, v128.shuffle<f32>(a, b, 0, 2, 4, 6));
    v128.store(o + i, v128.shuffle<f32>(a, b, 1, 3, 5, 7));
  }
}

/**
 * Half the rate: y[m] = x[2m] / 2 + sum over k < taps of c[k] * (x[2m - 2k - 1] + x[2m + 2k + 1]), m = 0 ... outputs - 1
 * rounded up to a multiple of eight. x[2 * -taps] is the first sample that is read; `work`: room for what is read.
 */
export function halve(x: usize, outputs: usize, c: usize, taps: usize, work: usize, y: usize): void {
  const rounded = (outputs + 7) & ~7;
  const pairs = (rounded + 2 * taps + 3) & ~3;
  const odd = work + (pairs << 2);
  deinterleave(x - (taps << 3), work, odd, pairs);
  const half = f32x4.splat(0.5);
  const bytes = taps << 2;
  const end = y + (rounded << 2);
  for (let e = work + bytes, o = odd + bytes; y < end; y += 32, e += 32, o += 32) {
    let s = f32x4.splat(0);
    let t = s;
    for (let k = bytes; k > 0; ) {
      k -= 4;
      const w = v128.load32_splat(c + k);
      const before = o - k - 4;
      const after = o + k;
      s = add(s, mul(w, add(v128.load(before), v128.load(after))));
      t = add(t, mul(w, add(v128.load(before, 16), v128.load(after, 16))));
    }
    v128.store(y, add(s, mul(half, v128.load(e))));
    v128.store(y, add(t, mul(half, v128.load(e, 16))), 16);
  }
}

/**
 * Outputs m of `from` <= m < outputs whose phase m mod L lies in [first, last). x[floor(m * M / L)] is the first of the `taps`
 * (a multiple of 4) samples that output m reads. c: rows of `taps` coefficients for phases first ... last - 1. y[0]: output
 * `from`, which is below L.
 */
export function polyphase(
  x: usize, c: usize, taps: usize, L: usize, M: usize, first: usize, last: usize, from: usize, outputs: usize, y: usize,
): void {
  const step = M << 2;
  const skip = L << 2;
  const bytes = taps << 2;
  const middle = (bytes >> 1) & ~15;
  y -= from << 2;
  for (let p = first; p < last; p++, c += bytes) {
    let a = x + (<usize>((<u64>p * <u64>M) / <u64>L) << 2);
    let m = p;
    if (p < from) {
      m += L;
      a += step;
    }
    let o = y + (m << 2);
    for (; m + 3 * L < outputs; m += 4 * L, a += 4 * step, o += 4 * skip) {
      const a1 = a + step;
      const a2 = a1 + step;
      const a3 = a2 + step;
      let s0 = f32x4.splat(0);
      let s1 = s0;
      let s2 = s0;
      let s3 = s0;
      let i: usize = 0;
      for (; i < middle; i += 16) {
        const w = v128.load(c + i);
        s0 = add(s0, mul(w, v128.load(a + i)));
        s1 = add(s1, mul(w, v128.load(a1 + i)));
        s2 = add(s2, mul(w, v128.load(a2 + i)));
        s3 = add(s3, mul(w, v128.load(a3 + i)));
      }
      let t0 = f32x4.splat(0);
      let t1 = t0;
      let t2 = t0;
      let t3 = t0;
      for (i = bytes; i > middle; ) {
        i -= 16;
        const w = v128.load(c + i);
        t0 = add(t0, mul(w, v128.load(a + i)));
        t1 = add(t1, mul(w, v128.load(a1 + i)));
        t2 = add(t2, mul(w, v128.load(a2 + i)));
        t3 = add(t3, mul(w, v128.load(a3 + i)));
      }
      s0 = add(s0, t0);
      s1 = add(s1, t1);
      s2 = add(s2, t2);
      s3 = add(s3, t3);
      const u = add(lowPairs(s0, s1), highPairs(s0, s1));
      const v = add(lowPairs(s2, s3), highPairs(s2, s3));
      const sums = add(lowHalves(u, v), highHalves(u, v));
      v128.store_lane<f32>(o, sums, 0);
      v128.store_lane<f32>(o + skip, sums, 1);
      v128.store_lane<f32>(o + 2 * skip, sums, 2);
      v128.store_lane<f32>(o + 3 * skip, sums, 3);
    }
    for (; m < outputs; m += L, a += step, o += skip) {
      let s = f32x4.splat(0);
      let t = s;
      for (let i: usize = 0; i < middle; i += 16) s = add(s, mul(v128.load(c + i), v128.load(a + i)));
      for (let i = bytes; i > middle; ) {
        i -= 16;
        t = add(t, mul(v128.load(c + i), v128.load(a + i)));
      }
      s = add(s, t);
      // The same order of sums as above.
      store<f32>(o, f32x4.extract_lane(s, 0) + f32x4.extract_lane(s, 2) + (f32x4.extract_lane(s, 1) + f32x4.extract_lane(s, 3)));
    }
  }
}
