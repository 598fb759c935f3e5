// Cascades of second-order sections (transposed direct form II) with coefficients, state and what runs between the
// sections in f64. Sections run in pairs over blocks that stay in the cache.
//
// One signal is bound by the latency of its recursion, so two independent things share a vector: for one signal the two
// sections of a pair, the second one a sample behind; of four signals two. Either way each value is made by the same
// operations in the same order, so the bits are those of the plain loop.

import { highHalves, highPairs, lowHalves, lowPairs, upperHalf } from './lanes';

const BLOCK: usize = 128;
// A block of one signal, or of four side by side.
const BUFFER: usize = memory.data(128 * 32, 16);

/** Below this the state cannot reach an f32 output; keeping it would end in denormal numbers, which some CPUs do slowly. */
const VANISHED: f64 = 1e-60;

// Coefficients of a pair: b0 b1 b2 a1 a2 of two sections. State of a pair: s1 s2 of two sections.

/** One signal of f32 or f64 numbers through one pair, from x to y. */
@inline
function runPair<X, Y>(x: usize, y: usize, count: usize, c: usize, state: usize): void {
  const b0 = load<f64>(c);
  const b1 = load<f64>(c, 8);
  const b2 = load<f64>(c, 16);
  const a1 = load<f64>(c, 24);
  const a2 = load<f64>(c, 32);
  const d0 = load<f64>(c, 40);
  const d1 = load<f64>(c, 48);
  const d2 = load<f64>(c, 56);
  const e1 = load<f64>(c, 64);
  const e2 = load<f64>(c, 72);
  // The first section is done with sample 0 before the loop, the second one with the last sample behind it.
  const u = <f64>load<X>(x);
  const v = b0 * u + load<f64>(state);
  const f0 = f64x2(b0, d0);
  const f1 = f64x2(b1, d1);
  const f2 = f64x2(b2, d2);
  const g1 = f64x2(a1, e1);
  const g2 = f64x2(a2, e2);
  let s1 = f64x2(b1 * u + load<f64>(state, 8) - a1 * v, load<f64>(state, 16));
  let s2 = f64x2(b2 * u - a2 * v, load<f64>(state, 24));
  let both = f64x2.splat(v);
  const end = y + (count - 1) * sizeof<Y>();
  for (; y < end; y += sizeof<Y>()) {
    x += sizeof<X>();
    const into = f64x2.replace_lane(v128.shuffle<f64>(both, both, 0, 0), 0, <f64>load<X>(x));
    both = f64x2.add(f64x2.mul(f0, into), s1);
    s1 = f64x2.sub(f64x2.add(f64x2.mul(f1, into), s2), f64x2.mul(g1, both));
    s2 = f64x2.sub(f64x2.mul(f2, into), f64x2.mul(g2, both));
    store<Y>(y, <Y>f64x2.extract_lane(both, 1));
  }
  const last = f64x2.extract_lane(both, 0);
  let t1 = f64x2.extract_lane(s1, 1);
  let t2 = f64x2.extract_lane(s2, 1);
  const w = d0 * last + t1;
  t1 = d1 * last + t2 - e1 * w;
  t2 = d2 * last - e2 * w;
  store<Y>(y, <Y>w);
  let r1 = f64x2.extract_lane(s1, 0);
  let r2 = f64x2.extract_lane(s2, 0);
  if (max(max(abs(r1), abs(r2)), max(abs(t1), abs(t2))) < VANISHED) {
    r1 = 0;
    r2 = 0;
    t1 = 0;
    t2 = 0;
  }
  store<f64>(state, r1);
  store<f64>(state, r2, 8);
  store<f64>(state, t1, 16);
  store<f64>(state, t2, 24);
}

/**
 * Filters `samples` f32 from x to y (may be the same) through `pairs` pairs of sections. c: 10 f64 per pair; state: 4 f64 per
 * pair, read and left behind. `done`: samples of this signal that were filtered before; blocks end at the same samples
 * wherever a signal is cut, so that the bits are the same.
 */
export function cascade(x: usize, y: usize, samples: usize, c: usize, pairs: usize, state: usize, done: usize): void {
  const last = pairs - 1;
  let count = BLOCK - done % BLOCK;
  for (; samples > 0; samples -= count, x += count << 2, y += count << 2, count = BLOCK) {
    count = min(count, samples);
    if (last == 0) {
      runPair<f32, f32>(x, y, count, c, state);
      continue;
    }
    runPair<f32, f64>(x, BUFFER, count, c, state);
    for (let pair: usize = 1; pair < last; pair++) runPair<f64, f64>(BUFFER, BUFFER, count, c + pair * 80, state + (pair << 5));
    runPair<f64, f32>(BUFFER, y, count, c + last * 80, state + (last << 5));
  }
}

/**
 * Four signals through one pair, in place. state: s1 and s2 of the first section, then of the second, each of four signals.
 * Coefficients are loaded where they are used: all at once would not fit into the registers beside the states.
 */
function runPairOfFour(count: usize, c: usize, state: usize): void {
  let s1 = v128.load(state);
  let S1 = v128.load(state, 16);
  let s2 = v128.load(state, 32);
  let S2 = v128.load(state, 48);
  let t1 = v128.load(state, 64);
  let T1 = v128.load(state, 80);
  let t2 = v128.load(state, 96);
  let T2 = v128.load(state, 112);
  const end = BUFFER + (count << 5);
  for (let p = BUFFER; p < end; p += 32) {
    const u = v128.load(p);
    const U = v128.load(p, 16);
    const b0 = v128.load64_splat(c);
    const v = f64x2.add(f64x2.mul(b0, u), s1);
    const V = f64x2.add(f64x2.mul(b0, U), S1);
    const b1 = v128.load64_splat(c, 8);
    const a1 = v128.load64_splat(c, 24);
    s1 = f64x2.sub(f64x2.add(f64x2.mul(b1, u), s2), f64x2.mul(a1, v));
    S1 = f64x2.sub(f64x2.add(f64x2.mul(b1, U), S2), f64x2.mul(a1, V));
    const b2 = v128.load64_splat(c, 16);
    const a2 = v128.load64_splat(c, 32);
    s2 = f64x2.sub(f64x2.mul(b2, u), f64x2.mul(a2, v));
    S2 = f64x2.sub(f64x2.mul(b2, U), f64x2.mul(a2, V));
    if (c == 0) break; // never: ends the block, so that the engine does not bring all loads forward
    const d0 = v128.load64_splat(c, 40);
    const w = f64x2.add(f64x2.mul(d0, v), t1);
    const W = f64x2.add(f64x2.mul(d0, V), T1);
    v128.store(p, w);
    v128.store(p, W, 16);
    const d1 = v128.load64_splat(c, 48);
    const e1 = v128.load64_splat(c, 64);
    t1 = f64x2.sub(f64x2.add(f64x2.mul(d1, v), t2), f64x2.mul(e1, w));
    T1 = f64x2.sub(f64x2.add(f64x2.mul(d1, V), T2), f64x2.mul(e1, W));
    const d2 = v128.load64_splat(c, 56);
    const e2 = v128.load64_splat(c, 72);
    t2 = f64x2.sub(f64x2.mul(d2, v), f64x2.mul(e2, w));
    T2 = f64x2.sub(f64x2.mul(d2, V), f64x2.mul(e2, W));
  }
  v128.store(state, s1);
  v128.store(state, S1, 16);
  v128.store(state, s2, 32);
  v128.store(state, S2, 48);
  v128.store(state, t1, 64);
  v128.store(state, T1, 80);
  v128.store(state, t2, 96);
  v128.store(state, T2, 112);
  dropVanished(state);
}

/** Zeros the states of a pair in the signals where all of them have vanished, as `runPair` does for one. */
function dropVanished(state: usize): void {
  for (let half: usize = state; half < state + 32; half += 16) {
    let largest = f64x2.splat(0);
    for (let p = half; p < state + 128; p += 32) largest = f64x2.max(largest, f64x2.abs(v128.load(p)));
    const gone = f64x2.lt(largest, f64x2.splat(VANISHED));
    for (let p = half; p < state + 128; p += 32) v128.store(p, v128.andnot(v128.load(p), gone));
  }
}

/**
 * Four signals in place: they begin `stride` bytes apart at x, each with room for a multiple of four samples. state: 16 f64
 * per pair, read and left behind; a signal may be cut between two blocks. Returns whether all samples were within
 * [-limit, limit] (NaN never is): looked at here, where they pass by.
 */
export function cascadeOfFour(
  x: usize, stride: usize, samples: usize, c: usize, pairs: usize, state: usize, limit: f32,
): bool {
  const bound = f32x4.splat(limit);
  let within = i32x4.splat(-1);
  for (let done: usize = 0; done < samples; done += BLOCK) {
    const count = min(BLOCK, samples - done);
    const p0 = x + (done << 2);
    const p1 = p0 + stride;
    const p2 = p1 + stride;
    const p3 = p2 + stride;
    for (let i: usize = 0, o = BUFFER; i < count << 2; i += 16, o += 128) {
      const r0 = v128.load(p0 + i);
      const r1 = v128.load(p1 + i);
      const r2 = v128.load(p2 + i);
      const r3 = v128.load(p3 + i);
      within = v128.and(within, v128.and(f32x4.le(f32x4.abs(r0), bound), f32x4.le(f32x4.abs(r1), bound)));
      within = v128.and(within, v128.and(f32x4.le(f32x4.abs(r2), bound), f32x4.le(f32x4.abs(r3), bound)));
      const a = lowPairs(r0, r1);
      const b = lowPairs(r2, r3);
      const e = highPairs(r0, r1);
      const f = highPairs(r2, r3);
      v128.store(o, f64x2.promote_low_f32x4(a));
      v128.store(o, f64x2.promote_low_f32x4(b), 16);
      v128.store(o, f64x2.promote_low_f32x4(upperHalf(a)), 32);
      v128.store(o, f64x2.promote_low_f32x4(upperHalf(b)), 48);
      v128.store(o, f64x2.promote_low_f32x4(e), 64);
      v128.store(o, f64x2.promote_low_f32x4(f), 80);
      v128.store(o, f64x2.promote_low_f32x4(upperHalf(e)), 96);
      v128.store(o, f64x2.promote_low_f32x4(upperHalf(f)), 112);
    }
    for (let pair: usize = 0; pair < pairs; pair++) runPairOfFour(count, c + pair * 80, state + (pair << 7));
    for (let i: usize = 0, o = BUFFER; i < count << 2; i += 16, o += 128) {
      const a = lowHalves(f32x4.demote_f64x2_zero(v128.load(o)), f32x4.demote_f64x2_zero(v128.load(o, 16)));
      const b = lowHalves(f32x4.demote_f64x2_zero(v128.load(o, 32)), f32x4.demote_f64x2_zero(v128.load(o, 48)));
      const e = lowHalves(f32x4.demote_f64x2_zero(v128.load(o, 64)), f32x4.demote_f64x2_zero(v128.load(o, 80)));
      const f = lowHalves(f32x4.demote_f64x2_zero(v128.load(o, 96)), f32x4.demote_f64x2_zero(v128.load(o, 112)));
      const ab = lowPairs(a, b);
      const AB = highPairs(a, b);
      const ef = lowPairs(e, f);
      const EF = highPairs(e, f);
      v128.store(p0 + i, lowHalves(ab, ef));
      v128.store(p1 + i, highHalves(ab, ef));
      v128.store(p2 + i, lowHalves(AB, EF));
      v128.store(p3 + i, highHalves(AB, EF));
    }
  }
  return i32x4.all_true(within);
}
