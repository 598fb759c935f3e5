import { type CycleSamples, cutCycle, type Detector, prepareChannel } from '@crepitus/model';
import { assessQuality, bandwidthHz } from '@crepitus/recordings';
import type { CycleReportOptions } from './cycle-report.ts';

/**
 * A detector as the `scoreCycles` of a report; it abstains as in screening. Subjects that the bundle learned from flatter
 * every AUC, with annotated and with found cycles alike: hand over a dataset without them.
 */
export function detectorScores(detector: Detector): NonNullable<CycleReportOptions['scoreCycles']> {
  const { frontEnd } = detector;
  return async ({ sampleRate }, cycles, { samples }) => {
    const prepared = prepareChannel(samples, sampleRate, frontEnd);
    const channel = {
      sampleRate,
      bandwidthHz: bandwidthHz(samples, sampleRate),
      findings: assessQuality(samples, sampleRate),
    };
    const inputs = cycles.map(
      (cycle): CycleSamples => ({ samples: cutCycle(prepared, cycle, frontEnd), channel }),
    );
    return (await detector.score(inputs)).map(({ score }) => score);
  };
}
