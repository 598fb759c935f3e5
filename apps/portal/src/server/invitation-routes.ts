/** One-time links, for administrators to make and to withdraw, and for whoever has one to use. */
import { z } from 'zod';
import { requireUser } from './accounts.ts';
import { Failure } from './failure.ts';
import { invite, join, listInvitations, withdrawInvitation } from './invitations.ts';
import { administrator, body, type Route, route } from './route.ts';
import { roles } from './schema.ts';
import { typedLine } from './typed-text.ts';

const joiningSchema = z.strictObject({
  token: z.string().max(100),
  name: typedLine(200),
  email: z.union([z.email().max(200), z.literal('')]),
  password: z.string().max(1000),
  clinicName: typedLine(200),
});
const invitationSchema = z.strictObject({ role: z.enum(roles), note: typedLine(200) });

export const invitationRoutes: readonly Route[] = [
  route('POST', '/api/join', 'anyone', async ({ portal, request }) =>
    join(portal.queries, {
      ...(await body(request, joiningSchema)),
      address: request.headers.get('x-forwarded-for') ?? '',
    }),
  ),
  route('GET', '/api/invitations', administrator, ({ portal }, actor) =>
    listInvitations(portal.queries, actor),
  ),
  route('POST', '/api/invitations', administrator, async ({ portal, request }, actor) => {
    const { role, note } = await body(request, invitationSchema);
    const { token, expiresAt } = await invite(portal.queries, {
      role,
      note,
      clinicId: actor.clinicId,
      createdBy: actor,
    });
    return { link: portal.joinLink(token), expiresAt };
  }),
  route('DELETE', '/api/invitations/:id', administrator, ({ portal, params }, actor) =>
    withdrawInvitation(portal.queries, actor, params.id!),
  ),
  route('POST', '/api/users/:id/new-password', administrator, async ({ portal, params }, actor) => {
    const { id, role, name, disabled } = await requireUser(portal.queries, actor, params.id!);
    if (disabled)
      throw new Failure(
        409,
        'account-closed',
        'This account is closed; open it again before you make a link.',
      );
    const { token, expiresAt } = await invite(portal.queries, {
      role,
      note: name,
      userId: id,
      clinicId: actor.clinicId,
      createdBy: actor,
    });
    return { link: portal.joinLink(token), expiresAt };
  }),
];
