/**
 * Convolutions of few outputs in fewer multiplications (Winograd; Lavin and Gray 2015), along one axis: with the matrices of
 * an axis, y = A^T ((G g) * (B^T x)) for a tile of x and the three filter values g. The gradients are the same matrices turned
 * around: of x, B ((G g) * (A dy)); of g, G^T ((B^T x) * (A dy)).
 *
 * - `Four`: four outputs at stride 1 from six inputs by six multiplications instead of twelve. The points 0, +-3/4, +-3/2 are
 *   exact in binary and lose half a digit less than the usual 0, +-1, +-2 (root mean square error of a sum over 32 channels
 *   and a 4x4 tile: 3.9e-6; direct 1.8e-6, usual points 8.3e-6).
 * - `Half`: three outputs at stride 2 from seven inputs by seven instead of nine: the even inputs meet g0 and g2 as a
 *   convolution of two values at stride 1 (points 0, +-1), the odd ones meet g1.
 * - `One`: one output from three inputs, nothing saved; for axes that have room for one output only.
 *
 * Each function reads and writes vectors of four floats, at their own distances in bytes.
 */

export const enum Axis {
  Four,
  Half,
  One,
}

/** Inputs of a tile, as many products. */
@inline
export function inputsOf(axis: Axis): i32 {
  return axis == Axis.Four ? 6 : axis == Axis.Half ? 7 : 3;
}

@inline
export function outputsOf(axis: Axis): i32 {
  return axis == Axis.Four ? 4 : axis == Axis.Half ? 3 : 1;
}

/** From a tile's first input to the next tile's. */
@inline
export function tileStepOf(axis: Axis): i32 {
  return axis == Axis.Four ? 4 : axis == Axis.Half ? 6 : 1;
}

/** Different factors among those of the products: the odd inputs of `Half` all meet g1. */
@inline
export function factorsOf(axis: Axis): i32 {
  return axis == Axis.Four ? 6 : axis == Axis.Half ? 5 : 3;
}

/** Which factor product i has. */
@inline
export function factorOf(axis: Axis, i: i32): i32 {
  return axis == Axis.Half ? min(i, 4) : i;
}

const A: f32 = 0.75, B: f32 = 1.5, AA: f32 = A * A, BB: f32 = B * B, AAA: f32 = A * AA, BBB: f32 = B * BB;
/** The product and the sum of the squares of the points. */
const P: f32 = AA * BB, S: f32 = AA + BB;
/** Scale of the filter's values at the points. */
const N0: f32 = 1 / P, NA: f32 = 1 / (2 * AA * (AA - BB)), NB: f32 = 1 / (2 * BB * (BB - AA));

@inline
function times(factor: f32, v: v128): v128 {
  return f32x4.mul(f32x4.splat(factor), v);
}

/** to = B^T from. */
@inline
export function transformInput(axis: Axis, from: usize, step: usize, to: usize, toStep: usize): void {
  const x0 = v128.load(from), x1 = v128.load(from + step), x2 = v128.load(from + 2 * step);
  if (axis == Axis.One) {
    v128.store(to, x0);
    v128.store(to + toStep, x1);
    v128.store(to + 2 * toStep, x2);
    return;
  }
  const x3 = v128.load(from + 3 * step), x4 = v128.load(from + 4 * step), x5 = v128.load(from + 5 * step);
  if (axis == Axis.Half) {
    const x6 = v128.load(from + 6 * step);
    v128.store(to, f32x4.sub(x0, x4));
    v128.store(to + toStep, f32x4.add(x2, x4));
    v128.store(to + 2 * toStep, f32x4.sub(x4, x2));
    v128.store(to + 3 * toStep, f32x4.sub(x6, x2));
    v128.store(to + 4 * toStep, x1);
    v128.store(to + 5 * toStep, x3);
    v128.store(to + 6 * toStep, x5);
    return;
  }
  v128.store(to, f32x4.add(f32x4.sub(times(P, x0), times(S, x2)), x4));
  const even1 = f32x4.sub(x4, times(BB, x2)), odd1 = times(A, f32x4.sub(x3, times(BB, x1)));
  v128.store(to + toStep, f32x4.add(even1, odd1));
  v128.store(to + 2 * toStep, f32x4.sub(even1, odd1));
  const even2 = f32x4.sub(x4, times(AA, x2)), odd2 = times(B, f32x4.sub(x3, times(AA, x1)));
  v128.store(to + 3 * toStep, f32x4.add(even2, odd2));
  v128.store(to + 4 * toStep, f32x4.sub(even2, odd2));
  v128.store(to + 5 * toStep, f32x4.add(f32x4.sub(times(P, x1), times(S, x3)), x5));
}

@inline
function put(adding: bool, to: usize, v: v128): void {
  v128.store(to, adding ? f32x4.add(v128.load(to), v) : v);
}

/** to = B from, or to += B from. */
@inline
export function transformInputBack(
  axis: Axis, adding: bool, from: usize, step: usize, to: usize, toStep: usize,
): void {
  const t0 = v128.load(from), t1 = v128.load(from + step), t2 = v128.load(from + 2 * step);
  if (axis == Axis.One) {
    put(adding, to, t0);
    put(adding, to + toStep, t1);
    put(adding, to + 2 * toStep, t2);
    return;
  }
  const t3 = v128.load(from + 3 * step), t4 = v128.load(from + 4 * step), t5 = v128.load(from + 5 * step);
  if (axis == Axis.Half) {
    const t6 = v128.load(from + 6 * step);
    put(adding, to, t0);
    put(adding, to + toStep, t4);
    put(adding, to + 2 * toStep, f32x4.sub(f32x4.sub(t1, t2), t3));
    put(adding, to + 3 * toStep, t5);
    put(adding, to + 4 * toStep, f32x4.sub(f32x4.add(t1, t2), t0));
    put(adding, to + 5 * toStep, t6);
    put(adding, to + 6 * toStep, t3);
    return;
  }
  const sum1 = f32x4.add(t1, t2), rest1 = f32x4.sub(t1, t2), sum2 = f32x4.add(t3, t4), rest2 = f32x4.sub(t3, t4);
  put(adding, to, times(P, t0));
  put(adding, to + toStep, f32x4.sub(f32x4.sub(times(P, t5), times(A * BB, rest1)), times(B * AA, rest2)));
  put(adding, to + 2 * toStep, f32x4.neg(f32x4.add(f32x4.add(times(S, t0), times(BB, sum1)), times(AA, sum2))));
  put(adding, to + 3 * toStep, f32x4.sub(f32x4.add(times(A, rest1), times(B, rest2)), times(S, t5)));
  put(adding, to + 4 * toStep, f32x4.add(f32x4.add(t0, sum1), sum2));
  put(adding, to + 5 * toStep, t5);
}

@inline
function finished(relu: bool, bias: v128, v: v128): v128 {
  // pmax with the sum first keeps NaN: a diverged training is not to look healthy.
  return relu ? f32x4.pmax(f32x4.add(v, bias), f32x4.splat(0)) : v;
}

/** to = A^T from, or relu(A^T from + bias). */
@inline
export function transformOutput(
  axis: Axis, relu: bool, bias: v128, from: usize, step: usize, to: usize, toStep: usize,
): void {
  const t0 = v128.load(from), t1 = v128.load(from + step), t2 = v128.load(from + 2 * step);
  if (axis == Axis.One) {
    v128.store(to, finished(relu, bias, f32x4.add(f32x4.add(t0, t1), t2)));
    return;
  }
  const t3 = v128.load(from + 3 * step), t4 = v128.load(from + 4 * step), t5 = v128.load(from + 5 * step);
  const sum1 = f32x4.add(t1, t2), rest1 = f32x4.sub(t1, t2);
  if (axis == Axis.Half) {
    const t6 = v128.load(from + 6 * step);
    v128.store(to, finished(relu, bias, f32x4.add(f32x4.add(t0, sum1), t4)));
    v128.store(to + toStep, finished(relu, bias, f32x4.add(rest1, t5)));
    v128.store(to + 2 * toStep, finished(relu, bias, f32x4.add(f32x4.add(sum1, t3), t6)));
    return;
  }
  const sum2 = f32x4.add(t3, t4), rest2 = f32x4.sub(t3, t4);
  v128.store(to, finished(relu, bias, f32x4.add(f32x4.add(t0, sum1), sum2)));
  v128.store(to + toStep, finished(relu, bias, f32x4.add(times(A, rest1), times(B, rest2))));
  v128.store(to + 2 * toStep, finished(relu, bias, f32x4.add(times(AA, sum1), times(BB, sum2))));
  v128.store(
    to + 3 * toStep, finished(relu, bias, f32x4.add(f32x4.add(times(AAA, rest1), times(BBB, rest2)), t5)),
  );
}

/** to = A from. */
@inline
export function transformOutputBack(axis: Axis, from: usize, step: usize, to: usize, toStep: usize): void {
  const y0 = v128.load(from);
  if (axis == Axis.One) {
    v128.store(to, y0);
    v128.store(to + toStep, y0);
    v128.store(to + 2 * toStep, y0);
    return;
  }
  const y1 = v128.load(from + step), y2 = v128.load(from + 2 * step);
  v128.store(to, y0);
  if (axis == Axis.Half) {
    const even = f32x4.add(y0, y2);
    v128.store(to + toStep, f32x4.add(even, y1));
    v128.store(to + 2 * toStep, f32x4.sub(even, y1));
    v128.store(to + 3 * toStep, y2);
    v128.store(to + 4 * toStep, y0);
    v128.store(to + 5 * toStep, y1);
    v128.store(to + 6 * toStep, y2);
    return;
  }
  const y3 = v128.load(from + 3 * step);
  const even1 = f32x4.add(y0, times(AA, y2)), odd1 = f32x4.add(times(A, y1), times(AAA, y3));
  v128.store(to + toStep, f32x4.add(even1, odd1));
  v128.store(to + 2 * toStep, f32x4.sub(even1, odd1));
  const even2 = f32x4.add(y0, times(BB, y2)), odd2 = f32x4.add(times(B, y1), times(BBB, y3));
  v128.store(to + 3 * toStep, f32x4.add(even2, odd2));
  v128.store(to + 4 * toStep, f32x4.sub(even2, odd2));
  v128.store(to + 5 * toStep, y3);
}

/** to = G from: the different factors. */
@inline
export function transformFilter(axis: Axis, from: usize, step: usize, to: usize, toStep: usize): void {
  const g0 = v128.load(from), g1 = v128.load(from + step), g2 = v128.load(from + 2 * step);
  if (axis == Axis.One) {
    v128.store(to, g0);
    v128.store(to + toStep, g1);
    v128.store(to + 2 * toStep, g2);
    return;
  }
  if (axis == Axis.Half) {
    v128.store(to, g0);
    v128.store(to + toStep, times(0.5, f32x4.add(g0, g2)));
    v128.store(to + 2 * toStep, times(0.5, f32x4.sub(g0, g2)));
    v128.store(to + 3 * toStep, g2);
    v128.store(to + 4 * toStep, g1);
    return;
  }
  v128.store(to, times(N0, g0));
  const even1 = times(NA, f32x4.add(g0, times(AA, g2))), odd1 = times(NA * A, g1);
  v128.store(to + toStep, f32x4.add(even1, odd1));
  v128.store(to + 2 * toStep, f32x4.sub(even1, odd1));
  const even2 = times(NB, f32x4.add(g0, times(BB, g2))), odd2 = times(NB * B, g1);
  v128.store(to + 3 * toStep, f32x4.add(even2, odd2));
  v128.store(to + 4 * toStep, f32x4.sub(even2, odd2));
  v128.store(to + 5 * toStep, g2);
}

/** to = G^T from. */
@inline
export function transformFilterBack(axis: Axis, from: usize, step: usize, to: usize, toStep: usize): void {
  const t0 = v128.load(from), t1 = v128.load(from + step), t2 = v128.load(from + 2 * step);
  if (axis == Axis.One) {
    v128.store(to, t0);
    v128.store(to + toStep, t1);
    v128.store(to + 2 * toStep, t2);
    return;
  }
  const t3 = v128.load(from + 3 * step), t4 = v128.load(from + 4 * step);
  const sum1 = f32x4.add(t1, t2), rest1 = f32x4.sub(t1, t2);
  if (axis == Axis.Half) {
    v128.store(to, f32x4.add(t0, times(0.5, sum1)));
    v128.store(to + toStep, t4);
    v128.store(to + 2 * toStep, f32x4.add(times(0.5, rest1), t3));
    return;
  }
  const t5 = v128.load(from + 5 * step), sum2 = f32x4.add(t3, t4), rest2 = f32x4.sub(t3, t4);
  v128.store(to, f32x4.add(f32x4.add(times(N0, t0), times(NA, sum1)), times(NB, sum2)));
  v128.store(to + toStep, f32x4.add(times(NA * A, rest1), times(NB * B, rest2)));
  v128.store(
    to + 2 * toStep, f32x4.add(f32x4.add(times(NA * AA, sum1), times(NB * BB, sum2)), t5),
  );
}
