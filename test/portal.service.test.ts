import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openBlobs } from '@crepitus/analyses/node';
import { loadBundle } from '@crepitus/model/node';
import { writeWav } from '@crepitus/recordings';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbedded, openServer } from '../apps/portal/src/server/database.ts';
import { describeBackup } from '../apps/portal/test/backup-suite.ts';
import { breathLikeSound } from '../apps/portal/test/breath-like-sound.ts';
import { type Client, type PortalAtWork, startPortal } from '../apps/portal/test/portal-at-work.ts';
import { describePortal } from '../apps/portal/test/portal-suite.ts';
import { freePort } from './free-port.ts';
import { ended, serve } from './portal-process.ts';
import { type PrivatePostgres, postgresPrograms, startPostgres } from './private-postgres.ts';
import { printedByRunner, type Started, start } from './programs.ts';

/** Of https://github.com/jamhall/s3rver, which has no types. */
interface S3Server {
  run(): Promise<unknown>;
  close(): Promise<void>;
}
const S3rver = createRequire(import.meta.url)('s3rver') as new (options: object) => S3Server;

/** Processes that a process started, where the system says (Linux). */
function childrenOf(pid: number): string[] {
  const tasks = `/proc/${pid}/task`;
  if (!existsSync(tasks)) return [];
  return readdirSync(tasks).flatMap(task =>
    readFileSync(`${tasks}/${task}/children`, 'utf8').split(' ').filter(Boolean),
  );
}

describe.skipIf(!postgresPrograms())('with a server', () => {
  let server: PrivatePostgres;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.remove());

  it('two portals start at the same time on an empty database, and the log is checked beside them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'crepitus-portals-'));
    const environment = async () => ({
      ...process.env,
      DATABASE_URL: server.url,
      CREPITUS_DATA: join(folder, 'data'),
      PORT: String(await freePort()),
    });
    const portals = await Promise.all([environment().then(serve), environment().then(serve)]);
    for (const { link } of portals) expect(link).toMatch(/\/join\/[\w-]{43}$/);
    const verified = await ended(await environment(), 'audit', 'verify');
    expect(verified.out).toMatch(/^The audit log is whole: 2 entries/);
    for (const portal of portals) expect((await portal.stop()).code).toBe(0);
    const elsewhere = { ...(await environment()), DATABASE_URL: await newDatabase() };
    const refused = await ended(elsewhere, 'audit', 'verify');
    expect(refused).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^The database \S+ holds no portal;/),
    });
    const made = new pg.Client(elsewhere.DATABASE_URL);
    await made.connect();
    const { rows } = await made.query(
      "SELECT FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
    );
    expect(rows).toEqual([]);
    await made.end();
    await rm(folder, { recursive: true });
  });

  describePortal('the portal on PostgreSQL', () => openServer(server.url));

  /** An empty database of a name of its own. */
  async function newDatabase(): Promise<string> {
    const name = `portal_${databases++}`;
    const client = new pg.Client(server.url);
    await client.connect();
    await client.query(`CREATE DATABASE ${name}`);
    await client.end();
    return server.url.replace(/[^/]+$/, name);
  }
  let databases = 0;
  const onServer = async () => openServer(await newDatabase());
  const toServer = async () => ({ DATABASE_URL: await newDatabase() });

  describeBackup('a backup of a database on a server, restored into one', onServer, toServer);
  describeBackup(
    'a backup of an embedded database, restored on a server',
    () => openEmbedded(null),
    toServer,
  );
  describeBackup('a backup from a server, restored into an embedded one', onServer, async () => ({}));

  describe('analyses by workers beside the portal, recordings in S3', () => {
    const seconds = 30;
    const sound = writeWav(
      [1, 2].map(seed => breathLikeSound(seconds, 8000, seed)),
      8000,
    );
    let folder: string;
    let store: S3Server;
    let environment: Record<string, string>;
    let work: PortalAtWork;
    let clinician: Client;
    let visit: string;
    const workers: Started[] = [];

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'crepitus-workers-'));
      const port = await freePort();
      store = await openStore(port);
      environment = {
        DATABASE_URL: await newDatabase(),
        CREPITUS_BLOBS: 's3://lungs/portal',
        AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
        AWS_ACCESS_KEY_ID: 'S3RVER',
        AWS_SECRET_ACCESS_KEY: 'S3RVER',
      };
      const blobs = await openBlobs(environment, { folder: null, scratch: join(folder, 'scratch') });
      work = await startPortal(() => openServer(environment.DATABASE_URL!), { blobs, hostsAnalyses: false });
      clinician = await work.newClinic('North');
      const draft = { pseudonym: 'P-1', birthYear: null, sex: 'unknown', notes: '' };
      const { id } = (await clinician.post('/api/patients', draft)).json;
      visit = (await clinician.post(`/api/patients/${id}/visits`, { day: '2026-06-01', notes: '' })).json.id;
    });
    afterAll(async () => {
      for (const { process: worker } of workers) kill(worker);
      await work?.close();
      await store?.close();
      await rm(folder, { recursive: true, force: true });
    });

    function openStore(port: number): Promise<S3Server> {
      const server = new S3rver({
        port,
        address: '127.0.0.1',
        silent: true,
        directory: join(folder, 's3'),
        configureBuckets: [{ name: 'lungs' }],
      });
      return server.run().then(() => server);
    }

    function worker(...args: string[]): Started {
      const started = start(
        'runner',
        ['--take', 'analyses', '--jobs', '1', '--lease', '4', '--json', ...args],
        environment,
      );
      workers.push(started);
      return started;
    }

    /** The worker and its processes, as when a machine is lost. */
    function kill({ pid, exitCode, signalCode }: Started['process']): void {
      if (exitCode === null && signalCode === null) process.kill(-pid!, 'SIGKILL');
    }

    async function upload(bytes: Uint8Array): Promise<string> {
      const path = `/api/visits/${visit}/recordings?site=&device=`;
      const { status, json } = await clinician.ask(path, { method: 'POST', bytes });
      expect(status).toBe(200);
      return json.id;
    }

    const progress = async (id: string) => (await clinician.ask(`/api/recordings/${id}/progress`)).json;
    async function until(id: string, holds: (now: { state: string; progress: number }) => boolean) {
      for (;;) {
        const now = await progress(id);
        if (holds(now)) return now;
        await sleep(50);
      }
    }

    it('wait for a worker; one that is killed at work loses nothing, and another ends in the scores of the file', async () => {
      const id = await upload(sound);
      await sleep(1500);
      expect(await progress(id)).toMatchObject({ state: 'waiting', before: 0 });
      const [listed] = (await clinician.ask(`/api/visits/${visit}/progress`)).json;
      expect(listed).toEqual({ id, state: 'waiting', progress: 0, before: 0 });
      const first = worker();
      await until(id, now => now.progress > 0.05);
      for (const secret of ['DATABASE_URL', 'AWS_SECRET_ACCESS_KEY'])
        for (const child of childrenOf(first.process.pid!))
          expect(readFileSync(`/proc/${child}/environ`, 'latin1')).not.toContain(secret);
      kill(first.process);
      await first.ended;
      expect(await progress(id)).toMatchObject({ state: 'at-work', progress: expect.any(Number) });
      const second = worker('--drain');
      expect(await until(id, ({ state }) => state === 'done' || state === 'failed')).toMatchObject({
        state: 'done',
      });
      const { code, out } = await second.ended;
      expect(code).toBe(0);
      const line = printedByRunner(out, 'analysis');
      expect(line).toMatchObject({ state: 'done', failure: null });
      const detector = await loadBundle('default');
      const expected = await detector.screen(sound, {
        name: 'recording.wav',
        channelMap: [0, 1].map(channel => ({ channel, kind: 'sound' as const, site: null })),
      });
      const { analysis } = (await clinician.ask(`/api/recordings/${id}`)).json;
      expect(analysis.id).toBe(line.analysis);
      expect(analysis.result.recording.channels).toEqual(JSON.parse(JSON.stringify(expected.channels)));
    });

    it('are tried again while the store does not answer, and say so; uploads are refused whole', async () => {
      const short = writeWav([breathLikeSound(3, 8000, 9)], 8000);
      const id = await upload(short);
      const before = (await clinician.ask(`/api/visits/${visit}`)).json.recordings.length;
      await store.close();
      const port = Number(new URL(environment.AWS_ENDPOINT_URL!).port);
      const down = worker();
      expect(printedByRunner((await down.ended).out, 'error').error).toMatchObject({
        code: 'blob-store',
        message: expect.stringMatching(
          /^The store of recordings s3:\/\/lungs\/portal\/ cannot be used \(ECONNREFUSED\)/,
        ),
      });
      const path = `/api/visits/${visit}/recordings?site=&device=`;
      expect(await clinician.ask(path, { method: 'POST', bytes: sound })).toMatchObject({
        status: 503,
        json: { error: { code: 'blob-store' } },
      });
      expect((await clinician.ask(`/api/visits/${visit}`)).json.recordings).toHaveLength(before);
      expect((await clinician.ask(`/api/recordings/${id}/sound`)).status).toBe(503);
      store = await openStore(port);
      const up = worker();
      await until(id, ({ state }) => state === 'done');
      expect((await clinician.ask(`/api/recordings/${id}/sound`)).bytes).toEqual(short);
      await store.close();
      await clinician.post(`/api/recordings/${id}/analyses`);
      await until(id, now => (now as { failure?: { code: string } }).failure?.code === 'blob-store');
      expect(await progress(id)).toMatchObject({ state: 'waiting' });
      store = await openStore(port);
      await until(id, ({ state }) => state === 'done');
      up.process.kill('SIGTERM');
      expect((await up.ended).code).toBe(130); // It had put one back.
    });
  });
});
