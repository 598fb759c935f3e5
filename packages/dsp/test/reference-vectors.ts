import { readFileSync } from 'node:fs';

const folder = new URL('../reference/', import.meta.url);

/** What index.json and library_index.json say about a vector, as far as tests read it. */
export interface VectorEntry {
  file: string;
  dtype?: 'f32' | 'f64';
  shape?: number[];
  input?: string;
  offset?: number;
  samples?: number;
  power?: number;
  alpha?: number;
  mean?: number;
  sd?: number;
  rms?: number;
  edges_hz?: number[];
  /** Where the imaginary part of the input begins in the input signal. */
  imaginaryOffset?: number;
  /** Only each so-manieth value is stored. */
  every?: number;
  /** Who computed it, and how: entries of library_index.json only. */
  library?: 'numpy' | 'scipy' | 'librosa' | 'torchaudio' | 'soxr';
  call?: string;
  /** The call in the terms of the functions of ../src. */
  parameters?: unknown;
  /** Of a spectrum: rows and columns of the input. */
  frames?: number;
  bins?: number;
  /** Of a filterbank: [first bin, count] of each band, whose weights the file holds one after the other. */
  bands?: [number, number][];
  emptyBands?: number[];
  /** Small cases in the index itself. */
  cases?: unknown[];
}

interface LibraryIndex {
  /** Versions. */
  libraries: Record<string, string>;
  files: Record<string, VectorEntry>;
}

const own: {
  files: Record<string, VectorEntry>;
  conventions: { resampling: ResamplingConventions };
} = readJson('index.json');
const fromLibraries: LibraryIndex = readJson('library_index.json');

/** Both indices as one; `files` by name, such as 'logmel/default_magnitude' or 'librosa/stft_512'. */
export const index = {
  ...own,
  libraries: fromLibraries.libraries,
  files: { ...own.files, ...fromLibraries.files },
};

interface ResamplingConventions {
  reference_results: { inp: number; out: number; chirp_hz: [number, number] }[];
}

export function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as T;
}

/** A vector by its name in the index, little-endian as stored. */
export function vector(name: string): Float32Array | Float64Array {
  const entry = index.files[name]!;
  const bytes = Uint8Array.from(readFileSync(new URL(entry.file, folder))).buffer;
  return entry.dtype === 'f32' ? new Float32Array(bytes) : new Float64Array(bytes);
}

/** A stored f32 signal. */
export function signal(name: string): Float32Array {
  return Float32Array.from(vector(name));
}

/** The names of the index that begin so, such as 'librosa/stft_'. */
export function names(beginning: string): string[] {
  return Object.keys(index.files).filter(name => name.startsWith(beginning));
}

/** `parameters` of an entry, in the type of the function that takes them. */
export function parameters<T>(name: string): T {
  return index.files[name]!.parameters as T;
}

/** The real signal that an entry was computed from. */
export function inputOf(name: string): Float32Array {
  const { input, offset = 0, samples } = index.files[name]!;
  return signal(input!).slice(offset, samples === undefined ? undefined : offset + samples);
}

/** The complex values that an entry was computed from. */
export function complexInputOf(name: string): { re: Float32Array; im: Float32Array } {
  const { input, imaginaryOffset, samples } = index.files[name]!;
  const im = signal(input!).slice(imaginaryOffset!, imaginaryOffset! + samples!);
  return { re: inputOf(name), im };
}

/** A vector of pairs re, im, apart. */
export function complexVector(name: string): { re: Float64Array; im: Float64Array } {
  const values = vector(name);
  const part = (offset: 0 | 1) =>
    Float64Array.from({ length: values.length / 2 }, (_, i) => values[2 * i + offset]!);
  return { re: part(0), im: part(1) };
}

/** The weights [band, bin] of a filterbank of the libraries. */
export function filterbank(name: string): Float64Array {
  const { bands, bins } = index.files[name]!;
  const values = vector(name);
  const weights = new Float64Array(bands!.length * bins!);
  let read = 0;
  bands!.forEach(([first, count], band) => {
    weights.set(values.subarray(read, read + count), band * bins! + first);
    read += count;
  });
  return weights;
}

export interface Errors {
  max: number;
  rms: number;
}

/** Largest and root-mean-square difference; NaN counts as infinite, and so does another length. */
export function errors(got: ArrayLike<number>, want: ArrayLike<number>): Errors {
  if (got.length !== want.length) return { max: Infinity, rms: Infinity };
  let max = 0;
  let squares = 0;
  for (let i = 0; i < want.length; i++) {
    const d = Math.abs(got[i]! - want[i]!);
    max = Math.max(max, Number.isNaN(d) ? Infinity : d);
    squares += d * d;
  }
  return { max, rms: Math.sqrt(squares / want.length) };
}

/** Index of the first value that differs (0 and -0 do not), or -1: what `toEqual` says of long arrays is slow and endless. */
export function firstDifference(got: ArrayLike<number>, want: ArrayLike<number>): number {
  for (let i = 0; i < Math.max(got.length, want.length); i++) if (got[i] !== want[i]) return i;
  return -1;
}
