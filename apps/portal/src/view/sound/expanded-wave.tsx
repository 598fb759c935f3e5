'use client';
/** Time-expanded waveform: the tens of milliseconds around a moment, with the widths of a crackle candidate on it. */
import type { ScreenedChannel } from '@crepitus/model';
import { useEffect, useId, useRef } from 'react';
import { useText } from '../text-context.tsx';
import { drawExpanded, millimetresPerSecond } from './expanded-drawing.ts';
import { useRedraws } from './picture-input.ts';
import { limits } from './preferences.ts';
import type { Wave } from './sound.worker.ts';
import { type Span, spanWithin } from './viewport.ts';

export type Candidate = NonNullable<ScreenedChannel['candidates']>['events'][number];

/** The window around a moment; a candidate stands in its middle. */
export function expandedSpan(
  at: number,
  candidate: Candidate | null,
  windowMs: number,
  seconds: number,
): Span {
  const middle = candidate === null ? at : candidate.time + candidate.twoCyclesMs / 2000;
  return spanWithin(middle - windowMs / 2000, windowMs / 1000, seconds);
}

export function ExpandedWave({
  wave,
  span,
  cursor,
  events,
  candidate,
  windowMs,
  onWindow,
  onPlay,
}: {
  wave: Wave | null;
  span: Span;
  cursor: number;
  /** Null: none are told. */
  events: readonly Candidate[] | null;
  /** The one whose widths are drawn. */
  candidate: Candidate | null;
  windowMs: number;
  onWindow: (windowMs: number) => void;
  onPlay: () => void;
}) {
  const text = useText();
  const id = useId();
  const canvas = useRef<HTMLCanvasElement>(null);
  const redraws = useRedraws(canvas);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `redraws` counts changes of size and colours
  useEffect(() => {
    if (canvas.current && wave) drawExpanded(canvas.current, span, wave, events ?? [], candidate, cursor);
  }, [wave, span, events, candidate, cursor, redraws]);
  const width = canvas.current?.clientWidth ?? 0;
  return (
    <div className="expanded">
      <p className="axis">
        {text.view.expanded} ({text.recording.waveUnit})
        {width > 0 && `, ${text.view.magnification(Math.round(millimetresPerSecond(width, span)))}`}
      </p>
      <canvas
        ref={canvas}
        role="img"
        aria-label={text.view.expandedDescription(
          text.decimal(span.from.toFixed(3)),
          text.decimal(span.to.toFixed(3)),
        )}
        aria-describedby={`${id}words`}
      />
      <p className="axis centre">{text.recording.timeUnit}</p>
      <div className="controls">
        <span className="slider">
          <label htmlFor={`${id}window`}>{text.view.window}</label>
          <input
            id={`${id}window`}
            type="range"
            min={limits.windowMs[0]}
            max={limits.windowMs[1]}
            step={10}
            value={windowMs}
            aria-valuetext={`${windowMs} ms`}
            onChange={event => onWindow(Number(event.target.value))}
          />
          <output htmlFor={`${id}window`}>{windowMs} ms</output>
        </span>
        <button type="button" aria-disabled={wave === null} onClick={onPlay}>
          {text.view.playWindow}
        </button>
        <p id={`${id}words`} role="status" className="candidate-words">
          {events !== null && candidate === null && text.view.noCandidateChosen}
          {events !== null &&
            candidate !== null &&
            text.view.candidateWords(
              events.indexOf(candidate) + 1,
              events.length,
              text.decimal(candidate.time.toFixed(3)),
              text.view.kinds[candidate.kind],
              text.decimal(candidate.initialDeflectionMs.toFixed(2)),
              text.decimal(candidate.twoCyclesMs.toFixed(2)),
              text.decimal(candidate.largestDeflectionMs.toFixed(2)),
            )}
        </p>
      </div>
    </div>
  );
}
