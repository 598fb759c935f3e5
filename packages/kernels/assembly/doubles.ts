import { put } from './floats';

/** Adds four single-precision lanes to four doubles in memory. */
@inline
export function addDoubles(to: usize, v: v128): void {
  v128.store(to, f64x2.add(v128.load(to), f64x2.promote_low_f32x4(v)));
  const high = i8x16.shuffle(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
  v128.store(to, f64x2.add(v128.load(to, 16), f64x2.promote_low_f32x4(high)), 16);
}

/** Doubles in memory as floats. */
export function putDoubles(to: usize, from: usize, count: i32): void {
  for (let i = 0; i < count; i++) put(to, i, <f32>load<f64>(from + (i << 3)));
}
