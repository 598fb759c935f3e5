// Real FFT of 512 points, four signals at once: one signal per SIMD lane, so butterflies need no shuffle. The one size with
// passes of its own; fft-mixed.ts does the others.
//
// 512 real samples are taken as 256 complex ones (even samples real, odd imaginary). Decimation in frequency, four
// radix-4 passes in place; the last one is fused with the split that turns 256 complex bins into 257 real-input bins.
// The split's factor 1/2 is expected in the window.

import { butterfly4, COMPLEX, loadWindowed, MAGNITUDE, POWER, storeBin, storeSplit, storeTurned } from './fft-ends';
import { add, mul, sub } from './lanes';

// Work area: 256 complex numbers of four signals, re at +0 and im at +16.
const Z: usize = memory.data(256 * 32, 16);

// Twiddle factors, filled by TypeScript (src/twiddles.ts, same layout): w, w^2, w^3 (re, im) for n = 0..63 of 256, 0..15 of 64,
// 0..3 of 16; then e^(-2 pi i k / 512) for k = 0..131.
const PASS_1: usize = memory.data(84 * 24 + 132 * 8, 16);
const PASS_2: usize = PASS_1 + 64 * 24;
const PASS_3: usize = PASS_2 + 16 * 24;
const SPLIT: usize = PASS_3 + 4 * 24;

export function twiddles(): usize {
  return PASS_1;
}

/** One pass in place: butterflies over elements `quarter` bytes apart, in blocks of four quarters. */
@inline
function radix4Pass(quarter: usize, table: usize): void {
  for (let n: usize = 0, t = table; n < quarter; n += 32, t += 24) {
    for (let o = Z + n; o < Z + 8192; o += 4 * quarter) butterfly4(o, quarter, o, quarter, t, t + 8, t + 16);
  }
}

/** Address of the butterfly of the last pass that gives bins r, r + 64, r + 128, r + 192: base-4 digits reversed. */
@inline
function butterfly(r: usize): usize {
  return Z + ((((r & 3) << 4) | (r & 12) | (r >> 4)) << 7);
}

/** Last pass and split: butterflies r and 64 - r hold the four conjugate pairs; r = 0 stands apart. */
@inline
function lastPass(out: usize, form: i32): void {
  {
    const ar = v128.load(Z);
    const ai = v128.load(Z, 16);
    const br = v128.load(Z, 32);
    const bi = v128.load(Z, 48);
    const cr = v128.load(Z, 64);
    const ci = v128.load(Z, 80);
    const dr = v128.load(Z, 96);
    const di = v128.load(Z, 112);
    const sr = add(ar, cr);
    const si = add(ai, ci);
    const ur = sub(ar, cr);
    const ui = sub(ai, ci);
    const tr = add(br, dr);
    const ti = add(bi, di);
    const vr = sub(bi, di);
    const vi = sub(dr, br);
    const two = f32x4.splat(2);
    const zero = f32x4.splat(0);
    const zr = mul(two, add(sr, tr));
    const zi = mul(two, add(si, ti));
    storeBin(out, add(zr, zi), zero, form);
    storeBin(out + 8192, sub(zr, zi), zero, form);
    storeSplit(out, 64, 256, SPLIT, add(ur, vr), add(ui, vi), sub(ur, vr), sub(ui, vi), form);
    storeBin(out + 4096, mul(two, sub(sr, tr)), mul(two, sub(ti, si)), form);
  }
  for (let r: usize = 1; r <= 32; r++) {
    let o = butterfly(r);
    let ar = v128.load(o);
    let ai = v128.load(o, 16);
    let br = v128.load(o, 32);
    let bi = v128.load(o, 48);
    let cr = v128.load(o, 64);
    let ci = v128.load(o, 80);
    let dr = v128.load(o, 96);
    let di = v128.load(o, 112);
    let sr = add(ar, cr);
    let si = add(ai, ci);
    let ur = sub(ar, cr);
    let ui = sub(ai, ci);
    let tr = add(br, dr);
    let ti = add(bi, di);
    let vr = sub(bi, di);
    let vi = sub(dr, br);
    const p0r = add(sr, tr);
    const p0i = add(si, ti);
    const p1r = add(ur, vr);
    const p1i = add(ui, vi);
    const p2r = sub(sr, tr);
    const p2i = sub(si, ti);
    const p3r = sub(ur, vr);
    const p3i = sub(ui, vi);
    o = butterfly(64 - r);
    ar = v128.load(o);
    ai = v128.load(o, 16);
    br = v128.load(o, 32);
    bi = v128.load(o, 48);
    cr = v128.load(o, 64);
    ci = v128.load(o, 80);
    dr = v128.load(o, 96);
    di = v128.load(o, 112);
    sr = add(ar, cr);
    si = add(ai, ci);
    ur = sub(ar, cr);
    ui = sub(ai, ci);
    tr = add(br, dr);
    ti = add(bi, di);
    vr = sub(bi, di);
    vi = sub(dr, br);
    // This butterfly holds bins 64 - r, 128 - r, 192 - r and 256 - r.
    storeSplit(out, r, 256, SPLIT, p0r, p0i, sub(ur, vr), sub(ui, vi), form);
    storeSplit(out, r + 64, 256, SPLIT, p1r, p1i, sub(sr, tr), sub(si, ti), form);
    storeSplit(out, 128 - r, 256, SPLIT, add(ur, vr), add(ui, vi), p2r, p2i, form);
    storeSplit(out, 64 - r, 256, SPLIT, add(sr, tr), add(si, ti), p3r, p3i, form);
  }
}

/** Pass 1 where only the first quarter (128 samples) is not zero: each element goes to all quarters, turned. */
@inline
function spreadFirstQuarter(): void {
  for (let o = Z, t = PASS_1; o < Z + 2048; o += 32, t += 24) {
    const re = v128.load(o);
    const im = v128.load(o, 16);
    storeTurned(o + 2048, re, im, t);
    storeTurned(o + 4096, re, im, t + 8);
    storeTurned(o + 6144, re, im, t + 16);
  }
}

@inline
function firstThreePasses(p0: usize, p1: usize, p2: usize, p3: usize, window: usize, windowLength: usize): void {
  const short = windowLength <= 128;
  const bytes: usize = short ? 512 : 2048;
  for (let b: usize = 0; b < bytes; b += 16) loadWindowed(p0, p1, p2, p3, window, b, Z);
  if (short) spreadFirstQuarter();
  else radix4Pass(2048, PASS_1);
  radix4Pass(512, PASS_2);
  radix4Pass(128, PASS_3);
}

/** As `spectra` of fft-mixed.ts for 512 samples. `window`: zeros behind the first `windowLength`. */
export function spectra512(
  p0: usize, p1: usize, p2: usize, p3: usize, window: usize, windowLength: usize, out: usize, form: i32,
): void {
  firstThreePasses(p0, p1, p2, p3, window, windowLength);
  if (form == MAGNITUDE) lastPass(out, MAGNITUDE);
  else if (form == POWER) lastPass(out, POWER);
  else lastPass(out, COMPLEX);
}
