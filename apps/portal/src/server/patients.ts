/** Patients, by pseudonym. Each function sees the records of the actor's clinic alone. */
import { randomUUID } from 'node:crypto';
import type { Blobs } from '@crepitus/analyses/node';
import { and, count, desc, eq, max, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Actor } from './accounts.ts';
import { appendAudit } from './audit.ts';
import type { Queries } from './database.ts';
import { deleteMarked } from './erasures.ts';
import { Failure, failures } from './failure.ts';
import { removeUnusedBlobs } from './kept-blobs.ts';
import { patient, recording, sexes, visit } from './schema.ts';
import { type TrendVisit, trendOf } from './trend.ts';
import { typedName, typedText } from './typed-text.ts';
import { type Made, nextVersion, requireNewest, updatedAtSchema } from './versions.ts';

/** Of patients and of visits. */
export const notesSchema = typedText(10_000);

export const patientDraftSchema = z.strictObject({
  pseudonym: typedName(60).trim().min(1),
  birthYear: z
    .int()
    .min(1900)
    .refine(year => year <= new Date().getFullYear(), 'it is in the future')
    .nullable(),
  sex: z.enum(sexes),
  notes: notesSchema,
});
export type PatientDraft = z.infer<typeof patientDraftSchema>;

export const patientChangeSchema = patientDraftSchema.extend({ basedOn: updatedAtSchema });
export type PatientChange = z.infer<typeof patientChangeSchema>;

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
    await deleteMarked(tx, patient, id);
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

export interface PatientView {
  readonly patient: PatientRow;
  readonly visits: readonly (typeof visit.$inferSelect & { readonly recordings: number })[];
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

/** @throws Failure `missing` (404) */
export async function requirePatient(queries: Queries, { clinicId }: Actor, id: string): Promise<PatientRow> {
  const [found] = await queries
    .select()
    .from(patient)
    .where(and(eq(patient.id, id), eq(patient.clinicId, clinicId)));
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
