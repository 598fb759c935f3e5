// Spectrograms and log-mel pictures: spectra and mel energies of every frame, maximum over frames, logarithm, standardisation.

import { COMPLEX } from './fft-ends';
import { spectra } from './fft-mixed';
import { add, highHalves, highPairs, lowHalves, lowPairs, mul, sub, upperHalf } from './lanes';

/**
 * Mel energies of eight frames whose spectra stand in `spectrum`: per bin or band two vectors, frames 0-3 and 4-7. Between two
 * neighbouring edges of the filterbank a bin adds to two bands, to one on its rising and to the one before on its falling
 * side. `segments`: for each of the bands + 1 pairs of edges first bin and count; `weights`: for each bin of them rising and
 * falling weight. Returns zeros, or NaN in a lane with an energy that is not finite.
 */
@inline
function applyFilterbank(spectrum: usize, segments: usize, weights: usize, bands: usize, energies: usize): v128 {
  const zero = f32x4.splat(0);
  let check = zero;
  let risen = zero;
  let risenToo = zero;
  let w = weights;
  for (let segment: usize = 0; segment <= bands; segment++) {
    let bin = spectrum + (<usize>load<u32>(segments + (segment << 3)) << 5);
    const end = bin + (<usize>load<u32>(segments + (segment << 3), 4) << 5);
    let rising = zero;
    let risingToo = zero;
    let falling = risen;
    let fallingToo = risenToo;
    for (; bin < end; bin += 32, w += 8) {
      const a = v128.load(bin);
      const b = v128.load(bin, 16);
      const up = v128.load32_splat(w);
      const down = v128.load32_splat(w, 4);
      rising = add(rising, mul(a, up));
      risingToo = add(risingToo, mul(b, up));
      falling = add(falling, mul(a, down));
      fallingToo = add(fallingToo, mul(b, down));
    }
    if (segment > 0) {
      v128.store(energies + (segment << 5) - 32, falling);
      v128.store(energies + (segment << 5) - 16, fallingToo);
      check = add(check, mul(add(falling, fallingToo), zero));
    }
    risen = rising;
    risenToo = risingToo;
  }
  return check;
}

/** Writes the energies of four frames (lanes at src) as rows of `bands` values; only the first `live` of them exist. */
@inline
function storeRows(src: usize, out: usize, bands: usize, live: usize): void {
  const row = bands << 2;
  let band: usize = 0;
  if (live >= 4) {
    for (; band + 4 <= bands; band += 4) {
      const p = src + (band << 5);
      const r0 = v128.load(p);
      const r1 = v128.load(p, 32);
      const r2 = v128.load(p, 64);
      const r3 = v128.load(p, 96);
      const a = lowPairs(r0, r1);
      const c = highPairs(r0, r1);
      const e = lowPairs(r2, r3);
      const g = highPairs(r2, r3);
      const o = out + (band << 2);
      v128.store(o, lowHalves(a, e));
      v128.store(o + row, highHalves(a, e));
      v128.store(o + 2 * row, lowHalves(c, g));
      v128.store(o + 3 * row, highHalves(c, g));
    }
  }
  for (; band < bands; band++) {
    for (let lane: usize = 0; lane < min(live, 4); lane++) {
      store<f32>(out + lane * row + (band << 2), load<f32>(src + (band << 5) + (lane << 2)));
    }
  }
}

/**
 * out[frame, band] = sum over bins of weight * spectrum. Frame j starts at x[j * hop]; as many samples as the FFT has (and up
 * to three more) are read from there, whatever the window's length. `window`, `windowEnd`, `plan`: see `spectra`. `work`: 32
 * bytes for each bin and each band. `power`: 1 for the power spectrum, 0 for the magnitude. Returns whether all energies are
 * finite: a sample that is not spoils every band of its frame.
 */
export function melEnergies(
  x: usize, frames: usize, hop: usize, window: usize, windowEnd: usize, plan: usize, work: usize, bins: usize, segments: usize,
  weights: usize, bands: usize, power: i32, out: usize,
): bool {
  let check = f32x4.splat(0);
  const energies = work + (bins << 5);
  const step = hop << 2;
  const last = x + (frames - 1) * step;
  for (let frame: usize = 0; frame < frames; frame += 8) {
    const live = frames - frame;
    for (let half: usize = 0; half < 2; half++) {
      if (live <= 4 * half) break;
      const p = x + (frame + 4 * half) * step;
      // Lanes past the end repeat the last frame; storeRows leaves them out.
      spectra(
        p, min(p + step, last), min(p + 2 * step, last), min(p + 3 * step, last), window, windowEnd, plan, work + (half << 4), power,
      );
    }
    check = add(check, applyFilterbank(work, segments, weights, bands, energies));
    storeRows(energies, out, bands, live);
    if (live > 4) storeRows(energies + 16, out + (bands << 4), bands, live - 4);
    out += bands << 5;
  }
  return i32x4.all_true(f32x4.eq(check, check));
}

/**
 * Spectra of frames as rows of `bins` values. form: see fft-ends.ts; COMPLEX writes all real parts and behind them all
 * imaginary ones. Frames, window and plan as for `melEnergies`; `work`: 32 bytes for each bin.
 */
export function spectrogram(
  x: usize, frames: usize, hop: usize, window: usize, windowEnd: usize, plan: usize, work: usize, bins: usize, form: i32,
  out: usize,
): void {
  const step = hop << 2;
  const last = x + (frames - 1) * step;
  const imaginary = (frames * bins) << 2;
  for (let frame: usize = 0; frame < frames; frame += 4) {
    const p = x + frame * step;
    spectra(p, min(p + step, last), min(p + 2 * step, last), min(p + 3 * step, last), window, windowEnd, plan, work, form);
    storeRows(work, out, bins, frames - frame);
    if (form == COMPLEX) storeRows(work + 16, out + imaginary, bins, frames - frame);
    out += bins << 4;
  }
}

/** In place: row r becomes the maximum of rows r * over ... r * over + over - 1. */
export function maximumOverFrames(picture: usize, rows: usize, over: usize, bands: usize): void {
  const row = bands << 2;
  let to = picture;
  for (let r: usize = 0; r < rows; r++, to += row) {
    const from = picture + r * over * row;
    let b: usize = 0;
    for (; b + 16 <= row; b += 16) {
      let m = v128.load(from + b);
      for (let j: usize = 1; j < over; j++) m = f32x4.max(m, v128.load(from + j * row + b));
      v128.store(to + b, m);
    }
    for (; b < row; b += 4) {
      let m = load<f32>(from + b);
      for (let j: usize = 1; j < over; j++) m = max(m, load<f32>(from + j * row + b));
      store<f32>(to + b, m);
    }
  }
}

/** Natural logarithm of normal positive numbers: m in [sqrt(1/2), sqrt(2)) and the polynomial of Cephes logf; 0.82 ulp. */
@inline
function ln(x: v128): v128 {
  const bits = i32x4.sub(x, i32x4.splat(0x3f3504f3));
  const e = f32x4.convert_i32x4_s(i32x4.shr_s(bits, 23));
  const m = i32x4.add(v128.and(bits, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
  const f = sub(m, f32x4.splat(1));
  const z = mul(f, f);
  let p = f32x4.splat(7.0376836292e-2);
  p = add(mul(p, f), f32x4.splat(-1.1514610310e-1));
  p = add(mul(p, f), f32x4.splat(1.1676998740e-1));
  p = add(mul(p, f), f32x4.splat(-1.2420140846e-1));
  p = add(mul(p, f), f32x4.splat(1.4249322787e-1));
  p = add(mul(p, f), f32x4.splat(-1.6668057665e-1));
  p = add(mul(p, f), f32x4.splat(2.0000714765e-1));
  p = add(mul(p, f), f32x4.splat(-2.4999993993e-1));
  p = add(mul(p, f), f32x4.splat(3.3333331174e-1));
  p = mul(mul(p, f), z);
  p = add(p, mul(e, f32x4.splat(-2.12194440e-4)));
  p = sub(p, mul(z, f32x4.splat(0.5)));
  return add(add(f, p), mul(e, f32x4.splat(0.693359375)));
}

/** In place: scale * ln(max(v, floor)). Works on groups of sixteen: up to fifteen values behind the last are touched. */
export function logarithm(values: usize, count: usize, floor: f32, scale: f32): void {
  const least = f32x4.splat(floor);
  const scales = f32x4.splat(scale);
  const end = values + (count << 2);
  // Four vectors a round share the constants, which engines make anew in every round.
  for (let p = values; p < end; p += 64) {
    const a = mul(scales, ln(f32x4.max(v128.load(p), least)));
    const b = mul(scales, ln(f32x4.max(v128.load(p, 16), least)));
    const c = mul(scales, ln(f32x4.max(v128.load(p, 32), least)));
    const d = mul(scales, ln(f32x4.max(v128.load(p, 48), least)));
    v128.store(p, a);
    v128.store(p, b, 16);
    v128.store(p, c, 32);
    v128.store(p, d, 48);
  }
}

/** In place: (v - mean) / population standard deviation, two passes in f64; zeros if the deviation is below 1e-12. */
export function standardise(values: usize, count: usize): void {
  const end = values + (count << 2);
  const whole = values + ((count & ~3) << 2);
  let s = f64x2.splat(0);
  let t = f64x2.splat(0);
  for (let p = values; p < whole; p += 16) {
    const v = v128.load(p);
    s = f64x2.add(s, f64x2.promote_low_f32x4(v));
    t = f64x2.add(t, f64x2.promote_low_f32x4(upperHalf(v)));
  }
  s = f64x2.add(s, t);
  let sum = f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
  for (let p = whole; p < end; p += 4) sum += <f64>load<f32>(p);
  const mean = sum / <f64>count;
  const means = f64x2.splat(mean);

  s = f64x2.splat(0);
  t = f64x2.splat(0);
  for (let p = values; p < whole; p += 16) {
    const v = v128.load(p);
    const a = f64x2.sub(f64x2.promote_low_f32x4(v), means);
    const b = f64x2.sub(f64x2.promote_low_f32x4(upperHalf(v)), means);
    s = f64x2.add(s, f64x2.mul(a, a));
    t = f64x2.add(t, f64x2.mul(b, b));
  }
  s = f64x2.add(s, t);
  let squares = f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
  for (let p = whole; p < end; p += 4) {
    const d = <f64>load<f32>(p) - mean;
    squares += d * d;
  }
  const deviation = Math.sqrt(squares / <f64>count);
  if (deviation < 1e-12) {
    memory.fill(values, 0, count << 2);
    return;
  }

  const scale = <f32>(1 / deviation);
  const shift = <f32>(-mean / deviation);
  const scales = f32x4.splat(scale);
  const shifts = f32x4.splat(shift);
  for (let p = values; p < whole; p += 16) v128.store(p, add(mul(v128.load(p), scales), shifts));
  for (let p = whole; p < end; p += 4) store<f32>(p, load<f32>(p) * scale + shift);
}
