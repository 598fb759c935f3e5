/** Whether scores can be read as probabilities. */
import type { ScoredCycles } from './figures.ts';

/** Cycles whose score is in [from, to), the last bin with its upper end. */
export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly cycles: number;
  /** Null without cycles. */
  readonly meanScore: number | null;
  /** Share of crackles among the cycles; null without cycles. */
  readonly crackles: number | null;
}

export interface Calibration {
  readonly bins: readonly ReliabilityBin[];
  /**
   * Expected calibration error of the score of crackle: sum over bins of n_b / n * |share of crackles - mean score|
   * (Naeini, Cooper, Hauskrecht, AAAI 2015). Null without cycles.
   */
  readonly expectedError: number | null;
}

/**
 * Reliability in bins of equal width, over the cycles of all runs together.
 * @param runs with scores in [0, 1]
 */
export function calibrationOf(runs: readonly ScoredCycles[], binCount = 10): Calibration {
  const cycles = new Float64Array(binCount);
  const scoreSums = new Float64Array(binCount);
  const crackleSums = new Float64Array(binCount);
  for (const { scores, positives } of runs) {
    for (let i = 0; i < scores.length; i++) {
      const bin = Math.min(binCount - 1, Math.floor(scores[i]! * binCount));
      cycles[bin]! += 1;
      scoreSums[bin]! += scores[i]!;
      if (positives[i]) crackleSums[bin]! += 1;
    }
  }
  const all = cycles.reduce((sum, count) => sum + count, 0);
  let error = 0;
  for (let bin = 0; bin < binCount; bin++) error += Math.abs(crackleSums[bin]! - scoreSums[bin]!) / all;
  return {
    bins: Array.from(cycles, (count, bin) => ({
      from: bin / binCount,
      to: (bin + 1) / binCount,
      cycles: count,
      meanScore: count > 0 ? scoreSums[bin]! / count : null,
      crackles: count > 0 ? crackleSums[bin]! / count : null,
    })),
    expectedError: all > 0 ? error : null,
  };
}
