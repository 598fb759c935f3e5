/** The course of a respiratory cycle's sound: of one, and the mean of many. */
import type { BreathContour } from './breath-contour.ts';
import { runningSums } from './running-mean.ts';

/** Parts of equal length that a cycle is divided into. */
export const shapeParts = 12;

export interface CycleShape {
  /** Mean `level` of the breath contour in each part, from the start of inspiration to the end of the pause. */
  readonly level: readonly number[];
  /** Mean `pitch` in each part. */
  readonly pitch: readonly number[];
}

/**
 * Learned by `fitCycleShapes` of @crepitus/lab on the ICBHI recordings of its tuning subjects, rounded: once inspiration is
 * what one hears (the usual case at the chest: at equal flow it is the louder and higher phase, Gavriely and Cugell,
 * J Appl Physiol 1996), once expiration is (near the trachea, in airway disease). In both the pause after expiration is
 * the quietest part: it is what tells the start of a cycle from its middle.
 */
export const cycleShapes: readonly CycleShape[] = [
  {
    level: [0.63, 1.07, 0.85, 0.36, -0.2, -0.39, -0.36, -0.36, -0.46, -0.52, -0.57, -0.39],
    pitch: [-0.59, -0.48, -0.12, 0.07, 0.17, 0.14, 0.15, 0.21, 0.25, 0.27, 0.21, -0.07],
  },
  {
    level: [-0.27, -0.01, -0.03, -0.11, -0.06, 0.28, 0.5, 0.41, 0.1, -0.23, -0.48, -0.64],
    pitch: [0.12, 0.19, 0.15, 0, -0.07, -0.02, 0.05, 0.05, 0.01, 0.03, 0.02, 0.02],
  },
];

/**
 * The course of the contour from one place to another.
 *
 * @param start,end in steps of the contour, fractions allowed, within it
 */
export function courseOf(contour: BreathContour, start: number, end: number): CycleShape {
  return { level: partMeans(contour.level, start, end), pitch: partMeans(contour.pitch, start, end) };
}

function partMeans(values: Float64Array, start: number, end: number): number[] {
  const sums = runningSums(values);
  const sumTo = (step: number): number => {
    const whole = Math.min(Math.floor(step), values.length);
    return sums[whole]! + (step - whole) * (values[whole] ?? 0);
  };
  const length = (end - start) / shapeParts;
  return Array.from({ length: shapeParts }, (_, part) => {
    const from = start + part * length;
    return (sumTo(from + length) - sumTo(from)) / length;
  });
}
