/**
 * Batch normalisation that is part of the convolution after it: z = scale * x + shift per channel never stands in memory.
 * Forward, scale and shift go into the filter and the bias (exact, because a convolution without padding sees no zeros).
 * Backward, with dz = the gradient behind the convolution, P = the sum over pixels of x (dz) products that is the filter's
 * gradient for x in place of z, and w the filter:
 *
 *     dFilter = scale * P + shift * dBias
 *     dBeta   = sum over pixels of the gradient of z            = sum over taps and outputs of w * dBias
 *     dGamma  = sum over pixels of that times (x - mean) / s    = (sum over taps and outputs of w * P - mean * dBeta) / s
 *
 * so that only the gradient of x needs its pixels once more: dx = dx of the folded convolution + slope * (x - mean) + offset.
 * Filters are [9][channels][outChannels]; outChannels is a multiple of 4.
 */
import { addDoubles, putDoubles } from './doubles';
import { at, put } from './floats';

/** scaled = gamma / s * filter. */
export function scaleFilter(
  filter: usize, variance: usize, gamma: usize, epsilon: f32, channels: i32, outChannels: i32, scaled: usize,
): void {
  for (let row = 0; row < 9 * channels; row++) {
    const c = row % channels, scale = f32x4.splat(at(gamma, c) / sqrt<f32>(at(variance, c) + epsilon));
    for (let end = filter + (outChannels << 2); filter < end; filter += 16, scaled += 16) {
      v128.store(scaled, f32x4.mul(v128.load(filter), scale));
    }
  }
}

/** foldedFilter = scale * filter, foldedBias = bias + sum of shift * filter. `sums`: 8 * outChannels bytes. */
export function foldNorm(
  filter: usize, bias: usize, mean: usize, variance: usize, gamma: usize, beta: usize, epsilon: f32,
  channels: i32, outChannels: i32, foldedFilter: usize, foldedBias: usize, sums: usize,
): void {
  for (let o = 0; o < outChannels; o++) store<f64>(sums + (o << 3), at(bias, o));
  for (let row = 0; row < 9 * channels; row++) {
    const c = row % channels;
    const shift: f64 = at(beta, c) - <f64>at(mean, c) * at(gamma, c) / sqrt<f64>(<f64>at(variance, c) + epsilon);
    for (let o = 0; o < outChannels; o++) {
      const sum = load<f64>(sums + (o << 3)) + shift * at(filter, row * outChannels + o);
      store<f64>(sums + (o << 3), sum);
    }
  }
  scaleFilter(filter, variance, gamma, epsilon, channels, outChannels, foldedFilter);
  putDoubles(foldedBias, sums, outChannels);
}

/** `dFilter` comes as P and becomes the filter's gradient. */
export function normConvGradientParameters(
  dFilter: usize, filter: usize, dBias: usize, mean: usize, variance: usize, gamma: usize, beta: usize, epsilon: f32,
  channels: i32, outChannels: i32, dGamma: usize, dBeta: usize,
): void {
  for (let c = 0; c < channels; c++) {
    const s: f64 = sqrt<f64>(<f64>at(variance, c) + epsilon);
    const scale: f32 = at(gamma, c) / sqrt<f32>(at(variance, c) + epsilon);
    const shift: f32 = at(beta, c) - at(mean, c) * scale;
    let ofBias: f64 = 0, ofProducts: f64 = 0;
    for (let tap = 0; tap < 9; tap++) {
      const row = (tap * channels + c) * outChannels;
      for (let o = 0; o < outChannels; o++) {
        const w: f64 = at(filter, row + o), product = at(dFilter, row + o), d = at(dBias, o);
        ofBias += w * d;
        ofProducts += w * product;
        put(dFilter, row + o, scale * product + shift * d);
      }
    }
    put(dBeta, c, <f32>ofBias);
    put(dGamma, c, <f32>((ofProducts - at(mean, c) * ofBias) / s));
  }
}

/**
 * What makes dx of the folded convolution whole, [x, means, slopes, offsets, sums, mask] at `finish`: five addresses and
 * whether x is the output of a ReLU, whose gradient is then taken along (0 where x is not above 0) and its sums per channel
 * added to the doubles at `sums`. channels a multiple of 4. One image after the other, while it is in the cache.
 */
export function finishInputGradient(dx: usize, image: i32, rows: i32, channels: i32, finish: usize): void {
  const x = load<usize>(finish) + ((image * rows * channels) << 2);
  const means = load<usize>(finish, 4), slopes = load<usize>(finish, 8), offsets = load<usize>(finish, 12);
  const sums = load<usize>(finish, 16), mask = load<i32>(finish, 20);
  const zero = f32x4.splat(0), step: usize = channels << 2;
  for (let first = 0; first < rows; first += 128) {
    const count = min(128, rows - first);
    for (let c = 0; c < channels; c += 4) {
      const offset: usize = (first * channels + c) << 2;
      const m = v128.load(means + (c << 2)), slope = v128.load(slopes + (c << 2)), plus = v128.load(offsets + (c << 2));
      let from = x + offset, to = dx + offset, sum = zero;
      for (let r = 0; r < count; r++) {
        const v = v128.load(from);
        let d = f32x4.add(f32x4.add(v128.load(to), f32x4.mul(f32x4.sub(v, m), slope)), plus);
        if (mask) d = v128.and(d, f32x4.gt(v, zero));
        v128.store(to, d);
        sum = f32x4.add(sum, d);
        from += step;
        to += step;
      }
      if (mask) addDoubles(sums + (c << 3), sum);
    }
  }
}

/** Where `finishInputGradient` has added its sums. */
export function finishSums(finish: usize): usize {
  return load<usize>(finish, 16);
}

/** The gradient of the bias before the ReLU that `finishInputGradient` has taken along: its sums. */
export function finishBias(finish: usize, dBias: usize, channels: i32): void {
  putDoubles(dBias, finishSums(finish), channels);
}

/** Bytes of scratch that `prepareFinish` fills: the addresses and the values per channel. */
export function finishBytes(channels: i32): i32 {
  return 32 + 20 * channels;
}

/** dx = scale * (gradient of z - dBeta / count - (x - mean) / s * dGamma / count), of which the first part is the folded convolution's. */
export function prepareFinish(
  finish: usize, x: usize, mask: i32, count: i32, channels: i32,
  mean: usize, variance: usize, gamma: usize, epsilon: f32, dGamma: usize, dBeta: usize,
): void {
  const sums = finish + 32, means = sums + (channels << 3), slopes = means + (channels << 2), offsets = slopes + (channels << 2);
  store<usize>(finish, x);
  store<usize>(finish, means, 4);
  store<usize>(finish, slopes, 8);
  store<usize>(finish, offsets, 12);
  store<usize>(finish, sums, 16);
  store<i32>(finish, mask, 20);
  memory.fill(sums, 0, channels << 3);
  for (let c = 0; c < channels; c++) {
    const inverse: f32 = 1 / sqrt<f32>(at(variance, c) + epsilon), scale: f32 = at(gamma, c) * inverse;
    put(means, c, at(mean, c));
    put(slopes, c, -scale * inverse * at(dGamma, c) / <f32>count);
    put(offsets, c, -scale * at(dBeta, c) / <f32>count);
  }
}
