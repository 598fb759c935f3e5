/**
 * Everything that can be asked of the portal by program: one table of routes, each with who may use it. Pages read the same
 * data through portal.ts.
 */
import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { accountRoutes } from './account-routes.ts';
import { type Actor, actorOf, authPaths, changeUser, countSignIn, listUsers } from './accounts.ts';
import { appendAudit, verifyAudit } from './audit.ts';
import { clinicAudit, readLogFilter } from './audit-log.ts';
import { exportRoutes } from './export-routes.ts';
import { Failure, failureOf, failures } from './failure.ts';
import { invitationRoutes } from './invitation-routes.ts';
import { linkForNewClinic } from './invitations.ts';
import { withoutParameters } from './logged-errors.ts';
import { operationsRoutes } from './operations-routes.ts';
import { passwordProblem } from './password-rules.ts';
import {
  changePatient,
  changeVisit,
  createPatient,
  createVisit,
  deletePatient,
  deleteVisit,
  listPatients,
  patientChangeSchema,
  patientDraftSchema,
  viewPatient,
  viewVisit,
  visitChangeSchema,
  visitDraftSchema,
  visitProgress,
} from './patients.ts';
import type { Portal } from './portal.ts';
import {
  analyseAgain,
  changeRecording,
  deleteRecording,
  recordingChangeSchema,
  recordingProgress,
  soundOfRecording,
  soundResponse,
  viewRecording,
} from './recordings.ts';
import { noteRefusedTry, type RefusedTry } from './refused-tries.ts';
import { reportRoutes } from './report-routes.ts';
import { reviewRoutes } from './review-routes.ts';
import { type Asked, administrator, all, background, body, clinical, type Route, route } from './route.ts';
import { type Role, roles } from './schema.ts';
import { commonHeaders, dataPolicy, isOwnHost, transportHeader } from './security-headers.ts';
import { typedLine } from './typed-text.ts';
import { recordingDraftSchema, uploadRecording } from './uploads.ts';
import { takeCode, userAtSecondFactor } from './used-codes.ts';

export const routes: readonly Route[] = [
  ...authPaths.map(
    (path): Route => ({
      method: 'POST',
      path: `/api/auth${path}`,
      admission: 'anyone', // better-auth asks for a session where it needs one.
      handle: asked => authenticate(asked, path),
    }),
  ),
  route('POST', '/api/account/password', all, changePassword),
  ...accountRoutes,
  ...invitationRoutes,

  route('GET', '/api/users', administrator, async ({ portal }, actor) => listUsers(portal.queries, actor)),
  route('PUT', '/api/users/:id', administrator, async ({ portal, params, request }, actor) =>
    changeUser(portal.queries, actor, params.id!, await body(request, userChangeSchema)),
  ),
  route('GET', '/api/audit', administrator, async ({ portal, query }, actor) => {
    const names = [...new Set(query.keys())];
    const read = readLogFilter(
      Object.fromEntries(
        names.map(name => {
          const values = query.getAll(name);
          return [name, values.length === 1 ? values[0] : values]; // As the page has them.
        }),
      ),
    );
    if ('unknown' in read)
      throw failures.form(
        `The log does not know ${read.unknown.join(', ')}; it takes person, patient, from, until and before, each once.`,
      );
    return clinicAudit(portal.queries, actor.clinicId, read.filter);
  }),

  route('GET', '/api/patients', all, async ({ portal }, actor) => listPatients(portal.queries, actor)),
  route('POST', '/api/patients', clinical, async ({ portal, request }, actor) =>
    createPatient(portal.queries, actor, await body(request, patientDraftSchema)),
  ),
  route('GET', '/api/patients/:id', all, async ({ portal, params }, actor) =>
    viewPatient(portal.queries, actor, params.id!),
  ),
  route('PUT', '/api/patients/:id', clinical, async ({ portal, params, request }, actor) =>
    changePatient(portal.queries, actor, params.id!, await body(request, patientChangeSchema)),
  ),
  route('DELETE', '/api/patients/:id', clinical, async ({ portal, params }, actor) => {
    await deletePatient(portal.queries, portal.blobs, actor, params.id!);
    portal.eraseDeleted();
  }),
  route('POST', '/api/patients/:id/visits', clinical, async ({ portal, params, request }, actor) =>
    createVisit(portal.queries, actor, params.id!, await body(request, visitDraftSchema)),
  ),
  route('GET', '/api/visits/:id', all, async ({ portal, params }, actor) =>
    viewVisit(portal.queries, actor, params.id!),
  ),
  background('/api/visits/:id/progress', async ({ portal, params }, actor) =>
    visitProgress(portal.queries, portal.before, actor, params.id!),
  ),
  route('PUT', '/api/visits/:id', clinical, async ({ portal, params, request }, actor) =>
    changeVisit(portal.queries, actor, params.id!, await body(request, visitChangeSchema)),
  ),
  route('DELETE', '/api/visits/:id', clinical, async ({ portal, params }, actor) => {
    await deleteVisit(portal.queries, portal.blobs, actor, params.id!);
    portal.eraseDeleted();
  }),
  route('POST', '/api/visits/:id/recordings', clinical, async ({ portal, params, request, query }, actor) => {
    const draft = recordingDraftSchema.safeParse({
      site: query.get('site') || null,
      device: query.get('device') ?? '',
      again: query.get('again') === 'true',
    });
    if (!draft.success) throw failures.form('The chest site or the device is not known.');
    return uploadRecording(
      { ...portal, uploads: portal.folder.uploads, queue: portal.queue },
      actor,
      params.id!,
      request.body,
      draft.data,
    );
  }),
  route('GET', '/api/recordings/:id', all, async ({ portal, params }, actor) =>
    viewRecording(portal.queries, actor, params.id!),
  ),
  background('/api/recordings/:id/progress', async ({ portal, params }, actor) =>
    recordingProgress(portal.queries, portal.before, actor, params.id!),
  ),
  route('GET', '/api/recordings/:id/sound', all, async ({ portal, params }, actor) =>
    soundResponse(await soundOfRecording(portal.queries, portal.blobs, actor, params.id!)),
  ),
  route('PUT', '/api/recordings/:id', clinical, async ({ portal, params, request }, actor) =>
    changeRecording(
      portal.queries,
      portal.queue,
      actor,
      params.id!,
      await body(request, recordingChangeSchema),
    ),
  ),
  route('DELETE', '/api/recordings/:id', clinical, async ({ portal, params }, actor) => {
    const deleted = await deleteRecording(portal.queries, portal.blobs, actor, params.id!);
    portal.eraseDeleted();
    return deleted;
  }),
  route('POST', '/api/recordings/:id/analyses', clinical, async ({ portal, params }, actor) =>
    analyseAgain(portal.queries, portal.queue, actor, params.id!),
  ),

  ...operationsRoutes,
  ...exportRoutes,

  ...reportRoutes,
  ...reviewRoutes,

  route('POST', '/api/commands/audit-verify', 'commands', async ({ portal, request }) => {
    const { seen } = await body(request, z.strictObject({ seen: z.string().nullable() }));
    return verifyAudit(portal.queries, seen);
  }),
  route('POST', '/api/commands/clinic-add', 'commands', async ({ portal }) => ({
    link: await linkForNewClinic(portal.queries, portal.publicAddress),
  })),
];

/** Answers any request under /api. Never throws. */
export async function answer(portal: Portal, request: Request): Promise<Response> {
  try {
    return dressed(portal, await answerBare(portal, request));
  } catch (error) {
    const failure = failureOf(error);
    if (failure.status === 500) console.error(withoutParameters(error));
    const response = Response.json({ error: refusalOf(failure) }, { status: failure.status });
    // What is still being sent is not read: a request after it on the same connection would be lost.
    if (failure.status === 413) response.headers.set('connection', 'close');
    return dressed(portal, response);
  }
}

function refusalOf({ code, message, waitSeconds }: Failure) {
  return { code, message, ...(waitSeconds !== undefined && { waitSeconds }) };
}

async function answerBare(portal: Portal, request: Request): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  if (!isOwnHost(request.headers.get('host'), portal.origins)) throw failures.foreignOrigin();
  const found = findRoute(request.method, pathname);
  if (found === null) throw failures.missing();
  const { route, params } = found;
  const asked: Asked = { portal, request, params, query: searchParams };
  let result: unknown;
  if (route.admission === 'commands') {
    requireCommandSecret(portal, request);
    result = await route.handle(asked, nobody);
  } else {
    if (request.method !== 'GET') requireOwnOrigin(portal, request);
    const actor =
      route.admission === 'anyone'
        ? nobody
        : await requireActor(portal, request, route.admission, route.inBackground !== true);
    result = await route.handle(asked, actor);
  }
  return result instanceof Response ? result : Response.json(result ?? {});
}

/** Stands where a route takes no actor. */
const nobody = null as unknown as Actor;

async function requireActor(
  portal: Portal,
  request: Request,
  allowed: readonly Role[],
  refresh: boolean,
): Promise<Actor> {
  const actor = await actorOf(portal.auth, portal.queries, request.headers, { refresh });
  if (actor === null) throw failures.signedOut();
  if (!allowed.includes(actor.role)) throw failures.wrongRole();
  return actor;
}

/** Browsers name the page's origin in every request that changes something, and pages cannot forge it. */
function requireOwnOrigin(portal: Portal, request: Request): void {
  const origin = request.headers.get('origin');
  if (origin === null || !portal.origins.includes(origin)) throw failures.foreignOrigin();
}

function requireCommandSecret(portal: Portal, request: Request): void {
  const given = Buffer.from(request.headers.get('authorization') ?? '');
  const expected = Buffer.from(`Bearer ${portal.folder.secrets.commands}`);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw failures.signedOut();
}

function findRoute(
  method: string,
  pathname: string,
): { route: Route; params: Record<string, string> } | null {
  const parts = pathname.split('/');
  for (const route of routes) {
    const pattern = route.path.split('/');
    if (route.method !== method || pattern.length !== parts.length) continue;
    const params: Record<string, string> = {};
    const fits = pattern.every((part, i) => {
      if (!part.startsWith(':')) return part === parts[i];
      params[part.slice(1)] = parts[i]!;
      return parts[i] !== '';
    });
    if (fits) return { route, params };
  }
  return null;
}

function dressed(portal: Portal, response: Response): Response {
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(commonHeaders)) headers.set(name, value);
  headers.set('content-security-policy', dataPolicy);
  if (portal.publicAddress.startsWith('https:')) headers.set(...transportHeader);
  return new Response(response.body, { status: response.status, headers });
}

type SignIn = Readonly<Partial<Record<'email' | 'password' | 'code', string>>>;

/** Of what better-auth understands only what the pages send. */
function signInSchema(path: (typeof authPaths)[number]): z.ZodType<SignIn> {
  if (path === '/sign-in/email') return z.object({ email: typedLine(200), password: z.string().max(1000) });
  if (path.startsWith('/two-factor/verify')) return z.object({ code: typedLine(100) });
  if (path.startsWith('/two-factor/')) return z.object({ password: z.string().max(1000) });
  return z.object({});
}

const userChangeSchema = z.strictObject({ role: z.enum(roles).optional(), disabled: z.boolean().optional() });
const passwordSchema = z.strictObject({
  currentPassword: z.string().max(1000),
  newPassword: z.string().max(1000),
});

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
