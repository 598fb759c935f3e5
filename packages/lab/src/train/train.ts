import { CrepitusError } from '@crepitus/dsp';
import type { RunConfig } from './run-config.ts';
import { type FoldsOptions, trainFolds } from './train-folds.ts';
import { type TrainOptions, type TrainResult, trainOne } from './train-one.ts';

/** Pre-trains a source network: one run. */
export function trainSource(config: RunConfig, options: TrainOptions): Promise<TrainResult> {
  if (config.kind === 'source' && config.folds === null) return trainOne(config, options);
  throw new CrepitusError(
    'run-config',
    'A source network is trained in one run of kind source, without folds.',
    {
      kind: 'usage',
    },
  );
}

/** Trains a target network, by transfer or from scratch: one run, or one per fold. */
export function trainTarget(config: RunConfig, options: FoldsOptions): Promise<TrainResult> {
  return config.folds === null ? trainOne(config, options) : trainFolds(config, options);
}
