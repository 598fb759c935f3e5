// Time stretching by waveform similarity (WSOLA: Verhelst and Roelands, ICASSP 1993). The output is made in segments; each
// continues the one before it, faded into the piece of input, near the place where the rate wants to be, that is most like
// that continuation (least sum of squared differences, so that a click is neither doubled nor lost).

import { add, mul, sub, upperHalf } from './lanes';

export const SEGMENT: usize = 512;
export const OVERLAP: usize = 256;
/** Bytes of half of an overlap. */
const HALF: usize = OVERLAP << 1;
/** Reach of the search, to either side. 2 * REACH + 1 places, rounded up to whole groups of 16. */
const REACH: i32 = 200;
const PLACES: usize = 416;
const DIFFERENCES: usize = memory.data(416 * 4, 16);

/** Of the places whose OVERLAP samples are those at `wanted` (there must be one) the nearest to `centre`, the earlier of two. */
@inline
function nearestSame(wanted: usize, candidates: usize, centre: i32, high: i32): i32 {
  for (let away = 0; away <= high; away++) {
    const before = centre - away;
    if (before >= 0 && isSame(wanted, candidates + (<usize>before << 2))) return before;
    const behind = centre + away;
    if (behind <= high && isSame(wanted, candidates + (<usize>behind << 2))) return behind;
  }
  return centre;
}

@inline
function isSame(a: usize, b: usize): bool {
  for (let i: usize = 0; i < OVERLAP << 2; i += 4) {
    const d = load<f32>(a + i) - load<f32>(b + i);
    if (d * d > 0) return false;
  }
  return true;
}

/**
 * The place in [0, high] whose OVERLAP samples (from candidates + place on) differ least from those at `wanted`, by the sum of
 * squared differences; of equal ones the nearest to `centre`, the earlier of two. `high` is below PLACES.
 *
 * Sixteen places are summed at a time. Sums only grow: where all sixteen exceed the least whole sum already by their first
 * half, they are left at that.
 */
@inline
function mostSimilar(wanted: usize, candidates: usize, centre: i32, high: i32): i32 {
  let first: usize = 0;
  let smallest = f32.MAX_VALUE;
  for (let place: usize = 0; place <= <usize>high; place += 16) {
    addDifferences(wanted, candidates, place, 0);
    const sum = leastOf(place, high);
    if (sum < smallest) {
      smallest = sum;
      first = place;
    }
  }
  addDifferences(wanted, candidates, first, HALF);
  let least = leastOf(first, high);
  for (let place: usize = 0; place <= <usize>high; place += 16) {
    if (place == first || leastOf(place, high) > least) continue;
    addDifferences(wanted, candidates, place, HALF);
    least = min(least, leastOf(place, high));
  }
  for (let away = 0; away <= high; away++) {
    const before = centre - away;
    if (before >= 0 && load<f32>(DIFFERENCES + (<usize>before << 2)) == least) return before;
    const behind = centre + away;
    if (behind <= high && load<f32>(DIFFERENCES + (<usize>behind << 2)) == least) return behind;
  }
  return centre;
}

/**
 * Adds the squared differences of half of the samples, from byte `from` on (0: the first half, with which the sums begin), to
 * the sums of sixteen places (a place per lane).
 */
@inline
function addDifferences(wanted: usize, candidates: usize, place: usize, from: usize): void {
  const o = DIFFERENCES + (place << 2);
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  if (from > 0) {
    s0 = v128.load(o);
    s1 = v128.load(o, 16);
    s2 = v128.load(o, 32);
    s3 = v128.load(o, 48);
  }
  let p = candidates + (place << 2) + from;
  for (let w = wanted + from; w < wanted + from + HALF; w += 8, p += 8) {
    const v0 = v128.load32_splat(w);
    const d00 = sub(v0, v128.load(p));
    const d01 = sub(v0, v128.load(p, 16));
    const d02 = sub(v0, v128.load(p, 32));
    const d03 = sub(v0, v128.load(p, 48));
    s0 = add(s0, mul(d00, d00));
    s1 = add(s1, mul(d01, d01));
    s2 = add(s2, mul(d02, d02));
    s3 = add(s3, mul(d03, d03));
    const v1 = v128.load32_splat(w, 4);
    const d10 = sub(v1, v128.load(p, 4));
    const d11 = sub(v1, v128.load(p, 20));
    const d12 = sub(v1, v128.load(p, 36));
    const d13 = sub(v1, v128.load(p, 52));
    s0 = add(s0, mul(d10, d10));
    s1 = add(s1, mul(d11, d11));
    s2 = add(s2, mul(d12, d12));
    s3 = add(s3, mul(d13, d13));
  }
  v128.store(o, s0);
  v128.store(o, s1, 16);
  v128.store(o, s2, 32);
  v128.store(o, s3, 48);
}

/** The least of sixteen sums, of places up to `high` only. */
@inline
function leastOf(place: usize, high: i32): f32 {
  const o = DIFFERENCES + (place << 2);
  if (<i32>place + 15 <= high) {
    const four = f32x4.min(
      f32x4.min(v128.load(o), v128.load(o, 16)),
      f32x4.min(v128.load(o, 32), v128.load(o, 48)),
    );
    const two = f32x4.min(four, upperHalf(four));
    return min(f32x4.extract_lane(two, 0), f32x4.extract_lane(two, 1));
  }
  let least = load<f32>(o);
  for (let i = <i32>place + 1; i <= high; i++) least = min(least, load<f32>(DIFFERENCES + (<usize>i << 2)));
  return least;
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
    const high = min(centre + REACH, latest) - low;
    const candidates = x + (<usize>low << 2);
    const goingOn = min(going, samples) - low;
    const wanted = candidates + (<isize>goingOn << 2);
    let from: i32;
    if (goingOn >= 0 && goingOn <= high) {
      // So it mostly is: the rate carries the input out of reach once in several segments.
      from = low + nearestSame(wanted, candidates, centre - low, high);
    } else {
      from = low + mostSimilar(wanted, candidates, centre - low, high);
    }
    const chosen = x + (<usize>from << 2);
    const o = y + (<usize>done << 2);
    going = from + segment;
    if (chosen == wanted) {
      memory.copy(o, chosen, <usize>count << 2);
      continue;
    }
    const like = correlation(wanted, chosen);
    const faded = min(count, <i32>OVERLAP);
    for (let i: usize = 0; i < <usize>faded << 2; i += 4) {
      const f = <f64>load<f32>(fade + i);
      const g = 1 - f;
      const power = f * f + g * g + 2 * like * f * g;
      store<f32>(o + i, <f32>((<f64>load<f32>(wanted + i) * g + <f64>load<f32>(chosen + i) * f) / Math.sqrt(power)));
    }
    if (count > faded) memory.copy(o + (OVERLAP << 2), chosen + (OVERLAP << 2), <usize>(count - faded) << 2);
  }
}
