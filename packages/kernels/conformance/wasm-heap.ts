/** A tfjs WASM backend of its own, whose allocations are counted below whatever the kernels put around them. */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';

export interface WasmModule {
  HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(address: number): void;
  asm: { memory: WebAssembly.Memory };
}

export interface CountedHeap {
  readonly wasm: WasmModule;
  /** Blocks taken from and given back to Emscripten's allocator itself. */
  mallocs: number;
  frees: number;
}

/** Starts the backend `wasm` anew, with nothing in it and without the kernels, and makes it the one in use. */
export async function startFreshHeap(): Promise<CountedHeap> {
  const start = tf.findBackendFactory('wasm');
  tf.removeBackend('wasm');
  tf.registerBackend('wasm', start);
  await tf.setBackend('wasm');
  const { wasm } = tf.backend() as unknown as { wasm: WasmModule };
  // Until its first call Emscripten's `_malloc` is a stub that overwrites this property.
  wasm._free(wasm._malloc(1));
  const { _malloc: malloc, _free: free } = wasm;
  const heap: CountedHeap = { wasm, mallocs: 0, frees: 0 };
  wasm._malloc = bytes => {
    heap.mallocs++;
    return malloc(bytes);
  };
  wasm._free = address => {
    heap.frees++;
    free(address);
  };
  return heap;
}
