/** Where the inspiration of each cycle ends, as pictures show it. */
import type { RecordingAnalysis } from '@crepitus/analyses';
import { phaseLength, type Ratio, type ScreenedCycle } from '@crepitus/model';

export interface PhaseEnd {
  /** Seconds; between the start and the end of the cycle. */
  readonly at: number;
  /** Taken as a fixed share of the cycle: nobody measured it. */
  readonly isAssumed: boolean;
}

/** Samples of a cycle for the ratio, whose rounding no picture shows. */
const fine = 1_000_000;

/**
 * As scores and single crackles have it (`placeInBreath` of @crepitus/model).
 *
 * @param ratio inspiration : cycle of cycles whose inspiration was not measured; null: they are no breaths
 */
export function phaseEnd(
  { start, end, inspirationEnd }: Pick<ScreenedCycle, 'start' | 'end' | 'inspirationEnd'>,
  ratio: Ratio | null,
): PhaseEnd | null {
  if (inspirationEnd !== null && inspirationEnd > start && inspirationEnd < end)
    return { at: inspirationEnd, isAssumed: false };
  if (ratio === null) return null;
  return { at: start + ((end - start) * phaseLength('inspiration', ratio, fine)) / fine, isAssumed: true };
}

/** The ratio for the cycles of a result; null for windows of fixed length. */
export function ratioOf(result: RecordingAnalysis | null): Ratio | null {
  return result === null || result.recording.cycleSource === 'windows' ? null : result.detector.ratio;
}
