// Resampling. Halving a rate is a filter of its own, half of whose coefficients are zero. Any other ratio L / M is polyphase:
// output m lies at input time m * M / L; outputs m, m + L, m + 2L, ... share one set of coefficients (a phase) and read samples
// that are M apart. With those side by side, eight outputs of a phase are two vectors; four neighbouring phases, which read
// nearly the same samples, share the loads.
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
 * Sample i of x to place i / M of row i mod M: what the outputs of one phase read lies side by side then. Rows begin `stride`
 * bytes apart.
 */
export function commutate(x: usize, samples: usize, M: usize, rows: usize, stride: usize): void {
  const turn = M << 2;
  let q: usize = 0;
  for (; (q + 4) * M <= samples; q += 4) {
    let from = x + q * turn;
    let to = rows + (q << 2);
    let r: usize = 0;
    for (; r + 4 <= M; r += 4, from += 16, to += stride << 2) {
      const r0 = v128.load(from);
      const r1 = v128.load(from + turn);
      const r2 = v128.load(from + 2 * turn);
      const r3 = v128.load(from + 3 * turn);
      const a = lowPairs(r0, r1);
      const c = highPairs(r0, r1);
      const e = lowPairs(r2, r3);
      const g = highPairs(r2, r3);
      v128.store(to, lowHalves(a, e));
      v128.store(to + stride, highHalves(a, e));
      v128.store(to + 2 * stride, lowHalves(c, g));
      v128.store(to + 3 * stride, highHalves(c, g));
    }
    for (; r < M; r++, from += 4, to += stride) {
      for (let k: usize = 0; k < 4; k++) store<f32>(to + (k << 2), load<f32>(from + k * turn));
    }
  }
  for (let i = q * M, r: usize = 0; i < samples; i++) {
    store<f32>(rows + r * stride + (q << 2), load<f32>(x + (i << 2)));
    if (++r == M) {
      r = 0;
      q++;
    }
  }
}

// Sums of four phases for eight outputs each: two vectors a phase.
const SUMS: usize = memory.data(8 * 16, 16);

/** Adds to SUMS `count` taps, one after the other in steps of `way` (1 or -1). */
function addTaps(x: usize, offsets: usize, c: usize, count: usize, way: isize): void {
  let s0 = f32x4.splat(0);
  let t0 = s0;
  let s1 = s0;
  let t1 = s0;
  let s2 = s0;
  let t2 = s0;
  let s3 = s0;
  let t3 = s0;
  for (; count > 0; count--) {
    const at = x + <usize>load<u32>(offsets);
    const u = v128.load(at);
    const v = v128.load(at, 16);
    const w0 = v128.load32_splat(c);
    s0 = add(s0, mul(w0, u));
    t0 = add(t0, mul(w0, v));
    const w1 = v128.load32_splat(c, 4);
    s1 = add(s1, mul(w1, u));
    t1 = add(t1, mul(w1, v));
    const w2 = v128.load32_splat(c, 8);
    s2 = add(s2, mul(w2, u));
    t2 = add(t2, mul(w2, v));
    const w3 = v128.load32_splat(c, 12);
    s3 = add(s3, mul(w3, u));
    t3 = add(t3, mul(w3, v));
    offsets += way << 2;
    c += way << 4;
  }
  v128.store(SUMS, add(v128.load(SUMS), s0));
  v128.store(SUMS, add(v128.load(SUMS, 16), t0), 16);
  v128.store(SUMS, add(v128.load(SUMS, 32), s1), 32);
  v128.store(SUMS, add(v128.load(SUMS, 48), t1), 48);
  v128.store(SUMS, add(v128.load(SUMS, 64), s2), 64);
  v128.store(SUMS, add(v128.load(SUMS, 80), t2), 80);
  v128.store(SUMS, add(v128.load(SUMS, 96), s3), 96);
  v128.store(SUMS, add(v128.load(SUMS, 112), t3), 112);
}

/**
 * Outputs m of `from` <= m < outputs (from < L) whose phase m mod L lies in [first, last); first is a multiple of 4, last one
 * or L. x: rows of `commutate`; offsets[i]: bytes from x to sample i. c: for each four phases `span` times their four
 * coefficients of one sample, the first of them sample floor(first phase * M / L). y[0]: output `from`. Up to eight places
 * behind those that outputs need are read.
 */
export function polyphase(
  x: usize, offsets: usize, c: usize, span: usize, L: usize, M: usize, first: usize, last: usize, from: usize, outputs: usize,
  y: usize,
): void {
  const half = span >> 1;
  const skip = L << 2;
  y -= from << 2;
  for (let j: usize = 0; j * L < outputs; j += 8) {
    for (let p = first, row = c; p < last; p += 4, row += span << 4) {
      const m = p + j * L;
      if (m >= outputs) break;
      if (m + 3 + 7 * L < from) continue;
      const start = offsets + (<usize>((<u64>p * <u64>M) / <u64>L) << 2);
      memory.fill(SUMS, 0, 128);
      addTaps(x + (j << 2), start, row, half, 1);
      addTaps(x + (j << 2), start + ((span - 1) << 2), row + ((span - 1) << 4), span - half, -1);
      if (m >= from && m + 3 + 7 * L < outputs && p + 4 <= L) {
        for (let k: usize = 0; k < 4; k++) {
          let o = y + ((m + k) << 2);
          const s = v128.load(SUMS + (k << 5));
          const t = v128.load(SUMS + (k << 5), 16);
          v128.store_lane<f32>(o, s, 0);
          v128.store_lane<f32>(o + skip, s, 1);
          v128.store_lane<f32>(o + 2 * skip, s, 2);
          v128.store_lane<f32>(o + 3 * skip, s, 3);
          o += 4 * skip;
          v128.store_lane<f32>(o, t, 0);
          v128.store_lane<f32>(o + skip, t, 1);
          v128.store_lane<f32>(o + 2 * skip, t, 2);
          v128.store_lane<f32>(o + 3 * skip, t, 3);
        }
      } else {
        for (let k: usize = 0; k < 4 && p + k < L; k++) {
          for (let lane: usize = 0; lane < 8; lane++) {
            const n = m + k + lane * L;
            if (n >= from && n < outputs) store<f32>(y + (n << 2), load<f32>(SUMS + (k << 5) + (lane << 2)));
          }
        }
      }
    }
  }
}
