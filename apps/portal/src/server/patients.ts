/** Patients, by pseudonym, and their visits. Each function sees the records of the actor's clinic alone. */
import { randomUUID } from 'node:crypto';
import type { CallingDetector } from '@crepitus/analyses';
import type { Blobs } from '@crepitus/analyses/node';
import { and, count, desc, eq, max, sql } from 'drizzle-orm';
import { z } from 'zod';
import { soundsAmong } from '../sound-channels.ts';
import type { Actor } from './accounts.ts';
import { appendAudit } from './audit.ts';
import { type CountedAnalysis, crackleCounts } from './crackle-counts.ts';
import type { Queries } from './database.ts';
import { markDeletion } from './erasures.ts';
import { Failure, failures } from './failure.ts';
import { removeUnusedBlobs } from './kept-blobs.ts';
import { analysis, patient, recording, sexes, visit } from './schema.ts';
import { type TrendVisit, trendOf } from './trend.ts';
import { typedName, typedText } from './typed-text.ts';
import { nextVersion, requireNewest, updatedAtSchema } from './versions.ts';
import { requireVisitDay } from './visit-days.ts';

const notes = typedText(10_000);

export const patientDraftSchema = z.strictObject({
  pseudonym: typedName(60).trim().min(1),
  birthYear: z
    .int()
    .min(1900)
    .refine(year => year <= new Date().getFullYear(), 'it is in the future')
    .nullable(),
  sex: z.enum(sexes),
  notes,
});
export type PatientDraft = z.infer<typeof patientDraftSchema>;

export const patientChangeSchema = patientDraftSchema.extend({ basedOn: updatedAtSchema });
export type PatientChange = z.infer<typeof patientChangeSchema>;

export const visitDraftSchema = z.strictObject({
  day: z.iso.date(),
  notes,
});
export type VisitDraft = z.infer<typeof visitDraftSchema>;

export const visitChangeSchema = visitDraftSchema.extend({ basedOn: updatedAtSchema });
export type VisitChange = z.infer<typeof visitChangeSchema>;

export interface ListedPatient {
  readonly id: string;
  readonly pseudonym: string;
  readonly birthYear: number | null;
  readonly visits: number;
  readonly lastVisit: string | null;
}

/** In the order in which people look for pseudonyms. */
export async function listPatients(queries: Queries, actor: Actor): Promise<ListedPatient[]> {
  const rows = await queries
    .select({
      id: patient.id,
      pseudonym: patient.pseudonym,
      birthYear: patient.birthYear,
      visits: count(visit.id),
      lastVisit: max(visit.day),
    })
    .from(patient)
    .leftJoin(visit, eq(visit.patientId, patient.id))
    .where(eq(patient.clinicId, actor.clinicId))
    .groupBy(patient.id);
  await appendAudit(queries, actor, { action: 'view', recordType: 'patients', recordId: actor.clinicId });
  return rows.sort(
    (a, b) => naturalOrder.compare(a.pseudonym, b.pseudonym) || (a.pseudonym < b.pseudonym ? -1 : 1),
  );
}

/** P-2 before P-10, and p-1 beside P-1, whatever collation the database has. */
export const naturalOrder = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** A new record; what changes it names its time. */
export interface Made {
  readonly id: string;
  readonly updatedAt: Date;
}

export async function createPatient(queries: Queries, actor: Actor, draft: PatientDraft): Promise<Made> {
  const id = randomUUID();
  return queries.transaction(async tx => {
    await requireFreePseudonym(tx, actor, draft.pseudonym, null);
    const [made] = await tx
      .insert(patient)
      .values({ id, clinicId: actor.clinicId, ...draft })
      .returning({ id: patient.id, updatedAt: patient.updatedAt });
    await appendAudit(tx, actor, { action: 'create', recordType: 'patient', recordId: id });
    return made!;
  });
}

/** @throws Failure `missing` (404), `changed-meanwhile`, `pseudonym-taken` (409) */
export async function changePatient(
  queries: Queries,
  actor: Actor,
  id: string,
  { basedOn, ...draft }: PatientChange,
): Promise<{ updatedAt: Date }> {
  return queries.transaction(async tx => {
    await requirePatient(tx, actor, id);
    await tx.select().from(patient).where(eq(patient.id, id)).for('update'); // Changes one by one.
    const before = await requirePatient(tx, actor, id);
    requireNewest(before, basedOn);
    await requireFreePseudonym(tx, actor, draft.pseudonym, id);
    const updatedAt = nextVersion(before);
    await tx
      .update(patient)
      .set({ ...draft, updatedAt })
      .where(eq(patient.id, id));
    // Which fields, not what they held: the log outlives the patient's record.
    const fields = (Object.keys(draft) as (keyof PatientDraft)[]).filter(key => draft[key] !== before[key]);
    await appendAudit(tx, actor, {
      action: 'change',
      recordType: 'patient',
      recordId: id,
      detail: { fields },
    });
    return { updatedAt };
  });
}

/** Everything of the patient goes, but for the entries of the audit log. */
export async function deletePatient(queries: Queries, blobs: Blobs, actor: Actor, id: string): Promise<void> {
  const held = await queries.transaction(async tx => {
    await requirePatient(tx, actor, id);
    const rows = await tx
      .select({ blob: recording.blob })
      .from(recording)
      .innerJoin(visit, eq(visit.id, recording.visitId))
      .where(eq(visit.patientId, id));
    const visits = await tx.select({ id: visit.id }).from(visit).where(eq(visit.patientId, id));
    const gone = await tx.delete(patient).where(eq(patient.id, id)).returning({ id: patient.id });
    if (gone.length === 0) throw failures.missing(); // Somebody else deleted it in the meantime.
    await markDeletion(tx);
    await appendAudit(tx, actor, {
      action: 'delete',
      recordType: 'patient',
      recordId: id,
      // What hung on it can be found in the log for good.
      detail: { recordings: rows.length, visits: visits.map(each => each.id) },
    });
    return rows.map(({ blob }) => blob);
  });
  await removeUnusedBlobs(queries, blobs, held);
}

export type PatientRow = typeof patient.$inferSelect;
export type VisitRow = typeof visit.$inferSelect;

export interface PatientView {
  readonly patient: PatientRow;
  readonly visits: readonly (VisitRow & { readonly recordings: number })[];
  /** From the earliest visit on. */
  readonly trend: readonly TrendVisit[];
}

export async function viewPatient(queries: Queries, actor: Actor, id: string): Promise<PatientView> {
  const found = await requirePatient(queries, actor, id);
  const visits = await queries
    .select({ visit, recordings: count(recording.id) })
    .from(visit)
    .leftJoin(recording, eq(recording.visitId, visit.id))
    .where(eq(visit.patientId, id))
    .groupBy(visit.id)
    .orderBy(desc(visit.day), desc(visit.createdAt));
  await appendAudit(queries, actor, { action: 'view', recordType: 'patient', recordId: id });
  return {
    patient: found,
    visits: visits.map(row => ({ ...row.visit, recordings: row.recordings })),
    trend: await trendOf(queries, actor, visits.map(row => row.visit).reverse()),
  };
}

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
    const gone = await tx.delete(visit).where(eq(visit.id, id)).returning({ id: visit.id });
    if (gone.length === 0) throw failures.missing(); // Somebody else deleted it in the meantime.
    await markDeletion(tx);
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
export async function requirePatient(queries: Queries, { clinicId }: Actor, id: string): Promise<PatientRow> {
  const [found] = await queries
    .select()
    .from(patient)
    .where(and(eq(patient.id, id), eq(patient.clinicId, clinicId)));
  if (found === undefined) throw failures.missing();
  return found;
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

/**
 * Pseudonyms of a clinic that look alike would be two patients whom people take for one.
 *
 * @param own the patient who may keep it
 * @throws Failure `pseudonym-taken` (409)
 */
async function requireFreePseudonym(
  queries: Queries,
  { clinicId }: Actor,
  pseudonym: string,
  own: string | null,
): Promise<void> {
  // Until the transaction ends: of two at once the second sees the first.
  await queries.execute(sql`SELECT pg_advisory_xact_lock(hashtext(${`pseudonyms ${clinicId}`}))`);
  const others = await queries
    .select({ id: patient.id, pseudonym: patient.pseudonym })
    .from(patient)
    .where(eq(patient.clinicId, clinicId));
  const folded = foldedPseudonym(pseudonym);
  const taken = others.find(each => each.id !== own && foldedPseudonym(each.pseudonym) === folded);
  if (taken !== undefined) throw pseudonymTaken(taken.pseudonym);
}

/** Here and not in the database, whose collations differ in what they hold for a letter's other case. */
function foldedPseudonym(pseudonym: string): string {
  return pseudonym.normalize('NFKC').toUpperCase().toLowerCase().replaceAll(/\s+/g, ' ').trim();
}

function pseudonymTaken(pseudonym: string): Failure {
  return new Failure(
    409,
    'pseudonym-taken',
    `There is a patient ${pseudonym} already; choose another pseudonym.`,
  );
}
