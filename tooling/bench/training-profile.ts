/**
 * Where the time of a training step goes, as the Markdown table of packages/kernels/README.md, and what it allocates:
 * node --conditions=@crepitus/source --import tsx tooling/bench/training-profile.ts [STEPS]
 * Milliseconds of this process's CPU time, the least of all steps, because neighbours on the machine only ever add.
 */

import { bestArithmetic, startBackend } from '@crepitus/model';
import * as tf from '@tensorflow/tfjs-core';
import { randomInput } from './training-input.ts';
import { stepWork } from './training-step.ts';

const WARM_UP = 4;
/** Rows of each block's input. */
const INPUT_HEIGHTS = [257, 255, 127, 125, 62, 60, 29];
const steps = Number(process.argv[2] ?? 15);
await startBackend({ arithmetic: bestArithmetic() });
const { run } = stepWork(randomInput(), '');
for (let i = 0; i < WARM_UP; i++) await run();

/** Milliseconds of the current step, by row of the table. */
let current = new Map<string, number>();
for (const kernel of tf.getKernelsForBackend('wasm')) {
  tf.unregisterKernel(kernel.kernelName, 'wasm');
  tf.registerKernel({
    ...kernel,
    kernelFunc(call) {
      const start = process.cpuUsage();
      const outputs = kernel.kernelFunc(call);
      const row = rowOf(kernel.kernelName, call);
      current.set(row, (current.get(row) ?? 0) + cpuMs(start));
      return outputs;
    },
  });
}

const least = new Map<string, number>();
for (let i = 0; i < steps; i++) {
  current = new Map();
  const start = process.cpuUsage();
  await run();
  current.set('whole step', cpuMs(start));
  for (const [row, ms] of current) least.set(row, Math.min(ms, least.get(row) ?? Number.POSITIVE_INFINITY));
}

const ms = (row: string) => least.get(row) ?? 0;
const cell = (value: number) => value.toFixed(1);
const passes = ['forward', 'dX', 'dW'];
console.log(`| ms of CPU time | ${passes.join(' | ')} |\n|---|---|---|---|`);
for (const i of INPUT_HEIGHTS.keys()) {
  console.log(`| L${i + 1} | ${passes.map(pass => cell(ms(`L${i + 1} ${pass}`))).join(' | ')} |`);
}
const sums = passes.map(pass => INPUT_HEIGHTS.reduce((sum, _, i) => sum + ms(`L${i + 1} ${pass}`), 0));
console.log(`| sum | ${sums.map(cell).join(' | ')} |\n`);
const rows = ["gradient of the last block's ReLU and bias", 'other kernels'];
const kernels = [...sums, ...rows.map(ms)].reduce((sum, value) => sum + value, 0);
for (const row of rows) console.log(`| ${row} | ${cell(ms(row))} |`);
console.log(`| tfjs outside kernels, Adam | ${cell(ms('whole step') - kernels)} |`);
console.log(`| whole step | ${cell(ms('whole step'))} |\n`);

const { wasm } = tf.backend() as unknown as {
  wasm: { HEAPU8: Uint8Array; _malloc(bytes: number): number; _free(address: number): void };
};
const { _malloc: malloc, _free: free } = wasm;
const taken = { blocks: 0, bytes: 0, freed: 0, ms: 0 };
let quickest = Number.POSITIVE_INFINITY;
/** Where something was collected within a step it shows less. */
let mostJavascript = 0;
const clocked = <T>(work: () => T): T => {
  const start = performance.now();
  const result = work();
  taken.ms += performance.now() - start;
  return result;
};
wasm._malloc = bytes => {
  taken.blocks++;
  taken.bytes += bytes;
  return clocked(() => malloc(bytes));
};
wasm._free = address => {
  taken.freed++;
  clocked(() => free(address));
};
for (let i = 0; i < steps; i++) {
  const before = process.memoryUsage().heapUsed;
  taken.ms = 0;
  await run();
  quickest = Math.min(quickest, taken.ms);
  mostJavascript = Math.max(mostJavascript, process.memoryUsage().heapUsed - before);
}
const aStep = (value: number) => (value / steps).toFixed(0);
console.log(
  `A step takes ${aStep(taken.blocks)} blocks of ${aStep(taken.bytes / 1e6)} MB from a heap of ${(wasm.HEAPU8.length / 1e6).toFixed(0)} MB ` +
    `and gives ${aStep(taken.freed)} back, which takes ${quickest.toFixed(2)} ms; in JavaScript it makes ${(mostJavascript / 1e6).toFixed(1)} MB.`,
);

function cpuMs(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

function rowOf(name: string, call: Parameters<tf.KernelFunc>[0]): string {
  const layer = (height: number | undefined) => `L${INPUT_HEIGHTS.indexOf(height ?? 0) + 1}`;
  if (name === 'CrepitusBatchNormConvRelu') return `${layer(call.inputs.x?.shape[1])} forward`;
  if (name === 'CrepitusBatchNormConvReluGradientParameters') return `${layer(call.inputs.x?.shape[1])} dW`;
  if (name === 'CrepitusBatchNormConvReluGradientInput') return `${layer(call.inputs.x?.shape[1])} dX`;
  if (name === 'CrepitusReluBiasGradient') return "gradient of the last block's ReLU and bias";
  return 'other kernels';
}
