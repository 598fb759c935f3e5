/** What whoever runs the portal asks of it. */
import { Readable } from 'node:stream';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { makeBackup } from './backup/make.ts';
import { Failure } from './failure.ts';
import { body, type Route, route } from './route.ts';

const backupOptionsSchema = z.strictObject({ withBrokenLog: z.boolean().default(false) });

export const operationsRoutes: readonly Route[] = [
  /** For health checks: whether the portal answers and its database too. Tells nothing else. */
  route('GET', '/api/health', 'anyone', async ({ portal }) => {
    await portal.queries.execute(sql`SELECT 1`).catch(() => {
      throw new Failure(503, 'database', 'The database does not answer.');
    });
    return { state: 'up' };
  }),
  route('POST', '/api/commands/backup', 'commands', async ({ portal, request }) => {
    const { queries, blobs, folder } = portal;
    const { withBrokenLog } = await body(request, backupOptionsSchema);
    const archive = makeBackup({
      queries,
      blobs,
      secrets: folder.secrets,
      scratch: folder.uploads,
      withBrokenLog,
    });
    return new Response(Readable.toWeb(Readable.from(archive)) as ReadableStream<Uint8Array>, {
      headers: { 'content-type': 'application/x-tar' },
    });
  }),
];
