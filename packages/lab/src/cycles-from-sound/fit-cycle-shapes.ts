/** How the `cycleShapes` of @crepitus/recordings were learned: run it again when the breath contour changes. */
import { type BreathContour, type Cycle, type CycleShape, contourStep, courseOf } from '@crepitus/recordings';

/** Seconds: shorter annotated cycles have no course to learn from. */
const shortest = 0.8;
const rounds = 10;

export interface AnnotatedContour {
  readonly contour: BreathContour;
  readonly cycles: readonly Cycle[];
}

/**
 * Two mean shapes of cycles, by recording: those where one hears inspiration more than expiration, and the others; then
 * each recording goes to the nearer of the two means, until nothing changes (k-means).
 *
 * @returns the shape with the louder inspiration first; fewer where no recording is of a kind
 */
export function fitCycleShapes(recordings: readonly AnnotatedContour[]): CycleShape[] {
  const courses = recordings.map(coursesOf).filter(group => group.length > 0);
  let louder = courses.map(group => {
    const { level } = meanShape(group);
    return mean(level.slice(0, 5)) > mean(level.slice(5, 10)) ? 0 : 1;
  });
  for (let round = 0; ; round++) {
    const shapes = [0, 1].flatMap(kind => {
      const members = courses.filter((_, i) => louder[i] === kind).flat();
      return members.length > 0 ? [meanShape(members)] : [];
    });
    if (shapes.length < 2 || round === rounds) return shapes;
    louder = courses.map(group => {
      const [a, b] = shapes.map(shape => group.reduce((sum, course) => sum + distance(course, shape), 0));
      return a! <= b! ? 0 : 1;
    });
  }
}

function coursesOf({ contour, cycles }: AnnotatedContour): CycleShape[] {
  const steps = contour.level.length;
  return cycles.flatMap(cycle => {
    const start = (cycle.start - contour.start) / contourStep;
    const end = (cycle.end - contour.start) / contourStep;
    if (end - start < shortest / contourStep || start < -0.5 || end > steps + 0.5) return [];
    return [courseOf(contour, Math.max(0, start), Math.min(end, steps))];
  });
}

function meanShape(courses: readonly CycleShape[]): CycleShape {
  const over = (values: (course: CycleShape) => readonly number[]): number[] =>
    values(courses[0]!).map((_, part) => mean(courses.map(course => values(course)[part]!)));
  return { level: over(({ level }) => level), pitch: over(({ pitch }) => pitch) };
}

const distance = (a: CycleShape, b: CycleShape): number =>
  squares(a.level, b.level) + squares(a.pitch, b.pitch);

const squares = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0);

const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
