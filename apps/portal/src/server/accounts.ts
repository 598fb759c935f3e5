/** Who may come in, and as whom: better-auth's sign-in and second factor, one-time links in place of open sign-up. */
import { createHash, randomUUID } from 'node:crypto';
import { betterAuth } from 'better-auth';
import { drizzleAdapter } from 'better-auth/adapters/drizzle';
import { APIError } from 'better-auth/api';
import { hashPassword } from 'better-auth/crypto';
import { twoFactor } from 'better-auth/plugins/two-factor';
import { and, count, eq, gt, isNull, lt, sql } from 'drizzle-orm';
import { appendAudit } from './audit.ts';
import { newToken } from './data-folder.ts';
import type { Queries } from './database.ts';
import { Failure, failures } from './failure.ts';
import { passwordProblem } from './password-rules.ts';
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

export const invitationHours = { portal: 24, administrator: 7 * 24 } as const;

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
    logger: { level: 'error' },
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

const signInWindowMinutes = 15;
const signInTries = 10;

/**
 * Counts a try to sign in to an account.
 *
 * @throws Failure `too-many-tries` (429)
 */
export async function countSignIn(queries: Queries, email: string): Promise<void> {
  const account = createHash('sha256').update(email.trim().toLowerCase()).digest('hex');
  const since = new Date(Date.now() - signInWindowMinutes * 60_000);
  await queries.transaction(async transaction => {
    await transaction.execute(sql`SELECT pg_advisory_xact_lock(hashtext(${account}))`);
    await transaction.delete(schema.signInAttempt).where(lt(schema.signInAttempt.at, since));
    const [tries] = await transaction
      .select({ count: count() })
      .from(schema.signInAttempt)
      .where(and(eq(schema.signInAttempt.account, account), gt(schema.signInAttempt.at, since)));
    if (tries!.count >= signInTries)
      throw new Failure(
        429,
        'too-many-tries',
        `Too many tries for this account; wait ${signInWindowMinutes} minutes.`,
      );
    await transaction.insert(schema.signInAttempt).values({ id: randomUUID(), account, at: new Date() });
  });
}

/** Whether nobody has an account yet. */
export async function isUnused(queries: Queries): Promise<boolean> {
  const [users] = await queries.select({ count: count() }).from(schema.user);
  return users!.count === 0;
}

export interface InvitationDraft {
  readonly role: Role;
  /** Null: a clinic of its own. */
  readonly clinicId: string | null;
  readonly userId?: string;
  readonly note: string;
  readonly createdBy: Actor | 'portal';
}

/** The token for a one-time link; nowhere but here is it to be had. */
export async function invite(
  queries: Queries,
  draft: InvitationDraft,
): Promise<{ token: string; expiresAt: Date }> {
  const token = newToken();
  const by = draft.createdBy;
  const hours = by === 'portal' ? invitationHours.portal : invitationHours.administrator;
  const expiresAt = new Date(Date.now() + hours * 3600_000);
  const id = randomUUID();
  await queries.transaction(async transaction => {
    // Of the links that the portal prints the newest alone is good.
    if (by === 'portal')
      await transaction
        .delete(schema.invitation)
        .where(
          and(
            isNull(schema.invitation.createdBy),
            isNull(schema.invitation.usedAt),
            isNull(schema.invitation.clinicId),
          ),
        );
    await transaction.insert(schema.invitation).values({
      id,
      tokenHash: hashToken(token),
      role: draft.role,
      clinicId: draft.clinicId,
      userId: draft.userId ?? null,
      note: draft.note,
      createdBy: by === 'portal' ? null : by.userId,
      expiresAt,
    });
    await appendAudit(transaction as unknown as Queries, by, {
      action: 'invite',
      recordType: draft.userId === undefined ? 'invitation' : 'user',
      recordId: draft.userId ?? id,
      detail: { role: draft.role },
    });
  });
  return { token, expiresAt };
}

/** A one-time link for a clinic that is not there yet and its first administrator. */
export async function linkForNewClinic(queries: Queries, publicAddress: string): Promise<string> {
  const { token } = await invite(queries, {
    role: 'administrator',
    clinicId: null,
    note: '',
    createdBy: 'portal',
  });
  return joinLink(publicAddress, token);
}

export function joinLink(publicAddress: string, token: string): string {
  return `${publicAddress}/join/${token}`;
}

export interface OpenInvitation {
  readonly role: Role;
  readonly clinicName: string | null;
  /** Of the account whose password the link sets anew. */
  readonly email: string | null;
}

/** What a link that is still good is for, or null. */
export async function openInvitation(queries: Queries, token: string): Promise<OpenInvitation | null> {
  const [row] = await queries
    .select({ role: schema.invitation.role, clinicName: schema.clinic.name, email: schema.user.email })
    .from(schema.invitation)
    .leftJoin(schema.clinic, eq(schema.clinic.id, schema.invitation.clinicId))
    .leftJoin(schema.user, eq(schema.user.id, schema.invitation.userId))
    .where(isGood(token));
  return row ?? null;
}

export interface Joining {
  readonly token: string;
  readonly name: string;
  readonly email: string;
  readonly password: string;
  /** Where the link makes a clinic. */
  readonly clinicName: string;
}

/**
 * Uses a one-time link up: makes the account, and the clinic where the link is for one; or sets a new password and takes
 * the second factor away.
 *
 * @throws Failure `link-used` (410), `password-…` (422), `email-taken` (409), `form` (400)
 */
export async function join(queries: Queries, joining: Joining): Promise<{ email: string }> {
  const email = joining.email.trim().toLowerCase();
  const name = joining.name.trim();
  const problem = passwordProblem(joining.password, { email, name });
  if (problem !== null) throw new Failure(422, problem.code, problem.message);
  const password = await hashPassword(joining.password);
  return queries.transaction(async transaction => {
    // Marked as used first: of two requests with one link the second finds none.
    const [link] = await transaction
      .update(schema.invitation)
      .set({ usedAt: new Date() })
      .where(isGood(joining.token))
      .returning();
    if (link === undefined)
      throw new Failure(410, 'link-used', 'This link was used or has expired; ask for a new one.');
    const tx = transaction as unknown as Queries;
    if (link.userId !== null) return renewPassword(tx, link.userId, password);
    if (name === '' || email === '') throw failures.form('Name and e-mail address are needed.');
    const taken = await transaction.select().from(schema.user).where(eq(schema.user.email, email));
    if (taken.length > 0)
      throw new Failure(409, 'email-taken', 'There is an account with this e-mail address already.');
    const clinicId = link.clinicId ?? (await makeClinic(tx, joining.clinicName));
    const userId = randomUUID();
    await transaction
      .insert(schema.user)
      .values({ id: userId, name, email, emailVerified: true, role: link.role, clinicId });
    await transaction
      .insert(schema.account)
      .values({ id: randomUUID(), accountId: userId, providerId: 'credential', userId, password });
    await appendAudit(
      tx,
      { userId, name, clinicId },
      {
        action: 'join',
        recordType: 'user',
        recordId: userId,
        detail: { role: link.role },
      },
    );
    return { email };
  });
}

async function makeClinic(queries: Queries, name: string): Promise<string> {
  if (name.trim() === '') throw failures.form('The clinic needs a name.');
  const id = randomUUID();
  await queries.insert(schema.clinic).values({ id, name: name.trim() });
  return id;
}

async function renewPassword(queries: Queries, userId: string, password: string): Promise<{ email: string }> {
  const [user] = await queries
    .update(schema.user)
    .set({ twoFactorEnabled: false, updatedAt: new Date() })
    .where(eq(schema.user.id, userId))
    .returning();
  await queries
    .update(schema.account)
    .set({ password, updatedAt: new Date() })
    .where(and(eq(schema.account.userId, userId), eq(schema.account.providerId, 'credential')));
  await queries.delete(schema.session).where(eq(schema.session.userId, userId));
  await queries.delete(schema.twoFactor).where(eq(schema.twoFactor.userId, userId));
  await appendAudit(
    queries,
    { userId, name: user!.name, clinicId: user!.clinicId },
    {
      action: 'change',
      recordType: 'user',
      recordId: userId,
      detail: { password: true, secondFactor: false },
    },
  );
  return { email: user!.email };
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

/** @throws Failure `missing` (404), `last-administrator` (409) */
export async function changeUser(
  queries: Queries,
  actor: Actor,
  userId: string,
  change: { readonly role?: Role | undefined; readonly disabled?: boolean | undefined },
): Promise<void> {
  await queries.transaction(async transaction => {
    const tx = transaction as unknown as Queries;
    await requireUser(tx, actor, userId);
    const losesAdministrator =
      change.disabled === true || (change.role ?? 'administrator') !== 'administrator';
    if (losesAdministrator) {
      // The rows are locked, so that two administrators cannot take the role from each other at once.
      const others = await transaction
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
    await transaction
      .update(schema.user)
      .set({
        ...(change.role === undefined ? {} : { role: change.role }),
        ...(change.disabled === undefined ? {} : { disabled: change.disabled }),
        updatedAt: new Date(),
      })
      .where(eq(schema.user.id, userId));
    if (change.disabled) await transaction.delete(schema.session).where(eq(schema.session.userId, userId));
    await appendAudit(tx, actor, {
      action: 'change',
      recordType: 'user',
      recordId: userId,
      detail: { ...change },
    });
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

function isGood(token: string) {
  return and(
    eq(schema.invitation.tokenHash, hashToken(token)),
    isNull(schema.invitation.usedAt),
    gt(schema.invitation.expiresAt, new Date()),
  );
}

function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
