import type { Cycle } from '../recording.ts';
import { alternation } from './alternation.ts';
import { type BreathContour, breathContour, contourStep } from './breath-contour.ts';
import { cycleShapes } from './cycle-shapes.ts';
import { windowsInstead } from './fixed-windows.ts';
import { type FoundCycles, foundCycle } from './found-cycles.ts';
import { fitShapes, type Segmentation, type ShapeFits, segment } from './segmentation.ts';

/** dB that the loudness must come and go by; steady noise has about 1, the faintest annotated ICBHI recording 4. */
export const leastRangeDb = 2.5;
/** From this alternation on, found cycles are phases: among the tuning recordings true cycles had at most 1.5, phases 4. */
const phasesInTurn = 2.5;
/** Steps by which a border may move when two phases are joined. */
const joinReach = 2;
/** Of the period: a shorter part of a cycle at an end of the sound belongs to its neighbour. */
const ownRim = 0.4;
/** Share of a found cycle between which its other phase may begin. */
const otherPhase = [0.25, 0.7] as const;
/** Difference of log-likelihood that makes the odds e : 1; measured on the tuning subjects (the model's own odds are too sure). */
const confidenceScale = 5;

/**
 * Respiratory cycles from one sound channel alone.
 *
 * The loudness (125 to 1000 Hz) and pitch of the sound, in steps of 0.1 s, are divided into cycles of about one period
 * (1.2 to 10 s), each of which resembles a mean course learned from annotated recordings: see `segmentation.ts`. Every
 * second of sound is in exactly one cycle; silence (one unchanging value) before and after is in none. Gain, sample rate
 * and steady noise do not matter; long speech is taken for breath or for one long cycle. The error of the result is
 * measured by `reportCyclesFromSound` of @crepitus/lab.
 *
 * Where nothing comes and goes like breath, fixed windows of 3 s stand in (source `windows`, finding `no-breaths-found`).
 *
 * @param samples one channel in [-1, 1], all finite
 * @param sampleRate Hz, an integer of 1000 or more
 * @throws CrepitusError on samples that are not finite and on impossible rates
 */
export function findCyclesFromSound(samples: Float32Array, sampleRate: number): FoundCycles {
  const contour = samples.length > 0 ? breathContour(samples, sampleRate) : null;
  const seconds = samples.length / sampleRate;
  if (contour === null) return windowsInstead(seconds, 'there is no sound, or too short a one');
  if (contour.rangeDb < leastRangeDb) {
    return windowsInstead(seconds, `the loudness stays within ${contour.rangeDb.toFixed(1)} dB`);
  }
  const fits = fitShapes(contour, cycleShapes);
  const segmentation = divide(contour, fits);
  if (segmentation === null) return windowsInstead(seconds, 'the sound is shorter than two breaths');
  if (segmentation.score <= 0)
    return windowsInstead(seconds, 'the loudness does not follow the course of breath');
  return {
    source: 'sound',
    cycles: cyclesBetween(segmentation, contour),
    inspirationConfidence: inspirationConfidence(segmentation, fits),
    findings: [],
  };
}

/**
 * The best division; where its cycles turn out to be phases in turn, the better one of two ways to join them in pairs.
 *
 * @param settled steps at which a border must lie, ascending
 */
export function divide(
  contour: BreathContour,
  fits: ShapeFits,
  settled: readonly number[] = [],
): Segmentation | null {
  const found = segment(fits, undefined, settled);
  if (found === null || (alternation(contour, found.cuts) ?? 0) < phasesInTurn) return found;
  const [even, odd] = [0, 1].map(parity => {
    const kept = found.cuts.filter((cut, i) => i % 2 === parity || settled.includes(cut));
    return segment(fits, step => kept.some(cut => Math.abs(cut - step) <= joinReach), settled);
  });
  if (!even || !odd) return even ?? odd ?? found;
  return even.score >= odd.score ? even : odd;
}

/** The whole cycles, and what the ends of the sound cut off. */
function cyclesBetween(found: Segmentation, contour: BreathContour): Cycle[] {
  const borders = bordersOf(found, contour);
  return borders.slice(1).map((border, i) => foundCycle(borders[i]!, border));
}

/**
 * The borders of a division in seconds, with those that the ends of the sound make: a shorter part of a cycle there
 * belongs to its neighbour.
 *
 * @param ends whether the contour begins where the sound does, and ends where it does
 */
export function bordersOf(
  { cuts, period }: Segmentation,
  contour: BreathContour,
  ends: { readonly first: boolean; readonly last: boolean } = { first: true, last: true },
): number[] {
  const borders = cuts.map(cut => contour.start + cut * contourStep);
  const { start, end } = contour;
  if (ends.first) {
    if (borders[0]! - start >= ownRim * period) borders.unshift(start);
    else borders[0] = start;
  }
  if (ends.last) {
    if (end - borders.at(-1)! >= ownRim * period) borders.push(end);
    else borders[borders.length - 1] = end;
  }
  return borders;
}

/**
 * The found starts against the rival reading, in which cycles start where their expiration seems to: the best cuts in the
 * middle of the found cycles.
 */
function inspirationConfidence(found: Segmentation, fits: ShapeFits): number {
  const rival = segment(fits, step => {
    const next = found.cuts.findIndex(cut => cut > step);
    // Before the first and after the last cut the neighbouring cycle is taken to repeat itself.
    const i = next === 0 ? 1 : next < 0 ? found.cuts.length - 1 : next;
    const length = found.cuts[i]! - found.cuts[i - 1]!;
    const share = ((((step - found.cuts[i - 1]!) / length) % 1) + 1) % 1;
    return share >= otherPhase[0] && share <= otherPhase[1];
  });
  if (rival === null) return 1;
  return 1 / (1 + Math.exp((rival.score - found.score) / confidenceScale));
}
