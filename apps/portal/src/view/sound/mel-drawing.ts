/** The log-mel picture: its colours, its axis of frequencies, its levels. */
import { pictureLevels } from '@crepitus/dsp';
import type { Ratio, ScreenedChannel } from '@crepitus/model';
import { frequencyTicks } from './axes.ts';
import { type ColourMapName, colourMap } from './colour-maps.ts';
import { pictureColumns } from './columns.ts';
import {
  axisHeight,
  clip,
  drawBorders,
  drawPhaseEnds,
  drawTimeAxis,
  gutter,
  line,
  placeOf,
  plotWidth,
  sheetOf,
} from './drawing.ts';
import type { Picture } from './sound.worker.ts';
import { type FrequencyRange, type FrequencyScale, frequencyScale, type Span } from './viewport.ts';

/** How a log-mel picture is shown. */
export interface MelLook {
  /** Hz; null: all of it. */
  readonly range: FrequencyRange | null;
  readonly colours: ColourMapName;
  /** See `levelsOf`. */
  readonly rangeDb: number | null;
  readonly brightnessDb: number;
}

export const plainLook: MelLook = { range: null, colours: 'magma', rangeDb: null, brightnessDb: 0 };

export function drawMel(
  canvas: HTMLCanvasElement,
  span: Span,
  picture: Picture,
  channel: ScreenedChannel | null,
  look: MelLook = plainLook,
  ratio: Ratio | null = null,
): void {
  const sheet = sheetOf(canvas);
  const { context, width, height, colour } = sheet;
  const plotHeight = height - axisHeight;
  const scale = frequencyScale(picture.centresHz);
  const range = look.range ?? scale.whole;
  drawTimeAxis(sheet, span, plotHeight);

  clip(context, width, plotHeight);
  const columns = pictureColumns(picture, span, Math.round(plotWidth(width) * sheet.sharpness));
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
  const [bright, dark] = ['rgb(255 255 255 / 0.75)', 'rgb(0 0 0 / 0.6)'];
  drawBorders(context, span, width, plotHeight, channel, bright, dark);
  drawPhaseEnds(context, span, width, plotHeight, channel, ratio, bright, dark);
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
  const { low, high } = picture.levels ?? ownLevels(picture.values);
  const unit = decibelsOf(picture);
  const top = high - brightnessDb / unit;
  return { low: top - (rangeDb === null ? high - low : rangeDb / unit), high: top };
}

const levels = new WeakMap<Float32Array, ReturnType<typeof pictureLevels>>();

/** Sorted once for each picture: it is drawn at every movement. */
function ownLevels(values: Float32Array) {
  const own = levels.get(values) ?? pictureLevels(values);
  levels.set(values, own);
  return own;
}
