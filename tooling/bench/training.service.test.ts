/** The candidates of the suite `training` do the same work; how fast is no test's business. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fusedAvailable } from '@crepitus/kernels';
import { expect, test } from 'vitest';
import { type Check, type Starts, startAll } from './start.ts';
import { findPython, inferenceStarts, sameLosses, sameProbabilities, trainStepStarts } from './training.ts';

const onnxruntime = existsSync(join(import.meta.dirname, 'peers/onnxruntime/node_modules/onnxruntime-node'));
const here: Record<string, boolean> = {
  'crepitus-wasm': true,
  'crepitus-wasm fused': fusedAvailable(),
  'crepitus-wasm plain': true,
  'tfjs-wasm predict': true,
  'onnxruntime-node 1 thread': onnxruntime,
  'pytorch-1-thread': findPython() !== undefined,
};

/** Those of a single thread, whatever else the machine is doing. */
async function expectEqualWork(starts: Starts, check: Check, names: string[]): Promise<void> {
  const chosen = new Map(names.map(name => [name, starts.get(name)!]));
  const { candidates, skipped } = await startAll(chosen, check, 0);
  for (const { close } of candidates) close!();
  const reasons = skipped.map(({ name, reason }) => `${name}: ${reason}`).join('\n');
  expect(
    candidates.map(({ name }) => name),
    reasons,
  ).toEqual(names.filter(name => here[name]));
}

test('folded batch normalisations give the probabilities of TensorFlow.js, onnxruntime and PyTorch, where these are', async () => {
  await expectEqualWork(await inferenceStarts(1), sameProbabilities, [
    'crepitus-wasm',
    'crepitus-wasm fused',
    'tfjs-wasm predict',
    'onnxruntime-node 1 thread',
    'pytorch-1-thread',
  ]);
});

test('a step on the whole network, and the one after it, lose what they lose in PyTorch, where it is', async () => {
  await expectEqualWork(await trainStepStarts(), sameLosses, [
    'crepitus-wasm',
    'crepitus-wasm plain',
    'pytorch-1-thread',
  ]);
});
