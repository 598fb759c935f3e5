/**
 * Trainings with @crepitus/kernels whose numbers must be the same in every engine. Everything that enters is made of whole
 * numbers here: the language leaves the last bits of `Math.log` and its like to the engine.
 */
import {
  Adam,
  type Arithmetic,
  batchNormConvRelu,
  batchNormTrain,
  convBiasRelu,
  fusedAvailable,
  registerTrainingKernels,
  TrainingPlan,
} from '@crepitus/kernels';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { digest } from './digest.ts';

export { fusedAvailable };

/** Starts tfjs on WASM and computes something, so that the kernels come to a backend that is at work. */
export async function startBackend({ files, threads }: { files?: string; threads?: boolean } = {}) {
  if (files !== undefined) setWasmPaths(files);
  if (threads !== undefined) tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', threads);
  await tf.setBackend('wasm');
  return tf.tidy(() => [tf.getBackend(), tf.matMul([[1, 2]], [[3], [4]]).dataSync()[0]]);
}

export function register(arithmetic?: Arithmetic | 'auto'): Arithmetic {
  return registerTrainingKernels(arithmetic && { arithmetic });
}

/** What a call throws, instead of throwing it. */
export function refusal(call: () => unknown): string | null {
  try {
    call();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

export interface Trained {
  losses: number[];
  /** Of every byte of the weights, and of the state of the optimizer where it has one of ours. */
  digest: string;
}

/** On pictures of 21x17: every scheme of Winograd's, in one and composed of two. */
const blocks = [
  { channels: 1, filters: 16, stride: 1, inOne: true },
  { channels: 16, filters: 16, stride: 2, inOne: true },
  { channels: 16, filters: 24, stride: 1, inOne: true },
  { channels: 24, filters: 16, stride: 1, inOne: false },
  { channels: 16, filters: 16, stride: 1, inOne: true },
] as const;

/**
 * Blocks of batch normalisation, convolution and ReLU as the package fuses them, a softmax behind them, our Adam: on tfjs's tape, and
 * laid out once.
 */
export function trainFused(arithmetic: Arithmetic, steps = 10): Trained & { planned: Trained } {
  register(arithmetic);
  const random = generator(1);
  const variables: tf.Variable[] = [];
  const variable = (shape: number[], centre: number, spread: number) => {
    const values = Float32Array.from(
      { length: tf.util.sizeFromShape(shape) },
      () => centre + spread * (2 * random() - 1),
    );
    variables.push(tf.variable(tf.tensor(values, shape)));
  };
  for (const { channels, filters } of blocks) {
    variable([channels], 1, 0.25);
    variable([channels], 0, 0.25);
    variable([3, 3, channels, filters], 0, Math.sqrt(6 / (9 * channels)));
    variable([filters], 0, 0.125);
  }
  variable([16, 2], 0, 0.5);
  const { x, y } = stripes(16);
  const planned = trainPlanned(variables, x, y, steps);
  const adam = new Adam({ learningRate: 2 ** -8 });

  const loss = () => {
    let signal = x;
    for (const [i, { stride, inOne }] of blocks.entries()) {
      const [gamma, beta, filter, bias] = variables.slice(4 * i, 4 * i + 4) as tf.Tensor[] as [
        tf.Tensor1D,
        tf.Tensor1D,
        tf.Tensor4D,
        tf.Tensor1D,
      ];
      const epsilon = 2 ** -10;
      signal = inOne
        ? batchNormConvRelu(signal, { gamma, beta, filter, bias }, { stride, epsilon, inputIsRelu: i > 0 }).y
        : convBiasRelu(batchNormTrain(signal, gamma, beta, epsilon).y, filter, bias, stride);
    }
    const scores = tf.matMul(tf.mean(signal, [1, 2]), variables.at(-1)! as tf.Tensor as tf.Tensor2D);
    return tf.losses.softmaxCrossEntropy(y, scores) as tf.Scalar;
  };
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const { value, grads } = tf.variableGrads(loss, variables);
    adam.apply(
      variables,
      variables.map(({ name }) => grads[name]!),
    );
    losses.push(value.dataSync()[0]!);
    tf.dispose([value, grads]);
  }
  const trained = { losses, digest: digest([weightsOf(variables), adam.state()]) };
  adam.dispose();
  tf.dispose([x, y, variables]);
  return { ...trained, planned };
}

/** The blocks with these weights, which stay as they are; two pictures fewer at every other step. */
function trainPlanned(
  weights: readonly tf.Variable[],
  x: tf.Tensor4D,
  y: tf.Tensor2D,
  steps: number,
): Trained {
  const own: tf.Variable[] = [];
  const variable = <R extends tf.Rank>(value: tf.Tensor) => {
    const made = tf.tidy(() => tf.variable(tf.tensor(value.dataSync(), value.shape)));
    own.push(made);
    return made as tf.Variable<R>;
  };
  const filled = (size: number, value: number) => {
    const tensor = tf.fill([size], value);
    const made = variable<tf.Rank.R1>(tensor);
    tensor.dispose();
    return made;
  };
  const network = {
    branches: [
      {
        height: size[0],
        width: size[1],
        blocks: blocks.map(({ channels, stride }, i) => {
          const [gamma, beta, filter, bias] = weights.slice(4 * i, 4 * i + 4) as tf.Tensor[];
          return {
            gamma: variable<tf.Rank.R1>(gamma!),
            beta: variable<tf.Rank.R1>(beta!),
            filter: variable<tf.Rank.R4>(filter!),
            bias: variable<tf.Rank.R1>(bias!),
            mean: filled(channels, 0),
            variance: filled(channels, 1),
            stride,
            statistics: 'batch' as const,
          };
        }),
      },
    ],
    dense: {
      kernel: variable<tf.Rank.R2>(weights.at(-1)!),
      bias: filled(2, 0),
    },
  };
  const moving = new Set<tf.Variable>(
    network.branches[0]!.blocks.flatMap(({ mean, variance }) => [mean, variance]),
  );
  const adam = new Adam({ learningRate: 2 ** -8 });
  const plan = new TrainingPlan(network, {
    batch: x.shape[0],
    trainable: own.filter(each => !moving.has(each)),
    adam,
    epsilon: 2 ** -10,
    momentum: 0.75,
    focalGamma: 1,
    l2: 2 ** -10,
  });
  plan.pictures(0).set(x.dataSync());
  const labels = Array.from(tf.tidy(() => tf.argMax(y, 1).dataSync()));
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    plan.step(step % 2 === 0 ? labels : labels.slice(0, -2), 2 ** -8);
    losses.push(plan.dataLoss + plan.l2Loss);
  }
  plan.store();
  const trained = { losses, digest: digest([weightsOf(own), adam.state()]) };
  plan.dispose();
  adam.dispose();
  tf.dispose(own);
  return trained;
}

export const optimizers = {
  sgd: () => tf.train.sgd(0.2),
  momentum: () => tf.train.momentum(0.05, 0.9),
  rmsprop: () => tf.train.rmsprop(0.004),
  adagrad: () => tf.train.adagrad(0.05),
  adam: () => tf.train.adam(0.02),
  adamax: () => tf.train.adamax(0.02),
};

export interface Fitted extends Trained {
  /** How often each callback came. */
  calls: Record<string, number>;
  accuracy: number;
}

/** A LayersModel, which knows nothing of the kernels, trained by `model.fit` from seeded weights. */
export async function fit(optimizer: keyof typeof optimizers, epochs = 6): Promise<Fitted> {
  const weights = (seed: number) => tfl.initializers.heUniform({ seed });
  const model = tfl.sequential({
    layers: [
      tfl.layers.conv2d({
        inputShape: [...size, 1],
        filters: 8,
        kernelSize: 3,
        activation: 'relu',
        kernelInitializer: weights(1),
      }),
      tfl.layers.maxPooling2d({ poolSize: 2 }),
      tfl.layers.batchNormalization(),
      tfl.layers.conv2d({
        filters: 16,
        kernelSize: 3,
        strides: 2,
        padding: 'same',
        activation: 'relu',
        kernelInitializer: weights(2),
      }),
      tfl.layers.globalAveragePooling2d({}),
      tfl.layers.dense({ units: 2, activation: 'softmax', kernelInitializer: weights(3) }),
    ],
  });
  model.compile({
    optimizer: optimizers[optimizer](),
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy'],
  });
  const { x, y } = stripes(48);
  const calls: Record<string, number> = {};
  const count = (name: string) => async () => {
    calls[name] = (calls[name] ?? 0) + 1;
  };
  const { history } = await model.fit(x, y, {
    epochs,
    batchSize: 16,
    shuffle: false, // tfjs shuffles by Math.random
    verbose: 0,
    callbacks: {
      onTrainBegin: count('onTrainBegin'),
      onEpochEnd: count('onEpochEnd'),
      onBatchEnd: count('onBatchEnd'),
      onTrainEnd: count('onTrainEnd'),
    },
  });
  const fitted = {
    losses: history.loss as number[],
    accuracy: (history.acc as number[]).at(-1)!,
    calls,
    digest: digest(weightsOf(model.getWeights())),
  };
  model.dispose();
  tf.dispose([x, y]);
  return fitted;
}

const size = [21, 17] as const;

/** Pictures with stripes across or along, and noise; [count, 21, 19, 1] and one-hot [count, 2]. */
function stripes(count: number): { x: tf.Tensor4D; y: tf.Tensor2D } {
  const random = generator(2);
  const [height, width] = size;
  const pixels = new Float32Array(count * height * width);
  const labels = Array.from({ length: count }, () => Math.floor(2 * random()));
  for (let i = 0; i < pixels.length; i++) {
    const [row, column] = [Math.floor(i / width) % height, i % width];
    const along = labels[Math.floor(i / (height * width))] === 1 ? row : column;
    pixels[i] = (along % 4 < 2 ? 0.5 : -0.5) + 2 * random() - 1;
  }
  return {
    x: tf.tensor4d(pixels, [count, height, width, 1]),
    y: tf.tensor2d(
      labels.flatMap(label => [1 - label, label]),
      [count, 2],
    ),
  };
}

/** Multiples of 2^-24 in [0, 1), which a float32 holds exactly. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 8) / 2 ** 24;
  };
}

const weightsOf = (tensors: readonly tf.Tensor[]) => tensors.map(tensor => tensor.dataSync());
