import type { Cycle } from '../recording.ts';
import { type FoundCycles, foundCycle } from './found-cycles.ts';

/** Seconds: a usual breath at rest. */
export const fixedWindowSeconds = 3;

/**
 * Windows of equal length, one after another from 0. A rest shorter than half a window is added to the last window,
 * a longer one is a window of its own; every second of the recording is in exactly one window.
 *
 * @param seconds length of the recording; 0 gives no window
 */
export function fixedWindows(seconds: number, windowSeconds: number = fixedWindowSeconds): Cycle[] {
  if (!(seconds > 0)) return [];
  const count = Math.max(1, Math.round(seconds / windowSeconds));
  return Array.from({ length: count }, (_, i) =>
    foundCycle(i * windowSeconds, i === count - 1 ? seconds : (i + 1) * windowSeconds),
  );
}

/** What stands in where no breaths were found; `reason` completes "No breaths were found: ...". */
export function windowsInstead(seconds: number, reason: string): FoundCycles {
  return {
    source: 'windows',
    cycles: fixedWindows(seconds),
    inspirationConfidence: null,
    findings: [
      {
        code: 'no-breaths-found',
        message: `No breaths were found (${reason}); fixed windows of ${fixedWindowSeconds} s stand in for respiratory cycles, and which part of them is inspiration is unknown.`,
      },
    ],
  };
}
