/**
 * The division of a breath contour into cycles that fits best: every cycle should look like one of the mean shapes and
 * last about one period. All divisions and periods are compared by dynamic programming, so that one unclear breath is
 * settled by its neighbours.
 */
import { type BreathContour, contourStep } from './breath-contour.ts';
import { type CycleShape, shapeParts } from './cycle-shapes.ts';
import { runningSums } from './running-mean.ts';

export const segmentationParameters = {
  /** Seconds: the periods that are tried, 10 % apart. */
  shortestPeriod: 1.2,
  longestPeriod: 10,
  /** A usual period and the spread of its logarithm: a mild preference. */
  usualPeriod: 2.5,
  periodSpread: 0.4,
  /** Spread of the logarithm of a cycle's length about the period, and the lengths allowed, in periods. */
  lengthSpread: 0.5,
  shortestLength: 0.4,
  longestLength: 2.5,
  /** Seconds: no cycle is longer. */
  longestCycle: 12,
  /** Sound before the first and after the last cut, in periods: a part of a cycle that the recording cuts off. */
  longestRim: 2,
  /** Weight of the shape's fit (per second) beside the lengths' probability. */
  fitWeight: 2,
  /** A border gains by how far the level falls below this within so many steps of it, and loses by what it lacks. */
  valleyLevel: -1,
  valleyReach: 3,
  valleyWeight: 0.75,
};

export interface Segmentation {
  /** Borders of cycles, in steps of the contour, ascending; n + 1 for n whole cycles. */
  readonly cuts: readonly number[];
  /** Seconds. */
  readonly period: number;
  /** Log-likelihood ratio against a flat contour, with the priors of lengths, period and borders. */
  readonly score: number;
}

/** How well each shape fits the contour, for every start and length. */
export interface ShapeFits {
  /** Of the contour. */
  readonly steps: number;
  /** Per shape, [length in steps][start]: a log-likelihood ratio against a flat contour. */
  readonly shapes: readonly (readonly Float64Array[])[];
  /** What a border at each step gains because the sound is quiet there. */
  readonly valleys: Float64Array;
}

export function fitShapes(contour: BreathContour, shapes: readonly CycleShape[]): ShapeFits {
  const steps = contour.level.length;
  const longest = Math.min(steps, Math.floor(segmentationParameters.longestCycle / contourStep));
  return {
    steps,
    shapes: shapes.map(shape => shapeFit(contour, shape, longest)),
    valleys: valleyGains(contour.level),
  };
}

function valleyGains(level: Float64Array): Float64Array {
  const { valleyLevel, valleyReach, valleyWeight } = segmentationParameters;
  return Float64Array.from({ length: level.length + 1 }, (_, step) => {
    // At the ends of the sound a border may cut a breath.
    if (step < valleyReach || step > level.length - valleyReach) return 0;
    const lowest = Math.min(...level.subarray(step - valleyReach, step + valleyReach));
    return valleyWeight * (valleyLevel - lowest);
  });
}

/**
 * The best division over all shapes (one for the whole recording) and periods.
 *
 * @param allowed steps at which a border may lie; default: all
 * @param required steps at which one must lie, ascending, each allowed
 * @returns null where the contour is too short for any cycle, or no cycles lead over the required borders
 */
export function segment(
  { steps, shapes, valleys }: ShapeFits,
  allowed: (step: number) => boolean = () => true,
  required: readonly number[] = [],
): Segmentation | null {
  const { shortestPeriod, longestPeriod } = segmentationParameters;
  const borders = Array.from({ length: steps + 1 }, (_, step) => allowed(step));
  const earliest = earliestStarts(steps, required);
  let best: Segmentation | null = null;
  for (const fits of shapes) {
    for (let period = shortestPeriod; period <= longestPeriod; period *= 1.1) {
      const found = bestCuts(fits, valleys, period, borders, earliest);
      if (found && found.score > (best?.score ?? -Infinity)) best = found;
    }
  }
  return best;
}

/** By step: the last required border before it, which a cycle that ends there must not begin before; -1 where there is none. */
function earliestStarts(steps: number, required: readonly number[]): Int32Array {
  const earliest = new Int32Array(steps + 1).fill(-1);
  for (const border of required) earliest.fill(border, border + 1);
  return earliest;
}

/**
 * How well the contour fits the shape, by length and start: the log-likelihood ratio of
 * "shape plus noise" against "zero plus noise", integrated over the cycle's seconds.
 */
function shapeFit(contour: BreathContour, shape: CycleShape, longest: number): Float64Array[] {
  const steps = contour.level.length;
  const level = runningSums(contour.level);
  const pitch = runningSums(contour.pitch);
  let energy = 0;
  for (let part = 0; part < shapeParts; part++) energy += shape.level[part]! ** 2 + shape.pitch[part]! ** 2;
  // A sum over parts of weight times (sum at the part's end - sum at its start), gathered by border of parts.
  const edges = Array.from({ length: shapeParts + 1 }, (_, edge) => {
    const l = (shape.level[edge - 1] ?? 0) - (shape.level[edge] ?? 0);
    const h = (shape.pitch[edge - 1] ?? 0) - (shape.pitch[edge] ?? 0);
    return level.map((sum, step) => l * sum + h * pitch[step]!);
  });
  const fits = [new Float64Array(steps + 1)];
  for (let length = 1; length <= longest; length++) {
    const sums = new Float64Array(steps + 1 - length);
    edges.forEach((values, edge) => {
      const offset = (length * edge) / shapeParts;
      const whole = Math.floor(offset);
      const share = offset - whole;
      for (let start = 0; start < sums.length; start++) {
        const at = values[start + whole]!;
        sums[start]! += share > 0 ? at + share * (values[start + whole + 1]! - at) : at;
      }
    });
    fits.push(sums.map(sum => contourStep * (sum - ((energy / 2) * length) / shapeParts)));
  }
  return fits;
}

function bestCuts(
  fits: readonly Float64Array[],
  valleys: Float64Array,
  period: number,
  borders: readonly boolean[],
  earliest: Int32Array,
): Segmentation | null {
  const steps = valleys.length - 1;
  const p = segmentationParameters;
  const shortest = Math.max(1, Math.ceil((period * p.shortestLength) / contourStep));
  const longest = Math.min(fits.length - 1, Math.floor((period * p.longestLength) / contourStep));
  const rim = Math.floor((period * p.longestRim) / contourStep);
  const lengthPrior = fits.map(
    (_, length) => -0.5 * (Math.log((length * contourStep) / period) / p.lengthSpread) ** 2,
  );
  const score = new Float64Array(steps + 1).fill(-Infinity);
  const previous = new Int32Array(steps + 1).fill(-1);
  let end = -1;
  for (let step = 0; step <= steps; step++) {
    if (!borders[step]) continue;
    if (step <= rim && earliest[step]! < 0) score[step] = valleys[step]!;
    const longestHere = Math.min(longest, step - Math.max(0, earliest[step]!));
    for (let length = shortest; length <= longestHere; length++) {
      const start = step - length;
      const candidate =
        score[start]! + p.fitWeight * fits[length]![start]! + lengthPrior[length]! + valleys[step]!;
      if (candidate > score[step]!) {
        score[step] = candidate;
        previous[step] = start;
      }
    }
    if (steps - step > rim || earliest[steps]! > step) continue;
    if (previous[step]! >= 0 && (end < 0 || score[step]! > score[end]!)) end = step;
  }
  if (end < 0) return null;
  const cuts = [end];
  while (previous[cuts[0]!]! >= 0) cuts.unshift(previous[cuts[0]!]!);
  const periodPrior = -0.5 * (Math.log(period / p.usualPeriod) / p.periodSpread) ** 2;
  return { cuts, period, score: score[end]! + periodPrior };
}
