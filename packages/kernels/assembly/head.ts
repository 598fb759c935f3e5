/**
 * What stands behind the blocks: means over the pixels, one dense layer, and the focal loss of its softmax. Means are
 * [batch][features], where each branch has its columns; the dense kernel is [features][classes].
 */
import { addDoubles, putDoubles } from './doubles';
import { exponential, logarithm } from './exponential';
import { at, put } from './floats';

/** means[n][first + c] = mean of y[n] over its pixels. channels a multiple of 4. `sums`: 8 * channels bytes. */
export function poolMeans(
  y: usize, means: usize, sums: usize, batch: i32, pixels: i32, channels: i32, features: i32, first: i32,
): void {
  for (let n = 0; n < batch; n++) {
    memory.fill(sums, 0, channels << 3);
    for (let p = 0; p < pixels; p++) {
      for (let c = 0; c < channels; c += 4) addDoubles(sums + (c << 3), v128.load(y + (c << 2)));
      y += channels << 2;
    }
    for (let c = 0; c < channels; c++) {
      put(means, n * features + first + c, <f32>(load<f64>(sums + (c << 3)) / pixels));
    }
  }
}

/** Gradient of `poolMeans` and of the ReLU that gave y: dz, and its sum over all pixels, dBias. */
export function poolMeansGradient(
  dMeans: usize, y: usize, dz: usize, dBias: usize, sums: usize,
  batch: i32, pixels: i32, channels: i32, features: i32, first: i32,
): void {
  const zero = f32x4.splat(0), share = f32x4.splat(<f32>pixels);
  memory.fill(sums, 0, channels << 3);
  for (let n = 0; n < batch; n++) {
    const row = dMeans + ((n * features + first) << 2);
    for (let p = 0; p < pixels; p++) {
      for (let c: usize = 0, end: usize = channels << 2; c < end; c += 16) {
        const d = v128.and(f32x4.div(v128.load(row + c), share), f32x4.gt(v128.load(y + c), zero));
        v128.store(dz + c, d);
        addDoubles(sums + (c << 1), d);
      }
      y += channels << 2;
      dz += channels << 2;
    }
  }
  putDoubles(dBias, sums, channels);
}

/**
 * Mean over the batch of -(1 - p)^gamma ln p, p = the softmax's value of the true class (Lin et al. 2017; gamma 0 is the cross
 * entropy), and its gradients by the means, the dense kernel and the dense bias.
 *
 * @param labels the true class of each, i32
 * @param gamma a whole number
 * @param room 8 * (features + 2) * classes bytes
 */
export function focalHead(
  means: usize, kernel: usize, bias: usize, labels: usize, batch: i32, features: i32, classes: i32, gamma: i32,
  dMeans: usize, dKernel: usize, dBias: usize, room: usize,
): f64 {
  const logits = room, dBiases = logits + (classes << 3), dKernels = dBiases + (classes << 3);
  memory.fill(dBiases, 0, (classes * (features + 1)) << 3);
  let loss: f64 = 0;
  for (let n = 0; n < batch; n++) {
    const row = means + ((n * features) << 2), dRow = dMeans + ((n * features) << 2);
    const label: usize = load<i32>(labels + (n << 2)) << 3;
    let largest: f64 = -Infinity;
    for (let c = 0; c < classes; c++) {
      let logit: f64 = at(bias, c);
      for (let f = 0; f < features; f++) logit += <f64>at(row, f) * at(kernel, f * classes + c);
      store<f64>(logits + (c << 3), logit);
      largest = max(largest, logit);
    }
    let sum: f64 = 0;
    for (let c = 0; c < classes; c++) sum += exponential(load<f64>(logits + (c << 3)) - largest);
    const logP = load<f64>(logits + label) - largest - logarithm(sum), p = exponential(logP);
    let power: f64 = 1, below: f64 = 0; // (1 - p)^gamma and, unless gamma is 0, the power before it
    for (let g = 0; g < gamma; g++) {
      below = power;
      power *= 1 - p;
    }
    loss -= power * logP;
    const slope = (gamma * below * p * logP - power) / batch;
    for (let c = 0; c < classes; c++) {
      const at: usize = c << 3;
      const share = exponential(load<f64>(logits + at) - largest) / sum;
      const d = slope * ((at == label ? 1 : 0) - share);
      store<f64>(logits + at, d);
      store<f64>(dBiases + at, load<f64>(dBiases + at) + d);
    }
    for (let f = 0, cell = dKernels; f < features; f++) {
      let d: f64 = 0;
      for (let c = 0; c < classes; c++, cell += 8) {
        const dLogit = load<f64>(logits + (c << 3));
        d += dLogit * at(kernel, f * classes + c);
        store<f64>(cell, load<f64>(cell) + dLogit * at(row, f));
      }
      put(dRow, f, <f32>d);
    }
  }
  putDoubles(dBias, dBiases, classes);
  putDoubles(dKernel, dKernels, features * classes);
  return loss / batch;
}
