/** Analyses on their way to whoever computes them: the portal itself, or workers beside it (@crepitus/analyses). */
import { analysisQueue, type Jobs } from '@crepitus/jobs';
import { and, asc, count, eq, inArray, lte, ne } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Queries } from './database.ts';
import { analysis, recording } from './schema.ts';

/**
 * Visits take turns: an analysis comes after those of other visits before which fewer of their own wait, so that hundreds
 * of files of one visit do not hold up the next recording of another.
 */
export async function queueAnalysis(queries: Queries, jobs: Jobs, id: string): Promise<void> {
  const priority = -(await ownBefore(queries, id));
  await jobs.send(analysisQueue, { schemaVersion: 1, analysis: id }, { key: id, priority });
}

/** How many analyses of the same visit wait or are at work that were asked for earlier. */
async function ownBefore(queries: Queries, id: string): Promise<number> {
  const own = alias(analysis, 'own');
  const ownRecording = alias(recording, 'own_recording');
  const [earlier] = await queries
    .select({ count: count() })
    .from(own)
    .innerJoin(ownRecording, eq(ownRecording.id, own.recordingId))
    .innerJoin(recording, eq(recording.visitId, ownRecording.visitId))
    .innerJoin(analysis, eq(analysis.recordingId, recording.id))
    .where(
      and(
        eq(own.id, id),
        ne(analysis.id, id),
        inArray(analysis.state, ['waiting', 'at-work']),
        lte(analysis.createdAt, own.createdAt),
      ),
    );
  return earlier!.count;
}

/** Queues what waits without a job: the portal was killed between its database and the queue. */
export async function queueForgotten(queries: Queries, jobs: Jobs): Promise<void> {
  const waiting = await queries
    .select({ id: analysis.id })
    .from(analysis)
    .where(eq(analysis.state, 'waiting'))
    .orderBy(asc(analysis.createdAt));
  const known = new Set(
    (await jobs.list(analysisQueue)).filter(({ state }) => state !== 'done').map(({ key }) => key),
  );
  for (const { id } of waiting) if (!known.has(id)) await queueAnalysis(queries, jobs, id);
}
