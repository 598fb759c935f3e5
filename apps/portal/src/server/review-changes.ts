/** What reviewers do: say a word of a cycle, take it back, give it again; begin and end a blind pass. */
import { randomUUID } from 'node:crypto';
import type { RecordingAnalysis } from '@crepitus/analyses';
import { eq, max } from 'drizzle-orm';
import { z } from 'zod';
import type { Actor } from './accounts.ts';
import { appendAudit } from './audit.ts';
import { type BlindPassRow, hasSeenScores, openPass } from './blind-passes.ts';
import type { Queries } from './database.ts';
import { Failure } from './failure.ts';
import { requireRecording } from './recordings.ts';
import {
  type CycleName,
  cycleKey,
  cyclesOf,
  ownRows,
  type RecordingReview,
  reviewOf,
  steps,
} from './reviews.ts';
import { blindPass, type ReviewWord, recording, review, reviewWords } from './schema.ts';
import { standingAnalysis } from './standing-analysis.ts';

export const wordSchema = z.strictObject({
  channel: z.int().min(0).max(1000),
  start: z.number(),
  end: z.number(),
  word: z.enum(reviewWords),
});

/** What a word, an undoing or a redoing comes to. */
export interface ReviewStep {
  readonly review: RecordingReview;
  /** The cycle that it was about; null: there was nothing to undo or redo. */
  readonly cycle: (CycleName & { readonly word: ReviewWord }) | null;
}

/**
 * Says a word of a cycle of the analysis that stands; a second time the same word changes nothing.
 *
 * @throws Failure `missing` (404), `no-such-cycle` (409)
 */
export function sayWord(
  queries: Queries,
  actor: Actor,
  recordingId: string,
  said: z.infer<typeof wordSchema>,
): Promise<ReviewStep> {
  return inReview(queries, actor, recordingId, async (tx, { pass, result }) => {
    if (!cyclesOf(result)(said)) throw noSuchCycle();
    const own = (await ownRows(tx, actor, recordingId, pass)).filter(row => row.withdrawnAt === null);
    const before = own.findLast(row => cycleKey(row) === cycleKey(said));
    if (before?.word === said.word) return said;
    // By us and not by a sequence, which a restored backup would begin anew.
    const [newest] = await tx
      .select({ seq: max(review.seq) })
      .from(review)
      .where(eq(review.recordingId, recordingId));
    await tx.insert(review).values({
      id: randomUUID(),
      seq: (newest?.seq ?? 0) + 1,
      recordingId,
      reviewerId: actor.userId,
      ...said,
      passId: pass?.id ?? null,
    });
    await note(tx, actor, recordingId, 'review', said, pass);
    return said;
  });
}

/** Withdraws the asker's last word; in a blind pass one of this pass, otherwise one of none. */
export function undoWord(queries: Queries, actor: Actor, recordingId: string): Promise<ReviewStep> {
  return inReview(queries, actor, recordingId, async (tx, { pass, result }) => {
    const { last } = await steps(tx, actor, recordingId, pass, result);
    if (last === undefined) return null;
    await tx.update(review).set({ withdrawnAt: new Date() }).where(eq(review.id, last.id));
    await note(tx, actor, recordingId, 'withdraw', last, pass);
    return last;
  });
}

/** Gives the word again that was withdrawn last, until another one is said. */
export function redoWord(queries: Queries, actor: Actor, recordingId: string): Promise<ReviewStep> {
  return inReview(queries, actor, recordingId, async (tx, { pass, result }) => {
    const { next } = await steps(tx, actor, recordingId, pass, result);
    if (next === undefined) return null;
    await tx.update(review).set({ withdrawnAt: null }).where(eq(review.id, next.id));
    await note(tx, actor, recordingId, 'review', next, pass);
    return next;
  });
}

/** Withholds detector and others from the asker until `endBlindPass`. */
export function startBlindPass(queries: Queries, actor: Actor, recordingId: string): Promise<ReviewStep> {
  return inReview(queries, actor, recordingId, async (tx, { pass, of }) => {
    if (pass !== null) return null;
    const seenBefore = await hasSeenScores(tx, actor, of);
    await tx
      .insert(blindPass)
      .values({ id: randomUUID(), recordingId, reviewerId: actor.userId, seenBefore });
    await noteBlind(tx, actor, recordingId, 'started');
    return null;
  });
}

/** Its words stay as they are: later ones are no blind ones. */
export function endBlindPass(queries: Queries, actor: Actor, recordingId: string): Promise<ReviewStep> {
  return inReview(queries, actor, recordingId, async (tx, { pass, result }) => {
    if (pass === null) return null;
    const said = (await ownRows(tx, actor, recordingId, pass)).filter(row => row.withdrawnAt === null);
    const keys = new Set(said.map(cycleKey));
    const whole =
      result?.recording.channels.every(({ channel, cycles }) =>
        cycles.every(({ start, end }) => keys.has(cycleKey({ channel, start, end }))),
      ) ?? false;
    await tx.update(blindPass).set({ endedAt: new Date(), whole }).where(eq(blindPass.id, pass.id));
    await noteBlind(tx, actor, recordingId, whole ? 'ended' : 'ended early');
    return null;
  });
}

/** One change of a recording's review at a time, and what the review is after it. */
function inReview(
  queries: Queries,
  actor: Actor,
  recordingId: string,
  change: (
    tx: Queries,
    at: {
      readonly pass: BlindPassRow | null;
      readonly result: RecordingAnalysis | null;
      readonly of: Awaited<ReturnType<typeof requireRecording>>;
    },
  ) => Promise<ReviewStep['cycle']>,
): Promise<ReviewStep> {
  return queries.transaction(async tx => {
    const of = await requireRecording(tx, actor, recordingId);
    await tx.select().from(recording).where(eq(recording.id, recordingId)).for('update');
    const result = (await standingAnalysis(tx, recordingId))?.result ?? null;
    const pass = await openPass(tx, actor, recordingId);
    const found = await change(tx, { pass, result, of });
    const cycle = found && {
      channel: found.channel,
      start: found.start,
      end: found.end,
      word: found.word,
    };
    return { cycle, review: await reviewOf(tx, actor, recordingId, result) };
  });
}

/** Which cycle, not which word: the log outlives the record, and blind reviewers may read it. */
function note(
  queries: Queries,
  actor: Actor,
  recordId: string,
  action: 'review' | 'withdraw',
  { channel, start, end }: CycleName,
  pass: BlindPassRow | null,
): Promise<void> {
  const detail = { channel, start, end, ...(pass && { blind: true }) };
  return appendAudit(queries, actor, { action, recordType: 'recording', recordId, detail });
}

function noteBlind(queries: Queries, actor: Actor, recordId: string, blindPass: string): Promise<void> {
  return appendAudit(queries, actor, {
    action: 'review',
    recordType: 'recording',
    recordId,
    detail: { blindPass },
  });
}

function noSuchCycle(): Failure {
  return new Failure(
    409,
    'no-such-cycle',
    'The recording has no such cycle any more; load the page again to see its cycles.',
  );
}
