import {
  add,
  div,
  engine,
  getBackend,
  keep,
  mul,
  sqrt,
  square,
  sub,
  type Tensor,
  type TensorInfo,
  tensor,
  tidy,
  util,
  type Variable,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { currentRuntime, type Kernels, sizeOf } from './memory.ts';

/** Everything that an interrupted training needs to go on with the same bytes. */
export interface AdamState {
  /** Steps done. */
  step: number;
  /** First and second moments, `m.0`, `v.0`, `m.1`, ...: numbered like the variables of `apply`. */
  moments: { name: string; data: Float32Array }[];
}

export interface AdamStepOptions {
  /** Instead of the constructor's, for this step. */
  learningRate?: number;
  /**
   * One factor per variable: `l2 * w` is added to its gradient, which is the gradient of `l2 / 2 * sum(w^2)` in the loss
   * (not the decoupled decay of AdamW).
   */
  l2?: readonly number[] | undefined;
}

interface Moments {
  m: Tensor;
  v: Tensor;
}

/** All of it by variable. */
interface Update {
  readonly variables: readonly Variable[];
  readonly gradients: readonly Tensor[];
  /** Changed, or replaced, by the update. */
  readonly moments: readonly Moments[];
  readonly l2: readonly number[] | undefined;
}

/** Steps over the same tensors again and again; see `Adam.prepare`. */
export interface PreparedAdam {
  /** One step, with what now stands in the gradients; the weights change in place. */
  step(learningRate: number): void;
  /** The loss whose gradient L2 is: the sum of `l2 / 2 * w^2` over the weights as they are. */
  penalty(): number;
  /** Frees what the preparation took, not the moments. */
  dispose(): void;
}

/**
 * Adam (Kingma and Ba 2015, algorithm 1) over a fixed list of variables:
 * m = beta1 m + (1 - beta1) g, v = beta2 v + (1 - beta2) g^2,
 * w = w - learningRate / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon).
 * Epsilon stands outside the root and is added after the correction of v, as in PyTorch and tfjs; Keras adds it before
 * the correction. On the wasm backend one call for all variables.
 */
export class Adam {
  readonly #learningRate: number;
  readonly #beta1: number;
  readonly #beta2: number;
  readonly #epsilon: number;
  #step = 0;
  #moments: Moments[] | undefined;
  #restored: Float32Array[] | undefined;

  constructor(options: { learningRate: number; beta1?: number; beta2?: number; epsilon?: number }) {
    this.#learningRate = options.learningRate;
    this.#beta1 = options.beta1 ?? 0.9;
    this.#beta2 = options.beta2 ?? 0.999;
    this.#epsilon = options.epsilon ?? 1e-7;
  }

  /**
   * One step. `variables` must be the same list, in the same order, at every call; `gradients` in that order too (they
   * stay the caller's).
   */
  apply(
    variables: readonly Variable[],
    gradients: readonly Tensor[],
    { learningRate = this.#learningRate, l2 }: AdamStepOptions = {},
  ): void {
    const moments = this.#checked(variables, gradients, l2);
    this.#step++;
    const update = { variables, gradients, moments, l2 };
    if (getBackend() === 'wasm') this.#updateByKernel(update, this.#rate(learningRate), this.#root());
    else this.#updateByOps(update, this.#rate(learningRate), this.#root());
  }

  /**
   * Steps over weights and gradients that stay where they are, so that nothing is looked up or made at a step. On the wasm backend
   * alone. The weights change in place: they must be nothing that tfjs has derived data of its own from (packed filters of conv2d
   * and matMul), as variables in use are. Their moments are this optimizer's, numbered as by `apply`; what replaces or frees these
   * (`restore`, `dispose`, `apply` on another backend) ends it.
   *
   * @param gradients one per weight, of its shape; read at each step
   * @param l2 one factor per weight: as in `AdamStepOptions`
   * @throws Error one sentence: another backend, shapes or numbers that do not fit
   */
  prepare(weights: readonly Tensor[], gradients: readonly Tensor[], l2: readonly number[]): PreparedAdam {
    const { kernels, address } = currentRuntime();
    const moments = this.#checked(weights, gradients, l2);
    const rows = weights.length;
    const table = keep(zeros([ROW_WORDS * rows]));
    const at = address(table);
    fillTable(at, { weights, gradients, moments, updated: weights, l2 });
    const assertWhole = () => {
      if (table.isDisposed || this.#moments !== moments) {
        throw new Error('Adam has been restored or disposed since this was prepared; prepare it again.');
      }
    };
    return {
      step: learningRate => {
        assertWhole();
        this.#step++;
        this.#run(kernels, at, rows, this.#rate(learningRate), this.#root());
      },
      penalty: () => {
        assertWhole();
        return kernels.adamPenalty(at, rows);
      },
      dispose: () => table.dispose(),
    };
  }

  /** The moments, after a look at whether all fits together. */
  #checked(
    variables: readonly Tensor[],
    gradients: readonly Tensor[],
    l2: readonly number[] | undefined,
  ): Moments[] {
    if (l2 !== undefined && l2.length !== variables.length) {
      throw new Error(
        `Adam needs one factor of L2 per variable, but found ${l2.length} for ${variables.length}; give 0 for those without.`,
      );
    }
    if (gradients.length !== variables.length) {
      throw new Error(
        `Adam needs one gradient per variable, but found ${gradients.length} for ${variables.length}.`,
      );
    }
    const moments = this.#momentsFor(variables);
    for (let i = 0; i < variables.length; i++) {
      const { shape } = variables[i]!;
      const held = moments[i]!.m.shape;
      const found = gradients[i]!.shape;
      if (!util.arraysEqual(held, shape) || !util.arraysEqual(found, shape)) {
        throw new Error(
          `Adam's variable ${i}${nameOf(variables[i]!)} has shape [${shape}], its moments [${held}] and its gradient ` +
            `[${found}]; pass the same variables in the same order at every step.`,
        );
      }
    }
    return moments;
  }

  #rate(learningRate: number): number {
    return learningRate / (1 - power(this.#beta1, this.#step));
  }

  #root(): number {
    return Math.sqrt(1 - power(this.#beta2, this.#step));
  }

  #run({ adamStep }: Kernels, table: number, rows: number, rate: number, root: number): void {
    const beta1 = this.#beta1;
    const beta2 = this.#beta2;
    adamStep(table, rows, rate, beta1, 1 - beta1, beta2, 1 - beta2, root, this.#epsilon);
  }

  /**
   * The moments as the backend holds them; still the optimizer's. A backend that reads only asynchronously (WebGPU) wants
   * `await tensor.data()` on each before `state`.
   */
  tensors(): Tensor[] {
    return this.#moments?.flatMap(({ m, v }) => [m, v]) ?? [];
  }

  /** A copy of step and moments. */
  state(): AdamState {
    const data = this.#moments?.flatMap(({ m, v }) => [m, v].map(t => Float32Array.from(t.dataSync())));
    const moments = (data ?? this.#restored ?? []).map((data, i) => ({
      name: `${i % 2 === 0 ? 'm' : 'v'}.${i >> 1}`,
      data,
    }));
    return { step: this.#step, moments };
  }

  /** Takes over what `state` gave; the next `apply` must come with the same variables. */
  restore(state: AdamState): void {
    this.dispose();
    this.#step = state.step;
    this.#restored = state.moments.map(({ data }) => Float32Array.from(data));
  }

  /** Frees the moments; the next `apply` starts anew. */
  dispose(): void {
    for (const { m, v } of this.#moments ?? []) {
      m.dispose();
      v.dispose();
    }
    this.#moments = undefined;
    this.#restored = undefined;
    this.#step = 0;
  }

  #momentsFor(variables: readonly Tensor[]): Moments[] {
    const restored = this.#restored;
    if (this.#moments === undefined) {
      if (restored !== undefined) checkSizes(variables, restored);
      this.#moments = variables.map((variable, i) => ({
        m: restored ? keep(tensor(restored[2 * i]!, variable.shape)) : keep(zerosLike(variable)),
        v: restored ? keep(tensor(restored[2 * i + 1]!, variable.shape)) : keep(zerosLike(variable)),
      }));
      this.#restored = undefined;
    }
    if (this.#moments.length !== variables.length) {
      throw new Error(
        `Adam holds moments of ${this.#moments.length} variables, but found ${variables.length}; ` +
          'pass the same variables at every step.',
      );
    }
    return this.#moments;
  }

  /**
   * The moments are ours and change in place; the variable gets a new tensor, because clones see the old one, and
   * XNNPACK keeps packed copies of weights (of matMul, conv2d) for as long as their tensor lives.
   */
  #updateByKernel({ variables, gradients, moments, l2 }: Update, rate: number, root: number) {
    const { kernels, output, scratch } = currentRuntime();
    const count = variables.length;
    const updated = variables.map(({ shape }) => output(shape));
    const table = scratch(4 * ROW_WORDS * count);
    fillTable(table, { weights: variables, gradients, moments, updated, l2 });
    this.#run(kernels, table, count, rate, root);
    tidy(() => {
      for (let i = 0; i < count; i++) variables[i]!.assign(engine().makeTensorFromTensorInfo(updated[i]!));
    });
  }

  #updateByOps({ variables, gradients, moments, l2 }: Update, rate: number, root: number) {
    const [beta1, beta2] = [this.#beta1, this.#beta2];
    this.#moments = variables.map((variable, i) => {
      const before = moments[i]!;
      const after = tidy(() => {
        const whole = l2?.[i] ? add(gradients[i]!, mul(variable, l2[i])) : gradients[i]!;
        const m = keep(add(mul(before.m, beta1), mul(whole, 1 - beta1)));
        const v = keep(add(mul(before.v, beta2), mul(square(whole), 1 - beta2)));
        const denominator = add(div(sqrt(v), root), this.#epsilon);
        variable.assign(sub(variable, div(mul(m, rate), denominator)));
        return { m, v };
      });
      before.m.dispose();
      before.v.dispose();
      return after;
    });
  }
}

function nameOf(tensor: Tensor): string {
  const { name } = tensor as Partial<Variable>;
  return name === undefined ? '' : ` (${name})`;
}

/** Of `adamStep`'s table (assembly/adam.ts). */
const ROW_WORDS = 7;

interface Table {
  readonly weights: readonly TensorInfo[];
  readonly gradients: readonly TensorInfo[];
  readonly moments: readonly Moments[];
  /** Where the new weights go. */
  readonly updated: readonly TensorInfo[];
  readonly l2: readonly number[] | undefined;
}

/** Writes a row for each weight from an address on. */
function fillTable(table: number, { weights, gradients, moments, updated, l2 }: Table): void {
  const { address, words, floats } = currentRuntime();
  const count = weights.length;
  // All are here before the table is written: to move a tensor here may make the memory grow, and views end with that.
  for (let i = 0; i < count; i++) {
    address(weights[i]!);
    address(gradients[i]!);
    address(moments[i]!.m);
    address(moments[i]!.v);
  }
  const integers = words(table, ROW_WORDS * count);
  const fractions = floats(table, ROW_WORDS * count);
  for (let i = 0, at = 0; i < count; i++) {
    integers[at++] = address(weights[i]!);
    integers[at++] = address(gradients[i]!);
    integers[at++] = address(moments[i]!.m);
    integers[at++] = address(moments[i]!.v);
    integers[at++] = address(updated[i]!);
    integers[at++] = sizeOf(weights[i]!);
    fractions[at++] = l2?.[i] ?? 0;
  }
}

/** base ** exponent for whole exponents; the language leaves the last bits of its own operator to the engine. */
function power(base: number, exponent: number): number {
  let result = 1;
  for (let factor = base, left = exponent; left > 0; left = Math.floor(left / 2), factor *= factor) {
    if (left % 2 === 1) result *= factor;
  }
  return result;
}

function checkSizes(variables: readonly Tensor[], restored: readonly Float32Array[]): void {
  const expected = variables.flatMap(({ size }) => [size, size]);
  if (`${expected}` !== `${restored.map(({ length }) => length)}`) {
    throw new Error(
      `The restored state of Adam has ${restored.length / 2} variables with other sizes than the ${variables.length} ` +
        'given; restore it beside the same network.',
    );
  }
}
