export { behaviourOf } from './bundle-draft.ts';
export { chooseMeasures, type MeasureChoice } from './choose-measures.ts';
export { scoredRows } from './count-cases.ts';
export { fitMeasures, type MeasuredCycle } from './fit-measures.ts';
export type { FusedMeasures, SystemCase, TakenMeasures } from './fuse-measures.ts';
export {
  type MeasuresReport,
  measuresReport,
  measuresReportText,
  readMeasuresReport,
} from './measures-report.ts';
export { foldsAreDone, type QueuedRun, queueRun } from './queue-run.ts';
export { defaultConfig, type RunChoices, type RunConfig, runConfigSchema } from './run-config.ts';
export { type RunEvent, sentenceOfEvent, type TrainingEvent } from './run-events.ts';
export { readRun } from './run-folder.ts';
export { type IndependentRun, type RunsOptions, trainRuns } from './run-process.ts';
export type { EpochRecord, RunRecord, Splits, ValidationFigures } from './run-record.ts';
export { bestThreshold } from './threshold.ts';
export { continueRun, trainSource, trainTarget } from './train.ts';
export type { FoldsOptions } from './train-folds.ts';
export type { TrainOptions, TrainResult } from './train-one.ts';
export { transferFrom } from './transfer-source.ts';
export {
  addMeasures,
  type MeasuredPredictions,
  predictUnseen,
  type TestCycles,
  type UnseenPredictions,
} from './unseen-predictions.ts';
