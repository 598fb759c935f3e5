/** What a screening and its detector make together: the same for the portal's process and for the page that analyses alone. */
import {
  type BundleManifest,
  countsCandidates,
  type Detector,
  type ScreenedRecording,
} from '@crepitus/model';
import type { DetectorFacts, RecordingAnalysis } from './sound-task.ts';

export function recordingAnalysis(detector: Detector, recording: ScreenedRecording): RecordingAnalysis {
  const { id, version, sha256, manifest } = detector.bundle;
  return {
    bundle: { id, version, sha256 },
    threshold: detector.threshold,
    detector: detectorFacts(manifest),
    recording,
  };
}

function detectorFacts({
  calibration,
  limits,
  ratio,
  frontEnd,
  threshold,
  trainedOn,
  scoreCases,
  inputs,
  phases,
  measures,
}: BundleManifest): DetectorFacts {
  return {
    calibration,
    limits,
    ratio,
    frontEnd,
    thresholdChosenBy: threshold.chosenBy,
    trainedOn: trainedOn.map(({ dataset, unit, recordings, cycles, subjectsHashed }) => ({
      dataset,
      unit,
      subjects: subjectsHashed.length,
      recordings,
      cycles,
    })),
    scoreCases: scoreCases ?? [],
    inputs,
    phases,
    measures: measures === undefined ? null : { countCandidates: countsCandidates(measures) },
  };
}
