'use client';
/** Says at once, while the patient still sits there, whether a recording is worth its upload. */
import { useEffect, useState } from 'react';
import { QualityFindings } from '../sound/analysis-summary.tsx';
import { useText } from '../text-context.tsx';
import type { Judged, ToJudge } from './judging.worker.ts';
import type { Taken } from './use-capture.ts';

/** Null while it is being judged. */
export function useJudgement({ samples, sampleRate }: Taken): Judged | null {
  const [judged, setJudged] = useState<Judged | null>(null);
  useEffect(() => {
    setJudged(null);
    const worker = new Worker(new URL('./judging.worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<Judged>) => setJudged(data);
    worker.onerror = ({ message }) => setJudged({ problem: message });
    worker.postMessage({ samples, sampleRate } satisfies ToJudge);
    return () => worker.terminate();
  }, [samples, sampleRate]);
  return judged;
}

/** Whether it had better be recorded once more. */
export function isDoubtful(judged: Judged | null): boolean {
  return judged !== null && 'findings' in judged && judged.findings.length > 0;
}

export function Judgement({ judged }: { judged: Judged | null }) {
  const text = useText();
  return (
    <div role="status" className="judgement">
      {judged === null && <p>{text.recorder.judging}</p>}
      {judged !== null && 'problem' in judged && (
        <p className="refusal">
          {text.recorder.notJudged}: {judged.problem}
        </p>
      )}
      {judged !== null && 'findings' in judged && (
        <>
          <QualityFindings findings={judged.findings} isScreened />
          <p>
            {judged.findings.length > 0
              ? text.recorder.onceMore
              : judged.breaths !== null && text.recorder.breaths(judged.breaths)}
          </p>
        </>
      )}
    </div>
  );
}
