/** Visits of patients, and how each lists its recordings. Each function sees the records of the actor's clinic alone. */
import { randomUUID } from 'node:crypto';
import type { CallingDetector } from '@crepitus/analyses';
import type { Blobs } from '@crepitus/analyses/node';
import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { soundsAmong } from '../sound-channels.ts';
import type { Actor } from './accounts.ts';
import { appendAudit } from './audit.ts';
import { type CountedAnalysis, crackleCounts } from './crackle-counts.ts';
import type { Queries } from './database.ts';
import { deleteMarked } from './erasures.ts';
import { failures } from './failure.ts';
import { removeUnusedBlobs } from './kept-blobs.ts';
import { notesSchema, type PatientRow, requirePatient } from './patients.ts';
import { analysis, patient, recording, visit } from './schema.ts';
import { type Made, nextVersion, requireNewest, updatedAtSchema } from './versions.ts';
import { requireVisitDay } from './visit-days.ts';

export const visitDraftSchema = z.strictObject({
  day: z.iso.date(),
  notes: notesSchema,
});
export type VisitDraft = z.infer<typeof visitDraftSchema>;

export const visitChangeSchema = visitDraftSchema.extend({ basedOn: updatedAtSchema });
export type VisitChange = z.infer<typeof visitChangeSchema>;

export type VisitRow = typeof visit.$inferSelect;

export async function createVisit(
  queries: Queries,
  actor: Actor,
  patientId: string,
  draft: VisitDraft,
): Promise<Made> {
  const id = randomUUID();
  return queries.transaction(async tx => {
    requireVisitDay(await requirePatient(tx, actor, patientId), draft.day);
    const [made] = await tx
      .insert(visit)
      .values({ id, patientId, ...draft })
      .returning({ id: visit.id, updatedAt: visit.updatedAt });
    await appendAudit(tx, actor, {
      action: 'create',
      recordType: 'visit',
      recordId: id,
      detail: { patient: patientId },
    });
    return made!;
  });
}

/** @throws Failure `missing` (404), `changed-meanwhile` (409), `visit-day` (422) */
export async function changeVisit(
  queries: Queries,
  actor: Actor,
  id: string,
  { basedOn, ...draft }: VisitChange,
): Promise<{ updatedAt: Date }> {
  return queries.transaction(async tx => {
    await requireVisit(tx, actor, id);
    await tx.select().from(visit).where(eq(visit.id, id)).for('update'); // Changes one by one.
    const { visit: before, patient: of } = await requireVisit(tx, actor, id);
    requireNewest(before, basedOn);
    requireVisitDay(of, draft.day);
    const updatedAt = nextVersion(before);
    await tx
      .update(visit)
      .set({ ...draft, updatedAt })
      .where(eq(visit.id, id));
    const fields = (Object.keys(draft) as (keyof VisitDraft)[]).filter(key => draft[key] !== before[key]);
    await appendAudit(tx, actor, { action: 'change', recordType: 'visit', recordId: id, detail: { fields } });
    return { updatedAt };
  });
}

export interface VisitView {
  readonly patient: PatientRow;
  readonly visit: VisitRow;
  readonly recordings: readonly ListedRecording[];
}

export interface ListedRecording {
  readonly id: string;
  readonly number: number;
  readonly device: string;
  readonly sites: readonly (string | null)[];
  readonly airflow: number | null;
  readonly seconds: number;
  readonly sampleRate: number;
  readonly state: (typeof analysis.$inferSelect)['state'] | null;
  readonly progress: number;
  /** How many analyses of all visits come before its own; null: it does not wait, or nobody counted. */
  readonly before: number | null;
  readonly failure: { readonly code: string; readonly message: string } | null;
  /** Crackle cycles among those scored, by channel of sound; null before the analysis is done, and where they are withheld. */
  readonly channels: CountedAnalysis['channels'];
  /** What scored it; null before the analysis is done. */
  readonly detector: CallingDetector | null;
  /** While the asker reviews it blind. */
  readonly withheld: boolean;
  /** Codes of what is wrong with it. */
  readonly quality: readonly string[];
}

export async function viewVisit(queries: Queries, actor: Actor, id: string): Promise<VisitView> {
  const found = await requireVisit(queries, actor, id);
  const recordings = await queries
    .select()
    .from(recording)
    .where(eq(recording.visitId, id))
    .orderBy(recording.number);
  const counted = await crackleCounts(
    queries,
    actor,
    recordings.map(row => row.id),
  );
  await appendAudit(queries, actor, { action: 'view', recordType: 'visit', recordId: id });
  return {
    ...found,
    recordings: recordings.map(row => listedRecording(row, counted.get(row.id))),
  };
}

export function listedRecording(
  row: typeof recording.$inferSelect,
  counted: CountedAnalysis | undefined,
): ListedRecording {
  return {
    id: row.id,
    number: row.number,
    device: row.device,
    sites: row.sites,
    airflow: row.airflow,
    seconds: row.facts.seconds,
    sampleRate: row.facts.sampleRate,
    state: counted?.state ?? null,
    progress: counted?.progress ?? 0,
    before: null,
    failure: counted?.failure ?? null,
    channels: counted?.channels ? soundsAmong(counted.channels, row.airflow) : null,
    detector: counted?.bundle ? { bundle: counted.bundle, called: counted.called } : null,
    withheld: counted?.withheld ?? false,
    quality: counted?.quality ?? row.facts.findings.map(({ code }) => code),
  };
}

export type VisitProgress = readonly Pick<ListedRecording, 'id' | 'state' | 'progress' | 'before'>[];

/** Tells of each analysis that waits how many come before it. */
export type CountBefore = () => Promise<ReadonlyMap<string, number>>;

/** How far the analyses of a visit are: nothing of a patient, so that a page may look by itself without an entry in the log. */
export async function visitProgress(
  queries: Queries,
  countBefore: CountBefore,
  actor: Actor,
  id: string,
): Promise<VisitProgress> {
  await requireVisit(queries, actor, id);
  const rows = await queries
    .select({
      id: recording.id,
      analysis: analysis.id,
      state: analysis.state,
      progress: analysis.progress,
    })
    .from(recording)
    .leftJoin(analysis, eq(analysis.recordingId, recording.id))
    .where(eq(recording.visitId, id))
    .orderBy(analysis.createdAt);
  const newest = new Map(rows.map(row => [row.id, row]));
  const before = rows.some(({ state }) => state === 'waiting') ? await countBefore() : new Map();
  return [...newest.values()].map(({ analysis, progress, ...row }) => ({
    ...row,
    progress: progress ?? 0,
    before: before.get(analysis ?? '') ?? null,
  }));
}

export async function deleteVisit(queries: Queries, blobs: Blobs, actor: Actor, id: string): Promise<void> {
  const held = await queries.transaction(async tx => {
    const { patient: of } = await requireVisit(tx, actor, id);
    const rows = await tx.select({ blob: recording.blob }).from(recording).where(eq(recording.visitId, id));
    await deleteMarked(tx, visit, id);
    await appendAudit(tx, actor, {
      action: 'delete',
      recordType: 'visit',
      recordId: id,
      detail: { recordings: rows.length, patient: of.id },
    });
    return rows.map(({ blob }) => blob);
  });
  await removeUnusedBlobs(queries, blobs, held);
}

/** @throws Failure `missing` (404) */
export async function requireVisit(
  queries: Queries,
  { clinicId }: Actor,
  id: string,
): Promise<{ visit: VisitRow; patient: PatientRow }> {
  const [found] = await queries
    .select({ visit, patient })
    .from(visit)
    .innerJoin(patient, eq(patient.id, visit.patientId))
    .where(and(eq(visit.id, id), eq(patient.clinicId, clinicId)));
  if (found === undefined) throw failures.missing();
  return found;
}
