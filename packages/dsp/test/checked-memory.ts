/**
 * The shipped binary with a check in front of every memory access, on memory whose buffers lie far apart: `reserve` stands in
 * for that of ../src/load.ts. A kernel that leaves the buffers of its call, or the static areas that are its own, is stopped;
 * TypeScript that writes elsewhere is found out at the next `reserve`. All that a call did not write itself holds NaN, so that
 * results can depend on nothing else.
 */

import type { Kernels, Workspace } from '../src/load.ts';
import { twiddleTable } from '../src/twiddles.ts';
import { type Access, checkedWasm } from './checked-wasm.ts';

/** Static areas in the order of their addresses, and the kernels that may touch them: `memory.data` of ../assembly. */
const STATIC_AREAS: { name: string; bytes: number; kernels: (keyof Kernels)[]; readOnly?: true }[] = [
  { name: 'the work area of fft-512', bytes: 256 * 32, kernels: ['melEnergies', 'spectrogram'] },
  {
    name: 'the twiddle table',
    bytes: 84 * 24 + 132 * 8,
    kernels: ['melEnergies', 'spectrogram'],
    readOnly: true,
  },
  { name: 'the block of biquad', bytes: 128 * 32, kernels: ['cascade', 'cascadeOfFour'] },
  { name: 'the sums of resample', bytes: 8 * 16, kernels: ['polyphase'] },
  { name: 'the differences of stretch', bytes: 416 * 4, kernels: ['stretch'] },
];

/** Where asc -O3 puts the first one. */
const STATIC_BASE = 1024;

const PAGE = 65_536;

/** Bytes before, between and behind buffers: what misses its buffer by less meets no other. */
const GAP = 65_536;

/** NaN as f32 and as f64, far outside as an address. */
const POISON = 0xfff5a5a5;

type Kernel = (...args: unknown[]) => unknown;

/** Bytes [start, end). */
interface Region {
  name: string;
  start: number;
  end: number;
  readOnly: boolean;
}

export class CheckedMemory {
  readonly kernels: Kernels;
  readonly accesses: readonly Access[];
  /** By access: whether a kernel has made it. */
  readonly made: Uint8Array;
  readonly #staticRegions: Region[] = [];
  readonly #heapBase: number;
  #buffers: Region[] = [];
  #running: keyof Kernels | undefined;
  /** Where the kernel that runs may go. */
  #allowed: Region[] = [];

  constructor(plain: Uint8Array) {
    const { bytes, accesses } = checkedWasm(plain);
    this.accesses = accesses;
    this.made = new Uint8Array(accesses.length);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
      bounds: {
        check: (address: number, length: number, access: number) => this.#check(address, length, access),
      },
    });
    const raw = exports as unknown as Kernels;
    this.#heapBase = raw.heapBase();
    let start = STATIC_BASE;
    for (const { name, bytes, readOnly = false } of STATIC_AREAS) {
      this.#staticRegions.push({ name, start, end: start + bytes, readOnly });
      start += bytes;
    }
    const table = twiddleTable();
    const twiddles = this.#staticRegions.find(({ readOnly }) => readOnly)!;
    if (
      start !== this.#heapBase ||
      twiddles.start !== raw.twiddles() ||
      twiddles.end - twiddles.start !== table.byteLength
    ) {
      throw new Error(
        'The static areas of the binary are not those listed in test/checked-memory.ts; bring STATIC_AREAS up to date with the `memory.data` of assembly/.',
      );
    }
    new Float32Array(raw.memory.buffer).set(table, twiddles.start / 4);
    const kernels: Record<string, unknown> = { memory: raw.memory };
    for (const [name, kernel] of Object.entries(exports)) {
      if (typeof kernel === 'function')
        kernels[name] = this.#guarded(name as keyof Kernels, kernel as Kernel);
    }
    this.kernels = kernels as unknown as Kernels;
  }

  /**
   * As that of ../src/load.ts, for sizes that are multiples of 4. What lies outside the buffers of the call before must be as
   * it was.
   */
  reserve(...bytes: number[]): Workspace {
    this.checkGaps();
    let end = this.#heapBase;
    this.#buffers = bytes.map((size, i) => {
      const start = Math.ceil((end + GAP) / 16) * 16;
      end = start + size;
      return { name: `buffer ${i}`, start, end, readOnly: false };
    });
    const { memory } = this.kernels;
    const missing = end + GAP - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    const words = new Uint32Array(memory.buffer as ArrayBuffer);
    for (const { start, end, readOnly } of this.#staticRegions)
      if (!readOnly) words.fill(POISON, start / 4, end / 4);
    words.fill(POISON, this.#heapBase / 4, (end + GAP) / 4);
    return {
      kernels: this.kernels,
      at: this.#buffers.map(({ start }) => start),
      f32: new Float32Array(memory.buffer as ArrayBuffer),
    };
  }

  /** Throws, once, where something was written between the buffers. */
  checkGaps(): void {
    const address = this.#trespass();
    if (address === undefined) return;
    const buffers = this.#buffers;
    this.#buffers = [];
    throw new Error(`Something was written at ${place(address, buffers)} without a kernel.`);
  }

  /** Where it was written. */
  #trespass(): number | undefined {
    const words = new Uint32Array(this.kernels.memory.buffer);
    let from = this.#heapBase;
    for (const { start, end } of this.#buffers) {
      for (; from < start; from += 4) if (words[from / 4] !== POISON) return from;
      from = end;
    }
    const end = this.#buffers.length > 0 ? from + GAP : from;
    for (; from < end; from += 4) if (words[from / 4] !== POISON) return from;
    return undefined;
  }

  #guarded(name: keyof Kernels, kernel: Kernel): Kernel {
    const own = this.#staticRegions.filter((_, i) => STATIC_AREAS[i]!.kernels.includes(name));
    return (...args) => {
      this.#running = name;
      this.#allowed = [...this.#buffers, ...own];
      return kernel(...args);
    };
  }

  #check(address: number, bytes: number, access: number): number {
    this.made[access] = 1;
    const { op, offset, writes } = this.accesses[access]!;
    const start = (address >>> 0) + offset;
    const end = start + (bytes >>> 0);
    for (const region of this.#allowed) {
      if (start >= region.start && end <= region.end && !(writes && region.readOnly)) return address;
    }
    // Copies and fills of nothing touch nothing.
    if (bytes === 0) return address;
    throw new Error(
      `${this.#running} ${writes ? 'writes' : 'reads'} ${bytes >>> 0} bytes (${op}) at ${place(start, this.#allowed)}.`,
    );
  }
}

/** An address by the region that begins before it. */
function place(address: number, regions: Region[]): string {
  const before = regions.filter(({ start }) => start <= address).sort((a, b) => b.start - a.start)[0];
  if (!before) return `address ${address}, before every buffer`;
  const { name, start, end, readOnly } = before;
  return `byte ${address - start} of ${name}, which has ${end - start}${readOnly ? ' and is only read' : ''}`;
}
