// Polyphase resampling by L / M: output m lies at input time m * M / L. Outputs m, m + L, m + 2L, ... share one row of
// coefficients (a phase), so four of them are made from one coefficient load.

import { add, highHalves, highPairs, lowHalves, lowPairs, mul } from './lanes';

/**
 * Outputs first, first + 1, ... last - 1 (all < L) and those L, 2L, ... behind them. x: input, preceded and followed
 * by enough zeros: x[floor(m * M / L)] is the first of the `taps` (a multiple of 4) samples that output m reads.
 * c: rows of `taps` coefficients for outputs first ... last - 1.
 */
export function resample(
  x: usize, c: usize, taps: usize, L: usize, M: usize, first: usize, last: usize, outputs: usize, y: usize,
): void {
  const step = M << 2;
  const skip = L << 2;
  const bytes = taps << 2;
  for (let p = first; p < last && p < outputs; p++, c += bytes) {
    let a = x + (<usize>((<u64>p * <u64>M) / <u64>L) << 2);
    let o = y + (p << 2);
    let m = p;
    for (; m + 3 * L < outputs; m += 4 * L, a += 4 * step, o += 4 * skip) {
      const a1 = a + step;
      const a2 = a1 + step;
      const a3 = a2 + step;
      let s0 = f32x4.splat(0);
      let s1 = s0;
      let s2 = s0;
      let s3 = s0;
      for (let i: usize = 0; i < bytes; i += 16) {
        const w = v128.load(c + i);
        s0 = add(s0, mul(w, v128.load(a + i)));
        s1 = add(s1, mul(w, v128.load(a1 + i)));
        s2 = add(s2, mul(w, v128.load(a2 + i)));
        s3 = add(s3, mul(w, v128.load(a3 + i)));
      }
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
      for (let i: usize = 0; i < bytes; i += 16) s = add(s, mul(v128.load(c + i), v128.load(a + i)));
      // The same order of sums as above: equal bits whichever loop makes an output.
      store<f32>(o, f32x4.extract_lane(s, 0) + f32x4.extract_lane(s, 2) + (f32x4.extract_lane(s, 1) + f32x4.extract_lane(s, 3)));
    }
  }
}
