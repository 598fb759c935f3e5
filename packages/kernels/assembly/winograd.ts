/**
 * Winograd F(2x2, 3x3) (Lavin and Gray 2015) for 3x3 convolutions without padding at stride 1: 16 multiplications per
 * 2x2 outputs instead of 36. Input tiles of 4x4 are transformed (B^T d B) into 16 planes [tile][channel], each plane is
 * multiplied with its plane of the transformed filter, and the products are transformed back (A^T m A).
 * channels and outChannels are multiples of 8. A few tiles at a time, so that all planes stay in the first caches; the
 * planes are padded, because at a distance that is a multiple of 4 KB all 16 would compete for the same cache lines.
 */
import { Finish, Start, outer4x8, tile4x8 } from './tile';

/** Tiles per chunk; speed hardly depends on them. */
const FORWARD_TILES = 20;
const FILTER_TILES = 60;
const PLANE_PADDING = 16;

@inline
function forwardPlane(channels: i32): i32 {
  return FORWARD_TILES * channels + PLANE_PADDING;
}

@inline
function filterPlane(channels: i32): i32 {
  return FILTER_TILES * channels + PLANE_PADDING;
}

@inline
function convolveBytes(channels: i32, outChannels: i32): i32 {
  return 4 * (16 * (channels * outChannels + forwardPlane(channels) + forwardPlane(outChannels)) + max(channels, outChannels));
}

@inline
function paddedBytes(height: i32, width: i32, outChannels: i32): i32 {
  return 4 * (height + 2) * (width + 2) * outChannels;
}

/** Bytes of scratch that any function of this file needs. height and width are the input's. */
export function winogradScratch(height: i32, width: i32, channels: i32, outChannels: i32): i32 {
  const forward = convolveBytes(channels, outChannels) + paddedBytes(height, width, outChannels);
  const filter = 16 * (channels * outChannels + filterPlane(channels) + filterPlane(outChannels)) + outChannels;
  return max(forward, 4 * filter);
}

/** y = relu(x * filter + bias). */
export function winogradForward(
  x: usize, filter: usize, bias: usize, y: usize, scratch: usize,
  batch: i32, height: i32, width: i32, channels: i32, outChannels: i32,
): void {
  transformFilter(filter, scratch, channels, outChannels, false);
  for (let n = 0; n < batch; n++) {
    convolveImage(Finish.Relu, x, bias, y, scratch, height, width, channels, outChannels);
    x += (height * width * channels) << 2;
    y += ((height - 2) * (width - 2) * outChannels) << 2;
  }
}

/** dx: the same convolution of dy, with two rows and columns of zeros around it, with the filter turned by 180 degrees. */
export function winogradGradientInput(
  dy: usize, filter: usize, dx: usize, scratch: usize,
  batch: i32, height: i32, width: i32, channels: i32, outChannels: i32,
): void {
  const outHeight = height - 2, row: usize = ((width - 2) * outChannels) << 2;
  const paddedRow: usize = ((width + 2) * outChannels) << 2;
  const padded = scratch + convolveBytes(outChannels, channels);
  transformFilter(filter, scratch, outChannels, channels, true);
  memory.fill(padded, 0, paddedBytes(height, width, outChannels));
  for (let n = 0; n < batch; n++) {
    let to = padded + 2 * paddedRow + (outChannels << 3);
    for (let r = 0; r < outHeight; r++) {
      memory.copy(to, dy, row);
      dy += row;
      to += paddedRow;
    }
    convolveImage(Finish.Plain, padded, 0, dx, scratch, height + 2, width + 2, outChannels, channels);
    dx += (height * width * channels) << 2;
  }
}

/** dFilter: F(3x3, 2x2), the same input tiles against 2x2 tiles of dy, summed over the whole batch before the way back. */
export function winogradGradientFilter(
  x: usize, dy: usize, dFilter: usize, scratch: usize,
  batch: i32, height: i32, width: i32, channels: i32, outChannels: i32,
): void {
  const outHeight = height - 2, outWidth = width - 2;
  const across = (outWidth + 1) >> 1, tiles = ((outHeight + 1) >> 1) * across;
  const plane: usize = (channels * outChannels) << 2;
  const xPlane: usize = filterPlane(channels) << 2, dPlane: usize = filterPlane(outChannels) << 2;
  const products = scratch, xTiles = products + 16 * plane, dTiles = xTiles + 16 * xPlane, zeros = dTiles + 16 * dPlane;
  const xStep: usize = channels << 2, dStep: usize = outChannels << 2, dRow: usize = (outWidth * outChannels) << 2;
  memory.fill(products, 0, 16 * plane);
  memory.fill(zeros, 0, dStep);
  for (let n = 0; n < batch; n++) {
    for (let first = 0; first < tiles; first += FILTER_TILES) {
      const count = min(FILTER_TILES, tiles - first);
      for (let t = 0; t < count; t++) {
        const row = (first + t) / across * 2, column = (first + t) % across * 2;
        transformInput(x, row, column, height, width, channels, xTiles + t * xStep, xPlane);
        const d00 = dy + row * dRow + column * dStep;
        const below = row + 1 < outHeight, right = column + 1 < outWidth;
        transformGradient(
          d00, right ? d00 + dStep : zeros, below ? d00 + dRow : zeros, below && right ? d00 + dRow + dStep : zeros,
          outChannels, dTiles + t * dStep, dPlane,
        );
      }
      for (let i = 0; i < 16; i++) {
        const u = xTiles + i * xPlane, d = dTiles + i * dPlane, to = products + i * plane;
        for (let p = 0; p < outChannels; p += 8) {
          for (let c = 0; c < channels; c += 4) {
            outer4x8(
              u + (c << 2), xStep, 0, d + (p << 2), dStep, 0, 1, count, to + ((c * outChannels + p) << 2), dStep,
            );
          }
        }
      }
    }
    x += (height * width * channels) << 2;
    dy += outHeight * dRow;
  }
  for (let j: usize = 0; j < plane; j += 16) transformFilterGradient(products + j, dFilter + j, plane);
}

/** One image. `scratch` starts with the transformed filter. */
@inline
function convolveImage(
  finish: Finish, x: usize, bias: usize, y: usize, scratch: usize,
  height: i32, width: i32, channels: i32, outChannels: i32,
): void {
  const outHeight = height - 2, outWidth = width - 2;
  const across = (outWidth + 1) >> 1, tiles = ((outHeight + 1) >> 1) * across;
  const filterBytes: usize = (channels * outChannels) << 2, xStep: usize = channels << 2, yStep: usize = outChannels << 2;
  const xPlane: usize = forwardPlane(channels) << 2, yPlane: usize = forwardPlane(outChannels) << 2;
  const xTiles = scratch + 16 * filterBytes, yTiles = xTiles + 16 * xPlane, dump = yTiles + 16 * yPlane;
  const yRow: usize = (outWidth * outChannels) << 2;
  for (let first = 0; first < tiles; first += FORWARD_TILES) {
    const count = min(FORWARD_TILES, tiles - first);
    for (let t = 0; t < count; t++) {
      const row = (first + t) / across * 2, column = (first + t) % across * 2;
      transformInput(x, row, column, height, width, channels, xTiles + t * xStep, xPlane);
    }
    for (let i = 0; i < 16; i++) {
      multiplyPlane(xTiles + i * xPlane, scratch + i * filterBytes, yTiles + i * yPlane, count, channels, outChannels);
    }
    for (let t = 0; t < count; t++) {
      const row = (first + t) / across * 2, column = (first + t) % across * 2;
      const y00 = y + row * yRow + column * yStep;
      const below = row + 1 < outHeight, right = column + 1 < outWidth;
      transformOutput(
        finish, yTiles + t * yStep, yPlane, bias, outChannels,
        y00, right ? y00 + yStep : dump, below ? y00 + yRow : dump, below && right ? y00 + yRow + yStep : dump,
      );
    }
  }
}

/** products[count][outChannels] = x[count][channels] * u; up to three rows after the last are written too. */
function multiplyPlane(x: usize, u: usize, products: usize, count: i32, channels: i32, outChannels: i32): void {
  const xStep: usize = channels << 2, step: usize = outChannels << 2;
  for (let p = 0; p < outChannels; p += 8) {
    let from = x, o0 = products + (p << 2);
    for (let t = 0; t < count; t += 4) {
      const x1 = from + xStep, x2 = x1 + xStep, x3 = x2 + xStep, o1 = o0 + step, o2 = o1 + step, o3 = o2 + step;
      tile4x8(Start.Zero, Finish.Plain, from, x1, x2, x3, u, 1, channels, 0, 0, o0, o1, o2, o3);
      from = x3 + xStep;
      o0 = o3 + step;
    }
    u += channels << 5;
  }
}

/**
 * G g G^T of every 3x3 filter, [16][outputs / 8][inputs][8]. `turned`: of the filter turned by 180 degrees with its
 * channels exchanged; inputs are then the outChannels of the filter in memory.
 */
function transformFilter(filter: usize, u: usize, inputs: i32, outputs: i32, turned: bool): void {
  const plane: usize = (inputs * outputs) << 2;
  const column: usize = turned ? 0 - plane : plane, row: usize = 3 * column;
  const start = turned ? filter + 8 * plane : filter;
  const inputStep: usize = turned ? 4 : outputs << 2, outputStep: usize = turned ? inputs << 2 : 4;
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) {
      const g = start + o * outputStep + i * inputStep;
      let to = u + ((((o >> 3) * inputs + i) * 8 + (o & 7)) << 2);
      for (let r = 0; r < 4; r++) {
        const left = filterColumn(g, row, r);
        const middle = filterColumn(g + column, row, r);
        const right = filterColumn(g + 2 * column, row, r);
        store<f32>(to, left);
        store<f32>(to + plane, 0.5 * (left + middle + right));
        store<f32>(to + 2 * plane, 0.5 * (left - middle + right));
        store<f32>(to + 3 * plane, right);
        to += 4 * plane;
      }
    }
  }
}

/** Row r of G times the column of three filter values at g. */
@inline
function filterColumn(g: usize, row: usize, r: i32): f32 {
  const top = load<f32>(g), middle = load<f32>(g + row), bottom = load<f32>(g + 2 * row);
  if (r == 0) return top;
  if (r == 1) return 0.5 * (top + middle + bottom);
  if (r == 2) return 0.5 * (top - middle + bottom);
  return bottom;
}

/** B^T d B of the 4x4 tile at (row, column), all channels. A fourth row or column outside only meets outputs outside. */
function transformInput(
  x: usize, row: i32, column: i32, height: i32, width: i32, channels: i32, to: usize, plane: usize,
): void {
  const c1: usize = channels << 2, c2 = 2 * c1, c3 = column + 3 < width ? 3 * c1 : c2;
  const rowBytes: usize = (width * channels) << 2;
  let r0 = x + row * rowBytes + column * c1, r1 = r0 + rowBytes, r2 = r1 + rowBytes;
  let r3 = row + 3 < height ? r2 + rowBytes : r2;
  for (let c = 0; c < channels; c += 4) {
    let d0 = v128.load(r0), d1 = v128.load(r1), d2 = v128.load(r2), d3 = v128.load(r3);
    const t00 = f32x4.sub(d0, d2), t10 = f32x4.add(d1, d2), t20 = f32x4.sub(d2, d1), t30 = f32x4.sub(d1, d3);
    d0 = v128.load(r0 + c1); d1 = v128.load(r1 + c1); d2 = v128.load(r2 + c1); d3 = v128.load(r3 + c1);
    const t01 = f32x4.sub(d0, d2), t11 = f32x4.add(d1, d2), t21 = f32x4.sub(d2, d1), t31 = f32x4.sub(d1, d3);
    d0 = v128.load(r0 + c2); d1 = v128.load(r1 + c2); d2 = v128.load(r2 + c2); d3 = v128.load(r3 + c2);
    const t02 = f32x4.sub(d0, d2), t12 = f32x4.add(d1, d2), t22 = f32x4.sub(d2, d1), t32 = f32x4.sub(d1, d3);
    d0 = v128.load(r0 + c3); d1 = v128.load(r1 + c3); d2 = v128.load(r2 + c3); d3 = v128.load(r3 + c3);
    const t03 = f32x4.sub(d0, d2), t13 = f32x4.add(d1, d2), t23 = f32x4.sub(d2, d1), t33 = f32x4.sub(d1, d3);
    let p = to;
    p = storeInputRow(p, plane, t00, t01, t02, t03);
    p = storeInputRow(p, plane, t10, t11, t12, t13);
    p = storeInputRow(p, plane, t20, t21, t22, t23);
    storeInputRow(p, plane, t30, t31, t32, t33);
    r0 += 16;
    r1 += 16;
    r2 += 16;
    r3 += 16;
    to += 16;
  }
}

@inline
function storeInputRow(to: usize, plane: usize, t0: v128, t1: v128, t2: v128, t3: v128): usize {
  v128.store(to, f32x4.sub(t0, t2));
  v128.store(to + plane, f32x4.add(t1, t2));
  v128.store(to + 2 * plane, f32x4.sub(t2, t1));
  v128.store(to + 3 * plane, f32x4.sub(t1, t3));
  return to + 4 * plane;
}

/** A^T m A of one tile's 16 products, all channels, to the four pixels' places. */
@inline
function transformOutput(
  finish: Finish, m: usize, plane: usize, bias: usize, outChannels: i32, y00: usize, y01: usize, y10: usize, y11: usize,
): void {
  const zero = f32x4.splat(0), line = 4 * plane;
  for (let offset: usize = 0, end: usize = outChannels << 2; offset < end; offset += 16) {
    let p = m + offset;
    let m0 = v128.load(p), m1 = v128.load(p + line), m2 = v128.load(p + 2 * line), m3 = v128.load(p + 3 * line);
    const q00 = f32x4.add(f32x4.add(m0, m1), m2), q10 = f32x4.sub(f32x4.sub(m1, m2), m3);
    p += plane;
    m0 = v128.load(p); m1 = v128.load(p + line); m2 = v128.load(p + 2 * line); m3 = v128.load(p + 3 * line);
    const q01 = f32x4.add(f32x4.add(m0, m1), m2), q11 = f32x4.sub(f32x4.sub(m1, m2), m3);
    p += plane;
    m0 = v128.load(p); m1 = v128.load(p + line); m2 = v128.load(p + 2 * line); m3 = v128.load(p + 3 * line);
    const q02 = f32x4.add(f32x4.add(m0, m1), m2), q12 = f32x4.sub(f32x4.sub(m1, m2), m3);
    p += plane;
    m0 = v128.load(p); m1 = v128.load(p + line); m2 = v128.load(p + 2 * line); m3 = v128.load(p + 3 * line);
    const q03 = f32x4.add(f32x4.add(m0, m1), m2), q13 = f32x4.sub(f32x4.sub(m1, m2), m3);
    let o00 = f32x4.add(f32x4.add(q00, q01), q02), o01 = f32x4.sub(f32x4.sub(q01, q02), q03);
    let o10 = f32x4.add(f32x4.add(q10, q11), q12), o11 = f32x4.sub(f32x4.sub(q11, q12), q13);
    if (finish == Finish.Relu) {
      const b = v128.load(bias + offset);
      o00 = f32x4.pmax(f32x4.add(o00, b), zero); o01 = f32x4.pmax(f32x4.add(o01, b), zero);
      o10 = f32x4.pmax(f32x4.add(o10, b), zero); o11 = f32x4.pmax(f32x4.add(o11, b), zero);
    }
    v128.store(y00 + offset, o00);
    v128.store(y01 + offset, o01);
    v128.store(y10 + offset, o10);
    v128.store(y11 + offset, o11);
  }
}

/** G d G^T of a 2x2 tile of output gradients, G = [1 0; 1/2 1/2; 1/2 -1/2; 0 1], all channels. */
function transformGradient(
  d00: usize, d01: usize, d10: usize, d11: usize, outChannels: i32, to: usize, plane: usize,
): void {
  const half = f32x4.splat(0.5);
  for (let offset: usize = 0, end: usize = outChannels << 2; offset < end; offset += 16) {
    const a = v128.load(d00 + offset), b = v128.load(d01 + offset);
    const c = v128.load(d10 + offset), d = v128.load(d11 + offset);
    let p = to + offset;
    p = storeGradientRow(p, plane, a, b, half);
    p = storeGradientRow(p, plane, f32x4.mul(half, f32x4.add(a, c)), f32x4.mul(half, f32x4.add(b, d)), half);
    p = storeGradientRow(p, plane, f32x4.mul(half, f32x4.sub(a, c)), f32x4.mul(half, f32x4.sub(b, d)), half);
    storeGradientRow(p, plane, c, d, half);
  }
}

@inline
function storeGradientRow(to: usize, plane: usize, left: v128, right: v128, half: v128): usize {
  v128.store(to, left);
  v128.store(to + plane, f32x4.mul(half, f32x4.add(left, right)));
  v128.store(to + 2 * plane, f32x4.mul(half, f32x4.sub(left, right)));
  v128.store(to + 3 * plane, right);
  return to + 4 * plane;
}

/** A^T m A of four filters' 16 sums, A^T = [1 1 1 0; 0 1 -1 0; 0 1 1 -1]. */
function transformFilterGradient(m: usize, dFilter: usize, plane: usize): void {
  const line = 4 * plane;
  for (let r = 0; r < 3; r++) {
    const q0 = filterGradientColumn(m, line, r), q1 = filterGradientColumn(m + plane, line, r);
    const q2 = filterGradientColumn(m + 2 * plane, line, r), q3 = filterGradientColumn(m + 3 * plane, line, r);
    v128.store(dFilter, f32x4.add(f32x4.add(q0, q1), q2));
    v128.store(dFilter + plane, f32x4.sub(q1, q2));
    v128.store(dFilter + 2 * plane, f32x4.sub(f32x4.add(q1, q2), q3));
    dFilter += 3 * plane;
  }
}

@inline
function filterGradientColumn(m: usize, line: usize, r: i32): v128 {
  const m1 = v128.load(m + line), m2 = v128.load(m + 2 * line);
  if (r == 0) return f32x4.add(f32x4.add(v128.load(m), m1), m2);
  if (r == 1) return f32x4.sub(m1, m2);
  return f32x4.sub(f32x4.add(m1, m2), v128.load(m + 3 * line));
}
