import { timeStretch } from '@crepitus/dsp';
import { InputMaker } from '@crepitus/model';
import { classesOf, classIndex } from '@crepitus/recordings';
import * as tf from '@tensorflow/tfjs';
import type { Variation } from '../augment/plan.ts';
import { maskPicture } from '../augment/spec-augment.ts';
import type { RunConfig } from './run-config.ts';
import type { DataCycle } from './training-data.ts';

const asItIs: Variation = { stretchRate: null, vtlpAlpha: null, shift: null, masks: null };

/** Turns cycles into the tensors that a network takes. */
export class BatchMaker {
  readonly classes: number;
  readonly shapes: readonly (readonly [rows: number, bands: number])[];
  readonly #config: RunConfig;
  readonly #inputs: InputMaker;

  constructor(config: RunConfig) {
    this.#config = config;
    this.#inputs = new InputMaker(config.frontEnd, config);
    this.classes = classesOf(config.task).length;
    this.shapes = this.#inputs.shapes;
  }

  /** One tensor `[items, rows, bands, 1]` per input; the caller disposes them. */
  pictures(items: readonly { cycle: DataCycle; variation?: Variation }[]): tf.Tensor4D[] {
    const made = items.map(({ cycle, variation }) => this.#picturesOf(cycle, variation ?? asItIs));
    return this.shapes.map(([rows, bands], input) => {
      const values = new Float32Array(items.length * rows * bands);
      for (const [item, pictures] of made.entries()) values.set(pictures[input]!, item * rows * bands);
      return tf.tensor4d(values, [items.length, rows, bands, 1]);
    });
  }

  /** `[items, classes]`, 1 at the class of each. */
  oneHot(cycles: readonly DataCycle[]): tf.Tensor2D {
    const values = new Float32Array(cycles.length * this.classes);
    cycles.forEach(({ cycle }, item) => {
      values[item * this.classes + classIndex(this.#config.task, cycle.label)!] = 1;
    });
    return tf.tensor2d(values, [cycles.length, this.classes]);
  }

  #picturesOf(cycle: DataCycle, { stretchRate, vtlpAlpha, shift, masks }: Variation): Float32Array[] {
    let samples = cycle.samples();
    let inspirationSamples = cycle.inspirationSamples;
    if (stretchRate !== null) {
      samples = timeStretch(samples, stretchRate);
      if (inspirationSamples !== null) inspirationSamples = Math.round(inspirationSamples / stretchRate);
    }
    const pictures = this.#inputs.pictures(samples, {
      inspirationSamples,
      ...(vtlpAlpha === null ? {} : { vtlpAlpha }),
      ...(shift === null ? {} : { shift }),
    });
    if (masks !== null) {
      for (const [input, picture] of pictures.entries()) maskPicture(picture, this.shapes[input]![1], masks);
    }
    return pictures;
  }
}
