/** Runs the same computation on tfjs-cpu, which is plain JavaScript and trusted, and on wasm with our kernels. */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // tfjs-core alone registers no gradients in Node
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { expect } from 'vitest';
import { type Arithmetic, fusedAvailable } from '../src/binaries.ts';
import { registerTrainingKernels } from '../src/register.ts';

/** What this machine can compute with. */
export const arithmetics: Arithmetic[] = fusedAvailable() ? ['plain', 'fused'] : ['plain'];

export async function startBackends(arithmetic: Arithmetic): Promise<void> {
  await tf.setBackend('wasm');
  await tf.ready();
  registerTrainingKernels({ arithmetic });
}

/** Seeded uniform numbers in [-1, 1). */
export function uniform(shape: number[], seed: number): tf.Tensor {
  let state = (seed * 2654435761 + 12345) >>> 0;
  const data = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
  return tf.tensor(data, shape);
}

/** What `compute` returns on `backend`, read out; its tensors are disposed. */
export async function valuesOn(
  backend: 'cpu' | 'wasm',
  compute: () => tf.Tensor[],
): Promise<{ shape: number[]; data: Float32Array }[]> {
  await tf.setBackend(backend);
  return tf.tidy(() => compute().map(t => ({ shape: t.shape, data: t.dataSync() as Float32Array })));
}

/** Fails unless both backends agree within `tolerance`, relative to the largest value of each tensor. */
export async function expectSameOnBoth(compute: () => tf.Tensor[], tolerance: number): Promise<void> {
  const expected = await valuesOn('cpu', compute);
  const actual = await valuesOn('wasm', compute);
  expect(actual.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
  for (const [i, { data }] of expected.entries()) {
    expect(relativeDifference(actual[i]!.data, data), `tensor ${i}`).toBeLessThan(tolerance);
  }
}

/** Largest difference over the largest value of `expected`; not a number where `actual` has one that is none. */
export function relativeDifference(actual: Float32Array, expected: Float32Array): number {
  let difference = 0;
  let scale = 1e-6;
  for (const [i, value] of expected.entries()) {
    difference = Math.max(difference, Math.abs(value - actual[i]!));
    scale = Math.max(scale, Math.abs(value));
  }
  return difference / scale;
}

/**
 * Fails unless, on wasm, the gradients of `weights * f(inputs)` (summed) agree with central differences along one
 * random direction per input. The sums are taken in double precision, so that only rounding of f itself and the kinks
 * of ReLU remain.
 */
export async function expectFiniteDifferences(
  f: (...inputs: tf.Tensor[]) => tf.Tensor,
  inputs: () => tf.Tensor[],
  seed: number,
): Promise<void> {
  await tf.setBackend('wasm');
  tf.tidy(() => {
    const at = inputs();
    const weights = uniform(f(...at).shape, seed);
    const gradients = tf.grads((...xs: tf.Tensor[]) => tf.sum(tf.mul(f(...xs), weights)))(at);
    for (const [i, gradient] of gradients.entries()) {
      const direction = uniform(at[i]!.shape, seed + 1 + i);
      const step = 1e-3;
      const loss = (size: number) => {
        const moved = at.map((x, j) => (j === i ? tf.add(x, tf.mul(direction, size)) : x));
        return dot(f(...moved), weights);
      };
      const slope = (loss(step) - loss(-step)) / (2 * step);
      const scale = Math.sqrt(dot(gradient, gradient) * dot(direction, direction));
      expect(Math.abs(dot(gradient, direction) - slope) / (scale + 1e-3), `input ${i}`).toBeLessThan(0.05);
    }
  });
}

function dot(a: tf.Tensor, b: tf.Tensor): number {
  const [left, right] = [a.dataSync<'float32'>(), b.dataSync<'float32'>()];
  return left.reduce((sum, value, i) => sum + value * right[i]!, 0);
}
