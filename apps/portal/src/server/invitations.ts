/** One-time links in place of open sign-up: made by administrators or the portal, listed, withdrawn, and used once. */
import { createHash, randomUUID } from 'node:crypto';
import { hashPassword } from 'better-auth/crypto';
import { and, desc, eq, isNull, or, type SQL, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { type Actor, countTry } from './accounts.ts';
import { appendAudit } from './audit.ts';
import { newToken } from './data-folder.ts';
import type { Queries } from './database.ts';
import { Failure, failures } from './failure.ts';
import { passwordProblem } from './password-rules.ts';
import type { Role } from './schema.ts';
import * as schema from './schema.ts';

const invitationHours = { portal: 24, administrator: 7 * 24 } as const;

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
  await queries.transaction(async tx => {
    // Of the links that the portal prints the newest alone is good.
    if (by === 'portal')
      await tx
        .delete(schema.invitation)
        .where(
          and(
            isNull(schema.invitation.createdBy),
            isNull(schema.invitation.usedAt),
            isNull(schema.invitation.clinicId),
          ),
        );
    await tx.insert(schema.invitation).values({
      id,
      tokenHash: hashToken(token),
      role: draft.role,
      clinicId: draft.clinicId,
      userId: draft.userId ?? null,
      note: draft.note,
      createdBy: by === 'portal' ? null : by.userId,
      expiresAt,
    });
    await appendAudit(tx, by, {
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

export interface ListedInvitation {
  readonly id: string;
  readonly role: Role;
  /** Whom it is meant for, as its maker wrote it. */
  readonly note: string;
  /** Of the account whose password it sets anew; null: it makes an account. */
  readonly email: string | null;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** The links of a clinic that are still good, the newest first. */
export async function listInvitations(
  queries: Queries,
  { clinicId }: Actor,
): Promise<readonly ListedInvitation[]> {
  const maker = alias(schema.user, 'maker');
  const { id, role, note, createdAt, expiresAt } = schema.invitation;
  return queries
    .select({ id, role, note, email: schema.user.email, createdBy: maker.name, createdAt, expiresAt })
    .from(schema.invitation)
    .innerJoin(maker, eq(maker.id, schema.invitation.createdBy))
    .leftJoin(schema.user, eq(schema.user.id, schema.invitation.userId))
    .where(and(eq(schema.invitation.clinicId, clinicId), isGood))
    .orderBy(desc(createdAt), id);
}

/** @throws Failure `missing` (404): also where it was used or has expired */
export async function withdrawInvitation(queries: Queries, actor: Actor, id: string): Promise<void> {
  await queries.transaction(async tx => {
    const withdrawn = await withdraw(
      tx,
      actor,
      and(eq(schema.invitation.id, id), eq(schema.invitation.clinicId, actor.clinicId)),
    );
    if (withdrawn === 0) throw failures.missing();
  });
}

/** Withdraws what an account made, and where it is closed what would open it again. */
export async function withdrawLinksOf(
  queries: Queries,
  actor: Actor,
  userId: string,
  closed: boolean,
): Promise<void> {
  const made = eq(schema.invitation.createdBy, userId);
  await withdraw(queries, actor, closed ? or(made, eq(schema.invitation.userId, userId)) : made);
}

async function withdraw(queries: Queries, actor: Actor, which: SQL | undefined): Promise<number> {
  const gone = await queries
    .delete(schema.invitation)
    .where(and(which, isNull(schema.invitation.usedAt)))
    .returning({ id: schema.invitation.id, role: schema.invitation.role });
  for (const { id, role } of gone)
    await appendAudit(queries, actor, {
      action: 'withdraw',
      recordType: 'invitation',
      recordId: id,
      detail: { role },
    });
  return gone.length;
}

export interface OpenInvitation {
  readonly role: Role;
  readonly clinicName: string | null;
  /** Of the account whose password the link sets anew. */
  readonly email: string | null;
}

/** What a link that is still good is for, or null. */
export async function openInvitation(queries: Queries, token: string): Promise<OpenInvitation | null> {
  const link = await goodLink(queries, token);
  return link && { role: link.role, clinicName: link.clinicName, email: link.email };
}

async function goodLink(
  queries: Queries,
  token: string,
): Promise<(OpenInvitation & { readonly name: string | null }) | null> {
  const [row] = await queries
    .select({
      role: schema.invitation.role,
      clinicName: schema.clinic.name,
      email: schema.user.email,
      name: schema.user.name,
    })
    .from(schema.invitation)
    .leftJoin(schema.clinic, eq(schema.clinic.id, schema.invitation.clinicId))
    .leftJoin(schema.user, eq(schema.user.id, schema.invitation.userId))
    .where(and(hasToken(token), isGood));
  return row ?? null;
}

export interface Joining {
  readonly token: string;
  readonly name: string;
  readonly email: string;
  readonly password: string;
  /** Where the link makes a clinic. */
  readonly clinicName: string;
  /** Where the request comes from. */
  readonly address: string;
}

/** By address: judging and hashing a password is slow, and anybody may ask for it who has a link. */
const joiningLimit = { tries: 20, minutes: 15 };

/**
 * Uses a one-time link up: makes the account, and the clinic where the link is for one; or sets a new password and takes
 * the second factor away.
 *
 * @throws Failure `too-many-tries` (429), `link-used` (410), `password-…` (422), `email-taken` (409), `form` (400)
 */
export async function join(queries: Queries, joining: Joining): Promise<{ email: string }> {
  const email = joining.email.trim().toLowerCase();
  const name = joining.name.trim();
  const forget = await countTry(queries, `join ${joining.address}`, joiningLimit);
  const open = await goodLink(queries, joining.token);
  if (open === null) throw linkUsed(); // Nobody without a link has passwords judged and hashed.
  const problem = await passwordProblem(joining.password, {
    email: open.email ?? email,
    name: open.name ?? name,
    clinicName: open.clinicName ?? joining.clinicName,
  });
  if (problem !== null) throw new Failure(422, problem.code, problem.message);
  const password = await hashPassword(joining.password);
  const joined = await queries.transaction(async tx => {
    // Marked as used first: of two requests with one link the second finds none.
    const [link] = await tx
      .update(schema.invitation)
      .set({ usedAt: new Date() })
      .where(and(hasToken(joining.token), isGood))
      .returning();
    if (link === undefined) throw linkUsed();
    if (link.userId !== null) return renewPassword(tx, link.userId, password);
    if (name === '' || email === '') throw failures.form('Name and e-mail address are needed.');
    const taken = await tx.select().from(schema.user).where(eq(schema.user.email, email));
    if (taken.length > 0)
      throw new Failure(409, 'email-taken', 'There is an account with this e-mail address already.');
    const clinicId = link.clinicId ?? (await makeClinic(tx, joining.clinicName));
    const userId = randomUUID();
    await tx
      .insert(schema.user)
      .values({ id: userId, name, email, emailVerified: true, role: link.role, clinicId });
    await tx
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
  await forget();
  return joined;
}

function linkUsed(): Failure {
  return new Failure(410, 'link-used', 'This link was used or has expired; ask for a new one.');
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

function hasToken(token: string): SQL {
  return eq(schema.invitation.tokenHash, hashToken(token));
}

/**
 * Not used, not too old; its maker may still make it, and the account whose password it sets is open. Links that the
 * portal printed have no maker.
 */
const isGood = sql`(
  ${schema.invitation.usedAt} IS NULL
  AND ${schema.invitation.expiresAt} > now()
  AND (
    ${schema.invitation.createdBy} IS NULL
    OR EXISTS (
      SELECT FROM "user" AS maker_now
      WHERE maker_now.id = ${schema.invitation.createdBy}
        AND maker_now.clinic_id = ${schema.invitation.clinicId}
        AND maker_now.role = 'administrator'
        AND NOT maker_now.disabled
    )
  )
  AND (
    ${schema.invitation.userId} IS NULL
    OR EXISTS (
      SELECT FROM "user" AS named WHERE named.id = ${schema.invitation.userId} AND NOT named.disabled
    )
  )
)`;

function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
