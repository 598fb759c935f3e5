'use client';
import { callingDetector, type RecordingAnalysis } from '@crepitus/analyses';
/** What stands before any score: the recording's quality, then what its cycles come to. */
import type { Finding } from '@crepitus/recordings';
import { findingText } from '../../text/finding-text.ts';
import { CalledNote } from '../called-note.tsx';
import { useText } from '../text-context.tsx';

export function QualityFindings({
  findings,
  isScreened,
  waits = true,
}: {
  findings: readonly Finding[];
  /** Before that, no finding says nothing. */
  isScreened: boolean;
  /** Where it is not: whether it is to come. */
  waits?: boolean;
}) {
  const text = useText();
  const { qualityGood, qualityNotJudged } = text.recording;
  if (findings.length === 0)
    return <p>{isScreened ? qualityGood : waits ? text.working : qualityNotJudged}</p>;
  return (
    <ul className="findings">
      {findings.map(finding => (
        <li key={`${finding.code} ${finding.message}`}>{findingText(text, finding)}</li>
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
