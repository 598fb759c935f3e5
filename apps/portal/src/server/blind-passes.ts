/**
 * Blind passes: while one is open the portal withholds from its reviewer what the detector found and what the others said,
 * whichever way they ask. Whoever shows or hands out one of these asks here first (`withheldFrom`, `requireSighted`,
 * `blindView`).
 */
import type { RecordingAnalysis } from '@crepitus/analyses';
import { and, eq, gte, inArray, isNotNull, isNull, like, min, not, or } from 'drizzle-orm';
import type { Actor } from './accounts.ts';
import { appendAudit } from './audit.ts';
import type { Queries } from './database.ts';
import { Failure } from './failure.ts';
import { requireRecording } from './recordings.ts';
import { analysis, audit, blindPass, type patient, type recording, type visit } from './schema.ts';

/** Recordings of which the asker may not see what the detector found, nor what others said. */
export async function withheldFrom(queries: Queries, actor: Actor): Promise<ReadonlySet<string>> {
  const open = await queries
    .select({ id: blindPass.recordingId })
    .from(blindPass)
    .where(and(eq(blindPass.reviewerId, actor.userId), isNull(blindPass.endedAt)));
  return new Set(open.map(({ id }) => id));
}

/** @throws Failure `blind` (409) */
export async function requireSighted(
  queries: Queries,
  actor: Actor,
  recordingIds: readonly string[],
): Promise<void> {
  const withheld = await withheldFrom(queries, actor);
  if (recordingIds.some(id => withheld.has(id)))
    throw new Failure(
      409,
      'blind',
      'You are reviewing a recording of these blind, and this tells what the detector found; finish your blind pass first.',
    );
}

/** An analysis without anything that its detector found; its cycles and the quality of the sound stay. */
export function blindView(result: RecordingAnalysis): RecordingAnalysis {
  const { recording } = result;
  return {
    ...result,
    recording: {
      ...recording,
      channels: recording.channels.map(({ channel, site, cycles }) => ({
        channel,
        site,
        cycles: cycles.map(({ start, end, inspirationEnd }) => ({
          start,
          end,
          inspirationEnd,
          score: null,
          crackle: null,
          evidence: [],
        })),
        summary: { cycles: cycles.length, crackleCycles: 0, share: null },
      })),
    },
  };
}

/** What somebody sees of a recording who is to review it blind and has not begun. */
export async function viewBeforeBlindPass(queries: Queries, actor: Actor, id: string) {
  const { patient, visit, recording: row } = await requireRecording(queries, actor, id);
  const isOpen = (await openPass(queries, actor, id)) !== null;
  await appendAudit(queries, actor, {
    action: 'view',
    recordType: 'recording',
    recordId: id,
    detail: { withoutFindings: true },
  });
  return { patient, visit, recording: { id: row.id, number: row.number }, isOpen };
}

/**
 * Whether somebody was shown which cycles the detector calls crackle, as the log tells: by the recording's page, a report or
 * an export, after its first analysis and outside their own blind passes. The list of a visit does not count: it has the
 * number of those cycles alone.
 */
export async function hasSeenScores(
  queries: Queries,
  actor: Actor,
  of: {
    readonly recording: Pick<typeof recording.$inferSelect, 'id'>;
    readonly visit: Pick<typeof visit.$inferSelect, 'id'>;
    readonly patient: Pick<typeof patient.$inferSelect, 'id'>;
  },
): Promise<boolean> {
  const [analysed] = await queries
    .select({ at: min(analysis.updatedAt) })
    .from(analysis)
    .where(and(eq(analysis.recordingId, of.recording.id), isNotNull(analysis.result)));
  if (analysed?.at == null) return false;
  const passes = await queries
    .select({ startedAt: blindPass.startedAt, endedAt: blindPass.endedAt })
    .from(blindPass)
    .where(and(eq(blindPass.recordingId, of.recording.id), eq(blindPass.reviewerId, actor.userId)));
  const shown = await queries
    .select({ time: audit.time })
    .from(audit)
    .where(
      and(
        eq(audit.actorId, actor.userId),
        gte(audit.time, analysed.at),
        or(
          and(eq(audit.recordId, of.recording.id), inArray(audit.action, ['view', 'export'])),
          and(eq(audit.recordId, of.visit.id), eq(audit.recordType, 'report')),
          and(inArray(audit.recordId, [of.visit.id, of.patient.id]), eq(audit.action, 'export')),
        ),
        not(like(audit.detail, '%"withoutFindings":true%')),
      ),
    );
  return shown.some(
    ({ time }) =>
      !passes.some(({ startedAt, endedAt }) => startedAt <= time && (endedAt === null || time <= endedAt)),
  );
}

export type BlindPassRow = typeof blindPass.$inferSelect;

export async function openPass(
  queries: Queries,
  actor: Actor,
  recordingId: string,
): Promise<BlindPassRow | null> {
  const [open] = await queries
    .select()
    .from(blindPass)
    .where(
      and(
        eq(blindPass.recordingId, recordingId),
        eq(blindPass.reviewerId, actor.userId),
        isNull(blindPass.endedAt),
      ),
    );
  return open ?? null;
}
