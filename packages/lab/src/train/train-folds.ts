import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startBackend } from '@crepitus/model';
import { finishFolds } from './finish-folds.ts';
import { RunLock } from './lock.ts';
import type { RunConfig } from './run-config.ts';
import { makeRunFolder, RunFolder, readRun } from './run-folder.ts';
import { type IndependentRun, type RunsOptions, trainRuns } from './run-process.ts';
import type { Splits } from './run-record.ts';
import { splitSubjects } from './splits.ts';
import { checkPlan, orFail, type TrainResult, untilAborted } from './train-one.ts';
import { annotationProblems, readTrainingData, type TrainingData } from './training-data.ts';

export interface FoldsOptions extends RunsOptions {
  /** The run folder. */
  readonly out: string;
  /** Continue the run in `out`; the configuration must be the one it was begun with. */
  readonly resume?: boolean | undefined;
}

/**
 * Cross-validation by subject: one run per fold in `fold-1` ... `fold-K`, each in a process of its own, and the bundle
 * of their mean. Folds that are done already, here or by others, are left as they are.
 *
 * @throws CrepitusError: those of `trainRuns`
 */
export async function trainFolds(config: RunConfig, options: FoldsOptions): Promise<TrainResult> {
  const { out, resume = false } = options;
  await makeRunFolder(out);
  const lock = await RunLock.acquire(out);
  try {
    const run = await RunFolder.open(out, config, resume);
    if (run.record.state === 'done') return { state: 'done', chosen: null, failed: run.record.failed };
    await run.setState('running');
    const done = await orFail(run, resume, () =>
      untilAborted(options.signal, () => work(config, options, run, lock)),
    );
    const state = done === null ? 'interrupted' : 'done';
    await run.setState(state);
    return { state, chosen: null, failed: run.record.failed };
  } finally {
    await lock.release();
  }
}

/** The runs of a cross-validation in `out`, begun or not. */
export function foldRuns(config: RunConfig, out: string): (IndependentRun & { readonly resume: boolean })[] {
  return Array.from({ length: config.folds! }, (_, i) => {
    const folder = join(out, `fold-${i + 1}`);
    return {
      name: `fold ${i + 1}`,
      config: { ...config, fold: i + 1 },
      out: folder,
      resume: existsSync(join(folder, 'run.json')),
    };
  });
}

/** Those that are not done. */
export async function unfinished<Run extends IndependentRun>(runs: readonly Run[]): Promise<Run[]> {
  const done = await Promise.all(
    runs.map(async ({ out, resume }) => resume === true && (await readRun(out)).state === 'done'),
  );
  return runs.filter((_, i) => !done[i]);
}

async function work(
  config: RunConfig,
  options: FoldsOptions,
  run: RunFolder,
  lock: RunLock,
): Promise<true | null> {
  const { out, signal, cacheFolder, onProgress } = options;
  await startBackend();
  await checkPlan(config);
  const data = await readTrainingData(config, {
    cacheFolder,
    signal,
    onProgress: (done, of) => onProgress?.({ type: 'preparing', done, of }),
  });
  await run.setData(data);
  for (const message of annotationProblems(data)) onProgress?.({ type: 'finding', message });
  await run.writeSplits(dealAll(data, config));
  const results = await trainRuns(await unfinished(foldRuns(config, out)), options);
  if (results.some(({ state }) => state !== 'done')) return null;
  lock.assertHeld();
  await finishFolds(run, config, data, {
    signal,
    onProgress: (done, of) => onProgress?.({ type: 'measuring', done, of }),
  });
  return true;
}

/** Deals all folds before any is trained: an impossible deal shows here. */
function dealAll(data: TrainingData, config: RunConfig): Splits {
  const dealt = Array.from({ length: config.folds! }, (_, i) =>
    splitSubjects(data, { ...config, fold: i + 1 }),
  );
  const folds = dealt.map(({ test }) => test);
  return { ...dealt[0]!, train: folds.flat().sort(), validation: [], test: [], folds };
}
