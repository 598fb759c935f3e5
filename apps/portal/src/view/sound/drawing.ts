/** Waveform, log-mel picture, cycles and their evidence on canvases, each with its axes. */
import type { ScreenedChannel } from '@crepitus/model';
import { frequencyTicks, roundAbove, timeAxis } from './axes.ts';
import { type ColourMapName, colourMap } from './colour-maps.ts';
import { pictureColumns, waveColumns } from './columns.ts';
import type { Picture, Wave } from './sound.worker.ts';
import { type Box, type FrequencyRange, type FrequencyScale, frequencyScale, type Span } from './viewport.ts';

export type { Span } from './viewport.ts';

/** CSS pixels left of all pictures, for their axes. */
export const gutter = 58;
const right = 10;
/** Under waveform and log-mel picture. */
export const axisHeight = 34;

/** Where a moment lies, in CSS pixels from the left. */
export function placeOf(seconds: number, { from, to }: Span, width: number): number {
  return gutter + ((seconds - from) / (to - from)) * (width - gutter - right);
}

export function momentAt(x: number, { from, to }: Span, width: number): number {
  const share = (x - gutter) / (width - gutter - right);
  return from + Math.min(1, Math.max(0, share)) * (to - from);
}

/** CSS pixels between the axes of a canvas. */
export function plotWidth(width: number): number {
  return Math.max(1, width - gutter - right);
}

export interface Sheet {
  readonly context: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
  readonly colour: (name: string) => string;
}

/** A canvas, cleared and as sharp as the screen. */
export function sheetOf(canvas: HTMLCanvasElement): Sheet {
  const { clientWidth: width, clientHeight: height } = canvas;
  const sharpness = window.devicePixelRatio;
  const [wide, high] = [Math.round(width * sharpness), Math.round(height * sharpness)];
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
  }
  const context = canvas.getContext('2d')!;
  context.setTransform(sharpness, 0, 0, sharpness, 0, 0);
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
    // Others without a score are not scored yet, or under a blind review.
    if (cycle.abstained) hatch(context, from + 1, to - 1, height - 8, colour('ink'));
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
    const seen = [Math.max(from, gutter), Math.min(to, width - right)] as const;
    if (seen[1] - seen[0] > 4 + context.measureText(label).width)
      context.fillText(label, (seen[0] + seen[1]) / 2, height / 2 + 1);
    context.fillStyle = colour('accent');
    for (const piece of cycle.evidence) {
      if (piece.kind !== 'time') continue;
      const at = placeOf(piece.start, span, width);
      context.fillRect(at, height - 7, Math.max(2, placeOf(piece.end, span, width) - at), 4);
    }
  }
  context.restore();
}

/** Class activation of every scored cycle: upwards what speaks for crackles, downwards what speaks against. */
export function drawActivation(canvas: HTMLCanvasElement, span: Span, channel: ScreenedChannel): void {
  const { context, width, height, colour } = sheetOf(canvas);
  const values = channel.cycles.flatMap(({ activation }) => activation?.values ?? []);
  const most = roundAbove(Math.max(0.1, ...values.map(Math.abs)));
  const yOf = (value: number) => height / 2 - (value / most) * (height / 2 - 8);
  context.fillStyle = colour('ink');
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (const value of [most, 0, -most]) context.fillText(signed(value), gutter - 6, yOf(value));
  clip(context, width, height);
  for (const { start, end, activation } of channel.cycles) {
    if (activation === undefined) continue;
    for (const [i, value] of activation.values.entries()) {
      const from = placeOf(start + i * activation.step, span, width);
      const to = placeOf(Math.min(end, start + (i + 1) * activation.step), span, width);
      if (to < gutter || from > width) continue;
      context.fillStyle = colour(value > 0 ? 'speaks-for' : 'speaks-against');
      const y = yOf(value);
      context.fillRect(from, Math.min(y, yOf(0)), Math.max(1, to - from - 0.5), Math.abs(y - yOf(0)));
    }
  }
  borders(context, span, width, height, channel, colour('border'));
  context.restore();
  line(context, gutter, yOf(0), width - right, yOf(0), colour('border'));
}

export function drawWave(
  canvas: HTMLCanvasElement,
  span: Span,
  { filtered: samples, rate, peak, extremes }: Wave,
  channel: ScreenedChannel | null,
): void {
  const sheet = sheetOf(canvas);
  const { context, width, height, colour } = sheet;
  const plotHeight = height - axisHeight;
  const scale = roundAbove(Math.max(peak, 1e-4));
  const yOf = (value: number) => plotHeight / 2 - (value / scale) * (plotHeight / 2 - 6);

  drawTimeAxis(sheet, span, plotHeight);
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (const value of [scale, scale / 2, 0, -scale / 2, -scale]) {
    context.fillStyle = colour('ink');
    context.fillText(signed(value), gutter - 6, yOf(value));
    line(context, gutter, yOf(value), width - right, yOf(value), colour('grid'));
  }
  clip(context, width, plotHeight);
  borders(context, span, width, plotHeight, channel, colour('border'));
  context.strokeStyle = colour('wave');
  const columns = Math.round(plotWidth(width) * window.devicePixelRatio);
  const perColumn = ((span.to - span.from) * rate) / columns;
  context.beginPath();
  if (perColumn < 2) {
    traceSamples(context, samples, rate, span, width, yOf);
    context.lineWidth = 1.5;
  } else {
    const perPixel = plotWidth(width) / columns;
    const extremesOfColumns = waveColumns(samples, extremes, rate, span, columns);
    for (let column = 0; 2 * column < extremesOfColumns.length; column++) {
      const x = gutter + (column + 0.5) * perPixel;
      context.moveTo(x, yOf(extremesOfColumns[2 * column + 1]!) - 0.5);
      context.lineTo(x, yOf(extremesOfColumns[2 * column]!) + 0.5);
    }
    context.lineWidth = perPixel;
  }
  context.stroke();
  context.restore();
}

/** The line through the samples of a span, for `stroke`; where they lie far apart each is marked. */
export function traceSamples(
  context: CanvasRenderingContext2D,
  samples: Float32Array,
  rate: number,
  span: Span,
  width: number,
  yOf: (value: number) => number,
): void {
  const first = Math.max(0, Math.floor(span.from * rate));
  const last = Math.min(samples.length - 1, Math.ceil(span.to * rate));
  const xOf = (i: number) => placeOf(i / rate, span, width);
  for (let i = first; i <= last; i++) context.lineTo(xOf(i), yOf(samples[i]!));
  if (xOf(first + 1) - xOf(first) < 7) return;
  for (let i = first; i <= last; i++) context.rect(xOf(i) - 1, yOf(samples[i]!) - 1, 2, 2);
}

/** How a log-mel picture is shown. */
export interface MelLook {
  /** Hz; null: all of it. */
  readonly range: FrequencyRange | null;
  readonly colours: ColourMapName;
  /** See `levelsOf`. */
  readonly rangeDb: number | null;
  readonly brightnessDb: number;
}

const plainLook: MelLook = { range: null, colours: 'magma', rangeDb: null, brightnessDb: 0 };

export function drawMel(
  canvas: HTMLCanvasElement,
  span: Span,
  picture: Picture,
  channel: ScreenedChannel | null,
  look: MelLook = plainLook,
): void {
  const sheet = sheetOf(canvas);
  const { context, width, height, colour } = sheet;
  const plotHeight = height - axisHeight;
  const scale = frequencyScale(picture.centresHz);
  const range = look.range ?? scale.whole;
  drawTimeAxis(sheet, span, plotHeight);

  clip(context, width, plotHeight);
  const columns = pictureColumns(picture, span, Math.round(plotWidth(width) * window.devicePixelRatio));
  if (columns.columns > 0) {
    const [top, bottom] = [scale.bands - scale.placeOf(range.high), scale.bands - scale.placeOf(range.low)];
    const x = placeOf(columns.from, span, width);
    context.imageSmoothingEnabled = false;
    context.drawImage(
      imageOf(columns.values, columns.columns, picture, look),
      0,
      top,
      columns.columns,
      bottom - top,
      x,
      0,
      placeOf(columns.to, span, width) - x,
      plotHeight,
    );
  }
  borders(context, span, width, plotHeight, channel, 'rgb(255 255 255 / 0.75)', 'rgb(0 0 0 / 0.6)');
  for (const { time } of channel?.candidates?.events ?? []) {
    if (time < span.from || time > span.to) continue;
    candidateMark(context, placeOf(time, span, width));
  }
  context.restore();

  context.textAlign = 'right';
  context.textBaseline = 'middle';
  context.fillStyle = colour('ink');
  for (const { at, label } of frequencyTicks(range, scale, plotHeight)) {
    const y = yOfHz(at, range, scale, plotHeight);
    context.fillText(label, gutter - 6, Math.min(plotHeight - 6, Math.max(6, y)));
    line(context, gutter - 4, y, gutter, y, colour('ink'));
  }
}

export function yOfHz(hz: number, { low, high }: FrequencyRange, scale: FrequencyScale, height: number) {
  const [from, to] = [scale.placeOf(low), scale.placeOf(high)];
  return height * (1 - (scale.placeOf(hz) - from) / (to - from));
}

export function hzAtY(y: number, { low, high }: FrequencyRange, scale: FrequencyScale, height: number) {
  const [from, to] = [scale.placeOf(low), scale.placeOf(high)];
  const share = Math.min(1, Math.max(0, 1 - y / height));
  return scale.hzAt(from + share * (to - from));
}

/** What is drawn over all pictures, and moves. */
export interface Marks {
  /** Of the playback or the keyboard, seconds. */
  readonly cursor: number;
  /** Of the pointer or the keyboard; Hz on the log-mel picture alone. */
  readonly hover: { readonly seconds: number; readonly hz: number | null } | null;
  readonly selection: Box | null;
}

/** Over the pictures that stand below each other: `mel` says where on the canvas the log-mel picture is. */
export function drawMarks(
  canvas: HTMLCanvasElement,
  span: Span,
  { cursor, hover, selection }: Marks,
  mel: { readonly top: number; readonly height: number; readonly yOf: (hz: number) => number } | null,
): void {
  const { context, width, height, colour } = sheetOf(canvas);
  clip(context, width, height);
  if (selection !== null) {
    const [from, to] = [placeOf(selection.from, span, width), placeOf(selection.to, span, width)];
    const boxed = selection.range !== null && mel !== null;
    const top = boxed ? mel.top + mel.yOf(selection.range!.high) : 0;
    const bottom = boxed ? mel.top + mel.yOf(selection.range!.low) : height;
    context.fillStyle = colour('selection');
    context.fillRect(from, top, to - from, bottom - top);
    // Seen on the dark picture and on the bright page.
    for (const [style, thickness] of [
      ['#ffffff', 4],
      [colour('accent'), 2],
    ] as const) {
      context.lineWidth = thickness;
      context.strokeStyle = style;
      context.strokeRect(from, top, to - from, bottom - top);
    }
  }
  if (hover !== null) {
    const x = placeOf(hover.seconds, span, width);
    line(context, x, 0, x, height, colour('soft'), [3, 3]);
    if (hover.hz !== null && mel !== null) {
      const y = mel.top + mel.yOf(hover.hz);
      line(context, gutter, y, width - right, y, 'rgb(0 0 0 / 0.6)', [], 3);
      line(context, gutter, y, width - right, y, '#ffffff', [3, 3]);
    }
  }
  if (cursor >= span.from && cursor <= span.to) {
    const x = placeOf(cursor, span, width);
    line(context, x, 0, x, height, colour('cursor'), [], 2);
  }
  context.restore();
}

/** The whole recording in small, with a frame around what the pictures show. */
export function drawOverview(
  canvas: HTMLCanvasElement,
  seconds: number,
  shown: Span,
  wave: Wave | null,
  channel: ScreenedChannel | null,
): void {
  const { context, width, height, colour } = sheetOf(canvas);
  const all = { from: 0, to: seconds };
  clip(context, width, height);
  for (const { start, end, crackle } of channel?.cycles ?? []) {
    if (!crackle) continue;
    const x = placeOf(start, all, width);
    context.fillStyle = colour('cycle-crackle');
    context.fillRect(x, height - 5, placeOf(end, all, width) - x - 1, 5);
  }
  if (wave !== null) {
    context.strokeStyle = colour('wave');
    context.beginPath();
    const extremes = waveColumns(wave.filtered, wave.extremes, wave.rate, all, Math.round(plotWidth(width)));
    const yOf = (value: number) => (height - 5) * (0.5 - value / (2.1 * Math.max(wave.peak, 1e-4)));
    for (let column = 0; 2 * column < extremes.length; column++) {
      context.moveTo(gutter + column + 0.5, yOf(extremes[2 * column + 1]!) - 0.5);
      context.lineTo(gutter + column + 0.5, yOf(extremes[2 * column]!) + 0.5);
    }
    context.stroke();
  }
  const [from, to] = [placeOf(shown.from, all, width), placeOf(shown.to, all, width)];
  context.fillStyle = colour('unseen');
  context.fillRect(gutter, 0, from - gutter, height);
  context.fillRect(to, 0, width - right - to, height);
  context.strokeStyle = colour('accent');
  context.lineWidth = 2;
  const wide = Math.max(4, to - from);
  context.strokeRect(Math.min(from, width - right - wide) + 1, 1, wide - 2, height - 2);
  context.restore();
}

function imageOf(values: Float32Array, columns: number, picture: Picture, look: MelLook): HTMLCanvasElement {
  const { bands } = picture;
  const { low, high } = levelsOf(picture, look);
  const image = new ImageData(columns, bands);
  const pixels = new Uint32Array(image.data.buffer);
  const map = colourMap(look.colours);
  const factor = 255 / (high - low);
  for (let column = 0; column < columns; column++) {
    for (let band = 0; band < bands; band++) {
      const shade = (values[column * bands + band]! - low) * factor;
      // Not-a-number and what lies below is 0.
      const index = shade > 255 ? 255 : shade > 0 ? shade | 0 : 0;
      pixels[(bands - 1 - band) * columns + column] = map[index]!;
    }
  }
  const canvas = document.createElement('canvas');
  canvas.width = columns;
  canvas.height = bands;
  canvas.getContext('2d')!.putImageData(image, 0, 0);
  return canvas;
}

/** dB of one unit of a picture's values. */
export function decibelsOf({ decibels = 20 / Math.LN10 }: Picture): number {
  return decibels;
}

/** The values that are drawn darkest and brightest: by the picture itself, or as somebody wants them. */
export function levelsOf(
  picture: Picture,
  { rangeDb, brightnessDb }: Pick<MelLook, 'rangeDb' | 'brightnessDb'>,
): { readonly low: number; readonly high: number } {
  const [low, high] = picture.range ?? ownRange(picture.values);
  const unit = decibelsOf(picture);
  const top = high - brightnessDb / unit;
  return { low: top - (rangeDb === null ? high - low : rangeDb / unit), high: top };
}

const ranges = new WeakMap<Float32Array, [number, number]>();

/** From quiet to loud: the tenth percentile and nearly the loudest, of a sample of the values. */
function ownRange(values: Float32Array): [number, number] {
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

/**
 * Level of a picture at a frequency, the greatest within so many seconds around a moment: dB over what is drawn brightest by
 * itself; null outside.
 */
export function levelAt(picture: Picture, seconds: number, hz: number, within: number): number | null {
  const { values, rows, bands, secondsPerRow, startSeconds = 0, centresHz } = picture;
  const rowAt = (moment: number) => Math.floor((moment - startSeconds) / secondsPerRow);
  const band = Math.floor(frequencyScale(centresHz).placeOf(hz));
  const first = Math.max(0, rowAt(seconds - within / 2));
  const last = Math.min(rows - 1, rowAt(seconds + within / 2));
  if (first > last || band < 0 || band >= bands) return null;
  let most = Number.NEGATIVE_INFINITY;
  for (let row = first; row <= last; row++) most = Math.max(most, values[row * bands + band]!);
  const { high } = levelsOf(picture, { rangeDb: null, brightnessDb: 0 });
  return (most - high) * decibelsOf(picture);
}

export function drawTimeAxis({ context, width, colour }: Sheet, span: Span, top: number): void {
  context.fillStyle = colour('ink');
  context.textAlign = 'center';
  context.textBaseline = 'top';
  for (const { at, label } of timeAxis(span, plotWidth(width)).ticks) {
    const x = placeOf(at, span, width);
    line(context, x, top, x, top + 4, colour('ink'));
    context.fillText(label, Math.min(x, width - context.measureText(label).width / 2), top + 7);
  }
}

function borders(
  context: CanvasRenderingContext2D,
  span: Span,
  width: number,
  height: number,
  channel: ScreenedChannel | null,
  style: string,
  under?: string,
): void {
  for (const { start, end } of channel?.cycles ?? [])
    for (const seconds of [start, end]) {
      if (seconds < span.from || seconds > span.to) continue;
      const x = placeOf(seconds, span, width);
      if (under !== undefined) line(context, x, 0, x, height, under, [4, 4], 3);
      line(context, x, 0, x, height, style, [4, 4]);
    }
}

/** Seen on dark and on bright ground. */
function candidateMark(context: CanvasRenderingContext2D, x: number): void {
  context.fillStyle = '#7df9ff';
  context.strokeStyle = '#000000';
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x, 10);
  context.lineTo(x - 4.5, 1);
  context.lineTo(x + 4.5, 1);
  context.closePath();
  context.fill();
  context.stroke();
}

/** Keeps what follows right of the axis, until `restore`. */
export function clip(context: CanvasRenderingContext2D, width: number, height: number): void {
  context.save();
  context.beginPath();
  context.rect(gutter, 0, width - gutter - right, height);
  context.clip();
  context.textBaseline = 'middle';
}

export function line(
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

export function signed(value: number): string {
  return String(Number(value.toPrecision(3))).replace('-', '−');
}
