'use client';
/** Pictures of flagged cycles, with what the detector and reviewers said of each. */
import { explainScore } from '@crepitus/model';
import type { ReportedRecording } from '../../server/report.ts';
import { findingText } from '../../text/finding-text.ts';
import type { Text } from '../../text/index.ts';
import { dataNameOf } from '../sound/detector-text.ts';
import { useText } from '../text-context.tsx';
import type { CyclePictures, PictureSize } from './cycle-pictures.tsx';
import { Words } from './findings-table.tsx';
import {
  cycleName,
  isFlagged,
  type PictureChoice,
  picturedCycles,
  type ReportedCycle,
  reportedCycles,
} from './reported-cycles.ts';

/** Of all recordings in one row after the other, so that a recording with few begins no page of its own. */
export function FlaggedCycles({
  recordings,
  choice,
  size,
  pictures,
}: {
  recordings: readonly ReportedRecording[];
  choice: PictureChoice;
  size: PictureSize;
  pictures: CyclePictures;
}) {
  const text = useText();
  const flagged = recordings.flatMap(reportedCycles).filter(isFlagged).length;
  const shown = recordings.map(recording => ({ recording, cycles: picturedCycles(recording, choice) }));
  const count = shown.reduce((sum, { cycles }) => sum + cycles.length, 0);
  if (flagged === 0) return <p>{text.report.noneFlagged}</p>;
  return (
    <>
      {count < flagged && <p>{text.report.leftOut(count, flagged, choice)}</p>}
      {count > 0 && <p className="hint">{text.report.flaggedHint}</p>}
      <div className={`flagged ${size}`}>
        {shown.flatMap(({ recording, cycles }) =>
          cycles.map(cycle => (
            <figure key={cycleName(recording.id, cycle)}>
              <CyclePictureOf recording={recording} cycle={cycle} pictures={pictures} />
              <figcaption>
                <strong>{headOf(text, recording, cycle)}</strong>
                <Said recording={recording} cycle={cycle} />
                <div>
                  <Words cycle={cycle} />
                </div>
              </figcaption>
            </figure>
          )),
        )}
      </div>
    </>
  );
}

/** The detector's word and how often it was right, in as few words as fit under a picture. */
function Said({
  recording: { result, withheld },
  cycle,
}: {
  recording: ReportedRecording;
  cycle: ReportedCycle;
}) {
  const text = useText();
  const { found } = cycle;
  if (found === null || result === null || withheld) return null;
  if (found.score === null)
    return (
      <div>
        {text.recording.abstained}. {found.abstained && findingText(text, found.abstained)}
      </div>
    );
  const { cases } = explainScore(result.detector, found.score);
  return (
    <div>
      {text.report.called(
        found.crackle === true,
        text.decimal(found.score.toFixed(3)),
        text.decimal(result.threshold.toFixed(3)),
      )}{' '}
      {cases === null
        ? text.report.likeItUnknown
        : text.report.likeIt(
            cases
              .map(each => text.report.ofThem(each.crackles, each.cycles, dataNameOf(each.dataset)))
              .join(', '),
          )}
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
