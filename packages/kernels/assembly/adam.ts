import { at } from './floats';

/** Bytes of a row of `adamStep`'s table. */
const rowBytes: usize = 28;

/**
 * One step of Adam over `rows` variables, m and v in place:
 * g' = g + l2 w;  m = beta1 m + (1 - beta1) g';  v = beta2 v + (1 - beta2) g'^2;  out = w - rate * m / (sqrt(v) / root + epsilon),
 * where rate = learning rate / (1 - beta1^t) and root = sqrt(1 - beta2^t): PyTorch's order of arithmetic.
 *
 * @param table a row for each variable: the addresses of w, g, m, v, out, the number of their floats, l2 (f32)
 */
export function adamStep(
  table: usize, rows: i32,
  rate: f32, beta1: f32, rest1: f32, beta2: f32, rest2: f32, root: f32, epsilon: f32,
): void {
  const b1 = f32x4.splat(beta1), r1 = f32x4.splat(rest1), b2 = f32x4.splat(beta2), r2 = f32x4.splat(rest2);
  const rates = f32x4.splat(rate), roots = f32x4.splat(root), epsilons = f32x4.splat(epsilon);
  for (let row = table, last = table + rows * rowBytes; row < last; row += rowBytes) {
    const w: usize = load<u32>(row), g: usize = load<u32>(row, 4), m: usize = load<u32>(row, 8);
    const v: usize = load<u32>(row, 12), out: usize = load<u32>(row, 16);
    const count = load<i32>(row, 20), l2 = load<f32>(row, 24);
    const l2s = f32x4.splat(l2);
    const vectors: usize = (count & ~3) << 2, end: usize = count << 2;
    let i: usize = 0;
    for (; i < vectors; i += 16) {
      const weights = v128.load(w + i);
      const gradient = f32x4.add(v128.load(g + i), f32x4.mul(l2s, weights));
      const first = f32x4.add(f32x4.mul(b1, v128.load(m + i)), f32x4.mul(r1, gradient));
      const second = f32x4.add(f32x4.mul(b2, v128.load(v + i)), f32x4.mul(f32x4.mul(r2, gradient), gradient));
      const denominator = f32x4.add(f32x4.div(f32x4.sqrt(second), roots), epsilons);
      v128.store(m + i, first);
      v128.store(v + i, second);
      v128.store(out + i, f32x4.sub(weights, f32x4.div(f32x4.mul(rates, first), denominator)));
    }
    for (; i < end; i += 4) {
      const weight = load<f32>(w + i);
      const gradient = load<f32>(g + i) + l2 * weight;
      const first = beta1 * load<f32>(m + i) + rest1 * gradient;
      const second = beta2 * load<f32>(v + i) + rest2 * gradient * gradient;
      store<f32>(m + i, first);
      store<f32>(v + i, second);
      store<f32>(out + i, weight - rate * first / (sqrt<f32>(second) / root + epsilon));
    }
  }
}

/** The loss whose gradient `adamStep` adds: over all variables of the same table, the sum of l2 / 2 * w^2. */
export function adamPenalty(table: usize, rows: i32): f64 {
  let penalty: f64 = 0;
  for (let row = table, last = table + rows * rowBytes; row < last; row += rowBytes) {
    const w: usize = load<u32>(row), count = load<i32>(row, 20), l2: f64 = load<f32>(row, 24);
    if (l2 == 0) continue;
    let sum = f64x2.splat(0), i = 0;
    for (; i + 4 <= count; i += 4) {
      const v = v128.load(w + (i << 2)), low = f64x2.promote_low_f32x4(v);
      const high = f64x2.promote_low_f32x4(i8x16.shuffle(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15));
      sum = f64x2.add(sum, f64x2.add(f64x2.mul(low, low), f64x2.mul(high, high)));
    }
    let whole = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
    for (; i < count; i++) whole += <f64>at(w, i) * at(w, i);
    penalty += (l2 / 2) * whole;
  }
  return penalty;
}
