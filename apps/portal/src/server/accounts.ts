/** Who may come in, and as whom: better-auth's sign-in and second factor. Accounts are made by one-time links (invitations.ts). */
import { createHash, randomUUID } from 'node:crypto';
import { betterAuth } from 'better-auth';
import { drizzleAdapter } from 'better-auth/adapters/drizzle';
import { APIError } from 'better-auth/api';
import { twoFactor } from 'better-auth/plugins/two-factor';
import { and, count, eq, gt, lt, min, sql } from 'drizzle-orm';
import { appendAudit } from './audit.ts';
import type { Queries } from './database.ts';
import { Failure, failures } from './failure.ts';
import { withdrawLinksOf } from './invitations.ts';
import { withoutParameters } from './logged-errors.ts';
import type { Role } from './schema.ts';
import * as schema from './schema.ts';

/** Somebody who is signed in. */
export interface Actor {
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly clinicId: string;
  readonly clinicName: string;
  readonly twoFactor: boolean;
}

/** A session that is not used ends after an hour, any session after a working day. */
const idleSeconds = 3600;
export const longestSeconds = 12 * 3600;

export interface AuthOptions {
  readonly secret: string;
  /** Where users find the portal, as its cookies and links have it. */
  readonly publicAddress: string;
  readonly trustedOrigins: readonly string[];
}

export type Auth = ReturnType<typeof openAuth>;

export function openAuth(queries: Queries, { secret, publicAddress, trustedOrigins }: AuthOptions) {
  return betterAuth({
    appName: 'crepitus',
    secret,
    baseURL: publicAddress,
    basePath: '/api/auth',
    trustedOrigins: [...trustedOrigins],
    telemetry: { enabled: false },
    logger: {
      level: 'error',
      log: (_, message, ...told) => console.error(`better-auth: ${message}`, ...told.map(withoutParameters)),
    },
    database: drizzleAdapter(queries, { provider: 'pg', schema }),
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: 12,
      maxPasswordLength: 128,
      revokeSessionsOnPasswordReset: true,
    },
    user: {
      additionalFields: {
        role: { type: 'string', required: true, input: false },
        clinicId: { type: 'string', required: true, input: false },
        disabled: { type: 'boolean', required: false, input: false },
      },
    },
    session: { expiresIn: idleSeconds, updateAge: 60 },
    // By address; tries on one account are counted by `countSignIn`, from wherever they come.
    rateLimit: {
      enabled: true,
      storage: 'database',
      window: 60,
      max: 120,
      customRules: { '/sign-in/email': { window: 60, max: 20 } },
    },
    advanced: {
      cookiePrefix: 'crepitus',
      defaultCookieAttributes: { sameSite: 'strict', httpOnly: true },
    },
    databaseHooks: {
      session: {
        create: {
          before: async session => {
            const [user] = await queries
              .select({ disabled: schema.user.disabled })
              .from(schema.user)
              .where(eq(schema.user.id, session.userId));
            if (user?.disabled !== false)
              throw new APIError('FORBIDDEN', {
                code: 'ACCOUNT_DISABLED',
                message: 'This account is closed.',
              });
          },
        },
      },
    },
    plugins: [twoFactor({ issuer: 'crepitus' })],
  });
}

/** What of better-auth can be reached from outside, each as `POST /api/auth<path>`. */
export const authPaths = [
  '/sign-in/email',
  '/sign-out',
  '/two-factor/enable',
  '/two-factor/disable',
  '/two-factor/verify-totp',
  '/two-factor/verify-backup-code',
] as const;

/** @param refresh whether this counts as use, which keeps a session alive */
export async function actorOf(
  auth: Auth,
  queries: Queries,
  headers: Headers,
  { refresh = true }: { readonly refresh?: boolean } = {},
): Promise<Actor | null> {
  const found = await auth.api.getSession({ headers, query: { disableRefresh: !refresh } });
  if (found === null) return null;
  if (Date.now() - found.session.createdAt.getTime() > 1000 * longestSeconds) {
    await queries.delete(schema.session).where(eq(schema.session.id, found.session.id));
    return null;
  }
  const [row] = await queries
    .select({ user: schema.user, clinicName: schema.clinic.name })
    .from(schema.user)
    .innerJoin(schema.clinic, eq(schema.clinic.id, schema.user.clinicId))
    .where(eq(schema.user.id, found.user.id));
  if (row === undefined || row.user.disabled) return null;
  return actorFrom(row.user, row.clinicName);
}

export function actorFrom(user: typeof schema.user.$inferSelect, clinicName: string): Actor {
  const { id, name, email, role, clinicId, twoFactorEnabled } = user;
  return { userId: id, name, email, role, clinicId, clinicName, twoFactor: twoFactorEnabled ?? false };
}

/** A limit of tries that fail, within so many minutes. */
export interface TryLimit {
  readonly tries: number;
  readonly minutes: number;
}

/**
 * Counts a try to sign in to an account, before its password is looked at: tries at the same moment count too.
 *
 * @returns takes the try out of the count, for where it succeeds
 * @throws Failure `too-many-tries` (429)
 */
export function countSignIn(queries: Queries, email: string): Promise<() => Promise<void>> {
  return countTry(queries, email.trim().toLowerCase(), { tries: 10, minutes: 15 });
}

/**
 * As `countSignIn`, of whatever is tried.
 *
 * @param what names it; kept as its hash
 */
export async function countTry(
  queries: Queries,
  what: string,
  limit: TryLimit,
): Promise<() => Promise<void>> {
  const account = createHash('sha256').update(what).digest('hex');
  const windowMilliseconds = limit.minutes * 60_000;
  const since = new Date(Date.now() - windowMilliseconds);
  const id = randomUUID();
  await queries.transaction(async tx => {
    await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtext(${account}))`);
    await tx.delete(schema.signInAttempt).where(lt(schema.signInAttempt.at, since));
    const [tries] = await tx
      .select({ count: count(), first: min(schema.signInAttempt.at) })
      .from(schema.signInAttempt)
      .where(and(eq(schema.signInAttempt.account, account), gt(schema.signInAttempt.at, since)));
    if (tries!.count >= limit.tries)
      throw failures.tooManyTries((tries!.first!.getTime() + windowMilliseconds - Date.now()) / 1000);
    await tx.insert(schema.signInAttempt).values({ id, account, at: new Date() });
  });
  return async () => {
    await queries.delete(schema.signInAttempt).where(eq(schema.signInAttempt.id, id));
  };
}

/** Whether nobody has an account yet. */
export async function isUnused(queries: Queries): Promise<boolean> {
  const [users] = await queries.select({ count: count() }).from(schema.user);
  return users!.count === 0;
}

export interface ListedUser {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly disabled: boolean;
  readonly twoFactor: boolean;
}

export async function listUsers(queries: Queries, { clinicId }: Actor): Promise<ListedUser[]> {
  const users = await queries
    .select()
    .from(schema.user)
    .where(eq(schema.user.clinicId, clinicId))
    .orderBy(schema.user.name);
  return users.map(({ id, name, email, role, disabled, twoFactorEnabled }) => ({
    id,
    name,
    email,
    role,
    disabled,
    twoFactor: twoFactorEnabled ?? false,
  }));
}

/**
 * Whoever is no administrator any more loses the one-time links they made, and a closed account those for its password.
 *
 * @throws Failure `missing` (404), `last-administrator` (409)
 */
export async function changeUser(
  queries: Queries,
  actor: Actor,
  userId: string,
  change: { readonly role?: Role | undefined; readonly disabled?: boolean | undefined },
): Promise<void> {
  await queries.transaction(async tx => {
    const before = await requireUser(tx, actor, userId);
    const losesAdministrator =
      change.disabled === true || (change.role ?? 'administrator') !== 'administrator';
    if (losesAdministrator) {
      // The rows are locked, so that two administrators cannot take the role from each other at once.
      const others = await tx
        .select()
        .from(schema.user)
        .where(
          and(
            eq(schema.user.clinicId, actor.clinicId),
            eq(schema.user.role, 'administrator'),
            eq(schema.user.disabled, false),
          ),
        )
        .for('update');
      if (others.every(({ id }) => id === userId) && others.length > 0)
        throw new Failure(
          409,
          'last-administrator',
          'A clinic needs an administrator; name another one first.',
        );
    }
    await tx
      .update(schema.user)
      .set({
        ...(change.role === undefined ? {} : { role: change.role }),
        ...(change.disabled === undefined ? {} : { disabled: change.disabled }),
        updatedAt: new Date(),
      })
      .where(eq(schema.user.id, userId));
    if (change.disabled) await tx.delete(schema.session).where(eq(schema.session.userId, userId));
    await appendAudit(tx, actor, {
      action: 'change',
      recordType: 'user',
      recordId: userId,
      detail: { ...change, ...(change.role !== undefined && { from: before.role }) },
    });
    if (losesAdministrator) await withdrawLinksOf(tx, actor, userId, change.disabled === true);
  });
}

/** @throws Failure `missing` (404) */
export async function requireUser(queries: Queries, { clinicId }: Actor, userId: string) {
  const [user] = await queries
    .select()
    .from(schema.user)
    .where(and(eq(schema.user.id, userId), eq(schema.user.clinicId, clinicId)));
  if (user === undefined) throw failures.missing();
  return user;
}
