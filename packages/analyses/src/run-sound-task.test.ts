import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runSoundTask } from './run-sound-task.ts';

it('says of a recording that was deleted while it waited that it is missing, and calls it no fault', async () => {
  const task = {
    type: 'screen',
    stored: join(tmpdir(), 'crepitus-deleted-meanwhile'),
    sites: [null],
    airflow: null,
    findings: [],
    cycles: [],
    bundle: 'default',
  } as const;
  await expect(runSoundTask(task)).rejects.toMatchObject({ name: 'CrepitusError', code: 'blob-missing' });
});
