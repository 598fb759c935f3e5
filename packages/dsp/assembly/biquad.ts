// Cascades of second-order sections (transposed direct form II) with coefficients, state and what runs between the
// sections in f64. Two sections are fused: the second one's arithmetic hides in the latency of the first one's.

const BLOCK: usize = 1024;
const BUFFER: usize = memory.data(1024 * 8, 16);

/** Below this the state cannot reach an f32 output; keeping it would end in denormal numbers, which some CPUs do slowly. */
const VANISHED: f64 = 1e-60;

/** `count` values from x to y, f32 or f64 each. c: b0 b1 b2 a1 a2 of two sections; state: s1 s2 of two sections. */
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
  let s1 = load<f64>(state);
  let s2 = load<f64>(state, 8);
  let t1 = load<f64>(state, 16);
  let t2 = load<f64>(state, 24);
  const end = x + count * sizeof<X>();
  for (; x < end; x += sizeof<X>(), y += sizeof<Y>()) {
    const u = <f64>load<X>(x);
    const v = b0 * u + s1;
    s1 = b1 * u + s2 - a1 * v;
    s2 = b2 * u - a2 * v;
    const w = d0 * v + t1;
    t1 = d1 * v + t2 - e1 * w;
    t2 = d2 * v - e2 * w;
    store<Y>(y, <Y>w);
  }
  if (max(max(abs(s1), abs(s2)), max(abs(t1), abs(t2))) < VANISHED) {
    s1 = 0;
    s2 = 0;
    t1 = 0;
    t2 = 0;
  }
  store<f64>(state, s1);
  store<f64>(state, s2, 8);
  store<f64>(state, t1, 16);
  store<f64>(state, t2, 24);
}

/**
 * Filters `samples` f32 from x to y (may be the same) through `pairs` pairs of sections. c: 10 f64 per pair;
 * state: 4 f64 per pair, read and left behind.
 */
export function cascade(x: usize, y: usize, samples: usize, c: usize, pairs: usize, state: usize): void {
  const last = pairs - 1;
  for (let done: usize = 0; done < samples; done += BLOCK) {
    const count = min(BLOCK, samples - done);
    const from = x + (done << 2);
    const to = y + (done << 2);
    if (last == 0) {
      runPair<f32, f32>(from, to, count, c, state);
      continue;
    }
    runPair<f32, f64>(from, BUFFER, count, c, state);
    for (let pair: usize = 1; pair < last; pair++) runPair<f64, f64>(BUFFER, BUFFER, count, c + pair * 80, state + pair * 32);
    runPair<f64, f32>(BUFFER, to, count, c + last * 80, state + last * 32);
  }
}
