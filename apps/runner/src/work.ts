import { availableParallelism } from 'node:os';
import { databaseUrl, Jobs, openPostgres } from '@crepitus/jobs';
import { exitCodes, interruptSignal } from '@crepitus/lab/program';
import type { Arguments } from './arguments.ts';
import { tell } from './terminal.ts';

/** How jobs ended, over all kinds; `interrupted` ones are back in the queue. */
export type Ended = Record<'done' | 'failed' | 'interrupted', number>;

/** Takes jobs from the queues until stopped, or with `drain` until there are none. */
export async function work({ take, jobs, drain, leaseSeconds, json }: Arguments): Promise<number> {
  const database = openPostgres(databaseUrl());
  const queue = await Jobs.open(database, { onTrouble: tell });
  const stop = new AbortController(); // Where one kind cannot be worked on, the other ends too.
  const signal = AbortSignal.any([interruptSignal(), stop.signal]);
  const options = { jobs: jobs ?? availableParallelism(), signal, drain, leaseSeconds };
  const ended: Ended = { done: 0, failed: 0, interrupted: 0 };
  tell(`Waiting for ${take === 'both' ? 'runs and analyses' : take}, ${options.jobs} at a time.`);
  const kinds: Promise<void>[] = [];
  if (take !== 'analyses') {
    const { takeRuns } = await import('./trainings.ts'); // Loads all that trains.
    kinds.push(takeRuns(queue, options, json, ended));
  }
  if (take !== 'runs') {
    const { takeAnalyses } = await import('./analyses.ts');
    kinds.push(takeAnalyses(queue, database, options, json, ended));
  }
  try {
    await Promise.all(kinds);
  } catch (error) {
    stop.abort();
    await Promise.allSettled(kinds);
    throw error;
  } finally {
    await queue.close();
  }
  tell(`${ended.done} done, ${ended.failed} failed, ${ended.interrupted} interrupted and back in the queue`);
  if (ended.failed > 0 && take !== 'analyses')
    tell('What failed and why: crepitus-runner --list; again: crepitus-runner --retry all');
  if (ended.interrupted > 0) return exitCodes.interrupted;
  return ended.failed > 0 ? exitCodes.someFailed : exitCodes.done;
}
