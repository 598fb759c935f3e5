'use client';
/** In words what the pictures show: a canvas says nothing to those who do not see it. */
import type { ScreenedChannel } from '@crepitus/model';
import { useText } from '../text-context.tsx';
import { timeAxis } from './axes.ts';
import type { Wave } from './sound.worker.ts';
import type { FrequencyRange, Span } from './viewport.ts';

export function ViewSummary({
  id,
  span,
  range,
  wave,
  channel,
}: {
  id: string;
  span: Span;
  /** Null: there is no picture yet. */
  range: FrequencyRange | null;
  wave: Wave | null;
  channel: ScreenedChannel | null;
}) {
  const text = useText();
  const digits = span.to - span.from < 2 ? 3 : 2;
  const { step } = timeAxis(span, 900);
  const inView = (start: number, end: number) => end > span.from && start < span.to;
  const cycles = (channel?.cycles ?? []).filter(({ start, end }) => inView(start, end));
  const events = (channel?.candidates?.events ?? []).filter(({ time }) => inView(time, time));
  const loudest = wave === null ? null : loudestIn(wave, span);
  return (
    <p id={id} className="hint in-words">
      {text.view.shown(text.decimal(span.from.toFixed(digits)), text.decimal(span.to.toFixed(digits)))}{' '}
      {range !== null && text.view.shownRange(Math.round(range.low), Math.round(range.high))}{' '}
      <span className="sr">
        {text.view.ticks(text.decimal(String(step)))}{' '}
        {loudest !== null &&
          text.view.loudest(
            text.decimal(loudest.level.toPrecision(2)),
            text.decimal(loudest.at.toFixed(3)),
          )}{' '}
      </span>
      {channel !== null &&
        text.view.inView(
          cycles.length,
          // Nothing is said where nobody was to look, as in a blind pass.
          cycles.some(({ crackle }) => crackle !== null)
            ? cycles.filter(({ crackle }) => crackle).length
            : null,
          channel.candidates ? events.length : null,
        )}
    </p>
  );
}

function loudestIn({ filtered, rate }: Wave, { from, to }: Span): { level: number; at: number } {
  let best = Math.max(0, Math.floor(from * rate));
  const end = Math.min(filtered.length, Math.ceil(to * rate));
  for (let i = best; i < end; i++) if (Math.abs(filtered[i]!) > Math.abs(filtered[best]!)) best = i;
  return { level: Math.abs(filtered[best] ?? 0), at: best / rate };
}
