import { CrepitusError, randomStream } from '@crepitus/dsp';
import { Adam } from '@crepitus/kernels';
import { type Network, trainableWeights } from '@crepitus/model';
import { classesOf, classIndex } from '@crepitus/recordings';
import { drawVariation, type PlannedItem, planItems } from '../augment/plan.ts';
import { type BatchItem, BatchMaker } from './batches.ts';
import { encodeCheckpoint, loadCheckpoint, restoreCheckpoint, saveCheckpoint } from './checkpoint.ts';
import { chooseEpoch, isBetter } from './epoch-choice.ts';
import type { RunConfig } from './run-config.ts';
import type { RunFolder } from './run-folder.ts';
import type { EpochRecord } from './run-record.ts';
import type { DataCycle } from './training-data.ts';
import { type Losses, type TrainedWeights, type TrainingSteps, trainingSteps } from './training-step.ts';
import { predict, validationFigures } from './validate.ts';

/** Cycles that all have a class of the task. */
export interface TrainingParts {
  readonly train: readonly DataCycle[];
  /** Mixed into every batch; may be empty. */
  readonly mixed: readonly DataCycle[];
  readonly validation: readonly DataCycle[];
}

export type TrainerEvent =
  | {
      readonly type: 'step';
      readonly epoch: number;
      readonly epochs: number;
      readonly step: number;
      readonly steps: number;
      /** Focal loss and L2 of this batch. */
      readonly loss: number;
      readonly secondsLeft: number;
    }
  | {
      readonly type: 'epoch';
      readonly epochs: number;
      readonly record: EpochRecord;
      readonly secondsLeft: number;
    };

export interface TrainerOptions {
  readonly config: RunConfig;
  readonly network: Network;
  readonly parts: TrainingParts;
  readonly run: RunFolder;
  readonly onEvent: (event: TrainerEvent) => void;
  /** Called before anything is written: throws when the run is no longer ours. */
  readonly assertOwned: () => void;
  readonly signal: AbortSignal | undefined;
}

const bestFile = 'checkpoints/best.safetensors';
const lastFile = 'checkpoints/last.safetensors';

/**
 * Trains from the last checkpoint, or from the network as it is, to the last epoch, and puts the chosen epoch's weights
 * into the network. Everything random comes from named streams, so that where a training stopped leaves no trace.
 *
 * @returns the chosen epoch; null when the signal stopped it (the run then continues from the last whole epoch)
 * @throws CrepitusError `training-diverged`
 */
export async function trainNetwork(options: TrainerOptions): Promise<EpochRecord | null> {
  const { config, network, run, parts, signal, onEvent } = options;
  const trainer = new Trainer(config, network, parts);
  try {
    const last = await loadCheckpoint(run.file(lastFile));
    if (last !== null) restoreCheckpoint(last, network, trainer.adam);
    const done = await run.epochsUpTo(last?.epoch ?? 0);
    let best = chooseEpoch(config.select, done);
    for (let epoch = done.length + 1; epoch <= config.epochs; epoch++) {
      const record = await trainer.epoch(epoch, onEvent, signal);
      if (record === null) return null;
      options.assertOwned();
      await run.appendEpoch(record);
      const bytes = await encodeCheckpoint(network, trainer.adam, epoch);
      if (isBetter(config.select, record, best)) {
        best = record;
        await saveCheckpoint(run.file(bestFile), bytes);
      }
      // Last of all: what it does not tell of has not happened.
      await saveCheckpoint(run.file(lastFile), bytes);
      onEvent({ type: 'epoch', epochs: config.epochs, record, secondsLeft: trainer.secondsLeft(epoch, 0) });
    }
    const chosen = await loadCheckpoint(run.file(bestFile));
    network.writeWeights(chosen!.weights);
    return best;
  } finally {
    trainer.dispose();
  }
}

type EpochLosses = Pick<EpochRecord, 'learningRate' | 'dataLoss' | 'l2'>;

/** What `trainNetwork` repeats. */
export class Trainer {
  readonly adam: Adam;
  readonly #config: RunConfig;
  readonly #network: Network;
  readonly #parts: TrainingParts;
  readonly #batches: BatchMaker;
  readonly #plan: readonly PlannedItem[];
  readonly #mixedPlan: readonly PlannedItem[];
  readonly #weights: TrainedWeights;
  readonly #stepsPerEpoch: number;
  #mixedPass: { number: number; order: readonly PlannedItem[] } | null = null;
  #stepsTimed = 0;
  #secondsInSteps = 0;
  #secondsInValidation = 0;

  constructor(config: RunConfig, network: Network, parts: TrainingParts) {
    this.#config = config;
    this.#network = network;
    this.#parts = parts;
    this.#batches = new BatchMaker(config);
    const names = classesOf(config.task);
    const plan = (cycles: readonly DataCycle[]) =>
      planItems(
        cycles.map(({ cycle }) => names[classIndex(config.task, cycle.label)!]!),
        config.kind,
        config.augment,
      );
    this.#plan = plan(parts.train);
    this.#mixedPlan = plan(parts.mixed);
    this.#stepsPerEpoch = Math.ceil(this.#plan.length / config.batch);
    const { trainable, frozenBatchNorm } = trainableWeights(network, config.tuneFrom, config.batchNorm);
    const weights = network.weights.filter(({ name }) => trainable.includes(name));
    const kernels = network.weights.filter(({ kind }) => kind === 'kernel');
    this.#weights = {
      trainable: weights.map(({ variable }) => variable),
      kernels: weights.filter(({ kind }) => kind === 'kernel').map(({ variable }) => variable),
      frozenBatchNorm: new Set(frozenBatchNorm),
      frozenKernels: new Set(kernels.map(({ name }) => name).filter(name => !trainable.includes(name))),
    };
    this.adam = new Adam({ learningRate: config.learningRate });
  }

  /** One pass over the plan and a validation; null when the signal stopped it. */
  async epoch(
    epoch: number,
    onEvent: (event: TrainerEvent) => void,
    signal: AbortSignal | undefined,
  ): Promise<EpochRecord | null> {
    const steps = this.#layOutSteps();
    let losses: EpochLosses | null;
    try {
      losses = await this.#pass(steps, epoch, onEvent, signal);
      if (losses === null) return null;
      steps.finish();
    } finally {
      steps.dispose();
    }
    const began = performance.now();
    const { validation } = this.#parts;
    const probabilities = await predict(this.#network, this.#batches, validation);
    this.#secondsInValidation = (performance.now() - began) / 1000;
    const figures = validationFigures(this.#config.task, validation, probabilities);
    return { epoch, ...losses, validation: figures };
  }

  /** Estimated from the mean step of this process and its last validation. */
  secondsLeft(epoch: number, stepsOfEpoch: number): number {
    const epochsAfter = this.#config.epochs - epoch;
    const steps = stepsOfEpoch + epochsAfter * this.#stepsPerEpoch;
    const validations = epochsAfter + (stepsOfEpoch > 0 ? 1 : 0);
    return (
      (steps * this.#secondsInSteps) / Math.max(1, this.#stepsTimed) + validations * this.#secondsInValidation
    );
  }

  dispose(): void {
    this.adam.dispose();
  }

  /** The steps of an epoch; null when the signal stopped them. */
  async #pass(
    steps: TrainingSteps,
    epoch: number,
    onEvent: (event: TrainerEvent) => void,
    signal: AbortSignal | undefined,
  ): Promise<EpochLosses | null> {
    const { seed, batch, epochs } = this.#config;
    const order = randomStream(seed, 'shuffle', epoch).shuffle(this.#plan);
    let dataLoss = 0;
    let items = 0;
    let l2 = 0;
    let learningRate = 0;
    for (let step = 0; step < this.#stepsPerEpoch; step++) {
      if (signal?.aborted) return null;
      const began = performance.now();
      const own = order.slice(step * batch, (step + 1) * batch);
      const batchItems = [
        ...own.map(item => this.#item(this.#parts.train, item, epoch)),
        ...this.#mixedItems((epoch - 1) * order.length + step * batch, own.length),
      ];
      learningRate = this.#learningRate((epoch - 1) * this.#stepsPerEpoch + step);
      const loss: Losses = await steps.step(batchItems, learningRate);
      if (!Number.isFinite(loss.data + loss.l2)) {
        throw new CrepitusError(
          'training-diverged',
          `The loss is ${loss.data + loss.l2} at step ${step + 1} of epoch ${epoch}; begin another run with a smaller learning rate.`,
        );
      }
      dataLoss += loss.data * batchItems.length;
      items += batchItems.length;
      l2 = loss.l2;
      this.#secondsInSteps += (performance.now() - began) / 1000;
      this.#stepsTimed++;
      onEvent({
        type: 'step',
        epoch,
        epochs,
        step: step + 1,
        steps: this.#stepsPerEpoch,
        loss: loss.data + loss.l2,
        secondsLeft: this.secondsLeft(epoch, this.#stepsPerEpoch - step - 1),
      });
      await new Promise(setImmediate); // Lets signals and messages in.
    }
    return { learningRate, dataLoss: dataLoss / items, l2 };
  }

  #layOutSteps(): TrainingSteps {
    const { batch } = this.#config;
    const largest = Math.min(batch, this.#plan.length) * (this.#mixedPlan.length > 0 ? 2 : 1);
    return trainingSteps(this.#network, this.#weights, this.adam, this.#batches, largest);
  }

  /** @param step from 0, over all epochs */
  #learningRate(step: number): number {
    const { learningRate, schedule, epochs } = this.#config;
    if (schedule === 'constant') return learningRate;
    const progress = step / Math.max(1, epochs * this.#stepsPerEpoch - 1);
    return learningRate * (0.01 + 0.99 * 0.5 * (1 + Math.cos(Math.PI * progress)));
  }

  #item(cycles: readonly DataCycle[], planned: PlannedItem, epoch: number): BatchItem {
    const cycle = cycles[planned.cycle]!;
    const { seed, augment } = this.#config;
    return { cycle, variation: drawVariation(seed, epoch, cycle.id, planned, augment) };
  }

  /**
   * `count` items of the mixed data from a position in an endless row of passes over it; each pass has an order and
   * variations of its own.
   */
  #mixedItems(position: number, count: number): BatchItem[] {
    const size = this.#mixedPlan.length;
    if (size === 0) return [];
    return Array.from({ length: count }, (_, i) => {
      const pass = Math.floor((position + i) / size) + 1;
      if (this.#mixedPass?.number !== pass) {
        const stream = randomStream(this.#config.seed, 'shuffle', 'mix', pass);
        this.#mixedPass = { number: pass, order: stream.shuffle(this.#mixedPlan) };
      }
      return this.#item(this.#parts.mixed, this.#mixedPass.order[(position + i) % size]!, pass);
    });
  }
}
