export {
  type Dataset,
  type DatasetKind,
  type DatasetRecording,
  type DatasetSpec,
  datasetKinds,
  parseDatasetSpec,
  subjectKey,
} from './dataset.ts';
export { readBytes, reasonOf } from './folder.ts';
export { dealFolds, type SubjectToDeal, splitValidation, subjectGroups, subjectsToDeal } from './folds.ts';
export { heldBack, isHeldBack } from './held-back.ts';
export {
  headerOf,
  type LoadedRecording,
  loadRecording,
  readDataset,
} from './read-dataset.ts';
export { type Split, selectSplit, splitNames } from './splits.ts';
export { type Counts, type DatasetSummary, summarise } from './summary.ts';
export { type CohortOptions, type CohortReport, synthesiseCohort } from './synth/cohort.ts';
export { type CohortChoice, type CohortName, cohortNames, planCohort } from './synth/cohort-plan.ts';
export type { RecordingTruth } from './synth/cohort-recording.ts';
export {
  type SynthesisOptions,
  type SyntheticRecording,
  synthesiseRecording,
} from './synth/synthesise-recording.ts';
export { makeFolder, removeUnfinished, replaceFile, writeFailed, writeWhole } from './write-whole.ts';
