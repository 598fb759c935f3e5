/**
 * The WASM instance: one per module, made at the first call or by `init`, from bytes inside the module. A call lays its
 * buffers out in memory, fills them, runs kernels and copies the result out; nothing is kept in WASM memory between calls.
 */
import { CrepitusError } from './error.ts';
import { twiddleTable } from './twiddles.ts';
import { wasmBytes } from './wasm-bytes.ts';

/** Kernels of ../assembly. Pointers and lengths are not checked there. */
export interface Kernels {
  readonly memory: WebAssembly.Memory;
  heapBase(): number;
  twiddles(): number;
  extend(x: number, samples: number, length: number, mode: number): void;
  firstBeyond(x: number, samples: number, limit: number): number;
  spectrogram(
    x: number,
    frames: number,
    hop: number,
    window: number,
    windowEnd: number,
    plan: number,
    work: number,
    bins: number,
    form: number,
    out: number,
  ): void;
  overlapAdd(
    re: number,
    im: number,
    frames: number,
    window: number,
    hop: number,
    plan: number,
    y: number,
  ): void;
  melEnergies(
    x: number,
    frames: number,
    hop: number,
    window: number,
    windowEnd: number,
    plan: number,
    work: number,
    bins: number,
    segments: number,
    weights: number,
    bands: number,
    power: number,
    out: number,
  ): number;
  maximumOverFrames(picture: number, rows: number, over: number, bands: number): void;
  logarithm(values: number, count: number, floor: number, scale: number): void;
  standardise(values: number, count: number): void;
  cascade(
    x: number,
    y: number,
    samples: number,
    coefficients: number,
    pairs: number,
    state: number,
    done: number,
  ): void;
  cascadeOfFour(
    x: number,
    stride: number,
    samples: number,
    coefficients: number,
    pairs: number,
    state: number,
    limit: number,
  ): number;
  halve(x: number, outputs: number, coefficients: number, taps: number, work: number, y: number): void;
  commutate(x: number, samples: number, down: number, rows: number, stride: number): void;
  polyphase(
    x: number,
    offsets: number,
    coefficients: number,
    span: number,
    up: number,
    down: number,
    first: number,
    last: number,
    from: number,
    outputs: number,
    y: number,
  ): void;
  stretch(x: number, samples: number, rate: number, fade: number, y: number, length: number): void;
}

/** The memory of one call; valid until the next `reserve`. */
export interface Workspace {
  readonly kernels: Kernels;
  /** Byte addresses of the buffers asked for, multiples of 16. */
  readonly at: readonly number[];
  /** All of the memory as f32; element `at[i] / 4` is the first of buffer i. */
  readonly f32: Float32Array<ArrayBuffer>;
}

const PAGE = 65536;

let kernels: Kernels | undefined;
let f32 = new Float32Array(0);

/**
 * Starts WebAssembly without holding up the thread; done when it resolves, and at once if it has started. Not needed where
 * the first call may start it (a few milliseconds): that works in every host that compiles small modules synchronously.
 * `source`: the bytes of `@crepitus/dsp/dsp.wasm`, a compiled module or a response, for hosts that refuse bytes from
 * JavaScript; default: the bytes inside this module.
 *
 * @throws CrepitusError `wasm-missing`, `simd-missing`, or `wasm-refused` (content security policy)
 */
export async function init(source?: WasmSource | Promise<WasmSource>): Promise<void> {
  if (kernels) return;
  checkHost();
  const given = await source;
  if (given instanceof WebAssembly.Module) return start(given);
  const bytes =
    given === undefined
      ? decodeBase64(wasmBytes)
      : 'arrayBuffer' in given
        ? new Uint8Array(await given.arrayBuffer())
        : given;
  let module: WebAssembly.Module;
  try {
    module = await WebAssembly.compile(bytes as BufferSource);
  } catch (cause) {
    throw refusal(cause, WebAssembly.validate(bytes as BufferSource));
  }
  start(module);
}

/**
 * Starts from a module that the host has compiled, synchronously: for hosts that make modules of imports alone, as
 * `import wasm from '@crepitus/dsp/dsp.wasm'` in Cloudflare Workers. Nothing happens if WebAssembly has started.
 *
 * @throws CrepitusError `wasm-missing`, `wasm-foreign`
 */
export function initSync(module: WebAssembly.Module): void {
  if (kernels) return;
  checkHost();
  start(module);
}

/** What `init` can start from. */
export type WasmSource = BufferSource | WebAssembly.Module | Response;

/** Buffers of the given sizes in bytes, one behind the other, with whatever they held before. */
export function reserve(...bytes: number[]): Workspace {
  kernels ??= instantiate();
  const at: number[] = [];
  let end = kernels.heapBase();
  for (const size of bytes) {
    const start = Math.ceil(end / 16) * 16;
    at.push(start);
    end = start + size;
  }
  const missing = end - kernels.memory.buffer.byteLength;
  if (missing > 0) grow(kernels.memory, Math.ceil(missing / PAGE));
  // Growing detaches every view of the memory.
  if (f32.buffer !== kernels.memory.buffer) f32 = new Float32Array(kernels.memory.buffer as ArrayBuffer);
  return { kernels, at, f32 };
}

/** Copy of `count` f32 from a byte address, into `out` where one is given. */
export function copyOut(
  workspace: Workspace,
  address: number,
  count: number,
  out?: Float32Array,
): Float32Array {
  const values = workspace.f32.subarray(address / 4, address / 4 + count);
  if (!out) return values.slice();
  out.set(values);
  return out;
}

function grow(memory: WebAssembly.Memory, pages: number): void {
  try {
    memory.grow(pages);
  } catch (cause) {
    throw new CrepitusError(
      'out-of-memory',
      `The signal needs ${Math.ceil((pages * PAGE) / 2 ** 20)} MB more of WebAssembly memory than this machine gives; process it in shorter pieces.`,
      { cause },
    );
  }
}

function instantiate(): Kernels {
  checkHost();
  const bytes = decodeBase64(wasmBytes);
  try {
    start(new WebAssembly.Module(bytes));
  } catch (cause) {
    throw cause instanceof CrepitusError ? cause : refusal(cause, WebAssembly.validate(bytes));
  }
  return kernels!;
}

function checkHost(): void {
  if (typeof WebAssembly !== 'undefined') return;
  throw new CrepitusError(
    'wasm-missing',
    'WebAssembly is not available here; use Node 20 or later or a browser of the last two years, without lockdown mode.',
  );
}

function start(module: WebAssembly.Module): void {
  if (kernels) return; // by a call made while `init` was waiting
  const exports = new WebAssembly.Instance(module).exports as unknown as Kernels;
  if (typeof exports.melEnergies !== 'function' || typeof exports.cascadeOfFour !== 'function') {
    throw new CrepitusError(
      'wasm-foreign',
      'This WebAssembly module is not that of this version of @crepitus/dsp; take the file dsp.wasm of the installed package.',
      { kind: 'usage' },
    );
  }
  new Float32Array(exports.memory.buffer).set(twiddleTable(), exports.twiddles() / 4);
  kernels = exports;
}

function refusal(cause: unknown, valid: boolean): CrepitusError {
  if (!valid) {
    return new CrepitusError(
      'simd-missing',
      'This host does not know WebAssembly SIMD; use Node 20 or later or a browser of the last two years.',
      { cause },
    );
  }
  return new CrepitusError(
    'wasm-refused',
    `This host refuses to start WebAssembly (${cause instanceof Error ? cause.message : String(cause)}); if the page has a content security policy, add 'wasm-unsafe-eval' to its script-src.`,
    { cause },
  );
}

/** By hand, because `atob` is missing in an AudioWorklet. */
function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const values = new Uint8Array(128);
  for (let i = 0; i < 64; i++) values[digits.charCodeAt(i)] = i;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  for (let i = 0, o = 0; i < text.length; i += 4) {
    let group = 0;
    for (let j = 0; j < 4; j++) group = (group << 6) | values[text.charCodeAt(i + j)]!;
    for (let shift = 16; shift >= 0 && o < bytes.length; shift -= 8) bytes[o++] = group >> shift;
  }
  return bytes;
}
