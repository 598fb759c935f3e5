import { resolve } from 'node:path';
import type { RunConfig } from '@crepitus/lab';
import type { BaseCommand } from './base-command.ts';
import { printable } from './printable.ts';

/** Lays a run out and puts it, or each of its folds, into the queue; the result is what `--json` prints. */
export async function queueTraining(
  command: BaseCommand,
  config: RunConfig,
  flags: { readonly out: string; readonly resume: boolean },
): Promise<unknown> {
  const { databaseUrl, Jobs, openPostgres, trainingQueue } = await import('@crepitus/jobs');
  const { queueRun } = await import('@crepitus/lab');
  const out = resolve(flags.out); // Workers run in other folders.
  const jobs = await Jobs.open(openPostgres(databaseUrl()));
  try {
    const runs = await queueRun(config, { out, resume: flags.resume });
    for (const { out: run, partOf } of runs)
      await jobs.send(trainingQueue, { schemaVersion: 1, run, partOf }, { key: run });
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
  } finally {
    await jobs.close();
  }
}
