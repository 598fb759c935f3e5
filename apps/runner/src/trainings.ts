import { CrepitusError } from '@crepitus/dsp';
import { type JobEnd, type Jobs, type TrainingJob, trainingQueue, type WorkOptions } from '@crepitus/jobs';
import { continueRun, foldsAreDone, type TrainResult } from '@crepitus/lab';
import { errorCodeOf, sentenceOfError } from '@crepitus/lab/program';
import { reporter } from './once.ts';
import { printJson, tell } from './terminal.ts';
import type { Ended } from './work.ts';

/** Whoever holds a run's lock is asked again after this time; a dead owner's lock is free after a minute. */
const lockedAgainSeconds = 30;

/** Takes training runs from the queue. */
export async function takeRuns(
  queue: Jobs,
  options: WorkOptions,
  json: boolean,
  ended: Ended,
): Promise<void> {
  const handler = async (job: TrainingJob): Promise<JobEnd> => {
    const { run } = job;
    try {
      const result = await trainJob(job, options.signal);
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
  await queue.work(trainingQueue, handler, ({ run }) => run, options);
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
