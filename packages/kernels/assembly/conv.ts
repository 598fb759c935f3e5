/**
 * 3x3 convolutions without padding, stride 1 or 2, NHWC, filters [3][3][channels][outChannels]. Sizes are in elements,
 * pointers in bytes. A multiple of 8 is asked of the channels that a tile spans; everything else may be any number.
 */
import { finishInputGradient } from './norm-conv';
import { Finish, Start, outer4x8, tile4x8 } from './tile';

@inline
function outSize(size: i32, stride: i32): i32 {
  return (size - 3) / stride + 1;
}

/** Filter [9 * channels][outChannels] -> [outChannels / 8][9 * channels][8], as `convForward` reads it. */
export function packFilter(filter: usize, packed: usize, channels: i32, outChannels: i32): void {
  const rows = 9 * channels;
  for (let p = 0; p < outChannels; p += 8) {
    for (let k = 0; k < rows; k++) {
      const from = filter + ((k * outChannels + p) << 2);
      v128.store(packed, v128.load(from));
      v128.store(packed, v128.load(from, 16), 16);
      packed += 32;
    }
  }
}

/** Filter [9 * channels][outChannels] -> [9 * channels / 8][outChannels][8], as `convGradientInput` reads it. */
export function packFilterTransposed(filter: usize, packed: usize, channels: i32, outChannels: i32): void {
  const rows = 9 * channels;
  for (let p = 0; p < rows; p += 8) {
    for (let o = 0; o < outChannels; o++) {
      for (let j = 0; j < 8; j++) {
        store<f32>(packed + (j << 2), load<f32>(filter + (((p + j) * outChannels + o) << 2)));
      }
      packed += 32;
    }
  }
}

/** Pixels per chunk of `convForward`: the inputs that they read stay in the first caches for all outChannels. */
const FORWARD_CHUNK = 128;

/**
 * y = relu(x * filter + bias). outChannels a multiple of 8. `dump`: 32 bytes that take the rows of a last tile that
 * has fewer than four pixels.
 */
export function convForward(
  x: usize, packed: usize, bias: usize, y: usize, dump: usize,
  batch: i32, height: i32, width: i32, channels: i32, outChannels: i32, stride: i32,
): void {
  const outWidth = outSize(width, stride), pixels = outSize(height, stride) * outWidth;
  // For one kernel row the 3 * channels inputs are contiguous.
  const run = 3 * channels;
  const gap: usize = (width * channels - run) << 2;
  const pixelStep: usize = (stride * channels) << 2;
  const rowStep: usize = (stride * (width - outWidth) * channels) << 2;
  const outStep: usize = outChannels << 2;
  for (let n = 0; n < batch; n++) {
    for (let first = 0; first < pixels; first += FORWARD_CHUNK) {
      const end = min(first + FORWARD_CHUNK, pixels);
      const firstRow = first / outWidth, firstColumn = first - firstRow * outWidth;
      const base = x + (((firstRow * width + firstColumn) * stride * channels) << 2);
      let weights = packed;
      for (let p = 0; p < outChannels; p += 8) {
        let from = base, out = y + first * outStep + (p << 2), column = firstColumn;
        for (let m = first; m < end; m += 4) {
          let x0 = from, x1 = from, x2 = from, x3 = from, o0 = out, o1 = dump, o2 = dump, o3 = dump;
          from += pixelStep;
          if (++column == outWidth) { column = 0; from += rowStep; }
          if (m + 1 < end) {
            x1 = from; o1 = o0 + outStep; from += pixelStep;
            if (++column == outWidth) { column = 0; from += rowStep; }
          }
          if (m + 2 < end) {
            x2 = from; o2 = o1 + outStep; from += pixelStep;
            if (++column == outWidth) { column = 0; from += rowStep; }
          }
          if (m + 3 < end) {
            x3 = from; o3 = o2 + outStep; from += pixelStep;
            if (++column == outWidth) { column = 0; from += rowStep; }
          }
          tile4x8(Start.Bias, Finish.Relu, x0, x1, x2, x3, weights, 3, run, gap, bias + (p << 2), o0, o1, o2, o3);
          out += outStep << 2;
        }
        weights += (9 * channels) << 5;
      }
    }
    x += (height * width * channels) << 2;
    y += (pixels * outChannels) << 2;
  }
}

/** Pixels per chunk of `convGradientInput`: their gradients and the inputs that they touch stay in the first cache. */
const INPUT_CHUNK = 48;

/**
 * dx = the gradient of the input. channels a multiple of 8. No gather: for each of the nine taps the product of the
 * output gradient with the transposed filter is added where that tap reads, so either stride costs exactly the true
 * multiply-adds. `dump`: 32 bytes. `finish`: 0, or what `finishInputGradient` takes.
 */
export function convGradientInput(
  dy: usize, packedTransposed: usize, dx: usize, dump: usize,
  batch: i32, height: i32, width: i32, channels: i32, outChannels: i32, stride: i32, finish: usize,
): void {
  const outWidth = outSize(width, stride), pixels = outSize(height, stride) * outWidth;
  const pixelStep: usize = (stride * channels) << 2;
  const rowStep: usize = (stride * (width - outWidth) * channels) << 2;
  const outStep: usize = outChannels << 2;
  const rowBytes: usize = (width * channels) << 2, imageBytes: usize = height * rowBytes;
  for (let n = 0; n < batch; n++) {
    let cleared: usize = 0;
    for (let first = 0; first < pixels; first += INPUT_CHUNK) {
      const end = min(first + INPUT_CHUNK, pixels);
      const firstRow = first / outWidth, firstColumn = first - firstRow * outWidth;
      // Rows are cleared when they are first reached, and stay in the cache.
      const reached: usize = end == pixels ? imageBytes : ((end - 1) / outWidth * stride + 3) * rowBytes;
      memory.fill(dx + cleared, 0, reached - cleared);
      cleared = reached;
      const base = dx + ((firstRow * stride * width + firstColumn * stride) * channels << 2);
      let weights = packedTransposed;
      for (let tap = 0; tap < 9; tap++) {
        const tapOffset: usize = ((tap / 3 * width + tap % 3) * channels) << 2;
        for (let c = 0; c < channels; c += 8) {
          let to = base + tapOffset + (c << 2), from = dy + first * outStep, column = firstColumn;
          for (let m = first; m < end; m += 4) {
            let x1 = from, x2 = from, x3 = from, o0 = to, o1 = dump, o2 = dump, o3 = dump;
            to += pixelStep;
            if (++column == outWidth) { column = 0; to += rowStep; }
            if (m + 1 < end) {
              x1 = from + outStep; o1 = to; to += pixelStep;
              if (++column == outWidth) { column = 0; to += rowStep; }
            }
            if (m + 2 < end) {
              x2 = x1 + outStep; o2 = to; to += pixelStep;
              if (++column == outWidth) { column = 0; to += rowStep; }
            }
            if (m + 3 < end) {
              x3 = x2 + outStep; o3 = to; to += pixelStep;
              if (++column == outWidth) { column = 0; to += rowStep; }
            }
            tile4x8(Start.Output, Finish.Plain, from, x1, x2, x3, weights, 1, outChannels, 0, 0, o0, o1, o2, o3);
            from += outStep << 2;
          }
          weights += outChannels << 5;
        }
      }
    }
    if (finish) finishInputGradient(dx, n, height * width, channels, finish);
    dy += (pixels * outChannels) << 2;
    dx += imageBytes;
  }
}

/** Pixels, about, whose inputs and gradients stay in the first cache while all filter entries are served. */
const FILTER_CHUNK = 64;

/** dFilter = the gradient of the filter. channels a multiple of 4, outChannels of 8. */
export function convGradientFilter(
  x: usize, dy: usize, dFilter: usize,
  batch: i32, height: i32, width: i32, channels: i32, outChannels: i32, stride: i32,
): void {
  const outHeight = outSize(height, stride), outWidth = outSize(width, stride);
  const run = 3 * channels;
  const xColumn: usize = (stride * channels) << 2, dColumn: usize = outChannels << 2;
  const xRow: usize = (stride * width * channels) << 2, dRow: usize = outWidth * dColumn;
  const rows = max(1, FILTER_CHUNK / outWidth);
  memory.fill(dFilter, 0, (9 * channels * outChannels) << 2);
  for (let n = 0; n < batch; n++) {
    for (let first = 0; first < outHeight; first += rows) {
      const count = min(rows, outHeight - first);
      // The pixels of a chunk may be added along rows or along columns: the longer runs cost less.
      const down = count > outWidth;
      const length = down ? count : outWidth, runs = down ? outWidth : count;
      const xStep = down ? xRow : xColumn, xNext = down ? xColumn : xRow;
      const dStep = down ? dRow : dColumn, dNext = down ? dColumn : dRow;
      const xGap = xNext - length * xStep, dGap = dNext - length * dStep;
      const d = dy + first * dRow;
      for (let ky = 0; ky < 3; ky++) {
        const from = x + (((first * stride + ky) * width * channels) << 2);
        for (let r = 0; r < run; r += 4) {
          for (let p = 0; p < outChannels; p += 8) {
            const to = dFilter + (((ky * run + r) * outChannels + p) << 2);
            outer4x8(from + (r << 2), xStep, xGap, d + (p << 2), dStep, dGap, runs, length, to, dColumn);
          }
        }
      }
    }
    x += (height * width * channels) << 2;
    dy += outHeight * dRow;
  }
}
