import { availableParallelism } from 'node:os';
import { CrepitusError } from '@crepitus/dsp';
import {
  databaseUrl,
  type JobEnd,
  Jobs,
  openPostgres,
  type TrainingJob,
  trainingQueue,
} from '@crepitus/jobs';
import { continueRun, foldsAreDone, type TrainResult } from '@crepitus/lab';
import { errorCodeOf, exitCodes, interruptSignal, sentenceOfError } from '@crepitus/lab/program';
import type { Arguments } from './arguments.ts';
import { reporter } from './once.ts';
import { printJson, tell } from './terminal.ts';

/** Whoever holds a run's lock is asked again after this time; a dead owner's lock is free after a minute. */
const lockedAgainSeconds = 30;

/** Takes runs from the queue until stopped, or with `drain` until there are none. */
export async function work({ jobs, drain, leaseSeconds, json }: Arguments): Promise<number> {
  const queue = await Jobs.open(openPostgres(databaseUrl()), { onTrouble: tell });
  const signal = interruptSignal();
  const atOnce = jobs ?? availableParallelism();
  const ended = { done: 0, failed: 0, interrupted: 0 };
  tell(`Waiting for runs, ${atOnce} at a time.`);
  try {
    const handler = async (job: TrainingJob): Promise<JobEnd> => {
      const { run } = job;
      try {
        const result = await trainJob(job, signal);
        if (result === 'locked') {
          tell(`${run}: held by another process; asked again in ${lockedAgainSeconds} s`);
          return { type: 'again', afterSeconds: lockedAgainSeconds };
        }
        ended[result.state]++;
        for (const { message } of result.failed) tell(`${run}: left out: ${message}`);
        tell(`${run}: ${result.state}`);
        if (json) printJson({ schemaVersion: 1, out: run, ...result });
        if (result.state === 'interrupted') return { type: 'again', afterSeconds: 0 };
        await queueFinishingStep(job, queue);
        return { type: 'done' };
      } catch (error) {
        ended.failed++;
        tell(`${run}: ${sentenceOfError(error)}`);
        if (json)
          printJson({
            schemaVersion: 1,
            out: run,
            error: { code: errorCodeOf(error), message: sentenceOfError(error) },
          });
        // A process that died may live longer elsewhere: tried again, where other errors of a run are final.
        if (error instanceof CrepitusError && error.code === 'run-died') throw new Error(error.message);
        throw error;
      }
    };
    await queue.work(trainingQueue, handler, ({ run }) => run, {
      jobs: atOnce,
      signal,
      drain,
      leaseSeconds,
    });
  } finally {
    await queue.close();
  }
  tell(`${ended.done} done, ${ended.failed} failed, ${ended.interrupted} interrupted and back in the queue`);
  if (ended.failed > 0)
    tell('What failed and why: crepitus-runner --list; again: crepitus-runner --retry all');
  if (ended.interrupted > 0) return exitCodes.interrupted;
  return ended.failed > 0 ? exitCodes.someFailed : exitCodes.done;
}

async function trainJob({ run }: TrainingJob, signal: AbortSignal): Promise<TrainResult | 'locked'> {
  try {
    return await continueRun({ out: run, jobs: 1, signal, onProgress: reporter(`${run}: `) });
  } catch (error) {
    if (error instanceof CrepitusError && error.code === 'run-locked') return 'locked';
    throw error;
  }
}

/** Whoever finishes the last fold queues the finishing step; done twice, the second finds the run done. */
async function queueFinishingStep({ partOf }: TrainingJob, queue: Jobs): Promise<void> {
  if (partOf === null || !(await foldsAreDone(partOf))) return;
  await queue.send(trainingQueue, { schemaVersion: 1, run: partOf, partOf: null }, { key: partOf });
}
