import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers the gradients of tfjs's own ops
import '@tensorflow/tfjs-backend-wasm';
import { Adam, batchNormTrain, convBiasRelu, registerTrainingKernels } from '@crepitus/kernels';
import type { Candidate, Task } from './harness.ts';

const FILTERS = [16, 32, 32, 64, 64, 128, 128];
const STRIDES = [1, 2, 1, 2, 1, 2, 1] as const;
/** Rows of each block's input. */
export const INPUT_HEIGHTS = [257, 255, 127, 125, 62, 60, 29];
const CLASSES = 4;
const BATCH = 32;

export const tasks = [trainStep];

async function trainStep(): Promise<Task> {
  const candidates = [await ours()];
  const skipped: Task['skipped'] = [];
  const pytorch = await pytorchOneThread();
  if (pytorch) candidates.push(pytorch);
  else skipped.push({ name: 'pytorch-1-thread', reason: 'neither python3 nor /usr/bin/python3 has torch' });
  return {
    task: 'train-step',
    variant: `batch ${BATCH}, 257x45, ${CLASSES} classes, Winograd, mul+add`,
    unit: 'cycle',
    unitsPerRun: BATCH,
    candidates,
    skipped,
  };
}

export async function ours(): Promise<Candidate> {
  await tf.setBackend('wasm');
  await tf.ready();
  registerTrainingKernels();
  const step = trainingStep();
  return {
    name: 'crepitus-wasm',
    version: '0.1.0',
    run() {
      const start = performance.now();
      step();
      return performance.now() - start;
    },
  };
}

/** Forward, focal loss (gamma 1), L2, backward, Adam, moving statistics: all that a step of the paper's network does. */
function trainingStep(): () => void {
  let channels = 1;
  const blocks = FILTERS.map((filters, i) => {
    const block = {
      gamma: tf.variable(tf.ones([channels])) as tf.Variable<tf.Rank.R1>,
      beta: tf.variable(tf.zeros([channels])) as tf.Variable<tf.Rank.R1>,
      kernel: tf.variable(glorotUniform([3, 3, channels, filters], i)) as tf.Variable<tf.Rank.R4>,
      bias: tf.variable(tf.zeros([filters])) as tf.Variable<tf.Rank.R1>,
      movingMean: tf.variable(tf.zeros([channels]), false),
      movingVariance: tf.variable(tf.ones([channels]), false),
      stride: STRIDES[i]!,
    };
    channels = filters;
    return block;
  });
  const weights = tf.variable(glorotUniform([channels, CLASSES], FILTERS.length)) as tf.Variable<tf.Rank.R2>;
  const bias = tf.variable(tf.zeros([CLASSES]));
  const kernels = [...blocks.map(block => block.kernel), weights];
  const variables = [...blocks.flatMap(b => [b.gamma, b.beta, b.kernel, b.bias]), weights, bias];
  const x = tf.randomNormal([BATCH, 257, 45, 1], 0, 1, 'float32', 99) as tf.Tensor4D;
  const labels = tf.oneHot(
    Array.from({ length: BATCH }, (_, i) => i % CLASSES),
    CLASSES,
  );
  const adam = new Adam({ learningRate: 1e-4 });

  function loss(): tf.Scalar {
    let y = x;
    for (const { gamma, beta, kernel, bias, movingMean, movingVariance, stride } of blocks) {
      const normalised = batchNormTrain(y, gamma, beta, 1e-3);
      movingMean.assign(tf.add(tf.mul(movingMean, 0.99), tf.mul(normalised.mean, 0.01)));
      movingVariance.assign(tf.add(tf.mul(movingVariance, 0.99), tf.mul(normalised.variance, 0.01)));
      y = convBiasRelu(normalised.y, kernel, bias, stride);
    }
    const logits = tf.add(tf.matMul(tf.mean(y, [1, 2]) as tf.Tensor2D, weights), bias);
    const logP = tf.sum(tf.mul(tf.logSoftmax(logits as tf.Tensor2D), labels), 1);
    const focal = tf.mean(tf.mul(tf.sub(tf.exp(logP), 1), logP));
    const squares = tf.addN(kernels.map(kernel => tf.sum(tf.square(kernel)) as tf.Scalar));
    return tf.add(focal, tf.mul(squares, 0.001)) as tf.Scalar;
  }

  return () => {
    const { value, grads } = tf.variableGrads(loss, variables);
    const gradients = variables.map(({ name }) => grads[name]!);
    adam.apply(variables, gradients);
    tf.dispose([value, ...gradients]);
  };
}

function glorotUniform(shape: number[], seed: number): tf.Tensor {
  const [inputs, outputs] = shape.slice(-2) as [number, number];
  const field = shape.slice(0, -2).reduce((product, size) => product * size, 1);
  const limit = Math.sqrt(6 / (field * (inputs + outputs)));
  return tf.randomUniform(shape, -limit, limit, 'float32', seed);
}

/** PyTorch in a child that lives through all rounds; undefined where no Python has it. */
async function pytorchOneThread(): Promise<Candidate | undefined> {
  const python = ['python3', '/usr/bin/python3'].find(
    path => spawnSync(path, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0,
  );
  if (python === undefined) return undefined;
  const child = spawn(python, [join(import.meta.dirname, 'pytorch-step.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // glibc otherwise gives freed memory back and page-faults it in again at every step: 10 to 20 % slower.
    env: {
      ...process.env,
      MALLOC_MMAP_MAX_: '0',
      MALLOC_TRIM_THRESHOLD_: '17179869184',
      OMP_NUM_THREADS: '1',
    },
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const version = (await lines.next()).value as string;
  return {
    name: 'pytorch-1-thread',
    version,
    async run() {
      child.stdin.write('step\n');
      return Number((await lines.next()).value);
    },
    close: () => child.stdin.end(),
  };
}
