import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeWhole } from '@crepitus/datasets';
import { CrepitusError } from '@crepitus/dsp';
import type { Adam } from '@crepitus/kernels';
import { type NamedArray, type Network, readSafetensors, writeSafetensors } from '@crepitus/model';

/**
 * A checkpoint is one safetensors file: the network's weights by their names, Adam's moments as `adam/m.0`, ..., and
 * the counters `counters/step` and `counters/epoch`. (Counters are float32, exact up to 16 million.)
 */
export interface Checkpoint {
  readonly epoch: number;
  readonly weights: readonly NamedArray[];
  readonly step: number;
  readonly moments: readonly NamedArray[];
}

const adamPrefix = 'adam/';
const countersPrefix = 'counters/';

/** The state of a training after an epoch, as the bytes of a checkpoint. */
export async function encodeCheckpoint(network: Network, adam: Adam, epoch: number): Promise<Uint8Array> {
  // WebGPU brings values to the host only asynchronously; after this they are there.
  const tensors = [...network.weights.map(({ variable }) => variable), ...adam.tensors()];
  await Promise.all(tensors.map(tensor => tensor.data()));
  const { step, moments } = adam.state();
  const counter = (name: string, value: number): NamedArray => ({
    name: countersPrefix + name,
    shape: [1],
    data: Float32Array.of(value),
  });
  return writeSafetensors([
    ...network.readWeights(),
    ...moments.map(({ name, data }) => ({ name: adamPrefix + name, shape: [data.length], data })),
    counter('step', step),
    counter('epoch', epoch),
  ]);
}

export async function saveCheckpoint(file: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeWhole(file, bytes);
}

/**
 * @returns null where there is no such file
 * @throws CrepitusError `checkpoint-invalid` (refused)
 */
export async function loadCheckpoint(file: string): Promise<Checkpoint | null> {
  if (!existsSync(file)) return null;
  const arrays = arraysOf(await readFile(file), file);
  const counter = (name: string): number => {
    const value = arrays.find(array => array.name === countersPrefix + name)?.data[0];
    if (value !== undefined) return value;
    throw new CrepitusError(
      'checkpoint-invalid',
      `${file} is no checkpoint of a training (it lacks ${name}); begin the run anew.`,
      { kind: 'refused' },
    );
  };
  return {
    epoch: counter('epoch'),
    step: counter('step'),
    weights: arrays.filter(({ name }) => !name.startsWith(adamPrefix) && !name.startsWith(countersPrefix)),
    moments: arrays
      .filter(({ name }) => name.startsWith(adamPrefix))
      .map(array => ({ ...array, name: array.name.slice(adamPrefix.length) })),
  };
}

function arraysOf(bytes: Uint8Array, file: string): NamedArray[] {
  try {
    return readSafetensors(bytes, file);
  } catch (cause) {
    if (!(cause instanceof CrepitusError)) throw cause;
    throw new CrepitusError('checkpoint-invalid', `The checkpoint ${file} is damaged; begin the run anew.`, {
      kind: 'refused',
      cause,
    });
  }
}

/** Puts network and optimiser where they were. */
export function restoreCheckpoint(checkpoint: Checkpoint, network: Network, adam: Adam): void {
  network.writeWeights(checkpoint.weights);
  adam.restore({ step: checkpoint.step, moments: [...checkpoint.moments] });
}
