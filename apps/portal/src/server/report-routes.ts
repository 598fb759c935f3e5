/** The report of a visit and the sounds its pictures are drawn from; the page reads the report through portal.ts. */
import { soundResponse } from './recordings.ts';
import { soundOfReport, viewReport } from './report.ts';
import { all, type Route, route } from './route.ts';

export const reportRoutes: readonly Route[] = [
  route('GET', '/api/visits/:id/report', all, ({ portal, params }, actor) =>
    viewReport(portal.queries, actor, params.id!),
  ),
  route('GET', '/api/visits/:id/report/sound', all, async ({ portal, params, query }, actor) =>
    soundResponse(
      await soundOfReport(portal.queries, portal.blobs, actor, params.id!, query.get('recording')),
    ),
  ),
];
