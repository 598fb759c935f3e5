/** A detector with how often it is right where it calls a cycle crackle: what stands beside counts of such cycles. */
import { type CalledCases, explainCall } from '@crepitus/model';
import type { DetectorFacts, RecordingAnalysis } from './sound-task.ts';

export interface CallingDetector {
  readonly bundle: RecordingAnalysis['bundle'];
  /** By data set; empty: not known. */
  readonly called: readonly CalledCases[];
}

export function callingDetector({
  bundle,
  threshold,
  detector: { scoreCases },
}: Pick<RecordingAnalysis, 'bundle' | 'threshold'> & {
  readonly detector: { readonly scoreCases?: DetectorFacts['scoreCases'] | undefined };
}): CallingDetector {
  return { bundle, called: explainCall({ scoreCases }, threshold).cases ?? [] };
}
