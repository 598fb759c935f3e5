export { defaultConfig, type RunChoices, type RunConfig, runConfigSchema } from './run-config.ts';
export { readRun } from './run-folder.ts';
export type { EpochRecord, RunRecord, Splits, ValidationFigures } from './run-record.ts';
export { trainSource, trainTarget } from './train.ts';
export type { FoldsEvent, FoldsOptions } from './train-folds.ts';
export type { TrainingEvent, TrainOptions, TrainResult } from './train-one.ts';
export { transferFrom } from './transfer-source.ts';
