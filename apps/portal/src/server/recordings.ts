/** Recordings of a visit: looked at, changed, deleted; and the analysis of each. */
import { randomUUID } from 'node:crypto';
import type { CorrectedCycle } from '@crepitus/analyses';
import type { Blobs } from '@crepitus/analyses/node';
import { chestSites } from '@crepitus/recordings';
import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import type { ChannelsSaid } from '../sound-channels.ts';
import type { Actor } from './accounts.ts';
import { appendAudit } from './audit.ts';
import { blindView } from './blind-passes.ts';
import type { Queries } from './database.ts';
import { deleteMarked } from './erasures.ts';
import { Failure, failures } from './failure.ts';
import { removeUnusedBlobs } from './kept-blobs.ts';
import type { PatientRow } from './patients.ts';
import { type RecordingReview, reviewOf } from './reviews.ts';
import { analysis, patient, recording, user, visit } from './schema.ts';
import {
  type NewestAnalysis,
  newestAnalyses,
  newestAnalysis,
  standingAnalysis,
} from './standing-analysis.ts';
import { typedLine } from './typed-text.ts';
import { nextVersion, requireNewest, updatedAtSchema } from './versions.ts';
import type { CountBefore, ListedRecording, VisitRow } from './visits.ts';

export const siteSchema = z.enum(chestSites).nullable();
export const deviceSchema = typedLine(100).trim();

export const recordingChangeSchema = z.strictObject({
  sites: z.array(siteSchema).min(1),
  /** Position in the file; null: no channel is the airflow; without it, what was said stays. */
  airflow: z.int().min(0).nullable().optional(),
  device: deviceSchema,
  basedOn: updatedAtSchema,
});
export type RecordingChange = z.infer<typeof recordingChangeSchema>;

export type RecordingRow = typeof recording.$inferSelect;
export type AnalysisRow = typeof analysis.$inferSelect;

/** Tells the queue of an analysis. */
export type QueueAnalysis = (analysisId: string) => Promise<void>;

export interface RecordingView {
  readonly patient: PatientRow;
  readonly visit: VisitRow;
  readonly recording: RecordingRow;
  /** The one that stands, see standing-analysis.ts; in a blind pass without what the detector found. */
  readonly analysis: AnalysisRow | null;
  readonly newest: NewestAnalysis | null;
  /** Who set cycles of it by hand, and when; null: nobody did. */
  readonly cyclesSet: { readonly by: string; readonly at: Date } | null;
  readonly review: RecordingReview;
  /** Of the same visit, in order. */
  readonly siblings: readonly { readonly id: string; readonly number: number }[];
}

export async function viewRecording(queries: Queries, actor: Actor, id: string): Promise<RecordingView> {
  const found = await requireRecording(queries, actor, id);
  const standing = await standingAnalysis(queries, id);
  const newest = (await newestAnalyses(queries, [id])).get(id) ?? null;
  const siblings = await queries
    .select({ id: recording.id, number: recording.number })
    .from(recording)
    .where(eq(recording.visitId, found.visit.id))
    .orderBy(recording.number);
  const review = await reviewOf(queries, actor, id, standing?.result ?? null);
  await appendAudit(queries, actor, { action: 'view', recordType: 'recording', recordId: id });
  return {
    ...found,
    analysis: review.pass === null ? standing : withoutFindings(standing),
    newest,
    cyclesSet: await whoSetCycles(queries, standing),
    review,
    siblings,
  };
}

function withoutFindings(row: AnalysisRow | null): AnalysisRow | null {
  return row && { ...row, result: row.result && blindView(row.result) };
}

async function whoSetCycles(queries: Queries, row: AnalysisRow | null): Promise<RecordingView['cyclesSet']> {
  if (row === null || row.cyclesSetBy === null || row.cyclesSetAt === null) return null;
  const [who] = await queries.select({ by: user.name }).from(user).where(eq(user.id, row.cyclesSetBy));
  return who === undefined ? null : { ...who, at: row.cyclesSetAt };
}

/** As `visitProgress`, of one recording. */
export async function recordingProgress(
  queries: Queries,
  countBefore: CountBefore,
  actor: Actor,
  id: string,
): Promise<(NewestAnalysis & Pick<ListedRecording, 'before'>) | null> {
  await requireRecording(queries, actor, id);
  const newest = (await newestAnalyses(queries, [id])).get(id);
  if (newest === undefined) return null;
  const before = newest.state === 'waiting' ? (await countBefore()).get(newest.id) : undefined;
  return { ...newest, before: before ?? null };
}

/** The bytes of the stored WAV. */
export async function soundOfRecording(
  queries: Queries,
  blobs: Blobs,
  actor: Actor,
  id: string,
): Promise<Uint8Array> {
  const found = await requireRecording(queries, actor, id);
  await appendAudit(queries, actor, { action: 'download', recordType: 'recording', recordId: id });
  return blobs.read(found.recording.blob);
}

/** To be saved and never shown in place. */
export function soundResponse(bytes: Uint8Array): Response {
  return new Response(bytes as Uint8Array<ArrayBuffer>, {
    headers: { 'content-type': 'audio/wav', 'content-disposition': 'attachment; filename="recording.wav"' },
  });
}

/**
 * Changes what was said of a recording. Another airflow makes other cycles: then it is analysed anew, with the cycles that
 * were set by hand.
 *
 * @throws Failure `missing` (404), `changed-meanwhile` (409), `form` (400)
 */
export async function changeRecording(
  queries: Queries,
  queue: QueueAnalysis,
  actor: Actor,
  id: string,
  { basedOn, ...said }: RecordingChange,
): Promise<{ updatedAt: Date }> {
  const { updatedAt, queued } = await queries.transaction(async tx => {
    await requireRecording(tx, actor, id);
    await tx.select().from(recording).where(eq(recording.id, id)).for('update'); // Changes one by one.
    const { recording: before } = await requireRecording(tx, actor, id);
    requireNewest(before, basedOn);
    const change = { ...said, airflow: said.airflow === undefined ? before.airflow : said.airflow };
    requireChannels(before.sites.length, change);
    const updatedAt = nextVersion(before);
    await tx
      .update(recording)
      .set({ ...change, updatedAt })
      .where(eq(recording.id, id));
    const { sites, airflow } = change;
    const isOther = airflow !== before.airflow;
    await appendAudit(tx, actor, {
      action: 'change',
      recordType: 'recording',
      recordId: id,
      detail: { sites, ...((isOther || airflow !== null) && { airflow }) },
    });
    return { updatedAt, queued: isOther ? await analyseWithAirflow(tx, actor, id, airflow) : null };
  });
  if (queued !== null) await queue(queued);
  return { updatedAt };
}

/** @throws Failure `form` (400) */
function requireChannels(channels: number, { sites, airflow }: ChannelsSaid): void {
  if (sites.length !== channels)
    throw failures.form(`The recording has ${channels} channel(s); give one site for each.`);
  if (airflow === null) return;
  if (airflow >= channels)
    throw failures.form(
      `The recording has ${channels} channel(s), from 0 on; there is no channel ${airflow}.`,
    );
  if (channels === 1)
    throw failures.form('The recording has one channel, which must be sound; it cannot be the airflow.');
  if (sites[airflow] !== null)
    throw failures.form(`Channel ${airflow} is the airflow and has no site; give null for it.`);
}

/** @returns the analysis to be queued; null: one that waits already takes the airflow as it is now */
async function analyseWithAirflow(
  tx: Queries,
  actor: Actor,
  recordingId: string,
  airflow: number | null,
): Promise<string | null> {
  const newest = await newestAnalysis(tx, recordingId);
  // Whoever begins with it meanwhile has the earlier one, and another is queued behind it.
  const waiting = await tx
    .update(analysis)
    .set({ airflow })
    .where(and(eq(analysis.id, newest?.id ?? ''), eq(analysis.state, 'waiting')))
    .returning({ id: analysis.id });
  if (waiting.length > 0) return null;
  const { cycles = null, cyclesSetBy = null, cyclesSetAt = null } = newest ?? {};
  return insertAnalysis(tx, actor, recordingId, { airflow, cycles, cyclesSetBy, cyclesSetAt });
}

async function insertAnalysis(
  tx: Queries,
  actor: Actor,
  recordingId: string,
  made: Pick<AnalysisRow, 'airflow' | 'cycles' | 'cyclesSetBy' | 'cyclesSetAt'>,
): Promise<string> {
  const id = randomUUID();
  await tx.insert(analysis).values({ id, recordingId, createdBy: actor.userId, ...made });
  await appendAudit(tx, actor, { action: 'analyse', recordType: 'recording', recordId: recordingId });
  return id;
}

export async function deleteRecording(
  queries: Queries,
  blobs: Blobs,
  actor: Actor,
  id: string,
): Promise<{ visit: string }> {
  const found = await queries.transaction(async tx => {
    const found = await requireRecording(tx, actor, id);
    await deleteMarked(tx, recording, id);
    await appendAudit(tx, actor, {
      action: 'delete',
      recordType: 'recording',
      recordId: id,
      detail: { visit: found.visit.id },
    });
    return found;
  });
  await removeUnusedBlobs(queries, blobs, [found.recording.blob]);
  return { visit: found.visit.id };
}

/** Has a recording analysed again, with the cycles that were set by hand for it. */
export function analyseAgain(
  queries: Queries,
  queue: QueueAnalysis,
  actor: Actor,
  id: string,
): Promise<{ analysis: string }> {
  return newAnalysis(queries, queue, actor, id);
}

export interface CycleChange {
  /** What the cycles that were set by hand become. */
  readonly cycles: (before: AnalysisRow['cycles']) => readonly CorrectedCycle[];
  /** The newest analysis that whoever changes them has seen; null: there was none. */
  readonly basedOn: string | null;
  /** For the log. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/**
 * Queues a new analysis of a recording whose last one has ended.
 *
 * @throws Failure `missing` (404), `changed-meanwhile`, `at-work` (409)
 */
export async function newAnalysis(
  queries: Queries,
  queue: QueueAnalysis,
  actor: Actor,
  id: string,
  change?: CycleChange,
): Promise<{ analysis: string }> {
  const analysisId = await queries.transaction(async tx => {
    await requireRecording(tx, actor, id);
    const [row] = await tx.select().from(recording).where(eq(recording.id, id)).for('update');
    const newest = await newestAnalysis(tx, id);
    if (change !== undefined && change.basedOn !== (newest?.id ?? null)) throw failures.changedMeanwhile();
    if (newest?.state === 'waiting' || newest?.state === 'at-work')
      throw new Failure(409, 'at-work', 'This recording is being analysed already; wait for its end.');
    const { cycles = null, cyclesSetBy = null, cyclesSetAt = null } = newest ?? {};
    let set: Pick<AnalysisRow, 'cycles' | 'cyclesSetBy' | 'cyclesSetAt'> = {
      cycles,
      cyclesSetBy,
      cyclesSetAt,
    };
    if (change !== undefined) {
      const changed = change.cycles(cycles);
      set =
        changed.length === 0
          ? { cycles: null, cyclesSetBy: null, cyclesSetAt: null }
          : { cycles: changed, cyclesSetBy: actor.userId, cyclesSetAt: new Date() };
      await appendAudit(tx, actor, {
        action: 'change',
        recordType: 'recording',
        recordId: id,
        detail: change.detail,
      });
    }
    return insertAnalysis(tx, actor, id, { airflow: row?.airflow ?? null, ...set });
  });
  await queue(analysisId);
  return { analysis: analysisId };
}

/** @throws Failure `missing` (404) */
export async function requireRecording(
  queries: Queries,
  { clinicId }: Actor,
  id: string,
): Promise<{ recording: RecordingRow; visit: VisitRow; patient: PatientRow }> {
  const [found] = await queries
    .select({ recording, visit, patient })
    .from(recording)
    .innerJoin(visit, eq(visit.id, recording.visitId))
    .innerJoin(patient, eq(patient.id, visit.patientId))
    .where(and(eq(recording.id, id), eq(patient.clinicId, clinicId)));
  if (found === undefined) throw failures.missing();
  return found;
}
