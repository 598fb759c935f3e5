import { addDoubles, putDoubles } from './doubles';

/** Rows whose sum is taken in single precision before it is added in double. */
const BLOCK = 128;

/**
 * Gradient of relu(z + bias) from its output y: dz = dy where y > 0, otherwise 0, and dBias = the sum of dz over all
 * rows. channels a multiple of 4. `sums`: 8 * channels bytes of scratch.
 */
export function reluBiasGradient(
  dy: usize, y: usize, dz: usize, dBias: usize, sums: usize, rows: i32, channels: i32,
): void {
  const zero = f32x4.splat(0);
  const step: usize = channels << 2;
  memory.fill(sums, 0, channels << 3);
  for (let first = 0; first < rows; first += BLOCK) {
    const count = min(BLOCK, rows - first);
    for (let c = 0; c < channels; c += 4) {
      const offset: usize = (first * channels + c) << 2;
      let from = dy + offset, out = y + offset, to = dz + offset, sum = zero;
      for (let r = 0; r < count; r++) {
        const d = v128.and(v128.load(from), f32x4.gt(v128.load(out), zero));
        v128.store(to, d);
        sum = f32x4.add(sum, d);
        from += step;
        out += step;
        to += step;
      }
      addDoubles(sums + (c << 3), sum);
    }
  }
  putDoubles(dBias, sums, channels);
}
