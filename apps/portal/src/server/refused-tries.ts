/**
 * Refused tries to come into an account, in the log of its clinic, also where somebody of another clinic made them: that
 * clinic's log must not tell whose addresses have an account here. What was typed is never kept; an e-mail address that
 * belongs to no account belongs to no clinic either, and leaves no entry.
 */
import { and, desc, eq } from 'drizzle-orm';
import type { Actor } from './accounts.ts';
import { appendAudit, lockAudit, nobodyKnown } from './audit.ts';
import type { Queries } from './database.ts';
import { audit, user } from './schema.ts';

export interface RefusedTry {
  /** Which account: by the address that was typed, or by its id. */
  readonly account: { readonly email: string } | { readonly id: string };
  /** Who is signed in where it was done; null: nobody. */
  readonly actor: Actor | null;
  readonly asked: 'password' | 'code' | 'backup-code';
  /** The code of the refusal. */
  readonly why: string;
}

/** The limits refuse without looking at what was typed: one entry tells of all tries within so long. */
const limits: Readonly<Record<string, number>> = {
  'too-many-tries': 15 * 60_000,
  'account-temporarily-locked': 15 * 60_000,
};

export async function noteRefusedTry(
  queries: Queries,
  { account, actor, asked, why }: RefusedTry,
): Promise<void> {
  const [tried] = await queries
    .select({ id: user.id, clinicId: user.clinicId })
    .from(user)
    .where('id' in account ? eq(user.id, account.id) : eq(user.email, account.email.trim().toLowerCase()));
  if (tried === undefined) return;
  const within = limits[why];
  const by =
    actor?.clinicId === tried.clinicId
      ? actor
      : ({ userId: null, name: nobodyKnown, clinicId: tried.clinicId } as const);
  await queries.transaction(async transaction => {
    if (within !== undefined) {
      await lockAudit(transaction); // Of tries at the same moment one is noted.
      if (await wasNoted(transaction, tried.id, why, within)) return;
    }
    await appendAudit(transaction, by, {
      action: 'refuse',
      recordType: 'user',
      recordId: tried.id,
      detail: { asked, why },
    });
  });
}

async function wasNoted(queries: Queries, userId: string, why: string, within: number): Promise<boolean> {
  const refusals = await queries
    .select({ time: audit.time, detail: audit.detail })
    .from(audit)
    .where(and(eq(audit.recordId, userId), eq(audit.action, 'refuse')))
    .orderBy(desc(audit.seq))
    .limit(50);
  const last = refusals.find(({ detail }) => JSON.parse(detail).why === why);
  return last !== undefined && Date.now() - last.time.getTime() < within;
}
