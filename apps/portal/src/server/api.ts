/**
 * Everything that can be asked of the portal by program: one table of routes, each with who may use it. Pages read the same
 * data through portal.ts.
 */
import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { accountRoutes } from './account-routes.ts';
import { type Actor, actorOf, changeUser, listUsers } from './accounts.ts';
import { verifyAudit } from './audit.ts';
import { clinicAudit, readLogFilter } from './audit-log.ts';
import { exportRoutes } from './export-routes.ts';
import { type Failure, failureOf, failures } from './failure.ts';
import { invitationRoutes } from './invitation-routes.ts';
import { linkForNewClinic } from './invitations.ts';
import { withoutParameters } from './logged-errors.ts';
import { operationsRoutes } from './operations-routes.ts';
import {
  changePatient,
  createPatient,
  deletePatient,
  listPatients,
  patientChangeSchema,
  patientDraftSchema,
  viewPatient,
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
import { reportRoutes } from './report-routes.ts';
import { reviewRoutes } from './review-routes.ts';
import { type Asked, administrator, all, background, body, clinical, type Route, route } from './route.ts';
import { type Role, roles } from './schema.ts';
import { commonHeaders, dataPolicy, isOwnHost, transportHeader } from './security-headers.ts';
import { signInRoutes } from './sign-in-routes.ts';
import { recordingDraftSchema, uploadRecording } from './uploads.ts';
import {
  changeVisit,
  createVisit,
  deleteVisit,
  viewVisit,
  visitChangeSchema,
  visitDraftSchema,
  visitProgress,
} from './visits.ts';

const userChangeSchema = z.strictObject({ role: z.enum(roles).optional(), disabled: z.boolean().optional() });

export const routes: readonly Route[] = [
  ...signInRoutes,
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
