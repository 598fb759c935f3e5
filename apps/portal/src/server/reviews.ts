/** What reviewers say of cycles: kept beside the detector's word, never over it. */
import { and, asc, eq, isNull } from 'drizzle-orm';
import type { Queries } from './database.ts';
import { type ReviewWord, review, user } from './schema.ts';

/** One reviewer's word on one cycle. */
export interface CycleReview {
  readonly channel: number;
  /** Seconds. */
  readonly start: number;
  readonly end: number;
  readonly word: ReviewWord;
  readonly reviewer: { readonly id: string; readonly name: string };
  readonly at: Date;
}

/** The words that hold, in the order of channel, time and saying; each reviewer has at most one for a cycle. */
export async function reviewsOf(queries: Queries, recordingId: string): Promise<CycleReview[]> {
  const rows = await queries
    .select({
      channel: review.channel,
      start: review.start,
      end: review.end,
      word: review.word,
      reviewer: { id: user.id, name: user.name },
      at: review.createdAt,
    })
    .from(review)
    .innerJoin(user, eq(user.id, review.reviewerId))
    .where(and(eq(review.recordingId, recordingId), isNull(review.withdrawnAt)))
    .orderBy(asc(review.channel), asc(review.start), asc(review.createdAt));
  const newest = new Map<string, CycleReview>();
  for (const row of rows) newest.set(`${row.reviewer.id} ${row.channel} ${row.start} ${row.end}`, row);
  return [...newest.values()];
}
