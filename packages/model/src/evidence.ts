/**
 * Where in time a network found what speaks for crackle. Global average pooling followed by a dense layer makes the
 * class activation exact (Zhou et al., CVPR 2016): a logit is the sum over the positions of the last block's output.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { FrontEnd } from './front-end.ts';
import type { Network } from './network.ts';

export interface Evidence {
  readonly kind: 'time';
  /** Seconds. */
  readonly start: number;
  readonly end: number;
  /** What the segment adds to the logit of the score; positive: towards crackle. */
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
 * Contributions to the logit of one cycle's score, `log(crackle + both) - log(normal)` in probabilities: over all
 * positions of all branches and the offset they sum to it. `pictures`: `[1, rows, bands, 1]` per branch.
 */
export function classActivation(
  network: Network,
  pictures: readonly tf.Tensor4D[],
  classes: CrackleClasses,
): Activation {
  const weight = (name: string) => network.weights.find(weight => weight.name === name)!.variable.dataSync();
  const [kernel, bias] = [weight('dense/kernel'), weight('dense/bias')];
  const classCount = network.spec.classes;
  const { features, logits } = tf.tidy(() => {
    const tensors = network.features(pictures);
    return {
      features: tensors.map(tensor => ({ shape: tensor.shape, data: tensor.dataSync() })),
      logits: network.logits(tensors).dataSync(),
    };
  });
  const { shares, entropy } = sharesOf(classes.crackle.map(index => logits[index]!));
  const towardsCrackle = (values: ArrayLike<number>, from: number) =>
    classes.crackle.reduce((sum, index, i) => sum + shares[i]! * values[from + index]!, 0) -
    values[from + classes.normal]!;

  let channelsBefore = 0;
  const branches = features.map(({ shape: [, height, width, channels], data }) => {
    const directions = Float64Array.from({ length: channels }, (_, channel) =>
      towardsCrackle(kernel, (channelsBefore + channel) * classCount),
    );
    channelsBefore += channels;
    return Float64Array.from({ length: height }, (_, row) => {
      let sum = 0;
      for (let i = 0; i < width * channels; i++) {
        sum += data[row * width * channels + i]! * directions[i % channels]!;
      }
      return sum / (height * width);
    });
  });
  return { branches, offset: towardsCrackle(bias, 0) + entropy };
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

/**
 * The segments that speak for crackle: where the sum of the densities is positive and at least half of its maximum,
 * neighbours merged. The weight is the sum's integral over the segment.
 */
export function evidenceSegments(densities: readonly TimeDensity[]): Evidence[] {
  const edges = [...new Set(densities.flatMap(density => density.edges))].sort((a, b) => a - b);
  const cells = edges.slice(1).map((end, i) => {
    const start = edges[i]!;
    const density = densities.reduce((sum, each) => sum + densityAt(each, (start + end) / 2), 0);
    return { start, end, density };
  });
  const least = Math.max(...cells.map(cell => cell.density)) / 2;
  const segments: Evidence[] = [];
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

function densityAt({ edges, densities }: TimeDensity, seconds: number): number {
  const cell = edges.findIndex(edge => edge > seconds) - 1;
  return densities[cell] ?? 0;
}
