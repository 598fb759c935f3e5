import type * as tfTypes from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** Gamma of the focal loss (the paper's); `focalLoss` and `focalLossOf` have it written out. */
export const focalGamma = 1;

/** Weight of the squared kernels in the loss (design section 7). */
export const l2Weight = 0.001;

/**
 * Focal loss with gamma 1 over the softmax: `mean(-(1 - p_t) log p_t)`, without class weights (Lin et al. 2017, with
 * the paper's gamma). From logits, so that a probability of 0 has a finite loss.
 *
 * @param logits [batch, classes]
 * @param oneHot [batch, classes], 1 at the true class
 * @returns a scalar, in nats
 */
export function focalLoss(logits: tfTypes.Tensor2D, oneHot: tfTypes.Tensor2D): tfTypes.Scalar {
  const logTrue = tf.sum(tf.mul(tf.logSoftmax(logits), oneHot), 1);
  return tf.mean(tf.mul(tf.sub(tf.exp(logTrue), 1), logTrue)) as tfTypes.Scalar;
}

/** `0.001 * sum(w^2)` over the given kernels: the trainable ones of convolutions and dense layers, no biases, no BN. */
export function l2Penalty(kernels: readonly tfTypes.Tensor[]): tfTypes.Scalar {
  const sums = kernels.map(kernel => tf.sum(tf.square(kernel)));
  // One by one: the addN of tfjs-webgpu asks for more buffers than its device has from 8 on, and gives what was in memory.
  return tf.mul(
    sums.reduce((total, sum) => tf.add(total, sum)),
    l2Weight,
  ) as tfTypes.Scalar;
}

/**
 * The same focal loss of predictions that have left the backend: mean over rows of class probabilities.
 *
 * @param probabilities one array of class probabilities per cycle
 * @param classes the true class of each
 */
export function focalLossOf(probabilities: readonly ArrayLike<number>[], classes: readonly number[]): number {
  let sum = 0;
  probabilities.forEach((row, i) => {
    const p = Math.max(row[classes[i] as number] as number, Number.MIN_VALUE);
    sum -= (1 - p) * Math.log(p);
  });
  return sum / probabilities.length;
}
