/** What all candidates of the training suite begin with: one network and one batch, so that they can be compared. */
import { readFileSync, writeFileSync } from 'node:fs';
import { randomStream } from '@crepitus/dsp';
import {
  createNetwork,
  type NamedArray,
  type NetworkSpec,
  readSafetensors,
  startBackend,
  writeSafetensors,
} from '@crepitus/model';

export const BATCH = 32;
export const CLASSES = 4;
/** Pictures that an epoch of the task `epoch` trains on, whatever the augmentation. */
export const EPOCH_ITEMS = 128;
export const ROWS = 257;
export const BANDS = 45;
/** The paper's source network. */
export const networkSpec: NetworkSpec = { inputShapes: [[ROWS, BANDS]], classes: CLASSES };

export interface Input {
  readonly weights: readonly NamedArray[];
  /** `[BATCH, ROWS, BANDS]`; the class of picture i is i modulo CLASSES. */
  readonly pictures: Float32Array;
}

/** Weights as after some training: batch normalisations that do something. Needs a backend. */
export function randomInput(): Input {
  const network = createNetwork(networkSpec, 1);
  const random = randomStream(1, 'bench');
  const weights = network.readWeights().map(({ name, shape, data }): NamedArray => {
    if (name.endsWith('/kernel')) return { name, shape, data };
    return { name, shape, data: data.map(value => value + 0.2 * (random.uniform() - 0.5)) };
  });
  network.dispose();
  return { weights, pictures: Float32Array.from({ length: BATCH * ROWS * BANDS }, () => random.normal()) };
}

export async function writeInput(file: string): Promise<void> {
  await startBackend();
  const { weights, pictures } = randomInput();
  const batch = { name: 'pictures', shape: [BATCH, ROWS, BANDS], data: pictures };
  writeFileSync(file, writeSafetensors([...weights, batch]));
}

export function readInput(file: string): Input {
  const arrays = readSafetensors(readFileSync(file), file);
  return {
    weights: arrays.filter(({ name }) => name !== 'pictures'),
    pictures: arrays.find(({ name }) => name === 'pictures')!.data,
  };
}
