import type { Adam } from '@crepitus/kernels';
import { type Network, planTraining } from '@crepitus/model';
import * as tf from '@tensorflow/tfjs';
import { focalGamma, focalLoss, l2Penalty, l2Weight } from '../focal-loss.ts';
import type { BatchItem, BatchMaker } from './batches.ts';

export interface TrainedWeights {
  /** Those that get gradients. */
  readonly trainable: readonly tf.Variable[];
  /** Those of them that L2 holds small. */
  readonly kernels: readonly tf.Variable[];
  /** Batch normalisations that use their moving statistics and keep them. */
  readonly frozenBatchNorm: ReadonlySet<string>;
  /** Names of kernels that are not among `trainable`. */
  readonly frozenKernels: ReadonlySet<string>;
}

/** Of a batch, before the step that it was for. */
export interface Losses {
  readonly data: number;
  readonly l2: number;
}

/** The steps of an epoch. */
export interface TrainingSteps {
  step(items: readonly BatchItem[], learningRate: number): Promise<Losses>;
  /** Until then the weights may be elsewhere than in the network. */
  finish(): void;
  dispose(): void;
}

/**
 * Steps of Adam on the focal loss and L2, and of the moving statistics: laid out once where backend and network allow it,
 * elsewhere on tfjs's tape. For one epoch, so that what is laid out does not stand beside what validation takes.
 *
 * @param largest items of the largest batch
 */
export function trainingSteps(
  network: Network,
  weights: TrainedWeights,
  adam: Adam,
  batches: BatchMaker,
  largest: number,
): TrainingSteps {
  const { trainable, frozenBatchNorm } = weights;
  const plan = planTraining(network, {
    trainable,
    frozenBatchNorm,
    adam,
    batch: largest,
    focalGamma,
    l2: l2Weight,
  });
  if (plan !== null) {
    return {
      async step(items, learningRate) {
        batches.draw(
          items,
          batches.shapes.map((_, input) => plan.pictures(input)),
        );
        plan.step(batches.classIndices(items), learningRate);
        return { data: plan.dataLoss, l2: plan.l2Loss };
      },
      finish: () => plan.store(),
      dispose: () => plan.dispose(),
    };
  }
  return {
    async step(items, learningRate) {
      const pictures = batches.pictures(items);
      const indices = batches.classIndices(items);
      const oneHot = tf.tidy(() => tf.cast(tf.oneHot(indices, batches.classes), 'float32')) as tf.Tensor2D;
      const losses = await trainingStep(network, weights, adam, pictures, oneHot, learningRate);
      tf.dispose([...pictures, oneHot]);
      return losses;
    },
    finish() {},
    dispose() {},
  };
}

/**
 * One step on tfjs's tape.
 *
 * @param pictures `[n, rows, bands, 1]`, one tensor per branch; they stay the caller's, as does `oneHot`
 * @param oneHot `[n, classes]`
 * @returns the losses before the step
 */
export async function trainingStep(
  network: Network,
  { trainable, kernels, frozenBatchNorm, frozenKernels }: TrainedWeights,
  adam: Adam,
  pictures: readonly tf.Tensor4D[],
  oneHot: tf.Tensor2D,
  learningRate: number,
): Promise<Losses> {
  const kept: tf.Tensor[] = [];
  const keep = <T extends tf.Tensor>(tensor: T): T => {
    kept.push(tensor);
    return tf.keep(tensor);
  };
  const statistics: { name: string; mean: tf.Tensor1D; variance: tf.Tensor1D }[] = [];
  let data: tf.Scalar | undefined;
  const l2 = tf.tidy(() => keep(l2Penalty(kernels)));
  const { value, grads } = tf.variableGrads(() => {
    const logits = network.forwardTraining(pictures, {
      frozenBatchNorm,
      frozenKernels,
      onBatchStatistics: (name, mean, variance) =>
        statistics.push({ name, mean: keep(mean), variance: keep(variance) }),
    });
    data = keep(focalLoss(logits, oneHot));
    return data;
  }, [...trainable]);
  const gradients = trainable.map(({ name }) => grads[name]!);
  // Its gradient joins the others inside Adam's one pass over the weights.
  const held = new Set(kernels);
  adam.apply(trainable, gradients, {
    learningRate,
    l2: trainable.map(variable => (held.has(variable) ? 2 * l2Weight : 0)),
  });
  for (const { name, mean, variance } of statistics) network.updateMovingStatistics(name, mean, variance);
  const [dataLoss, l2Loss] = await Promise.all([data!.data(), l2.data()]);
  tf.dispose([value, ...gradients, ...kept]);
  return { data: dataLoss[0]!, l2: l2Loss[0]! };
}
