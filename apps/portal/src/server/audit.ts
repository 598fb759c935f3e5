/**
 * The audit log: who saw or changed what, when. Append-only by a trigger of the database, and a chain: every entry's hash
 * takes in the one before it, so that an entry that was changed, left out or put in shows.
 *
 * What a chain cannot show is its own end being cut off, or all of it being written anew by somebody who owns the database:
 * `audit verify` prints the last hash, and checks a hash that was noted earlier and elsewhere (`--seen HASH`).
 */
import { createHash } from 'node:crypto';
import { asc, desc, gt, sql } from 'drizzle-orm';
import type { Actor } from './accounts.ts';
import type { Queries } from './database.ts';
import { audit } from './schema.ts';

export type AuditAction =
  | 'view'
  | 'create'
  | 'change'
  | 'delete'
  | 'analyse'
  | 'review'
  | 'withdraw'
  | 'download'
  | 'export'
  | 'invite'
  | 'join'
  | 'sign-in'
  | 'sign-out'
  | 'refuse'
  | 'verify';

export interface AuditEvent {
  readonly action: AuditAction;
  readonly recordType: string;
  readonly recordId: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** Who did something: a signed-in user, somebody who was not let in to an account of the clinic, or the portal itself. */
export type AuditActor =
  | Pick<Actor, 'userId' | 'name' | 'clinicId'>
  | { readonly userId: null; readonly name: typeof nobodyKnown; readonly clinicId: string }
  | 'portal';

/** Stands in the log where nobody is signed in. */
export const nobodyKnown = 'not signed in';

export type AuditEntry = typeof audit.$inferSelect;

export const firstPreviousHash = '0'.repeat(64);

/**
 * Appends one entry, in the transaction of what it tells of where there is one: either both are there or neither.
 */
export async function appendAudit(queries: Queries, actor: AuditActor, event: AuditEvent): Promise<void> {
  await queries.transaction(async transaction => {
    await lockAudit(transaction);
    const [last] = await transaction.select().from(audit).orderBy(desc(audit.seq)).limit(1);
    const entry = {
      seq: (last?.seq ?? 0) + 1,
      time: new Date(),
      clinicId: actor === 'portal' ? null : actor.clinicId,
      actorId: actor === 'portal' ? null : actor.userId,
      actor: actor === 'portal' ? 'portal' : actor.name,
      action: event.action,
      recordType: event.recordType,
      recordId: event.recordId,
      detail: JSON.stringify(event.detail ?? {}),
      previousHash: last?.hash ?? firstPreviousHash,
    };
    await transaction.insert(audit).values({ ...entry, hash: hashOf(entry) });
  });
}

/** One writer at a time, until the transaction ends: the next entry must see this one. */
export async function lockAudit(transaction: Queries): Promise<void> {
  await transaction.execute(sql`SELECT pg_advisory_xact_lock(${auditLock})`);
}

/** Any number that nothing else in the database locks. */
const auditLock = 0x637265_02;

/** sha256 over a JSON list of all fields in this order. */
export function hashOf(entry: Omit<AuditEntry, 'hash'>): string {
  const { seq, time, clinicId, actorId, actor, action, recordType, recordId, detail, previousHash } = entry;
  const fields = [
    seq,
    time.toISOString(),
    clinicId,
    actorId,
    actor,
    action,
    recordType,
    recordId,
    detail,
    previousHash,
  ];
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex');
}

export interface AuditVerdict {
  readonly entries: number;
  /** Hash of the last entry; of an empty log 64 zeros. */
  readonly head: string;
  /** The first place that does not fit, or null. */
  readonly broken: { readonly seq: number; readonly reason: string } | null;
  /** Whether the hash that was asked for is in the chain; null: none was. */
  readonly seen: boolean | null;
}

/** Checks the whole chain, in pieces. */
export async function verifyAudit(queries: Queries, seenHash: string | null = null): Promise<AuditVerdict> {
  let entries = 0;
  let head = firstPreviousHash;
  let seen = seenHash === null ? null : seenHash === firstPreviousHash;
  for (;;) {
    const piece = await queries
      .select()
      .from(audit)
      .where(gt(audit.seq, entries))
      .orderBy(asc(audit.seq))
      .limit(1000);
    if (piece.length === 0) return { entries, head, broken: null, seen };
    for (const entry of piece) {
      const reason =
        entry.seq !== entries + 1
          ? `entry ${entries + 1} is missing`
          : entry.previousHash !== head
            ? `entry ${entry.seq} does not continue the one before it`
            : entry.hash !== hashOf(entry)
              ? `entry ${entry.seq} is not as it was written`
              : null;
      if (reason !== null) return { entries, head, broken: { seq: entries + 1, reason }, seen };
      entries = entry.seq;
      head = entry.hash;
      if (seen === false && entry.hash === seenHash) seen = true;
    }
  }
}
