import { checkInteger, checkSamples } from './check.ts';
import { sineOfTurns } from './elementary.ts';
import { checkFinite, copyOut, reserve } from './load.ts';

/** Kaiser-windowed sinc: samples of the lower rate to either side, and the window's shape. */
const HALF_WIDTH = 93;
const BETA = 14;
/** -6 dB here, as a share of the lower rate's Nyquist frequency: flat to 0.9, closed from 1.0. */
const CUTOFF = 0.95;

/** Coefficient tables up to this size are kept; larger ones (rates with no common divisor) are made in batches, each time. */
const TABLE_BYTES = 4 * 2 ** 20;
const TABLES_KEPT = 4;

interface Design {
  /** Output rate / input rate = up / down in lowest terms. */
  up: number;
  down: number;
  /** Coefficients of one output sample, a multiple of 4. */
  taps: number;
}

/** Tables by `from:to`, the least recently used first. */
const tables = new Map<string, Float32Array>();

/**
 * The signal at another sample rate: ceil(n * toHz / fromHz) samples; sample m is the input at time m / toHz, with zeros
 * beyond its ends and no delay. Flat to 0.9 of the lower Nyquist frequency, SNR at least 135 dB there; what lies above the
 * lower Nyquist frequency leaks by at most -130 dB. Rates are integers from 1000 to 384 000 Hz; equal rates copy.
 */
export function resample(x: Float32Array, fromHz: number, toHz: number): Float32Array {
  checkSamples('The signal', x);
  checkInteger('The input sample rate', fromHz, 1000, 384_000);
  checkInteger('The output sample rate', toHz, 1000, 384_000);
  const { up, down, taps } = design(fromHz, toHz);
  const outputs = Math.ceil((x.length * up) / down);
  const rows = Math.min(up, outputs);
  const batch = Math.min(rows, Math.max(1, Math.floor(TABLE_BYTES / (taps * 4))));

  const before = taps / 2 - 1;
  const workspace = reserve((x.length + taps) * 4, outputs * 4, batch * taps * 4);
  const { kernels, f32, at } = workspace;
  const [signal, output, table] = at as [number, number, number];
  const start = signal / 4 + before;
  f32.fill(0, signal / 4, start);
  f32.set(x, start);
  f32.fill(0, start + x.length, signal / 4 + x.length + taps);
  checkFinite(workspace, start * 4, x.length);
  if (fromHz === toHz) return x.slice();

  for (let first = 0; first < rows; first += batch) {
    const last = Math.min(first + batch, rows);
    f32.set(coefficients(fromHz, toHz, first, last), table / 4);
    kernels.resample(signal, table, taps, up, down, first, last, outputs, output);
  }
  return copyOut(workspace, output, outputs);
}

function design(fromHz: number, toHz: number): Design {
  const divisor = greatestCommonDivisor(fromHz, toHz);
  const width = 2 * HALF_WIDTH * Math.max(1, fromHz / toHz);
  return { up: toHz / divisor, down: fromHz / divisor, taps: 4 * Math.round(width / 4) };
}

/** Rows first ... last - 1, from the kept tables where the whole table is small enough to be kept. */
function coefficients(fromHz: number, toHz: number, first: number, last: number): Float32Array {
  const { up, taps } = design(fromHz, toHz);
  if (up * taps * 4 > TABLE_BYTES) return makeRows(fromHz, toHz, first, last);
  const key = `${fromHz}:${toHz}`;
  const table = tables.get(key) ?? makeRows(fromHz, toHz, 0, up);
  tables.delete(key);
  tables.set(key, table);
  if (tables.size > TABLES_KEPT) tables.delete(tables.keys().next().value!);
  return table.subarray(first * taps, last * taps);
}

/**
 * Row m: coefficients of output m, whose time is (m * down mod up) / up behind input sample taps / 2 - 1 of those it reads.
 * Each row sums to 1, so that a constant stays one.
 */
function makeRows(fromHz: number, toHz: number, first: number, last: number): Float32Array {
  const { up, down, taps } = design(fromHz, toHz);
  const cutoff = CUTOFF * Math.min(1, toHz / fromHz);
  const half = taps / 2;
  const rows = new Float32Array((last - first) * taps);
  const row = new Float64Array(taps);
  for (let m = first; m < last; m++) {
    const phase = ((m * down) % up) / up;
    let sum = 0;
    for (let k = 0; k < taps; k++) {
      const distance = k - (half - 1) - phase;
      row[k] = sinc(cutoff * distance) * kaiser(distance / half);
      sum += row[k]!;
    }
    for (let k = 0; k < taps; k++) rows[(m - first) * taps + k] = row[k]! / sum;
  }
  return rows;
}

function sinc(x: number): number {
  return x === 0 ? 1 : sineOfTurns(x / 2) / (Math.PI * x);
}

/** Kaiser window at u in [-1, 1], up to a factor: I0(beta sqrt(1 - u^2)) by its power series. */
function kaiser(u: number): number {
  if (Math.abs(u) > 1) return 0;
  const quarter = (BETA * BETA * (1 - u * u)) / 4;
  let term = 1;
  let sum = 1;
  for (let k = 1; term > 1e-18 * sum; k++) {
    term *= quarter / (k * k);
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
