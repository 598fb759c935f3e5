/** How well found cycles agree with annotated ones. */
import type { Cycle } from '@crepitus/recordings';
import { z } from 'zod';

const share = z.number().min(0).max(1);

export const agreementSchema = z.strictObject({
  /** Found minus annotated cycles of a recording: share of recordings without error and with an error of at most 1, mean of its size. */
  countError: z.strictObject({ exact: share, withinOne: share, meanAbsolute: z.number().min(0) }),
  /** Share of annotated cycles that have a found cycle of their own with intersection / union >= 0.5. */
  matchedAtIoU50: share,
  /** Share of found cycles that have an annotated one, in the same sense. */
  foundMatchedAtIoU50: share,
});
export type Agreement = z.infer<typeof agreementSchema>;

/** Counts of one recording. */
export interface CycleCounts {
  readonly annotated: number;
  readonly found: number;
  readonly matched: number;
}

type Interval = Pick<Cycle, 'start' | 'end'>;

export function countCycles(annotated: readonly Interval[], found: readonly Interval[]): CycleCounts {
  return {
    annotated: annotated.length,
    found: found.length,
    matched: matchCycles(annotated, found).length,
  };
}

/** Pairs [annotated, found] of indices with IoU >= 0.5, one to one, the closest first. */
export function matchCycles(annotated: readonly Interval[], found: readonly Interval[]): [number, number][] {
  const candidates = annotated.flatMap((a, i) =>
    found.flatMap((b, j) => {
      const iou = intersectionOverUnion(a, b);
      return iou >= 0.5 ? [{ i, j, iou }] : [];
    }),
  );
  candidates.sort((a, b) => b.iou - a.iou || a.i - b.i || a.j - b.j);
  const pairs: [number, number][] = [];
  for (const { i, j } of candidates) {
    if (!pairs.some(([a, b]) => a === i || b === j)) pairs.push([i, j]);
  }
  return pairs;
}

/** Seconds that two intervals have in common. */
export function overlap(a: Interval, b: Interval): number {
  return Math.max(0, Math.min(a.end, b.end) - Math.max(a.start, b.start));
}

function intersectionOverUnion(a: Interval, b: Interval): number {
  const common = overlap(a, b);
  return common / (a.end - a.start + (b.end - b.start) - common);
}

/** Over one recording or more. */
export function agreementOf(recordings: readonly CycleCounts[]): Agreement {
  const total = (value: (counts: CycleCounts) => number): number =>
    recordings.reduce((sum, counts) => sum + value(counts), 0);
  const error = ({ found, annotated }: CycleCounts): number => Math.abs(found - annotated);
  const matched = total(counts => counts.matched);
  const shareOf = (all: number): number => (all > 0 ? matched / all : 0);
  return {
    countError: {
      exact: total(counts => Number(error(counts) === 0)) / recordings.length,
      withinOne: total(counts => Number(error(counts) <= 1)) / recordings.length,
      meanAbsolute: total(error) / recordings.length,
    },
    matchedAtIoU50: shareOf(total(({ annotated }) => annotated)),
    foundMatchedAtIoU50: shareOf(total(({ found }) => found)),
  };
}
