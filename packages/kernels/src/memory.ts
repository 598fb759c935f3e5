import { backend as currentBackend, engine, getBackend, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { type Arithmetic, compileKernels } from './binaries.ts';
import { FreedBlocks } from './freed-blocks.ts';

/** What the tfjs WASM backend has beyond the public `KernelBackend`, as far as it is used here. */
interface WasmBackend {
  wasm: {
    _malloc(bytes: number): number;
    _free(address: number): void;
    asm?: { memory?: WebAssembly.Memory };
  };
  dataIdMap: { get(dataId: object): { memoryOffset: number } };
  makeOutput(shape: number[], dtype: 'float32'): TensorInfo;
}

/** The exports of assembly/index.ts; all arguments are numbers, addresses in bytes. */
type KernelName =
  | 'adamPenalty'
  | 'adamStep'
  | 'batchNormApply'
  | 'batchNormGradientInput'
  | 'batchNormGradientParameters'
  | 'batchNormScratch'
  | 'batchNormStatistics'
  | 'convForward'
  | 'convGradientFilter'
  | 'convGradientFilterAny'
  | 'convGradientFilterOneChannel'
  | 'convGradientInput'
  | 'convGradientInputOneChannel'
  | 'finishBias'
  | 'finishBytes'
  | 'finishSums'
  | 'focalHead'
  | 'foldNorm'
  | 'maxPoolGradient'
  | 'moveStatistics'
  | 'normConvGradientParameters'
  | 'packFilter'
  | 'packFilterTransposed'
  | 'poolMeans'
  | 'poolMeansGradient'
  | 'prepareFinish'
  | 'reluBiasGradient'
  | 'roundsOnce'
  | 'scaleFilter'
  | 'winogradForward'
  | 'winogradGradientFilter'
  | 'winogradGradientInput'
  | 'winogradScratch';

export type Kernels = Readonly<Record<KernelName, (...numbers: number[]) => number>>;

/** Our kernels, at work in the memory of one WASM backend. */
export interface Runtime {
  readonly kernels: Kernels;
  readonly arithmetic: Arithmetic;
  /** Goes on with the other binary. */
  use(arithmetic: Arithmetic): void;
  /** Address of a tensor's data; they are moved here first if another backend holds them. */
  address(tensor: TensorInfo): number;
  /** A new float32 tensor, not cleared. */
  output(shape: number[]): TensorInfo;
  /** Address of at least `bytes` bytes that hold nothing across calls of `scratch`. */
  scratch(bytes: number): number;
  /** What is in memory; valid until something is allocated. */
  doubles(address: number, count: number): Float64Array;
  floats(address: number, count: number): Float32Array;
  words(address: number, count: number): Uint32Array;
}

const runtimes = new WeakMap<object, Runtime>();

/** The runtime of a WASM backend, made on first use. Throws one sentence when it cannot work on this backend. */
export function runtimeOf(backend: unknown): Runtime {
  const wasmBackend = backend as WasmBackend;
  let runtime = runtimes.get(wasmBackend);
  if (runtime === undefined) {
    runtime = createRuntime(wasmBackend);
    runtimes.set(wasmBackend, runtime);
  }
  return runtime;
}

/** The runtime of the backend in use. Throws one sentence when that is not a WASM backend with memory of its own. */
export function currentRuntime(): Runtime {
  const name = getBackend();
  if (name !== 'wasm') {
    const found = name ? `'${name}' is in use` : 'none has started';
    throw new Error(
      `Training kernels need the tfjs backend 'wasm' but ${found}; call await tf.setBackend('wasm') first.`,
    );
  }
  let backend: unknown;
  try {
    backend = currentBackend();
  } catch (cause) {
    throw new Error(
      "Training kernels need the tfjs backend 'wasm', which has not started yet; wait for it with await tf.setBackend('wasm').",
      { cause },
    );
  }
  return runtimeOf(backend);
}

function createRuntime(backend: WasmBackend): Runtime {
  const memory = backend.wasm.asm?.memory;
  // Shared memory has no ArrayBuffer. (Pages without isolation do not even know SharedArrayBuffer.)
  if (!(memory instanceof WebAssembly.Memory) || !(memory.buffer instanceof ArrayBuffer)) {
    throw new Error(
      'Training kernels cannot work on the shared memory of the threaded tfjs WASM backend; call ' +
        "tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false) before the backend starts.",
    );
  }
  manageAllocations(backend, memory);
  const instantiate = (arithmetic: Arithmetic) =>
    new WebAssembly.Instance(compileKernels(arithmetic), { env: { memory } }).exports as Kernels;
  const made: Partial<Record<Arithmetic, Kernels>> = {};
  let arithmetic: Arithmetic = 'plain';
  let scratchAddress = 0;
  let scratchBytes = 0;
  return {
    get kernels() {
      const kernels = made[arithmetic] ?? instantiate(arithmetic);
      made[arithmetic] = kernels;
      return kernels;
    },
    get arithmetic() {
      return arithmetic;
    },
    use(wanted) {
      arithmetic = wanted;
    },
    address: tensor => backend.dataIdMap.get(tensor.dataId).memoryOffset,
    output: shape => backend.makeOutput(shape, 'float32'),
    scratch(bytes) {
      if (bytes > scratchBytes) {
        backend.wasm._free(scratchAddress);
        scratchAddress = 0;
        scratchBytes = 0;
        scratchAddress = backend.wasm._malloc(bytes) >>> 0;
        scratchBytes = bytes;
      }
      return scratchAddress;
    },
    doubles: (from, count) => new Float64Array(memory.buffer, from, count),
    floats: (from, count) => new Float32Array(memory.buffer, from, count),
    words: (from, count) => new Uint32Array(memory.buffer, from, count),
  };
}

/**
 * From here on freed blocks are kept for the next tensor of their size (`FreedBlocks`), and an allocation that fails throws.
 * Where tfjs finds no room, its `malloc` returns 0, or an address from which the tensor would reach past 4 GiB and around to
 * the start of the heap; tfjs looks at neither, and writing destroys the heap without an error. One that could wrap around (it
 * would, unless a free block serves it) is not tried.
 */
function manageAllocations({ wasm }: WasmBackend, memory: WebAssembly.Memory): void {
  // Until its first call Emscripten's `_malloc` is a stub that overwrites this property.
  wasm._free(wasm._malloc(1));
  const { _malloc: malloc, _free: free } = wasm;
  const page = 2 ** 16;
  const grow = memory.grow.bind(memory);
  let mayGrow = true;
  // Emscripten grows its memory by this method, and takes an error for a host that has no more.
  memory.grow = pages => {
    if (!mayGrow) throw new RangeError('Freed blocks are to be given back before memory grows.');
    return grow(pages);
  };
  const blocks = new FreedBlocks({
    get bytes() {
      return memory.buffer.byteLength;
    },
    malloc(bytes, allowed) {
      const wraps = bytes + memory.buffer.byteLength > 2 ** 32 - page && bytes > page;
      if (wraps) return 0;
      mayGrow = allowed;
      const address = malloc(bytes);
      mayGrow = true;
      return address;
    },
    free,
  });
  wasm._free = address => blocks.free(address);
  wasm._malloc = bytes => {
    const address = blocks.malloc(bytes);
    if (address === 0 && bytes > 0) {
      const { numBytes, numTensors } = engine().memory();
      throw new Error(
        `The tfjs WASM backend has no room for ${bytes} bytes beside the ${numBytes} bytes of its ` +
          `${numTensors} tensors (its memory ends at 4 GiB and never shrinks); use a smaller batch.`,
      );
    }
    return address;
  };
}

/** Elements of a tensor. */
export function sizeOf(tensor: TensorInfo): number {
  return util.sizeFromShape(tensor.shape);
}
