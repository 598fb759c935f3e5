import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { expect, test, vi } from 'vitest';
import { fusedAvailable } from './binaries.ts';
import { convBiasRelu } from './conv-bias-relu.ts';
import { runtimeOf } from './memory.ts';
import { registerTrainingKernels } from './register.ts';

function maxPoolGradientOfNegatives(): Promise<unknown> {
  const x = tf.neg(tf.reshape(tf.range(1, 17), [1, 4, 4, 1]));
  return tf
    .grad(v => tf.sum(tf.maxPool(v as tf.Tensor4D, 2, 2, 'valid')))(x)
    .data();
}

test('refuses any backend but wasm', async () => {
  await tf.setBackend('cpu');
  expect(registerTrainingKernels).toThrow(/need the tfjs backend 'wasm' but 'cpu' is in use/);
});

test('refuses the threaded backend, whose memory is shared', () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  for (const asm of [{}, { memory }]) {
    const backend = { wasm: { asm, _malloc: () => 0, _free: () => {} } };
    expect(() => runtimeOf(backend)).toThrow(/shared memory of the threaded tfjs WASM backend/);
  }
});

test('tfjs-wasm loses the max-pool gradient of windows without a positive value; registered, it does not', async () => {
  await tf.setBackend('wasm');
  const broken = await maxPoolGradientOfNegatives();
  expect(broken, 'when this fails, tfjs has repaired MaxPoolGrad and ours can go').toEqual(
    Float32Array.from({ length: 16 }, (_, i) => (i === 0 ? 1 : 0)),
  );
  registerTrainingKernels();
  const repaired = await maxPoolGradientOfNegatives();
  expect(repaired).toEqual(Float32Array.from({ length: 16 }, (_, i) => ([0, 2, 8, 10].includes(i) ? 1 : 0)));
});

test('a second call changes nothing and prints nothing', async () => {
  await tf.setBackend('wasm');
  registerTrainingKernels();
  const warn = vi.spyOn(console, 'warn');
  const before = tf.getKernel('Conv2DBackpropInput', 'wasm');
  registerTrainingKernels();
  expect(tf.getKernel('Conv2DBackpropInput', 'wasm')).toBe(before);
  expect(warn).not.toHaveBeenCalled();
});

test('clones share their data and live on when the original is disposed', async () => {
  await tf.setBackend('wasm');
  registerTrainingKernels();
  const x = tf.tensor1d([1, 2, 3]);
  const clone = x.clone();
  expect(clone.dataId).toBe(x.dataId);
  const words = tf.tensor1d(['a', 'b']);
  const copy = words.clone();
  tf.dispose([x, words]);
  expect(clone.dataSync()).toEqual(new Float32Array([1, 2, 3]));
  expect(copy.dataSync()).toEqual(['a', 'b']);
});

test('a LayersModel, which only knows tfjs, trains as it does on cpu', async () => {
  const histories: unknown[][] = [];
  for (const backend of ['wasm', 'cpu']) {
    await tf.setBackend(backend);
    if (backend === 'wasm') registerTrainingKernels();
    const seeded = (seed: number) => tfl.initializers.glorotUniform({ seed });
    const model = tfl.sequential({
      layers: [
        tfl.layers.conv2d({
          inputShape: [11, 9, 1],
          filters: 8,
          kernelSize: 3,
          activation: 'relu',
          kernelInitializer: seeded(1),
        }),
        tfl.layers.batchNormalization(),
        tfl.layers.maxPooling2d({ poolSize: 2 }),
        tfl.layers.conv2d({ filters: 16, kernelSize: 3, padding: 'same', kernelInitializer: seeded(2) }),
        tfl.layers.globalAveragePooling2d({}),
        tfl.layers.dense({ units: 2, activation: 'softmax', kernelInitializer: seeded(3) }),
      ],
    });
    model.compile({ optimizer: tf.train.adam(0.01), loss: 'categoricalCrossentropy' });
    const x = tf.randomNormal([4, 11, 9, 1], 0, 1, 'float32', 5);
    const y = tf.oneHot([0, 1, 0, 1], 2);
    const { history } = await model.fit(x, y, { epochs: 3, batchSize: 4, verbose: 0 });
    histories.push(history.loss!);
  }
  const [wasm, cpu] = histories as [number[], number[]];
  expect(cpu[2]).toBeLessThan(cpu[0]!);
  for (const [i, loss] of cpu.entries()) expect(wasm[i]).toBeCloseTo(loss, 4);
});

test('works on a wasm backend that was started anew', async () => {
  const start = tf.findBackendFactory('wasm');
  tf.removeBackend('wasm');
  tf.registerBackend('wasm', start);
  await tf.setBackend('wasm');
  const x = tf.ones([1, 3, 3, 1]) as tf.Tensor4D;
  const [dFilter] = tf.grads(filter => tf.conv2d(x, filter as tf.Tensor4D, 1, 'valid'))([
    tf.ones([3, 3, 1, 8]),
  ]);
  expect(await dFilter!.data()).toEqual(new Float32Array(72).fill(1));
});

test('unregistered, tfjs hands out memory that reaches past 4 GiB', async () => {
  const start = tf.findBackendFactory('wasm');
  tf.removeBackend('wasm');
  tf.registerBackend('wasm', start);
  await tf.setBackend('wasm');
  const { wasm } = tf.backend() as unknown as {
    wasm: { _malloc(bytes: number): number; _free(address: number): void };
  };
  const allocate = (count: number, bytes: number) =>
    Array.from({ length: count }, () => wasm._malloc(bytes) >>> 0);
  for (const address of allocate(3, 1.5 * 2 ** 30)) wasm._free(address);
  const ends = allocate(5, 1e9).map(address => address + 1e9);
  expect(Math.max(...ends), 'when this fails, Emscripten has repaired its heap').toBeGreaterThan(2 ** 32);
});

test('says which arithmetic is in use, and changes it when one is named', async () => {
  await tf.setBackend('wasm');
  const best = fusedAvailable() ? 'fused' : 'plain';
  expect(registerTrainingKernels({ arithmetic: 'auto' })).toBe(best);
  expect(registerTrainingKernels({ arithmetic: 'plain' })).toBe('plain');
  expect(registerTrainingKernels(), 'a call that names none').toBe('plain');
  expect(registerTrainingKernels({ arithmetic: 'auto' })).toBe(best);
});

test('fused arithmetic rounds once, plain arithmetic twice', async ({ skip }) => {
  skip(!fusedAvailable(), 'this host or processor has no fused multiply-add');
  await tf.setBackend('wasm');
  // 1 + 2^-12 squared, less its rounded value: what the second rounding would lose.
  const x = 1 + 2 ** -12;
  const difference = () =>
    tf.tidy(() => {
      const input = tf.fill([1, 3, 3, 8], 0) as tf.Tensor4D;
      const one = tf.buffer([1, 3, 3, 8]);
      one.set(x, 0, 1, 1, 0);
      const filter = tf.buffer([3, 3, 8, 8]);
      filter.set(x, 1, 1, 0, 0);
      const bias = tf.fill([8], -Math.fround(x * x)) as tf.Tensor1D;
      const y = convBiasRelu(
        tf.add(input, one.toTensor()) as tf.Tensor4D,
        filter.toTensor() as tf.Tensor4D,
        bias,
        2,
      );
      return y.dataSync()[0];
    });
  registerTrainingKernels({ arithmetic: 'plain' });
  expect(difference()).toBe(0);
  registerTrainingKernels({ arithmetic: 'fused' });
  expect(difference()).toBe(2 ** -24);
});
