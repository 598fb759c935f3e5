/** 20 s from 44.1 to 16 kHz, copies included. Filters differ from peer to peer, so that the numbers agree only roughly. */
import { readFileSync } from 'node:fs';
import { resample } from '@crepitus/dsp';
import type { Candidates, Work } from '../serve.ts';
import { importPeer, peerFile, peerVersion, requirePeer } from './peer.ts';

const FROM = 44_100;
const TO = 16_000;
export const RESAMPLED_SECONDS = 20;

const x = Float32Array.from(
  { length: FROM * RESAMPLED_SECONDS },
  (_, i) => 0.3 * Math.sin(i * 0.05) + 0.1 * Math.sin(i * 0.31),
);
const out = new Float32Array(TO * RESAMPLED_SECONDS);

export const resampling: Candidates = {
  'crepitus-wasm': () => ({
    version: '0.1.0',
    run: () => resample(x, FROM, TO, { out }),
    result: () => out,
  }),
  'speex-wasm SIMD quality 10': () => speex(10),
  'speex-wasm SIMD quality 5': () => speex(5),
  'libsamplerate-js best': libsamplerate,
};

interface Speex {
  HEAPF32: Float32Array;
  HEAP32: Int32Array;
  _malloc(bytes: number): number;
  _speex_resampler_init(channels: number, from: number, to: number, quality: number, error: number): number;
  _speex_resampler_skip_zeros(state: number): number;
  _speex_resampler_process_float(
    state: number,
    channel: number,
    input: number,
    inputLength: number,
    output: number,
    outputLength: number,
  ): number;
  _speex_resampler_reset_mem(state: number): number;
}

/** One state for all runs, made as new before each: building its table is not counted, as ours is kept too. */
async function speex(quality: number): Promise<Work> {
  const name = '@echogarden/speex-resampler-wasm';
  const { default: load } = await importPeer<{ default(o: object): Promise<Speex> }>(
    name,
    'wasm/speex-resampler-simd.js',
  );
  const module = await load({ wasmBinary: readFileSync(peerFile(name, 'wasm/speex-resampler-simd.wasm')) });
  /** Zeros behind the signal, so that its end comes out. */
  const behind = 4096;
  const input = module._malloc((x.length + behind) * 4);
  const output = module._malloc(out.length * 4);
  const lengths = module._malloc(8);
  const state = module._speex_resampler_init(1, FROM, TO, quality, lengths);
  return {
    version: peerVersion(name),
    run() {
      module._speex_resampler_reset_mem(state);
      module._speex_resampler_skip_zeros(state);
      const heap = module.HEAPF32;
      heap.set(x, input / 4);
      heap.fill(0, input / 4 + x.length, input / 4 + x.length + behind);
      module.HEAP32[lengths / 4] = x.length + behind;
      module.HEAP32[lengths / 4 + 1] = out.length;
      module._speex_resampler_process_float(state, 0, input, lengths, output, lengths + 4);
      out.set(heap.subarray(output / 4, output / 4 + module.HEAP32[lengths / 4 + 1]!));
    },
    result: () => out,
  };
}

interface LibSampleRate {
  ConverterType: Record<string, number>;
  create(
    channels: number,
    from: number,
    to: number,
    o: { converterType?: number },
  ): Promise<{ simple(x: Float32Array): Float32Array }>;
}

async function libsamplerate(): Promise<Work> {
  const name = '@alexanderolsen/libsamplerate-js';
  const library = requirePeer<LibSampleRate>(name, 'dist/libsamplerate.js');
  const converterType = library.ConverterType.SRC_SINC_BEST_QUALITY!;
  const resampler = await library.create(1, FROM, TO, { converterType });
  let last = new Float32Array(0);
  return {
    version: peerVersion(name),
    run() {
      last = resampler.simple(x) as Float32Array<ArrayBuffer>;
    },
    result: () => last,
  };
}
