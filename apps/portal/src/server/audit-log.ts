/** The audit log as an administrator reads it: one clinic's entries, by person, patient and time, with what the records are called. */
import { and, desc, eq, gte, inArray, isNull, lt, or, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Actor } from './accounts.ts';
import { type AuditEntry, appendAudit } from './audit.ts';
import type { Queries } from './database.ts';
import { failures } from './failure.ts';
import { naturalOrder } from './patients.ts';
import { audit, patient, recording, user, visit } from './schema.ts';

const recordId = z.string().regex(/^[\w-]{1,100}$/);
const moment = z.iso.datetime({ offset: true });

const logFilterSchema = z.strictObject({
  /** Entries older than this one. */
  before: z
    .string()
    .regex(/^[1-9]\d{0,14}$/)
    .transform(Number)
    .optional(),
  /** The id of an account: what was done by it or to it. Or `nobody`: whoever was not signed in. */
  person: recordId.optional(),
  /** The id of a patient: the entries of everything under it too. */
  patient: recordId.optional(),
  from: moment.optional(),
  until: moment.optional(),
});
/** Absent: all. */
export type LogFilter = z.infer<typeof logFilterSchema>;

/**
 * What the address of the page or of the API asks for: what is misspelt must not pass for a filter.
 *
 * @returns what it has that the log does not know, as it stands there, in place of a filter where there is such a thing
 */
export function readLogFilter(
  asked: Readonly<Record<string, unknown>>,
): { readonly filter: LogFilter } | { readonly unknown: readonly string[] } {
  const read = logFilterSchema.safeParse(asked);
  if (read.success) return { filter: read.data };
  const names = read.error.issues.flatMap(issue =>
    issue.code === 'unrecognized_keys' ? issue.keys : [String(issue.path[0])],
  );
  return {
    unknown: [...new Set(names)].map(name => shortened(`${name}=${[asked[name]].flat().join(', ')}`)),
  };
}

function shortened(typed: string): string {
  return typed.length <= 80 ? typed : `${typed.slice(0, 79)}…`;
}

export const entriesPerPage = 100;

/**
 * Entries of one clinic, the newest first.
 *
 * @throws Failure `missing` (404): the clinic neither has nor had this person or patient
 */
export async function clinicAudit(
  queries: Queries,
  clinicId: string,
  filter: LogFilter,
): Promise<AuditEntry[]> {
  const found = await entriesOf(queries, clinicId, filter);
  if (typeof found === 'string') throw failures.missing();
  return found;
}

/** Or what of the filter the clinic neither has nor had. */
async function entriesOf(
  queries: Queries,
  clinicId: string,
  { before, person, patient: patientId, from, until }: LogFilter,
): Promise<AuditEntry[] | 'person' | 'patient'> {
  const ofClinic = eq(audit.clinicId, clinicId);
  const wanted: SQL[] = [ofClinic];
  if (before !== undefined) wanted.push(lt(audit.seq, before));
  if (person === 'nobody') wanted.push(isNull(audit.actorId));
  else if (person !== undefined) {
    const theirs = or(
      eq(audit.actorId, person),
      and(eq(audit.recordType, 'user'), eq(audit.recordId, person)),
    )!;
    const [entry] = await queries
      .select({ seq: audit.seq })
      .from(audit)
      .where(and(ofClinic, theirs))
      .limit(1);
    const [account] = await queries
      .select({ id: user.id })
      .from(user)
      .where(and(eq(user.id, person), eq(user.clinicId, clinicId)));
    if (entry === undefined && account === undefined) return 'person';
    wanted.push(theirs);
  }
  if (patientId !== undefined) {
    const ids = await recordsUnder(queries, clinicId, patientId);
    if (ids === null) return 'patient';
    wanted.push(inArray(audit.recordId, ids));
  }
  if (from !== undefined) wanted.push(gte(audit.time, new Date(from)));
  if (until !== undefined) wanted.push(lt(audit.time, new Date(until)));
  return queries
    .select()
    .from(audit)
    .where(and(...wanted))
    .orderBy(desc(audit.seq))
    .limit(entriesPerPage);
}

/** The patient, its visits and their recordings, also those that are deleted: the log tells what they hung on. Null: no such patient. */
async function recordsUnder(queries: Queries, clinicId: string, patientId: string): Promise<string[] | null> {
  const [own] = await queries
    .select({ id: patient.id })
    .from(patient)
    .where(and(eq(patient.id, patientId), eq(patient.clinicId, clinicId)));
  const logged = (type: string, wanted: SQL) =>
    queries
      .select({ id: audit.recordId, detail: audit.detail })
      .from(audit)
      .where(and(eq(audit.clinicId, clinicId), eq(audit.recordType, type), wanted));
  const ofPatient = await logged('patient', eq(audit.recordId, patientId));
  if (own === undefined && ofPatient.length === 0) return null;

  const visits = new Set<string>();
  for (const { detail } of ofPatient)
    for (const id of (JSON.parse(detail).visits ?? []) as string[]) visits.add(id);
  for (const { id } of await logged('visit', sql`${audit.detail}::jsonb ->> 'patient' = ${patientId}`))
    visits.add(id);
  if (own !== undefined) {
    const rows = await queries.select({ id: visit.id }).from(visit).where(eq(visit.patientId, patientId));
    for (const { id } of rows) visits.add(id);
  }
  if (visits.size === 0) return [patientId];

  const recordings = new Set<string>();
  const keys = [...visits].map(id => sql`${id}`);
  for (const { id } of await logged(
    'recording',
    sql`${audit.detail}::jsonb ->> 'visit' IN (${sql.join(keys, sql`, `)})`,
  ))
    recordings.add(id);
  const rows = await queries
    .select({ id: recording.id })
    .from(recording)
    .where(inArray(recording.visitId, [...visits]));
  for (const { id } of rows) recordings.add(id);
  return [patientId, ...visits, ...recordings];
}

export interface LogView {
  readonly entries: readonly LoggedEntry[];
  /** Those who have or had an account in the clinic. */
  readonly people: readonly { readonly id: string; readonly name: string }[];
  readonly patients: readonly { readonly id: string; readonly pseudonym: string }[];
  /** What of that which is asked for is not in this clinic's log. */
  readonly missing: 'person' | 'patient' | null;
}

export interface LoggedEntry
  extends Pick<AuditEntry, 'seq' | 'time' | 'actorId' | 'actor' | 'action' | 'recordType' | 'recordId'> {
  readonly detail: Readonly<Record<string, unknown>>;
  /** Null: it is deleted, or has no name. */
  readonly record: RecordName | null;
}

/** What a record is called while it is there. */
export interface RecordName {
  /** Of an account. */
  readonly name?: string;
  readonly patient?: { readonly id: string; readonly pseudonym: string };
  readonly day?: string;
  readonly number?: number;
}

/** The log with names of patients is patients' data itself, and looking at it an entry. */
export async function viewLog(queries: Queries, actor: Actor, filter: LogFilter): Promise<LogView> {
  const { clinicId } = actor;
  const found = await entriesOf(queries, clinicId, filter);
  const entries = typeof found === 'string' ? [] : found;
  const people = await queries
    .select({ id: user.id, name: user.name })
    .from(user)
    .where(eq(user.clinicId, clinicId))
    .orderBy(user.name);
  const patients = await queries
    .select({ id: patient.id, pseudonym: patient.pseudonym })
    .from(patient)
    .where(eq(patient.clinicId, clinicId));
  const names = await recordNames(queries, clinicId, entries);
  await appendAudit(queries, actor, {
    action: 'view',
    recordType: 'log',
    recordId: clinicId,
    detail: filter.patient === undefined ? {} : { patient: filter.patient },
  });
  return {
    missing: typeof found === 'string' ? found : null,
    entries: entries.map(
      ({ seq, time, actorId, actor, action, recordType, recordId, detail }): LoggedEntry => ({
        seq,
        time,
        actorId,
        actor,
        action,
        recordType,
        recordId,
        detail: JSON.parse(detail),
        record: names.get(recordId) ?? null,
      }),
    ),
    people,
    patients: patients.sort((a, b) => naturalOrder.compare(a.pseudonym, b.pseudonym)),
  };
}

async function recordNames(
  queries: Queries,
  clinicId: string,
  entries: readonly AuditEntry[],
): Promise<ReadonlyMap<string, RecordName>> {
  const ids = [...new Set(entries.map(({ recordId }) => recordId))];
  const names = new Map<string, RecordName>();
  if (ids.length === 0) return names;
  const of = { id: patient.id, pseudonym: patient.pseudonym };
  for (const row of await queries
    .select(of)
    .from(patient)
    .where(and(inArray(patient.id, ids), eq(patient.clinicId, clinicId))))
    names.set(row.id, { patient: row });
  for (const row of await queries
    .select({ id: visit.id, day: visit.day, patient: of })
    .from(visit)
    .innerJoin(patient, eq(patient.id, visit.patientId))
    .where(and(inArray(visit.id, ids), eq(patient.clinicId, clinicId))))
    names.set(row.id, { patient: row.patient, day: row.day });
  for (const row of await queries
    .select({ id: recording.id, number: recording.number, day: visit.day, patient: of })
    .from(recording)
    .innerJoin(visit, eq(visit.id, recording.visitId))
    .innerJoin(patient, eq(patient.id, visit.patientId))
    .where(and(inArray(recording.id, ids), eq(patient.clinicId, clinicId))))
    names.set(row.id, { patient: row.patient, day: row.day, number: row.number });
  for (const row of await queries
    .select({ id: user.id, name: user.name })
    .from(user)
    .where(and(inArray(user.id, ids), eq(user.clinicId, clinicId))))
    names.set(row.id, { name: row.name });
  return names;
}
