'use client';
/** The whole recording in small: where one is in it, and a way to other places. */
import type { ScreenedChannel } from '@crepitus/model';
import { useEffect, useRef } from 'react';
import { useText } from '../text-context.tsx';
import { momentAt } from './drawing.ts';
import { usePointer, useRedraws } from './picture-input.ts';
import type { Wave } from './sound.worker.ts';
import { type Span, spanWithin } from './viewport.ts';
import { drawOverview } from './wave-drawing.ts';

export function OverviewBar({
  seconds,
  span,
  wave,
  channel,
  onMove,
}: {
  seconds: number;
  span: Span;
  wave: Wave | null;
  channel: ScreenedChannel | null;
  onMove: (span: Span) => void;
}) {
  const text = useText();
  const canvas = useRef<HTMLCanvasElement>(null);
  const redraws = useRedraws(canvas);
  const length = span.to - span.from;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `redraws` counts changes of size and colours
  useEffect(() => {
    if (canvas.current) drawOverview(canvas.current, seconds, span, wave, channel);
  }, [seconds, span, wave, channel, redraws]);
  const centreAt = (x: number, width: number) => {
    const at = momentAt(x, { from: 0, to: seconds }, width);
    onMove(spanWithin(at - length / 2, length, seconds));
  };
  const pointer = usePointer({
    onHover: () => {},
    onPress: ({ x, canvas }) => centreAt(x, canvas.clientWidth),
    onDrag: (_, { x, canvas }) => centreAt(x, canvas.clientWidth),
    onDrop: () => {},
  });
  const press = (event: React.KeyboardEvent) => {
    const steps: Record<string, number> = {
      ArrowLeft: -length / 10,
      ArrowRight: length / 10,
      PageUp: -length,
      PageDown: length,
      Home: -seconds,
      End: seconds,
    };
    const by = steps[event.key];
    if (by === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    onMove(spanWithin(span.from + by, length, seconds));
  };
  return (
    <canvas
      ref={canvas}
      className="overview"
      role="slider"
      tabIndex={0}
      aria-label={text.view.overview}
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={Number((seconds - length).toFixed(3))}
      aria-valuenow={Number(span.from.toFixed(3))}
      aria-valuetext={text.view.shown(text.decimal(span.from.toFixed(2)), text.decimal(span.to.toFixed(2)))}
      onKeyDown={press}
      {...pointer}
    />
  );
}
