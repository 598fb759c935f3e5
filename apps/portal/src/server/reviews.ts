/**
 * What reviewers say of cycles: kept beside the detector's word, never over it. Their changes are in review-changes.ts, what
 * a blind pass withholds in blind-passes.ts.
 */
import type { RecordingAnalysis } from '@crepitus/analyses';
import { and, asc, eq, isNull } from 'drizzle-orm';
import type { Actor } from './accounts.ts';
import { agreementsOf, type PairAgreement } from './agreements.ts';
import { appendAudit } from './audit.ts';
import { type BlindPassRow, openPass } from './blind-passes.ts';
import type { Queries } from './database.ts';
import { requireRecording } from './recordings.ts';
import { blindPass, type ReviewWord, review, user } from './schema.ts';
import { standingAnalysis } from './standing-analysis.ts';

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
  return holding(await wordsOf(queries, recordingId)).map(withoutPass);
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
      seenBefore: blindPass.seenBefore,
    })
    .from(review)
    .innerJoin(user, eq(user.id, review.reviewerId))
    .leftJoin(blindPass, eq(blindPass.id, review.passId))
    .where(and(eq(review.recordingId, recordingId), isNull(review.withdrawnAt)))
    .orderBy(asc(review.channel), asc(review.start), asc(review.seq));
  return rows.map(row => ({ ...row, blind: row.passId !== null }));
}

function withoutPass({
  passId,
  seenBefore,
  ...word
}: Awaited<ReturnType<typeof wordsOf>>[number]): CycleReview {
  return word;
}

/** Of each reviewer's words on a cycle the newest. */
function holding<Word extends CycleReview>(words: readonly Word[]): Word[] {
  const newest = new Map<string, Word>();
  for (const word of words) newest.set(`${word.reviewer.id} ${cycleKey(word)}`, word);
  return [...newest.values()];
}

export function cycleKey({ channel, start, end }: CycleName): string {
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
    /** Whether the reviewer had seen the scores before it began; null: not known. */
    readonly seenBefore: boolean | null;
  }[];
  /** Of every two reviewers, over the cycles of the analysis that stands; empty in an open blind pass. */
  readonly agreements: readonly PairAgreement[];
  /** Whether the asker can take back their last word, and give again what they took back last. */
  readonly canUndo: boolean;
  readonly canRedo: boolean;
}

export async function viewReview(queries: Queries, actor: Actor, id: string): Promise<RecordingReview> {
  await requireRecording(queries, actor, id);
  await appendAudit(queries, actor, { action: 'view', recordType: 'recording', recordId: id });
  return reviewOf(queries, actor, id, (await standingAnalysis(queries, id))?.result ?? null);
}

/** @param result of the analysis that stands, null while none does */
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
    const words = holding(all.filter(({ passId }) => passId === pass.id)).map(withoutPass);
    return { words, pass: { startedAt: pass.startedAt }, passes: [], agreements: [], canUndo, canRedo };
  }
  const ended = await queries
    .select({
      reviewer: { id: user.id, name: user.name },
      endedAt: blindPass.endedAt,
      whole: blindPass.whole,
      seenBefore: blindPass.seenBefore,
    })
    .from(blindPass)
    .innerJoin(user, eq(user.id, blindPass.reviewerId))
    .where(eq(blindPass.recordingId, recordingId))
    .orderBy(asc(blindPass.startedAt));
  const isThere = cyclesOf(result);
  const present = all.filter(isThere);
  return {
    words: holding(all).map(withoutPass),
    pass: null,
    passes: ended.flatMap(({ reviewer, endedAt, whole, seenBefore }) =>
      endedAt === null ? [] : [{ reviewer, endedAt, whole: whole === true, seenBefore }],
    ),
    agreements: [
      ...agreementsOf(holding(present.filter(({ blind }) => blind)), 'blind'),
      ...agreementsOf(
        holding(present).map(word => ({ ...word, seenBefore: null })),
        'now',
      ),
    ],
    canUndo,
    canRedo,
  };
}

/** Whether a cycle is one of the analysis. */
export function cyclesOf(result: RecordingAnalysis | null): (cycle: CycleName) => boolean {
  const keys = new Set(
    result?.recording.channels.flatMap(({ channel, cycles }) =>
      cycles.map(({ start, end }) => cycleKey({ channel, start, end })),
    ),
  );
  return cycle => keys.has(cycleKey(cycle));
}

/** Words in the order of saying: those before a point hold, what follows it is withdrawn and can be given again. */
export async function steps(
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
export function ownRows(queries: Queries, actor: Actor, recordingId: string, pass: BlindPassRow | null) {
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
