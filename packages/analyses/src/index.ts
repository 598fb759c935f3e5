export { type CallingDetector, callingDetector } from './calling-detector.ts';
/** What runs anywhere, browsers too: what an analysis is. The work on it is in `@crepitus/analyses/node`. */
export * from './corrected-cycles.ts';
export { recordingAnalysis } from './recording-analysis.ts';
export type {
  DetectorDescription,
  DetectorFacts,
  RecordingAnalysis,
  SoundResults,
  SoundTask,
  StoredFacts,
} from './sound-task.ts';
