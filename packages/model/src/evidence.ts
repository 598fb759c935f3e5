/**
 * What a score rests on. In time: global average pooling followed by a dense layer makes the class activation exact (Zhou
 * et al., CVPR 2016): a logit is the sum over the positions of the last block's output. In frequency, over which the last
 * block looks at once: by hiding one band after another and scoring anew (Zeiler and Fergus, ECCV 2014).
 */
import { melFilterbank } from '@crepitus/dsp';
import type * as tf from '@tensorflow/tfjs-core';
import type { FrontEnd } from './front-end.ts';
import type { Network } from './network.ts';

export type Evidence = TimeEvidence | BandEvidence;

export interface TimeEvidence {
  readonly kind: 'time';
  /** Seconds. */
  readonly start: number;
  readonly end: number;
  /** What the segment adds to the logit of the score; positive: towards crackle. */
  readonly weight: number;
}

export interface BandEvidence {
  readonly kind: 'band';
  /** Hz. */
  readonly low: number;
  readonly high: number;
  /** By how much the logit of the score falls when nothing happens in the band; positive: it speaks for crackle. */
  readonly weight: number;
}

export interface Activation {
  /** Per branch: what each position in time of its last block adds to the logit of the score. */
  readonly branches: readonly Float64Array[];
  /** What no position accounts for: the dense layer's biases and, with four classes, how crackle and both share. */
  readonly offset: number;
}

/** Which outputs of a network mean what. `crackle` has one or two entries (crackle, both). */
export interface CrackleClasses {
  readonly normal: number;
  readonly crackle: readonly number[];
}

/**
 * Contributions to the logits of the scores of several cycles, `log(crackle + both) - log(normal)` in probabilities: over
 * all positions of all branches and the offset they sum to it.
 *
 * @param features what `Network.features` gives for the cycles' pictures
 * @param logits `[cycles, classes]`, of `Network.logits`
 */
export async function classActivations(
  network: Network,
  features: readonly tf.Tensor4D[],
  logits: Float32Array,
  classes: CrackleClasses,
): Promise<Activation[]> {
  const weight = (name: string) => network.weights.find(weight => weight.name === name)!.variable.data();
  const [kernel, bias] = await Promise.all([weight('dense/kernel'), weight('dense/bias')]);
  const outputs = await Promise.all(
    features.map(async tensor => ({ shape: tensor.shape, data: (await tensor.data()) as Float32Array })),
  );
  const classCount = network.spec.classes;
  return Array.from({ length: logits.length / classCount }, (_, cycle) => {
    const { shares, entropy } = sharesOf(classes.crackle.map(index => logits[cycle * classCount + index]!));
    const towardsCrackle = (values: ArrayLike<number>, from: number) =>
      classes.crackle.reduce((sum, index, i) => sum + shares[i]! * values[from + index]!, 0) -
      values[from + classes.normal]!;

    let channelsBefore = 0;
    const branches = outputs.map(({ shape: [, height, width, channels], data }) => {
      const directions = Float64Array.from({ length: channels }, (_, channel) =>
        towardsCrackle(kernel, (channelsBefore + channel) * classCount),
      );
      channelsBefore += channels;
      return Float64Array.from({ length: height }, (_, row) => {
        const from = (cycle * height + row) * width * channels;
        let sum = 0;
        for (let i = 0; i < width * channels; i++) sum += data[from + i]! * directions[i % channels]!;
        return sum / (height * width);
      });
    });
    return { branches, offset: towardsCrackle(bias, 0) + entropy };
  });
}

/**
 * `log(sum(exp(logits)))` as a weighted mean of the logits plus an entropy: `sum(q z) + H(q)` with `q = softmax(z)`.
 */
function sharesOf(logits: readonly number[]): { shares: number[]; entropy: number } {
  const highest = Math.max(...logits);
  const powers = logits.map(logit => Math.exp(logit - highest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  const shares = powers.map(power => power / total);
  return {
    shares,
    entropy: -shares.reduce((sum, share) => sum + (share > 0 ? share * Math.log(share) : 0), 0),
  };
}

/** Contributions spread over time: between two edges (seconds) the density (logit per second) is constant. */
export interface TimeDensity {
  /** One more than densities, rising. */
  readonly edges: readonly number[];
  readonly densities: readonly number[];
}

/**
 * One branch's contributions on the time axis of its piece. A position stands for the moments that are nearer to the
 * centre of its receptive field than to any other's; what lies in the padding, after the piece, is left out.
 *
 * @param piece where the piece begins, and its length without padding, in seconds
 */
export function timeDensity(
  contributions: Float64Array,
  strides: readonly number[],
  frontEnd: FrontEnd,
  { start, seconds }: { readonly start: number; readonly seconds: number },
): TimeDensity {
  const { hop, maximumOver, windowLength, sampleRate } = frontEnd;
  // In picture rows: a 3-wide kernel reaches one (strided) row to either side.
  let step = 1;
  let centre = 0;
  for (const stride of strides) {
    centre += step;
    step *= stride;
  }
  const secondsOfRow = (row: number) =>
    (row * hop * maximumOver + ((maximumOver - 1) * hop + windowLength) / 2) / sampleRate;
  const edges = [start];
  const densities: number[] = [];
  for (let position = 0; position < contributions.length; position++) {
    const from = position === 0 ? 0 : secondsOfRow(centre + (position - 0.5) * step);
    const last = position === contributions.length - 1;
    const until = last
      ? Math.max(seconds, from + (step * hop * maximumOver) / sampleRate)
      : secondsOfRow(centre + (position + 0.5) * step);
    if (from >= seconds) break;
    edges.push(start + Math.min(until, seconds));
    densities.push(contributions[position]! / (until - from));
  }
  return { edges, densities };
}

/** The same in seconds of the recording; what lies in the padding after the cycle's end is cut off. */
export function inRecording<Piece extends Evidence>(
  piece: Piece,
  { start, end }: { readonly start: number; readonly end: number },
): Piece {
  if (piece.kind === 'band') return piece;
  return { ...piece, start: start + piece.start, end: Math.min(start + piece.end, end) };
}

/**
 * The segments that speak for crackle: where the sum of the densities is positive and at least half of its maximum,
 * neighbours merged. The weight is the sum's integral over the segment.
 */
export function evidenceSegments(densities: readonly TimeDensity[]): TimeEvidence[] {
  const edges = [...new Set(densities.flatMap(density => density.edges))].sort((a, b) => a - b);
  const cells = edges.slice(1).map((end, i) => {
    const start = edges[i]!;
    const density = densities.reduce((sum, each) => sum + densityAt(each, (start + end) / 2), 0);
    return { start, end, density };
  });
  const least = Math.max(...cells.map(cell => cell.density)) / 2;
  const segments: TimeEvidence[] = [];
  for (const { start, end, density } of cells) {
    if (density <= 0 || density < least) continue;
    const weight = density * (end - start);
    const before = segments.at(-1);
    if (before?.end === start) {
      segments[segments.length - 1] = { ...before, end, weight: before.weight + weight };
    } else {
      segments.push({ kind: 'time', start, end, weight });
    }
  }
  return segments;
}

/** Class activation of a cycle, branches added up, in steps of equal length from its start; the last may be shorter. */
export interface ActivationOverTime {
  /** Seconds. */
  readonly step: number;
  /** What each step adds to the logit of the score, per second. */
  readonly values: number[];
}

/** Seconds; a position of the last block stands for 0.26 s. */
const activationStep = 0.1;

/** @param span the cycle's start and end on the densities' axis, in seconds */
export function activationOverTime(
  densities: readonly TimeDensity[],
  { start, end }: { readonly start: number; readonly end: number },
): ActivationOverTime {
  const steps = Math.max(1, Math.ceil((end - start) / activationStep - 1e-6));
  const values = Array.from({ length: steps }, (_, i) => {
    const from = start + i * activationStep;
    const to = Math.min(from + activationStep, end);
    const sum = densities.reduce((sum, density) => sum + integral(density, from, to), 0);
    return Number((sum / (to - from)).toFixed(3));
  });
  return { step: activationStep, values };
}

function integral({ edges, densities }: TimeDensity, from: number, to: number): number {
  return densities.reduce((sum, density, i) => {
    const width = Math.min(to, edges[i + 1]!) - Math.max(from, edges[i]!);
    return width > 0 ? sum + density * width : sum;
  }, 0);
}

/** Neighbouring mel bands that are hidden together. */
export interface HiddenBand {
  /** Mel bands `[from, to)`. */
  readonly from: number;
  readonly to: number;
  /** Hz, where the next band begins to weigh more. */
  readonly low: number;
  readonly high: number;
}

/** How many bands the range of a picture is divided into. */
const hiddenBandCount = 9;

/** The bands of a picture that evidence is asked for: as many mel bands in each, none left out. */
export function hiddenBands(frontEnd: FrontEnd): HiddenBand[] {
  const { melBands, lowHz, highHz } = frontEnd;
  const { edgesHz } = melFilterbank({ ...frontEnd, onWarning: () => {} });
  const count = Math.min(hiddenBandCount, melBands);
  // Triangles overlap: band b begins to outweigh b - 1 midway between their centres, edges b and b + 1.
  const borderBefore = (band: number) =>
    Math.round(band === 0 ? lowHz : band === melBands ? highHz : (edgesHz[band]! + edgesHz[band + 1]!) / 2);
  return Array.from({ length: count }, (_, i) => {
    const from = Math.floor((i * melBands) / count);
    const to = Math.floor(((i + 1) * melBands) / count);
    return { from, to, low: borderBefore(from), high: borderBefore(to) };
  });
}

/**
 * A copy of a picture in which nothing happens in a band: each of its mel bands stays at its own mean over the first
 * `rows` rows. What rises and falls is gone; the colour of the sound stays, so that the rest is still one that the network
 * knows.
 *
 * @param picture `[rows or more, bands]`
 */
export function withoutBand(
  picture: Float32Array,
  rows: number,
  bands: number,
  { from, to }: Pick<HiddenBand, 'from' | 'to'>,
): Float32Array {
  const hidden = picture.slice();
  for (let band = from; band < to; band++) {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += picture[row * bands + band]!;
    for (let row = 0; row < rows; row++) hidden[row * bands + band] = sum / rows;
  }
  return hidden;
}

function densityAt({ edges, densities }: TimeDensity, seconds: number): number {
  const cell = edges.findIndex(edge => edge > seconds) - 1;
  return densities[cell] ?? 0;
}
