import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CrepitusError } from '@crepitus/dsp';
import { startBackend } from '@crepitus/model';
import type { FromChild, ToChild } from './child.ts';
import { finishFolds } from './finish-folds.ts';
import { RunLock } from './lock.ts';
import type { RunConfig } from './run-config.ts';
import { makeRunFolder, RunFolder, readRun } from './run-folder.ts';
import type { Splits } from './run-record.ts';
import { splitSubjects } from './splits.ts';
import {
  checkPlan,
  orDiscard,
  type TrainingEvent,
  type TrainOptions,
  type TrainResult,
  untilAborted,
} from './train-one.ts';
import { readTrainingData, type TrainingData } from './training-data.ts';

export type FoldsEvent =
  | (TrainingEvent & { readonly fold?: number })
  | { readonly type: 'fold-done'; readonly fold: number }
  /** The process of a fold ended without a word; it is resumed once. */
  | { readonly type: 'fold-died'; readonly fold: number; readonly reason: string };

export interface FoldsOptions extends Omit<TrainOptions, 'onProgress'> {
  readonly onProgress?: ((event: FoldsEvent) => void) | undefined;
  /** Folds trained at the same time, each in a process of its own; default 1. */
  readonly jobs?: number | undefined;
}

/**
 * Cross-validation by subject: one run per fold in `fold-1` ... `fold-K`, each in a child process, and the bundle of
 * their mean.
 *
 * @throws CrepitusError: those of `trainOne`, and `fold-died` when the process of a fold dies twice
 */
export async function trainFolds(config: RunConfig, options: FoldsOptions): Promise<TrainResult> {
  const { out, resume = false } = options;
  await makeRunFolder(out);
  const lock = await RunLock.acquire(out);
  try {
    const run = await RunFolder.open(out, config, resume);
    if (run.record.state === 'done') return { state: 'done', chosen: null, failed: run.record.failed };
    await run.setState('running');
    const done = await untilAborted(options.signal, () =>
      orDiscard(run, resume, () => work(config, options, run, lock)),
    );
    const state = done === null ? 'interrupted' : 'done';
    await run.setState(state);
    return { state, chosen: null, failed: run.record.failed };
  } finally {
    await lock.release();
  }
}

async function work(
  config: RunConfig,
  options: FoldsOptions,
  run: RunFolder,
  lock: RunLock,
): Promise<true | null> {
  const { signal, cacheFolder, onProgress } = options;
  await startBackend();
  await checkPlan(config);
  const data = await readTrainingData(config, {
    cacheFolder,
    signal,
    onProgress: (done, of) => onProgress?.({ type: 'preparing', done, of }),
  });
  await run.setData(data);
  await run.writeSplits(dealAll(data, config));
  if (!(await trainAll(config, options))) return null;
  lock.assertHeld();
  await finishFolds(run, config, data);
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

/** Trains all folds, `jobs` at a time; false when the signal stopped them. One that fails stops the others. */
async function trainAll(config: RunConfig, options: FoldsOptions): Promise<boolean> {
  const failed = new AbortController();
  const signal = AbortSignal.any([failed.signal, ...(options.signal ? [options.signal] : [])]);
  const waiting = Array.from({ length: config.folds! }, (_, i) => i + 1);
  const results: TrainResult[] = [];
  const worker = async () => {
    for (let fold = waiting.shift(); fold !== undefined && !signal.aborted; fold = waiting.shift()) {
      try {
        results.push(await trainFold(config, fold, { ...options, signal }));
      } catch (error) {
        failed.abort();
        throw error;
      }
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: options.jobs ?? 1 }, worker));
  const failure = workers.find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined;
  if (failure !== undefined) throw failure.reason;
  return results.length === config.folds && results.every(({ state }) => state === 'done');
}

async function trainFold(config: RunConfig, fold: number, options: FoldsOptions): Promise<TrainResult> {
  const { onProgress } = options;
  const attempt = () => trainInChild({ ...config, fold }, fold, options);
  let ended = await attempt();
  if (typeof ended === 'string') {
    onProgress?.({ type: 'fold-died', fold, reason: ended });
    ended = await attempt();
  }
  if (typeof ended === 'string') {
    throw new CrepitusError(
      'fold-died',
      `The process of fold ${fold} ended twice before its time (${ended}); free memory or lower --jobs, then resume the run.`,
    );
  }
  if (ended.state === 'done') onProgress?.({ type: 'fold-done', fold });
  return ended;
}

/** The result of a fold's process, or, where it gave none, how it ended. */
async function trainInChild(
  config: RunConfig,
  fold: number,
  { out, signal, cacheFolder, onProgress }: FoldsOptions,
): Promise<TrainResult | string> {
  const folder = join(out, `fold-${fold}`);
  const resume = existsSync(join(folder, 'run.json'));
  if (resume && (await readRun(folder)).state === 'done') return { state: 'done', chosen: null, failed: [] };
  const child = startChild();
  const send = (message: ToChild) => child.connected && child.send(message);
  const stop = () => send({ type: 'stop' });
  signal?.addEventListener('abort', stop);
  send({
    type: 'train',
    task: { config, out: folder, resume, cacheFolder },
  });
  if (signal?.aborted) stop();
  let last: FromChild | undefined;
  child.on('message', (message: FromChild) => {
    if (message.type === 'progress') onProgress?.({ ...message.event, fold });
    else last = message;
  });
  const ended = await new Promise<string>(resolve => {
    child.once('exit', (code, by) => resolve(by === null ? `exit code ${code}` : `signal ${by}`));
    child.once('error', error => resolve(error.message));
  });
  signal?.removeEventListener('abort', stop);
  if (last?.type === 'result') return last.result;
  if (last?.type === 'error' && last.code !== null) {
    throw new CrepitusError(last.code, `Fold ${fold}: ${last.message}`, { kind: last.kind ?? 'input' });
  }
  if (last?.type === 'error') throw new Error(`Fold ${fold} failed: ${last.message}`);
  return ended;
}

/** Node does not read TypeScript: from the sources (tests, benches) the child runs through tsx, as they do. */
function startChild(): ChildProcess {
  const extension = extname(fileURLToPath(import.meta.url));
  const entry = fileURLToPath(new URL(`./child${extension}`, import.meta.url));
  return fork(entry, {
    execArgv: extension === '.ts' ? ['--conditions=@crepitus/source', '--import', 'tsx'] : [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}
