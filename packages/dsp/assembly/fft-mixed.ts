// FFT of any even number of real samples, four signals at once (one per SIMD lane), forward and back.
//
// n real samples are n / 2 = half complex ones. Stockham passes (each sorts as it goes, from one buffer into the other) of
// radix 4, 2 and whatever odd primes divide half; a large prime costs its square, as a plain DFT does.
//
// A plan is laid out by TypeScript (src/fft-plan.ts): u32 half, u32 count of factors, u32 factors (30 at most); from byte 128
// the n complex roots e^(-2 pi i k / n); then two buffers of half + 1 complex numbers of four signals (32 bytes each).

import { butterfly4, COMPLEX, loadWindowed, MAGNITUDE, POWER, storeBin, storeSplit, storeTurned } from './fft-ends';
import { spectra512 } from './fft-512';
import { add, mul, sub } from './lanes';

const FACTORS: usize = 8;
const ROOTS: usize = 128;

// Each pass: butterflies of elements `apart` bytes from each other; `run` bytes of neighbours share their turns, the results
// of one butterfly lie `run` apart. `step`: bytes from one root of the pass to the next.

function pass4(x: usize, y: usize, run: usize, apart: usize, roots: usize, step: usize): void {
  for (let p: usize = 0, at: usize = 0; at < apart; p += step, at += run) {
    for (let q: usize = 0; q < run; q += 32) {
      butterfly4(x + at + q, apart, y + 4 * at + q, run, roots + p, roots + 2 * p, roots + 3 * p);
    }
  }
}

function pass2(x: usize, y: usize, run: usize, apart: usize, roots: usize, step: usize): void {
  for (let p: usize = 0, at: usize = 0; at < apart; p += step, at += run) {
    for (let q: usize = 0; q < run; q += 32) {
      const i = x + at + q;
      const o = y + 2 * at + q;
      const ar = v128.load(i);
      const ai = v128.load(i, 16);
      const br = v128.load(i + apart);
      const bi = v128.load(i + apart, 16);
      v128.store(o, add(ar, br));
      v128.store(o, add(ai, bi), 16);
      storeTurned(o + run, sub(ar, br), sub(ai, bi), roots + p);
    }
  }
}

/** The sums of a plain DFT of `radix` elements; `circle`: bytes of all n roots. */
function passAny(
  x: usize, y: usize, run: usize, apart: usize, roots: usize, step: usize, radix: usize, circle: usize,
): void {
  const part = circle / radix;
  for (let p: usize = 0, at: usize = 0; at < apart; p += step, at += run) {
    for (let q: usize = 0; q < run; q += 32) {
      const i = x + at + q;
      for (let k: usize = 0; k < radix; k++) {
        let re = v128.load(i);
        let im = v128.load(i, 16);
        for (let j: usize = 1, a = i + apart, w = k * part; j < radix; j++, a += apart) {
          const wr = v128.load32_splat(roots + w);
          const wi = v128.load32_splat(roots + w, 4);
          const ar = v128.load(a);
          const ai = v128.load(a, 16);
          re = add(re, sub(mul(ar, wr), mul(ai, wi)));
          im = add(im, add(mul(ar, wi), mul(ai, wr)));
          w += k * part;
          if (w >= circle) w -= circle;
        }
        storeTurned(y + radix * at + k * run + q, re, im, roots + k * p);
      }
    }
  }
}

/** Complex transform of the first buffer of a plan; returns the buffer that holds the result. */
function transform(plan: usize): usize {
  const half = <usize>load<u32>(plan);
  const factors = <usize>load<u32>(plan, 4);
  const roots = plan + ROOTS;
  const circle = half << 4;
  let x = roots + circle;
  let y = x + ((half + 1) << 5);
  let run: usize = 32; // 32 times the product of the radices that are done
  for (let f: usize = 0; f < factors; f++) {
    const radix = <usize>load<u32>(plan + FACTORS + (f << 2));
    const apart = (half << 5) / radix;
    const step = run >> 1; // neighbouring roots of this pass: 2 * run / 32 of the n roots, 8 bytes each
    if (radix == 4) pass4(x, y, run, apart, roots, step);
    else if (radix == 2) pass2(x, y, run, apart, roots, step);
    else passAny(x, y, run, apart, roots, step, radix, circle);
    run *= radix;
    const result = y;
    y = x;
    x = result;
  }
  return x;
}

@inline
function split(z: usize, half: usize, roots: usize, out: usize, form: i32): void {
  const zr = mul(v128.load(z), f32x4.splat(2));
  const zi = mul(v128.load(z, 16), f32x4.splat(2));
  const zero = f32x4.splat(0);
  storeBin(out, add(zr, zi), zero, form);
  storeBin(out + (half << 5), sub(zr, zi), zero, form);
  for (let k: usize = 1; k << 1 <= half; k++) {
    const p = z + (k << 5);
    const q = z + ((half - k) << 5);
    storeSplit(out, k, half, roots, v128.load(p), v128.load(p, 16), v128.load(q), v128.load(q, 16), form);
  }
}

/**
 * Spectra of four windowed signals: out[k * 32] holds bin k of the four (32 bytes apart: re and im, or the bins of two calls
 * side by side). `window`: its values and zeros up to the size of the FFT (and to a multiple of 4), with the factor 1/2 that
 * the split wants; nothing but zeros from `windowEnd` on. plan 0: 512 samples.
 */
export function spectra(
  p0: usize, p1: usize, p2: usize, p3: usize, window: usize, windowEnd: usize, plan: usize, out: usize, form: i32,
): void {
  if (plan == 0) {
    spectra512(p0, p1, p2, p3, window, windowEnd, out, form);
    return;
  }
  const half = <usize>load<u32>(plan);
  const roots = plan + ROOTS;
  const z = roots + (half << 4);
  for (let b: usize = 0; b < half << 3; b += 16) loadWindowed(p0, p1, p2, p3, window, b, z);
  const result = transform(plan);
  if (form == MAGNITUDE) split(result, half, roots, out, MAGNITUDE);
  else if (form == POWER) split(result, half, roots, out, POWER);
  else split(result, half, roots, out, COMPLEX);
}

/** One value of four rows in four lanes. */
@inline
function gather(p0: usize, p1: usize, p2: usize, p3: usize, at: usize): v128 {
  let v = v128.load32_zero(p0 + at);
  v = v128.load_lane<f32>(p1 + at, v, 1);
  v = v128.load_lane<f32>(p2 + at, v, 2);
  return v128.load_lane<f32>(p3 + at, v, 3);
}

/**
 * Inverse of `frames` spectra (re and im: rows of half + 1 bins), each windowed and added to y, `hop` samples after the one
 * before. `window`: one value per sample; the factor 1 / n is expected there.
 */
export function overlapAdd(re: usize, im: usize, frames: usize, window: usize, hop: usize, plan: usize, y: usize): void {
  const half = <usize>load<u32>(plan);
  const roots = plan + ROOTS;
  const z = roots + (half << 4);
  const row = (half + 1) << 2;
  const lastRow = (frames - 1) * row;
  for (let frame: usize = 0; frame < frames; frame += 4) {
    const o0 = frame * row;
    const o1 = min(o0 + row, lastRow);
    const o2 = min(o1 + row, lastRow);
    const o3 = min(o2 + row, lastRow);
    // The complex spectrum whose samples are the even and the odd samples of the signal, its parts swapped: swapped back, its
    // forward transform is the inverse one.
    for (let k: usize = 0; k < half; k++) {
      const low = k << 2;
      const high = (half - k) << 2;
      const pr = gather(re + o0, re + o1, re + o2, re + o3, low);
      const qr = gather(re + o0, re + o1, re + o2, re + o3, high);
      let pi = gather(im + o0, im + o1, im + o2, im + o3, low);
      let qi = gather(im + o0, im + o1, im + o2, im + o3, high);
      if (k == 0) {
        // The outermost bins of a real signal are real; what else stands there is left out, as numpy's irfft does.
        pi = f32x4.splat(0);
        qi = pi;
      }
      const or = sub(pr, qr);
      const oi = add(pi, qi);
      const wr = v128.load32_splat(roots + (k << 3));
      const wi = v128.load32_splat(roots + (k << 3), 4);
      // i * odd * conjugate root
      const tr = sub(mul(or, wi), mul(oi, wr));
      const ti = add(mul(or, wr), mul(oi, wi));
      v128.store(z + (k << 5), add(sub(pi, qi), ti));
      v128.store(z + (k << 5), add(add(pr, qr), tr), 16);
    }
    const result = transform(plan);
    const live = min(<usize>4, frames - frame);
    for (let lane: usize = 0; lane < live; lane++) {
      let from = result + (lane << 2);
      let to = y + (((frame + lane) * hop) << 2);
      for (let i: usize = 0; i < half; i++, from += 32, to += 8) {
        store<f32>(to, load<f32>(to) + load<f32>(from, 16) * load<f32>(window + (i << 3)));
        store<f32>(to, load<f32>(to, 4) + load<f32>(from) * load<f32>(window + (i << 3), 4), 4);
      }
    }
  }
}
