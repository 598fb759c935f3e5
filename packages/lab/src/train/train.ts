import { CrepitusError } from '@crepitus/dsp';
import type { RunConfig } from './run-config.ts';
import { readRun } from './run-folder.ts';
import { trainRuns } from './run-process.ts';
import { type FoldsOptions, trainFolds } from './train-folds.ts';
import type { TrainResult } from './train-one.ts';

/** Pre-trains a source network: one run, in a process of its own. */
export async function trainSource(config: RunConfig, options: FoldsOptions): Promise<TrainResult> {
  if (config.kind === 'source' && config.folds === null) return train(config, options);
  throw new CrepitusError(
    'run-config',
    'A source network is trained in one run of kind source, without folds.',
    { kind: 'usage' },
  );
}

/** Trains a target network, by transfer or from scratch: one run, or one per fold, each in a process of its own. */
export function trainTarget(config: RunConfig, options: FoldsOptions): Promise<TrainResult> {
  return train(config, options);
}

/**
 * Takes up whatever run is in `out` (laid out, interrupted, killed, done) and brings it to its end.
 *
 * @throws CrepitusError `run-missing` (usage), and those of training
 */
export async function continueRun(options: Omit<FoldsOptions, 'resume'>): Promise<TrainResult> {
  const { config } = await readRun(options.out);
  return train(config, { ...options, resume: true });
}

/** One run as its own process; of folds this process holds the folder and the folds have theirs. */
async function train(config: RunConfig, options: FoldsOptions): Promise<TrainResult> {
  if (config.folds !== null && config.fold === null) return trainFolds(config, options);
  const { out, resume } = options;
  const [result] = await trainRuns([{ config, out, resume }], options);
  return result!;
}
