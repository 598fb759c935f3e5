/** A training step of the paper's network, as a run of the lab does it. */
import { Adam } from '@crepitus/kernels';
import { bestArithmetic, networkFromWeights, planTraining, startBackend } from '@crepitus/model';
import { startWebgpu } from '@crepitus/model/node';
import * as tf from '@tensorflow/tfjs';
import { focalGamma, l2Weight } from '../../packages/lab/src/focal-loss.ts';
import { type TrainedWeights, trainingStep } from '../../packages/lab/src/train/training-step.ts';
import type { Candidates, Work } from './serve.ts';
import { BANDS, BATCH, CLASSES, type Input, networkSpec, ROWS, readInput } from './training-input.ts';

const LEARNING_RATE = 1e-4;
/** Losses that show that two candidates do the same: later ones tell rounding apart. */
const COMPARED_STEPS = 2;

/** The variant is the file of the input. */
export const trainStep: Candidates = {
  'crepitus-wasm': async file => {
    await startBackend({ arithmetic: bestArithmetic() });
    return stepWork(readInput(file), `0.1.0, ${bestArithmetic()}`);
  },
  'crepitus-wasm plain': async file => {
    await startBackend({ arithmetic: 'plain' });
    return stepWork(readInput(file), '0.1.0, plain');
  },
  webgpu: async file => {
    const { name, software } = await startWebgpu();
    if (software)
      throw new Error(
        `there is no graphics card, only a software adapter (${name}), which takes minutes for a step; that training is right there is tested in packages/lab/src/train/webgpu.test.ts`,
      );
    return stepWork(readInput(file), `0.1.0, ${name}`);
  },
};

/** On the backend that is in use. */
export function stepWork({ weights, pictures }: Input, version: string): Work {
  const network = networkFromWeights(networkSpec, weights);
  const trained = network.weights.filter(({ kind }) => kind !== 'mean' && kind !== 'variance');
  const trainedWeights: TrainedWeights = {
    trainable: trained.map(({ variable }) => variable),
    kernels: trained.filter(({ kind }) => kind === 'kernel').map(({ variable }) => variable),
    frozenBatchNorm: new Set(),
    frozenKernels: new Set(),
  };
  const adam = new Adam({ learningRate: LEARNING_RATE });
  const classes = Array.from({ length: BATCH }, (_, i) => i % CLASSES);
  const losses: number[] = [];
  const result = () => Float32Array.from(losses.slice(0, COMPARED_STEPS));
  const plan = planTraining(network, {
    ...trainedWeights,
    adam,
    batch: BATCH,
    focalGamma,
    l2: l2Weight,
  });
  if (plan !== null) {
    plan.load();
    plan.pictures(0).set(pictures);
    return {
      version,
      async run() {
        plan.step(classes, LEARNING_RATE);
        losses.push(plan.dataLoss + plan.l2Loss);
      },
      result,
    };
  }
  const x = tf.tensor4d(pictures, [BATCH, ROWS, BANDS, 1]);
  const oneHot = tf.oneHot(classes, CLASSES) as tf.Tensor2D;
  return {
    version,
    async run() {
      const { data, l2 } = await trainingStep(network, trainedWeights, adam, [x], oneHot, LEARNING_RATE);
      losses.push(data + l2);
    },
    result,
  };
}
