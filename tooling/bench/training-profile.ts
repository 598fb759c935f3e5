/**
 * Where the time of a training step goes, as the Markdown table of packages/kernels/README.md, and what it allocates:
 * node --conditions=@crepitus/source --import tsx tooling/bench/training-profile.ts [STEPS]
 * Milliseconds of this process's CPU time, the least of all steps, because neighbours on the machine only ever add.
 */

import { type HeapProfiler, Session } from 'node:inspector/promises';
import { bestArithmetic, startBackend } from '@crepitus/model';
import * as tf from '@tensorflow/tfjs-core';
import { startFreshHeap } from '../../packages/kernels/conformance/wasm-heap.ts';
import { randomInput } from './training-input.ts';
import { stepWork } from './training-step.ts';

/** Until freed blocks are held. */
const WARM_UP = 20;
/** Rows of each block's input. */
const INPUT_HEIGHTS = [257, 255, 127, 125, 62, 60, 29];
const steps = Number(process.argv[2] ?? 15);
// Before the kernels wrap its allocator, so that what goes past them is counted.
tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
const heap = await startFreshHeap();
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

const { wasm } = heap;
const { _malloc: malloc, _free: free } = wasm;
const asked = { blocks: 0, bytes: 0, ms: 0 };
let quickest = Number.POSITIVE_INFINITY;
const clocked = <T>(work: () => T): T => {
  const start = performance.now();
  const result = work();
  asked.ms += performance.now() - start;
  return result;
};
wasm._malloc = bytes => {
  asked.blocks++;
  asked.bytes += bytes;
  return clocked(() => malloc(bytes));
};
wasm._free = address => clocked(() => free(address));
const { mallocs, frees } = heap;
for (let i = 0; i < steps; i++) {
  asked.ms = 0;
  await run();
  quickest = Math.min(quickest, asked.ms);
}
wasm._malloc = malloc;
wasm._free = free;
const aStep = (value: number, digits = 0) => (value / steps).toFixed(digits);
console.log(
  `A step asks for ${aStep(asked.blocks)} blocks of ${aStep(asked.bytes / 1e6)} MB and gives them back in ${quickest.toFixed(2)} ms; ` +
    `${aStep(heap.mallocs - mallocs)} come from Emscripten's heap of ${(wasm.HEAPU8.length / 1e6).toFixed(0)} MB, and ${aStep(heap.frees - frees)} go there.`,
);

const made = await javascriptBytes(async () => {
  for (let i = 0; i < steps; i++) await run();
});
console.log(
  `In JavaScript it makes ${aStep(made.all / 1e3)} KB, of which ${aStep(made.kernels / 1e3)} KB in packages/kernels and what that calls.`,
);

/** What is allocated meanwhile, collected or not, by sampling. A built-in function counts as what calls it. */
async function javascriptBytes(work: () => Promise<void>): Promise<{ all: number; kernels: number }> {
  const session = new Session();
  session.connect();
  await session.post('HeapProfiler.startSampling', {
    samplingInterval: 256,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  });
  await work();
  const { profile } = await session.post('HeapProfiler.stopSampling');
  session.disconnect();
  const bytes = { all: 0, kernels: 0 };
  const count = ({ callFrame, selfSize, children }: HeapProfiler.SamplingHeapProfileNode, caller: string) => {
    const url = callFrame.url || caller;
    // By tsx, which names every function again.
    if (callFrame.functionName === '__name') return;
    if (!url.startsWith('node:inspector')) bytes.all += selfSize;
    if (url.includes('/packages/kernels/')) bytes.kernels += selfSize;
    for (const child of children) count(child, url);
  };
  count(profile.head, '');
  return bytes;
}

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
