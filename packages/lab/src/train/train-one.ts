import { setFlagsFromString } from 'node:v8';
import { CrepitusError } from '@crepitus/dsp';
import { createNetwork, startBackend, transferWeights } from '@crepitus/model';
import { assertWebgpuSound, startWebgpu } from '@crepitus/model/node';
import { classIndex, type Finding } from '@crepitus/recordings';
import { errorCodeOf } from '../program.ts';
import { BatchMaker } from './batches.ts';
import { chooseEpoch } from './epoch-choice.ts';
import { finishRun } from './finish-run.ts';
import { RunLock } from './lock.ts';
import type { RunConfig } from './run-config.ts';
import type { TrainingEvent } from './run-events.ts';
import { makeRunFolder, RunFolder } from './run-folder.ts';
import type { EpochRecord } from './run-record.ts';
import { splitSubjects, subjectsOf } from './splits.ts';
import { trainNetwork } from './trainer.ts';
import { annotationProblems, type DataCycle, readTrainingData } from './training-data.ts';
import { openSource } from './transfer-source.ts';

export interface TrainOptions {
  /** The run folder. */
  readonly out: string;
  /** Continue the run in `out`; the configuration must be the one it was begun with. */
  readonly resume?: boolean | undefined;
  readonly onProgress?: ((event: TrainingEvent) => void) | undefined;
  /** Stops the training after the step at hand; the run can then be resumed. */
  readonly signal?: AbortSignal | undefined;
  /** Default: `defaultCacheFolder()`. */
  readonly cacheFolder?: string | undefined;
}

export interface TrainResult {
  readonly state: 'done' | 'interrupted';
  /** The chosen epoch; null where interrupted, and with folds, each of which has its own. */
  readonly chosen: EpochRecord | null;
  /** Recordings whose audio could not be read; they were left out. */
  readonly failed: readonly Finding[];
}

/**
 * One run in this process: reads the data, trains, predicts, writes the bundle. A run that is done already is left as it is.
 *
 * @throws CrepitusError, among others `run-locked`, `run-exists`, `run-override`, `run-data-changed` (all refused)
 */
export async function trainOne(config: RunConfig, options: TrainOptions): Promise<TrainResult> {
  // A training calls the same kernels for hours: V8's baseline compiler would only slow the first steps down.
  setFlagsFromString('--no-liftoff');
  const { out, resume = false } = options;
  await makeRunFolder(out);
  const lock = await RunLock.acquire(out);
  try {
    const run = await RunFolder.open(out, config, resume);
    if (run.record.state === 'done') {
      const chosen = chooseEpoch(config.select, await run.epochsUpTo(config.epochs));
      return { state: 'done', chosen, failed: run.record.failed };
    }
    await run.setState('running');
    const chosen = await orFail(run, resume, () =>
      untilAborted(options.signal, () => work(config, options, run, lock)),
    );
    const state = chosen === null ? 'interrupted' : 'done';
    await run.setState(state);
    return { state, chosen, failed: run.record.failed };
  } finally {
    await lock.release();
  }
}

/** Does the work of a run; one that fails is marked so, or discarded. */
export async function orFail<T>(run: RunFolder, resume: boolean, work: () => Promise<T>): Promise<T> {
  try {
    return await orDiscard(run, resume, work);
  } catch (error) {
    const code = errorCodeOf(error);
    // What was to be said is the error, also where a full disk does not take the note of it.
    if (code === 'run-locked') await run.setState('interrupted').catch(() => {});
    else if (code !== 'run-lock-lost') await run.fail(error).catch(() => {});
    throw error;
  }
}

/** Does the work of a run; a new one that fails before its first epoch, for instance over a mistyped path, is discarded. */
export async function orDiscard<T>(run: RunFolder, resume: boolean, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!resume && error instanceof CrepitusError && error.code !== 'run-lock-lost')
      await run.discardUnbegun();
    throw error;
  }
}

/** The result of the work, or null where the signal ended it. */
export async function untilAborted<T>(
  signal: AbortSignal | undefined,
  work: () => Promise<T | null>,
): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (signal?.aborted && error === signal.reason) return null;
    throw error;
  }
}

/** Throws where the plan is wrong, before the recordings are prepared, which may take minutes. */
export async function checkPlan(config: RunConfig): Promise<void> {
  const source = await openSource(config);
  const { shapes, classes } = new BatchMaker(config);
  const network = createNetwork({ inputShapes: shapes, classes, blocks: config.blocks }, config.seed);
  try {
    if (source !== null) transferWeights(source.member, network);
  } finally {
    network.dispose();
  }
}

async function work(
  config: RunConfig,
  { onProgress, signal, cacheFolder }: TrainOptions,
  run: RunFolder,
  lock: RunLock,
): Promise<EpochRecord | null> {
  if (config.backend === 'webgpu') onProgress?.({ type: 'adapter', adapter: await startWebgpu() });
  // All but the training itself computes on WASM with plain arithmetic: a bundle's figures are the same on every machine.
  // Refused here rather than after minutes of preparing.
  if (config.backend === 'wasm') await startBackend({ arithmetic: config.arithmetic });
  await startBackend();
  await checkPlan(config);
  const data = await readTrainingData(config, {
    cacheFolder,
    signal,
    onProgress: (done, of) => onProgress?.({ type: 'preparing', done, of }),
  });
  await run.setData(data);
  // Of one of several folds they were told when all were dealt.
  if (config.fold === null)
    for (const message of annotationProblems(data)) onProgress?.({ type: 'finding', message });
  const splits = splitSubjects(data, config);
  await run.writeSplits(splits);

  const hasClass = ({ cycle }: DataCycle) => classIndex(config.task, cycle.label) !== null;
  const select = (cycles: readonly DataCycle[], subjects: readonly string[]) => {
    const members = new Set(subjects);
    return cycles.filter(cycle => members.has(cycle.subject));
  };
  const train = select(data.cycles, splits.train).filter(hasClass);
  const mixed = select(data.mixed, splits.mixTrain).filter(hasClass);
  const validation = select(data.cycles, splits.validation);
  const source = await openSource(config);
  const batches = new BatchMaker(config);
  const network = createNetwork(
    { inputShapes: batches.shapes, classes: batches.classes, blocks: config.blocks },
    config.seed,
  );
  try {
    if (source !== null) transferWeights(source.member, network);
    if (config.backend === 'webgpu') await startWebgpu();
    else await startBackend({ arithmetic: config.arithmetic });
    const chosen = await trainNetwork({
      config,
      network,
      run,
      signal,
      parts: { train, mixed, validation: validation.filter(hasClass) },
      onEvent(event) {
        assertWebgpuSound();
        onProgress?.(event);
      },
      assertOwned() {
        assertWebgpuSound();
        lock.assertHeld();
      },
    });
    if (chosen === null) return null;
    await startBackend();
    await finishRun({
      config,
      run,
      network,
      batches,
      source: source?.bundle ?? null,
      train: [...train, ...mixed],
      validation,
      mixValidation: select(data.mixed, splits.mixValidation),
      test: select(data.cycles, splits.test),
      heldBack: data.heldBack,
      groups: new Map(
        [...subjectsOf(data.cycles), ...subjectsOf(data.mixed)].map(({ subject, group }) => [subject, group]),
      ),
    });
    return chosen;
  } finally {
    network.dispose();
  }
}
