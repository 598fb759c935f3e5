/** The suite `training`: a training step, inference and an epoch of the paper's network, ours beside the field's. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, freemem, tmpdir } from 'node:os';
import { join } from 'node:path';
import { named, type Task, type TaskToPrepare } from './harness.ts';
import { forked, type Remote, spoken } from './remote.ts';
import { differenceWithin, type Starts, startAll } from './start.ts';
import { BANDS, BATCH, CLASSES, EPOCH_ITEMS, ROWS, writeInput } from './training-input.ts';

const worker = join(import.meta.dirname, 'training-worker.ts');
/** The working directory of a candidate, in which the packages of the backend webgpu are looked for. */
const webgpuPackages = join(import.meta.dirname, 'peers', 'webgpu');
/** What a process that trains may take. */
const BYTES_A_PROCESS = 1.5e9;
/** Several steps a round, so that processes that work together seldom wait for each other. */
const ROUND_MS = 1000;

export const tasks: TaskToPrepare[] = [
  named('train-step', trainStep),
  named('inference', () => inference(BATCH)),
  named('inference', () => inference(1)),
  named('epoch', async () => ({
    task: 'epoch',
    variant: `${EPOCH_ITEMS} pictures, batch ${BATCH}, from cached cycles, without validation`,
    unit: 'picture',
    unitsPerRun: EPOCH_ITEMS,
    ...(await startAll(
      forks('epoch', '', [
        'crepitus-wasm',
        'crepitus-wasm VTLP',
        'crepitus-wasm VTLP, stretch',
        'crepitus-wasm VTLP, shift, SpecAugment',
      ]),
      differenceWithin(0),
    )),
  })),
];

async function trainStep(): Promise<Task> {
  return {
    task: 'train-step',
    variant: `batch ${BATCH}, ${ROWS}x${BANDS}, ${CLASSES} classes`,
    unit: 'cycle',
    unitsPerRun: BATCH,
    ...(await startAll(await trainStepStarts(), sameLosses, ROUND_MS)),
  };
}

export const sameLosses = differenceWithin(1e-3);

export async function trainStepStarts(): Promise<Starts> {
  const file = await writtenInput();
  const starts = forks('train-step', file, ['crepitus-wasm', 'crepitus-wasm plain']);
  const processes = Math.min(availableParallelism(), Math.floor(freemem() / BYTES_A_PROCESS));
  starts.set(`crepitus-wasm, ${Math.max(2, processes)} processes`, () => together(processes, file));
  starts.set('webgpu', () => forked(worker, ['train-step', file, 'webgpu'], webgpuPackages));
  addPytorch(starts, 'train-step', BATCH, file);
  return starts;
}

async function inference(batch: number): Promise<Task> {
  return {
    task: 'inference',
    variant: `batch ${batch}, ${ROWS}x${BANDS}, ${CLASSES} classes`,
    unit: 'cycle',
    unitsPerRun: batch,
    ...(await startAll(await inferenceStarts(batch), sameProbabilities)),
  };
}

export const sameProbabilities = differenceWithin(1e-5);

export async function inferenceStarts(batch: number): Promise<Starts> {
  const file = await writtenInput();
  const names = ['crepitus-wasm', 'crepitus-wasm fused', 'tfjs-wasm predict', 'onnxruntime-node 1 thread'];
  const starts = forks('inference', `${batch} ${file}`, names);
  addPytorch(starts, 'inference', batch, file);
  return starts;
}

function forks(task: string, variant: string, names: readonly string[]): Starts {
  return new Map(names.map(name => [name, () => forked(worker, [task, variant, name])]));
}

let written: Promise<string> | undefined;

function writtenInput(): Promise<string> {
  written ??= (async () => {
    const folder = mkdtempSync(join(tmpdir(), 'crepitus-bench-'));
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, 'input.safetensors');
    await writeInput(file);
    return file;
  })();
  return written;
}

/** Processes that train at the same time, as independent runs do; a run of one of them is counted. */
async function together(processes: number, file: string): Promise<Remote> {
  if (availableParallelism() < 2) throw new Error('there is only one core');
  if (processes < 2) throw new Error('there is too little free memory for a second process');
  const remotes = await Promise.all(
    Array.from({ length: processes }, () => forked(worker, ['train-step', file, 'crepitus-wasm'])),
  );
  return {
    version: remotes[0]!.version,
    async run(times) {
      const start = performance.now();
      await Promise.all(remotes.map(remote => remote.run(times)));
      return (performance.now() - start) / processes;
    },
    result: () => remotes[0]!.result(),
    close() {
      for (const remote of remotes) remote.close();
    },
  };
}

function addPytorch(starts: Starts, task: string, batch: number, file: string): void {
  const python = findPython();
  const start = async (threads: number) => {
    if (python === undefined) throw new Error('neither python3 nor /usr/bin/python3 has torch');
    const layouts = ['channels_last', 'contiguous'];
    return fastest(
      layouts.map(layout => () => pytorch(python, [task, `${threads}`, layout, `${batch}`, file])),
    );
  };
  starts.set('pytorch-1-thread', () => start(1));
  if (availableParallelism() > 1)
    starts.set(`pytorch-${availableParallelism()}-threads`, () => start(availableParallelism()));
}

/** A Python that has PyTorch. */
export function findPython(): string | undefined {
  return ['python3', '/usr/bin/python3'].find(
    path => spawnSync(path, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0,
  );
}

function pytorch(python: string, args: readonly string[]): Promise<Remote> {
  const child = spawn(python, [join(import.meta.dirname, 'pytorch.py'), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // glibc otherwise gives freed memory back and page-faults it in again at every step: 10 to 20 % slower.
    env: {
      ...process.env,
      MALLOC_MMAP_MAX_: '0',
      MALLOC_TRIM_THRESHOLD_: '17179869184',
      OMP_NUM_THREADS: args[1],
    },
  });
  return spoken(child);
}

/** Of several ways to do the work the one whose quickest run is the quickest. */
async function fastest(ways: readonly (() => Promise<Remote>)[]): Promise<Remote> {
  const remotes = await Promise.all(ways.map(start => start()));
  const least = remotes.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < 6; round++) {
    for (const [i, remote] of remotes.entries()) {
      const ms = await remote.run(1);
      if (round > 0) least[i] = Math.min(least[i]!, ms);
    }
  }
  const chosen = remotes[least.indexOf(Math.min(...least))]!;
  for (const remote of remotes) if (remote !== chosen) remote.close();
  return chosen;
}
