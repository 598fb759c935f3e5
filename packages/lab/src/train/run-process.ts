/**
 * Independent runs (folds, seeds, configurations), each in a process of its own that starts at child.ts: its memory is
 * its own, a crash hits one run, and as many run at once as there are cores. The command line, experiments and the
 * runner all train through here.
 *
 * What a run's process writes to stderr, last words of a crash included, goes to `log.txt` in its folder.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeFailed } from '@crepitus/datasets';
import { CrepitusError } from '@crepitus/dsp';
import type { FromChild, ToChild } from './child.ts';
import { RunLock } from './lock.ts';
import type { RunConfig } from './run-config.ts';
import type { RunEvent } from './run-events.ts';
import { logFile, makeRunFolder, RunFolder } from './run-folder.ts';
import type { TrainResult } from './train-one.ts';

/** One run, without folds or one of them. */
export interface IndependentRun {
  /** Stands before what is told of it, for instance `fold 2`; without one it is the only run. */
  readonly name?: string;
  readonly config: RunConfig;
  /** The run folder. */
  readonly out: string;
  /** Continue the run in `out`. */
  readonly resume?: boolean | undefined;
}

export interface RunsOptions {
  /** Runs trained at the same time; default: one per core. */
  readonly jobs?: number | undefined;
  readonly onProgress?: ((event: RunEvent) => void) | undefined;
  /** Stops every run after the step at hand; each can then be resumed. */
  readonly signal?: AbortSignal | undefined;
  /** Default: `defaultCacheFolder()`. */
  readonly cacheFolder?: string | undefined;
}

const interrupted: TrainResult = { state: 'interrupted', chosen: null, failed: [] };

/**
 * Trains runs, `jobs` at a time. A run that fails stops the others; all of them can then be resumed.
 *
 * @returns one result per run, in their order; `interrupted` where the signal came before the end
 * @throws CrepitusError: those of a run, and `run-died` when a run's process dies twice
 */
export async function trainRuns(
  runs: readonly IndependentRun[],
  options: RunsOptions,
): Promise<TrainResult[]> {
  const failed = new AbortController();
  const signal = AbortSignal.any([failed.signal, ...(options.signal ? [options.signal] : [])]);
  const results = runs.map(() => interrupted);
  const waiting = [...runs.entries()];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined && !signal.aborted; next = waiting.shift()) {
      const [index, run] = next;
      try {
        results[index] = await trainResumedOnce(run, { ...options, signal });
      } catch (error) {
        failed.abort();
        throw error;
      }
    }
  };
  const jobs = Math.min(options.jobs ?? availableParallelism(), runs.length);
  const workers = await Promise.allSettled(Array.from({ length: jobs }, worker));
  const failure = workers.find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined;
  if (failure !== undefined) throw failure.reason;
  return results;
}

async function trainResumedOnce(run: IndependentRun, options: RunsOptions): Promise<TrainResult> {
  const { onProgress } = options;
  const name = run.name === undefined ? {} : { run: run.name };
  const log = join(run.out, logFile);
  let ended = await trainInProcess(run, options);
  if (typeof ended === 'string' && !options.signal?.aborted) {
    onProgress?.({ type: 'run-died', reason: ended, log, ...name });
    const resume = run.resume || existsSync(join(run.out, 'run.json'));
    ended = await trainInProcess({ ...run, resume }, options);
  }
  if (typeof ended === 'string') {
    if (options.signal?.aborted) return interrupted;
    const died = new CrepitusError(
      'run-died',
      `The process of ${run.name ?? 'the run'} ended twice before its time (${ended}; its log is ${log}); free memory or lower --jobs, then resume the run.`,
    );
    await markFailed(run, died);
    onProgress?.({ type: 'run-failed', reason: died.message, ...name });
    throw died;
  }
  if (ended.state === 'done') onProgress?.({ type: 'run-done', ...name });
  return ended;
}

/** Notes in the folder what its own process no longer could; not where another one has taken the run up meanwhile. */
async function markFailed({ config, out }: IndependentRun, error: CrepitusError): Promise<void> {
  try {
    const lock = RunLock.acquire(out);
    try {
      await (await RunFolder.open(out, config, true)).fail(error);
    } finally {
      await lock.release();
    }
  } catch {
    // The run has not begun, is locked or cannot be written: the error says enough.
  }
}

/** The result of a run's process, or, where it gave none, how it ended. */
async function trainInProcess(
  { name, config, out, resume = false }: IndependentRun,
  { signal, cacheFolder, onProgress }: RunsOptions,
): Promise<TrainResult | string> {
  await makeRunFolder(out);
  const child = startProcess(out);
  const send = (message: ToChild) => child.connected && child.send(message, () => {});
  const stop = () => send({ type: 'stop' });
  signal?.addEventListener('abort', stop);
  send({ type: 'train', task: { config, out, resume, cacheFolder } });
  if (signal?.aborted) stop();
  let last: FromChild | undefined;
  child.on('message', (message: FromChild) => {
    if (message.type !== 'progress') last = message;
    else onProgress?.(name === undefined ? message.event : { ...message.event, run: name });
  });
  const ended = await new Promise<string>(resolve => {
    child.once('close', (code, by) => resolve(by === null ? `exit code ${code}` : `signal ${by}`));
    child.once('error', error => resolve(error.message));
  });
  signal?.removeEventListener('abort', stop);
  if (last?.type === 'result') return last.result;
  if (last?.type === 'error') {
    onProgress?.({ type: 'run-failed', reason: last.message, ...(name === undefined ? {} : { run: name }) });
    throw errorFrom(last, name);
  }
  return ended;
}

function errorFrom({ code, kind, message, stack }: FromChild & { type: 'error' }, name?: string): Error {
  const sentence = name === undefined ? message : `${name}: ${message}`;
  if (code !== null) return new CrepitusError(code, sentence, { kind: kind ?? 'input' });
  const fault = new Error(sentence);
  if (stack !== undefined) fault.stack = stack;
  return fault;
}

/** Node does not read TypeScript: from the sources (tests, benches) the process runs through tsx, as they do. */
function startProcess(out: string): ChildProcess {
  const extension = extname(fileURLToPath(import.meta.url));
  const entry = fileURLToPath(new URL(`./child${extension}`, import.meta.url));
  const log = openLog(join(out, logFile));
  try {
    return fork(entry, {
      execArgv: extension === '.ts' ? ['--conditions=@crepitus/source', '--import', 'tsx'] : [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', log, 'ipc'],
    });
  } finally {
    closeSync(log);
  }
}

function openLog(path: string): number {
  try {
    return openSync(path, 'a');
  } catch (cause) {
    throw writeFailed(path, cause);
  }
}
