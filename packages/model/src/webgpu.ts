/**
 * Training on a graphics card, in Node: the WebGPU backend of TensorFlow.js on the package `webgpu` (Dawn). Both are
 * large and of use to few, so whoever wants them installs them himself.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CrepitusError } from '@crepitus/dsp';
import * as tf from '@tensorflow/tfjs-core';

const backendPackage = '@tensorflow/tfjs-backend-webgpu';
/** Looked for beside this package and in the working directory. */
const places = [import.meta.url, join(process.cwd(), 'package.json')];

export interface GraphicsAdapter {
  /** As its driver names it. */
  readonly name: string;
  /** Whether it is a program that computes on the processor: right, and far slower than the WASM backend. */
  readonly software: boolean;
}

interface Gpu {
  requestAdapter(options: { powerPreference: 'high-performance' }): Promise<{
    readonly info: {
      readonly vendor: string;
      readonly architecture: string;
      readonly description: string;
      readonly isFallbackAdapter: boolean;
    };
  } | null>;
}

interface Dawn {
  readonly globals: object;
  create(options: string[]): Gpu;
}

interface Device {
  onuncapturederror: ((event: { readonly error: { readonly message: string } }) => void) | null;
}

let started: Promise<GraphicsAdapter> | null = null;
let fault: string | null = null;

/**
 * Makes the WebGPU backend the one that tfjs computes on; `startBackend` goes back to WASM, and tensors move with their
 * next use. Of a tensor that was computed here only `await tensor.data()` gives the values; after that `dataSync` does too.
 *
 * @throws CrepitusError `webgpu-missing`, `webgpu-version`, `webgpu-no-adapter`, `webgpu-failed` (all usage)
 */
export async function startWebgpu(): Promise<GraphicsAdapter> {
  started ??= start().catch((error: unknown) => {
    started = null;
    throw error;
  });
  const adapter = await started;
  if (!(await tf.setBackend('webgpu'))) {
    throw refusal(
      'webgpu-failed',
      `The WebGPU backend could not start on ${adapter.name}; choose the backend wasm.`,
    );
  }
  // A program that the device refuses leaves behind what was in memory, and without this a word on stderr alone.
  (tf.backend() as unknown as { device: Device }).device.onuncapturederror = ({ error }) => {
    fault ??= error.message.split('\n')[0]!;
  };
  return adapter;
}

/**
 * Call it before results of the WebGPU backend are used for good: it refuses work without throwing.
 *
 * @throws CrepitusError `webgpu-failed` (usage) when the device has refused anything since the start of the process
 */
export function assertWebgpuSound(): void {
  if (fault === null) return;
  throw refusal(
    'webgpu-failed',
    `The graphics card's results are wrong, because it refused a part of the work (${fault}); choose the backend wasm.`,
  );
}

async function start(): Promise<GraphicsAdapter> {
  const dawnFile = find('webgpu');
  const backendFile = find(backendPackage);
  checkVersion();
  let gpu: Gpu;
  try {
    const dawn: Dawn = await import(pathToFileURL(dawnFile).href);
    Object.assign(globalThis, dawn.globals);
    gpu = dawn.create([]);
  } catch (cause) {
    throw refusal(
      'webgpu-failed',
      `The package webgpu cannot be loaded on this machine (${(cause as Error).message.split('\n')[0]}); choose the backend wasm.`,
      cause,
    );
  }
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) {
    throw refusal(
      'webgpu-no-adapter',
      'WebGPU finds no graphics adapter on this machine (on Linux it needs a Vulkan driver); choose the backend wasm.',
    );
  }
  // The backend looks for it when it is loaded. Node 21 and later have a navigator of their own.
  const host = globalThis as { navigator?: object };
  if (host.navigator === undefined) host.navigator = {};
  Object.defineProperty(host.navigator, 'gpu', { value: gpu, configurable: true });
  await import(pathToFileURL(backendFile).href);
  const { vendor, architecture, description, isFallbackAdapter } = adapter.info;
  return { name: description || `${vendor} ${architecture}`.trim(), software: isFallbackAdapter };
}

function find(name: string): string {
  for (const place of places) {
    try {
      return createRequire(place).resolve(name);
    } catch {
      // The next place may have it.
    }
  }
  throw refusal(
    'webgpu-missing',
    `The backend webgpu needs two packages that do not come with crepitus, and ${name} is not there; install both beside it: npm install webgpu@0.6.2 ${backendPackage}@${tf.version_core}`,
  );
}

/** A backend of another version would register its kernels with an engine that it does not know. */
function checkVersion(): void {
  const { version } = createRequire(find(`${backendPackage}/package.json`))('./package.json');
  if (version === tf.version_core) return;
  throw refusal(
    'webgpu-version',
    `${backendPackage} is of version ${version}, TensorFlow.js here of ${tf.version_core}; install the same: npm install ${backendPackage}@${tf.version_core}`,
  );
}

function refusal(code: string, sentence: string, cause?: unknown): CrepitusError {
  return new CrepitusError(code, sentence, { kind: 'usage', cause });
}
