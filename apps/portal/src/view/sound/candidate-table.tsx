'use client';
/** Crackle candidates: how many in inspiration and expiration, and each with its widths. */
import type { ScreenedChannel } from '@crepitus/model';
import { memo, useEffect, useRef } from 'react';
import { useText } from '../text-context.tsx';

export const CandidateTable = memo(function CandidateTable({
  candidates,
  chosen,
  onChoose,
}: {
  candidates: NonNullable<ScreenedChannel['candidates']>;
  /** Its place in the list. */
  chosen: number | null;
  onChoose: (index: number) => void;
}) {
  const text = useText();
  const { events } = candidates;
  const row = useRef<HTMLTableRowElement>(null);
  const box = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever another one is chosen
  useEffect(() => {
    // Within the list alone: the page stays where it is.
    const [list, shown] = [box.current, row.current];
    if (list && shown) list.scrollTop = shown.offsetTop - list.clientHeight / 2;
  }, [chosen]);
  const count = (phase: string | null, kind?: string) =>
    events.filter(event => event.phase === phase && (kind === undefined || event.kind === kind)).length;
  const phases = (['inspiration', 'expiration', null] as const).filter(phase => count(phase) > 0);
  return (
    <>
      <p>{text.view.candidatesSummary(events.length)}</p>
      {events.length > 0 && (
        <>
          <table className="counts">
            <caption>{text.view.counts}</caption>
            <thead>
              <tr>
                <th scope="col">{text.view.phase}</th>
                <th scope="col">{text.view.kinds.fine}</th>
                <th scope="col">{text.view.kinds.coarse}</th>
                <th scope="col">{text.view.together}</th>
              </tr>
            </thead>
            <tbody>
              {phases.map(phase => (
                <tr key={phase}>
                  <th scope="row">{phase === null ? text.view.noPhase : text.view.phases[phase]}</th>
                  <td className="number">{count(phase, 'fine')}</td>
                  <td className="number">{count(phase, 'coarse')}</td>
                  <td className="number">{count(phase)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <div className="scroll candidates" ref={box}>
            <table>
              <caption>{text.view.each}</caption>
              <thead>
                <tr>
                  <th scope="col">{text.view.time}</th>
                  <th scope="col">{text.recording.cycle}</th>
                  <th scope="col">{text.view.phase}</th>
                  <th scope="col">{text.view.kind}</th>
                  <th scope="col">IDW, ms</th>
                  <th scope="col">2CD, ms</th>
                  <th scope="col">LDW, ms</th>
                  <th scope="col">{text.view.level}</th>
                </tr>
              </thead>
              <tbody>
                {events.map((event, i) => (
                  <tr
                    key={event.time}
                    className={chosen === i ? 'chosen' : ''}
                    {...(chosen === i ? { ref: row } : {})}
                  >
                    <th scope="row">
                      <button
                        type="button"
                        className="quiet"
                        aria-pressed={chosen === i}
                        onClick={() => onChoose(i)}
                      >
                        {text.decimal(event.time.toFixed(3))}
                      </button>
                    </th>
                    <td>{event.cycle === null ? '' : event.cycle + 1}</td>
                    <td>
                      {event.phase === null
                        ? ''
                        : `${text.view.phases[event.phase]}, ${text.view.thirds[event.third!]}`}
                    </td>
                    <td>{text.view.kinds[event.kind]}</td>
                    <td className="number">{text.decimal(event.initialDeflectionMs.toFixed(2))}</td>
                    <td className="number">{text.decimal(event.twoCyclesMs.toFixed(2))}</td>
                    <td className="number">{text.decimal(event.largestDeflectionMs.toFixed(2))}</td>
                    <td className="number">{text.decimal(event.amplitudeDb.toFixed(1))}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
      <p className="hint">{text.view.widths}</p>
    </>
  );
});
