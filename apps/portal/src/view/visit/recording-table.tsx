'use client';
/** The recordings of a visit in a table, with what each came to or how far it is. */
import Link from 'next/link';
import type { ListedRecording } from '../../server/visits.ts';
import { sitesText } from '../../text/index.ts';
import { refusalText } from '../api-client.ts';
import { saidOf } from '../chest/chest-map.tsx';
import { totalOf } from '../chest/site-results.ts';
import { useText } from '../text-context.tsx';

export function RecordingTable({ recordings }: { recordings: readonly ListedRecording[] }) {
  const text = useText();
  return (
    <div className="scroll">
      <table className="recordings">
        <thead>
          <tr>
            <th scope="col">{text.visit.tableNumber}</th>
            <th scope="col">{text.visit.tableSite}</th>
            <th scope="col">{text.visit.tableLength}</th>
            <th scope="col">{text.visit.tableQuality}</th>
            <th scope="col">{text.visit.tableState}</th>
          </tr>
        </thead>
        <tbody>
          {recordings.map(recording => (
            <tr key={recording.id}>
              <th scope="row">
                <Link href={`/recordings/${recording.id}`} prefetch={false}>
                  {text.recording.title(recording.number)}
                </Link>
              </th>
              <td>{sitesText(text, recording, text.notSaid)}</td>
              <td className="number">{text.decimal(recording.seconds.toFixed(1))} s</td>
              <td>{recording.quality.map(code => text.findingTitles[code] ?? code).join(', ')}</td>
              <td>
                <RecordingState recording={recording} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function RecordingState({
  recording: { state, progress, before, channels, withheld, failure },
}: {
  recording: ListedRecording;
}) {
  const text = useText();
  if (state === 'done' && withheld) return text.review.blindHere;
  // That of the analysis which stands, whatever becomes of a newer one.
  const counts = channels === null ? null : saidOf(text, totalOf(channels), '');
  if (state === 'done' && counts !== null) return counts;
  return (
    <>
      {counts}
      {counts !== null && <br />}
      {state === 'failed' ? (
        <span className="refusal">
          {counts === null ? text.states.failed : text.recording.newFailed}
          {failure && `: ${refusalText(text, failure)}`}
        </span>
      ) : (
        <span role="status">
          {state === 'at-work' && <progress max={1} value={progress} aria-label={text.states['at-work']} />}{' '}
          {text.states[state ?? 'waiting']}
          {state === 'waiting' && before !== null && ` (${text.queue.before(before)})`}
        </span>
      )}
    </>
  );
}
