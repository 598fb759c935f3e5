/** The filters of resampling: which steps a ratio takes, and their coefficients. */
import { checkInteger, checkWord } from './check.ts';
import { sineOfTurns } from './elementary.ts';
import { Kept } from './kept.ts';

/**
 * What a resampler keeps and what it removes. `best`: flat to 0.9 of the lower Nyquist frequency, SNR at least 135 dB there,
 * leakage at most -130 dB. `medium`: the same band, 100 dB. `fast`: flat to 0.8, 70 dB.
 */
export type ResampleQuality = 'best' | 'medium' | 'fast';

export interface ResampleOptions {
  /** Default 'best'. */
  quality?: ResampleQuality;
}

/** Kaiser-windowed sinc. */
interface Design {
  /** Length to either side, in samples of the lower rate. */
  halfWidth: number;
  /** Shape of the window. */
  beta: number;
  /** -6 dB here, as a share of the lower rate's Nyquist frequency. */
  cutoff: number;
}

const DESIGNS: Record<ResampleQuality, Design> = {
  best: { halfWidth: 93, beta: 14, cutoff: 0.95 },
  medium: { halfWidth: 65, beta: 10.2, cutoff: 0.95 },
  fast: { halfWidth: 23, beta: 6.9, cutoff: 0.9 },
};

/** A filter that halves the rate: where its transition band is wide enough, most of the work is done at half the price. */
export interface Halving {
  /** Coefficients of samples 1, 3, 5, ... to either side. */
  coefficients: Float32Array;
}

/** The last step, to any ratio. */
export interface Polyphase {
  fromHz: number;
  toHz: number;
  quality: ResampleQuality;
  /** toHz / fromHz = up / down, in lowest terms or, where few phases would leave lanes empty, a multiple of them. */
  up: number;
  down: number;
  /** Coefficients of one output sample; `before` of them lie before its time. */
  taps: number;
  before: number;
  /** Samples that four neighbouring phases read together. */
  span: number;
}

export interface Steps {
  halvings: Halving[];
  polyphase: Polyphase;
}

/** Tables up to this size are kept; larger ones (rates with no common divisor) are made in batches, each time. */
const TABLE_BYTES = 4 * 2 ** 20;

const tables = new Kept<Float32Array>(4);
const allSteps = new Kept<Steps>(8);

/** A halving filter's transition band must be at least this share of the higher rate. */
const LEAST_TRANSITION = 0.04;

/**
 * How a ratio of rates is done: see ../assembly/resample.ts.
 *
 * @throws CrepitusError `parameter-out-of-range`
 */
export function stepsFor(fromHz: number, toHz: number, { quality = 'best' }: ResampleOptions): Steps {
  checkInteger('The input sample rate', fromHz, 1000, 384_000);
  checkInteger('The output sample rate', toHz, 1000, 384_000);
  checkWord('quality', quality, Object.keys(DESIGNS));
  return allSteps.get(`${fromHz}:${toHz}:${quality}`, () => {
    const halvings: Halving[] = [];
    let rate = fromHz;
    for (; rate % 2 === 0 && transition(rate, toHz) >= LEAST_TRANSITION; rate /= 2)
      halvings.push({ coefficients: halvingCoefficients(transition(rate, toHz), DESIGNS[quality].beta) });
    return { halvings, polyphase: polyphaseStep(rate, toHz, quality) };
  });
}

/** From what must be kept (half the last rate) to what would be mirrored there, as a share of the rate to be halved. */
function transition(rate: number, toHz: number): number {
  return (rate / 2 - toHz) / rate;
}

/** Decibels by which a halving's errors stay below those of the last step, so that together they are hardly more. */
const HALVING_MARGIN = 22;

/**
 * Half-band filter: sinc at half the rate times a Kaiser window, its centre 1/2 and every other coefficient else zero. The
 * window's length follows from its attenuation and the transition band (Kaiser's formula).
 */
function halvingCoefficients(transition: number, beta: number): Float32Array {
  const attenuation = beta / 0.1102 + 8.7 + HALVING_MARGIN;
  const sharper = 0.1102 * (attenuation - 8.7);
  const length = (attenuation - 8) / (2.285 * 2 * Math.PI * transition);
  const taps = Math.ceil(length / 4);
  const values = Array.from({ length: taps }, (_, k) => {
    const distance = 2 * k + 1;
    return (sinc(distance / 2) / 2) * kaiser(distance / (2 * taps), sharper);
  });
  // Both sides together hold the other half of the gain.
  const sum = 4 * values.reduce((a, b) => a + b, 0);
  return Float32Array.from(values, v => v / sum);
}

function polyphaseStep(fromHz: number, toHz: number, quality: ResampleQuality): Polyphase {
  const divisor = greatestCommonDivisor(fromHz, toHz);
  const lowest = { up: toHz / divisor, down: fromHz / divisor };
  // Whole groups of four phases, where the odd ones would be a large part.
  const times = lowest.up < 64 ? 4 / greatestCommonDivisor(lowest.up, 4) : 1;
  const [up, down] = [times * lowest.up, times * lowest.down];
  const taps = 2 * Math.round(DESIGNS[quality].halfWidth * Math.max(1, fromHz / toHz));
  const span = taps + Math.floor((3 * down) / up) + 1;
  return { fromHz, toHz, quality, up, down, taps, before: taps / 2 - 1, span };
}

/** The groups of phases first ... last - 1, from the kept tables where the whole table is small enough to be kept. */
export function coefficientTable(step: Polyphase, first: number, last: number): Float32Array {
  const { fromHz, toHz, quality, up, span } = step;
  if (up * span * 4 > TABLE_BYTES) return makeGroups(step, first, last);
  const table = tables.get(`${fromHz}:${toHz}:${quality}`, () => makeGroups(step, 0, up));
  return table.subarray(first * span, Math.ceil(last / 4) * 4 * span);
}

/**
 * For each group of four phases: [sample of the span, phase]. Output m of phase p lies (p * down mod up) / up behind input
 * sample taps / 2 - 1 of those it reads. Each phase sums to 1, so that a constant stays one.
 */
function makeGroups(step: Polyphase, first: number, last: number): Float32Array {
  const { fromHz, toHz, quality, up, down, taps, span } = step;
  const { beta } = DESIGNS[quality];
  const cutoff = DESIGNS[quality].cutoff * Math.min(1, toHz / fromHz);
  const half = taps / 2;
  const groups = new Float32Array(Math.ceil((last - first) / 4) * 4 * span);
  const values = new Float64Array(taps);
  for (let p = first; p < last; p++) {
    const lag = ((p * down) % up) / up;
    let sum = 0;
    for (let k = 0; k < taps; k++) {
      const distance = k - (half - 1) - lag;
      values[k] = sinc(cutoff * distance) * kaiser(distance / half, beta);
      sum += values[k]!;
    }
    const leader = p - (p % 4);
    const shift = Math.floor((p * down) / up) - Math.floor((leader * down) / up);
    const at = (leader - first) * span + (p % 4);
    for (let k = 0; k < taps; k++) groups[at + (shift + k) * 4] = values[k]! / sum;
  }
  return groups;
}

function sinc(x: number): number {
  return x === 0 ? 1 : sineOfTurns(x / 2) / (Math.PI * x);
}

/** Kaiser window at u in [-1, 1], up to a factor: I0(beta sqrt(1 - u^2)) by its power series. */
function kaiser(u: number, beta: number): number {
  if (Math.abs(u) > 1) return 0;
  const quarter = (beta * beta * (1 - u * u)) / 4;
  let term = 1;
  let sum = 1;
  for (let k = 1; term > 1e-18 * sum; k++) {
    term *= quarter / (k * k);
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** Phases whose coefficients are in memory at the same time: a multiple of four. */
export function phasesInTable({ up, span }: Polyphase): number {
  const groups = Math.max(1, Math.floor(TABLE_BYTES / (span * 16)));
  return Math.min(Math.ceil(up / 4), groups) * 4;
}
