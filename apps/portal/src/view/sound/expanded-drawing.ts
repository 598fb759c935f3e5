/** The time-expanded waveform on its canvas. */
import { roundAbove } from './axes.ts';
import {
  axisHeight,
  clip,
  drawTimeAxis,
  gutter,
  line,
  placeOf,
  plotWidth,
  sheetOf,
  signed,
  written,
} from './drawing.ts';
import type { Candidate } from './expanded-wave.tsx';
import type { Wave } from './sound.worker.ts';
import type { Span } from './viewport.ts';
import { traceSamples } from './wave-drawing.ts';

/** CSS pixels above the waveform, for the widths of the candidate. */
const bracketsHeight = 58;

export function drawExpanded(
  canvas: HTMLCanvasElement,
  span: Span,
  { filtered: samples, rate }: Wave,
  events: readonly Candidate[],
  candidate: Candidate | null,
  cursor: number,
): void {
  const sheet = sheetOf(canvas);
  const { context, width, height, colour } = sheet;
  const bottom = height - axisHeight;
  let peak = 1e-5;
  for (let i = Math.floor(span.from * rate); i < Math.min(samples.length, span.to * rate); i++)
    peak = Math.max(peak, Math.abs(samples[i]!));
  const scale = roundAbove(peak);
  const middle = (bracketsHeight + bottom) / 2;
  const yOf = (value: number) => middle - (value / scale) * ((bottom - bracketsHeight) / 2 - 6);

  drawTimeAxis(sheet, span, bottom);
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (const value of [scale, 0, -scale]) {
    context.fillStyle = colour('ink');
    context.fillText(signed(value), gutter - 6, yOf(value));
    line(context, gutter, yOf(value), width - 10, yOf(value), colour('grid'));
  }
  clip(context, width, bottom);
  for (const event of events) {
    const [from, to] = [placeOf(event.time, span, width), placeOf(endOf(event), span, width)];
    if (to < gutter || from > width) continue;
    context.fillStyle = colour('selection');
    context.fillRect(from, bracketsHeight, to - from, bottom - bracketsHeight);
  }
  if (cursor >= span.from && cursor <= span.to)
    line(
      context,
      placeOf(cursor, span, width),
      0,
      placeOf(cursor, span, width),
      bottom,
      colour('cursor'),
      [4, 3],
    );
  context.strokeStyle = colour('wave');
  context.lineWidth = 1.5;
  context.beginPath();
  traceSamples(context, samples, rate, span, width, yOf);
  context.stroke();
  if (candidate !== null) {
    const onset = candidate.time;
    const from = candidate.largestDeflectionFromMs;
    const widths: [string, number, number | undefined][] = [
      ['IDW', candidate.initialDeflectionMs, 0],
      ['LDW', candidate.largestDeflectionMs, from],
      ['2CD', candidate.twoCyclesMs, 0],
    ];
    for (const [row, [name, ms, after]] of widths.entries()) {
      // Results of older versions do not say where the largest deflection is.
      if (after === undefined) continue;
      const [x1, x2] = [onset + after / 1000, onset + (after + ms) / 1000].map(at =>
        placeOf(at, span, width),
      );
      const y = 10 + row * 18;
      const ink = colour('ink');
      line(context, x1!, y, x2!, y, ink, [], 2);
      for (const x of [x1!, x2!]) {
        line(context, x, y - 4, x, y + 4, ink, [], 2);
        line(context, x, y + 4, x, yOf(0), colour('border'), [2, 3]);
      }
      context.textAlign = 'left';
      context.fillStyle = ink;
      context.fillText(`${name} ${written(ms.toFixed(2))} ms`, Math.min(x2! + 6, width - 110), y);
    }
  }
  context.restore();
}

const endOf = ({ time, twoCyclesMs }: Candidate) => time + twoCyclesMs / 1000;

/** Of paper on a screen whose pixels are as large as CSS takes them to be: 96 to an inch. */
export function millimetresPerSecond(width: number, { from, to }: Span): number {
  return ((plotWidth(width) / 96) * 25.4) / (to - from);
}
