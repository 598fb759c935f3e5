/** Words on cycles, blind passes and corrected cycles, each for those who may change patients' data. */
import { correctCycles, correctionSchema } from './corrections.ts';
import { endBlindPass, redoWord, sayWord, startBlindPass, undoWord, wordSchema } from './review-changes.ts';
import { viewReview } from './reviews.ts';
import { all, body, clinical, type Route, route } from './route.ts';

/** Bytes: 2000 cycles of numbers with all their digits. */
const longestCorrection = 512 * 1024;

export const reviewRoutes: readonly Route[] = [
  route('GET', '/api/recordings/:id/reviews', all, ({ portal, params }, actor) =>
    viewReview(portal.queries, actor, params.id!),
  ),
  route('POST', '/api/recordings/:id/reviews', clinical, async ({ portal, params, request }, actor) =>
    sayWord(portal.queries, actor, params.id!, await body(request, wordSchema)),
  ),
  route('POST', '/api/recordings/:id/reviews/undo', clinical, ({ portal, params }, actor) =>
    undoWord(portal.queries, actor, params.id!),
  ),
  route('POST', '/api/recordings/:id/reviews/redo', clinical, ({ portal, params }, actor) =>
    redoWord(portal.queries, actor, params.id!),
  ),
  route('POST', '/api/recordings/:id/blind-pass', clinical, ({ portal, params }, actor) =>
    startBlindPass(portal.queries, actor, params.id!),
  ),
  route('DELETE', '/api/recordings/:id/blind-pass', clinical, ({ portal, params }, actor) =>
    endBlindPass(portal.queries, actor, params.id!),
  ),
  route('PUT', '/api/recordings/:id/cycles', clinical, async ({ portal, params, request }, actor) =>
    correctCycles(
      portal.queries,
      portal.queue,
      actor,
      params.id!,
      await body(request, correctionSchema, longestCorrection),
    ),
  ),
];
