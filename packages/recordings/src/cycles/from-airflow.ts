import { CrepitusError } from '@crepitus/dsp';
import type { Cycle, Finding } from '../recording.ts';
import { windowsInstead } from './fixed-windows.ts';
import { type FoundCycles, foundCycle } from './found-cycles.ts';
import { runningMean } from './running-mean.ts';

/** Steps per second that the flow is reduced to, and steps on either side of its smoothing (0.2 s in all). */
const stepsPerSecond = 50;
const smoothReach = 5;
/** Seconds on either side of the first estimate of the baseline; several breaths. */
const baselineSeconds = 10;
/** Whole breaths on either side of one over which its baseline is averaged: their volumes in and out differ. */
const baselineBreaths = 1;
/** Of a strong flow (90th percentile of its size): what a phase must pass, and what counts as a pause. */
const passing = 0.15;
const pausing = 0.05;
/** Of the median volume: a phase that moves less air is no phase (a cough, a swallow, noise in a pause). */
const leastVolume = 0.2;
/** Seconds: a median cycle outside is not breath. */
const shortestCycle = 0.8;
/** Expiration and its pause usually last longer than inspiration; the other way round by this factor the polarity is in doubt. */
const doubtfulRatio = 1.25;

export interface AirflowOptions {
  /** Sign of the flow during inspiration. */
  inspiration?: 'positive' | 'negative';
}

/** One way of the air, in steps. */
interface Phase {
  inspiration: boolean;
  start: number;
  /** Where the flow has come back to zero; a pause may follow. */
  end: number;
  volume: number;
}

/**
 * Respiratory cycles from an airflow channel, in any unit: a cycle begins where the flow rises through zero into an
 * inspiration, `inspirationEnd` is where it has fallen to zero again, and the cycle ends where the next begins (pauses at
 * either phase's end included). Zero is a slow baseline that follows the drift of the sensor: the volumes in and out are
 * equal over some breaths. Noise around zero makes no breaths: a phase must pass 15 % of a strong flow and move a fifth of
 * the usual volume. Parts of a cycle at the ends of the recording are left out.
 *
 * The polarity is never changed by guess: if expiration with its pause, as given, is clearly the shorter part, the finding
 * `airflow-polarity-doubtful` says so. Without breaths fixed windows stand in (source `windows`, finding
 * `no-breaths-found`).
 *
 * @param flow one channel, all finite
 * @param sampleRate Hz
 * @throws CrepitusError `non-finite-sample`, `sample-rate`
 */
export function findCyclesFromAirflow(
  flow: Float32Array,
  sampleRate: number,
  { inspiration = 'positive' }: AirflowOptions = {},
): FoundCycles {
  checkFlow(flow, sampleRate);
  const seconds = flow.length / sampleRate;
  const sign = inspiration === 'positive' ? 1 : -1;
  const steps = smooth(reduced(flow, sampleRate, sign), smoothReach);
  const rough = phasesOf(subtract(steps, runningMean(steps, baselineSeconds * stepsPerSecond)));
  const phases = phasesOf(subtract(steps, baselineOfBreaths(steps, startsOf(rough))));
  const cycles = wholeCycles(phases, seconds);
  if (cycles.length === 0) return windowsInstead(seconds, 'the airflow holds no whole breath');
  const usual = median(cycles.map(cycle => cycle.end - cycle.start));
  if (usual < shortestCycle) {
    return windowsInstead(seconds, `the airflow turns every ${usual.toFixed(1)} s, faster than breath`);
  }
  return {
    source: 'airflow',
    cycles,
    inspirationConfidence: 1,
    findings: polarityFindings(phases, inspiration),
  };
}

function checkFlow(flow: Float32Array, sampleRate: number): void {
  if (!(sampleRate > 0 && Number.isFinite(sampleRate))) {
    throw new CrepitusError(
      'sample-rate',
      `The airflow's sample rate is ${sampleRate}; give it in Hz, above 0.`,
      {
        kind: 'usage',
      },
    );
  }
  const bad = flow.findIndex(value => !Number.isFinite(value));
  if (bad >= 0) {
    throw new CrepitusError(
      'non-finite-sample',
      `Sample ${bad} of the airflow is ${flow[bad]}; samples must be finite.`,
    );
  }
}

/** Means over 20 ms. A rate below 50 Hz repeats its samples. */
function reduced(flow: Float32Array, sampleRate: number, sign: 1 | -1): Float64Array {
  return Float64Array.from({ length: Math.floor((flow.length / sampleRate) * stepsPerSecond) }, (_, step) => {
    const from = Math.floor((step * sampleRate) / stepsPerSecond);
    const to = Math.max(from + 1, Math.floor(((step + 1) * sampleRate) / stepsPerSecond));
    let sum = 0;
    for (let i = from; i < to; i++) sum += flow[i]!;
    return (sign * sum) / (to - from);
  });
}

/** Two running means: a triangular window, which moves no zero crossing of a symmetric course. */
function smooth(values: Float64Array, reach: number): Float64Array {
  return runningMean(runningMean(values, reach >> 1), reach >> 1);
}

/**
 * Phases in alternation. Their borders are where the flow falls to a pause, continued straight to zero: an offset that is
 * left over in a pause does not move them.
 */
function phasesOf(flow: Float64Array): Phase[] {
  const sizes = flow.map(Math.abs).sort();
  const strong = sizes[Math.floor(0.9 * (sizes.length - 1))] ?? 0;
  if (strong === 0) return [];
  const found: Phase[] = [];
  for (let step = 0; step < flow.length; step++) {
    if (Math.abs(flow[step]!) <= passing * strong) continue;
    const sign = Math.sign(flow[step]!);
    let start = step;
    while (start > 0 && sign * flow[start - 1]! > pausing * strong) start--;
    let end = step;
    let volume = 0;
    while (end < flow.length && sign * flow[end]! > pausing * strong) volume += sign * flow[end++]!;
    const rise = ((step - start) * pausing) / (passing - pausing);
    found.push({ inspiration: sign > 0, start: Math.max(0, start - rise), end, volume });
    step = end - 1;
  }
  return alternating(withoutSmall(found));
}

function withoutSmall(phases: readonly Phase[]): Phase[] {
  const usual = (inspiration: boolean): number =>
    median(phases.filter(phase => phase.inspiration === inspiration).map(phase => phase.volume));
  const least = { in: leastVolume * usual(true), out: leastVolume * usual(false) };
  return phases.filter(phase => phase.volume >= (phase.inspiration ? least.in : least.out));
}

/** Phases of one direction that follow one another become one. */
function alternating(phases: readonly Phase[]): Phase[] {
  const joined: Phase[] = [];
  for (const phase of phases) {
    const last = joined.at(-1);
    if (last?.inspiration === phase.inspiration) {
      joined[joined.length - 1] = { ...last, end: phase.end, volume: last.volume + phase.volume };
    } else joined.push(phase);
  }
  return joined;
}

/** Where whole inspirations begin. */
const startsOf = (phases: readonly Phase[]): number[] =>
  phases.filter(phase => phase.inspiration && phase.start > 0).map(phase => Math.round(phase.start));

/** The mean flow of whole breaths, averaged over neighbours, with straight lines from centre to centre and beyond the ends. */
function baselineOfBreaths(flow: Float64Array, starts: readonly number[]): Float64Array {
  const breaths = starts.slice(1).map((_, i) => {
    const first = starts[Math.max(0, i - baselineBreaths)]!;
    const last = starts[Math.min(starts.length - 1, i + 1 + baselineBreaths)]!;
    let sum = 0;
    for (let step = first; step < last; step++) sum += flow[step]!;
    return { centre: (first + last) / 2, mean: sum / (last - first) };
  });
  if (breaths.length === 0) return runningMean(flow, baselineSeconds * stepsPerSecond);
  let right = 1;
  return flow.map((_, step) => {
    while (right < breaths.length - 1 && breaths[right]!.centre <= step) right++;
    const a = breaths[right - 1]!;
    const b = breaths[right] ?? a;
    return b.centre > a.centre
      ? a.mean + ((step - a.centre) / (b.centre - a.centre)) * (b.mean - a.mean)
      : a.mean;
  });
}

/** From inspiration to inspiration; the last one only where its expiration came to an end. */
function wholeCycles(phases: readonly Phase[], seconds: number): Cycle[] {
  const cycles: Cycle[] = [];
  phases.forEach((phase, i) => {
    const expiration = phases[i + 1];
    if (!phase.inspiration || phase.start === 0 || !expiration) return;
    const next = phases[i + 2]?.start;
    const whole = expiration.end < seconds * stepsPerSecond - 1;
    if (next === undefined && !whole) return;
    const inspirationEnd = Math.min(phase.end, expiration.start);
    cycles.push(
      foundCycle(
        phase.start / stepsPerSecond,
        Math.min((next ?? expiration.end) / stepsPerSecond, seconds),
        inspirationEnd / stepsPerSecond,
      ),
    );
  });
  return cycles;
}

function polarityFindings(phases: readonly Phase[], inspiration: 'positive' | 'negative'): Finding[] {
  const ratios = phases.flatMap(({ inspiration, start }, i) => {
    const [expiration, next] = [phases[i + 1], phases[i + 2]];
    if (!inspiration || !expiration || !next) return [];
    return [(expiration.start - start) / (next.start - expiration.start)];
  });
  const ratio = median(ratios);
  if (ratio < doubtfulRatio) return [];
  return [
    {
      code: 'airflow-polarity-doubtful',
      message: `With ${inspiration} flow as inspiration, inspiration with the pause after it lasts ${ratio.toFixed(1)} times as long as expiration with its pause; usually it is shorter, so check the sign of the airflow channel.`,
    },
  ];
}

const subtract = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, i) => value - b[i]!);

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return 0;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
