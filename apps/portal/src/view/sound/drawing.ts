/** Waveform, log-mel picture and cycles on canvases, each with its axes. */
import type { ScreenedChannel } from '@crepitus/model';
import type { Picture, Sound } from './sound.worker.ts';

/** Seconds that a picture shows. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** CSS pixels left of all pictures, for their axes. */
export const gutter = 58;
const right = 10;
const axisHeight = 34;

/** Where a moment lies, in CSS pixels from the left. */
export function placeOf(seconds: number, { from, to }: Span, width: number): number {
  return gutter + ((seconds - from) / (to - from)) * (width - gutter - right);
}

export function momentAt(x: number, { from, to }: Span, width: number): number {
  const share = (x - gutter) / (width - gutter - right);
  return from + Math.min(1, Math.max(0, share)) * (to - from);
}

interface Sheet {
  readonly context: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
  readonly colour: (name: string) => string;
}

/** A canvas, cleared and as sharp as the screen. */
function sheetOf(canvas: HTMLCanvasElement): Sheet {
  const { clientWidth: width, clientHeight: height } = canvas;
  const sharpness = window.devicePixelRatio;
  canvas.width = Math.round(width * sharpness);
  canvas.height = Math.round(height * sharpness);
  const context = canvas.getContext('2d')!;
  context.scale(sharpness, sharpness);
  context.clearRect(0, 0, width, height);
  const style = getComputedStyle(canvas);
  context.font = `12px ${style.fontFamily}`;
  return { context, width, height, colour: name => style.getPropertyValue(`--${name}`) };
}

export function drawCycles(
  canvas: HTMLCanvasElement,
  span: Span,
  channel: ScreenedChannel,
  chosen: number | null,
): void {
  const { context, width, height, colour } = sheetOf(canvas);
  clip(context, width, height);
  for (const [i, cycle] of channel.cycles.entries()) {
    const from = placeOf(cycle.start, span, width);
    const to = placeOf(cycle.end, span, width);
    const fill = cycle.crackle === null ? 'cycle-unscored' : cycle.crackle ? 'cycle-crackle' : 'cycle-clear';
    context.fillStyle = colour(fill);
    context.fillRect(from + 1, 2, to - from - 2, height - 10);
    if (cycle.crackle === null) hatch(context, from + 1, to - 1, height - 8, colour('ink'));
    if (cycle.inspirationEnd !== null) {
      const at = placeOf(cycle.inspirationEnd, span, width);
      line(context, at, 2, at, height - 8, colour('ink'), [2, 3]);
    }
    if (chosen === i) {
      context.strokeStyle = colour('accent');
      context.lineWidth = 3;
      context.strokeRect(from + 1.5, 2.5, to - from - 3, height - 11);
    }
    const label = String(i + 1);
    context.fillStyle = colour('ink');
    context.textAlign = 'center';
    if (to - from > 4 + context.measureText(label).width)
      context.fillText(label, (from + to) / 2, height / 2 + 1);
    context.fillStyle = colour('accent');
    for (const piece of cycle.evidence) {
      if (piece.kind !== 'time') continue;
      const at = placeOf(piece.start, span, width);
      context.fillRect(at, height - 7, Math.max(2, placeOf(piece.end, span, width) - at), 4);
    }
  }
  context.restore();
}

export function drawWave(
  canvas: HTMLCanvasElement,
  span: Span,
  sound: Sound,
  channel: ScreenedChannel | null,
): void {
  const sheet = sheetOf(canvas);
  const { context, width, height, colour } = sheet;
  const { filtered: samples, rate } = sound;
  const plotHeight = height - axisHeight;
  let peak = 0;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  const scale = niceAbove(Math.max(peak, 1e-4));
  const yOf = (value: number) => plotHeight / 2 - (value / scale) * (plotHeight / 2 - 6);

  timeAxis(sheet, span, plotHeight);
  context.fillStyle = colour('ink');
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (const value of [scale, 0, -scale]) {
    context.fillText(String(value).replace('-', '−'), gutter - 6, yOf(value));
    line(context, gutter, yOf(value), width - right, yOf(value), colour('grid'));
  }
  clip(context, width, plotHeight);
  borders(context, span, width, plotHeight, channel, colour('border'));
  context.strokeStyle = colour('wave');
  context.lineWidth = 1;
  context.beginPath();
  const columns = Math.ceil(width - gutter - right);
  const perColumn = ((span.to - span.from) * rate) / columns;
  for (let column = 0; column < columns; column++) {
    const first = Math.max(0, Math.floor(span.from * rate + column * perColumn));
    const end = Math.min(
      samples.length,
      Math.max(first + 1, Math.ceil(span.from * rate + (column + 1) * perColumn)),
    );
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let i = first; i < end; i++) {
      low = Math.min(low, samples[i]!);
      high = Math.max(high, samples[i]!);
    }
    if (first >= end) break;
    const x = gutter + column + 0.5;
    if (perColumn < 1) context.lineTo(x, yOf(samples[first]!));
    else {
      context.moveTo(x, yOf(high) - 0.5);
      context.lineTo(x, yOf(low) + 0.5);
    }
  }
  context.stroke();
  context.restore();
}

export function drawMel(
  canvas: HTMLCanvasElement,
  span: Span,
  picture: Picture,
  channel: ScreenedChannel | null,
): void {
  const sheet = sheetOf(canvas);
  const { context, width, height, colour } = sheet;
  const plotHeight = height - axisHeight;
  const plotWidth = width - gutter - right;
  timeAxis(sheet, span, plotHeight);
  context.drawImage(imageOf(picture, span, Math.ceil(plotWidth)), gutter, 0, plotWidth, plotHeight);

  const { centresHz, bands } = picture;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (const hz of [50, 100, 200, 500, 1000, 2000, 3000, 4000]) {
    if (hz < centresHz[0]! || hz > centresHz.at(-1)! * 1.05) continue;
    const above = centresHz.findIndex(centre => centre >= hz);
    const band =
      above <= 0
        ? bands - 1
        : above - 1 + (hz - centresHz[above - 1]!) / (centresHz[above]! - centresHz[above - 1]!);
    const y = plotHeight * (1 - (band + 0.5) / bands);
    if (y < 5) continue;
    context.fillStyle = colour('ink');
    context.fillText(String(hz), gutter - 6, y);
    line(context, gutter - 4, y, gutter, y, colour('ink'));
  }
  clip(context, width, plotHeight);
  borders(context, span, width, plotHeight, channel, 'rgb(255 255 255 / 0.7)');
  for (const { time } of channel?.candidates?.events ?? []) {
    const x = placeOf(time, span, width);
    context.fillStyle = '#7df9ff';
    context.beginPath();
    context.moveTo(x, 9);
    context.lineTo(x - 4, 1);
    context.lineTo(x + 4, 1);
    context.fill();
  }
  context.restore();
}

export function drawCursor(canvas: HTMLCanvasElement, span: Span, at: number): void {
  const { context, width, height, colour } = sheetOf(canvas);
  if (at < span.from || at > span.to) return;
  const x = placeOf(at, span, width);
  line(context, x, 0, x, height, colour('cursor'), [], 2);
}

/** One column per pixel, the brightest of the rows in it: an average would hide a crackle. */
function imageOf(
  { values, rows, bands, secondsPerRow, range }: Picture,
  span: Span,
  columns: number,
): HTMLCanvasElement {
  const [low, high] = range ?? rangeOf(values);
  const image = new ImageData(columns, bands);
  const rowsPerColumn = (span.to - span.from) / secondsPerRow / columns;
  for (let column = 0; column < columns; column++) {
    const first = Math.floor(span.from / secondsPerRow + column * rowsPerColumn);
    const end = Math.max(first + 1, Math.floor(span.from / secondsPerRow + (column + 1) * rowsPerColumn));
    if (first >= rows) break;
    for (let band = 0; band < bands; band++) {
      let value = Number.NEGATIVE_INFINITY;
      for (let row = first; row < Math.min(rows, end); row++)
        value = Math.max(value, values[row * bands + band]!);
      const shade = shades[Math.round(255 * Math.min(1, Math.max(0, (value - low) / (high - low))))]!;
      image.data.set(shade, 4 * ((bands - 1 - band) * columns + column));
    }
  }
  const canvas = document.createElement('canvas');
  canvas.width = columns;
  canvas.height = bands;
  canvas.getContext('2d')!.putImageData(image, 0, 0);
  return canvas;
}

const ranges = new WeakMap<Float32Array, [number, number]>();

/** From quiet to loud: the tenth percentile and nearly the loudest, of a sample of the values. */
function rangeOf(values: Float32Array): [number, number] {
  const known = ranges.get(values);
  if (known) return known;
  const step = Math.max(1, Math.floor(values.length / 50_000));
  const some = Float32Array.from(
    { length: Math.floor(values.length / step) },
    (_, i) => values[i * step]!,
  ).sort();
  const low = some[Math.floor(some.length * 0.1)]!;
  const range: [number, number] = [low, Math.max(low + 1e-3, some[Math.floor(some.length * 0.998)]!)];
  ranges.set(values, range);
  return range;
}

/** From dark over red to bright yellow, evenly in lightness (anchors of matplotlib's `magma`). */
const anchors = [
  [0, 0, 4],
  [28, 16, 68],
  [79, 18, 123],
  [129, 37, 129],
  [181, 54, 122],
  [229, 80, 100],
  [251, 135, 97],
  [254, 194, 135],
  [252, 253, 191],
] as const;
const shades = Array.from({ length: 256 }, (_, i) => {
  const at = (i / 255) * (anchors.length - 1);
  const below = Math.min(anchors.length - 2, Math.floor(at));
  const channel = (c: 0 | 1 | 2) => {
    const [from, to] = [anchors[below]![c], anchors[below + 1]![c]];
    return Math.round(from + (at - below) * (to - from));
  };
  return [channel(0), channel(1), channel(2), 255];
});

function timeAxis({ context, width, colour }: Sheet, span: Span, top: number): void {
  const length = span.to - span.from;
  const step =
    [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300].find(
      seconds => (length / seconds) * 60 < width - gutter,
    ) ?? 600;
  context.fillStyle = colour('ink');
  context.textAlign = 'center';
  context.textBaseline = 'top';
  const digits = step < 0.1 ? 2 : step < 1 ? 1 : 0;
  for (let i = Math.ceil(span.from / step - 1e-6); i * step <= span.to + 1e-9; i++) {
    const x = placeOf(i * step, span, width);
    line(context, x, top, x, top + 4, colour('ink'));
    context.fillText((i * step).toFixed(digits), x, top + 7);
  }
}

function borders(
  context: CanvasRenderingContext2D,
  span: Span,
  width: number,
  height: number,
  channel: ScreenedChannel | null,
  style: string,
): void {
  for (const { start, end } of channel?.cycles ?? [])
    for (const seconds of [start, end]) {
      const x = placeOf(seconds, span, width);
      line(context, x, 0, x, height, style, [4, 4]);
    }
}

/** Keeps what follows right of the axis, until `restore`. */
function clip(context: CanvasRenderingContext2D, width: number, height: number): void {
  context.save();
  context.beginPath();
  context.rect(gutter, 0, width - gutter - right, height);
  context.clip();
  context.textBaseline = 'middle';
}

function line(
  context: CanvasRenderingContext2D,
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  style: string,
  dash: number[] = [],
  thickness = 1,
): void {
  context.save();
  context.strokeStyle = style;
  context.lineWidth = thickness;
  context.setLineDash(dash);
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
  context.restore();
}

function hatch(
  context: CanvasRenderingContext2D,
  from: number,
  to: number,
  height: number,
  style: string,
): void {
  context.save();
  context.beginPath();
  context.rect(from, 2, to - from, height - 2);
  context.clip();
  context.globalAlpha = 0.35;
  for (let x = from - height; x < to; x += 7) line(context, x, height, x + height, 2, style);
  context.restore();
}

/** A round number that is not much greater. */
function niceAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return Number(([1, 2, 3, 5, 7, 10].find(factor => factor * power >= value)! * power).toPrecision(1));
}
