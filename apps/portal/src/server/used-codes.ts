/**
 * A code of an authenticator app is good once (RFC 6238, section 5.2). better-auth 1.7 accepts a code for three periods of
 * 30 s, as often as it comes; so each code that opened something stays in its table of verifications until it is too old.
 */
import { createHash } from 'node:crypto';
import { and, eq, like, lt } from 'drizzle-orm';
import type { Queries } from './database.ts';
import { Failure } from './failure.ts';
import { verification } from './schema.ts';

/** Longer than any code is accepted: from the period before its own to the one after. */
const acceptedSeconds = 120;
const prefix = 'used-code:';

/**
 * Takes a code for an account, so that of two requests with the same code one is refused before anything is opened.
 *
 * @returns gives the code back, for where it turns out to be wrong
 * @throws Failure `code-used` (401)
 */
export async function takeCode(queries: Queries, userId: string, code: string): Promise<() => Promise<void>> {
  const id = prefix + createHash('sha256').update(`${userId}\n${code}`).digest('hex');
  const now = new Date();
  await queries
    .delete(verification)
    .where(and(like(verification.id, `${prefix}%`), lt(verification.expiresAt, now)));
  const taken = await queries
    .insert(verification)
    .values({
      id,
      identifier: id,
      value: userId,
      expiresAt: new Date(now.getTime() + 1000 * acceptedSeconds),
    })
    .onConflictDoNothing()
    .returning({ id: verification.id });
  if (taken.length === 0)
    throw new Failure(401, 'code-used', 'This code was used already; wait until the app shows the next one.');
  return async () => {
    await queries.delete(verification).where(eq(verification.id, id));
  };
}

/**
 * Whose sign-in waits for a second factor in this browser, or null. better-auth checks the cookie's signature when it gets
 * the request; here it only says whose codes are looked up.
 */
export async function userAtSecondFactor(queries: Queries, headers: Headers): Promise<string | null> {
  const cookie = /(?:^|;\s*)(?:__Secure-)?crepitus\.two_factor=([^;]+)/.exec(
    headers.get('cookie') ?? '',
  )?.[1];
  if (cookie === undefined) return null;
  const [identifier] = decoded(cookie).split('.');
  const [waiting] = await queries
    .select({ userId: verification.value })
    .from(verification)
    .where(eq(verification.identifier, identifier!));
  return waiting?.userId ?? null;
}

function decoded(cookie: string): string {
  try {
    return decodeURIComponent(cookie);
  } catch {
    return '';
  }
}
