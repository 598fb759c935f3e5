/** What is drawn over all pictures, and moves: cursor, pointer, selection. */
import { clip, gutter, line, placeOf, plotRight, sheetOf } from './drawing.ts';
import type { Box, Span } from './viewport.ts';

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
      line(context, gutter, y, plotRight(width), y, 'rgb(0 0 0 / 0.6)', [], 3);
      line(context, gutter, y, plotRight(width), y, '#ffffff', [3, 3]);
    }
  }
  if (cursor >= span.from && cursor <= span.to) {
    const x = placeOf(cursor, span, width);
    line(context, x, 0, x, height, colour('cursor'), [], 2);
  }
  context.restore();
}
