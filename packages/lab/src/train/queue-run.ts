import { CrepitusError } from '@crepitus/dsp';
import { startBackend } from '@crepitus/model';
import { RunLock } from './lock.ts';
import type { RunConfig } from './run-config.ts';
import { makeRunFolder, RunFolder, readRun } from './run-folder.ts';
import { foldRuns, unfinished } from './train-folds.ts';
import { checkPlan, orDiscard } from './train-one.ts';
import { readTrainingSet } from './training-data.ts';

/** A run folder that one process can work on by itself. */
export interface QueuedRun {
  readonly out: string;
  /** The folder of the cross-validation that this run is a fold of; its finishing step waits for all of them. */
  readonly partOf: string | null;
}

/**
 * Lays a run out for others to train: writes its folder, and those of its folds, in state `queued`. The plan is checked
 * as far as it can be without decoding audio.
 *
 * @returns what is left to train: the run, or its unfinished folds; of folds that are all done the finishing step
 * @throws CrepitusError, among others `run-locked`, `run-exists`, `run-override` (all refused)
 */
export async function queueRun(
  config: RunConfig,
  { out, resume = false }: { readonly out: string; readonly resume?: boolean | undefined },
): Promise<QueuedRun[]> {
  await makeRunFolder(out);
  const lock = RunLock.acquire(out);
  try {
    const run = await RunFolder.open(out, config, resume, 'queued');
    if (run.record.state === 'done') return [];
    return await orDiscard(run, resume, async () => {
      await startBackend();
      await checkPlan(config);
      for (const spec of config.data) await readTrainingSet(spec, config.part);
      if (config.mix !== null) await readTrainingSet(config.mix);
      await run.setState('queued');
      if (config.folds === null || config.fold !== null) return [{ out, partOf: null }];
      const runs = await unfinished(foldRuns(config, out));
      if (runs.length === 0) return [{ out, partOf: null }];
      for (const fold of runs) await layOutRun(fold);
      return runs.map(fold => ({ out: fold.out, partOf: out }));
    });
  } finally {
    await lock.release();
  }
}

/** Writes the folder of a run in state `queued`, unchecked; one that is done, or that somebody is at work on, stays as it is. */
export async function layOutRun({
  out,
  config,
  resume,
}: {
  readonly out: string;
  readonly config: RunConfig;
  readonly resume: boolean;
}): Promise<void> {
  await makeRunFolder(out);
  let lock: RunLock;
  try {
    lock = RunLock.acquire(out);
  } catch (error) {
    if (error instanceof CrepitusError && error.code === 'run-locked') return;
    throw error;
  }
  try {
    const run = await RunFolder.open(out, config, resume, 'queued');
    if (run.record.state !== 'done') await run.setState('queued');
  } finally {
    await lock.release();
  }
}

/**
 * Whether every fold of the cross-validation in a folder is done, so that only the finishing step is left.
 *
 * @throws CrepitusError those of `readRun`
 */
export async function foldsAreDone(out: string): Promise<boolean> {
  const { config } = await readRun(out);
  return (await unfinished(foldRuns(config, out))).length === 0;
}
