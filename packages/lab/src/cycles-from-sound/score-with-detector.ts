import type { LoadedRecording } from '@crepitus/datasets';
import { cutCycle, type Detector, prepareChannel } from '@crepitus/model';
import { assessQuality, bandwidthHz, type Channel, type Cycle } from '@crepitus/recordings';

/** A `scoreCycles` for the report: a detector's scores, prepared and abstained from as in screening. */
export function scoreWithDetector(
  detector: Detector,
): (recording: LoadedRecording, cycles: readonly Cycle[], channel: Channel) => Promise<(number | null)[]> {
  return async ({ sampleRate }, cycles, { samples }) => {
    const prepared = prepareChannel(samples, sampleRate, detector.frontEnd);
    const facts = {
      sampleRate,
      bandwidthHz: bandwidthHz(samples, sampleRate),
      findings: assessQuality(samples, sampleRate),
    };
    const scores = await detector.score(
      cycles.map(cycle => ({ samples: cutCycle(prepared, cycle, detector.frontEnd), channel: facts })),
    );
    return scores.map(({ score }) => score);
  };
}
