import type { Cycle, CycleSource, Finding } from '../recording.ts';

/** Respiratory cycles that no annotation gave. */
export interface FoundCycles {
  /** `windows`: no breaths were found and fixed windows stand in. */
  readonly source: CycleSource;
  /** Sorted by start, not overlapping, label `unknown`, channel null. */
  readonly cycles: readonly Cycle[];
  /**
   * 0 to 1: how sure it is that a cycle starts with inspiration and not with expiration. null: nothing can be said (fixed
   * windows).
   */
  readonly inspirationConfidence: number | null;
  readonly findings: readonly Finding[];
}

/** A cycle as a method finds it. */
export function foundCycle(start: number, end: number, inspirationEnd: number | null = null): Cycle {
  return { start, end, inspirationEnd, label: 'unknown', channel: null };
}
