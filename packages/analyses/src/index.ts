/** What runs anywhere, browsers too: what an analysis is. The work on it is in `@crepitus/analyses/node`. */
export { recordingAnalysis } from './recording-analysis.ts';
export type {
  CorrectedCycle,
  DetectorDescription,
  DetectorFacts,
  RecordingAnalysis,
  SoundResults,
  SoundTask,
  StoredFacts,
} from './sound-task.ts';
