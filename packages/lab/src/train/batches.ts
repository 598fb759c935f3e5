import { timeStretch } from '@crepitus/dsp';
import { InputMaker } from '@crepitus/model';
import { classesOf, classIndex } from '@crepitus/recordings';
import * as tf from '@tensorflow/tfjs';
import type { Variation } from '../augment/plan.ts';
import { maskPicture } from '../augment/spec-augment.ts';
import type { Room } from '../features/cycle-store.ts';
import { pictureKind } from '../features/picture-store.ts';
import type { RunConfig } from './run-config.ts';
import type { DataCycle } from './training-data.ts';

const asItIs: Variation = { stretchRate: null, vtlpAlpha: null, shift: null, masks: null };

export interface BatchItem {
  readonly cycle: DataCycle;
  /** Default: as it is. */
  readonly variation?: Variation;
}

/** Turns cycles into what a network takes. */
export class BatchMaker {
  readonly classes: number;
  readonly shapes: readonly (readonly [rows: number, bands: number])[];
  readonly #config: RunConfig;
  readonly #inputs: InputMaker;
  /** Of each input. */
  readonly #kinds: readonly string[];
  /** The same array for every cycle, in turn: new ones, of megabytes a batch, cost more than what is done with them. */
  readonly #samples = reusedRoom();
  readonly #stretched = reusedRoom();
  /** The same for every batch, of each input. */
  readonly #batches: readonly Room[];

  constructor(config: RunConfig) {
    this.#config = config;
    this.#inputs = new InputMaker(config.frontEnd, config);
    this.#kinds = config.inputs.map((_, input) => pictureKind(config, input));
    this.classes = classesOf(config.task).length;
    this.shapes = this.#inputs.shapes;
    this.#batches = this.shapes.map(reusedRoom);
  }

  /** One tensor `[items, rows, bands, 1]` per input; the caller disposes them. */
  pictures(items: readonly BatchItem[]): tf.Tensor4D[] {
    // Other backends keep the array that a tensor is made from.
    const copies = tf.getBackend() === 'wasm';
    const values = this.shapes.map(([rows, bands], input) => {
      const size = items.length * rows * bands;
      return copies ? this.#batches[input]!(size) : new Float32Array(size);
    });
    this.draw(items, values);
    return this.shapes.map(([rows, bands], input) =>
      tf.tensor4d(values[input]!, [items.length, rows, bands, 1]),
    );
  }

  /** Puts the items' pictures, one after the other, into one array per input, at least `items * rows * bands` long. */
  draw(items: readonly BatchItem[], out: readonly Float32Array[]): void {
    for (const [item, { cycle, variation }] of items.entries()) {
      const places = this.shapes.map(([rows, bands], input) =>
        out[input]!.subarray(item * rows * bands, (item + 1) * rows * bands),
      );
      this.#drawCycle(cycle, variation ?? asItIs, places);
    }
  }

  /** The class of each, among those of the task. */
  classIndices(items: readonly BatchItem[]): number[] {
    return items.map(({ cycle }) => classIndex(this.#config.task, cycle.cycle.label)!);
  }

  /** Puts a cycle's pictures, one per input, into `out`. */
  #drawCycle(cycle: DataCycle, variation: Variation, out: readonly Float32Array[]): void {
    const { stretchRate, vtlpAlpha, shift, masks } = variation;
    const isPlain = stretchRate === null && vtlpAlpha === null && shift === null;
    if (!isPlain || !this.#read(cycle, out)) this.#make(cycle, variation, out);
    if (masks === null) return;
    for (const [input, picture] of out.entries()) maskPicture(picture, this.shapes[input]![1], masks);
  }

  #read(cycle: DataCycle, out: readonly Float32Array[]): boolean {
    return out.every((picture, input) => cycle.readPicture?.(this.#kinds[input]!, picture) ?? false);
  }

  #make(cycle: DataCycle, { stretchRate, vtlpAlpha, shift }: Variation, out: readonly Float32Array[]): void {
    let samples = cycle.samples(this.#samples);
    let inspirationSamples = cycle.inspirationSamples;
    if (stretchRate !== null) {
      const room = this.#stretched(Math.round(samples.length / stretchRate));
      samples = timeStretch(samples, stretchRate, room);
      if (inspirationSamples !== null) inspirationSamples = Math.round(inspirationSamples / stretchRate);
    }
    const variant = {
      inspirationSamples,
      ...(vtlpAlpha === null ? {} : { vtlpAlpha }),
      ...(shift === null ? {} : { shift }),
    };
    this.#inputs.pictures(samples, variant, out);
  }
}

function reusedRoom(): Room {
  let all = new Float32Array(0);
  return samples => {
    if (all.length < samples) all = new Float32Array(samples);
    return all.subarray(0, samples);
  };
}
