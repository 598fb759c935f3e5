export { defaultConfig, type RunChoices, type RunConfig, runConfigSchema } from './run-config.ts';
export { type EpochRecord, type RunRecord, readRun, type ValidationFigures } from './run-folder.ts';
export { trainSource, trainTarget } from './train.ts';
export type { FoldsEvent, FoldsOptions } from './train-folds.ts';
export type { TrainingEvent, TrainOptions, TrainResult } from './train-one.ts';
export { transferFrom } from './transfer-source.ts';
