/** What whoever runs the portal asks of it. */
import { sql } from 'drizzle-orm';
import { Failure } from './failure.ts';
import { type Route, route } from './route.ts';

export const operationsRoutes: readonly Route[] = [
  /** For health checks: whether the portal answers and its database too. Tells nothing else. */
  route('GET', '/api/health', 'anyone', async ({ portal }) => {
    await portal.queries.execute(sql`SELECT 1`).catch(() => {
      throw new Failure(503, 'database', 'The database does not answer.');
    });
    return { state: 'up' };
  }),
];
