import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { startBackends, uniform } from '../conformance/backends.ts';
import { startFreshHeap } from '../conformance/wasm-heap.ts';
import { Adam } from './adam.ts';
import { batchNormConvRelu } from './batch-norm-conv-relu.ts';
import { batchNormTrain } from './batch-norm-train.ts';
import { convBiasRelu } from './conv-bias-relu.ts';
import { registerTrainingKernels } from './register.ts';
import { wasmBytes } from './wasm-bytes.ts';

interface BackendInternals {
  wasm: { HEAPU8: Uint8Array; _malloc(bytes: number): number; _free(address: number): void };
  makeOutput(shape: number[], dtype: 'float32'): tf.TensorInfo;
}

const backend = () => tf.backend() as unknown as BackendInternals;

beforeAll(() => startBackends('plain'));

test('the compiled module owns nothing in the memory that it works in', () => {
  const bytes = Uint8Array.from(atob(wasmBytes), character => character.charCodeAt(0));
  const [DATA, DATA_COUNT, START] = [11, 12, 8];
  expect(sections(bytes)).not.toContain(DATA);
  expect(sections(bytes)).not.toContain(DATA_COUNT);
  expect(sections(bytes)).not.toContain(START);
  expect(WebAssembly.Module.imports(new WebAssembly.Module(bytes))).toEqual([
    { module: 'env', name: 'memory', kind: 'memory' },
  ]);
});

/** The identifiers of a module's sections, in order. */
function sections(bytes: Uint8Array): number[] {
  const found: number[] = [];
  for (let at = 8; at < bytes.length; ) {
    found.push(bytes[at++]!);
    let length = 0;
    for (let shift = 0, more = true; more; shift += 7) {
      const byte = bytes[at++]!;
      length += (byte & 127) << shift;
      more = byte > 127;
    }
    at += length;
  }
  return found;
}

/** The training step of a network of two blocks. */
function trainer() {
  const x = uniform([4, 21, 13, 1], 1) as tf.Tensor4D;
  const shapes = [
    [1],
    [1],
    [3, 3, 1, 8],
    [8],
    [8],
    [8],
    [3, 3, 8, 16],
    [16],
    [16],
    [16],
    [3, 3, 16, 16],
    [16],
  ];
  const variables = shapes.map((shape, i) => tf.variable(uniform(shape, i + 2)));
  const adam = new Adam({ learningRate: 1e-3 });
  return () => {
    const { value, grads } = tf.variableGrads(() => {
      const [g1, b1, w1, c1, g2, b2, w2, c2, gamma, beta, filter, bias] = variables as never[];
      const y1 = convBiasRelu(batchNormTrain(x, g1!, b1!, 1e-3).y, w1!, c1!, 1);
      const first = { gamma: g2!, beta: b2!, filter: w2!, bias: c2! };
      const second = { gamma: gamma!, beta: beta!, filter: filter!, bias: bias! };
      const { y: y2 } = batchNormConvRelu(y1, first, { stride: 2, epsilon: 1e-3, inputIsRelu: true });
      const { y } = batchNormConvRelu(y2, second, { stride: 1, epsilon: 1e-3, inputIsRelu: true });
      return tf.mean(y) as tf.Scalar;
    }, variables);
    const gradients = variables.map(({ name }) => grads[name]!);
    adam.apply(variables, gradients);
    tf.dispose([value, ...gradients]);
  };
}

test('steps leave no tensors behind and memory does not grow', async () => {
  const heap = await startFreshHeap();
  registerTrainingKernels({ arithmetic: 'plain' });
  const step = trainer();
  step();
  step();
  const state = () => ({
    tensors: tf.memory().numTensors,
    bytes: tf.memory().numBytes,
    heap: heap.wasm.HEAPU8.length,
  });
  const before = state();
  const blocks = Array.from({ length: 300 }, () => {
    step();
    return heap.mallocs - heap.frees;
  });
  expect(state()).toEqual(before);
  // Of Emscripten's heap: those of tensors, and those that are held, all of them after a third of these steps.
  expect(new Set(blocks.slice(100)).size).toBe(1);
});

/** The paper's seven blocks on one picture, and Adam. */
function paperTrainer() {
  const x = uniform([1, 257, 45, 1], 1) as tf.Tensor4D;
  const counts = [1, 16, 32, 32, 64, 64, 128, 128];
  const blocks = counts.slice(0, -1).map((channels, i) => {
    const shapes = [[channels], [channels], [3, 3, channels, counts[i + 1]!], [counts[i + 1]!]];
    return shapes.map((shape, k) => tf.variable(uniform(shape, 4 * i + k)));
  });
  const variables = blocks.flat();
  const adam = new Adam({ learningRate: 1e-3 });
  return (within: (name: string, work: () => void) => void) => {
    const { value, grads } = tf.variableGrads(() => {
      const last = blocks.reduce((input, block, i) => {
        const [gamma, beta, filter, bias] = block as never[];
        const weights = { gamma: gamma!, beta: beta!, filter: filter!, bias: bias! };
        const stride = i % 2 === 0 ? 1 : 2;
        return batchNormConvRelu(input, weights, { stride, epsilon: 1e-3, inputIsRelu: i > 0 }).y;
      }, x);
      return tf.mean(last) as tf.Scalar;
    }, variables);
    const gradients = variables.map(({ name }) => grads[name]!);
    within('Adam', () => adam.apply(variables, gradients));
    tf.dispose([value, ...gradients]);
  };
}

test("a settled step asks for a block for each tensor that a kernel or Adam gives, none beside, and takes none from Emscripten's heap", async () => {
  const heap = await startFreshHeap();
  registerTrainingKernels({ arithmetic: 'plain' });
  const step = paperTrainer();
  for (let i = 0; i < 40; i++) step((_, work) => work());

  const { wasm } = heap;
  const { _malloc: malloc, _free: free } = wasm;
  const asked = new Map<string, number>();
  let freed = 0;
  let at = 'tfjs';
  const within = <T>(name: string, work: () => T): T => {
    const before = at;
    at = name;
    try {
      return work();
    } finally {
      at = before;
    }
  };
  wasm._malloc = bytes => {
    asked.set(at, (asked.get(at) ?? 0) + 1);
    return malloc(bytes);
  };
  wasm._free = address => {
    freed++;
    free(address);
  };
  const ours = tf.getKernelsForBackend('wasm').filter(({ kernelName }) => kernelName.startsWith('Crepitus'));
  const register = (kernel: tf.KernelConfig) => {
    tf.unregisterKernel(kernel.kernelName, 'wasm');
    tf.registerKernel(kernel);
  };
  for (const kernel of ours)
    register({ ...kernel, kernelFunc: call => within(kernel.kernelName, () => kernel.kernelFunc(call)) });
  const before = { mallocs: heap.mallocs, frees: heap.frees };
  try {
    step(within);
  } finally {
    wasm._malloc = malloc;
    wasm._free = free;
    ours.forEach(register);
  }
  expect({ mallocs: heap.mallocs, frees: heap.frees }).toEqual(before);
  expect(freed).toBe([...asked.values()].reduce((sum, count) => sum + count));
  asked.delete('tfjs');
  // As README.md says: 50 by the kernels, and a new tensor per variable by Adam.
  expect(Object.fromEntries(asked)).toEqual({
    CrepitusBatchNormConvRelu: 7 * 3, // y, mean, variance
    CrepitusBatchNormConvReluGradientParameters: 7 * 3, // of filter, gamma, beta
    CrepitusBatchNormConvReluGradientInput: 6,
    CrepitusReluBiasGradient: 2,
    Adam: 7 * 4,
  });
});

test("the backend's allocator is wrapped once, whichever arithmetic is chosen and however often", async () => {
  const { wasm } = await startFreshHeap();
  const before = wasm._malloc;
  registerTrainingKernels({ arithmetic: 'plain' });
  const { _malloc: malloc, _free: free } = wasm;
  const { grow } = wasm.asm.memory;
  expect(malloc).not.toBe(before);
  for (const arithmetic of ['plain', 'auto', 'plain'] as const) {
    registerTrainingKernels({ arithmetic });
    trainer()();
    expect(wasm._malloc).toBe(malloc);
    expect(wasm._free).toBe(free);
    expect(wasm.asm.memory.grow).toBe(grow);
  }
});

test('kernels see tensors that were made before and after the memory has grown', async () => {
  await tf.setBackend('wasm');
  const x = uniform([1, 5, 5, 8], 3) as tf.Tensor4D;
  const filter = uniform([3, 3, 8, 8], 4) as tf.Tensor4D;
  const bias = uniform([8], 5) as tf.Tensor1D;
  const before = convBiasRelu(x, filter, bias, 1).dataSync();
  const heap = backend().wasm.HEAPU8.length;
  const large = tf.zeros([heap / 4]);
  expect(backend().wasm.HEAPU8.length).toBeGreaterThan(heap);
  expect(convBiasRelu(x, filter, bias, 1).dataSync()).toEqual(before);
  large.dispose();
});

test('shapes that do not fit are refused in one sentence', () => {
  const x = uniform([1, 5, 5, 8], 3) as tf.Tensor4D;
  const bias = uniform([8], 5) as tf.Tensor1D;
  expect(() => convBiasRelu(x, uniform([3, 3, 4, 8], 1) as tf.Tensor4D, bias, 1)).toThrow(
    'convBiasRelu needs x [batch, height >= 3, width >= 3, c], filter [3, 3, c, o] and bias [o], ' +
      'but found x [1,5,5,8], filter [3,3,4,8] and bias [8].',
  );
  const block = { gamma: bias, beta: bias, filter: uniform([3, 3, 8, 8], 1) as tf.Tensor4D, bias };
  expect(() =>
    batchNormConvRelu(x, { ...block, beta: uniform([7], 1) as tf.Tensor1D }, { stride: 1, epsilon: 1e-3 }),
  ).toThrow(
    'gamma and beta [c], filter [3, 3, c, o] and bias [o], but found x [1,5,5,8], gamma [8], beta [7], filter [3,3,8,8] and bias [8].',
  );
  expect(() => batchNormTrain(x, bias, uniform([7], 1) as tf.Tensor1D, 1e-3)).toThrow(
    /gamma \[8\] and beta \[7\]/,
  );
});

test('a failed allocation throws instead of handing out an address that is not its own', async () => {
  await tf.setBackend('wasm');
  const make = (bytes: number) => backend().makeOutput([bytes / 4], 'float32');
  const tensors = tf.memory().numTensors;
  expect(() => make(2 ** 32)).toThrow(/no room for 4294967296 bytes/);
  expect(() => make(2 ** 32 - 4096)).toThrow(/no room for 4294963200 bytes/);
  const filling = [make(1.5 * 2 ** 30), make(1.5 * 2 ** 30)];
  expect(() => make(1.5 * 2 ** 30)).toThrow(/no room for 1610612736 bytes/);
  for (const { dataId } of filling) tf.backend().disposeData(dataId);
  expect(tf.memory().numTensors).toBe(tensors);
  expect(uniform([3], 1).dataSync()).toHaveLength(3);
});
