import { readFileSync } from 'node:fs';

const folder = new URL('../reference/', import.meta.url);

/** What index.json says about a file, as far as tests read it. */
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
}

export const index: {
  files: Record<string, VectorEntry>;
  conventions: { resampling: ResamplingConventions };
} = readJson('index.json');

interface ResamplingConventions {
  reference_results: { inp: number; out: number; chirp_hz: [number, number] }[];
}

export function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as T;
}

/** A vector of index.json, little-endian as stored. */
export function vector(name: string): Float32Array | Float64Array {
  const entry = index.files[name]!;
  const bytes = Uint8Array.from(readFileSync(new URL(entry.file, folder))).buffer;
  return entry.dtype === 'f32' ? new Float32Array(bytes) : new Float64Array(bytes);
}

/** A stored f32 signal. */
export function signal(name: string): Float32Array {
  return Float32Array.from(vector(name));
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
