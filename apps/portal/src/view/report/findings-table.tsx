'use client';
/** Every cycle of a recording: what the detector found and what each reviewer said, side by side. */
import type { ReportedRecording } from '../../server/report.ts';
import { findingText } from '../../text/finding-text.ts';
import { ScrollRegion } from '../scroll-region.tsx';
import { useText } from '../text-context.tsx';
import { type ReportedCycle, reportedCycles } from './reported-cycles.ts';

export function FindingsTable({
  recording,
  label,
}: {
  recording: ReportedRecording;
  /** Names the table on the page. */
  label: string;
}) {
  const text = useText();
  const cycles = reportedCycles(recording);
  const severalChannels = recording.sites.length > 1;
  const isReviewed = cycles.some(({ words }) => words.length > 0);
  if (cycles.length === 0)
    return <p>{recording.result === null ? text.report.notAnalysed : text.recording.noCycles}</p>;
  return (
    <>
      {!isReviewed && <p className="hint">{text.report.nobodyHere}</p>}
      <ScrollRegion label={label} className="cycle-by-cycle">
        <table className="findings-table">
          <thead>
            <tr>
              {severalChannels && <th scope="col">{text.recording.channelName}</th>}
              <th scope="col">{text.recording.cycle}</th>
              <th scope="col">{text.report.seconds}</th>
              <th scope="col">{text.report.detectorCalls}</th>
              <th scope="col">{text.report.candidates}</th>
              {isReviewed && <th scope="col">{text.report.reviewersSay}</th>}
            </tr>
          </thead>
          <tbody>
            {cycles.map(cycle => (
              <tr key={`${cycle.channel} ${cycle.start} ${cycle.end}`}>
                {severalChannels && <td>{cycle.channel + 1}</td>}
                <th scope="row">{cycle.number ?? text.report.gone}</th>
                <td className="number">
                  {text.decimal(cycle.start.toFixed(2))}–{text.decimal(cycle.end.toFixed(2))}
                </td>
                <td>
                  <Found cycle={cycle} withheld={recording.withheld} />
                </td>
                <td className="number">{candidateText(cycle)}</td>
                {isReviewed && (
                  <td>
                    <Words cycle={cycle} />
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </>
  );
}

function Found({ cycle: { found }, withheld }: { cycle: ReportedCycle; withheld: boolean }) {
  const text = useText();
  if (found === null) return text.report.goneHint;
  if (withheld) return text.report.withheld;
  if (found.crackle === null)
    return (
      <>
        <span className="finding unscored">{text.recording.abstained}</span>
        {found.abstained && <span className="why">{findingText(text, found.abstained)}</span>}
      </>
    );
  return (
    <span className={`finding ${found.crackle ? 'crackle' : 'clear'}`}>
      {found.crackle ? text.yes : text.no}
    </span>
  );
}

function candidateText({ candidates }: ReportedCycle): string {
  if (candidates === null) return '';
  const { all, inspiration, expiration } = candidates;
  return inspiration === null ? String(all) : `${inspiration} / ${expiration}`;
}

export function Words({ cycle: { words } }: { cycle: ReportedCycle }) {
  const text = useText();
  if (words.length === 0) return <span className="soft">{text.report.notReviewed}</span>;
  return (
    <ul className="said">
      {words.map(({ word, reviewer, blind }) => (
        <li key={reviewer.id}>
          <span className={`finding ${word === 'unsure' ? 'unscored' : word}`}>
            {text.review.words[word]}
          </span>{' '}
          {reviewer.name}
          {blind && `, ${text.review.saidBlind}`}
        </li>
      ))}
    </ul>
  );
}
