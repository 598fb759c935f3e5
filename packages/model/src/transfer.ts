/** The paper's transfer: every branch starts as the source network's blocks; what is tuned begins at one layer. */
import { CrepitusError } from '@crepitus/dsp';
import type { NamedArray, Network } from './network.ts';

/** `bnK` / `convK`: trainable from that layer of block K on, in every branch (the paper's "2ndBN", "2ndConv"...). */
export const tuningStarts = ['bn2', 'conv2', 'bn3', 'conv3', 'bn4', 'conv4'] as const;
export type TuningStart = (typeof tuningStarts)[number];

/**
 * Which batch normalisations are updated: `all` (the paper: gamma, beta and moving statistics of every one, also in
 * frozen blocks) or `tuned` (only in the trainable part; the others use their moving statistics and keep them).
 */
export const batchNormReadings = ['all', 'tuned'] as const;
export type BatchNormReading = (typeof batchNormReadings)[number];

export interface Trainable {
  /** Names of the weights that get gradients, in the network's order. */
  readonly trainable: readonly string[];
  /** Batch normalisations whose moving statistics are updated, for instance `branch1/block2/bn`. */
  readonly movingStatistics: readonly string[];
  /** Batch normalisations that use their moving statistics: `forwardTraining`'s option. */
  readonly frozenBatchNorm: readonly string[];
}

/**
 * Copies the one branch of a source network (weights and moving statistics of its blocks) into each branch of
 * `target`; the dense layer of `target` stays as it is.
 */
export function transferWeights(source: readonly NamedArray[], target: Network): void {
  if (source.some(({ name }) => name.startsWith('branch2/'))) {
    throw new CrepitusError(
      'transfer-source',
      'A network with several inputs cannot be the source of a transfer; choose a single-input one.',
      { kind: 'usage' },
    );
  }
  const blocks = source.filter(({ name }) => name.startsWith('branch1/'));
  const known = new Set(blocks.map(({ name }) => name));
  const lacking = target.weights.find(({ name }) => name.startsWith('branch1/') && !known.has(name));
  if (lacking !== undefined) {
    throw new CrepitusError(
      'transfer-source',
      `The source network lacks ${lacking.name}; it has other blocks than the target.`,
    );
  }
  target.spec.inputShapes.forEach((_, branch) => {
    target.writeWeights(
      blocks.map(array => ({ ...array, name: array.name.replace('branch1/', `branch${branch + 1}/`) })),
    );
  });
}

/** What a training updates. `start` null: everything (training from scratch). The dense layer is always trained. */
export function trainableWeights(
  network: Network,
  start: TuningStart | null,
  reading: BatchNormReading,
): Trainable {
  const trainable: string[] = [];
  const movingStatistics: string[] = [];
  const frozenBatchNorm: string[] = [];
  for (const { name, kind } of network.weights) {
    const tuned = isTuned(name, start);
    switch (kind) {
      case 'mean':
        (tuned || reading === 'all' ? movingStatistics : frozenBatchNorm).push(
          name.slice(0, -'/mean'.length),
        );
        break;
      case 'variance':
        break;
      case 'gamma':
      case 'beta':
        if (tuned || reading === 'all') trainable.push(name);
        break;
      default:
        if (tuned) trainable.push(name);
    }
  }
  return { trainable, movingStatistics, frozenBatchNorm };
}

/** Whether a weight lies at or after the layer where tuning starts; within a block BN comes before the convolution. */
function isTuned(name: string, start: TuningStart | null): boolean {
  if (start === null || name.startsWith('dense/')) return true;
  const [, startLayer, startBlock] = start.match(/^(bn|conv)(\d)$/)!;
  const [, block, layer] = name.match(/\/block(\d+)\/(bn|conv)\//)!;
  const distance = Number(block) - Number(startBlock);
  return distance > 0 || (distance === 0 && (startLayer === 'bn' || layer === 'conv'));
}
