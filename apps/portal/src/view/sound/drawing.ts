/** What all pictures of a channel share: where a moment lies, canvases as sharp as the screen, axes, lines. */
import type { Ratio, ScreenedChannel } from '@crepitus/model';
import { numberIn } from '../../text/numbers.ts';
import { timeAxis } from './axes.ts';
import { phaseEnd } from './phase-ends.ts';
import type { Span } from './viewport.ts';

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

/** Where the pictures of a canvas end, in CSS pixels from the left. */
export function plotRight(width: number): number {
  return width - right;
}

export interface Sheet {
  readonly context: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
  /** Pixels of the canvas to a CSS pixel. */
  readonly sharpness: number;
  readonly colour: (name: string) => string;
}

/** A canvas, cleared and as sharp as the screen, or as its `data-sharpness` says where it is drawn for something else. */
export function sheetOf(canvas: HTMLCanvasElement): Sheet {
  const { clientWidth: width, clientHeight: height } = canvas;
  const sharpness = Number(canvas.dataset.sharpness ?? window.devicePixelRatio);
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
  return { context, width, height, sharpness, colour: name => style.getPropertyValue(`--${name}`) };
}

export function drawTimeAxis({ context, width, colour }: Sheet, span: Span, top: number): void {
  context.fillStyle = colour('ink');
  context.textAlign = 'center';
  context.textBaseline = 'top';
  for (const { at, label } of timeAxis(span, plotWidth(width)).ticks) {
    const x = placeOf(at, span, width);
    line(context, x, top, x, top + 4, colour('ink'));
    context.fillText(written(label), Math.min(x, width - context.measureText(label).width / 2), top + 7);
  }
}

export function drawBorders(
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

/** A thin line where the inspiration of a cycle ends, dashed where that is assumed. */
export function drawPhaseEnds(
  context: CanvasRenderingContext2D,
  span: Span,
  width: number,
  height: number,
  channel: ScreenedChannel | null,
  ratio: Ratio | null,
  style: string,
  under?: string,
): void {
  for (const cycle of channel?.cycles ?? []) {
    const end = phaseEnd(cycle, ratio);
    if (end === null || end.at < span.from || end.at > span.to) continue;
    const x = placeOf(end.at, span, width);
    const dash = end.isAssumed ? [2, 6] : [];
    if (under !== undefined) line(context, x, 0, x, height, under, dash, 3);
    line(context, x, 0, x, height, style, dash);
  }
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

export function signed(value: number): string {
  const rounded = Number(value.toPrecision(3));
  // Otherwise longer than the room left of a picture.
  const short = rounded !== 0 && Math.abs(rounded) < 0.001 ? rounded.toExponential() : String(rounded);
  return written(short);
}

/** A number as the page's language writes it. */
export function written(number: string): string {
  return numberIn(document.documentElement.lang)(number);
}
