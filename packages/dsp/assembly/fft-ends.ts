// What real FFTs of four signals in SIMD lanes have in common, whatever their size and passes: samples windowed and transposed
// into complex numbers, the radix-4 butterfly, and the split of the complex spectrum into the bins of the real signal.

import { add, highHalves, highPairs, lowHalves, lowPairs, mul, sub } from './lanes';

/** Forms of a spectrum. COMPLEX: re of four signals, then im of four. */
export const MAGNITUDE: i32 = 0;
export const POWER: i32 = 1;
export const COMPLEX: i32 = 2;

/** Samples at byte b of four signals, four of each, windowed and transposed: two complex numbers at z + 4 * b. */
@inline
export function loadWindowed(p0: usize, p1: usize, p2: usize, p3: usize, window: usize, b: usize, z: usize): void {
  const w = v128.load(window + b);
  const r0 = mul(v128.load(p0 + b), w);
  const r1 = mul(v128.load(p1 + b), w);
  const r2 = mul(v128.load(p2 + b), w);
  const r3 = mul(v128.load(p3 + b), w);
  const a = lowPairs(r0, r1);
  const c = highPairs(r0, r1);
  const e = lowPairs(r2, r3);
  const g = highPairs(r2, r3);
  const o = z + (b << 2);
  v128.store(o, lowHalves(a, e));
  v128.store(o, highHalves(a, e), 16);
  v128.store(o, lowHalves(c, g), 32);
  v128.store(o, highHalves(c, g), 48);
}

/** Stores (re + i im) * root. */
@inline
export function storeTurned(o: usize, re: v128, im: v128, root: usize): void {
  const wr = v128.load32_splat(root);
  const wi = v128.load32_splat(root, 4);
  v128.store(o, sub(mul(re, wr), mul(im, wi)));
  v128.store(o, add(mul(re, wi), mul(im, wr)), 16);
}

/** Four elements at x, x + apart, ... to y, y + run, ...; all results but the first are turned by their roots. */
@inline
export function butterfly4(x: usize, apart: usize, y: usize, run: usize, root1: usize, root2: usize, root3: usize): void {
  const ar = v128.load(x);
  const ai = v128.load(x, 16);
  const br = v128.load(x + apart);
  const bi = v128.load(x + apart, 16);
  const cr = v128.load(x + 2 * apart);
  const ci = v128.load(x + 2 * apart, 16);
  const dr = v128.load(x + 3 * apart);
  const di = v128.load(x + 3 * apart, 16);
  const sr = add(ar, cr);
  const si = add(ai, ci);
  const ur = sub(ar, cr);
  const ui = sub(ai, ci);
  const tr = add(br, dr);
  const ti = add(bi, di);
  const vr = sub(bi, di); // (b - d) * -i
  const vi = sub(dr, br);
  v128.store(y, add(sr, tr));
  v128.store(y, add(si, ti), 16);
  storeTurned(y + run, add(ur, vr), add(ui, vi), root1);
  storeTurned(y + 2 * run, sub(sr, tr), sub(si, ti), root2);
  storeTurned(y + 3 * run, sub(ur, vr), sub(ui, vi), root3);
}

@inline
export function storeBin(o: usize, re: v128, im: v128, form: i32): void {
  if (form == COMPLEX) {
    v128.store(o, re);
    v128.store(o, im, 16);
  } else {
    const power = add(mul(re, re), mul(im, im));
    v128.store(o, form == POWER ? power : f32x4.sqrt(power));
  }
}

/**
 * Bins k and half - k of the real signal, from p = Z[k] and q = Z[half - k] of the complex one. roots: e^(-pi i k / half)
 * for k = 0, 1, ...
 */
@inline
export function storeSplit(
  out: usize, k: usize, half: usize, roots: usize, pr: v128, pi: v128, qr: v128, qi: v128, form: i32,
): void {
  const er = add(pr, qr);
  const ei = sub(pi, qi);
  const or = add(pi, qi);
  const oi = sub(qr, pr);
  const wr = v128.load32_splat(roots + (k << 3));
  const wi = v128.load32_splat(roots + (k << 3), 4);
  const tr = sub(mul(or, wr), mul(oi, wi));
  const ti = add(mul(or, wi), mul(oi, wr));
  storeBin(out + (k << 5), add(er, tr), add(ei, ti), form);
  storeBin(out + ((half - k) << 5), sub(er, tr), sub(ti, ei), form);
}
