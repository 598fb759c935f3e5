/** Recordings of a visit: taken in, looked at, changed, deleted; and the analysis of each. */
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import type { CorrectedCycle } from '@crepitus/analyses';
import { type Blobs, blobNameOf, isStoreTrouble, runSoundTask } from '@crepitus/analyses/node';
import { CrepitusError } from '@crepitus/dsp';
import { and, eq, max, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Actor } from './accounts.ts';
import { appendAudit } from './audit.ts';
import { blindView } from './blind-passes.ts';
import { chestSites } from './chest-sites.ts';
import type { Queries } from './database.ts';
import { Failure, failures } from './failure.ts';
import {
  type CountBefore,
  type ListedRecording,
  listedRecording,
  type PatientRow,
  requireVisit,
  type VisitRow,
} from './patients.ts';
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

export const uploadLimitBytes = 100 * 2 ** 20;

const site = z.enum(chestSites).nullable();
const device = typedLine(100).trim();

export const recordingDraftSchema = z.strictObject({
  site,
  device,
  /** The same sound is wanted a second time. */
  again: z.boolean().default(false),
});
export type RecordingDraft = z.infer<typeof recordingDraftSchema>;

export interface Uploaded {
  readonly id: string;
  readonly number: number;
  readonly analysis: string | null;
  /** False: the visit had this sound already, as the recording that is named. */
  readonly added: boolean;
  /** As the visit lists it from now on, so that nobody has to read the visit anew; null: it was not added. */
  readonly listed: ListedRecording | null;
}

export const recordingChangeSchema = z.strictObject({
  sites: z.array(site).min(1),
  device,
  basedOn: updatedAtSchema,
});
export type RecordingChange = z.infer<typeof recordingChangeSchema>;

export type RecordingRow = typeof recording.$inferSelect;
export type AnalysisRow = typeof analysis.$inferSelect;

/** Tells the queue of an analysis. */
export type QueueAnalysis = (analysisId: string) => Promise<void>;

/**
 * Takes a file in: checks it by its content in a process of its own, keeps its samples and nothing else of it, and queues
 * its analysis. A sound that the visit has already would count twice in all that is told of the visit: it is not added,
 * unless the draft says `again`.
 *
 * @throws Failure `upload-too-large` (413), `missing`; CrepitusError (input): what is wrong with the file
 */
export async function uploadRecording(
  {
    queries,
    blobs,
    uploads,
    queue,
  }: { queries: Queries; blobs: Blobs; uploads: string; queue: QueueAnalysis },
  actor: Actor,
  visitId: string,
  body: ReadableStream<Uint8Array> | null,
  draft: RecordingDraft,
): Promise<Uploaded> {
  await requireVisit(queries, actor, visitId);
  if (body === null)
    throw new CrepitusError('empty-file', 'The file is empty (0 bytes); choose another one.');
  const folder = join(uploads, randomUUID());
  await mkdir(folder, { mode: 0o700 });
  try {
    const upload = join(folder, 'upload');
    const stored = join(folder, 'stored.wav');
    await receive(body, upload);
    const facts = await runSoundTask({ type: 'take-in', upload, stored }, { timeoutSeconds: 120 });
    const blob = await blobNameOf(stored);
    const { size } = await stat(stored);
    const id = randomUUID();
    const analysisId = randomUUID();
    await blobs.add(stored, blob); // Before the transaction, which must not wait for a store on the network.
    const uploaded = await queries
      .transaction(async (tx): Promise<Uploaded> => {
        await requireVisit(tx, actor, visitId); // It may have been deleted meanwhile.
        await tx.select().from(visit).where(eq(visit.id, visitId)).for('update'); // Numbers one by one.
        const [same] = await tx
          .select({ id: recording.id, number: recording.number })
          .from(recording)
          .where(and(eq(recording.visitId, visitId), eq(recording.blob, blob)))
          .orderBy(recording.number)
          .limit(1);
        if (same !== undefined && !draft.again)
          return {
            ...same,
            analysis: (await newestAnalysis(tx, same.id))?.id ?? null,
            added: false,
            listed: null,
          };
        const [last] = await tx
          .select({ number: max(recording.number) })
          .from(recording)
          .where(eq(recording.visitId, visitId));
        const number = (last?.number ?? 0) + 1;
        await lockBlob(tx, blob);
        if (!(await blobs.has(blob))) await blobs.add(stored, blob); // A deletion of the same sound came between.
        const [row] = await tx
          .insert(recording)
          .values({
            id,
            visitId,
            number,
            device: draft.device,
            sites: Array.from({ length: facts.channels }, () => draft.site),
            blob,
            bytes: size,
            facts,
            createdBy: actor.userId,
          })
          .returning();
        await tx.insert(analysis).values({ id: analysisId, recordingId: id, createdBy: actor.userId });
        await appendAudit(tx, actor, {
          action: 'create',
          recordType: 'recording',
          recordId: id,
          detail: { visit: visitId, sha256: blob },
        });
        await appendAudit(tx, actor, { action: 'analyse', recordType: 'recording', recordId: id });
        const listed = { ...listedRecording(row!, undefined), state: 'waiting' } as const;
        return { id, number, analysis: analysisId, added: true, listed };
      })
      .catch(async (error: unknown) => {
        // What was deleted meanwhile leaves no sound behind.
        await removeUnusedBlobs(queries, blobs, [blob]);
        throw error;
      });
    if (uploaded.added) await queue(analysisId);
    return uploaded;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function receive(body: ReadableStream<Uint8Array>, file: string): Promise<void> {
  let bytes = 0;
  const limit = new Transform({
    transform(chunk: Uint8Array, _, done) {
      bytes += chunk.length;
      if (bytes > uploadLimitBytes)
        done(
          new Failure(
            413,
            'upload-too-large',
            `The file is larger than ${uploadLimitBytes / 2 ** 20} MB; split it or save it with a lower sample rate.`,
          ),
        );
      else done(null, chunk);
    },
  });
  await pipeline(
    Readable.fromWeb(body as NodeReadableStream<Uint8Array>),
    limit,
    createWriteStream(file, { mode: 0o600 }),
  );
}

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

/** @throws Failure `missing` (404), `changed-meanwhile` (409), `form` (400) */
export async function changeRecording(
  queries: Queries,
  actor: Actor,
  id: string,
  { basedOn, ...change }: RecordingChange,
): Promise<{ updatedAt: Date }> {
  return queries.transaction(async tx => {
    await requireRecording(tx, actor, id);
    await tx.select().from(recording).where(eq(recording.id, id)).for('update'); // Changes one by one.
    const { recording: before } = await requireRecording(tx, actor, id);
    requireNewest(before, basedOn);
    if (change.sites.length !== before.sites.length)
      throw failures.form(`The recording has ${before.sites.length} channel(s); give one site for each.`);
    const updatedAt = nextVersion(before);
    await tx
      .update(recording)
      .set({ ...change, updatedAt })
      .where(eq(recording.id, id));
    await appendAudit(tx, actor, {
      action: 'change',
      recordType: 'recording',
      recordId: id,
      detail: { sites: change.sites },
    });
    return { updatedAt };
  });
}

export async function deleteRecording(
  queries: Queries,
  blobs: Blobs,
  actor: Actor,
  id: string,
): Promise<{ visit: string }> {
  const found = await queries.transaction(async tx => {
    const found = await requireRecording(tx, actor, id);
    await tx.delete(recording).where(eq(recording.id, id));
    await appendAudit(tx, actor, { action: 'delete', recordType: 'recording', recordId: id });
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
  const analysisId = randomUUID();
  await queries.transaction(async tx => {
    await requireRecording(tx, actor, id);
    await tx.select().from(recording).where(eq(recording.id, id)).for('update');
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
    await tx.insert(analysis).values({ id: analysisId, recordingId: id, createdBy: actor.userId, ...set });
    await appendAudit(tx, actor, { action: 'analyse', recordType: 'recording', recordId: id });
  });
  await queue(analysisId);
  return { analysis: analysisId };
}

/**
 * Removes the files of deleted recordings, unless another recording is of the same sound. What a store that fails keeps is
 * removed by the next sweep.
 */
export async function removeUnusedBlobs(
  queries: Queries,
  blobs: Blobs,
  held: readonly string[],
): Promise<void> {
  for (const blob of new Set(held)) {
    await queries
      .transaction(async tx => {
        await lockBlob(tx, blob);
        if (!(await isBlobKept(tx, blob))) await blobs.remove(blob);
      })
      .catch((error: unknown) => {
        if (!isStoreTrouble(error)) throw error;
      });
  }
}

/** Files younger than this may belong to an upload that is not in the database yet. */
const graceMilliseconds = 3600_000;

/** Removes what a kill between store and database left behind. */
export async function sweepBlobs(queries: Queries, blobs: Blobs, signal: AbortSignal): Promise<void> {
  for await (const blob of blobs.storedBefore(Date.now() - graceMilliseconds)) {
    if (signal.aborted) return;
    if (!(await isBlobKept(queries, blob))) await removeUnusedBlobs(queries, blobs, [blob]);
  }
}

/** Until the transaction ends: the same sound may be taken in while it is removed. */
async function lockBlob(queries: Queries, blob: string): Promise<void> {
  await queries.execute(sql`SELECT pg_advisory_xact_lock(hashtext(${blob}))`);
}

async function isBlobKept(queries: Queries, blob: string): Promise<boolean> {
  const rows = await queries
    .select({ id: recording.id })
    .from(recording)
    .where(eq(recording.blob, blob))
    .limit(1);
  return rows.length > 0;
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
