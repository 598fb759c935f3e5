'use client';
import type { RecordingAnalysis } from '@crepitus/analyses';
/** The cycles of one channel as a table, and what their scores mean and rest on. */
import { explainScore, type ScreenedChannel, type ScreenedCycle } from '@crepitus/model';
import Link from 'next/link';
import { findingText } from '../../text/finding-text.ts';
import type { Text } from '../../text/index.ts';
import { translated } from '../../text/translated.ts';
import type { CycleTools } from '../review/use-cycle-tools.ts';
import { WordsCell } from '../review/words-cell.tsx';
import { useText } from '../text-context.tsx';
import { candidatesText, dataNameOf, inspirationText, partsText } from './detector-text.ts';

/** Directly under the pictures: whoever walks the cycles by keys reads it without scrolling. */
export function ChosenCycle({
  screened,
  result,
  tools: { isBlind, isEditing },
  chosen,
}: {
  screened: ScreenedChannel;
  result: RecordingAnalysis;
  tools: CycleTools;
  chosen: number | null;
}) {
  const text = useText();
  if (isBlind || screened.cycles.length === 0) return null;
  const cycle = chosen === null || isEditing ? undefined : screened.cycles[chosen];
  return (
    <p role="status" className="explained">
      {cycle === undefined && !isEditing && text.recording.chooseHint}
      {cycle && <Explanation cycle={cycle} number={chosen! + 1} result={result} />}
    </p>
  );
}

export function CycleTable({
  screened,
  tools,
  chosen,
  onChoose,
  onPlay,
}: {
  screened: ScreenedChannel;
  tools: CycleTools;
  chosen: number | null;
  onChoose: (index: number) => void;
  onPlay: (index: number) => void;
}) {
  const text = useText();
  if (screened.cycles.length === 0) return <p>{text.recording.noCycles}</p>;
  const { recording, isBlind, visible, judged } = tools;
  return (
    <>
      <h3>{text.recording.cycles}</h3>
      <div className="scroll">
        <table className="cycles">
          <thead>
            <tr>
              <th scope="col">{text.recording.cycle}</th>
              <th scope="col">{text.recording.from}, s</th>
              <th scope="col">{text.recording.to}, s</th>
              {!isBlind && (
                <>
                  <th scope="col">{text.recording.finding}</th>
                  <th scope="col">{text.recording.score}</th>
                  <th scope="col">{text.recording.candidatesShort}</th>
                </>
              )}
              {recording !== null && <th scope="col">{text.review.column}</th>}
              <th scope="col">
                <span className="sr">{text.recording.playCycle}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {visible.map(i => {
              const cycle = screened.cycles[i]!;
              const count = screened.candidates?.perCycle[i];
              return (
                <tr key={cycle.start} className={chosen === i ? 'chosen' : ''}>
                  <th scope="row">
                    <button
                      type="button"
                      className="quiet"
                      aria-pressed={chosen === i}
                      onClick={() => onChoose(i)}
                    >
                      {text.recording.cycle} {i + 1}
                    </button>
                  </th>
                  <td>{text.decimal(cycle.start.toFixed(2))}</td>
                  <td>{text.decimal(cycle.end.toFixed(2))}</td>
                  {!isBlind && (
                    <>
                      <td>
                        <Finding cycle={cycle} />
                      </td>
                      <td className="number">
                        {cycle.score === null ? '' : text.decimal(cycle.score.toFixed(3))}
                      </td>
                      <td className="number">
                        {count === undefined
                          ? ''
                          : count.inspiration === null
                            ? count.all
                            : `${count.inspiration} / ${count.expiration}`}
                      </td>
                    </>
                  )}
                  {recording !== null && (
                    <td>
                      <WordsCell judged={judged[i]!} />
                    </td>
                  )}
                  <td>
                    <button
                      type="button"
                      aria-label={`${text.recording.play}: ${text.recording.cycle} ${i + 1}`}
                      onClick={() => onPlay(i)}
                    >
                      ▶
                    </button>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Finding({ cycle: { crackle, abstained } }: { cycle: ScreenedCycle }) {
  const text = useText();
  if (crackle === null)
    return (
      <>
        <span className="finding unscored">
          {abstained === undefined ? text.review.notScored : text.recording.abstained}
        </span>
        {abstained && <span className="why">{findingText(text, abstained)}</span>}
      </>
    );
  return crackle ? (
    <span className="finding crackle">{text.recording.crackle}</span>
  ) : (
    <span className="finding clear">{text.recording.clear}</span>
  );
}

/** What one score means, in words; never a bare number. */
export function Explanation({
  cycle,
  number,
  result,
}: {
  cycle: ScreenedCycle;
  number: number;
  result: RecordingAnalysis;
}) {
  const text = useText();
  if (cycle.score === null)
    return (
      <>
        {text.recording.cycle} {number}: {text.recording.abstained}.{' '}
        {cycle.abstained && findingText(text, cycle.abstained)}
      </>
    );
  const spans = cycle.evidence
    .filter(piece => piece.kind === 'time')
    // What is shorter cannot be told in hundredths.
    .filter(({ start, end }) => end - start >= 0.01)
    .map(({ start, end }) => `${text.decimal(start.toFixed(2))}–${text.decimal(end.toFixed(2))}`);
  return (
    <>
      {number}.{' '}
      {text.recording.explained(
        text.decimal(cycle.score.toFixed(3)),
        text.decimal(result.threshold.toFixed(3)),
        cycle.crackle === true,
      )}{' '}
      {similarCases(text, result, cycle.score)} {partsText(text, cycle, result.detector)}{' '}
      {spans.length > 0 && text.recording.evidence(spans.join(', '))}
    </>
  );
}

/** How many cycles scored like this had crackles, as counts, or why that is not said. */
function similarCases(text: Text, { detector }: RecordingAnalysis, score: number): string {
  const { cases, missing } = explainScore(detector, score);
  if (cases === null) return missing.code === 'no-cases' ? text.scoreCases.none : text.scoreCases.tooFew;
  return cases.map(each => text.scoreCases.counted(dataNameOf(each.dataset), each)).join(' ');
}

/** What the bundle says in English: in the reader's language, or as the quotation that it is. */
function FromBundle({ sentence }: { sentence: string }) {
  const text = useText();
  if (text.locale.startsWith('en')) return sentence;
  return translated(text, sentence) ?? <q lang="en">{sentence}</q>;
}

export function RestsOn({ result, screened }: { result: RecordingAnalysis; screened: ScreenedChannel }) {
  const text = useText();
  const { bundle, detector } = result;
  const inspiration = inspirationText(text, detector, screened);
  return (
    <>
      <h3>{text.recording.restsOn}</h3>
      <ul className="facts">
        <li>
          {detector.calibration === null ? (
            text.recording.notCalibrated
          ) : (
            <>
              {text.recording.calibrated} <FromBundle sentence={detector.calibration.chosenBy} />.
            </>
          )}
        </li>
        {detector.scoreCases?.map(({ dataset, unit, cycles, subjects, scoredBy }) => (
          <li key={dataset}>
            {text.scoreCases.countedIn(dataNameOf(dataset), cycles, subjects, unit)} (
            <FromBundle sentence={scoredBy} />
            ). {text.scoreCases.mayDiffer}
          </li>
        ))}
        <li>
          {text.recording.learnedFrom(
            detector.trainedOn
              .map(({ dataset, subjects, recordings, cycles, unit }) =>
                text.recording.learnedPart(dataNameOf(dataset), subjects, recordings, cycles, unit),
              )
              .join(', '),
          )}
        </li>
        <li>
          {text.recording.thresholdChosenBy} <FromBundle sentence={detector.thresholdChosenBy} />.
        </li>
        {detector.measures != null && <li>{text.recording.twoParts}</li>}
        <li>{candidatesText(text, detector.measures)}</li>
        {inspiration !== '' && <li>{inspiration}</li>}
        <li>
          <Link href="/about" prefetch={false}>
            {text.recording.detector(bundle.id, bundle.version)}
          </Link>
          , {text.recording.checksum} <code className="secret">{bundle.sha256}</code>
        </li>
      </ul>
    </>
  );
}
