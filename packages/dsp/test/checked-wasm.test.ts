import binaryen from 'binaryen';
import { expect, test } from 'vitest';
import { checkedWasm } from './checked-wasm.ts';

/** A module of one function `run`; its `next` gives 100, then 200 and so on. */
function moduleOf(body: string): Uint8Array {
  const module = binaryen.parseText(`(module
    (memory (export "memory") 1)
    (global $n (mut i32) (i32.const 0))
    (func $next (result i32)
      (global.set $n (i32.add (global.get $n) (i32.const 100)))
      (global.get $n))
    (func (export "run") (result i32)
      ${body}
      (call $next)))`);
  module.setFeatures(binaryen.Features.All);
  const bytes = module.emitBinary();
  module.dispose();
  return bytes;
}

/** Runs the checked code; returns its accesses as `op > from-to` where it writes and `op < from-to` where it reads. */
function run(body: string): { checks: string[]; memory: Uint8Array; next: number } {
  const { bytes, accesses } = checkedWasm(moduleOf(body));
  const checks: string[] = [];
  const check = (address: number, length: number, access: number) => {
    const { op, offset, writes } = accesses[access]!;
    checks.push(`${op} ${writes ? '>' : '<'} ${address + offset}-${address + offset + length}`);
    return address;
  };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { bounds: { check } });
  const next = (exports.run as () => number)();
  return { checks, memory: new Uint8Array((exports.memory as WebAssembly.Memory).buffer), next };
}

/** By the bytes that they touch. */
const LOADS = {
  1: ['i32.load8_s', 'i32.load8_u', 'i64.load8_u', 'v128.load8_splat'],
  2: ['i32.load16_s', 'i64.load16_u', 'v128.load16_splat'],
  4: ['i32.load', 'f32.load', 'i64.load32_s', 'v128.load32_splat', 'v128.load32_zero'],
  8: ['i64.load', 'f64.load', 'v128.load64_splat', 'v128.load64_zero', 'v128.load8x8_s', 'v128.load16x4_u'],
  16: ['v128.load'],
};

test.each(Object.entries(LOADS))('checks %i bytes of each load', (bytes, ops) => {
  for (const op of ops) {
    const { checks, next } = run(`(drop (${op} (call $next))) (drop (${op} offset=7 align=1 (call $next)))`);
    expect(checks).toEqual([`${op} < 100-${100 + Number(bytes)}`, `${op} < 207-${207 + Number(bytes)}`]);
    // Addresses were made once.
    expect(next).toBe(300);
  }
});

const STORES = [
  ['i32.store8', 'i32.const 5', 1],
  ['i32.store16', 'i32.const 5', 2],
  ['i64.store32', 'i64.const 5', 4],
  ['i32.store', 'i32.const 5', 4],
  ['f32.store', 'f32.const 5', 4],
  ['f64.store', 'f64.const 5', 8],
  ['v128.store', 'v128.const i32x4 5 5 5 5', 16],
] as const;

test.each(STORES)('checks the bytes of %s', (op, value, bytes) => {
  const { checks, memory } = run(`(${op} offset=4 align=1 (call $next) (${value}))`);
  expect(checks).toEqual([`${op} > 104-${104 + bytes}`]);
  expect(memory.findIndex(byte => byte !== 0)).toBeGreaterThanOrEqual(104);
});

test('checks a lane, whose number stands before the address', () => {
  const vector = '(v128.const i32x4 1 2 3 4)';
  const { checks, memory } = run(`
    (drop (v128.load16_lane offset=2 5 (call $next) ${vector}))
    (v128.store32_lane 2 (call $next) ${vector})`);
  expect(checks).toEqual(['v128.load16_lane < 102-104', 'v128.store32_lane > 200-204']);
  expect(memory[200]).toBe(3);
});

test('checks accesses within accesses, each once', () => {
  const { checks, memory } = run(`
    (i32.store (call $next) (i32.const 60))
    (i32.store8 (i32.load (i32.const 100)) (i32.load8_u offset=40 (i32.load (i32.const 100))))`);
  expect(checks).toEqual([
    'i32.store > 100-104',
    'i32.load < 100-104',
    'i32.store8 > 60-61',
    'i32.load < 100-104',
    'i32.load8_u < 100-101',
  ]);
  expect(memory[60]).toBe(60);
});

test('checks both ranges of a copy, and that of a fill', () => {
  const { checks, memory, next } = run(`
    (memory.fill (call $next) (i32.const 9) (i32.const 3))
    (memory.copy (call $next) (i32.const 102) (call $next))`);
  expect(checks).toEqual(['memory.fill > 100-103', 'memory.copy > 200-500', 'memory.copy < 102-402']);
  expect(memory.slice(198, 203)).toEqual(Uint8Array.of(0, 0, 9, 0, 0));
  expect(next).toBe(400);
});

test('refuses accesses that it does not know', () => {
  expect(() => checkedWasm(moduleOf('(drop (i32.atomic.load (i32.const 8)))'))).toThrow(
    'No check is known for i32.atomic.load',
  );
});
