// Time stretching by waveform similarity (WSOLA: Verhelst and Roelands, ICASSP 1993). The output is made in segments; each
// continues the one before it, faded into the piece of input, near the place where the rate wants to be, that is most like
// that continuation (least sum of squared differences, so that a click is neither doubled nor lost).

import { add, mul, sub } from './lanes';

export const SEGMENT: usize = 512;
export const OVERLAP: usize = 256;
/** Reach of the search, to either side. 2 * REACH + 1 places, rounded up to whole groups of 16. */
const REACH: i32 = 200;
const PLACES: usize = 416;
const DIFFERENCES: usize = memory.data(416 * 4, 16);

/** Sums of squared differences between OVERLAP samples at `wanted` and those at candidates + 0, 1, 2, ... (a place per lane). */
@inline
function compare(wanted: usize, candidates: usize): void {
  for (let place: usize = 0; place < PLACES; place += 16) {
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    const base = candidates + (place << 2);
    for (let i: usize = 0; i < OVERLAP << 2; i += 4) {
      const v = v128.load32_splat(wanted + i);
      const d0 = sub(v, v128.load(base + i));
      const d1 = sub(v, v128.load(base + i, 16));
      const d2 = sub(v, v128.load(base + i, 32));
      const d3 = sub(v, v128.load(base + i, 48));
      s0 = add(s0, mul(d0, d0));
      s1 = add(s1, mul(d1, d1));
      s2 = add(s2, mul(d2, d2));
      s3 = add(s3, mul(d3, d3));
    }
    const o = DIFFERENCES + (place << 2);
    v128.store(o, s0);
    v128.store(o, s1, 16);
    v128.store(o, s2, 32);
    v128.store(o, s3, 48);
  }
}

/** The most similar place in [low, high], counted from the first one compared; of equal ones the nearest to `centre`. */
@inline
function mostSimilar(centre: i32, low: i32, high: i32): i32 {
  let best = min(max(centre, low), high);
  let least = load<f32>(DIFFERENCES + (<usize>best << 2));
  for (let away = 1; away <= high - low; away++) {
    for (let side = -1; side <= 1; side += 2) {
      const place = centre + side * away;
      if (place < low || place > high) continue;
      const d = load<f32>(DIFFERENCES + (<usize>place << 2));
      if (d < least) {
        least = d;
        best = place;
      }
    }
  }
  return best;
}

/** Correlation of two pieces of OVERLAP samples, within [0, 1]; 1 where one of them is silent. */
@inline
function correlation(a: usize, b: usize): f64 {
  let aa: f64 = 0;
  let bb: f64 = 0;
  let ab: f64 = 0;
  for (let i: usize = 0; i < OVERLAP << 2; i += 4) {
    const u = <f64>load<f32>(a + i);
    const v = <f64>load<f32>(b + i);
    aa += u * u;
    bb += v * v;
    ab += u * v;
  }
  if (aa == 0 || bb == 0) return 1;
  return min(max(ab / Math.sqrt(aa * bb), 0), 1);
}

/**
 * Writes `length` samples to y. x: `samples` f32 and then zeros for SEGMENT + OVERLAP + 2 * 416 more. fade: OVERLAP f32
 * rising from 0 to 1. Both fades together keep the power of two pieces of their correlation, so noise keeps its level.
 */
export function stretch(x: usize, samples: i32, rate: f64, fade: usize, y: usize, length: i32): void {
  const segment = <i32>SEGMENT;
  memory.copy(y, x, <usize>min(segment, length) << 2);
  let going = segment; // where the input goes on behind the last segment
  for (let done = segment; done < length; done += segment) {
    const count = min(segment, length - done);
    // A segment is read to its end, and the overlap behind it is needed by the next one.
    const latest = max(samples - min(segment + <i32>OVERLAP, length - done), 0);
    const centre = min(<i32>Math.round(<f64>done * rate), latest);
    const low = max(centre - REACH, 0);
    const wanted = x + (<usize>min(going, samples) << 2);
    compare(wanted, x + (<usize>low << 2));
    const from = low + mostSimilar(centre - low, 0, min(centre + REACH, latest) - low);
    const chosen = x + (<usize>from << 2);
    const o = y + (<usize>done << 2);
    const like = correlation(wanted, chosen);
    const faded = min(count, <i32>OVERLAP);
    for (let i: usize = 0; i < <usize>faded << 2; i += 4) {
      const f = <f64>load<f32>(fade + i);
      const g = 1 - f;
      const power = f * f + g * g + 2 * like * f * g;
      store<f32>(o + i, <f32>((<f64>load<f32>(wanted + i) * g + <f64>load<f32>(chosen + i) * f) / Math.sqrt(power)));
    }
    if (count > faded) memory.copy(o + (OVERLAP << 2), chosen + (OVERLAP << 2), <usize>(count - faded) << 2);
    going = from + segment;
  }
}
