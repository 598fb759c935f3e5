/** From samples and rows to the columns of a canvas: of all that falls on one, the extremes, so that no crackle is lost. */
import type { Picture } from './sound.worker.ts';
import type { Span } from './viewport.ts';

/** Samples per block of `waveExtremes`. */
const block = 256;

/** Lowest and highest sample of each block, `[blocks, 2]`: a drawing of minutes then looks at few numbers. */
export function waveExtremes(samples: Float32Array): Float32Array {
  const extremes = new Float32Array(2 * Math.ceil(samples.length / block));
  for (let at = 0; 2 * at < extremes.length; at++) {
    const [low, high] = extremesIn(samples, at * block, Math.min(samples.length, (at + 1) * block));
    extremes[2 * at] = low;
    extremes[2 * at + 1] = high;
  }
  return extremes;
}

/**
 * Lowest and highest sample in each of so many columns of a span, `[columns, 2]`; fewer where the sound ends within. Where a
 * column holds many blocks whole blocks are taken, which may belong to a neighbour by less than a block.
 */
export function waveColumns(
  samples: Float32Array,
  extremes: Float32Array | null,
  rate: number,
  { from, to }: Span,
  columns: number,
): Float32Array {
  const perColumn = ((to - from) * rate) / columns;
  const byBlocks = extremes !== null && perColumn >= 4 * block;
  const result: number[] = [];
  for (let column = 0; column < columns; column++) {
    const first = Math.max(0, Math.floor(from * rate + column * perColumn));
    const end = Math.min(
      samples.length,
      Math.max(first + 1, Math.ceil(from * rate + (column + 1) * perColumn)),
    );
    if (first >= end) break;
    result.push(
      ...(byBlocks
        ? extremesOfBlocks(extremes, Math.floor(first / block), Math.ceil(end / block))
        : extremesIn(samples, first, end)),
    );
  }
  return Float32Array.from(result);
}

function extremesIn(samples: Float32Array, first: number, end: number): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = first; i < end; i++) {
    const sample = samples[i]!;
    if (sample < low) low = sample;
    if (sample > high) high = sample;
  }
  return [low, high];
}

function extremesOfBlocks(extremes: Float32Array, first: number, end: number): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let at = first; at < end; at++) {
    low = Math.min(low, extremes[2 * at]!);
    high = Math.max(high, extremes[2 * at + 1]!);
  }
  return [low, high];
}

/** A picture as an image of columns, each over an equal part of the seconds from `from` to `to`. */
export interface Columns extends Span {
  /** `[columns, bands]` */
  readonly values: Float32Array;
  readonly columns: number;
}

/**
 * The part of a picture that a span shows. Where more rows fall on a column their maximum is taken; where a row covers
 * several columns it stays one, to be drawn as wide as it is.
 */
export function pictureColumns(picture: Picture, span: Span, columns: number): Columns {
  const { values, rows, bands, secondsPerRow, startSeconds = 0 } = picture;
  const rowAt = (seconds: number) => (seconds - startSeconds) / secondsPerRow;
  const clamp = (row: number) => Math.min(rows, Math.max(0, row));
  const first = clamp(Math.floor(rowAt(span.from)));
  const end = clamp(Math.ceil(rowAt(span.to)));
  if (end - first <= columns) {
    return {
      values: values.subarray(first * bands, end * bands),
      columns: end - first,
      from: startSeconds + first * secondsPerRow,
      to: startSeconds + end * secondsPerRow,
    };
  }
  const rowsPerColumn = (rowAt(span.to) - rowAt(span.from)) / columns;
  const pooled = new Float32Array(columns * bands).fill(Number.NEGATIVE_INFINITY);
  for (let column = 0; column < columns; column++) {
    const from = clamp(Math.floor(rowAt(span.from) + column * rowsPerColumn));
    const to = clamp(Math.max(from + 1, Math.floor(rowAt(span.from) + (column + 1) * rowsPerColumn)));
    const target = column * bands;
    for (let at = from * bands; at < to * bands; ) {
      for (let band = 0; band < bands; band++, at++)
        if (values[at]! > pooled[target + band]!) pooled[target + band] = values[at]!;
    }
  }
  return { values: pooled, columns, from: span.from, to: span.to };
}
