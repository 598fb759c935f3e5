/** Class probabilities of one batch by the paper's network: ours with folded batch normalisations, and peers. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { networkFromWeights, onnxModel, paperBlocks, startBackend } from '@crepitus/model';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import type { Candidates, Work } from './serve.ts';
import { BANDS, CLASSES, type Input, networkSpec, ROWS, readInput } from './training-input.ts';

/** The variant is `<batch> <file of the input>`. */
export const inference: Candidates = {
  'crepitus-wasm': variant => ours(...parse(variant), 'plain'),
  'crepitus-wasm fused': variant => ours(...parse(variant), 'fused'),
  'tfjs-wasm predict': variant => tfjsPredict(...parse(variant)),
  'onnxruntime-node 1 thread': variant => onnxruntime(...parse(variant)),
};

function parse(variant: string): [batch: number, input: Input] {
  const [batch, ...file] = variant.split(' ');
  const { weights, pictures } = readInput(file.join(' '));
  return [Number(batch), { weights, pictures: pictures.slice(0, Number(batch) * ROWS * BANDS) }];
}

/** Scores are computed with plain arithmetic; fused shows what that costs. */
async function ours(
  batch: number,
  { weights, pictures }: Input,
  arithmetic: 'plain' | 'fused',
): Promise<Work> {
  await startBackend({ arithmetic });
  const network = networkFromWeights(networkSpec, weights);
  const x = tf.tensor4d(pictures, [batch, ROWS, BANDS, 1]);
  let probabilities: Float32Array = new Float32Array();
  return {
    version: `0.1.0, ${arithmetic}`,
    run() {
      probabilities = tf.tidy(() => tf.softmax(network.forward([x])).dataSync<'float32'>());
    },
    result: () => probabilities,
  };
}

/** The same network as layers of TensorFlow.js, without our kernels. */
async function tfjsPredict(batch: number, { weights, pictures }: Input): Promise<Work> {
  await tf.setBackend('wasm');
  await tf.ready();
  const tensors = new Map(weights.map(({ name, shape, data }) => [name, tf.tensor(data, [...shape])]));
  const values = (layer: string, names: string[]) => names.map(name => tensors.get(`${layer}/${name}`)!);
  const model = tf.sequential();
  for (const [i, filters] of paperBlocks.filters.entries()) {
    const inputShape = i === 0 ? { inputShape: [ROWS, BANDS, 1] } : {};
    const normalisation = tf.layers.batchNormalization({ epsilon: 1e-3, ...inputShape });
    const strides = paperBlocks.strides[i]!;
    const convolution = tf.layers.conv2d({ filters, kernelSize: 3, strides, activation: 'relu' });
    model.add(normalisation);
    model.add(convolution);
    normalisation.setWeights(values(`branch1/block${i + 1}/bn`, ['gamma', 'beta', 'mean', 'variance']));
    convolution.setWeights(values(`branch1/block${i + 1}/conv`, ['kernel', 'bias']));
  }
  model.add(tf.layers.globalAveragePooling2d({}));
  const dense = tf.layers.dense({ units: CLASSES, activation: 'softmax' });
  model.add(dense);
  dense.setWeights(values('dense', ['kernel', 'bias']));
  const x = tf.tensor4d(pictures, [batch, ROWS, BANDS, 1]);
  let probabilities: Float32Array = new Float32Array();
  return {
    version: tf.version.tfjs,
    run() {
      probabilities = tf.tidy(() => (model.predict(x) as tf.Tensor).dataSync<'float32'>());
    },
    result: () => probabilities,
  };
}

interface OnnxRuntime {
  InferenceSession: {
    create(
      model: Uint8Array,
      options: object,
    ): Promise<{
      run(feeds: Record<string, unknown>): Promise<Record<string, { data: Float32Array }>>;
    }>;
  };
  Tensor: new (type: 'float32', data: Float32Array, shape: number[]) => unknown;
}

async function onnxruntime(batch: number, { weights, pictures }: Input): Promise<Work> {
  const folder = join(import.meta.dirname, 'peers', 'onnxruntime');
  if (!existsSync(join(folder, 'node_modules', 'onnxruntime-node'))) {
    throw new Error(
      'onnxruntime-node is not installed (npm ci --ignore-scripts --prefix tooling/bench/peers/onnxruntime)',
    );
  }
  const require = createRequire(join(folder, 'package.json'));
  const { InferenceSession, Tensor } = require('onnxruntime-node') as OnnxRuntime;
  const model = onnxModel({ spec: networkSpec, members: [weights], inputs: ['pictures'] });
  const session = await InferenceSession.create(model, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  const feeds = { pictures: new Tensor('float32', pictures, [batch, ROWS, BANDS, 1]) };
  let probabilities: Float32Array = new Float32Array();
  return {
    version: require('onnxruntime-node/package.json').version,
    async run() {
      probabilities = Float32Array.from((await session.run(feeds)).probabilities!.data);
    },
    result: () => probabilities,
  };
}
