'use client';
import { callingDetector, type DetectorDescription } from '@crepitus/analyses';
/** The report of a visit, as it is printed: facts and quality first, then findings, pictures, and what the scores rest on. */
import { useCallback, useMemo, useState } from 'react';
import type { ReportedRecording, VisitReport } from '../../server/report.ts';
import { findingText } from '../../text/finding-text.ts';
import { dayText, sitesText, type Text } from '../../text/index.ts';
import { refusalText } from '../api-client.ts';
import { CalledNote } from '../called-note.tsx';
import { ChestMap, saidOf } from '../chest/chest-map.tsx';
import { channelResults, countsOf, totalOf } from '../chest/site-results.ts';
import { Markdown } from '../markdown.tsx';
import { agreementText } from '../review/agreement-text.ts';
import { blindnessText } from '../review/blindness-text.ts';
import { MomentText } from '../review/moment-text.tsx';
import { ScrollRegion } from '../scroll-region.tsx';
import { RestsOn } from '../sound/cycle-table.tsx';
import { candidatesText } from '../sound/detector-text.ts';
import { useText } from '../text-context.tsx';
import { cardLimits } from './card-limits.ts';
import { type CyclePictures, DrawingBoard, type PictureSize, piecesOf } from './cycle-pictures.tsx';
import { FindingsTable } from './findings-table.tsx';
import { FlaggedCycles } from './flagged-cycles.tsx';
import { usePageMargins } from './page-margins.ts';
import { PrintBar, usualWishes } from './print-bar.tsx';
import { cycleName } from './reported-cycles.ts';
import './report.css';

export function ReportView({
  report,
  detector,
}: {
  report: VisitReport;
  /** The one that scores now; its card tells of it alone. */
  detector: DetectorDescription | null;
}) {
  const text = useText();
  const { patient, visit, clinicName, recordings } = report;
  const [wishes, setWishes] = useState(usualWishes);
  const { choice, size } = wishes;
  const [pictures, setPictures] = useState<Record<PictureSize, CyclePictures>>({
    small: new Map(),
    large: new Map(),
  });
  const pieces = useMemo(() => piecesOf(recordings, choice), [recordings, choice]);
  const shown = pictures[size];
  const drawn = pieces.flatMap(({ recording, cycles }) =>
    cycles.filter(cycle => shown.has(cycleName(recording.id, cycle))),
  ).length;
  // What is drawn stays: of another wish the missing ones alone are to be drawn.
  const [board, setBoard] = useState({ wishes, pieces });
  if (board.wishes !== wishes)
    setBoard({
      wishes,
      pieces: pieces.filter(({ recording, cycles }) =>
        cycles.some(cycle => !shown.has(cycleName(recording.id, cycle))),
      ),
    });
  const onDrawn = useCallback(
    (more: CyclePictures) =>
      setPictures(before => ({ ...before, [size]: new Map([...before[size], ...more]) })),
    [size],
  );
  usePageMargins({
    topLeft: `${patient.pseudonym}, ${text.visit.title(dayText(text, visit.day))}`,
    topRight: clinicName,
    bottomLeft: text.researchUse,
  });
  return (
    <>
      <PrintBar recordings={recordings} wishes={wishes} onWish={setWishes} drawn={drawn} />
      <article className="report">
        <DrawingBoard
          key={`${board.wishes.choice} ${board.wishes.size}`}
          visitId={visit.id}
          pieces={board.pieces}
          size={board.wishes.size}
          onDrawn={onDrawn}
        />
        <h1>{text.report.heading(patient.pseudonym)}</h1>
        <p className="notice">{text.researchUse}</p>
        {recordings.some(({ withheld }) => withheld) && (
          <p className="notice">
            <strong>{text.report.incomplete}</strong> {text.review.blindOpen}
          </p>
        )}
        <Facts report={report} />
        {recordings.length === 0 ? (
          <p>{text.visit.none}</p>
        ) : (
          <>
            <h2>{text.visit.recordings}</h2>
            <RecordingFacts recordings={recordings} />
            <h2>{text.recording.quality}</h2>
            <Quality recordings={recordings} />
            <h2>{text.report.result}</h2>
            <Result recordings={recordings} />
            <h2>{text.report.findings}</h2>
            <p className="hint">
              {text.report.findingsHint} {candidateSentences(text, recordings)}
            </p>
            {recordings.map(recording => (
              <section key={recording.id}>
                <h3>{titleOf(text, recording)}</h3>
                <FindingsTable
                  recording={recording}
                  label={`${text.report.findings}: ${titleOf(text, recording)}`}
                />
              </section>
            ))}
            <h2>{text.report.flagged}</h2>
            <FlaggedCycles recordings={recordings} choice={choice} size={size} pictures={shown} />
            <Detectors recordings={recordings} detector={detector} />
            <Reviewers recordings={recordings} />
          </>
        )}
        <p className="signature">
          {text.report.signature}
          <span />
        </p>
      </article>
    </>
  );
}

/** One for all detectors, where they do alike. */
function candidateSentences(text: Text, recordings: readonly ReportedRecording[]): string {
  const each = recordings.flatMap(({ result }) =>
    result === null ? [] : [candidatesText(text, result.detector.measures)],
  );
  return [...new Set(each)].join(' ');
}

function Facts({ report: { patient, visit, clinicName, by, at } }: { report: VisitReport }) {
  const text = useText();
  const facts: [string, React.ReactNode][] = [
    [text.patients.pseudonym, patient.pseudonym],
    [text.patients.birthYear, patient.birthYear ?? text.notSaid],
    [text.patients.sex, text.patients.sexes[patient.sex]],
    [text.patient.day, dayText(text, visit.day)],
    [text.report.clinic, clinicName],
    [text.report.printedBy, by],
    [text.report.printedAt, <MomentText key="at" at={at} />],
  ];
  const notes = visit.notes.trim();
  return (
    <dl className="details">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
      {notes !== '' && (
        <div className="notes">
          <dt>{text.report.visitNotes}</dt>
          <dd>{notes}</dd>
        </div>
      )}
    </dl>
  );
}

function RecordingFacts({ recordings }: { recordings: readonly ReportedRecording[] }) {
  const text = useText();
  return (
    <ScrollRegion label={text.visit.recordings}>
      <table>
        <thead>
          <tr>
            <th scope="col">{text.visit.tableNumber}</th>
            <th scope="col">{text.visit.tableSite}</th>
            <th scope="col">{text.recording.length}</th>
            <th scope="col">{text.recording.rate}</th>
            <th scope="col">{text.recording.device}</th>
            <th scope="col">{text.report.taken}</th>
            <th scope="col">{text.recording.cycles}</th>
          </tr>
        </thead>
        <tbody>
          {recordings.map(({ id, number, sites, airflow, facts, device, createdAt, result }) => (
            <tr key={id}>
              <th scope="row">{number}</th>
              <td>{sitesText(text, { sites, airflow }, text.notSaid)}</td>
              <td className="number">{text.decimal(facts.seconds.toFixed(1))} s</td>
              <td className="number">{facts.sampleRate} Hz</td>
              <td>{device || text.notSaid}</td>
              <td>
                <MomentText at={createdAt} />
              </td>
              <td>{result === null ? '' : text.recording.sources[result.recording.cycleSource]}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

function Quality({ recordings }: { recordings: readonly ReportedRecording[] }) {
  const text = useText();
  return (
    <ul className="quality">
      {recordings.map(({ id, number, result, facts }) => {
        const findings = result?.recording.quality ?? facts.findings;
        const said = findings.map(finding => findingText(text, finding)).join(' ');
        return (
          <li key={id}>
            <strong>{text.recording.title(number)}:</strong>{' '}
            {said || (result === null ? text.report.notAnalysed : text.recording.qualityGood)}
          </li>
        );
      })}
    </ul>
  );
}

function Result({ recordings }: { recordings: readonly ReportedRecording[] }) {
  const text = useText();
  const results = recordings.map(recording => ({
    recording,
    channels:
      recording.withheld || recording.result === null
        ? null
        : recording.result.recording.channels.map(each => ({ channel: each.channel, ...countsOf(each) })),
  }));
  const total = totalOf(results.flatMap(({ channels }) => channels ?? []));
  return (
    <>
      <p className="summary">{text.report.detectorFound(saidOf(text, total, ''))}</p>
      <CalledNote
        detectors={recordings.flatMap(({ result, withheld }) =>
          result === null || withheld ? [] : [callingDetector(result)],
        )}
      />
      {results.map(({ recording: { id, number, newest, withheld }, channels }) =>
        channels !== null && (newest === null || newest.state === 'done') ? null : (
          <p key={id}>
            {text.recording.title(number)}:{' '}
            {withheld ? text.report.withheld : text.states[newest?.state ?? 'waiting']}
            {newest?.failure && `: ${refusalText(text, newest.failure)}`}{' '}
            {channels !== null && text.recording.earlierStands}
          </p>
        ),
      )}
      <ChestMap
        table="for all"
        onChoose="nothing"
        channels={results.flatMap(({ recording, channels }) =>
          channelResults(text, { ...recording, channels, state: recording.newest?.state ?? null }),
        )}
      />
    </>
  );
}

/** One section for each bundle that scored a recording here. */
function Detectors({
  recordings,
  detector,
}: {
  recordings: readonly ReportedRecording[];
  detector: DetectorDescription | null;
}) {
  const text = useText();
  const byBundle = new Map<string, ReportedRecording[]>();
  for (const recording of recordings) {
    const sha256 = recording.result?.bundle.sha256;
    if (sha256 !== undefined) byBundle.set(sha256, [...(byBundle.get(sha256) ?? []), recording]);
  }
  return [...byBundle].map(([sha256, scored]) => {
    const result = scored[0]!.result!;
    const { id, version } = result.bundle;
    const { minimumSampleRate, minimumBandwidthHz, minimumSeconds, maximumSeconds } = result.detector.limits;
    const card = detector?.bundle.sha256 === sha256 ? cardLimits(detector.card) : null;
    return (
      <section key={sha256}>
        <h2>{text.recording.detector(id, version)}</h2>
        <div className="detector">
          {byBundle.size > 1 && (
            <p>{text.report.scoredBy(scored.map(({ number }) => text.recording.title(number)).join(', '))}</p>
          )}
          <RestsOn result={result} screened={result.recording.channels[0]!} />
          <h3>{text.about.limits}</h3>
          <ul className="facts">
            {text.about.limitList.map(limit => (
              <li key={limit}>{limit}</li>
            ))}
            <li>
              {text.report.limits(
                minimumSampleRate,
                minimumBandwidthHz,
                text.decimal(minimumSeconds.toFixed(2)),
                text.decimal(maximumSeconds.toFixed(2)),
              )}
            </li>
          </ul>
          {card !== null && (
            <div className="card">
              <p className="hint">{text.report.fromCard}</p>
              <div lang="en">
                <Markdown text={card} topLevel={4} />
              </div>
            </div>
          )}
        </div>
      </section>
    );
  });
}

function Reviewers({ recordings }: { recordings: readonly ReportedRecording[] }) {
  const text = useText();
  const words = recordings.flatMap(({ review }) => review.words);
  const reviewers = new Map(words.map(({ reviewer }) => [reviewer.id, reviewer.name]));
  return (
    <section>
      <h2>{text.review.column}</h2>
      {reviewers.size === 0 && <p>{text.report.nobody}</p>}
      <ul className="facts">
        {[...reviewers].map(([id, name]) => {
          const own = words.filter(({ reviewer }) => reviewer.id === id);
          const count = (word: string) => own.filter(each => each.word === word).length;
          const last = own.map(({ at }) => new Date(at)).reduce((a, b) => (a > b ? a : b));
          return (
            <li key={id}>
              <strong>{name}</strong>:{' '}
              {text.report.reviewed(own.length, count('crackle'), count('clear'), count('unsure'))}{' '}
              <MomentText at={last} />
            </li>
          );
        })}
        {recordings.flatMap(({ id, number, review }) =>
          review.agreements.map(({ first, second, basis, ...agreement }) => (
            <li key={`${id} ${first.id} ${second.id} ${basis}`}>
              {text.recording.title(number)}, {first.name}, {second.name} ({text.review.basis[basis]}):{' '}
              {agreementText(text, agreement)} {basis === 'blind' && blindnessText(text, [first, second])}
            </li>
          )),
        )}
      </ul>
    </section>
  );
}

function titleOf(text: Text, recording: ReportedRecording): string {
  return `${text.recording.title(recording.number)}: ${sitesText(text, recording, text.notSaid)}`;
}
