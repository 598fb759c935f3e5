import { resolve } from 'node:path';
import { CrepitusError } from '@crepitus/dsp';
import { databaseUrl, Jobs, type ListedJob, openPostgres, trainingQueue } from '@crepitus/jobs';
import { type ExitCode, errorCodeOf, exitCodes, sentenceOfError } from '@crepitus/lab/program';
import type { Arguments } from './arguments.ts';
import { print, printJson, tell } from './terminal.ts';

/** Prints how each run of the queue stands. */
export async function list({ json }: Arguments): Promise<ExitCode> {
  const jobs = await withQueue(queue => queue.list(trainingQueue));
  if (json) {
    const runs = jobs.map(({ key, state, at, failure }) => ({
      out: key,
      state,
      at: at.toISOString(),
      failure,
    }));
    printJson({ schemaVersion: 1, runs });
  } else if (jobs.length === 0) tell('The queue is empty.');
  else for (const job of jobs) print(lineOf(job));
  return exitCodes.done;
}

/** For instance `failed   2026-03-01 14:05  /runs/a/fold-2: The data of the run has changed.`, with the time of here. */
function lineOf({ key, state, at, failure }: ListedJob): string {
  const time = new Date(at.getTime() - 60_000 * at.getTimezoneOffset())
    .toISOString()
    .slice(0, 16)
    .replace('T', ' ');
  const reason = failure === null ? '' : `: ${failure.message}`;
  return `${state.replace('-', ' ').padEnd(8)} ${time}  ${key}${reason}`;
}

/** Queues failed runs again. */
export async function retry({ again, json }: Arguments): Promise<ExitCode> {
  const { queued, failed } = await withQueue(async queue => {
    const jobs = (await queue.list(trainingQueue)).filter(({ state }) => state === 'failed');
    const queued: string[] = [];
    const failed: { out: string; code: string; message: string }[] = [];
    for (const job of again.includes('all') ? jobs : named(jobs, again)) {
      try {
        await queue.retry(trainingQueue, job);
        queued.push(job.key);
      } catch (error) {
        tell(`${job.key}: ${sentenceOfError(error)}`);
        failed.push({ out: job.key, code: errorCodeOf(error), message: sentenceOfError(error) });
      }
    }
    return { queued, failed };
  });
  for (const run of queued) tell(`queued again: ${run}`);
  if (queued.length === 0 && failed.length === 0) tell('No run has failed.');
  if (json) printJson({ schemaVersion: 1, queued, failed });
  return failed.length > 0 ? exitCodes.someFailed : exitCodes.done;
}

/** @throws CrepitusError `run-not-failed` (usage) */
function named(failed: readonly ListedJob[], runs: readonly string[]): ListedJob[] {
  return runs.map(run => {
    const job = failed.find(({ key }) => key === resolve(run));
    if (job !== undefined) return job;
    throw new CrepitusError(
      'run-not-failed',
      `The queue has no failed run in ${resolve(run)}; crepitus-runner --list shows what it has.`,
      { kind: 'usage' },
    );
  });
}

async function withQueue<T>(use: (queue: Jobs) => Promise<T>): Promise<T> {
  const queue = await Jobs.open(openPostgres(databaseUrl()));
  try {
    return await use(queue);
  } finally {
    await queue.close();
  }
}
