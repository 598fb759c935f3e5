/** Where somebody is signed in, and signing out elsewhere. */
import { and, desc, eq, gt, ne } from 'drizzle-orm';
import { type Actor, type Auth, longestSeconds } from './accounts.ts';
import { appendAudit } from './audit.ts';
import type { Queries } from './database.ts';
import { failures } from './failure.ts';
import { session } from './schema.ts';

export interface ListedSession {
  readonly id: string;
  readonly startedAt: Date;
  /** To the minute. */
  readonly usedAt: Date;
  /** Where it is not used any more. */
  readonly endsAt: Date;
  /** Null: not known. */
  readonly address: string | null;
  readonly userAgent: string | null;
  /** The one that asks. */
  readonly isOwn: boolean;
}

/** The sessions of an account that are still good, the newest first. */
export async function listSessions(
  auth: Auth,
  queries: Queries,
  { userId }: Actor,
  headers: Headers,
): Promise<ListedSession[]> {
  const own = await sessionId(auth, headers);
  const now = Date.now();
  const rows = await queries
    .select()
    .from(session)
    .where(
      and(
        eq(session.userId, userId),
        gt(session.expiresAt, new Date(now)),
        gt(session.createdAt, new Date(now - 1000 * longestSeconds)),
      ),
    )
    .orderBy(desc(session.createdAt));
  return rows.map(({ id, createdAt, updatedAt, expiresAt, ipAddress, userAgent }) => ({
    id,
    startedAt: createdAt,
    usedAt: updatedAt,
    endsAt: new Date(Math.min(expiresAt.getTime(), createdAt.getTime() + 1000 * longestSeconds)),
    address: ipAddress || null,
    userAgent: userAgent || null,
    isOwn: id === own,
  }));
}

/** Ends every session of the account but the one that asks. */
export async function endOtherSessions(
  auth: Auth,
  queries: Queries,
  actor: Actor,
  headers: Headers,
): Promise<{ ended: number }> {
  const own = await sessionId(auth, headers);
  if (own === null) throw failures.signedOut();
  return queries.transaction(async tx => {
    const gone = await tx
      .delete(session)
      .where(and(eq(session.userId, actor.userId), ne(session.id, own)))
      .returning({ id: session.id });
    await appendAudit(tx, actor, {
      action: 'sign-out',
      recordType: 'user',
      recordId: actor.userId,
      detail: { elsewhere: gone.length },
    });
    return { ended: gone.length };
  });
}

async function sessionId(auth: Auth, headers: Headers): Promise<string | null> {
  const found = await auth.api.getSession({ headers, query: { disableRefresh: true } });
  return found?.session.id ?? null;
}
