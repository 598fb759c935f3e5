/** The cycles of a recording as its report lists them: the detector's and the reviewers' words side by side. */
import type { CandidateCount, ScreenedCycle } from '@crepitus/model';
import type { ReportedRecording } from '../../server/report.ts';
import type { CycleReview } from '../../server/reviews.ts';

export interface ReportedCycle {
  readonly channel: number;
  /** In its channel, from 1 on; null: reviewers judged it before its borders were changed. */
  readonly number: number | null;
  readonly start: number;
  readonly end: number;
  /** Null: the newest analysis does not have it. */
  readonly found: ScreenedCycle | null;
  readonly candidates: CandidateCount | null;
  readonly words: readonly CycleReview[];
}

/** By channel and time; no word of a reviewer is left out. */
export function reportedCycles({
  result,
  review,
}: Pick<ReportedRecording, 'result' | 'review'>): ReportedCycle[] {
  const left = new Set(review.words);
  const cycles = (result?.recording.channels ?? []).flatMap(({ channel, cycles, candidates }) =>
    cycles.map((found, i): ReportedCycle => {
      const { start, end } = found;
      const words = review.words.filter(
        word => word.channel === channel && word.start === start && word.end === end,
      );
      for (const word of words) left.delete(word);
      return {
        channel,
        number: i + 1,
        start,
        end,
        found,
        candidates: candidates?.perCycle[i] ?? null,
        words,
      };
    }),
  );
  const gone = new Map<string, CycleReview[]>();
  for (const word of left) {
    const key = `${word.channel} ${word.start} ${word.end}`;
    gone.set(key, [...(gone.get(key) ?? []), word]);
  }
  for (const words of gone.values()) {
    const { channel, start, end } = words[0]!;
    cycles.push({ channel, number: null, start, end, found: null, candidates: null, words });
  }
  return cycles.sort((a, b) => a.channel - b.channel || a.start - b.start || a.end - b.end);
}

/** Those that get a picture unless fewer are asked for: the detector calls them crackle, or a reviewer does or is unsure. */
export function isFlagged({ found, words }: Pick<ReportedCycle, 'found' | 'words'>): boolean {
  return found?.crackle === true || words.some(({ word }) => word !== 'clear');
}

/** Which flagged cycles get a picture. */
export const pictureChoices = ['flagged', 'confirmed', 'none'] as const;
export type PictureChoice = (typeof pictureChoices)[number];

/** Flagged cycles of a recording that get a picture. */
export function picturedCycles(
  recording: Pick<ReportedRecording, 'result' | 'review'>,
  choice: PictureChoice,
): ReportedCycle[] {
  if (choice === 'none') return [];
  return reportedCycles(recording).filter(
    cycle => isFlagged(cycle) && (choice === 'flagged' || isConfirmed(cycle)),
  );
}

/** By one reviewer at least. */
function isConfirmed({ words }: Pick<ReportedCycle, 'words'>): boolean {
  return words.some(({ word }) => word === 'crackle');
}

/** Names a cycle among all of a report. */
export function cycleName(recordingId: string, { channel, start, end }: ReportedCycle): string {
  return `${recordingId} ${channel} ${start} ${end}`;
}
