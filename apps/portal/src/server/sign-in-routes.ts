/** Signing in and out, the second factor and one's own password: what is handed on to better-auth. */
import { z } from 'zod';
import { type Actor, actorOf, authPaths, countSignIn } from './accounts.ts';
import { appendAudit } from './audit.ts';
import { Failure, failures } from './failure.ts';
import { passwordProblem } from './password-rules.ts';
import type { Portal } from './portal.ts';
import { noteRefusedTry, type RefusedTry } from './refused-tries.ts';
import { type Asked, all, body, type Route, route } from './route.ts';
import { typedLine } from './typed-text.ts';
import { takeCode, userAtSecondFactor } from './used-codes.ts';

export const signInRoutes: readonly Route[] = [
  ...authPaths.map(
    (path): Route => ({
      method: 'POST',
      path: `/api/auth${path}`,
      admission: 'anyone', // better-auth asks for a session where it needs one.
      handle: asked => authenticate(asked, path),
    }),
  ),
  route('POST', '/api/account/password', all, changePassword),
];

type SignIn = Readonly<Partial<Record<'email' | 'password' | 'code', string>>>;

/** Of what better-auth understands only what the pages send. */
function signInSchema(path: (typeof authPaths)[number]): z.ZodType<SignIn> {
  if (path === '/sign-in/email') return z.object({ email: typedLine(200), password: z.string().max(1000) });
  if (path.startsWith('/two-factor/verify')) return z.object({ code: typedLine(100) });
  if (path.startsWith('/two-factor/')) return z.object({ password: z.string().max(1000) });
  return z.object({});
}

/** Hands a request on to better-auth, counts tries, and keeps the log of who came and went and who was not let in. */
async function authenticate(asked: Asked, path: (typeof authPaths)[number]): Promise<Response> {
  const { portal, request } = asked;
  const json = await body(request, signInSchema(path));
  const before = await actorOf(portal.auth, portal.queries, request.headers, { refresh: false });
  const waiting = path.startsWith('/two-factor/verify')
    ? (before?.userId ?? (await userAtSecondFactor(portal.queries, request.headers)))
    : null;
  const tried = triedAccount(path, json.email, before, waiting);
  const noteRefusal = (why: string) => {
    if (tried !== null)
      portal.afterwards(() => noteRefusedTry(portal.queries, { ...tried, actor: before, why }));
  };
  let forget: (() => Promise<void>) | null = null;
  let giveBack: (() => Promise<void>) | null = null;
  try {
    if (path === '/sign-in/email') forget = await countSignIn(portal.queries, json.email ?? '');
    // Whoever sits down at a signed-in browser could guess the password here too.
    if ((path === '/two-factor/enable' || path === '/two-factor/disable') && before !== null)
      forget = await countSignIn(portal.queries, before.email);
    if (path === '/two-factor/verify-totp' && waiting !== null)
      giveBack = await takeCode(portal.queries, waiting, json.code ?? '');
  } catch (error) {
    if (error instanceof Failure) noteRefusal(error.code);
    throw error;
  }
  const response = await portal.auth.handler(
    new Request(request.url, { method: 'POST', headers: request.headers, body: JSON.stringify(json) }),
  );
  if (!response.ok) {
    await giveBack?.();
    const given = await givenRefusal(response);
    // Without a code: too many requests from one address, and none of them was looked at.
    if (given.code !== 'fault') noteRefusal(given.code);
    return refusal(response, given);
  }
  await forget?.();
  const cameIn = path === '/sign-in/email' || path.startsWith('/two-factor/verify');
  if (path === '/sign-out' && before !== null) await note(portal, before, 'sign-out');
  else if (path.startsWith('/two-factor/') && before !== null)
    await appendAudit(portal.queries, before, {
      action: 'change',
      recordType: 'user',
      recordId: before.userId,
      detail: { secondFactor: path.slice('/two-factor/'.length) },
    });
  else if (cameIn) {
    const answered = (await response.clone().json()) as { user?: { id?: string } };
    if (answered.user?.id !== undefined) {
      const actor = await portal.actorById(answered.user.id);
      if (actor !== null) await note(portal, actor, 'sign-in');
    }
  }
  return response;
}

/** Null: whose account it could be is not known, or nothing is asked that could be wrong. */
function triedAccount(
  path: (typeof authPaths)[number],
  email: string | undefined,
  before: Actor | null,
  waiting: string | null,
): Pick<RefusedTry, 'account' | 'asked'> | null {
  if (path === '/sign-in/email') return { account: { email: email ?? '' }, asked: 'password' };
  if (waiting !== null)
    return { account: { id: waiting }, asked: path.endsWith('backup-code') ? 'backup-code' : 'code' };
  if (path.startsWith('/two-factor/') && before !== null)
    return { account: { id: before.userId }, asked: 'password' };
  return null;
}

async function note(portal: Portal, actor: Actor, action: 'sign-in' | 'sign-out'): Promise<void> {
  await appendAudit(portal.queries, actor, { action, recordType: 'user', recordId: actor.userId });
}

interface GivenRefusal {
  readonly code: string;
  readonly message: string;
}

async function givenRefusal(response: Response): Promise<GivenRefusal> {
  const given = (await response.json().catch(() => ({}))) as { code?: string; message?: string };
  const code = (given.code ?? 'fault').toLowerCase().replaceAll('_', '-');
  return { code, message: (given.message ?? code).replace(/\.?$/, '.') };
}

/** better-auth's lock of an account after wrong codes, which does not tell how long it still holds. */
const longestLockSeconds = 15 * 60;

/** better-auth's refusals in the form of ours. */
function refusal(response: Response, { code, message }: GivenRefusal): Response {
  if (response.status === 429)
    throw failures.tooManyTries(
      code === 'account-temporarily-locked'
        ? longestLockSeconds
        : Number(response.headers.get('x-retry-after')),
    );
  const headers = new Headers(response.headers);
  headers.delete('content-length');
  return new Response(JSON.stringify({ error: { code, message } }), { status: response.status, headers });
}

const passwordSchema = z.strictObject({
  currentPassword: z.string().max(1000),
  newPassword: z.string().max(1000),
});

async function changePassword({ portal, request }: Asked, actor: Actor): Promise<Response> {
  const { currentPassword, newPassword } = await body(request, passwordSchema);
  const problem = await passwordProblem(newPassword, actor);
  if (problem !== null) throw new Failure(422, problem.code, problem.message);
  const noteRefusal = (why: string) =>
    noteRefusedTry(portal.queries, { account: { id: actor.userId }, actor, asked: 'password', why });
  // The current password can be guessed here too.
  const forget = await countSignIn(portal.queries, actor.email).catch(async (error: unknown) => {
    if (error instanceof Failure) await noteRefusal(error.code);
    throw error;
  });
  const response = await portal.auth.api.changePassword({
    body: { currentPassword, newPassword, revokeOtherSessions: true },
    headers: request.headers,
    asResponse: true,
  });
  if (!response.ok) {
    const given = await givenRefusal(response);
    await noteRefusal(given.code);
    return refusal(response, given);
  }
  await forget();
  await appendAudit(portal.queries, actor, {
    action: 'change',
    recordType: 'user',
    recordId: actor.userId,
    detail: { password: true },
  });
  const headers = new Headers(response.headers);
  headers.delete('content-length');
  return new Response('{}', { headers });
}
