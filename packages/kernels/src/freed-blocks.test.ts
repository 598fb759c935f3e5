import { afterEach, expect, test } from 'vitest';
import { type CountedHeap, startFreshHeap, type WasmModule } from '../conformance/wasm-heap.ts';
import { FreedBlocks } from './freed-blocks.ts';
import { registerTrainingKernels } from './register.ts';

const MB = 2 ** 20;

/** What a step of a program takes, all at once, before it gives all of it back. */
type Shapes = readonly number[];

function step({ _malloc, _free }: Pick<WasmModule, '_malloc' | '_free'>, shapes: Shapes): number[] {
  const addresses = shapes.map(bytes => _malloc(bytes) >>> 0);
  for (const address of addresses) _free(address);
  return addresses;
}

/** Steps until freed blocks are held, and every one of them. */
function settle(wasm: WasmModule, shapes: Shapes): void {
  for (let i = 0; i < 5000 / shapes.length; i++) step(wasm, shapes);
}

const taken = ({ mallocs, frees }: CountedHeap) => ({ mallocs, frees });

async function freshHeapWithKernels(): Promise<CountedHeap> {
  const heap = await startFreshHeap();
  registerTrainingKernels();
  return heap;
}

let seed = 1;
afterEach(() => {
  seed = 1;
});

/** Below `limit`. */
function random(limit: number): number {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 2 ** 32) * limit);
}

test('steps that repeat take nothing from the heap once they have for long enough', async () => {
  const heap = await freshHeapWithKernels();
  const shapes = [3 * MB, 3 * MB, MB, 100_000, 4, 4, 4, 64];
  step(heap.wasm, shapes);
  const before = heap.mallocs;
  step(heap.wasm, shapes);
  expect(heap.mallocs, 'a step before that').toBe(before + shapes.length);
  settle(heap.wasm, shapes);
  const settled = taken(heap);
  const addresses = new Set(step(heap.wasm, shapes));
  for (let i = 0; i < 100; i++) for (const address of step(heap.wasm, shapes)) addresses.add(address);
  expect(taken(heap)).toEqual(settled);
  expect(addresses.size).toBe(shapes.length);
});

test('the first large block of a new size gives back all that is held, before it is made', async () => {
  const heap = await freshHeapWithKernels();
  settle(heap.wasm, [5 * MB, 4 * MB, 3 * MB]);
  const bytes = heap.wasm.HEAPU8.length;
  const held = heap.mallocs - heap.frees;
  const address = heap.wasm._malloc(11 * MB);
  expect(heap.mallocs - heap.frees).toBe(held - 3 + 1);
  expect(heap.wasm.HEAPU8.length, 'it has found its place among what was given back').toBe(bytes);
  heap.wasm._free(address);
  expect(heap.mallocs - heap.frees).toBe(held - 3);
});

test('so does a large block of the shapes of before, which have been seen', async () => {
  const heap = await freshHeapWithKernels();
  const [batch, validation] = [
    [3 * MB, 2 * MB],
    [MB / 2, MB / 4],
  ] as const;
  settle(heap.wasm, batch);
  step(heap.wasm, validation);
  settle(heap.wasm, batch);
  const { frees } = heap;
  heap.wasm._malloc(validation[0]);
  expect(heap.frees).toBe(frees + batch.length);
});

test('shapes that take turns at every step are not held: together they would take twice the memory', async () => {
  const heap = await freshHeapWithKernels();
  const shapes = [
    [3 * MB, 2 * MB],
    [2.5 * MB, 1.5 * MB],
  ] as const;
  for (let i = 0; i < 5000; i++) step(heap.wasm, shapes[i % 2]!);
  const { mallocs } = heap;
  for (let i = 0; i < 10; i++) step(heap.wasm, shapes[i % 2]!);
  expect(heap.mallocs).toBe(mallocs + 20);
});

test.each([
  { what: 'is not tried', bytes: 18 * MB, early: 0, late: 0 },
  { what: 'is tried ever more seldom where the heap is in pieces', bytes: 19 * MB, early: 3, late: 1 },
])('where there is no room to hold what a step frees, that $what', ({ bytes, early, late }) => {
  let used = 0;
  let refused = 0;
  let next = 8;
  const sizes = new Map<number, number>();
  const blocks = new FreedBlocks({
    bytes,
    malloc(size, mayGrow) {
      if (used + size > 16 * MB && !mayGrow) {
        refused++;
        return 0;
      }
      used += size;
      sizes.set(next, size);
      return next++;
    },
    free(address) {
      used -= sizes.get(address)!;
    },
  });
  /** How often what was held had to be given back. */
  const tries = (steps: number) => {
    const before = refused;
    for (let i = 0; i < steps; i++) {
      const first = [4, 4, 4, 4].map(size => blocks.malloc(size * MB));
      blocks.free(first.pop()!);
      for (const address of [...first, blocks.malloc(3 * MB)]) blocks.free(address);
    }
    return refused - before;
  };
  expect(tries(6000)).toBe(early);
  expect(tries(6000)).toBe(late);
});

test('memory does not grow while blocks are held, be it for small blocks', async () => {
  const heap = await freshHeapWithKernels();
  settle(heap.wasm, [5 * MB, 4 * MB, 3 * MB]);
  const bytes = heap.wasm.HEAPU8.length;
  const held = heap.mallocs - heap.frees;
  const small = Array.from({ length: (11 * MB) / 2 ** 15 }, () => heap.wasm._malloc(2 ** 15));
  expect(heap.wasm.HEAPU8.length).toBe(bytes);
  expect(heap.mallocs - heap.frees).toBeLessThan(held + small.length);
});

/** Steps as a training takes them: batches, the last one smaller, validation, and all that again. */
const epochs = (): Shapes[] =>
  Array.from({ length: 4 }, (_, epoch) => {
    const sizes = [9, 8, 5, 3, 3, 2, 1.5, 1].map(size => size * 4 * MB);
    const small = Array.from({ length: 60 }, (_, i) => 4 * (i + 1));
    const batch = [...sizes, ...small, ...sizes.toReversed()];
    const last = batch.map(bytes => Math.ceil((bytes * (3 + epoch)) / 32));
    const validation = [...sizes.slice(0, 4).map(bytes => bytes * 1.1), ...small];
    return [...Array.from({ length: 80 }, () => batch), last, validation, validation, last];
  }).flat();

/** Every step of another shape. */
const everyStepAnother = (): Shapes[] =>
  Array.from({ length: 400 }, () => [9, 8, 5, 3, 3, 2, 1].map(size => size * random(128) * 2 ** 15 + 4));

test.each([
  ['between training and validation', epochs],
  ['at every step', everyStepAnother],
])('shapes that change %s leave memory as large as without the kernels', async (_, program) => {
  const sizes = { with: 0, without: 0 };
  for (const way of ['with', 'without'] as const) {
    const heap = way === 'with' ? await freshHeapWithKernels() : await startFreshHeap();
    seed = 1;
    const steps = program();
    for (const shapes of steps) step(heap.wasm, shapes);
    sizes[way] = heap.wasm.HEAPU8.length;
    const asked = steps.reduce((sum, shapes) => sum + shapes.length, 0);
    // Unless blocks were held there is nothing to compare.
    if (program === epochs && way === 'with') expect(heap.mallocs).toBeLessThan(asked / 2);
  }
  expect(sizes.with).toBe(sizes.without);
});

test('where memory ends, what is held is given back; then an allocation that still fails throws, and the next goes on', async () => {
  const heap = await startFreshHeap();
  const { memory } = heap.wasm.asm;
  const grow = memory.grow.bind(memory);
  let full = false;
  memory.grow = pages => {
    if (full) throw new RangeError('The host has no more.');
    return grow(pages);
  };
  registerTrainingKernels();
  const shapes = [5 * MB, 4 * MB, 3 * MB];
  settle(heap.wasm, shapes);
  full = true;
  const room = heap.wasm._malloc(11 * MB);
  expect(room).toBeGreaterThan(0);
  expect(() => heap.wasm._malloc(11 * MB)).toThrow(/no room for 11534336 bytes/);
  heap.wasm._free(room);
  settle(heap.wasm, shapes);
  expect(() => heap.wasm._malloc(2 ** 32 - 4096)).toThrow(/no room for 4294963200 bytes/);
  const before = heap.mallocs;
  settle(heap.wasm, shapes);
  const settled = heap.mallocs;
  step(heap.wasm, shapes);
  expect(settled).toBeGreaterThan(before);
  expect(heap.mallocs).toBe(settled);
});

test('a block that was made before, or by C++, goes to the heap at once, and comes to nobody else', async () => {
  const heap = await startFreshHeap();
  const { _malloc: byCpp } = heap.wasm;
  const early = heap.wasm._malloc(MB);
  registerTrainingKernels();
  const goesToTheHeap = (address: number) => {
    const { frees } = heap;
    heap.wasm._free(address);
    expect(heap.frees).toBe(frees + 1);
  };
  const reused = heap.wasm._malloc(MB);
  heap.wasm._free(reused);
  expect(byCpp(MB), 'where a block was that has gone back').toBe(reused);
  settle(heap.wasm, [MB, MB]);
  const late = byCpp(MB);
  for (const address of [early, reused, late]) goesToTheHeap(address);
  const { mallocs } = heap;
  const held = step(heap.wasm, [MB, MB]);
  expect(heap.mallocs, 'these were held').toBe(mallocs);
  for (const address of [early, reused, late]) expect(held).not.toContain(address);
  heap.wasm._free(heap.wasm._malloc(20 * MB));
  const afterwards = Array.from({ length: 8 }, () => byCpp(MB));
  expect(afterwards, 'where a block was that was held and given back').toContain(held[0]);
  settle(heap.wasm, [MB, MB]);
  for (const address of afterwards) goesToTheHeap(address);
});

test('at most 16 384 blocks are held', async () => {
  const heap = await freshHeapWithKernels();
  const others = heap.mallocs - heap.frees;
  const addresses = Array.from({ length: 40_000 }, () => heap.wasm._malloc(16));
  const held = addresses.map((address, i) => {
    heap.wasm._free(address);
    return heap.mallocs - heap.frees - others - (addresses.length - 1 - i);
  });
  expect(Math.max(...held)).toBe(2 ** 14);
});

test('whatever is taken and given back: no two blocks in use overlap, and the heap gets each block back once', async () => {
  const { wasm } = await startFreshHeap();
  /** Bytes of the blocks that the heap has handed out and not got back. */
  const real = new Map<number, number>();
  const inUse = new Map<number, number>();
  const wrong: string[] = [];
  const counts = { asked: 0, failed: 0, real: 0, realBytes: 0, memory: 0 };
  const blocks = new FreedBlocks({
    get bytes() {
      return counts.memory;
    },
    malloc(bytes, mayGrow) {
      const needed = counts.realBytes + bytes;
      if (needed > counts.memory && (!mayGrow || needed > 40 * MB)) return 0;
      counts.memory = Math.max(counts.memory, needed);
      counts.real++;
      counts.realBytes = needed;
      const address = wasm._malloc(bytes);
      real.set(address, bytes);
      return address;
    },
    free(address) {
      const bytes = real.get(address);
      if (bytes === undefined) wrong.push(`${address} was freed twice, or never made`);
      if (inUse.has(address)) wrong.push(`${address} was freed in use`);
      real.delete(address);
      counts.realBytes -= bytes ?? 0;
      wasm._free(address);
    },
  });
  const take = (bytes: number) => {
    counts.asked++;
    const address = blocks.malloc(bytes);
    if (address === 0) {
      counts.failed++;
      return;
    }
    if (real.get(address) !== bytes) wrong.push(`${address} is not of ${bytes} bytes`);
    for (const [other, length] of inUse) {
      if (address < other + length && other < address + bytes) wrong.push(`${address} overlaps ${other}`);
    }
    inUse.set(address, bytes);
  };
  for (let program = 0; program < 12; program++) {
    const sizes = Array.from(
      { length: 12 },
      () => [4, 400, 70_000, MB, 2 * MB][random(5)]! * (1 + random(3)),
    );
    // Half of them repeat for long enough that blocks are held, and are then disturbed.
    for (let round = 0; round < (program % 2 === 0 ? 600 : 60); round++) {
      const disturbed = random(300) === 0;
      for (const bytes of sizes) take(disturbed && random(2) === 0 ? bytes + 4 * random(1000) : bytes);
      if (random(300) === 0) continue; // keeps the blocks of this step for another
      const addresses = [...inUse.keys()];
      while (addresses.length > 0) {
        const [address] = addresses.splice(random(addresses.length), 1) as [number];
        inUse.delete(address);
        blocks.free(address);
      }
    }
  }
  expect(wrong).toEqual([]);
  // Blocks were held, and the memory's end was met.
  expect(counts.real).toBeLessThan(0.8 * counts.asked);
  expect(counts.failed).toBeGreaterThan(0);
});
