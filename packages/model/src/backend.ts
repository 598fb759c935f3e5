import { CrepitusError } from '@crepitus/dsp';
import { type Arithmetic, fusedAvailable, registerTrainingKernels } from '@crepitus/kernels';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

const wasmFileNames = [
  'tfjs-backend-wasm.wasm',
  'tfjs-backend-wasm-simd.wasm',
  'tfjs-backend-wasm-threaded-simd.wasm',
] as const;

export interface BackendOptions {
  /** Browsers: the URL folder that serves the `.wasm` files of `@tensorflow/tfjs-backend-wasm`, ending in `/`. */
  readonly wasmFolder?: string;
  /** Browsers, in place of the folder: the URL of each of these files by its name, as bundlers give it (Vite: `?url`). */
  readonly wasmFiles?: Readonly<Record<(typeof wasmFileNames)[number], string>>;
  /**
   * `plain` (default): a recording has the same scores on every machine. `fused`: multiply and add in one rounding, faster,
   * for trainings.
   */
  readonly arithmetic?: Arithmetic;
}

let started: Promise<void> | null = null;

/**
 * Makes the WASM backend the one that tfjs computes on and registers our kernels there. Call it before anything that
 * holds tensors; further calls wait for the first, and go back to WASM and plain arithmetic where others came between.
 *
 * @throws CrepitusError `backend-failed`, `arithmetic-unavailable` (refused)
 */
export async function startBackend(options: BackendOptions = {}): Promise<void> {
  started ??= start(options).catch((error: unknown) => {
    started = null;
    throw error;
  });
  await started;
  if (tf.getBackend() !== 'wasm') await tf.setBackend('wasm');
  const { arithmetic = 'plain' } = options;
  if (arithmetic === 'fused' && !fusedAvailable()) {
    throw new CrepitusError(
      'arithmetic-unavailable',
      'This machine has no fused multiply-add in WebAssembly (relaxed SIMD), which this run multiplies with; train it on one that has, or begin a run with --arithmetic plain.',
      { kind: 'refused' },
    );
  }
  registerTrainingKernels({ arithmetic });
}

/** The fastest arithmetic of this machine. */
export function bestArithmetic(): Arithmetic {
  return fusedAvailable() ? 'fused' : 'plain';
}

async function start({ wasmFolder, wasmFiles }: BackendOptions): Promise<void> {
  // The threaded binary imports a shared memory instead of exporting its own, which our kernels work in.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  const wasm = wasmFiles ?? wasmFolder;
  if (wasm !== undefined) setWasmPaths(wasm);
  const forgetListeners = rememberListeners();
  const chosen = await tf.setBackend('wasm').catch((cause: unknown) => {
    throw backendFailed(wasm, cause);
  });
  if (!chosen) throw backendFailed(wasm);
  await tf.ready();
  forgetListeners();
}

/**
 * In Node the backend's loader listens for uncaught errors and throws them again, which prints its whole minified
 * source over the message. The function returned takes away the listeners that came since.
 */
function rememberListeners(): () => void {
  const host = (globalThis as { process?: NodeJS.Process }).process;
  if (typeof host?.listeners !== 'function') return () => {};
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map(event => new Set<unknown>(host.listeners(event as 'uncaughtException')));
  return () => {
    events.forEach((event, i) => {
      for (const listener of host.listeners(event as 'uncaughtException'))
        if (!before[i]!.has(listener)) host.removeListener(event, listener);
    });
  };
}

function backendFailed(wasm: string | object | undefined, cause?: unknown): CrepitusError {
  const where =
    typeof wasm === 'string'
      ? `"${wasm}"`
      : wasm === undefined
        ? 'its own folder'
        : Object.values(wasm).join(', ');
  return new CrepitusError(
    'backend-failed',
    `The WASM backend of TensorFlow.js could not start from ${where}; check that its .wasm files are served from there and that WebAssembly is allowed.`,
    { cause },
  );
}
