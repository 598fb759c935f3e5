/** The waveform: of what is shown with its axes, and of the whole recording in small. */
import type { Ratio, ScreenedChannel } from '@crepitus/model';
import { type WaveZoom, waveScale } from './axes.ts';
import { waveColumns } from './columns.ts';
import {
  axisHeight,
  clip,
  drawBorders,
  drawPhaseEnds,
  drawTimeAxis,
  gutter,
  line,
  placeOf,
  plotRight,
  plotWidth,
  sheetOf,
  signed,
} from './drawing.ts';
import type { Wave } from './sound.worker.ts';
import type { Span } from './viewport.ts';

export function drawWave(
  canvas: HTMLCanvasElement,
  span: Span,
  { filtered: samples, rate, peak, extremes }: Wave,
  channel: ScreenedChannel | null,
  zoom: WaveZoom = 1,
  ratio: Ratio | null = null,
): void {
  const sheet = sheetOf(canvas);
  const { context, width, height, colour } = sheet;
  const plotHeight = height - axisHeight;
  const scale = waveScale(peak, zoom);
  const yOf = (value: number) => plotHeight / 2 - (value / scale) * (plotHeight / 2 - 6);

  drawTimeAxis(sheet, span, plotHeight);
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (const value of [scale, scale / 2, 0, -scale / 2, -scale]) {
    context.fillStyle = colour('ink');
    context.fillText(signed(value), gutter - 6, yOf(value));
    line(context, gutter, yOf(value), plotRight(width), yOf(value), colour('grid'));
  }
  clip(context, width, plotHeight);
  drawBorders(context, span, width, plotHeight, channel, colour('border'));
  drawPhaseEnds(context, span, width, plotHeight, channel, ratio, colour('border'));
  context.strokeStyle = colour('wave');
  const columns = Math.round(plotWidth(width) * sheet.sharpness);
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
  context.fillRect(to, 0, plotRight(width) - to, height);
  context.strokeStyle = colour('accent');
  context.lineWidth = 2;
  const wide = Math.max(4, to - from);
  context.strokeRect(Math.min(from, plotRight(width) - wide) + 1, 1, wide - 2, height - 2);
  context.restore();
}
