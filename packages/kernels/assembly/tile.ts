/** Where the accumulators of a tile start. */
export const enum Start {
  Zero,
  /** All four rows from the same eight floats. */
  Bias,
  /** Each row from what its place in the output holds. */
  Output,
}

/** What becomes of the accumulators. */
export const enum Finish {
  Plain,
  Relu,
}

/** sum + a * b; in the binary with relaxed SIMD in one instruction with one rounding, where the processor has it. */
@inline
export function mac(sum: v128, a: v128, b: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, sum);
  return f32x4.add(sum, f32x4.mul(a, b));
}

/** Whether `mac` rounds once: x = 1 + 2^-12, whose square lies between two floats. */
export function roundsOnce(x: f32): bool {
  const square = f32x4.splat(x * x);
  const rest = mac(f32x4.neg(square), f32x4.splat(x), f32x4.splat(x));
  return f32x4.extract_lane(rest, 0) != 0;
}

/**
 * The tile all convolution passes are made of: four rows by eight columns, out[i][0..8) = sum over k of x_i[k] * w[k][0..8).
 * The terms come in `runs` runs of `k`; in x consecutive runs lie `gap` bytes apart, in w they follow each other.
 *
 * V8 moves arithmetic down to the end of its basic block but keeps loads in order: four k steps in one block would
 * need 24 live loads, and spill. The exits between the steps end the block; they also serve runs that are no multiple
 * of four. Eight accumulators, four splats, two weights and one temporary are exactly the registers it has.
 */
@inline
export function tile4x8(
  start: Start, finish: Finish,
  x0: usize, x1: usize, x2: usize, x3: usize,
  w: usize, runs: i32, k: i32, gap: usize, bias: usize,
  o0: usize, o1: usize, o2: usize, o3: usize,
): void {
  const zero = f32x4.splat(0);
  let a00 = zero, a01 = zero, a10 = zero, a11 = zero, a20 = zero, a21 = zero, a30 = zero, a31 = zero;
  if (start == Start.Bias) {
    a00 = a10 = a20 = a30 = v128.load(bias);
    a01 = a11 = a21 = a31 = v128.load(bias, 16);
  } else if (start == Start.Output) {
    a00 = v128.load(o0); a01 = v128.load(o0, 16);
    a10 = v128.load(o1); a11 = v128.load(o1, 16);
    a20 = v128.load(o2); a21 = v128.load(o2, 16);
    a30 = v128.load(o3); a31 = v128.load(o3, 16);
  }
  while (true) {
    let left = k;
    while (true) {
      {
        const s0 = v128.load_splat<f32>(x0), s1 = v128.load_splat<f32>(x1);
        const s2 = v128.load_splat<f32>(x2), s3 = v128.load_splat<f32>(x3);
        const w0 = v128.load(w), w1 = v128.load(w, 16);
        a00 = mac(a00, s0, w0); a01 = mac(a01, s0, w1); a10 = mac(a10, s1, w0); a11 = mac(a11, s1, w1);
        a20 = mac(a20, s2, w0); a21 = mac(a21, s2, w1); a30 = mac(a30, s3, w0); a31 = mac(a31, s3, w1);
      }
      if (left == 1) { x0 += 4; x1 += 4; x2 += 4; x3 += 4; w += 32; break; }
      {
        const s0 = v128.load_splat<f32>(x0, 4), s1 = v128.load_splat<f32>(x1, 4);
        const s2 = v128.load_splat<f32>(x2, 4), s3 = v128.load_splat<f32>(x3, 4);
        const w0 = v128.load(w, 32), w1 = v128.load(w, 48);
        a00 = mac(a00, s0, w0); a01 = mac(a01, s0, w1); a10 = mac(a10, s1, w0); a11 = mac(a11, s1, w1);
        a20 = mac(a20, s2, w0); a21 = mac(a21, s2, w1); a30 = mac(a30, s3, w0); a31 = mac(a31, s3, w1);
      }
      if (left == 2) { x0 += 8; x1 += 8; x2 += 8; x3 += 8; w += 64; break; }
      {
        const s0 = v128.load_splat<f32>(x0, 8), s1 = v128.load_splat<f32>(x1, 8);
        const s2 = v128.load_splat<f32>(x2, 8), s3 = v128.load_splat<f32>(x3, 8);
        const w0 = v128.load(w, 64), w1 = v128.load(w, 80);
        a00 = mac(a00, s0, w0); a01 = mac(a01, s0, w1); a10 = mac(a10, s1, w0); a11 = mac(a11, s1, w1);
        a20 = mac(a20, s2, w0); a21 = mac(a21, s2, w1); a30 = mac(a30, s3, w0); a31 = mac(a31, s3, w1);
      }
      if (left == 3) { x0 += 12; x1 += 12; x2 += 12; x3 += 12; w += 96; break; }
      {
        const s0 = v128.load_splat<f32>(x0, 12), s1 = v128.load_splat<f32>(x1, 12);
        const s2 = v128.load_splat<f32>(x2, 12), s3 = v128.load_splat<f32>(x3, 12);
        const w0 = v128.load(w, 96), w1 = v128.load(w, 112);
        a00 = mac(a00, s0, w0); a01 = mac(a01, s0, w1); a10 = mac(a10, s1, w0); a11 = mac(a11, s1, w1);
        a20 = mac(a20, s2, w0); a21 = mac(a21, s2, w1); a30 = mac(a30, s3, w0); a31 = mac(a31, s3, w1);
      }
      x0 += 16; x1 += 16; x2 += 16; x3 += 16; w += 128;
      left -= 4;
      if (left == 0) break;
    }
    if (--runs == 0) break;
    x0 += gap; x1 += gap; x2 += gap; x3 += gap;
  }
  if (finish == Finish.Relu) {
    // pmax with the accumulator first keeps NaN: a diverged training is not to look healthy.
    a00 = f32x4.pmax(a00, zero); a01 = f32x4.pmax(a01, zero); a10 = f32x4.pmax(a10, zero); a11 = f32x4.pmax(a11, zero);
    a20 = f32x4.pmax(a20, zero); a21 = f32x4.pmax(a21, zero); a30 = f32x4.pmax(a30, zero); a31 = f32x4.pmax(a31, zero);
  }
  v128.store(o0, a00); v128.store(o0, a01, 16);
  v128.store(o1, a10); v128.store(o1, a11, 16);
  v128.store(o2, a20); v128.store(o2, a21, 16);
  v128.store(o3, a30); v128.store(o3, a31, 16);
}

/**
 * The transposed tile, for sums over pixels: out[r][0..8) += sum over t of x[t * xStep + r] * d[t * dStep + 0..8),
 * r = 0..3, t in `runs` runs of `k`; from the end of a run to the start of the next it is `xGap` bytes in x, `dGap` in
 * d. Steps in bytes; the four output rows lie `stride` bytes apart.
 */
@inline
export function outer4x8(
  x: usize, xStep: usize, xGap: usize, d: usize, dStep: usize, dGap: usize,
  runs: i32, k: i32, out: usize, stride: usize,
): void {
  const out1 = out + stride, out2 = out1 + stride, out3 = out2 + stride;
  let a00 = v128.load(out), a01 = v128.load(out, 16), a10 = v128.load(out1), a11 = v128.load(out1, 16);
  let a20 = v128.load(out2), a21 = v128.load(out2, 16), a30 = v128.load(out3), a31 = v128.load(out3, 16);
  while (true) {
    let left = k;
    while (true) {
      {
        const s0 = v128.load_splat<f32>(x), s1 = v128.load_splat<f32>(x, 4);
        const s2 = v128.load_splat<f32>(x, 8), s3 = v128.load_splat<f32>(x, 12);
        const w0 = v128.load(d), w1 = v128.load(d, 16);
        a00 = mac(a00, s0, w0); a01 = mac(a01, s0, w1); a10 = mac(a10, s1, w0); a11 = mac(a11, s1, w1);
        a20 = mac(a20, s2, w0); a21 = mac(a21, s2, w1); a30 = mac(a30, s3, w0); a31 = mac(a31, s3, w1);
        x += xStep; d += dStep;
      }
      if (left == 1) break;
      {
        const s0 = v128.load_splat<f32>(x), s1 = v128.load_splat<f32>(x, 4);
        const s2 = v128.load_splat<f32>(x, 8), s3 = v128.load_splat<f32>(x, 12);
        const w0 = v128.load(d), w1 = v128.load(d, 16);
        a00 = mac(a00, s0, w0); a01 = mac(a01, s0, w1); a10 = mac(a10, s1, w0); a11 = mac(a11, s1, w1);
        a20 = mac(a20, s2, w0); a21 = mac(a21, s2, w1); a30 = mac(a30, s3, w0); a31 = mac(a31, s3, w1);
        x += xStep; d += dStep;
      }
      left -= 2;
      if (left == 0) break;
    }
    if (--runs == 0) break;
    x += xGap;
    d += dGap;
  }
  v128.store(out, a00); v128.store(out, a01, 16); v128.store(out1, a10); v128.store(out1, a11, 16);
  v128.store(out2, a20); v128.store(out2, a21, 16); v128.store(out3, a30); v128.store(out3, a31, 16);
}
