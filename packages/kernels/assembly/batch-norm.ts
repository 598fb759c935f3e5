/**
 * Batch normalisation over all axes but the last, of `count` floats with `channels` channels, any number of them.
 * The data are walked in periods: the shortest stretch that holds whole rows and whole vectors of four (for one
 * channel four rows, for sixteen one row); per-channel values are laid out once per position of the period. Sums are
 * single precision within a block and double across blocks.
 */
import { addDoubles } from './doubles';
import { at, put } from './floats';

@inline
function period(channels: i32): i32 {
  return channels % 4 == 0 ? channels : channels % 2 == 0 ? 2 * channels : 4 * channels;
}

/** Periods per block, so that a block of 16 KB stays in the first cache while its vectors are walked one by one. */
@inline
function blockLength(period: i32): i32 {
  return max(1, 4096 / period);
}

/** Bytes of scratch that each function of this file needs. */
export function batchNormScratch(channels: i32): i32 {
  return 28 * period(channels);
}

@inline
function double(base: usize, i: i32): f64 {
  return load<f64>(base + (i << 3));
}

@inline
function addDouble(base: usize, i: i32, value: f64): void {
  store<f64>(base + (i << 3), double(base, i) + value);
}

/**
 * mean and variance (population) per channel. One pass over x, around the mean of the first block as origin, so that
 * a mean far from zero costs no digits of the variance.
 */
export function batchNormStatistics(
  x: usize, count: i32, channels: i32, mean: usize, variance: usize, scratch: usize,
): void {
  const p = period(channels), periods = count / p, block = blockLength(p), rows = count / channels;
  const origin = scratch, sums = scratch + (p << 2), squares = sums + (p << 3), step: usize = p << 2;
  const sample = min(rows, max(1, 4096 / channels));
  for (let c = 0; c < channels; c++) {
    let sum: f64 = 0;
    for (let r = 0; r < sample; r++) sum += at(x, r * channels + c);
    for (let i = c; i < p; i += channels) put(origin, i, <f32>(sum / sample));
  }
  memory.fill(sums, 0, p << 4);
  for (let first = 0; first < periods; first += block) {
    const length = min(block, periods - first);
    for (let i = 0; i < p; i += 4) {
      let from = x + ((first * p + i) << 2), sum = f32x4.splat(0), square = f32x4.splat(0);
      const center = v128.load(origin + (i << 2));
      for (let r = 0; r < length; r++) {
        const v = f32x4.sub(v128.load(from), center);
        sum = f32x4.add(sum, v);
        square = f32x4.add(square, f32x4.mul(v, v));
        from += step;
      }
      addDoubles(sums + (i << 3), sum);
      addDoubles(squares + (i << 3), square);
    }
  }
  for (let j = periods * p, i = 0; j < count; j++, i++) {
    const v: f64 = at(x, j) - at(origin, i);
    addDouble(sums, i, v);
    addDouble(squares, i, v * v);
  }
  for (let c = 0; c < channels; c++) {
    let sum: f64 = 0, square: f64 = 0;
    for (let i = c; i < p; i += channels) {
      sum += double(sums, i);
      square += double(squares, i);
    }
    const shift = sum / rows;
    put(mean, c, <f32>(at(origin, c) + shift));
    put(variance, c, <f32>max<f64>(0, square / rows - shift * shift));
  }
}

/** moving = momentum * moving + rest * batch, for `count` floats. */
export function moveStatistics(moving: usize, batch: usize, count: i32, momentum: f32, rest: f32): void {
  for (let c = 0; c < count; c++) put(moving, c, momentum * at(moving, c) + rest * at(batch, c));
}

/** y = gamma * (x - mean) / sqrt(variance + epsilon) + beta. */
export function batchNormApply(
  x: usize, y: usize, count: i32, channels: i32,
  mean: usize, variance: usize, gamma: usize, beta: usize, epsilon: f32, scratch: usize,
): void {
  const p = period(channels), periods = count / p, block = blockLength(p), step: usize = p << 2;
  const means = scratch, scales = means + step, shifts = scales + step;
  for (let i = 0; i < p; i++) {
    const c = i % channels;
    put(means, i, at(mean, c));
    put(scales, i, at(gamma, c) / sqrt<f32>(at(variance, c) + epsilon));
    put(shifts, i, at(beta, c));
  }
  for (let first = 0; first < periods; first += block) {
    const length = min(block, periods - first);
    for (let i = 0; i < p; i += 4) {
      const offset: usize = (first * p + i) << 2;
      let from = x + offset, to = y + offset;
      const m = v128.load(means + (i << 2)), scale = v128.load(scales + (i << 2)), shift = v128.load(shifts + (i << 2));
      for (let r = 0; r < length; r++) {
        v128.store(to, f32x4.add(f32x4.mul(f32x4.sub(v128.load(from), m), scale), shift));
        from += step;
        to += step;
      }
    }
  }
  for (let j = periods * p, i = 0; j < count; j++, i++) {
    put(y, j, (at(x, j) - at(means, i)) * at(scales, i) + at(shifts, i));
  }
}

/** dBeta = sum of dy; dGamma = sum of dy * (x - mean) / sqrt(variance + epsilon). */
export function batchNormGradientParameters(
  x: usize, dy: usize, count: i32, channels: i32,
  mean: usize, variance: usize, epsilon: f32, dGamma: usize, dBeta: usize, scratch: usize,
): void {
  const p = period(channels), periods = count / p, block = blockLength(p), step: usize = p << 2;
  const means = scratch, sums = scratch + step, products = sums + (p << 3);
  for (let i = 0; i < p; i++) put(means, i, at(mean, i % channels));
  memory.fill(sums, 0, p << 4);
  for (let first = 0; first < periods; first += block) {
    const length = min(block, periods - first);
    for (let i = 0; i < p; i += 4) {
      const offset: usize = (first * p + i) << 2;
      let from = x + offset, d = dy + offset, sum = f32x4.splat(0), product = f32x4.splat(0);
      const m = v128.load(means + (i << 2));
      for (let r = 0; r < length; r++) {
        const v = v128.load(d);
        sum = f32x4.add(sum, v);
        product = f32x4.add(product, f32x4.mul(v, f32x4.sub(v128.load(from), m)));
        from += step;
        d += step;
      }
      addDoubles(sums + (i << 3), sum);
      addDoubles(products + (i << 3), product);
    }
  }
  for (let j = periods * p, i = 0; j < count; j++, i++) {
    addDouble(sums, i, at(dy, j));
    addDouble(products, i, at(dy, j) * (at(x, j) - at(means, i)));
  }
  for (let c = 0; c < channels; c++) {
    let sum: f64 = 0, product: f64 = 0;
    for (let i = c; i < p; i += channels) {
      sum += double(sums, i);
      product += double(products, i);
    }
    put(dBeta, c, <f32>sum);
    put(dGamma, c, <f32>(product / sqrt<f64>(at(variance, c) + epsilon)));
  }
}

/** dx = gamma / s * (dy - dBeta / rows - (x - mean) / s * dGamma / rows), s = sqrt(variance + epsilon). */
export function batchNormGradientInput(
  x: usize, dy: usize, dx: usize, count: i32, channels: i32,
  mean: usize, variance: usize, gamma: usize, epsilon: f32, dGamma: usize, dBeta: usize, scratch: usize,
): void {
  const p = period(channels), periods = count / p, block = blockLength(p), step: usize = p << 2;
  const rows = <f32>(count / channels);
  const means = scratch, scales = means + step, slopes = scales + step, shifts = slopes + step;
  for (let i = 0; i < p; i++) {
    const c = i % channels;
    const inverse: f32 = 1 / sqrt<f32>(at(variance, c) + epsilon);
    const scale: f32 = at(gamma, c) * inverse;
    put(means, i, at(mean, c));
    put(scales, i, scale);
    put(slopes, i, -scale * inverse * at(dGamma, c) / rows);
    put(shifts, i, -scale * at(dBeta, c) / rows);
  }
  for (let first = 0; first < periods; first += block) {
    const length = min(block, periods - first);
    for (let i = 0; i < p; i += 4) {
      const offset: usize = (first * p + i) << 2;
      let from = x + offset, d = dy + offset, to = dx + offset;
      const m = v128.load(means + (i << 2)), scale = v128.load(scales + (i << 2));
      const slope = v128.load(slopes + (i << 2)), shift = v128.load(shifts + (i << 2));
      for (let r = 0; r < length; r++) {
        const centered = f32x4.mul(f32x4.sub(v128.load(from), m), slope);
        v128.store(to, f32x4.add(f32x4.add(f32x4.mul(v128.load(d), scale), centered), shift));
        from += step;
        d += step;
        to += step;
      }
    }
  }
  for (let j = periods * p, i = 0; j < count; j++, i++) {
    put(dx, j, at(dy, j) * at(scales, i) + (at(x, j) - at(means, i)) * at(slopes, i) + at(shifts, i));
  }
}
