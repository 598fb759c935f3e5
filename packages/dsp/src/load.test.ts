import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type * as Core from './index.ts';

/** The package as a host would load it that has this in place of WebAssembly. */
async function loadWith(wasm: unknown): Promise<typeof Core> {
  vi.resetModules();
  vi.stubGlobal('WebAssembly', wasm);
  return import('./index.ts');
}

/** A WebAssembly.Module that cannot be made. */
function refusing(reason: string): unknown {
  const { CompileError } = WebAssembly;
  return class {
    constructor() {
      throw new CompileError(reason);
    }
  };
}

afterEach(() => vi.unstubAllGlobals());

describe('starting', () => {
  test('works without atob, performance, fetch and TextDecoder, as in an AudioWorklet', async () => {
    for (const name of ['atob', 'performance', 'fetch', 'TextDecoder', 'crypto'])
      vi.stubGlobal(name, undefined);
    const core = await loadWith(WebAssembly);
    expect(core.padSamples(Float32Array.of(1, 2), 4, 'sample')).toEqual(Float32Array.of(1, 2, 2, 1));
  });

  test('importing alone starts nothing', async () => {
    const core = await loadWith(undefined);
    expect(core.hannWindow(4)).toHaveLength(4);
  });

  test('says so where there is no WebAssembly', async () => {
    const core = await loadWith(undefined);
    expect(() => core.realFft(new Float32Array(512))).toThrow(/WebAssembly is not available here/);
  });

  test('says so where SIMD is missing', async () => {
    const refuse = refusing('invalid opcode 0xfd');
    const core = await loadWith({ Module: refuse, validate: () => false });
    expect(() => core.realFft(new Float32Array(512))).toThrow(/does not know WebAssembly SIMD/);
  });

  test('names the directive where a content security policy refuses', async () => {
    const refuse = refusing('Wasm code generation disallowed by embedder');
    const core = await loadWith({ Module: refuse, validate: () => true });
    expect(() => core.realFft(new Float32Array(512))).toThrow(
      /disallowed by embedder.*add 'wasm-unsafe-eval' to its script-src/,
    );
  });
});

describe('memory', () => {
  test('results stay valid when a later call makes memory grow', async () => {
    const core = await loadWith(WebAssembly);
    const small = core.padSamples(Float32Array.of(1, 2, 3), 6, 'sample');
    const large = core.padSamples(Float32Array.of(0.5), 4_000_000, 'sample');
    expect(Array.from(small)).toEqual([1, 2, 3, 3, 2, 1]);
    expect(large.every(v => v === 0.5)).toBe(true);
    expect(Array.from(core.padSamples(Float32Array.of(1, 2), 4, 'zero'))).toEqual([1, 2, 0, 0]);
  });

  test('one sentence where memory cannot grow', async () => {
    const core = await loadWith(WebAssembly);
    core.padSamples(Float32Array.of(1), 10, 'zero');
    vi.spyOn(WebAssembly.Memory.prototype, 'grow').mockImplementation(() => {
      throw new RangeError('out of memory');
    });
    expect(() => core.padSamples(Float32Array.of(1), 100_000_000, 'zero')).toThrow(
      /more of WebAssembly memory.*shorter pieces/,
    );
    vi.restoreAllMocks();
  });
});

describe('init', () => {
  const bytes = readFileSync(new URL('../build/dsp.wasm', import.meta.url));
  const pad = (core: typeof Core) => Array.from(core.padSamples(Float32Array.of(1, 2), 4, 'sample'));

  test.each([
    ['the bytes inside', () => undefined],
    ['given bytes', () => bytes],
    ['a module', () => new WebAssembly.Module(bytes)],
    ['a response', () => new Response(bytes, { headers: { 'content-type': 'application/wasm' } })],
    ['a promise', () => Promise.resolve(bytes)],
  ])('starts from %s', async (_, source) => {
    const core = await loadWith(WebAssembly);
    await core.init(source());
    await core.init();
    expect(pad(core)).toEqual([1, 2, 2, 1]);
  });

  test('a call that comes while it is under way starts by itself, and both are one', async () => {
    const core = await loadWith(WebAssembly);
    const starting = core.init();
    expect(pad(core)).toEqual([1, 2, 2, 1]);
    await starting;
    expect(pad(core)).toEqual([1, 2, 2, 1]);
  });

  test('initSync takes a module that the host compiled, and no other one', async () => {
    const core = await loadWith(WebAssembly);
    const empty = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
    expect(() => core.initSync(empty)).toThrow(/not that of this version of @crepitus\/dsp/);
    core.initSync(new WebAssembly.Module(bytes));
    expect(pad(core)).toEqual([1, 2, 2, 1]);
  });

  test('refuses as the first call does', async () => {
    const { CompileError, Module } = WebAssembly;
    await expect((await loadWith(undefined)).init()).rejects.toThrow(/WebAssembly is not available here/);
    const reject = () => Promise.reject(new CompileError('disallowed'));
    const host = { Module, compile: reject };
    await expect((await loadWith({ ...host, validate: () => true })).init()).rejects.toThrow(
      /disallowed.*'wasm-unsafe-eval'/,
    );
    await expect((await loadWith({ ...host, validate: () => false })).init()).rejects.toThrow(
      /does not know WebAssembly SIMD/,
    );
  });
});
