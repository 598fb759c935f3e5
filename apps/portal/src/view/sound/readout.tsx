'use client';
/** What stands at a point of the pictures: by the pointer, or by a line that the keyboard moves, said then too. */
import { type RefObject, useRef, useState } from 'react';
import { useText } from '../text-context.tsx';
import { secondsText } from './axes.ts';
import { momentAt } from './drawing.ts';
import type { Marks } from './marks-drawing.ts';
import { amplitudeAt, levelAt } from './reading.ts';
import type { Picture, Sound } from './sound.worker.ts';
import type { usePictures } from './use-pictures.ts';
import type { Viewport } from './use-viewport.ts';

export interface ShownReadout {
  /** Written without drawing the page anew: the pointer moves often. */
  readonly line: RefObject<HTMLParagraphElement | null>;
  readonly said: string;
  point(marks: Marks['hover']): void;
  /** The line of frequency by keyboard, at the cursor. */
  moveLine(by: number): void;
}

export function useReadout(
  { span, range, scale }: Viewport,
  { canvases, hover, pointAt }: ReturnType<typeof usePictures>,
  { sound, picture, cursor }: { sound: Sound | null; picture: Picture | null; cursor: number },
): ShownReadout {
  const text = useText();
  const line = useRef<HTMLParagraphElement>(null);
  const [said, setSaid] = useState('');
  /** Of a moment and a frequency, as wide as a pixel. */
  const readingAt = (at: number, hz: number | null): string => {
    const width = canvases.wave.current?.clientWidth ?? 0;
    const perPixel = momentAt(101, span, width) - momentAt(100, span, width);
    const amplitude = sound === null ? null : amplitudeAt(sound.filtered, sound.rate, at, perPixel);
    const level = picture === null || hz === null ? null : levelAt(picture, at, hz, perPixel);
    return text.view.reading(
      text.decimal(secondsText(at, span)),
      hz === null ? null : String(Math.round(hz)),
      level === null ? null : text.view.signed(level, 0),
      amplitude === null ? null : text.decimal(amplitude.toPrecision(2)),
    );
  };
  const point = (marks: Marks['hover']) => {
    pointAt(marks);
    if (line.current)
      line.current.textContent = marks === null ? text.view.readingHint : readingAt(marks.seconds, marks.hz);
  };
  return {
    line,
    said,
    point,
    moveLine: by => {
      if (range === null || scale === null) return;
      const now = scale.placeOf(hover.current?.hz ?? (range.low + range.high) / 2);
      const [low, high] = [scale.placeOf(range.low), scale.placeOf(range.high)];
      const hz = scale.hzAt(Math.min(high, Math.max(low, now + (by * (high - low)) / 40)));
      point({ seconds: cursor, hz });
      setSaid(readingAt(cursor, hz));
    },
  };
}

export function Readout({ readout: { line, said } }: { readout: ShownReadout }) {
  const text = useText();
  return (
    <>
      <p ref={line} className="readout">
        {text.view.readingHint}
      </p>
      <p role="status" className="sr">
        {said}
      </p>
    </>
  );
}
