'use client';
/** A picture of each flagged cycle, with what its score says and what reviewers said. */
import type { ReportedRecording } from '../../server/report.ts';
import type { Text } from '../../text/index.ts';
import { Explanation } from '../sound/cycle-table.tsx';
import { useText } from '../text-context.tsx';
import type { CyclePictures } from './cycle-pictures.tsx';
import { Words } from './findings-table.tsx';
import { cycleName, isFlagged, type ReportedCycle, reportedCycles } from './reported-cycles.ts';

export function FlaggedCycles({
  recording,
  pictures,
}: {
  recording: ReportedRecording;
  pictures: CyclePictures;
}) {
  const text = useText();
  const flagged = reportedCycles(recording).filter(isFlagged);
  if (flagged.length === 0) return <p>{text.report.noneFlagged}</p>;
  return (
    <div className="flagged">
      {flagged.map(cycle => (
        <figure key={cycleName(recording.id, cycle)}>
          <CyclePictureOf recording={recording} cycle={cycle} pictures={pictures} />
          <figcaption>
            <strong>{headOf(text, recording, cycle)}</strong>{' '}
            {cycle.found !== null && !recording.withheld && recording.result !== null && (
              <Explanation cycle={cycle.found} number={cycle.number ?? 0} result={recording.result} />
            )}
            <div>
              <Words cycle={cycle} />
            </div>
          </figcaption>
        </figure>
      ))}
    </div>
  );
}

function CyclePictureOf({
  recording,
  cycle,
  pictures,
}: {
  recording: ReportedRecording;
  cycle: ReportedCycle;
  pictures: CyclePictures;
}) {
  const text = useText();
  const picture = pictures.get(cycleName(recording.id, cycle));
  if (picture === undefined) return <p className="not-drawn">{text.report.notDrawn}</p>;
  if (picture.images === null)
    return (
      <p className="not-drawn">
        {text.recording.soundFailed}: {picture.problem}
      </p>
    );
  const { wave, mel } = picture.images;
  const where = headOf(text, recording, cycle);
  return (
    <>
      {/* biome-ignore lint/performance/noImgElement: drawn in this page */}
      <img className="wave" src={wave} alt={`${text.recording.waveform}: ${where}`} />
      {/* biome-ignore lint/performance/noImgElement: drawn in this page */}
      <img className="mel" src={mel} alt={`${text.recording.mel}: ${where}`} />
    </>
  );
}

function headOf(text: Text, { number, sites }: ReportedRecording, cycle: ReportedCycle): string {
  const site = sites[cycle.channel] ?? null;
  return [
    text.recording.title(number),
    ...(sites.length > 1 ? [text.recording.channel(cycle.channel)] : []),
    ...(site === null ? [] : [text.sites[site] ?? site]),
    cycle.number === null ? text.report.gone : `${text.recording.cycle} ${cycle.number}`,
    `${text.decimal(cycle.start.toFixed(2))}–${text.decimal(cycle.end.toFixed(2))} s`,
  ].join(', ');
}
