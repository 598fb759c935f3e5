import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openServer } from '../apps/portal/src/server/database.ts';
import { describePortal } from '../apps/portal/test/portal-suite.ts';
import { freePort } from './free-port.ts';
import { ended, serve } from './portal-process.ts';
import { type PrivatePostgres, postgresPrograms, startPostgres } from './private-postgres.ts';

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
    await rm(folder, { recursive: true });
  });

  describePortal('the portal on PostgreSQL', () => openServer(server.url));
});
