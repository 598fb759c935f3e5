/**
 * 3x3 convolutions without padding by Winograd's way along both axes (winograd-axis.ts): input tiles are transformed into planes
 * [tile][channel], one per product; each plane is multiplied with the plane of its factor of the transformed filter, and the
 * products are transformed back. channels and outChannels are multiples of 8.
 *
 * A chunk of tiles at a time, over the images of the batch, so that its planes stay in the second cache and the transformed
 * filter, which may not, is read seldom; planes are padded, because at a distance that is a multiple of 4 KB all would compete
 * for the same cache lines. Tiles that hang over an edge are gathered into a buffer of their own, with zeros outside.
 */
import { finishInputGradient } from './norm-conv';
import { Finish, Start, outer4x8, tile4x8 } from './tile';
import {
  Axis, factorOf, factorsOf, inputsOf, outputsOf, tileStepOf, transformFilter, transformFilterBack, transformInput,
  transformInputBack, transformOutput, transformOutputBack,
} from './winograd-axis';

/** The ways there are; `src/convolution.ts` chooses. */
const enum Scheme {
  /** Stride 1, 4x4 outputs by 36 multiplications instead of 144. */
  Square = 1,
  /** Stride 2, 3x3 outputs by 49 instead of 81. */
  Half = 2,
  /** Stride 1, 4x1 outputs by 18 instead of 36, for outputs that are one wide. */
  Tall = 3,
}

@inline
function downOf(scheme: Scheme): Axis {
  return scheme == Scheme.Half ? Axis.Half : Axis.Four;
}

@inline
function acrossOf(scheme: Scheme): Axis {
  return scheme == Scheme.Half ? Axis.Half : scheme == Scheme.Tall ? Axis.One : Axis.Four;
}

@inline
function productsOf(scheme: Scheme): i32 {
  return inputsOf(downOf(scheme)) * inputsOf(acrossOf(scheme));
}

@inline
function allFactorsOf(scheme: Scheme): i32 {
  return factorsOf(downOf(scheme)) * factorsOf(acrossOf(scheme));
}

/** Which factor plane product plane i meets. */
@inline
function factorPlane(scheme: Scheme, i: i32): i32 {
  const width = inputsOf(acrossOf(scheme)), row = i / width;
  return factorOf(downOf(scheme), row) * factorsOf(acrossOf(scheme)) + factorOf(acrossOf(scheme), i - row * width);
}

@inline
function strideOf(scheme: Scheme): i32 {
  return scheme == Scheme.Half ? 2 : 1;
}

/** Tiles per chunk: the planes of both sides take about so many bytes. */
const CHUNK_BYTES = 262144;
const FEWEST_TILES = 16;
const PLANE_PADDING = 16;
/** Bytes for the vectors of a tile between the two axes: at most 7x7. */
const BETWEEN = 49 * 16;

@inline
function chunkTiles(products: i32, channels: i32, outChannels: i32): i32 {
  return max(FEWEST_TILES, (CHUNK_BYTES / (4 * products * (channels + outChannels))) & ~3);
}

@inline
function planeBytes(tiles: i32, channels: i32): i32 {
  return (tiles * channels + PLANE_PADDING) << 2;
}

/** Bytes of scratch that any function of this file needs. */
export function winogradScratch(scheme: i32, channels: i32, outChannels: i32): i32 {
  const products = scheme == Scheme.Square ? 36 : scheme == Scheme.Half ? 49 : 18;
  const tiles = chunkTiles(products, channels, outChannels);
  const planes = products * (planeBytes(tiles, channels) + planeBytes(tiles, outChannels));
  return BETWEEN + 4 * products * (max(channels, outChannels) + channels * outChannels) + planes;
}

/** y = relu(x * filter + bias). height and width are the input's. */
export function winogradForward(
  scheme: i32, x: usize, filter: usize, bias: usize, y: usize, scratch: usize,
  batch: i32, height: i32, width: i32, channels: i32, outChannels: i32,
): void {
  if (scheme == Scheme.Square) forward(Scheme.Square, x, filter, bias, y, scratch, batch, height, width, channels, outChannels);
  else if (scheme == Scheme.Half) forward(Scheme.Half, x, filter, bias, y, scratch, batch, height, width, channels, outChannels);
  else forward(Scheme.Tall, x, filter, bias, y, scratch, batch, height, width, channels, outChannels);
}

/** dx from dy. height and width are dx's. `finish`: 0, or what `finishInputGradient` takes. */
export function winogradGradientInput(
  scheme: i32, dy: usize, filter: usize, dx: usize, scratch: usize,
  batch: i32, height: i32, width: i32, channels: i32, outChannels: i32, finish: usize,
): void {
  if (scheme == Scheme.Square) gradientInput(Scheme.Square, dy, filter, dx, scratch, batch, height, width, channels, outChannels, finish);
  else if (scheme == Scheme.Half) gradientInput(Scheme.Half, dy, filter, dx, scratch, batch, height, width, channels, outChannels, finish);
  else gradientInput(Scheme.Tall, dy, filter, dx, scratch, batch, height, width, channels, outChannels, finish);
}

/** dFilter from x and dy. height and width are x's. */
export function winogradGradientFilter(
  scheme: i32, x: usize, dy: usize, dFilter: usize, scratch: usize,
  batch: i32, height: i32, width: i32, channels: i32, outChannels: i32,
): void {
  if (scheme == Scheme.Square) gradientFilter(Scheme.Square, x, dy, dFilter, scratch, batch, height, width, channels, outChannels);
  else if (scheme == Scheme.Half) gradientFilter(Scheme.Half, x, dy, dFilter, scratch, batch, height, width, channels, outChannels);
  else gradientFilter(Scheme.Tall, x, dy, dFilter, scratch, batch, height, width, channels, outChannels);
}

@inline
function forward(
  scheme: Scheme, x: usize, filter: usize, bias: usize, y: usize, scratch: usize,
  batch: i32, height: i32, width: i32, channels: i32, outChannels: i32,
): void {
  const down = downOf(scheme), across = acrossOf(scheme), products = productsOf(scheme);
  const outHeight = (height - 3) / strideOf(scheme) + 1, outWidth = (width - 3) / strideOf(scheme) + 1;
  const tilesAcross = (outWidth + outputsOf(across) - 1) / outputsOf(across);
  const tilesDown = (outHeight + outputsOf(down) - 1) / outputsOf(down);
  const perImage = tilesAcross * tilesDown, tiles = perImage * batch, chunk = chunkTiles(products, channels, outChannels);
  const xPlane: usize = planeBytes(chunk, channels), yPlane: usize = planeBytes(chunk, outChannels);
  const between = scratch, edge = between + BETWEEN, factors = edge + products * (max(channels, outChannels) << 2);
  const xTiles = factors + allFactorsOf(scheme) * ((channels * outChannels) << 2), yTiles = xTiles + products * xPlane;
  const filterPlane: usize = (channels * outChannels) << 2;
  transformFilters(scheme, false, filter, factors, channels, outChannels, between);
  for (let first = 0; first < tiles; first += chunk) {
    const count = min(chunk, tiles - first);
    for (let t = 0; t < count; t++) {
      const image = (first + t) / perImage, tile = first + t - image * perImage, tileRow = tile / tilesAcross;
      const row = tileRow * tileStepOf(down), column = (tile - tileRow * tilesAcross) * tileStepOf(across);
      const from = x + ((image * height * width * channels) << 2);
      inputTile(scheme, from, row, column, height, width, channels, edge, between, xTiles + t * (channels << 2), xPlane);
    }
    for (let i = 0; i < products; i++) {
      const factor = factors + factorPlane(scheme, i) * filterPlane;
      multiplyPlane(xTiles + i * xPlane, factor, yTiles + i * yPlane, count, channels, outChannels);
    }
    for (let t = 0; t < count; t++) {
      const image = (first + t) / perImage, tile = first + t - image * perImage, tileRow = tile / tilesAcross;
      const row = tileRow * outputsOf(down), column = (tile - tileRow * tilesAcross) * outputsOf(across);
      const to = y + ((image * outHeight * outWidth * outChannels) << 2);
      outputTile(
        scheme, yTiles + t * (outChannels << 2), yPlane, bias, to, row, column, outHeight, outWidth, outChannels, edge, between,
      );
    }
  }
}

@inline
function gradientInput(
  scheme: Scheme, dy: usize, filter: usize, dx: usize, scratch: usize,
  batch: i32, height: i32, width: i32, channels: i32, outChannels: i32, finish: usize,
): void {
  const down = downOf(scheme), across = acrossOf(scheme), products = productsOf(scheme);
  const outHeight = (height - 3) / strideOf(scheme) + 1, outWidth = (width - 3) / strideOf(scheme) + 1;
  const tilesAcross = (outWidth + outputsOf(across) - 1) / outputsOf(across);
  const tilesDown = (outHeight + outputsOf(down) - 1) / outputsOf(down);
  const perImage = tilesAcross * tilesDown, tiles = perImage * batch, chunk = chunkTiles(products, channels, outChannels);
  const xPlane: usize = planeBytes(chunk, channels), yPlane: usize = planeBytes(chunk, outChannels);
  const between = scratch, edge = between + BETWEEN, factors = edge + products * (max(channels, outChannels) << 2);
  const xTiles = factors + allFactorsOf(scheme) * ((channels * outChannels) << 2), yTiles = xTiles + products * xPlane;
  const filterPlane: usize = (channels * outChannels) << 2, imageBytes: usize = (height * width * channels) << 2;
  transformFilters(scheme, true, filter, factors, channels, outChannels, between);
  let cleared = 0;
  for (let first = 0; first < tiles; first += chunk) {
    const count = min(chunk, tiles - first);
    for (let t = 0; t < count; t++) {
      const image = (first + t) / perImage, tile = first + t - image * perImage, tileRow = tile / tilesAcross;
      const row = tileRow * outputsOf(down), column = (tile - tileRow * tilesAcross) * outputsOf(across);
      const from = dy + ((image * outHeight * outWidth * outChannels) << 2);
      gradientTile(
        scheme, from, row, column, outHeight, outWidth, outChannels, edge, between, yTiles + t * (outChannels << 2), yPlane,
      );
    }
    for (let i = 0; i < products; i++) {
      const factor = factors + factorPlane(scheme, i) * filterPlane;
      multiplyPlane(yTiles + i * yPlane, factor, xTiles + i * xPlane, count, outChannels, channels);
    }
    for (let t = 0; t < count; t++) {
      const image = (first + t) / perImage, tile = first + t - image * perImage, tileRow = tile / tilesAcross;
      const row = tileRow * tileStepOf(down), column = (tile - tileRow * tilesAcross) * tileStepOf(across);
      const to = dx + image * imageBytes;
      if (image == cleared) {
        memory.fill(to, 0, imageBytes);
        cleared++;
      }
      addInputTile(scheme, xTiles + t * (channels << 2), xPlane, to, row, column, height, width, channels, edge, between);
      if (finish && tile == perImage - 1) finishInputGradient(to, image, height * width, channels, finish);
    }
  }
}

/** Products of the tiles of x and dy are summed over the whole batch before the way back. */
@inline
function gradientFilter(
  scheme: Scheme, x: usize, dy: usize, dFilter: usize, scratch: usize,
  batch: i32, height: i32, width: i32, channels: i32, outChannels: i32,
): void {
  const down = downOf(scheme), across = acrossOf(scheme), products = productsOf(scheme);
  const outHeight = (height - 3) / strideOf(scheme) + 1, outWidth = (width - 3) / strideOf(scheme) + 1;
  const tilesAcross = (outWidth + outputsOf(across) - 1) / outputsOf(across);
  const tilesDown = (outHeight + outputsOf(down) - 1) / outputsOf(down);
  const perImage = tilesAcross * tilesDown, tiles = perImage * batch, chunk = chunkTiles(products, channels, outChannels);
  const xPlane: usize = planeBytes(chunk, channels), yPlane: usize = planeBytes(chunk, outChannels);
  const between = scratch, edge = between + BETWEEN, sums = edge + products * (max(channels, outChannels) << 2);
  const xTiles = sums + allFactorsOf(scheme) * ((channels * outChannels) << 2), yTiles = xTiles + products * xPlane;
  const filterPlane: usize = (channels * outChannels) << 2;
  const xStep: usize = channels << 2, yStep: usize = outChannels << 2;
  memory.fill(sums, 0, allFactorsOf(scheme) * filterPlane);
  for (let first = 0; first < tiles; first += chunk) {
    const count = min(chunk, tiles - first);
    for (let t = 0; t < count; t++) {
      const image = (first + t) / perImage, tile = first + t - image * perImage, tileRow = tile / tilesAcross;
      const tileColumn = tile - tileRow * tilesAcross;
      inputTile(
        scheme, x + ((image * height * width * channels) << 2), tileRow * tileStepOf(down), tileColumn * tileStepOf(across),
        height, width, channels, edge, between, xTiles + t * xStep, xPlane,
      );
      gradientTile(
        scheme, dy + ((image * outHeight * outWidth * outChannels) << 2), tileRow * outputsOf(down),
        tileColumn * outputsOf(across), outHeight, outWidth, outChannels, edge, between, yTiles + t * yStep, yPlane,
      );
    }
    for (let i = 0; i < products; i++) {
      const u = xTiles + i * xPlane, d = yTiles + i * yPlane, to = sums + factorPlane(scheme, i) * filterPlane;
      for (let p = 0; p < outChannels; p += 8) {
        for (let c = 0; c < channels; c += 4) {
          outer4x8(u + (c << 2), xStep, 0, d + (p << 2), yStep, 0, 1, count, to + ((c * outChannels + p) << 2), yStep);
        }
      }
    }
  }
  const width3 = factorsOf(across);
  for (let j: usize = 0; j < filterPlane; j += 16) {
    for (let c = 0; c < width3; c++) {
      transformFilterBack(down, sums + j + c * filterPlane, width3 * filterPlane, between + (c << 4), width3 << 4);
    }
    for (let r = 0; r < 3; r++) {
      transformFilterBack(across, between + ((r * width3) << 4), 16, dFilter + j + 3 * r * filterPlane, filterPlane);
    }
  }
}

/** products[count][outputs] = x[count][inputs] * u; up to three rows after the last are written too. */
function multiplyPlane(x: usize, u: usize, products: usize, count: i32, inputs: i32, outputs: i32): void {
  const xStep: usize = inputs << 2, step: usize = outputs << 2;
  for (let p = 0; p < outputs; p += 8) {
    let from = x, o0 = products + (p << 2);
    for (let t = 0; t < count; t += 4) {
      const x1 = from + xStep, x2 = x1 + xStep, x3 = x2 + xStep, o1 = o0 + step, o2 = o1 + step, o3 = o2 + step;
      tile4x8(Start.Zero, Finish.Plain, from, x1, x2, x3, u, 1, inputs, 0, 0, o0, o1, o2, o3);
      from = x3 + xStep;
      o0 = o3 + step;
    }
    u += inputs << 5;
  }
}

/** G g G^T of every filter, [factors][outChannels / 8][channels][8]; `turned`: [factors][channels / 8][outChannels][8]. */
@inline
function transformFilters(
  scheme: Scheme, turned: bool, filter: usize, factors: usize, channels: i32, outChannels: i32, between: usize,
): void {
  const down = downOf(scheme), across = acrossOf(scheme), rows = factorsOf(down), columns = factorsOf(across);
  const plane: usize = (channels * outChannels) << 2, row = between + (49 - columns) * 16;
  for (let c = 0; c < channels; c++) {
    for (let o = 0; o < outChannels; o += 4) {
      const from = filter + ((c * outChannels + o) << 2);
      for (let j = 0; j < 3; j++) transformFilter(down, from + j * plane, 3 * plane, between + (j << 4), 48);
      let to = turned
        ? factors + ((((c >> 3) * outChannels + o) * 8 + (c & 7)) << 2)
        : factors + ((((o >> 3) * channels + c) * 8 + (o & 7)) << 2);
      for (let r = 0; r < rows; r++) {
        if (turned) {
          transformFilter(across, between + r * 48, 16, row, 16);
          for (let i = 0; i < columns; i++) {
            const v = v128.load(row + (i << 4));
            v128.store_lane<f32>(to, v, 0);
            v128.store_lane<f32>(to, v, 1, 32);
            v128.store_lane<f32>(to, v, 2, 64);
            v128.store_lane<f32>(to, v, 3, 96);
            to += plane;
          }
        } else {
          transformFilter(across, between + r * 48, 16, to, plane);
          to += columns * plane;
        }
      }
    }
  }
}

/** [rows][columns][channels] from the image at (row, column), zero outside it. */
function gather(
  image: usize, row: i32, column: i32, height: i32, width: i32, channels: i32, rows: i32, columns: i32, to: usize,
): void {
  const inside: usize = (min(columns, width - column) * channels) << 2, whole: usize = (columns * channels) << 2;
  let from = image + (((row * width + column) * channels) << 2);
  for (let r = 0; r < rows; r++) {
    if (row + r < height) {
      memory.copy(to, from, inside);
      memory.fill(to + inside, 0, whole - inside);
    } else {
      memory.fill(to, 0, whole);
    }
    from += (width * channels) << 2;
    to += whole;
  }
}

/** B^T x B of one tile, all channels, into the planes at `to`. */
@inline
function inputTile(
  scheme: Scheme, image: usize, row: i32, column: i32, height: i32, width: i32, channels: i32,
  edge: usize, between: usize, to: usize, plane: usize,
): void {
  const down = downOf(scheme), across = acrossOf(scheme), rows = inputsOf(down), columns = inputsOf(across);
  const step: usize = channels << 2;
  let from = image + (row * width + column) * step, rowStep = width * step;
  if (row + rows > height || column + columns > width) {
    gather(image, row, column, height, width, channels, rows, columns, edge);
    from = edge;
    rowStep = columns * step;
  }
  for (let offset: usize = 0; offset < step; offset += 16) {
    for (let j = 0; j < columns; j++) {
      transformInput(down, from + offset + j * step, rowStep, between + (j << 4), columns << 4);
    }
    let p = to + offset;
    for (let i = 0; i < rows; i++) {
      transformInput(across, between + ((i * columns) << 4), 16, p, plane);
      p += columns * plane;
    }
  }
}

/** relu(A^T m A + bias) of one tile, all channels, to its place in the image. */
@inline
function outputTile(
  scheme: Scheme, m: usize, plane: usize, bias: usize, image: usize, row: i32, column: i32,
  height: i32, width: i32, channels: i32, edge: usize, between: usize,
): void {
  const down = downOf(scheme), across = acrossOf(scheme), lines = inputsOf(across);
  const rows = outputsOf(down), columns = outputsOf(across), step: usize = channels << 2;
  const overhangs = row + rows > height || column + columns > width;
  const place = image + (row * width + column) * step, rowBytes = width * step;
  const to = overhangs ? edge : place, rowStep = overhangs ? columns * step : rowBytes;
  for (let offset: usize = 0; offset < step; offset += 16) {
    const b = v128.load(bias + offset);
    for (let j = 0; j < lines; j++) {
      transformOutput(down, false, b, m + offset + j * plane, lines * plane, between + (j << 4), lines << 4);
    }
    for (let i = 0; i < rows; i++) {
      transformOutput(across, true, b, between + ((i * lines) << 4), 16, to + offset + i * rowStep, step);
    }
  }
  if (!overhangs) return;
  const inside: usize = min(columns, width - column) * step;
  for (let i = 0, end = min(rows, height - row); i < end; i++) {
    memory.copy(place + i * rowBytes, edge + i * columns * step, inside);
  }
}

/** A dy A^T of one tile, all channels, into the planes at `to`. */
@inline
function gradientTile(
  scheme: Scheme, image: usize, row: i32, column: i32, height: i32, width: i32, channels: i32,
  edge: usize, between: usize, to: usize, plane: usize,
): void {
  const down = downOf(scheme), across = acrossOf(scheme), lines = inputsOf(down);
  const rows = outputsOf(down), columns = outputsOf(across), step: usize = channels << 2;
  let from = image + (row * width + column) * step, rowStep = width * step;
  if (row + rows > height || column + columns > width) {
    gather(image, row, column, height, width, channels, rows, columns, edge);
    from = edge;
    rowStep = columns * step;
  }
  for (let offset: usize = 0; offset < step; offset += 16) {
    for (let j = 0; j < columns; j++) {
      transformOutputBack(down, from + offset + j * step, rowStep, between + (j << 4), columns << 4);
    }
    let p = to + offset;
    for (let i = 0; i < lines; i++) {
      transformOutputBack(across, between + ((i * columns) << 4), 16, p, plane);
      p += inputsOf(across) * plane;
    }
  }
}

/** Adds B m B^T of one tile, all channels, to the image. */
@inline
function addInputTile(
  scheme: Scheme, m: usize, plane: usize, image: usize, row: i32, column: i32,
  height: i32, width: i32, channels: i32, edge: usize, between: usize,
): void {
  const down = downOf(scheme), across = acrossOf(scheme), rows = inputsOf(down), columns = inputsOf(across);
  const step: usize = channels << 2, rowBytes = width * step, place = image + (row * width + column) * step;
  const overhangs = row + rows > height || column + columns > width;
  const to = overhangs ? edge : place, rowStep = overhangs ? columns * step : rowBytes;
  if (overhangs) memory.fill(edge, 0, rows * columns * step);
  for (let offset: usize = 0; offset < step; offset += 16) {
    let p = m + offset;
    for (let i = 0; i < rows; i++) {
      transformInputBack(across, false, p, plane, between + ((i * columns) << 4), 16);
      p += columns * plane;
    }
    for (let j = 0; j < columns; j++) {
      transformInputBack(down, true, between + (j << 4), columns << 4, to + offset + j * step, rowStep);
    }
  }
  if (!overhangs) return;
  const inside: usize = min(columns, width - column) * step;
  for (let i = 0, end = min(rows, height - row); i < end; i++) {
    const from = edge + i * columns * step, line = place + i * rowBytes;
    for (let j: usize = 0; j < inside; j += 16) v128.store(line + j, f32x4.add(v128.load(line + j), v128.load(from + j)));
  }
}
