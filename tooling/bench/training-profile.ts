/**
 * Where the time of a training step goes, as the Markdown table of packages/kernels/README.md, and what it allocates:
 * node --conditions=@crepitus/source --import tsx tooling/bench/training-profile.ts [STEPS]
 * Milliseconds of this process's CPU time, the least of all steps, because neighbours on the machine only ever add.
 */

import { type HeapProfiler, Session } from 'node:inspector/promises';
import { bestArithmetic, startBackend } from '@crepitus/model';
import * as tf from '@tensorflow/tfjs-core';
import { startFreshHeap } from '../../packages/kernels/conformance/wasm-heap.ts';
import { currentRuntime, type Kernels } from '../../packages/kernels/src/memory.ts';
import type { Work } from './serve.ts';
import { randomInput } from './training-input.ts';
import { stepWork, tapeWork } from './training-step.ts';

/** Until V8 has optimised all of it and, on the tape, freed blocks are held. */
const WARM_UP = 20;
const LAYERS = 7;
const ways = [
  ['laid out once', stepWork],
  ["on tfjs's tape", tapeWork],
] as const;
const steps = Number(process.argv[2] ?? 15);
// Before the kernels wrap its allocator, so that what goes past them is counted.
tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
let heap = await startFreshHeap();
await startBackend({ arithmetic: bestArithmetic() });

const pooling = 'means over pixels, loss, and their gradients';
const weightsRow = 'Adam, L2, moving statistics';
/** Milliseconds of the current step, by row of the table. */
let current = new Map<string, number>();
/** Where in the step the next kernel stands. */
let layer = 0;
let pass = '';
const runtime = currentRuntime();
const { kernels } = runtime;
const clockedKernels = Object.fromEntries(
  Object.entries(kernels).map(([name, kernel]) => [
    name,
    (...numbers: number[]) => {
      const row = rowOf(name);
      const start = process.cpuUsage();
      const result = kernel(...numbers);
      current.set(row, (current.get(row) ?? 0) + cpuMs(start));
      return result;
    },
  ]),
) as Kernels;
Object.defineProperty(runtime, 'kernels', { get: () => clockedKernels, configurable: true });
const { run } = stepWork(randomInput(), '');
Object.defineProperty(runtime, 'kernels', { get: () => kernels });
for (let i = 0; i < WARM_UP; i++) await run();

const least = new Map<string, number>();
for (let i = 0; i < steps; i++) {
  current = new Map();
  layer = 0;
  const start = process.cpuUsage();
  await run();
  current.set('whole step', cpuMs(start));
  for (const [row, ms] of current) least.set(row, Math.min(ms, least.get(row) ?? Number.POSITIVE_INFINITY));
}

const ms = (row: string) => least.get(row) ?? 0;
const cell = (value: number) => value.toFixed(1);
const passes = ['forward', 'dX', 'dW'];
console.log(`| ms of CPU time | ${passes.join(' | ')} |\n|---|---|---|---|`);
const layers = Array.from({ length: LAYERS }, (_, i) => `L${i + 1}`);
for (const name of layers) {
  console.log(`| ${name} | ${passes.map(pass => cell(ms(`${name} ${pass}`))).join(' | ')} |`);
}
const sums = passes.map(pass => layers.reduce((sum, name) => sum + ms(`${name} ${pass}`), 0));
console.log(`| sum | ${sums.map(cell).join(' | ')} |\n`);
const rows = [pooling, weightsRow];
const inKernels = [...sums, ...rows.map(ms)].reduce((sum, value) => sum + value, 0);
for (const row of rows) console.log(`| ${row} | ${cell(ms(row))} |`);
console.log(`| all else, and the measuring itself | ${cell(ms('whole step') - inKernels)} |`);
console.log(`| whole step | ${cell(ms('whole step'))} |\n`);

for (const [name, make] of ways) {
  heap = await startFreshHeap();
  await startBackend({ arithmetic: bestArithmetic() });
  const { run } = make(randomInput(), '');
  for (let i = 0; i < WARM_UP; i++) await run();
  console.log(`A step ${name} ${await allocations(run)}`);
}

const arms = ways.map(([name, make]) => ({ name, run: make(randomInput(), '').run, times: [] as number[] }));
for (let i = -WARM_UP; i < steps; i++) {
  for (const { run, times } of i % 2 === 0 ? arms : arms.toReversed()) {
    const start = process.cpuUsage();
    await run();
    if (i >= 0) times.push(cpuMs(start));
  }
}
console.log('By turns, ms of CPU time, least and first quarter:');
for (const { name, times } of arms) {
  times.sort((a, b) => a - b);
  console.log(`${name}: ${cell(times[0]!)}, ${cell(times[times.length >> 2]!)}`);
}

/** What steps ask of the heaps of WASM and of JavaScript, in words. */
async function allocations(run: Work['run']): Promise<string> {
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
  const taken = { mallocs: heap.mallocs - mallocs, frees: heap.frees - frees };
  const made = await javascriptBytes(async () => {
    for (let i = 0; i < steps; i++) await run();
  });
  return (
    `asks for ${aStep(asked.blocks)} blocks of ${aStep(asked.bytes / 1e6)} MB and gives them back in ${quickest.toFixed(2)} ms; ` +
    `${aStep(taken.mallocs)} come from Emscripten's heap of ${(wasm.HEAPU8.length / 1e6).toFixed(0)} MB, and ${aStep(taken.frees)} go there. ` +
    `In JavaScript it makes ${aStep(made.all / 1e3, 2)} KB, of which ${aStep(made.kernels / 1e3, 2)} KB in packages/kernels and what that calls.`
  );
}

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

/** The row of a kernel, by its name and by those before it: a step always calls them in the same order. */
function rowOf(name: string): string {
  if (name === 'poolMeans' || name === 'focalHead' || name === 'poolMeansGradient') {
    pass = 'dW';
    return pooling;
  }
  if (name === 'moveStatistics' || name.startsWith('adam')) return weightsRow;
  if (name === 'batchNormStatistics') {
    layer++;
    pass = 'forward';
  }
  if (name === 'prepareFinish') pass = 'dX';
  const row = `L${layer} ${pass}`;
  if (name === 'finishBias') {
    layer--;
    pass = 'dW';
  }
  return row;
}
