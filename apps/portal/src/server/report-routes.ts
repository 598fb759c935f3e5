/** The report of a visit for programs; the page reads the same through portal.ts. */
import { viewReport } from './report.ts';
import { all, type Route, route } from './route.ts';

export const reportRoutes: readonly Route[] = [
  route('GET', '/api/visits/:id/report', all, ({ portal, params }, actor) =>
    viewReport(portal.queries, actor, params.id!),
  ),
];
