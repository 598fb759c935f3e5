/** Analyses on their way to whoever computes them: the portal itself, or workers beside it (@crepitus/analyses). */
import { analysisQueue, type Jobs } from '@crepitus/jobs';
import { eq } from 'drizzle-orm';
import type { Queries } from './database.ts';
import { analysis } from './schema.ts';

export async function queueAnalysis(jobs: Jobs, id: string): Promise<void> {
  await jobs.send(analysisQueue, { schemaVersion: 1, analysis: id }, { key: id });
}

/** Queues what waits without a job: the portal was killed between its database and the queue. */
export async function queueForgotten(queries: Queries, jobs: Jobs): Promise<void> {
  const waiting = await queries
    .select({ id: analysis.id })
    .from(analysis)
    .where(eq(analysis.state, 'waiting'));
  const known = new Set(
    (await jobs.list(analysisQueue)).filter(({ state }) => state !== 'done').map(({ key }) => key),
  );
  for (const { id } of waiting) if (!known.has(id)) await queueAnalysis(jobs, id);
}
