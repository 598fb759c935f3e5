/** Cycles that were reviewed in the portal train a network: its export is unpacked, looked at and learned from. */
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { synthesiseRecording } from '@crepitus/datasets';
import { writeWav } from '@crepitus/recordings';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openEmbedded } from '../apps/portal/src/server/database.ts';
import { review } from '../apps/portal/src/server/schema.ts';
import { type Client, type PortalAtWork, startPortal } from '../apps/portal/test/portal-at-work.ts';
import { start, stateOf } from './programs.ts';

const patients = 4;

let folder: string;
let work: PortalAtWork;
let administrator: Client;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crepitus-portal-export-'));
  work = await startPortal(() => openEmbedded(null));
  administrator = await work.newClinic('North');
  let seq = 0;
  const [{ id: reviewerId }] = (await administrator.ask('/api/users')).json;
  for (let i = 0; i < patients; i++) {
    const crackles = i % 2 === 0;
    const id = await analysedRecording(i, crackles);
    const { json } = await administrator.ask(`/api/recordings/${id}`);
    const { cycles } = json.analysis.result.recording.channels[0];
    expect(cycles.length).toBeGreaterThan(1);
    const word = crackles ? ('crackle' as const) : ('clear' as const);
    for (const { start, end } of cycles)
      await work.portal.queries
        .insert(review)
        .values({ id: randomUUID(), recordingId: id, reviewerId, seq: ++seq, channel: 0, start, end, word });
  }
});
afterAll(async () => {
  await work?.close();
  await rm(folder, { recursive: true, force: true });
});

async function analysedRecording(seed: number, crackles: boolean): Promise<string> {
  const made = synthesiseRecording({
    seed,
    seconds: 12,
    breathsPerMinute: 20,
    sampleRate: 8000,
    crackles: crackles ? 'fine' : 'none',
  });
  const draft = { pseudonym: `P-${seed}`, birthYear: null, sex: 'unknown', notes: '' };
  const patient = (await administrator.post('/api/patients', draft)).json.id;
  const day = { day: '2026-06-01', notes: '' };
  const visit = (await administrator.post(`/api/patients/${patient}/visits`, day)).json.id;
  const uploaded = await administrator.ask(`/api/visits/${visit}/recordings?site=Pl&device=Synth`, {
    method: 'POST',
    bytes: writeWav(made.channels, made.sampleRate),
  });
  const { id } = uploaded.json;
  while ((await administrator.ask(`/api/recordings/${id}/progress`)).json.state !== 'done') await sleep(100);
  return id;
}

it('the data set of a clinic is inspected without a complaint, and trained on', async () => {
  const { status, bytes } = await administrator.ask('/api/exports/dataset');
  expect(status).toBe(200);
  const study = join(folder, 'study');
  for (const [path, content] of Object.entries(unzipSync(bytes))) {
    await mkdir(dirname(join(study, path)), { recursive: true });
    await writeFile(join(study, path), content);
  }
  const environment = { CREPITUS_CACHE: join(folder, 'cache') };
  const inspected = await start('crepitus', ['data', 'inspect', `manifest:${study}`, '--json'], environment)
    .ended;
  expect(inspected.code).toBe(0);
  const summary = JSON.parse(inspected.out);
  expect(summary).toMatchObject({ recordings: patients, subjects: patients, problems: [] });
  const run = join(folder, 'run');
  const trained = await start(
    'crepitus',
    [
      ...['train', 'source', '--data', `manifest:${study}`, '--out', run],
      ...['--epochs', '1', '--seed', '3', '--cycle-seconds', '2'],
    ],
    environment,
  ).ended;
  expect(trained.err).toContain('epoch 1');
  expect(trained.code).toBe(0);
  expect(stateOf(run)).toBe('done');
});
