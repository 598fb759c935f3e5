/** One's own account: where it is signed in. */
import { all, type Route, route } from './route.ts';
import { endOtherSessions, listSessions } from './sessions.ts';

export const accountRoutes: readonly Route[] = [
  route('GET', '/api/account/sessions', all, async ({ portal, request }, actor) =>
    listSessions(portal.auth, portal.queries, actor, request.headers),
  ),
  route('POST', '/api/account/sessions/end-others', all, async ({ portal, request }, actor) =>
    endOtherSessions(portal.auth, portal.queries, actor, request.headers),
  ),
];
