import { engine, keep, type Rank, type Tensor, tensor, tidy, type Variable } from '@tensorflow/tfjs-core';
import type { Adam, PreparedAdam } from './adam.ts';
import { currentRuntime, type Kernels, type Runtime } from './memory.ts';
import {
  convolutionGradientFilter,
  convolutionGradientInput,
  convolutionScratch,
  convolve,
  isFast,
  outShape,
  type ThreeByThree,
  threeByThree,
} from './three-by-three.ts';

/** A block of batch normalisation, 3x3 convolution without padding, bias and ReLU. */
export interface PlannedBlock {
  /** [channels] each; mean and variance are the moving ones. */
  readonly gamma: Variable<Rank.R1>;
  readonly beta: Variable<Rank.R1>;
  readonly mean: Variable<Rank.R1>;
  readonly variance: Variable<Rank.R1>;
  /** [3, 3, channels, outChannels]: one channel in a branch's first block, otherwise multiples of 8. */
  readonly filter: Variable<Rank.R4>;
  /** [outChannels] */
  readonly bias: Variable<Rank.R1>;
  readonly stride: 1 | 2;
  /** `batch`: normalises by the statistics of the batch, which move the moving ones; `moving`: by these, which stay. */
  readonly statistics: 'batch' | 'moving';
}

/** Blocks per branch, means over all pixels, the branches' means side by side, one dense layer. */
export interface PlannedNetwork {
  readonly branches: readonly {
    /** Of its pictures, which have one channel. */
    readonly height: number;
    readonly width: number;
    readonly blocks: readonly PlannedBlock[];
  }[];
  readonly dense: {
    /** [sum of the branches' last outChannels, classes] */
    readonly kernel: Variable<Rank.R2>;
    /** [classes] */
    readonly bias: Variable<Rank.R1>;
  };
}

export interface TrainingPlanOptions {
  /** Pictures of the largest batch. */
  readonly batch: number;
  /** The variables that are trained, in the order that Adam's state has. */
  readonly trainable: readonly Variable[];
  readonly adam: Adam;
  /** Added to the variance by every batch normalisation. */
  readonly epsilon: number;
  /** moving = momentum * moving + (1 - momentum) * batch, for mean and (population) variance. */
  readonly momentum: number;
  /** A whole number: the loss is the mean of -(1 - p)^gamma ln p; 0 is the cross entropy. */
  readonly focalGamma: number;
  /** `l2 * sum(w^2)` over the trained filters and the dense kernel is part of the loss. */
  readonly l2: number;
}

/** One kernel's work, with all that it takes. */
type Operation = () => void;

/** A block's convolution at the largest batch, and where its data lie. */
interface Place {
  readonly conv: ThreeByThree;
  readonly pixels: { readonly before: number; readonly after: number };
  readonly weights: Record<WeightName, number>;
  /** What it normalises by. */
  readonly mean: number;
  readonly variance: number;
  readonly ofBatch: boolean;
  readonly x: number;
  readonly y: number;
  readonly gradients: Record<'gamma' | 'beta' | 'filter' | 'bias', number>;
  readonly trainsFilter: boolean;
  readonly trainsNorm: boolean;
}

const weightNames = ['gamma', 'beta', 'mean', 'variance', 'filter', 'bias'] as const;
type WeightName = (typeof weightNames)[number];

/**
 * The training step of a network, laid out once: every array has its place from the beginning, every kernel its addresses, and a
 * step takes no WASM memory, and of JavaScript's no more than a few numbers. It computes what the fused operations of this package
 * compute on tfjs's tape, with a focal loss and Adam, on copies of the weights that change in place:
 *
 *     const plan = new TrainingPlan(network, options); // with the variables' values
 *     for (...) { plan.pictures(0).set(batch); plan.step(classes, learningRate); }
 *     plan.store();                                  // to the variables, before anything else reads them
 *     plan.dispose();
 *
 * On the wasm backend alone. It goes on with the arithmetic that was in use when it was made: that of `registerTrainingKernels`,
 * without it plain.
 */
export class TrainingPlan {
  readonly #runtime: Runtime;
  readonly #kernels: Kernels;
  readonly #options: TrainingPlanOptions;
  readonly #held: Tensor[] = [];
  /** Copies of variables, and whether a step changes them. */
  readonly #copies = new Map<Variable, { tensor: Tensor; changes: boolean }>();
  readonly #branches: { places: Place[]; features: number; picture: () => Float32Array }[] = [];
  readonly #rooms: readonly [number, number];
  readonly #scratch: number;
  readonly #zeros: number;
  readonly #classes: number;
  readonly #features: number;
  readonly #head: Record<'means' | 'dMeans' | 'labels' | 'kernel' | 'bias' | 'dKernel' | 'dBias', number>;
  readonly #labels: () => Uint32Array;
  readonly #adam: PreparedAdam;
  /** By size of the batch. */
  readonly #operations = new Map<number, readonly Operation[]>();
  #dataLoss = Number.NaN;
  #l2Loss = Number.NaN;
  #isDisposed = false;

  /**
   * Whether such blocks can be planned: the wasm backend is in use, and channels are what its fast kernels serve.
   *
   * @param outChannels of each block
   */
  static serves(backend: string, outChannels: readonly number[]): boolean {
    return backend === 'wasm' && outChannels.every((out, i) => isFast(outChannels[i - 1] ?? 1, out));
  }

  /**
   * @throws Error one sentence, and nothing is left behind: the backend in use is not wasm, shapes, channels or options do not fit, a
   *   weight stands twice, what is to be trained is no weight of the network, Adam has moments of other weights, or there is no room
   */
  constructor(network: PlannedNetwork, options: TrainingPlanOptions) {
    const { batch, trainable, adam, focalGamma, l2 } = options;
    if (!Number.isInteger(batch) || batch < 1) {
      throw new Error(`A plan needs a batch of at least 1 picture, but found ${batch}.`);
    }
    if (!Number.isInteger(focalGamma) || focalGamma < 0) {
      throw new Error(`A plan needs a focal gamma of 0, 1, 2, ..., but found ${focalGamma}.`);
    }
    this.#runtime = currentRuntime();
    this.#kernels = this.#runtime.kernels;
    this.#options = options;
    const { kernel, bias } = network.dense;
    [this.#features, this.#classes] = kernel.shape as [number, number];
    const trained = new Set(trainable);
    const gradients = new Map<Variable, Tensor>();
    const gradient = (variable: Variable): number => {
      const held = this.#hold(variable.shape);
      gradients.set(variable, held);
      return this.#address(held);
    };
    try {
      const rooms: [number, number] = [1, 1];
      let scratch = 8 * (this.#features + 2) * this.#classes;
      let channels = 1;
      for (const { height, width, blocks } of network.branches) {
        if (blocks.length === 0) throw new Error('A branch without blocks cannot be planned; leave it out.');
        const picture = this.#hold([batch, height, width, 1]);
        let x = picture;
        const places = blocks.map((block, i): Place => {
          const { place, y } = this.#place(block, x, trained, gradient);
          rooms[i % 2] = Math.max(rooms[i % 2]!, y.size);
          scratch = Math.max(scratch, scratchOf(this.#kernels, place.conv));
          channels = Math.max(channels, place.conv.channels);
          x = y;
          return place;
        });
        const floats = picture.size;
        const at = this.#address(picture);
        const view = viewOf(() => this.#runtime.floats(at, floats));
        this.#branches.push({ places, features: x.shape[3]!, picture: view });
      }
      const given = this.#branches.reduce((sum, { features }) => sum + features, 0);
      if (given !== this.#features || bias.size !== this.#classes) {
        throw new Error(
          `Behind branches that give ${given} features the dense kernel is [${given}, classes] and its bias [classes], but found ` +
            `[${kernel.shape}] and [${bias.shape}].`,
        );
      }
      this.#rooms = rooms.map(size => this.#address(this.#hold([size]))) as [number, number];
      this.#scratch = this.#address(this.#hold([Math.ceil(scratch / 4)]));
      const zeros = this.#hold([channels]);
      this.#zeros = this.#address(zeros);
      const labels = this.#address(this.#hold([batch]));
      this.#labels = viewOf(() => this.#runtime.words(labels, batch));
      this.#head = {
        means: this.#address(this.#hold([batch, this.#features])),
        dMeans: this.#address(this.#hold([batch, this.#features])),
        labels,
        kernel: this.#copy(kernel, trained.has(kernel)),
        bias: this.#copy(bias, trained.has(bias)),
        dKernel: gradient(kernel),
        dBias: gradient(bias),
      };
      const kernels = new Set<Variable>([
        kernel,
        ...network.branches.flatMap(({ blocks }) => blocks.map(({ filter }) => filter)),
      ]);
      if (trained.size < trainable.length) {
        throw new Error('A variable stands twice among those to be trained; name each once.');
      }
      const stranger = trainable.find(variable => !gradients.has(variable));
      if (stranger !== undefined) {
        throw new Error(
          `The variable ${stranger.name} is to be trained but gets no gradient in this network; leave it out.`,
        );
      }
      this.#adam = adam.prepare(
        trainable.map(variable => this.#copies.get(variable)!.tensor),
        trainable.map(variable => gradients.get(variable)!),
        trainable.map(variable => (kernels.has(variable) ? 2 * l2 : 0)),
      );
      // No view before this: what is made may have had the memory grow.
      this.#runtime.floats(this.#zeros, channels).fill(0);
      this.load();
    } catch (error) {
      this.#free();
      throw error;
    }
  }

  /** Of the last step, before its change of the weights: the mean over its batch, in nats; NaN before the first. */
  get dataLoss(): number {
    return this.#dataLoss;
  }

  /** Of the last step, before its change of the weights: `l2 * sum(w^2)`; NaN before the first. */
  get l2Loss(): number {
    return this.#l2Loss;
  }

  /**
   * A branch's pictures [batch, height, width] for the next step, to be written; valid until memory is taken elsewhere.
   *
   * @throws Error one sentence after `dispose`
   */
  pictures(branch: number): Float32Array {
    this.#assertThere();
    return this.#branches[branch]!.picture();
  }

  /** Takes over the values of the network's variables, as the constructor has done. */
  load(): void {
    this.#assertThere();
    for (const [variable, { tensor: copy }] of this.#copies) {
      const from = this.#address(variable);
      const to = this.#address(copy);
      this.#runtime.floats(to, copy.size).set(this.#runtime.floats(from, copy.size));
    }
  }

  /** Gives the variables that have changed their new values, as new tensors, for tfjs keeps what it derives from a tensor. */
  store(): void {
    for (const [variable, { tensor: copy, changes }] of this.#copies) {
      if (changes) tidy(() => variable.assign(tensor(copy.dataSync<'float32'>(), variable.shape)));
    }
  }

  /**
   * One step on the first pictures of each branch.
   *
   * @param classes the true class of each, as many as there are pictures
   * @throws Error one sentence, and nothing has changed: more pictures than the plan is for, a class that there is not, after
   *   `dispose`, and where Adam has been restored or disposed in the meantime
   */
  step(classes: ArrayLike<number>, learningRate: number): void {
    this.#assertThere();
    const count = classes.length;
    const labels = this.#labels();
    if (count < 1 || count > labels.length) {
      throw new Error(`The plan is for batches of 1 to ${labels.length} pictures, not ${count}.`);
    }
    for (let i = 0; i < count; i++) {
      const label = classes[i]!;
      if (!(label >= 0 && label < this.#classes && Number.isInteger(label))) {
        throw new Error(
          `Picture ${i + 1} has the class ${label}, which is none of 0 to ${this.#classes - 1}.`,
        );
      }
      labels[i] = label;
    }
    this.#l2Loss = this.#adam.penalty();
    let operations = this.#operations.get(count);
    if (operations === undefined) {
      operations = this.#layOut(count);
      this.#operations.set(count, operations);
    }
    for (let i = 0; i < operations.length; i++) operations[i]!();
    this.#adam.step(learningRate);
  }

  /** Frees all of it but the variables and Adam, which are the caller's. */
  dispose(): void {
    this.#adam.dispose();
    this.#free();
    this.#isDisposed = true;
  }

  #assertThere(): void {
    if (this.#isDisposed) throw new Error('This plan has been disposed; make another.');
  }

  #free(): void {
    for (const held of this.#held) held.dispose();
  }

  #hold(shape: readonly number[]): Tensor {
    const held = keep(engine().makeTensorFromTensorInfo(this.#runtime.output([...shape])));
    this.#held.push(held);
    return held;
  }

  /** Room for a block's output and gradients, and copies of its weights. */
  #place(
    block: PlannedBlock,
    x: Tensor,
    trained: ReadonlySet<Variable>,
    gradient: (variable: Variable) => number,
  ): { place: Place; y: Tensor } {
    const conv = threeByThree(x, block.filter, block.stride);
    checkBlock(block, conv);
    const y = this.#hold(outShape(conv));
    const ofBatch = block.statistics === 'batch';
    const weights = Object.fromEntries(
      weightNames.map(name => {
        const moves = ofBatch && (name === 'mean' || name === 'variance');
        return [name, this.#copy(block[name], moves || trained.has(block[name]))];
      }),
    ) as Place['weights'];
    const statistic = (moving: number) => (ofBatch ? this.#address(this.#hold([conv.channels])) : moving);
    const place: Place = {
      conv,
      pixels: { before: conv.height * conv.width, after: y.shape[1]! * y.shape[2]! },
      weights,
      mean: statistic(weights.mean),
      variance: statistic(weights.variance),
      ofBatch,
      x: this.#address(x),
      y: this.#address(y),
      gradients: {
        gamma: gradient(block.gamma),
        beta: gradient(block.beta),
        filter: gradient(block.filter),
        bias: gradient(block.bias),
      },
      trainsFilter: trained.has(block.filter) || trained.has(block.bias),
      trainsNorm: trained.has(block.gamma) || trained.has(block.beta),
    };
    return { place, y };
  }

  #copy(variable: Variable, changes: boolean): number {
    if (this.#copies.has(variable)) {
      throw new Error(
        `The variable ${variable.name} stands twice in the network; each weight needs one of its own.`,
      );
    }
    const held = this.#hold(variable.shape);
    this.#copies.set(variable, { tensor: held, changes });
    return this.#address(held);
  }

  #address(held: Tensor): number {
    return this.#runtime.address(held);
  }

  /** All that a step of `count` pictures does before Adam. */
  #layOut(count: number): Operation[] {
    const operations: Operation[] = [];
    /** Of each branch's means among all. */
    const columns: number[] = [];
    let next = 0;
    for (const { features } of this.#branches) {
      columns.push(next);
      next += features;
    }
    for (const [branch, { places }] of this.#branches.entries()) {
      for (const place of places) operations.push(...this.#forward(place, count));
      operations.push(this.#pool(places.at(-1)!, columns[branch]!, count));
    }
    operations.push(this.#loss(count));
    for (const [branch, { places }] of this.#branches.entries()) {
      const lowest = places.findIndex(({ trainsFilter, trainsNorm }) => trainsFilter || trainsNorm);
      if (lowest < 0) continue;
      const last = places.length - 1;
      operations.push(this.#poolGradient(places[last]!, this.#rooms[last % 2]!, columns[branch]!, count));
      for (let i = last; i >= lowest; i--) {
        const before = i > lowest ? places[i - 1]! : undefined;
        const rooms = { dz: this.#rooms[i % 2]!, dx: this.#rooms[(i + 1) % 2]! };
        operations.push(...this.#backward(places[i]!, before, rooms, count));
      }
    }
    for (const { places } of this.#branches) {
      for (const place of places) if (place.ofBatch) operations.push(...this.#move(place));
    }
    return operations;
  }

  #forward(
    { conv: largest, pixels, weights, mean, variance, ofBatch, x, y }: Place,
    count: number,
  ): Operation[] {
    const kernels = this.#kernels;
    const { epsilon } = this.#options;
    const conv = { ...largest, batch: count };
    const { channels, outChannels } = conv;
    const { gamma, beta, filter, bias } = weights;
    const sums = this.#scratch;
    const foldedBias = sums + 8 * outChannels;
    const foldedFilter = foldedBias + 4 * outChannels;
    const scratch = foldedFilter + filterBytes(conv);
    const at = { x, filter: foldedFilter, bias: foldedBias, y, scratch };
    const values = count * pixels.before * channels;
    const statistics = () => {
      kernels.batchNormStatistics(x, values, channels, mean, variance, scratch);
    };
    return [
      ...(ofBatch ? [statistics] : []),
      () => {
        kernels.foldNorm(
          filter,
          bias,
          mean,
          variance,
          gamma,
          beta,
          epsilon,
          channels,
          outChannels,
          foldedFilter,
          foldedBias,
          sums,
        );
      },
      () => convolve(kernels, conv, at),
    ];
  }

  #pool({ conv, pixels, y }: Place, column: number, count: number): Operation {
    const { poolMeans } = this.#kernels;
    const { means } = this.#head;
    const [scratch, features] = [this.#scratch, this.#features];
    return () => {
      poolMeans(y, means, scratch, count, pixels.after, conv.outChannels, features, column);
    };
  }

  #poolGradient({ conv, pixels, y, gradients }: Place, dz: number, column: number, count: number): Operation {
    const { poolMeansGradient } = this.#kernels;
    const { dMeans } = this.#head;
    const [scratch, features] = [this.#scratch, this.#features];
    const { after } = pixels;
    return () => {
      poolMeansGradient(
        dMeans,
        y,
        dz,
        gradients.bias,
        scratch,
        count,
        after,
        conv.outChannels,
        features,
        column,
      );
    };
  }

  #loss(count: number): Operation {
    const { focalHead } = this.#kernels;
    const { means, dMeans, labels, kernel, bias, dKernel, dBias } = this.#head;
    const { focalGamma } = this.#options;
    const [scratch, features, classes] = [this.#scratch, this.#features, this.#classes];
    return () => {
      this.#dataLoss = focalHead(
        means,
        kernel,
        bias,
        labels,
        count,
        features,
        classes,
        focalGamma,
        dMeans,
        dKernel,
        dBias,
        scratch,
      );
    };
  }

  /**
   * From dz, the gradient behind the convolution, whose sum is the bias's gradient already, to the gradients of the block's other
   * weights and, where `before` needs it, to dx behind the ReLU of that block, and its bias's gradient.
   */
  #backward(
    place: Place,
    before: Place | undefined,
    { dz, dx }: { dz: number; dx: number },
    count: number,
  ): Operation[] {
    const kernels = this.#kernels;
    const { epsilon } = this.#options;
    const { pixels, weights, mean, variance, ofBatch, x, gradients, trainsFilter, trainsNorm } = place;
    const conv = { ...place.conv, batch: count };
    const { channels, outChannels } = conv;
    const { gamma, beta, filter } = weights;
    const rows = count * pixels.before;
    const operations: Operation[] = [];
    // A filter that is not trained is cheaper by the gradient of z, unless nothing else needs that.
    const byPixels = before !== undefined && !trainsFilter && ofBatch;
    if (!byPixels && (trainsFilter || trainsNorm)) {
      const at = { x, dy: dz, dFilter: gradients.filter, scratch: this.#scratch };
      operations.push(
        () => convolutionGradientFilter(kernels, conv, at),
        () => {
          kernels.normConvGradientParameters(
            gradients.filter,
            filter,
            gradients.bias,
            mean,
            variance,
            gamma,
            beta,
            epsilon,
            channels,
            outChannels,
            gradients.gamma,
            gradients.beta,
          );
        },
      );
    }
    if (before === undefined) return operations;
    const dBias = before.gradients.bias;
    if (byPixels) {
      const scratch = this.#scratch;
      const at = { dy: dz, filter, dx, scratch, finish: 0 };
      const values = rows * channels;
      operations.push(
        () => convolutionGradientInput(kernels, conv, at),
        () => {
          kernels.batchNormGradientParameters(
            x,
            dx,
            values,
            channels,
            mean,
            variance,
            epsilon,
            gradients.gamma,
            gradients.beta,
            scratch,
          );
        },
        () => {
          kernels.batchNormGradientInput(
            x,
            dx,
            dx,
            values,
            channels,
            mean,
            variance,
            gamma,
            epsilon,
            gradients.gamma,
            gradients.beta,
            scratch,
          );
        },
        () => {
          kernels.reluBiasGradient(dx, x, dx, dBias, scratch, rows, channels);
        },
      );
      return operations;
    }
    const finish = this.#scratch;
    const scaled = finish + kernels.finishBytes(channels);
    const at = { dy: dz, filter: scaled, dx, scratch: scaled + filterBytes(conv), finish };
    // Statistics that are no function of the batch have no gradient.
    const dGamma = ofBatch ? gradients.gamma : this.#zeros;
    const dBeta = ofBatch ? gradients.beta : this.#zeros;
    operations.push(
      () => {
        kernels.prepareFinish(finish, x, 1, rows, channels, mean, variance, gamma, epsilon, dGamma, dBeta);
      },
      () => {
        kernels.scaleFilter(filter, variance, gamma, epsilon, channels, outChannels, scaled);
      },
      () => convolutionGradientInput(kernels, conv, at),
      () => {
        kernels.finishBias(finish, dBias, channels);
      },
    );
    return operations;
  }

  #move({ conv, weights, mean, variance }: Place): Operation[] {
    const { moveStatistics } = this.#kernels;
    const { momentum } = this.#options;
    const { channels } = conv;
    return [
      () => {
        moveStatistics(weights.mean, mean, channels, momentum, 1 - momentum);
      },
      () => {
        moveStatistics(weights.variance, variance, channels, momentum, 1 - momentum);
      },
    ];
  }
}

function filterBytes({ channels, outChannels }: ThreeByThree): number {
  return 36 * channels * outChannels;
}

/** Bytes that any operation of a block needs. */
function scratchOf(kernels: Kernels, conv: ThreeByThree): number {
  const { channels, outChannels } = conv;
  const norm = kernels.batchNormScratch(channels);
  const forward = 12 * outChannels + Math.max(convolutionScratch(kernels, conv), norm);
  const backward = kernels.finishBytes(channels) + convolutionScratch(kernels, conv);
  return filterBytes(conv) + Math.max(forward, backward);
}

function checkBlock({ filter, gamma, beta, mean, variance, bias }: PlannedBlock, conv: ThreeByThree): void {
  const { height, width, channels, outChannels } = conv;
  if (conv.stride !== 1 && conv.stride !== 2) {
    throw new Error(`A planned block has a stride of 1 or 2, but found ${conv.stride}.`);
  }
  const perChannel = [gamma, beta, mean, variance].every(({ size }) => size === channels);
  const isThree = filter.shape[0] === 3 && filter.shape[1] === 3 && height >= 3 && width >= 3;
  if (
    !perChannel ||
    !isThree ||
    filter.shape[2] !== channels ||
    bias.size !== outChannels ||
    !isFast(channels, outChannels)
  ) {
    throw new Error(
      `A planned block needs a picture [height >= 3, width >= 3, c], gamma, beta, mean and variance [c], filter [3, 3, c, o] and ` +
        `bias [o], o a multiple of 8, c 1 or a multiple of 8, but found a picture [${[height, width, channels]}], gamma [${gamma.shape}], ` +
        `beta [${beta.shape}], filter [${filter.shape}] and bias [${bias.shape}].`,
    );
  }
}

/** A view of the backend's memory that is made again only after that has grown. */
function viewOf<View extends { length: number }>(make: () => View): () => View {
  let view = make();
  return () => {
    if (view.length === 0) view = make();
    return view;
  };
}
