'use client';
import type { RecordingAnalysis, StoredFacts } from '@crepitus/analyses';
/** One recording: quality first, then sound and pictures, its cycles with what their scores rest on. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { AnalysisRow } from '../server/recordings.ts';
import type { RecordingReview } from '../server/reviews.ts';
import type { NewestAnalysis } from '../server/standing-analysis.ts';
import { soundChannels } from '../sound-channels.ts';
import { ask, refusalText } from './api-client.ts';
import { AskButton } from './ask-button.tsx';
import { ChestMap } from './chest/chest-map.tsx';
import { channelResults, countsOf } from './chest/site-results.ts';
import { judgedCycles } from './review/cycle-filters.ts';
import { ReviewOfRecording } from './review/review-of-recording.tsx';
import type { RecordingTools } from './review/use-cycle-tools.ts';
import { type Reviewing, useReview } from './review/use-review.ts';
import { AnalysisSummary, QualityFindings } from './sound/analysis-summary.tsx';
import { ChannelSelect } from './sound/channel-select.tsx';
import { SoundView } from './sound/sound-view.tsx';
import { useStoredSound } from './sound/use-sound.ts';
import { useText } from './text-context.tsx';

/** The one that stands; without a result where none does. */
export interface ShownAnalysis {
  /** Set by hand. */
  readonly cycles: AnalysisRow['cycles'];
  readonly result: RecordingAnalysis | null;
}

/** How far the newest analysis is: the shown one, or one that is to take its place. */
export interface Newest extends Omit<NewestAnalysis, 'id'> {
  /** Null: it has just been asked for. */
  readonly id: string | null;
  /** How many come before it; not known until its progress was asked for. */
  readonly before?: number | null;
}

export interface RecordingViewProps {
  readonly id: string;
  readonly number: number;
  /** Shown first. */
  readonly channel: number;
  readonly facts: StoredFacts;
  readonly sites: readonly (string | null)[];
  readonly airflow: number | null;
  readonly analysis: ShownAnalysis | null;
  readonly newest: Newest | null;
  readonly cyclesSet: FetchedRecording['cyclesSet'];
  readonly review: RecordingReview;
  readonly userId: string;
  readonly mayChange: boolean;
}

/** Of what the portal answers for a recording that which changes while its page is open. */
interface FetchedRecording {
  readonly analysis: ShownAnalysis | null;
  readonly newest: Newest | null;
  readonly cyclesSet: { readonly by: string; readonly at: Date | string } | null;
  readonly review: RecordingReview;
}

export function RecordingView({
  id,
  number,
  channel: first,
  facts,
  sites,
  airflow,
  userId,
  mayChange,
  ...given
}: RecordingViewProps) {
  const text = useText();
  const { analysis, newest, cyclesSet, reviewing, follow, refresh } = useRecording(id, airflow, given, {
    reviewerId: userId,
    mayReview: mayChange,
  });
  const [bytes, bytesProblem] = useStoredSound(`/api/recordings/${id}/sound`);
  const [chosen, setChannel] = useState(first);
  const sounds = soundChannels({ sites, airflow });
  const channel = sounds.includes(chosen) ? chosen : sounds[0]!;
  const result = analysis?.result ?? null;
  const screened = result?.recording.channels.find(each => each.channel === channel) ?? null;
  const findings = result?.recording.quality ?? facts.findings;
  const isBlind = reviewing.review.pass !== null;
  const tools: RecordingTools = {
    recordingId: id,
    analysisId: newest?.id ?? null,
    reviewing,
    cyclesSet,
    channelIsByHand: each => analysis?.cycles?.some(cycle => cycle.channel === each) ?? false,
    onScoring: follow,
    refresh,
  };
  return (
    <>
      <div className="columns">
        <section aria-labelledby="quality">
          <h2 id="quality">{text.recording.quality}</h2>
          <QualityFindings
            findings={findings}
            isScreened={result !== null}
            waits={newest?.state === 'waiting' || newest?.state === 'at-work'}
          />
        </section>
        <AnalysisState
          id={id}
          result={result}
          newest={newest}
          isBlind={isBlind}
          mayChange={mayChange}
          onRetried={follow}
        />
      </div>
      {facts.channels > 1 && (
        <ChestMap
          channels={channelResults(text, {
            id,
            number,
            sites,
            airflow,
            channels:
              isBlind || result === null
                ? null
                : result.recording.channels.map(each => ({ channel: each.channel, ...countsOf(each) })),
            state: newest?.state ?? null,
            withheld: isBlind,
          })}
          onChoose={each => setChannel(each.channel)}
        />
      )}
      <ChannelSelect sites={sites} airflow={airflow} channel={channel} onChange={setChannel} />
      <SoundView
        key={channel}
        bytes={bytes}
        bytesProblem={bytesProblem}
        facts={facts}
        channel={channel}
        screened={screened}
        result={result}
        tools={tools}
      />
      {result !== null && <ReviewOfRecording tools={tools} cyclesLeft={cyclesLeft(result, reviewing)} />}
    </>
  );
}

/** Cycles of all channels without a word of the reviewer. */
function cyclesLeft({ recording }: RecordingAnalysis, { review, reviewerId }: Reviewing): number {
  return recording.channels
    .flatMap(({ channel, cycles }) => judgedCycles(cycles, channel, review.words, reviewerId))
    .filter(({ own }) => own === null).length;
}

/** The analysis that stands and the review of it, looked at anew when the newest one is done. */
function useRecording(
  id: string,
  airflow: number | null,
  given: FetchedRecording,
  reviewer: Pick<Reviewing, 'reviewerId' | 'mayReview'>,
): {
  readonly analysis: ShownAnalysis | null;
  readonly newest: Newest | null;
  readonly cyclesSet: FetchedRecording['cyclesSet'];
  readonly reviewing: Reviewing;
  /** A new analysis has been asked for. */
  readonly follow: () => void;
  readonly refresh: () => Promise<void>;
} {
  const [analysis, setAnalysis] = useState(given.analysis);
  const [newest, setNewest] = useState(given.newest);
  const [cyclesSet, setCyclesSet] = useState(given.cyclesSet);
  const [reviewing, setReview] = useReview(id, given.review, reviewer);
  const [round, setRound] = useState(0);
  const waits = newest?.state === 'waiting' || newest?.state === 'at-work';
  const saidBefore = useRef(airflow);
  // Whoever says another airflow has the recording analysed anew, and the page comes with the new analysis.
  useEffect(() => {
    if (saidBefore.current === airflow) return;
    saidBefore.current = airflow;
    setAnalysis(given.analysis);
    setNewest(given.newest);
    setCyclesSet(given.cyclesSet);
    setReview(given.review);
  }, [airflow, given, setReview]);
  const refresh = useCallback(async () => {
    const reply = await ask<FetchedRecording>('GET', `/api/recordings/${id}`);
    if (!reply.ok) return;
    setAnalysis(reply.value.analysis);
    setNewest(reply.value.newest);
    setCyclesSet(reply.value.cyclesSet);
    setReview(reply.value.review);
  }, [id, setReview]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` begins anew after a retry
  useEffect(() => {
    if (!waits) return;
    const timer = setInterval(async () => {
      const progress = await ask<Newest>('GET', `/api/recordings/${id}/progress`);
      if (!progress.ok) return;
      if (progress.value.state === 'done') await refresh();
      else setNewest(progress.value);
    }, 700);
    return () => clearInterval(timer);
  }, [id, waits, round, refresh]);
  const follow = useCallback(() => {
    setNewest({ id: null, state: 'waiting', progress: 0, failure: null });
    setRound(before => before + 1);
  }, []);
  return { analysis, newest, cyclesSet, reviewing, follow, refresh };
}

function AnalysisState({
  id,
  result,
  newest,
  isBlind,
  mayChange,
  onRetried,
}: {
  id: string;
  /** Of the analysis that stands. */
  result: RecordingAnalysis | null;
  newest: Newest | null;
  isBlind: boolean;
  mayChange: boolean;
  onRetried: () => void;
}) {
  const text = useText();
  const state = newest?.state ?? null;
  return (
    <section aria-labelledby="analysis">
      <h2 id="analysis">{text.recording.analysis}</h2>
      <div role="status">
        {state === 'waiting' && (
          <p>
            {text.recording.waits} {typeof newest?.before === 'number' && text.queue.sentence(newest.before)}
          </p>
        )}
        {state === 'at-work' && (
          <p>
            <progress max={1} value={newest!.progress} aria-label={text.states['at-work']} />{' '}
            {text.recording.progress(Math.round(100 * newest!.progress))}
          </p>
        )}
        {state === 'failed' && (
          <p className="refusal">
            {text.recording.failedTitle}:{' '}
            {refusalText(text, newest!.failure ?? { code: 'fault', message: '' })}
          </p>
        )}
        {result !== null && state !== 'done' && <p className="notice">{text.recording.earlierStands}</p>}
        {isBlind && <p className="notice">{text.review.blindOpen}</p>}
        {result !== null && !isBlind && <AnalysisSummary result={result} />}
      </div>
      {mayChange && state !== 'waiting' && state !== 'at-work' && (
        <AskButton
          label={state === 'done' ? text.recording.analyseAgain : text.recording.retry}
          look={state === 'done' ? '' : 'primary'}
          method="POST"
          path={`/api/recordings/${id}/analyses`}
          onDone={onRetried}
        />
      )}
    </section>
  );
}
