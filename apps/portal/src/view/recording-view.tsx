'use client';
import type { RecordingAnalysis, StoredFacts } from '@crepitus/analyses';
/** One recording: quality first, then sound and pictures, its cycles with what their scores rest on. */
import { useCallback, useEffect, useState } from 'react';
import type { AnalysisRow } from '../server/recordings.ts';
import type { RecordingReview } from '../server/reviews.ts';
import { ask, type Refusal, refusalText } from './api-client.ts';
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

export interface ShownAnalysis {
  /** Null: it has just been asked for. */
  readonly id: string | null;
  readonly state: AnalysisRow['state'];
  readonly progress: number;
  readonly failure: AnalysisRow['failure'];
  /** Set by hand. */
  readonly cycles?: AnalysisRow['cycles'];
  readonly result: RecordingAnalysis | null;
}

export interface RecordingViewProps {
  readonly id: string;
  readonly number: number;
  /** Shown first. */
  readonly channel: number;
  readonly facts: StoredFacts;
  readonly sites: readonly (string | null)[];
  readonly analysis: ShownAnalysis | null;
  readonly cyclesSet: FetchedRecording['cyclesSet'];
  readonly review: RecordingReview;
  readonly userId: string;
  readonly mayChange: boolean;
}

/** Of what the portal answers for a recording that which changes while its page is open. */
interface FetchedRecording {
  readonly analysis: ShownAnalysis | null;
  readonly cyclesSet: { readonly by: string; readonly at: Date | string } | null;
  readonly review: RecordingReview;
}

export function RecordingView({
  id,
  number,
  channel: first,
  facts,
  sites,
  userId,
  mayChange,
  ...given
}: RecordingViewProps) {
  const text = useText();
  const { analysis, cyclesSet, reviewing, follow, refresh } = useRecording(id, given, {
    reviewerId: userId,
    mayReview: mayChange,
  });
  const [bytes, bytesProblem] = useStoredSound(id);
  const [channel, setChannel] = useState(first);
  const result = analysis?.result ?? null;
  const screened = result?.recording.channels.find(each => each.channel === channel) ?? null;
  const findings = result?.recording.quality ?? facts.findings;
  const isBlind = reviewing.review.pass !== null;
  const tools: RecordingTools = {
    recordingId: id,
    analysisId: analysis?.id ?? null,
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
          <QualityFindings findings={findings} isScreened={result !== null} />
        </section>
        <AnalysisState
          id={id}
          analysis={analysis}
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
            channels:
              isBlind || result === null
                ? null
                : result.recording.channels.map(each => ({ channel: each.channel, ...countsOf(each) })),
            state: analysis?.state ?? null,
            withheld: isBlind,
          })}
          onChoose={each => setChannel(each.channel)}
        />
      )}
      <ChannelSelect sites={sites} channel={channel} onChange={setChannel} />
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

/** The newest analysis, looked at anew while it is not done, and the review of it. */
function useRecording(
  id: string,
  given: FetchedRecording,
  reviewer: Pick<Reviewing, 'reviewerId' | 'mayReview'>,
): {
  readonly analysis: ShownAnalysis | null;
  readonly cyclesSet: FetchedRecording['cyclesSet'];
  readonly reviewing: Reviewing;
  /** A new analysis has been asked for. */
  readonly follow: () => void;
  readonly refresh: () => Promise<void>;
} {
  const [analysis, setAnalysis] = useState(given.analysis);
  const [cyclesSet, setCyclesSet] = useState(given.cyclesSet);
  const [reviewing, setReview] = useReview(id, given.review, reviewer);
  const [round, setRound] = useState(0);
  const waits = analysis?.state === 'waiting' || analysis?.state === 'at-work';
  const refresh = useCallback(async () => {
    const reply = await ask<FetchedRecording>('GET', `/api/recordings/${id}`);
    if (!reply.ok) return;
    setAnalysis(reply.value.analysis);
    setCyclesSet(reply.value.cyclesSet);
    setReview(reply.value.review);
  }, [id, setReview]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` begins anew after a retry
  useEffect(() => {
    if (!waits) return;
    const timer = setInterval(async () => {
      const progress = await ask<Omit<ShownAnalysis, 'result'>>('GET', `/api/recordings/${id}/progress`);
      if (!progress.ok) return;
      if (progress.value.state === 'done') await refresh();
      else setAnalysis({ ...progress.value, result: null });
    }, 700);
    return () => clearInterval(timer);
  }, [id, waits, round, refresh]);
  const follow = useCallback(() => {
    setAnalysis({ id: null, state: 'waiting', progress: 0, failure: null, result: null });
    setRound(before => before + 1);
  }, []);
  return { analysis, cyclesSet, reviewing, follow, refresh };
}

function AnalysisState({
  id,
  analysis,
  isBlind,
  mayChange,
  onRetried,
}: {
  id: string;
  analysis: ShownAnalysis | null;
  isBlind: boolean;
  mayChange: boolean;
  onRetried: () => void;
}) {
  const text = useText();
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const retry = async () => {
    const reply = await ask('POST', `/api/recordings/${id}/analyses`, {});
    setRefusal(reply.ok ? null : reply.refusal);
    if (reply.ok) onRetried();
  };
  const state = analysis?.state ?? null;
  return (
    <section aria-labelledby="analysis">
      <h2 id="analysis">{text.recording.analysis}</h2>
      <div role="status">
        {state === 'waiting' && <p>{text.recording.waits}</p>}
        {state === 'at-work' && (
          <p>
            <progress max={1} value={analysis!.progress} aria-label={text.states['at-work']} />{' '}
            {text.recording.progress(Math.round(100 * analysis!.progress))}
          </p>
        )}
        {state === 'failed' && (
          <p className="refusal">
            {text.recording.failedTitle}:{' '}
            {refusalText(text, analysis!.failure ?? { code: 'fault', message: '' })}
          </p>
        )}
        {isBlind && <p className="notice">{text.review.blindOpen}</p>}
        {analysis?.result && !isBlind && <AnalysisSummary result={analysis.result} />}
        {refusal && <p className="refusal">{refusalText(text, refusal)}</p>}
      </div>
      {mayChange && (state === 'failed' || state === null) && (
        <button type="button" className="primary" onClick={retry}>
          {text.recording.retry}
        </button>
      )}
      {mayChange && state === 'done' && (
        <button type="button" onClick={retry}>
          {text.recording.analyseAgain}
        </button>
      )}
    </section>
  );
}
