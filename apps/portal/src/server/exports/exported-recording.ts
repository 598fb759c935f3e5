/**
 * What an export tells of a recording, whatever its format: the analysis that stands, and the words of reviewers on its cycles,
 * all with plain numbers.
 *
 * Patients go by their pseudonym, reviewers by a code that is the same in all exports of a portal and says nothing of them;
 * their names are an option, because they are data of persons too. Words on cycles that an analysis no longer has (borders
 * were moved) stand in the JSON alone.
 */
import { createHash } from 'node:crypto';
import type { RecordingAnalysis } from '@crepitus/analyses';
import { type CycleWord, consensusOf, type ReviewedCycle } from '@crepitus/recordings';
import { asc, eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Actor } from '../accounts.ts';
import { requireSighted } from '../blind-passes.ts';
import type { Queries } from '../database.ts';
import { Failure } from '../failure.ts';
import { type RecordingRow, requireRecording } from '../recordings.ts';
import { type CycleReview, reviewsOf } from '../reviews.ts';
import { recording } from '../schema.ts';
import { standingAnalysis } from '../standing-analysis.ts';
import { requireVisit, type VisitRow } from '../visits.ts';
import { withPlainNumbers } from './plain-numbers.ts';

/** As queries of an address: every value is a word. */
export const exportOptionsSchema = z.strictObject({
  /** Reviewers by name too. */
  names: z.stringbool().default(false),
  /** Whose word fills ICBHI text where the reviewers' does not decide: nobody's (the cycle is left out), or the detector's. */
  undecided: z.enum(['leave-out', 'detector']).default('leave-out'),
  /** The sound itself within the FHIR bundle. */
  sound: z.stringbool().default(false),
  /** Answers whether the export can be made, and makes none. */
  check: z.stringbool().default(false),
});
export type ExportOptions = z.infer<typeof exportOptionsSchema>;

export interface ExportedReview extends Omit<CycleReview, 'reviewer'> {
  /** A code, see {@link reviewerCode}. */
  readonly reviewer: string;
}

export interface ExportedRecording {
  readonly patient: { readonly id: string; readonly pseudonym: string };
  readonly visit: Pick<VisitRow, 'id' | 'day'>;
  readonly recording: RecordingRow;
  readonly analysis: RecordingAnalysis;
  /** Names by code, where they were asked for. */
  readonly reviewers: readonly { readonly code: string; readonly name: string | null }[];
  readonly reviews: readonly ExportedReview[];
  /** Those of the analysis; words by code, or by name and code. */
  readonly cycles: readonly ReviewedCycle[];
}

/** @throws Failure `missing` (404), `blind` and `export-no-analysis` (409) */
export async function exportedRecording(
  queries: Queries,
  actor: Actor,
  id: string,
  options: ExportOptions,
): Promise<ExportedRecording> {
  const { recording, visit, patient } = await requireRecording(queries, actor, id);
  await requireSighted(queries, actor, [id]);
  const result = (await standingAnalysis(queries, id))?.result ?? null;
  if (result === null) {
    throw new Failure(
      409,
      'export-no-analysis',
      `Recording ${recording.number} has no finished analysis; wait for its end, or have it analysed again.`,
    );
  }
  return compose({ patient, visit, recording, result, reviews: await reviewsOf(queries, id) }, options);
}

export interface ExportedVisit {
  readonly patient: ExportedRecording['patient'];
  readonly visit: ExportedRecording['visit'];
  readonly recordings: readonly ExportedRecording[];
  /** Sentences: which recordings cannot be exported, and why. */
  readonly leftOut: readonly string[];
}

/** @throws Failure `missing` (404), `export-empty` (409) for a visit without recordings, and as a recording where none can be exported */
export async function exportedVisit(
  queries: Queries,
  actor: Actor,
  id: string,
  options: ExportOptions,
): Promise<ExportedVisit> {
  const { visit, patient } = await requireVisit(queries, actor, id);
  const rows = await queries
    .select({ id: recording.id })
    .from(recording)
    .where(eq(recording.visitId, id))
    .orderBy(asc(recording.number));
  const recordings: ExportedRecording[] = [];
  const refusals: Failure[] = [];
  for (const row of rows) {
    try {
      recordings.push(await exportedRecording(queries, actor, row.id, options));
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'export-no-analysis') throw error;
      refusals.push(error);
    }
  }
  if (recordings.length === 0) throw refusals[0] ?? emptyVisit();
  return { patient, visit, recordings, leftOut: refusals.map(({ message }) => message) };
}

function emptyVisit(): Failure {
  return new Failure(409, 'export-empty', 'The visit has no recording yet; add one first.');
}

function compose(
  found: {
    patient: ExportedRecording['patient'];
    visit: ExportedRecording['visit'];
    recording: RecordingRow;
    result: RecordingAnalysis;
    reviews: readonly CycleReview[];
  },
  { names }: Pick<ExportOptions, 'names'>,
): ExportedRecording {
  const { patient, visit, recording } = found;
  const result = withPlainNumbers(found.result);
  const nameOf = new Map(found.reviews.map(({ reviewer }) => [reviewerCode(reviewer.id), reviewer.name]));
  const reviews = found.reviews.map(review => ({
    ...withPlainNumbers(review),
    reviewer: reviewerCode(review.reviewer.id),
  }));
  const label = (code: string) => (names ? `${nameOf.get(code)} (${code})` : code);
  const wordsOf = wordsByCycle(reviews, label);
  return {
    patient,
    visit,
    recording,
    analysis: result,
    reviewers: [...nameOf].map(([code, name]) => ({ code, name: names ? name : null })),
    reviews,
    cycles: result.recording.channels.flatMap(({ channel, cycles }) =>
      cycles.map(
        ({ start, end, inspirationEnd, score, crackle }): ReviewedCycle => ({
          channel,
          site: recording.sites[channel] ?? null,
          start,
          end,
          inspirationEnd,
          score,
          detector: crackle === null ? null : crackle ? 'crackle' : 'clear',
          words: wordsOf.get(cycleKey({ channel, start, end })) ?? {},
        }),
      ),
    ),
  };
}

function wordsByCycle(
  reviews: readonly ExportedReview[],
  label: (code: string) => string,
): Map<string, Record<string, CycleWord>> {
  const words = new Map<string, Record<string, CycleWord>>();
  for (const review of reviews) {
    const key = cycleKey(review);
    words.set(key, { ...words.get(key), [label(review.reviewer)]: review.word });
  }
  return words;
}

export function cycleKey({ channel, start, end }: Pick<ReviewedCycle, 'channel' | 'start' | 'end'>): string {
  return `${channel} ${start} ${end}`;
}

/** A reviewer in exports: the same in all of them, and of no meaning outside the portal. */
export function reviewerCode(userId: string): string {
  return `reviewer-${createHash('sha256').update(`crepitus reviewer ${userId}`).digest('hex').slice(0, 8)}`;
}

/** The reviewers' word where all of a cycle's reviewers agree on one, otherwise the detector's or none, as the options say. */
export function decidedWord(
  cycle: ReviewedCycle,
  { undecided }: Pick<ExportOptions, 'undecided'>,
): 'crackle' | 'clear' | null {
  const consensus = consensusOf(Object.values(cycle.words));
  if (consensus === 'crackle' || consensus === 'clear') return consensus;
  return undecided === 'detector' ? cycle.detector : null;
}

/** `P-001-2026-06-01-2`: of letters that every system takes in file names. */
export function fileStem(pseudonym: string, ...parts: readonly (string | number)[]): string {
  return [pseudonym, ...parts]
    .map(part => plainName(String(part)))
    .filter(part => part !== '')
    .join('-');
}

export function plainName(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9._-]+/g, '_')
    .replace(/\.{2,}/g, '.')
    .replace(/^[._-]+|[._-]+$/g, '')
    .slice(0, 60);
}
