/**
 * What reviewers say of cycles: kept beside the detector's word, never over it. In a blind pass the portal withholds from
 * its reviewer what the detector found and what the others said, whichever way they ask: whoever shows or hands out one of
 * these asks here first (`withheldFrom`, `requireSighted`, `blindView`).
 */
import { randomUUID } from 'node:crypto';
import type { RecordingAnalysis } from '@crepitus/analyses';
import { type Agreement, agreementOf, type PairOfWords } from '@crepitus/recordings';
import { and, asc, desc, eq, isNull, max } from 'drizzle-orm';
import { z } from 'zod';
import type { Actor } from './accounts.ts';
import { appendAudit } from './audit.ts';
import type { Queries } from './database.ts';
import { Failure } from './failure.ts';
import { requireRecording } from './recordings.ts';
import { analysis, blindPass, type ReviewWord, recording, review, reviewWords, user } from './schema.ts';

/** Names a cycle: a word outlives a new analysis of the same cycles, and not a change of its borders. */
export interface CycleName {
  readonly channel: number;
  /** Seconds. */
  readonly start: number;
  readonly end: number;
}

/** One reviewer's word on one cycle. */
export interface CycleReview extends CycleName {
  readonly word: ReviewWord;
  readonly reviewer: Reviewer;
  readonly at: Date;
  /** Said without the detector's findings and the others' words in view. */
  readonly blind: boolean;
}

export interface Reviewer {
  readonly id: string;
  readonly name: string;
}

/** The words that hold, in the order of channel, time and saying; each reviewer has at most one for a cycle. */
export async function reviewsOf(queries: Queries, recordingId: string): Promise<CycleReview[]> {
  return holding(await wordsOf(queries, recordingId)).map(({ passId, ...word }) => word);
}

/** All that are not withdrawn, in the order of channel, time and saying. */
async function wordsOf(queries: Queries, recordingId: string) {
  const rows = await queries
    .select({
      channel: review.channel,
      start: review.start,
      end: review.end,
      word: review.word,
      reviewer: { id: user.id, name: user.name },
      at: review.createdAt,
      passId: review.passId,
    })
    .from(review)
    .innerJoin(user, eq(user.id, review.reviewerId))
    .where(and(eq(review.recordingId, recordingId), isNull(review.withdrawnAt)))
    .orderBy(asc(review.channel), asc(review.start), asc(review.seq));
  return rows.map(row => ({ ...row, blind: row.passId !== null }));
}

/** Of each reviewer's words on a cycle the newest. */
function holding<Word extends CycleReview>(words: readonly Word[]): Word[] {
  const newest = new Map<string, Word>();
  for (const word of words) newest.set(`${word.reviewer.id} ${cycleKey(word)}`, word);
  return [...newest.values()];
}

function cycleKey({ channel, start, end }: CycleName): string {
  return `${channel} ${start} ${end}`;
}

/** The review of a recording as one of its clinic may see it now. */
export interface RecordingReview {
  /** Those that hold; in an open blind pass the asker's own of this pass alone. */
  readonly words: readonly CycleReview[];
  /** The asker's open blind pass. */
  readonly pass: { readonly startedAt: Date } | null;
  /** Blind passes that have ended. */
  readonly passes: readonly {
    readonly reviewer: Reviewer;
    readonly endedAt: Date;
    readonly whole: boolean;
  }[];
  /** Of every two reviewers, over the cycles of the newest analysis; empty in an open blind pass. */
  readonly agreements: readonly PairAgreement[];
  /** Whether the asker can take back their last word, and give again what they took back last. */
  readonly canUndo: boolean;
  readonly canRedo: boolean;
}

export interface PairAgreement extends Agreement {
  readonly first: Reviewer;
  readonly second: Reviewer;
  /** Over the words of blind passes alone, or over those that hold now. */
  readonly basis: 'blind' | 'now';
}

export async function viewReview(queries: Queries, actor: Actor, id: string): Promise<RecordingReview> {
  await requireRecording(queries, actor, id);
  await appendAudit(queries, actor, { action: 'view', recordType: 'recording', recordId: id });
  return reviewOf(queries, actor, id, await newestResult(queries, id));
}

/** @param result the newest analysis's, null while there is none */
export async function reviewOf(
  queries: Queries,
  actor: Actor,
  recordingId: string,
  result: RecordingAnalysis | null,
): Promise<RecordingReview> {
  const all = await wordsOf(queries, recordingId);
  const pass = await openPass(queries, actor, recordingId);
  const { canUndo, canRedo } = await steps(queries, actor, recordingId, pass, result);
  if (pass !== null) {
    const words = holding(all.filter(({ passId }) => passId === pass.id));
    return { words, pass: { startedAt: pass.startedAt }, passes: [], agreements: [], canUndo, canRedo };
  }
  const ended = await queries
    .select({
      reviewer: { id: user.id, name: user.name },
      endedAt: blindPass.endedAt,
      whole: blindPass.whole,
    })
    .from(blindPass)
    .innerJoin(user, eq(user.id, blindPass.reviewerId))
    .where(eq(blindPass.recordingId, recordingId))
    .orderBy(asc(blindPass.startedAt));
  const isThere = cyclesOf(result);
  const present = all.filter(isThere);
  return {
    words: holding(all).map(({ passId, ...word }) => word),
    pass: null,
    passes: ended.flatMap(({ reviewer, endedAt, whole }) =>
      endedAt === null ? [] : [{ reviewer, endedAt, whole: whole === true }],
    ),
    agreements: [
      ...agreementsOf(holding(present.filter(({ blind }) => blind)), 'blind'),
      ...agreementsOf(holding(present), 'now'),
    ],
    canUndo,
    canRedo,
  };
}

/** Whether a cycle is one of the analysis. */
function cyclesOf(result: RecordingAnalysis | null): (cycle: CycleName) => boolean {
  const keys = new Set(
    result?.recording.channels.flatMap(({ channel, cycles }) =>
      cycles.map(({ start, end }) => cycleKey({ channel, start, end })),
    ),
  );
  return cycle => keys.has(cycleKey(cycle));
}

/** @param words one for a reviewer and cycle */
function agreementsOf(words: readonly CycleReview[], basis: PairAgreement['basis']): PairAgreement[] {
  const byReviewer = new Map<string, { reviewer: Reviewer; words: Map<string, ReviewWord> }>();
  for (const { reviewer, word, ...cycle } of words) {
    const own = byReviewer.get(reviewer.id) ?? { reviewer, words: new Map() };
    own.words.set(cycleKey(cycle), word);
    byReviewer.set(reviewer.id, own);
  }
  const reviewers = [...byReviewer.values()].sort((a, b) => (a.reviewer.id < b.reviewer.id ? -1 : 1));
  return reviewers.flatMap((first, i) =>
    reviewers.slice(i + 1).flatMap(second => {
      const pairs = [...first.words].flatMap(([cycle, word]): PairOfWords[] => {
        const other = second.words.get(cycle);
        return other === undefined ? [] : [[word, other]];
      });
      if (pairs.length === 0) return [];
      return [{ first: first.reviewer, second: second.reviewer, basis, ...agreementOf(pairs) }];
    }),
  );
}

/** What somebody sees of a recording who is to review it blind and has not begun. */
export async function viewBeforeBlindPass(queries: Queries, actor: Actor, id: string) {
  const { patient, visit, recording: row } = await requireRecording(queries, actor, id);
  const isOpen = (await openPass(queries, actor, id)) !== null;
  await appendAudit(queries, actor, {
    action: 'view',
    recordType: 'recording',
    recordId: id,
    detail: { withoutFindings: true },
  });
  return { patient, visit, recording: { id: row.id, number: row.number }, isOpen };
}

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
 * Says a word of a cycle of the newest analysis; a second time the same word changes nothing.
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

/** Words in the order of saying: those before a point hold, what follows it is withdrawn and can be given again. */
async function steps(
  queries: Queries,
  actor: Actor,
  recordingId: string,
  pass: BlindPassRow | null,
  result: RecordingAnalysis | null,
) {
  const rows = (await ownRows(queries, actor, recordingId, pass)).filter(cyclesOf(result));
  const at = rows.findLastIndex(({ withdrawnAt }) => withdrawnAt === null);
  const [last, next] = [rows[at], rows[at + 1]];
  return { last, next, canUndo: last !== undefined, canRedo: next !== undefined };
}

/** The asker's words of this pass, or of none, withdrawn ones too, in the order of saying. */
function ownRows(queries: Queries, actor: Actor, recordingId: string, pass: BlindPassRow | null) {
  return queries
    .select()
    .from(review)
    .where(
      and(
        eq(review.recordingId, recordingId),
        eq(review.reviewerId, actor.userId),
        pass === null ? isNull(review.passId) : eq(review.passId, pass.id),
      ),
    )
    .orderBy(asc(review.seq));
}

type BlindPassRow = typeof blindPass.$inferSelect;

/** Withholds detector and others from the asker until `endBlindPass`. */
export function startBlindPass(queries: Queries, actor: Actor, recordingId: string): Promise<ReviewStep> {
  return inReview(queries, actor, recordingId, async (tx, { pass }) => {
    if (pass !== null) return null;
    await tx.insert(blindPass).values({ id: randomUUID(), recordingId, reviewerId: actor.userId });
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
    at: { readonly pass: BlindPassRow | null; readonly result: RecordingAnalysis | null },
  ) => Promise<ReviewStep['cycle']>,
): Promise<ReviewStep> {
  return queries.transaction(async transaction => {
    const tx = transaction as unknown as Queries;
    await requireRecording(tx, actor, recordingId);
    await transaction.select().from(recording).where(eq(recording.id, recordingId)).for('update');
    const result = await newestResult(tx, recordingId);
    const pass = await openPass(tx, actor, recordingId);
    const found = await change(tx, { pass, result });
    const cycle = found && {
      channel: found.channel,
      start: found.start,
      end: found.end,
      word: found.word,
    };
    return { cycle, review: await reviewOf(tx, actor, recordingId, result) };
  });
}

async function newestResult(queries: Queries, recordingId: string): Promise<RecordingAnalysis | null> {
  const [newest] = await queries
    .select({ result: analysis.result })
    .from(analysis)
    .where(eq(analysis.recordingId, recordingId))
    .orderBy(desc(analysis.createdAt))
    .limit(1);
  return newest?.result ?? null;
}

async function openPass(queries: Queries, actor: Actor, recordingId: string): Promise<BlindPassRow | null> {
  const [open] = await queries
    .select()
    .from(blindPass)
    .where(
      and(
        eq(blindPass.recordingId, recordingId),
        eq(blindPass.reviewerId, actor.userId),
        isNull(blindPass.endedAt),
      ),
    );
  return open ?? null;
}

/** Recordings of which the asker may not see what the detector found, nor what others said. */
export async function withheldFrom(queries: Queries, actor: Actor): Promise<ReadonlySet<string>> {
  const open = await queries
    .select({ id: blindPass.recordingId })
    .from(blindPass)
    .where(and(eq(blindPass.reviewerId, actor.userId), isNull(blindPass.endedAt)));
  return new Set(open.map(({ id }) => id));
}

/** @throws Failure `blind` (409) */
export async function requireSighted(
  queries: Queries,
  actor: Actor,
  recordingIds: readonly string[],
): Promise<void> {
  const withheld = await withheldFrom(queries, actor);
  if (recordingIds.some(id => withheld.has(id)))
    throw new Failure(
      409,
      'blind',
      'You are reviewing a recording of these blind, and this tells what the detector found; finish your blind pass first.',
    );
}

/** An analysis without anything that its detector found; its cycles and the quality of the sound stay. */
export function blindView(result: RecordingAnalysis): RecordingAnalysis {
  const { recording } = result;
  return {
    ...result,
    recording: {
      ...recording,
      channels: recording.channels.map(({ channel, site, cycles }) => ({
        channel,
        site,
        cycles: cycles.map(({ start, end, inspirationEnd }) => ({
          start,
          end,
          inspirationEnd,
          score: null,
          crackle: null,
          evidence: [],
        })),
        summary: { cycles: cycles.length, crackleCycles: 0, share: null },
      })),
    },
  };
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
