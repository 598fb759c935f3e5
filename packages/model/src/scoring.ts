/** From a network's outputs to the score of a cycle. */
import { holdsCrackle } from '@crepitus/recordings';
import type { BundleManifest } from './bundle/manifest.ts';
import type { CrackleClasses } from './evidence.ts';

/**
 * Which outputs count as normal and as crackle: fine and coarse ones do, and `both`, crackle with wheeze. Wheeze alone
 * counts as neither.
 */
export function crackleClasses(classes: readonly string[]): CrackleClasses {
  return {
    normal: classes.indexOf('normal'),
    crackle: [...classes.keys()].filter(index => holdsCrackle(classes[index]!)),
  };
}

/** `crackle / (normal + crackle)` in probabilities, crackle the sum of all that hold some; 0 where all are 0. */
export function crackleScore(probabilities: readonly number[], classes: CrackleClasses): number {
  const crackle = classes.crackle.reduce((sum, index) => sum + probabilities[index]!, 0);
  const total = probabilities[classes.normal]! + crackle;
  return total === 0 ? 0 : crackle / total;
}

/**
 * The probabilities with `logit` added to the log odds of crackle against normal; their sum, and what is neither, stay.
 * Nothing changes where both are 0.
 */
export function addToCrackleOdds(
  probabilities: readonly number[],
  classes: CrackleClasses,
  logit: number,
): number[] {
  if (logit === 0) return [...probabilities];
  const score = crackleScore(probabilities, classes);
  const normal = probabilities[classes.normal]!;
  const crackle = classes.crackle.reduce((sum, index) => sum + probabilities[index]!, 0);
  // Of the two odds the one that cannot overflow.
  const shifted =
    logit > 0
      ? score / (score + (1 - score) * Math.exp(-logit))
      : (score * Math.exp(logit)) / (score * Math.exp(logit) + 1 - score);
  return probabilities.map((probability, index) => {
    if (index === classes.normal) return (normal + crackle) * (1 - shifted);
    if (!classes.crackle.includes(index)) return probability;
    return crackle === 0 ? 0 : ((normal + crackle) * shifted * probability) / crackle;
  });
}

/** Natural logarithm of the odds of a score, kept finite. */
export function logOdds(score: number): number {
  const within = Math.min(1 - 1e-9, Math.max(1e-9, score));
  return Math.log(within / (1 - within));
}

/** Platt's calibration: `1 / (1 + exp(-(slope logit + intercept)))`; without one the score itself. */
export function calibrate(score: number, calibration: BundleManifest['calibration']): number {
  if (calibration === null) return score;
  const logit = Math.log(score / (1 - score));
  return 1 / (1 + Math.exp(-(calibration.slope * logit + calibration.intercept)));
}

/** Softmax of each row of `logits` `[n, classes]`, added to `sums` `[n, classes]`. */
export function addProbabilities(logits: Float32Array, classes: number, sums: Float64Array): void {
  for (let row = 0; row < logits.length; row += classes) {
    const values = logits.subarray(row, row + classes);
    const highest = Math.max(...values);
    const powers = Array.from(values, value => Math.exp(value - highest));
    const total = powers.reduce((sum, power) => sum + power, 0);
    powers.forEach((power, i) => {
      sums[row + i]! += power / total;
    });
  }
}
