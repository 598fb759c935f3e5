import { type Adam, type PlannedBlock, TrainingPlan } from '@crepitus/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { batchNormEpsilon, batchNormMomentum, type Network, paperBlocks } from './network.ts';

export interface PlanTrainingOptions {
  /** Pictures of the largest batch. */
  readonly batch: number;
  /** In the order of the network's weights. */
  readonly trainable: readonly tf.Variable[];
  /** Batch normalisations (`branch1/block2/bn`) that use their moving statistics and keep them. */
  readonly frozenBatchNorm: ReadonlySet<string>;
  readonly adam: Adam;
  /** Of the focal loss. */
  readonly focalGamma: number;
  /** Weight of the squared trainable kernels in the loss. */
  readonly l2: number;
}

/**
 * The training step of a network, laid out once; null where the backend in use, or the network's filters, are none that
 * `TrainingPlan` serves.
 *
 * @throws Error one sentence: that of `TrainingPlan`'s constructor
 */
export function planTraining(
  network: Network,
  { frozenBatchNorm, ...options }: PlanTrainingOptions,
): TrainingPlan | null {
  const { filters, strides } = network.spec.blocks ?? paperBlocks;
  if (!TrainingPlan.serves(tf.getBackend(), filters)) return null;
  const variables = new Map(network.weights.map(({ name, variable }) => [name, variable]));
  const vector = (name: string) => variables.get(name) as tf.Variable<tf.Rank.R1>;
  const branches = network.spec.inputShapes.map(([height, width], branch) => ({
    height,
    width,
    blocks: strides.map((stride, i): PlannedBlock => {
      const block = `branch${branch + 1}/block${i + 1}`;
      return {
        gamma: vector(`${block}/bn/gamma`),
        beta: vector(`${block}/bn/beta`),
        mean: vector(`${block}/bn/mean`),
        variance: vector(`${block}/bn/variance`),
        filter: variables.get(`${block}/conv/kernel`) as tf.Variable<tf.Rank.R4>,
        bias: vector(`${block}/conv/bias`),
        stride,
        statistics: frozenBatchNorm.has(`${block}/bn`) ? 'moving' : 'batch',
      };
    }),
  }));
  const dense = {
    kernel: variables.get('dense/kernel') as tf.Variable<tf.Rank.R2>,
    bias: vector('dense/bias'),
  };
  return new TrainingPlan(
    { branches, dense },
    { ...options, epsilon: batchNormEpsilon, momentum: batchNormMomentum },
  );
}
