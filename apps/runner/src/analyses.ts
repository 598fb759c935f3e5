import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBlobs, workOnAnalyses } from '@crepitus/analyses/node';
import type { Database, Jobs, WorkOptions } from '@crepitus/jobs';
import { printJson, tell } from './terminal.ts';
import type { Ended } from './work.ts';

/**
 * Takes the portal's analyses from the queue; the recordings come from where the portal has them (`CREPITUS_BLOBS`).
 *
 * @throws CrepitusError `blobs-setting`, `blob-store`
 */
export async function takeAnalyses(
  queue: Jobs,
  database: Database,
  options: WorkOptions,
  json: boolean,
  ended: Ended,
): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'crepitus-runner-'));
  try {
    const blobs = await openBlobs(process.env, { folder: null, scratch });
    try {
      await workOnAnalyses(queue, {
        ...options,
        database,
        blobs,
        onEnd: ({ analysis, state, failure }) => {
          ended[state === 'waiting' ? 'interrupted' : state]++;
          tell(`analysis ${analysis}: ${state}${failure === null ? '' : `: ${failure.message}`}`);
          if (json) printJson({ schemaVersion: 1, analysis, state, failure });
        },
      });
    } finally {
      blobs.close();
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
