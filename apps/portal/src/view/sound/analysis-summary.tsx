'use client';
import { callingDetector, type RecordingAnalysis } from '@crepitus/analyses';
/** What stands before any score: the recording's quality, then what its cycles come to. */
import type { Finding } from '@crepitus/recordings';
import { sentenceOf } from '../../text/index.ts';
import { CalledNote } from '../called-note.tsx';
import { useText } from '../text-context.tsx';

export function QualityFindings({
  findings,
  isScreened,
}: {
  findings: readonly Finding[];
  /** Before that, no finding says nothing. */
  isScreened: boolean;
}) {
  const text = useText();
  if (findings.length === 0) return <p>{isScreened ? text.recording.qualityGood : text.working}</p>;
  return (
    <ul className="findings">
      {findings.map(finding => (
        <li key={`${finding.code} ${finding.message}`}>{sentenceOf(text.findings, finding)}</li>
      ))}
    </ul>
  );
}

export function AnalysisSummary({ result }: { result: RecordingAnalysis }) {
  const text = useText();
  const cycles = result.recording.channels.flatMap(channel => channel.cycles);
  const scored = cycles.filter(({ crackle }) => crackle !== null);
  const unscored = cycles.length - scored.length;
  return (
    <>
      <p className="summary">
        {text.recording.summary(scored.filter(({ crackle }) => crackle).length, scored.length)}
        {unscored > 0 && ` ${text.recording.abstentions(unscored)}`}
      </p>
      {scored.length > 0 && <CalledNote detectors={[callingDetector(result)]} />}
      <p className="notice">{text.researchUse}</p>
      <p className="hint">{text.recording.sources[result.recording.cycleSource]}</p>
    </>
  );
}
