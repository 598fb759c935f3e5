/** Cycles as bands, and class activation under them. */
import type { Ratio, ScreenedChannel } from '@crepitus/model';
import { roundAbove } from './axes.ts';
import { clip, drawBorders, gutter, line, placeOf, plotRight, sheetOf, signed } from './drawing.ts';
import { phaseEnd } from './phase-ends.ts';
import type { Span } from './viewport.ts';

export function drawCycles(
  canvas: HTMLCanvasElement,
  span: Span,
  channel: ScreenedChannel,
  chosen: number | null,
  ratio: Ratio | null = null,
): void {
  const { context, width, height, colour } = sheetOf(canvas);
  clip(context, width, height);
  for (const [i, cycle] of channel.cycles.entries()) {
    const from = placeOf(cycle.start, span, width);
    const to = placeOf(cycle.end, span, width);
    const fill = cycle.crackle === null ? 'cycle-unscored' : cycle.crackle ? 'cycle-crackle' : 'cycle-clear';
    context.fillStyle = colour(fill);
    context.fillRect(from + 1, 2, to - from - 2, height - 10);
    const phase = phaseEnd(cycle, ratio);
    if (phase !== null) {
      const at = placeOf(phase.at, span, width);
      context.save();
      context.globalAlpha = 0.16;
      context.fillStyle = colour('ink');
      context.fillRect(at, 2, to - 1 - at, height - 10); // The expiration.
      context.restore();
      line(context, at, 2, at, height - 8, colour('ink'), phase.isAssumed ? [2, 3] : []);
    }
    // Others without a score are not scored yet, or under a blind review.
    if (cycle.abstained) hatch(context, from + 1, to - 1, height - 8, colour('ink'));
    if (chosen === i) {
      context.strokeStyle = colour('accent');
      context.lineWidth = 3;
      context.strokeRect(from + 1.5, 2.5, to - from - 3, height - 11);
    }
    const label = String(i + 1);
    context.fillStyle = colour('ink');
    context.textAlign = 'center';
    const seen = [Math.max(from, gutter), Math.min(to, plotRight(width))] as const;
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
  drawBorders(context, span, width, height, channel, colour('border'));
  context.restore();
  line(context, gutter, yOf(0), plotRight(width), yOf(0), colour('border'));
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
