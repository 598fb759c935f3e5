import type { BreathContour } from './breath-contour.ts';
import { courseOf } from './cycle-shapes.ts';

/** Weight of the logarithm of the length beside the 24 values of the course. */
const lengthWeight = 3;

/**
 * Whether what seem to be cycles are the two phases of breath in turn: how much each differs from its neighbours, over how
 * much it differs from the next but one (mean squared difference of course and length). About 1 for cycles; where each
 * phase passed for a cycle, every second one is alike and this is large. null for fewer than four.
 *
 * @param cuts borders in steps of the contour
 */
export function alternation(contour: BreathContour, cuts: readonly number[]): number | null {
  const courses = cuts.slice(1).map((end, i) => {
    const { level, pitch } = courseOf(contour, cuts[i]!, end);
    return [...level, ...pitch, lengthWeight * Math.log(end - cuts[i]!)];
  });
  if (courses.length < 4) return null;
  let neighbours = 0;
  let nextButOne = 0;
  for (let i = 0; i + 2 < courses.length; i++) {
    const [a, b, c] = [courses[i]!, courses[i + 1]!, courses[i + 2]!];
    neighbours += (difference(a, b) + difference(b, c)) / 2;
    nextButOne += difference(a, c);
  }
  return neighbours / Math.max(nextButOne, Number.MIN_VALUE);
}

const difference = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0);
