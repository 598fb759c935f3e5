/** Respiratory cycles as a person sets them, and what may be set. */

export interface CorrectedCycle {
  /** Position in the file. */
  readonly channel: number;
  /** Seconds. */
  readonly start: number;
  readonly end: number;
  /** Null: the detector's ratio stands in. */
  readonly inspirationEnd: number | null;
}

/** Nobody breathes faster, and a shorter piece has nothing to score. */
export const shortestCycleSeconds = 0.2;

/** Least length of a phase that a person sets. */
export const shortestPhaseSeconds = 0.05;

/** Of one channel: half an hour of breaths of a second. */
export const mostCycles = 2000;

/** Rounding of seconds to text and back. */
const tolerance = 1e-6;

/**
 * What keeps these cycles of one channel from being scored, in one sentence; null: nothing does. They must be sorted, lie
 * in the recording, be long enough and not overlap.
 *
 * @param seconds length of the recording
 */
export function problemOfCycles(
  cycles: readonly Omit<CorrectedCycle, 'channel'>[],
  seconds: number,
): string | null {
  if (cycles.length === 0) return 'There is no cycle left; add one, or go back to the automatic cycles.';
  if (cycles.length > mostCycles)
    return `There are ${cycles.length} cycles; a channel may have ${mostCycles}.`;
  for (const [i, { start, end, inspirationEnd }] of cycles.entries()) {
    const name = `Cycle ${i + 1}`;
    const before = cycles[i - 1];
    if (![start, end, inspirationEnd ?? 0].every(Number.isFinite))
      return `${name} has a border that is no time.`;
    if (start < 0 || end > seconds + tolerance)
      return `${name} (${text(start)} to ${text(end)} s) is not within the recording of ${text(seconds)} s.`;
    if (end - start < shortestCycleSeconds - tolerance)
      return `${name} (${text(start)} to ${text(end)} s) is shorter than ${shortestCycleSeconds} s.`;
    if (inspirationEnd !== null && (inspirationEnd <= start || inspirationEnd >= end))
      return `${name} has an end of inspiration (${text(inspirationEnd)} s) outside of it.`;
    if (before !== undefined && start < before.end - tolerance)
      return `${name} begins at ${text(start)} s, before the one before it ends (${text(before.end)} s).`;
  }
  return null;
}

function text(seconds: number): string {
  return String(Number(seconds.toFixed(3)));
}
