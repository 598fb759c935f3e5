'use client';
import type { RecordingAnalysis, StoredFacts } from '@crepitus/analyses';
/** One recording: quality first, then sound and pictures, its cycles with what their scores rest on. */
import { useCallback, useEffect, useState } from 'react';
import type { AnalysisRow } from '../server/recordings.ts';
import { ask, type Refusal, refusalText } from './api-client.ts';
import { ChestMap } from './chest/chest-map.tsx';
import { channelResults, countsOf } from './chest/site-results.ts';
import { AnalysisSummary, QualityFindings } from './sound/analysis-summary.tsx';
import { SoundView } from './sound/sound-view.tsx';
import { useStoredSound } from './sound/use-sound.ts';
import { useText } from './text-context.tsx';

export interface ShownAnalysis {
  readonly state: AnalysisRow['state'];
  readonly progress: number;
  readonly failure: AnalysisRow['failure'];
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
  readonly mayChange: boolean;
}

export function RecordingView({
  id,
  number,
  channel: first,
  facts,
  sites,
  analysis: given,
  mayChange,
}: RecordingViewProps) {
  const text = useText();
  const [analysis, follow] = useAnalysis(id, given);
  const [bytes, bytesProblem] = useStoredSound(id);
  const [channel, setChannel] = useState(first);
  const result = analysis?.result ?? null;
  const screened = result?.recording.channels.find(each => each.channel === channel) ?? null;
  const findings = result?.recording.quality ?? facts.findings;
  return (
    <>
      <div className="columns">
        <section aria-labelledby="quality">
          <h2 id="quality">{text.recording.quality}</h2>
          <QualityFindings findings={findings} isScreened={result !== null} />
        </section>
        <AnalysisState id={id} analysis={analysis} mayChange={mayChange} onRetried={follow} />
      </div>
      {facts.channels > 1 && (
        <ChestMap
          channels={channelResults(text, {
            id,
            number,
            sites,
            channels:
              result?.recording.channels.map(each => ({ channel: each.channel, ...countsOf(each) })) ?? null,
            state: analysis?.state ?? null,
          })}
          onChoose={each => setChannel(each.channel)}
        />
      )}
      {facts.channels > 1 && (
        <div className="field">
          <label htmlFor="channel">{text.recording.channels}</label>
          <select id="channel" value={channel} onChange={event => setChannel(Number(event.target.value))}>
            {sites.map((site, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a channel is its position
              <option key={index} value={index}>
                {text.recording.channel(index)}
                {site === null ? '' : `, ${text.sites[site] ?? site}`}
              </option>
            ))}
          </select>
        </div>
      )}
      <SoundView
        key={channel}
        bytes={bytes}
        bytesProblem={bytesProblem}
        facts={facts}
        channel={channel}
        screened={screened}
        result={result}
      />
    </>
  );
}

/** The newest analysis, looked at anew while it is not done. */
function useAnalysis(id: string, given: ShownAnalysis | null): [ShownAnalysis | null, () => void] {
  const [analysis, setAnalysis] = useState(given);
  const [round, setRound] = useState(0);
  const waits = analysis?.state === 'waiting' || analysis?.state === 'at-work';
  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` begins anew after a retry
  useEffect(() => {
    if (!waits) return;
    const timer = setInterval(async () => {
      const progress = await ask<Omit<ShownAnalysis, 'result'>>('GET', `/api/recordings/${id}/progress`);
      if (!progress.ok) return;
      if (progress.value.state !== 'done') return setAnalysis({ ...progress.value, result: null });
      const reply = await ask<{ analysis: ShownAnalysis }>('GET', `/api/recordings/${id}`);
      if (reply.ok) setAnalysis(reply.value.analysis);
    }, 700);
    return () => clearInterval(timer);
  }, [id, waits, round]);
  const follow = useCallback(() => {
    setAnalysis({ state: 'waiting', progress: 0, failure: null, result: null });
    setRound(before => before + 1);
  }, []);
  return [analysis, follow];
}

function AnalysisState({
  id,
  analysis,
  mayChange,
  onRetried,
}: {
  id: string;
  analysis: ShownAnalysis | null;
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
        {analysis?.result && <AnalysisSummary result={analysis.result} />}
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
