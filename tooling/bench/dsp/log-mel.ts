/**
 * The log-mel picture of one cycle, standardised, copies included: ours, and what can be composed around the FFTs of npm and
 * of native libraries. All give the same numbers.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hannWindow, LogMel, type LogMelParameters, logMelPresets, melFilterbank } from '@crepitus/dsp';
import type { NativeSource } from '../remote.ts';
import type { Candidates, Work } from '../serve.ts';
import { importPeer, peerFile, peerVersion, requirePeer } from './peer.ts';

const presets: Record<string, LogMelParameters> = logMelPresets;
export const logMelVariants: readonly string[] = Object.keys(presets);

const root = join(import.meta.dirname, '../../..');
const x = new Float32Array(
  Uint8Array.from(readFileSync(join(root, 'packages/dsp/reference/signal/cycle.bin'))).buffer,
);

export const logMel: Candidates = {
  'crepitus-wasm': variant => {
    const mel = new LogMel(presets[variant]!);
    const out = new Float32Array(rowsOf(presets[variant]!) * presets[variant]!.melBands);
    return { version: '0.1.0', run: () => mel.picture(x, { out }), result: () => out };
  },
  'transformers.js spectrogram': transformers,
  'fft.js': fftJs,
  'pffft-wasm SIMD': pffftWasm,
  'kissfft-wasm': kissfftWasm,
  'kissfft-js': kissfftJs,
  'webfft kissWasm': webfft,
};

/**
 * Its product of filterbank and spectra goes to ONNX Runtime, native code of 288 MB, which takes 5 % of the time; here a loop over
 * the weights that are not zero does it, at the same speed.
 */
async function transformers(variant: string): Promise<Work> {
  const name = '@huggingface/transformers';
  // The main entry does not export it.
  const { mel_filter_bank, spectrogram, window_function } = await importPeer<{
    mel_filter_bank(...o: unknown[]): number[][];
    spectrogram(x: Float32Array, ...o: unknown[]): Promise<{ data: Float32Array }>;
    window_function(length: number, name: string): Float64Array;
  }>(name, 'src/utils/audio.js');
  const { Tensor } = await importPeer<{ Tensor: new (...o: unknown[]) => Matrix }>(
    name,
    'src/utils/tensor.js',
  );
  const { TensorOpRegistry } = await importPeer<{ TensorOpRegistry: object }>(name, 'src/ops/registry.js');
  const p = presets[variant]!;
  const { fftSize, windowLength, hop, melBands, sampleRate, maximumOver } = p;
  const filters = mel_filter_bank(
    fftSize / 2 + 1,
    melBands,
    p.lowHz,
    p.highHz,
    sampleRate,
    'slaney',
    'slaney',
  );
  const bands = filters.map(bandOfFours);
  Object.assign(TensorOpRegistry, {
    _matmul: ({ b }: { b: Matrix }) =>
      new Tensor('float32', filterbankProduct(bands, b), [melBands, b.dims[1]]),
  });
  const window = window_function(windowLength, 'hann');
  const rows = rowsOf(p);
  const used = x.subarray(0, (rows * maximumOver - 1) * hop + windowLength);
  const out = new Float32Array(rows * melBands);
  const options = {
    fft_length: fftSize,
    center: false,
    power: 1,
    mel_filters: filters,
    log_mel: 'log',
    mel_floor: p.logFloor,
    transpose: true,
  };
  return {
    version: peerVersion(name),
    async run() {
      const { data } = await spectrogram(used, window, windowLength, hop, options);
      for (let row = 0; row < rows; row++) {
        for (let band = 0; band < melBands; band++) {
          let v = data[row * maximumOver * melBands + band]!;
          for (let j = 1; j < maximumOver; j++) {
            v = Math.max(v, data[(row * maximumOver + j) * melBands + band]!);
          }
          out[row * melBands + band] = v;
        }
      }
      standardise(out);
    },
    result: () => out,
  };
}

interface Matrix {
  data: Float32Array;
  /** Rows, columns. */
  dims: [number, number];
}

interface Band {
  first: number;
  /** A multiple of four. */
  weights: Float64Array;
}

function bandOfFours(row: readonly number[]): Band {
  const first = row.findIndex(weight => weight > 0);
  const count = Math.ceil((row.findLastIndex(weight => weight > 0) + 1 - first) / 4) * 4;
  const start = Math.min(first, row.length - count);
  return { first: start, weights: Float64Array.from(row.slice(start, start + count)) };
}

/** [band, frame] from spectra [bin, frame]. */
function filterbankProduct(bands: readonly Band[], { data, dims: [, columns] }: Matrix): Float32Array {
  const product = new Float32Array(bands.length * columns);
  bands.forEach(({ first, weights }, band) => {
    const to = band * columns;
    for (let k = 0; k < weights.length; k += 4) {
      const a = (first + k) * columns;
      const b = a + columns;
      const c = b + columns;
      const d = c + columns;
      const [w0, w1, w2, w3] = [weights[k]!, weights[k + 1]!, weights[k + 2]!, weights[k + 3]!];
      for (let i = 0; i < columns; i++) {
        product[to + i] =
          product[to + i]! + w0 * data[a + i]! + w1 * data[b + i]! + w2 * data[c + i]! + w3 * data[d + i]!;
      }
    }
  });
  return product;
}

interface FftJs {
  createComplexArray(): number[];
  realTransform(out: ArrayLike<number>, data: ArrayLike<number>): void;
}

function fftJs(variant: string): Work {
  const FFT = requirePeer<new (size: number) => FftJs>('fft.js', 'lib/fft.js');
  const { fftSize, windowLength } = presets[variant]!;
  const fft = new FFT(fftSize);
  const window = hannWindow(windowLength);
  const frame = new Float64Array(fftSize);
  // A plain Array, as its README has it: 15 % faster than a Float64Array.
  const spectrum = fft.createComplexArray();
  return composition('fft.js', variant, (start, magnitude) => {
    for (let i = 0; i < windowLength; i++) frame[i] = x[start + i]! * window[i]!;
    fft.realTransform(spectrum, frame);
    magnitudes(spectrum, magnitude);
  });
}

interface Pffft {
  HEAPF32: Float32Array;
  _pffft_new_setup(size: number, kind: number): number;
  _pffft_aligned_malloc(bytes: number): number;
  _pffft_transform_ordered(setup: number, input: number, output: number, work: number, way: number): void;
}

async function pffftWasm(variant: string): Promise<Work> {
  const name = '@echogarden/pffft-wasm';
  const { default: load } = await importPeer<{ default(o: object): Promise<Pffft> }>(
    name,
    'dist/simd/pffft.js',
  );
  const pffft = await load({ wasmBinary: readFileSync(peerFile(name, 'dist/simd/pffft.wasm')) });
  const { fftSize, windowLength } = presets[variant]!;
  const setup = pffft._pffft_new_setup(fftSize, 0);
  const [input, output, work] = [1, 2, 3].map(() => pffft._pffft_aligned_malloc(fftSize * 4)) as [
    number,
    number,
    number,
  ];
  const frame = input / 4;
  const bins = output / 4;
  const half = fftSize / 2;
  const heap = pffft.HEAPF32;
  const window = Float32Array.from(hannWindow(windowLength));
  heap.fill(0, frame, frame + fftSize);
  return composition(name, variant, (start, magnitude) => {
    for (let i = 0; i < windowLength; i++) heap[frame + i] = x[start + i]! * window[i]!;
    pffft._pffft_transform_ordered(setup, input, output, work, 0);
    magnitude[0] = Math.abs(heap[bins]!);
    magnitude[half] = Math.abs(heap[bins + 1]!);
    for (let k = 1; k < half; k++) {
      const re = heap[bins + 2 * k]!;
      const im = heap[bins + 2 * k + 1]!;
      magnitude[k] = Math.sqrt(re * re + im * im);
    }
  });
}

interface KissArray {
  asFloat32Array(): Float32Array;
}

interface KissWasm {
  RealFFTConfig: new (size: number) => { work(input: KissArray, output: KissArray): void };
  RealArray: new (size: number) => KissArray;
  ComplexArray: new (size: number) => KissArray;
}

async function kissfftWasm(variant: string): Promise<Work> {
  const name = 'kissfft-wasm';
  // It would fetch a file path; without `fetch` it reads the file.
  const kept = globalThis.fetch;
  globalThis.fetch = undefined as never;
  const { RealFFTConfig, RealArray, ComplexArray } = requirePeer<KissWasm>(name, 'lib/index.js');
  await requirePeer<{ waitLoading(): Promise<void> }>(name, 'lib/wasm.js').waitLoading();
  globalThis.fetch = kept;
  const { fftSize, windowLength } = presets[variant]!;
  const config = new RealFFTConfig(fftSize);
  const input = new RealArray(fftSize);
  const output = new ComplexArray(fftSize);
  const window = Float32Array.from(hannWindow(windowLength));
  input.asFloat32Array().fill(0);
  return composition(name, variant, (start, magnitude) => {
    const frame = input.asFloat32Array();
    for (let i = 0; i < windowLength; i++) frame[i] = x[start + i]! * window[i]!;
    config.work(input, output);
    magnitudes(output.asFloat32Array(), magnitude);
  });
}

function kissfftJs(variant: string): Work {
  const { FFTR } = requirePeer<{
    FFTR: new (size: number) => { forward(input: Float32Array): Float32Array };
  }>('kissfft-js', 'src/main.js');
  const { fftSize, windowLength } = presets[variant]!;
  const fft = new FFTR(fftSize);
  const frame = new Float32Array(fftSize);
  const window = Float32Array.from(hannWindow(windowLength));
  return composition('kissfft-js', variant, (start, magnitude) => {
    for (let i = 0; i < windowLength; i++) frame[i] = x[start + i]! * window[i]!;
    magnitudes(fft.forward(frame), magnitude);
  });
}

/** Complex only; the fastest of its libraries here. */
async function webfft(variant: string): Promise<Work> {
  const { default: WebFft } = await importPeer<{
    default: new (
      size: number,
      library: string,
      useProfile: boolean,
    ) => { fft(input: Float32Array): Float32Array };
  }>('webfft', 'lib/main.js');
  const { fftSize, windowLength } = presets[variant]!;
  const fft = new WebFft(fftSize, 'kissWasm', false);
  const frame = new Float32Array(2 * fftSize);
  const window = Float32Array.from(hannWindow(windowLength));
  return composition('webfft', variant, (start, magnitude) => {
    for (let i = 0; i < windowLength; i++) frame[2 * i] = x[start + i]! * window[i]!;
    magnitudes(fft.fft(frame), magnitude);
  });
}

/** The native programs: log-mel.c with a transform and compiler flags. */
export function nativeLogMel(variant: string): Record<string, () => NativeSource> {
  const p = presets[variant]!;
  const rows = rowsOf(p);
  const { bands, weights } = sparseFilterbank(p);
  const source = (files: string[], flags: string[], libraries: string[]): NativeSource => ({
    files: [join(import.meta.dirname, 'log-mel.c'), ...files],
    flags: [
      ...Object.entries({
        SAMPLES: x.length,
        ROWS: rows,
        MAXIMUM_OVER: p.maximumOver,
        WINDOW: p.windowLength,
        FFT_SIZE: p.fftSize,
        HOP: p.hop,
        BANDS: p.melBands,
        LOG_FLOOR: `${p.logFloor}f`,
      }).map(([name, value]) => `-D${name}=${value}`),
      ...flags,
    ],
    libraries,
    input: [x, Float32Array.from(hannWindow(p.windowLength)), bands, Float32Array.from(weights)],
  });
  const fftw = (batch: number, ...flags: string[]) =>
    source([], [`-DBATCH=${batch}`, ...flags], ['-lfftw3f']);
  const pffft = (...flags: string[]) => {
    const code = peerFile('@echogarden/pffft-wasm', 'src/pffft.c');
    return source([], ['-DPFFFT', '-I', dirname(code), ...flags], [code]);
  };
  return {
    'native FFTW -O3': () => fftw(1),
    'native FFTW batch -O3': () => fftw(rows),
    'native FFTW -O3 -ffast-math': () => fftw(1, '-ffast-math'),
    'native FFTW batch -O3 -ffast-math': () => fftw(rows, '-ffast-math'),
    'native pffft -O3': () => pffft(),
    'native pffft -O3 -ffast-math': () => pffft('-ffast-math'),
  };
}

function rowsOf({ windowLength, hop, maximumOver }: LogMelParameters): number {
  return Math.floor((Math.floor((x.length - windowLength) / hop) + 1) / maximumOver);
}

/** What is not zero: first bin and count of each band, and the weights one after the other. */
function sparseFilterbank(p: LogMelParameters): { bands: Int32Array; weights: Float64Array } {
  const dense = melFilterbank(p).weights;
  const bins = p.fftSize / 2 + 1;
  const bands = new Int32Array(2 * p.melBands);
  const weights: number[] = [];
  for (let band = 0; band < p.melBands; band++) {
    const row = dense.subarray(band * bins, (band + 1) * bins);
    const first = row.findIndex(weight => weight > 0);
    const end = row.findLastIndex(weight => weight > 0) + 1;
    bands.set([first, end - first], 2 * band);
    weights.push(...row.subarray(first, end));
  }
  return { bands, weights: Float64Array.from(weights) };
}

/** The picture around the magnitudes of one frame, which begins at sample `start`. */
function composition(
  name: string,
  variant: string,
  spectrum: (start: number, magnitude: Float64Array) => void,
): Work {
  const p = presets[variant]!;
  const { hop, maximumOver, melBands, logFloor } = p;
  const rows = rowsOf(p);
  const { bands, weights } = sparseFilterbank(p);
  const magnitude = new Float64Array(p.fftSize / 2 + 1);
  const out = new Float32Array(rows * melBands);
  return {
    version: peerVersion(name),
    run() {
      for (let frame = 0; frame < rows * maximumOver; frame++) {
        spectrum(frame * hop, magnitude);
        const row = Math.floor(frame / maximumOver) * melBands;
        const first = frame % maximumOver === 0;
        for (let band = 0, w = 0; band < melBands; band++) {
          const bin = bands[2 * band]!;
          const count = bands[2 * band + 1]!;
          let sum = 0;
          for (let k = 0; k < count; k++) sum += magnitude[bin + k]! * weights[w++]!;
          out[row + band] = first ? sum : Math.max(out[row + band]!, sum);
        }
      }
      for (let i = 0; i < out.length; i++) out[i] = Math.log(Math.max(out[i]!, logFloor));
      standardise(out);
    },
    result: () => out,
  };
}

/** Of pairs re, im. */
function magnitudes(spectrum: ArrayLike<number>, magnitude: Float64Array): void {
  for (let k = 0; k < magnitude.length; k++) {
    const re = spectrum[2 * k]!;
    const im = spectrum[2 * k + 1]!;
    magnitude[k] = Math.sqrt(re * re + im * im);
  }
}

function standardise(picture: Float32Array): void {
  let sum = 0;
  for (let i = 0; i < picture.length; i++) sum += picture[i]!;
  const mean = sum / picture.length;
  let squares = 0;
  for (let i = 0; i < picture.length; i++) squares += (picture[i]! - mean) * (picture[i]! - mean);
  const deviation = Math.sqrt(squares / picture.length);
  const scale = 1 / deviation;
  const shift = -mean / deviation;
  for (let i = 0; i < picture.length; i++) picture[i] = picture[i]! * scale + shift;
}
