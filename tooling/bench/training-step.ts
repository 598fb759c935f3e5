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

/** On the backend that is in use, laid out once where that can be. */
export function stepWork(input: Input, version: string): Work {
  const { network, trainedWeights, adam, classes } = start(input);
  const plan = planTraining(network, { ...trainedWeights, adam, batch: BATCH, focalGamma, l2: l2Weight });
  if (plan === null) return tapeWork(input, version);
  plan.pictures(0).set(input.pictures);
  return work(version, async () => {
    plan.step(classes, LEARNING_RATE);
    return plan.dataLoss + plan.l2Loss;
  });
}

/** On the backend that is in use, on tfjs's tape. */
export function tapeWork(input: Input, version: string): Work {
  const { network, trainedWeights, adam, classes } = start(input);
  const x = tf.tensor4d(input.pictures, [BATCH, ROWS, BANDS, 1]);
  const oneHot = tf.oneHot(classes, CLASSES) as tf.Tensor2D;
  return work(version, async () => {
    const { data, l2 } = await trainingStep(network, trainedWeights, adam, [x], oneHot, LEARNING_RATE);
    return data + l2;
  });
}

function start({ weights }: Input) {
  const network = networkFromWeights(networkSpec, weights);
  const trained = network.weights.filter(({ kind }) => kind !== 'mean' && kind !== 'variance');
  const trainedWeights: TrainedWeights = {
    trainable: trained.map(({ variable }) => variable),
    kernels: trained.filter(({ kind }) => kind === 'kernel').map(({ variable }) => variable),
    frozenBatchNorm: new Set(),
    frozenKernels: new Set(),
  };
  const adam = new Adam({ learningRate: LEARNING_RATE });
  return { network, trainedWeights, adam, classes: Array.from({ length: BATCH }, (_, i) => i % CLASSES) };
}

/** @param step gives its loss */
function work(version: string, step: () => Promise<number>): Work {
  const losses: number[] = [];
  return {
    version,
    async run() {
      const loss = await step();
      if (losses.length < COMPARED_STEPS) losses.push(loss);
    },
    result: () => Float32Array.from(losses),
  };
}
