'use client';
/** Single crackles one after the other, on the time-expanded waveform and in a table; where none are told, the waveform alone. */
import type { DetectorFacts } from '@crepitus/analyses';
import type { ScreenedChannel } from '@crepitus/model';
import { useId } from 'react';
import { useText } from '../text-context.tsx';
import { CandidateTable } from './candidate-table.tsx';
import { candidatesText } from './detector-text.ts';
import { type Candidate, ExpandedWave } from './expanded-wave.tsx';
import type { Wave } from './sound.worker.ts';
import type { Span } from './viewport.ts';

export function SingleCrackles({
  candidates,
  measures,
  chosen,
  onChoose,
  onStep,
  wave,
  span,
  cursor,
  windowMs,
  onWindow,
  onPlay,
}: {
  /** Null: not computed yet, or withheld in a blind pass. */
  candidates: NonNullable<ScreenedChannel['candidates']> | null;
  /** Of the detector. */
  measures: DetectorFacts['measures'];
  /** The chosen one's place in the list. */
  chosen: number | null;
  onChoose: (index: number) => void;
  onStep: (by: 1 | -1) => void;
  wave: Wave | null;
  span: Span;
  cursor: number;
  windowMs: number;
  onWindow: (windowMs: number) => void;
  onPlay: () => void;
}) {
  const text = useText();
  const id = useId();
  const events = candidates?.events ?? null;
  return (
    <section aria-labelledby={`${id}heading`}>
      <h3 id={`${id}heading`}>{events === null ? text.view.expanded : text.view.singleCrackles}</h3>
      {events !== null && (
        <>
          <p className="hint">{candidatesText(text, measures)}</p>
          <p className="buttons">
            <button type="button" aria-disabled={events.length === 0} onClick={() => onStep(-1)}>
              {text.view.previousCandidate}
            </button>
            <button type="button" aria-disabled={events.length === 0} onClick={() => onStep(1)}>
              {text.view.nextCandidate}
            </button>
          </p>
        </>
      )}
      <ExpandedWave
        wave={wave}
        span={span}
        cursor={cursor}
        events={events}
        candidate={candidateAt(events, chosen)}
        windowMs={windowMs}
        onWindow={onWindow}
        onPlay={onPlay}
      />
      {candidates !== null && <CandidateTable candidates={candidates} chosen={chosen} onChoose={onChoose} />}
    </section>
  );
}

export function candidateAt(events: readonly Candidate[] | null, index: number | null): Candidate | null {
  return index === null ? null : (events?.[index] ?? null);
}
