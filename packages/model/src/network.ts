import { CrepitusError, randomStream } from '@crepitus/dsp';
import { batchNormConvRelu, batchNormTrain, convBiasRelu } from '@crepitus/kernels';
import * as tf from '@tensorflow/tfjs-core';

/** Filters and strides of the blocks, first block first. */
export interface Blocks {
  readonly filters: readonly number[];
  readonly strides: readonly (1 | 2)[];
}

/** The paper's seven blocks (the strides are inferred, see docs/decisions.md). */
export const paperBlocks: Blocks = {
  filters: [16, 32, 32, 64, 64, 128, 128],
  strides: [1, 2, 1, 2, 1, 2, 1],
};

export interface NetworkSpec {
  /** `[rows, bands]` of the picture that each branch sees; one branch per entry. */
  readonly inputShapes: readonly (readonly [rows: number, bands: number])[];
  readonly classes: number;
  /** Default: the paper's. */
  readonly blocks?: Blocks;
}

/** Weights outside the engine: what files, transfer and tests hold. */
export interface NamedArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export type WeightKind = 'kernel' | 'bias' | 'gamma' | 'beta' | 'mean' | 'variance';

export interface Weight {
  /** For instance `branch1/block3/conv/kernel`, `branch2/block1/bn/gamma`, `dense/bias`; numbers start at 1. */
  readonly name: string;
  readonly kind: WeightKind;
  readonly variable: tf.Variable;
}

export interface TrainingOptions {
  /** Batch normalisations (`branch1/block2/bn`) that use their moving statistics instead of the batch's. */
  readonly frozenBatchNorm: ReadonlySet<string>;
  /** Names of the kernels that get no gradient (`branch1/block2/conv/kernel`), which makes them cheaper; default: none. */
  readonly frozenKernels?: ReadonlySet<string>;
  /** Called for every other one with the batch's statistics; the tensors live until the enclosing tidy ends. */
  readonly onBatchStatistics: (batchNorm: string, mean: tf.Tensor1D, variance: tf.Tensor1D) => void;
}

/** Added to the variance by every batch normalisation. */
export const batchNormEpsilon = 1e-3;
/** Of the moving statistics, per step. */
export const batchNormMomentum = 0.99;

interface Block {
  readonly batchNorm: string;
  readonly kernelName: string;
  readonly stride: 1 | 2;
  readonly gamma: tf.Tensor1D;
  readonly beta: tf.Tensor1D;
  readonly mean: tf.Tensor1D;
  readonly variance: tf.Tensor1D;
  readonly kernel: tf.Tensor4D;
  readonly bias: tf.Tensor1D;
}

/** A block's convolution with its batch normalisation folded in. */
interface FoldedBlock {
  readonly kernel: tf.Tensor4D;
  readonly bias: tf.Tensor1D;
  /** The data that it was made from: assigning a variable gives it other data. */
  readonly from: readonly object[];
}

/** Name, kind and shape of every weight of a network, in its order; needs no backend. */
function weightShapes(spec: NetworkSpec): { name: string; kind: WeightKind; shape: readonly number[] }[] {
  checkSpec(spec);
  const { filters } = spec.blocks ?? paperBlocks;
  const layer = (name: string, shapes: Partial<Record<WeightKind, readonly number[]>>) =>
    Object.entries(shapes).map(([kind, shape]) => ({
      name: `${name}/${kind}`,
      kind: kind as WeightKind,
      shape,
    }));
  const branches = spec.inputShapes.flatMap((_, branch) =>
    filters.flatMap((outChannels, index) => {
      const channels = index === 0 ? 1 : filters[index - 1]!;
      const block = `branch${branch + 1}/block${index + 1}`;
      const perChannel = [channels];
      return [
        ...layer(`${block}/bn`, {
          gamma: perChannel,
          beta: perChannel,
          mean: perChannel,
          variance: perChannel,
        }),
        ...layer(`${block}/conv`, { kernel: [3, 3, channels, outChannels], bias: [outChannels] }),
      ];
    }),
  );
  const features = filters.at(-1)! * spec.inputShapes.length;
  return [...branches, ...layer('dense', { kernel: [features, spec.classes], bias: [spec.classes] })];
}

/** Throws unless the arrays are exactly the weights of such a network. */
export function checkWeights(spec: NetworkSpec, arrays: readonly NamedArray[]): void {
  const shapes = new Map(weightShapes(spec).map(({ name, shape }) => [name, shape]));
  for (const array of arrays) {
    checkShape(array, shapes.get(array.name));
    shapes.delete(array.name);
  }
  const missing = shapes.keys().next().value;
  if (missing !== undefined) {
    throw new CrepitusError('weight-missing', `The weights lack ${missing}; they belong to another network.`);
  }
}

function checkShape({ name, shape, data }: NamedArray, expected: readonly number[] | undefined): void {
  if (expected === undefined) {
    throw new CrepitusError(
      'weight-unknown',
      `The network has no weight "${name}"; it belongs to another network.`,
    );
  }
  const size = expected.reduce((product, n) => product * n, 1);
  if (shape.join('x') !== expected.join('x') || data.length !== size) {
    throw new CrepitusError(
      'weight-shape',
      `The weight ${name} has the shape ${shape.join('x')}, the network expects ${expected.join('x')}; it belongs to another network.`,
    );
  }
}

/**
 * The paper's network: one branch of blocks `BN -> 3x3 valid convolution -> ReLU` per input, global average pooling,
 * the branches' means concatenated, one dense layer. It gives logits; softmax belongs to loss and scoring.
 * Owns its variables: `dispose` frees them.
 */
export class Network {
  readonly spec: NetworkSpec;
  readonly weights: readonly Weight[];
  readonly #variables: ReadonlyMap<string, tf.Variable>;
  readonly #branches: readonly (readonly Block[])[];
  readonly #folded = new Map<Block, FoldedBlock>();

  /** All kernels are zero; `createNetwork` draws them and `writeWeights` sets them. */
  constructor(spec: NetworkSpec) {
    const shapes = weightShapes(spec);
    this.spec = spec;
    this.weights = shapes.map(({ name, kind, shape }) => {
      const value = kind === 'gamma' || kind === 'variance' ? 1 : 0;
      const trainable = kind !== 'mean' && kind !== 'variance';
      return { name, kind, variable: tf.tidy(() => tf.variable(tf.fill([...shape], value), trainable)) };
    });
    this.#variables = new Map(this.weights.map(({ name, variable }) => [name, variable]));
    const { strides } = spec.blocks ?? paperBlocks;
    this.#branches = spec.inputShapes.map((_, branch) =>
      strides.map((stride, index): Block => {
        const block = `branch${branch + 1}/block${index + 1}`;
        const vector = (name: string) => this.#variable(`${block}/${name}`) as tf.Tensor1D;
        return {
          batchNorm: `${block}/bn`,
          kernelName: `${block}/conv/kernel`,
          stride,
          gamma: vector('bn/gamma'),
          beta: vector('bn/beta'),
          mean: vector('bn/mean'),
          variance: vector('bn/variance'),
          kernel: this.#variable(`${block}/conv/kernel`) as tf.Tensor4D,
          bias: vector('conv/bias'),
        };
      }),
    );
  }

  /** All values of all weights, moving statistics included (as Keras counts them). */
  get parameterCount(): number {
    return this.weights.reduce((sum, { variable }) => sum + variable.size, 0);
  }

  /**
   * Logits `[n, classes]` for pictures `[n, rows, bands, 1]`, one tensor per branch, with the moving statistics.
   */
  forward(pictures: readonly tf.Tensor4D[]): tf.Tensor2D {
    return tf.tidy(() => this.logits(this.features(pictures)));
  }

  /** Output `[n, height, width, filters]` of each branch's last block, with the moving statistics. */
  features(pictures: readonly tf.Tensor4D[]): tf.Tensor4D[] {
    this.#checkPictures(pictures);
    return tf.tidy(() =>
      this.#branches.map((blocks, branch) =>
        blocks.reduce((x, block) => {
          const { kernel, bias } = this.#fold(block);
          return convBiasRelu(x, kernel, bias, block.stride);
        }, pictures[branch]!),
      ),
    );
  }

  /** Logits `[n, classes]` from the outputs of `features`: their means over height and width, then the dense layer. */
  logits(features: readonly tf.Tensor4D[]): tf.Tensor2D {
    return tf.tidy(() => {
      const pooled = features.map(x => tf.mean<tf.Tensor2D>(x, [1, 2]));
      const joined = pooled.length === 1 ? pooled[0]! : tf.concat(pooled, 1);
      const kernel = this.#variable('dense/kernel') as tf.Tensor2D;
      return tf.add(tf.matMul(joined, kernel), this.#variable('dense/bias'));
    });
  }

  /**
   * Logits with the batch's statistics, and with gradients to every weight but the moving statistics. Changes no
   * weight: hand the statistics of `onBatchStatistics` to `updateMovingStatistics` after the step.
   */
  forwardTraining(pictures: readonly tf.Tensor4D[], options: TrainingOptions): tf.Tensor2D {
    this.#checkPictures(pictures);
    return this.logits(
      this.#branches.map((blocks, branch) =>
        blocks.reduce(
          (x, block, index) => this.#trainingBlock(x, block, index > 0, options),
          pictures[branch]!,
        ),
      ),
    );
  }

  /**
   * `moving = 0.99 moving + 0.01 batch` for the mean and the (population) variance of one batch normalisation, for
   * instance `branch1/block2/bn`.
   */
  updateMovingStatistics(batchNorm: string, mean: tf.Tensor1D, variance: tf.Tensor1D): void {
    tf.tidy(() => {
      for (const [kind, batch] of [
        ['mean', mean],
        ['variance', variance],
      ] as const) {
        const moving = this.#variable(`${batchNorm}/${kind}`);
        moving.assign(tf.add(tf.mul(moving, batchNormMomentum), tf.mul(batch, 1 - batchNormMomentum)));
      }
    });
  }

  readWeights(): NamedArray[] {
    return this.weights.map(({ name, variable }) => ({
      name,
      shape: [...variable.shape],
      data: Float32Array.from(variable.dataSync()),
    }));
  }

  /** Sets the weights named; each must exist here with the same shape. Those not named stay. */
  writeWeights(arrays: readonly NamedArray[]): void {
    for (const array of arrays) {
      const variable = this.#variables.get(array.name);
      checkShape(array, variable?.shape);
      tf.tidy(() => variable!.assign(tf.tensor(array.data, variable!.shape, 'float32')));
    }
  }

  dispose(): void {
    for (const { variable } of this.weights) variable.dispose();
    for (const { kernel, bias } of this.#folded.values()) tf.dispose([kernel, bias]);
    this.#folded.clear();
  }

  #trainingBlock(
    x: tf.Tensor4D,
    block: Block,
    inputIsRelu: boolean,
    { frozenBatchNorm, frozenKernels, onBatchStatistics }: TrainingOptions,
  ): tf.Tensor4D {
    const { batchNorm, stride, gamma, beta, kernel, bias } = block;
    const isKernelFrozen = frozenKernels?.has(block.kernelName) ?? false;
    if (frozenBatchNorm.has(batchNorm)) {
      if (isKernelFrozen) {
        const folded = this.#fold(block);
        return convBiasRelu(x, folded.kernel, folded.bias, stride);
      }
      const { scale, shift } = movingAffine(block);
      return convBiasRelu(tf.add(tf.mul(x, scale), shift), kernel, bias, stride);
    }
    if (isKernelFrozen) {
      const { y, mean, variance } = batchNormTrain(x, gamma, beta, batchNormEpsilon);
      onBatchStatistics(batchNorm, mean, variance);
      return convBiasRelu(y, kernel, bias, stride);
    }
    const weights = { gamma, beta, filter: kernel, bias };
    const { y, mean, variance } = batchNormConvRelu(x, weights, {
      stride,
      epsilon: batchNormEpsilon,
      inputIsRelu,
    });
    onBatchStatistics(batchNorm, mean, variance);
    return y;
  }

  /** The folded weights of a block, made anew only after one of its weights has been assigned. */
  #fold(block: Block): FoldedBlock {
    const from = [block.gamma, block.beta, block.mean, block.variance, block.kernel, block.bias].map(
      ({ dataId }) => dataId,
    );
    const kept = this.#folded.get(block);
    if (kept?.from.every((id, i) => id === from[i])) return kept;
    if (kept !== undefined) tf.dispose([kept.kernel, kept.bias]);
    const folded = { from, ...foldBatchNorm(block) };
    this.#folded.set(block, folded);
    return folded;
  }

  #variable(name: string): tf.Variable {
    const variable = this.#variables.get(name);
    if (variable === undefined) {
      throw new CrepitusError('weight-unknown', `The network has no weight "${name}".`, { kind: 'usage' });
    }
    return variable;
  }

  #checkPictures(pictures: readonly tf.Tensor4D[]): void {
    const expected = this.spec.inputShapes.map(([rows, bands]) => `${rows}x${bands}x1`).join(', ');
    const found = pictures.map(picture => picture.shape.slice(1).join('x')).join(', ');
    if (found !== expected) {
      throw new CrepitusError('picture-shape', `The network expects pictures of ${expected}, not ${found}.`, {
        kind: 'usage',
      });
    }
  }
}

/** A network with Glorot uniform kernels drawn from the stream `init/<layer>` of `seed`, and zero biases. */
export function createNetwork(spec: NetworkSpec, seed: number): Network {
  const network = new Network(spec);
  const kernels = network.weights.filter(({ kind }) => kind === 'kernel');
  network.writeWeights(
    kernels.map(({ name, variable }) => ({
      name,
      shape: variable.shape,
      data: glorotUniform(variable.shape, seed, name.slice(0, -'/kernel'.length)),
    })),
  );
  return network;
}

/** A network with exactly these weights. */
export function networkFromWeights(spec: NetworkSpec, arrays: readonly NamedArray[]): Network {
  checkWeights(spec, arrays);
  const network = new Network(spec);
  network.writeWeights(arrays);
  return network;
}

/** Uniform in `+-sqrt(6 / (fanIn + fanOut))` (Glorot and Bengio 2010); fans count the kernel's positions. */
function glorotUniform(shape: readonly number[], seed: number, layer: string): Float32Array {
  const [fanIn, fanOut] = shape.slice(-2) as [number, number];
  const positions = shape.slice(0, -2).reduce((product, n) => product * n, 1);
  const limit = Math.sqrt(6 / ((fanIn + fanOut) * positions));
  const stream = randomStream(seed, 'init', layer);
  return Float32Array.from({ length: fanIn * fanOut * positions }, () => (2 * stream.uniform() - 1) * limit);
}

/** The affine map of the batch normalisation is folded into the kernel: exact, because a valid convolution sees no padding. */
function foldBatchNorm(block: Block): { kernel: tf.Tensor4D; bias: tf.Tensor1D } {
  return tf.tidy(() => {
    const { scale, shift } = movingAffine(block);
    const kernel = tf.mul<tf.Tensor4D>(block.kernel, tf.reshape(scale, [1, 1, -1, 1]));
    const shifts = tf.mul(block.kernel, tf.reshape(shift, [1, 1, -1, 1]));
    const bias = tf.add<tf.Tensor1D>(block.bias, tf.sum(shifts, [0, 1, 2]));
    return { kernel: tf.keep(kernel), bias: tf.keep(bias) };
  });
}

/** Batch normalisation by the moving statistics as `x * scale + shift`. */
function movingAffine(block: Block): { scale: tf.Tensor; shift: tf.Tensor } {
  const scale = tf.mul(block.gamma, tf.rsqrt(tf.add(block.variance, batchNormEpsilon)));
  return { scale, shift: tf.sub(block.beta, tf.mul(block.mean, scale)) };
}

/** Height or width after each block: `floor((n - 3) / stride) + 1`. */
function lengthsAfterBlocks(length: number, strides: readonly number[]): number[] {
  const lengths: number[] = [];
  for (const stride of strides) {
    length = Math.floor((length - 3) / stride) + 1;
    lengths.push(length);
  }
  return lengths;
}

function checkSpec(spec: NetworkSpec): void {
  const { filters, strides } = spec.blocks ?? paperBlocks;
  const refuse = (sentence: string): never => {
    throw new CrepitusError('network-spec', sentence, { kind: 'usage' });
  };
  if (filters.length === 0 || filters.length !== strides.length) {
    refuse(
      `A network needs as many strides as filters and at least one block, not ${filters.length} filters and ${strides.length} strides.`,
    );
  }
  if (spec.inputShapes.length === 0) refuse('A network needs at least one input.');
  if (!Number.isInteger(spec.classes) || spec.classes < 2)
    refuse(`A network needs at least 2 classes, not ${spec.classes}.`);
  for (const [rows, bands] of spec.inputShapes) {
    if (Math.min(...lengthsAfterBlocks(rows, strides), ...lengthsAfterBlocks(bands, strides)) < 1) {
      refuse(
        `A picture of ${rows}x${bands} is too small for ${filters.length} blocks; nothing is left after the last.`,
      );
    }
  }
}
