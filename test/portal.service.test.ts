import { afterAll, beforeAll, describe } from 'vitest';
import { openServer } from '../apps/portal/src/server/database.ts';
import { describePortal } from '../apps/portal/test/portal-suite.ts';
import { type PrivatePostgres, postgresPrograms, startPostgres } from './private-postgres.ts';

describe.skipIf(!postgresPrograms())('with a server', () => {
  let server: PrivatePostgres;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.remove());

  describePortal('the portal on PostgreSQL', () => openServer(server.url));
});
