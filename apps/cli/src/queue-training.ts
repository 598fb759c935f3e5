import { resolve } from 'node:path';
import type { Jobs } from '@crepitus/jobs';
import type { QueuedRun, RunConfig } from '@crepitus/lab';
import type { BaseCommand } from './base-command.ts';
import { printable } from './printable.ts';

/** Lays a run out and puts it, or each of its folds, into the queue; the result is what `--json` prints. */
export function queueTraining(
  command: BaseCommand,
  config: RunConfig,
  flags: { readonly out: string; readonly resume: boolean },
): Promise<unknown> {
  const out = resolve(flags.out); // Workers run in other folders.
  return withJobs(async jobs => {
    const { queueRun } = await import('@crepitus/lab');
    const runs = await queueRun(config, { out, resume: flags.resume });
    await sendRuns(jobs, runs);
    process.stderr.write(
      runs.length === 0
        ? `The run in ${printable(out)} is done already.\n`
        : `Queued ${runs.length === 1 ? 'one run' : `${runs.length} runs`} in ${printable(out)}; crepitus-runner processes take them. Put again what is left with: ${command.config.bin} train ${config.kind} --resume --queue --out ${flags.out}\n`,
    );
    return {
      schemaVersion: 1,
      out: flags.out,
      state: runs.length === 0 ? 'done' : 'queued',
      chosen: null,
      failed: [],
      queued: runs.map(({ out: run }) => run),
    };
  });
}

/** Opens the queue on PostgreSQL first, so that nothing is laid out for a queue that is not there. */
export async function withJobs<T>(work: (jobs: Jobs) => Promise<T>): Promise<T> {
  const { databaseUrl, Jobs, openPostgres } = await import('@crepitus/jobs');
  const jobs = await Jobs.open(openPostgres(databaseUrl()));
  try {
    return await work(jobs);
  } finally {
    await jobs.close();
  }
}

/** A run that waits in the queue already is not put there twice. */
export async function sendRuns(jobs: Jobs, runs: readonly QueuedRun[]): Promise<void> {
  const { trainingQueue } = await import('@crepitus/jobs');
  for (const { out: run, partOf } of runs)
    await jobs.send(trainingQueue, { schemaVersion: 1, run, partOf }, { key: run });
}
