import type { SecondOrderSections } from './bessel.ts';
import { checkOutput, checkSamples } from './check.ts';
import { CrepitusError } from './error.ts';
import { checkBlock, checkFinite, LOUDEST } from './finite.ts';
import { copyOut, reserve } from './load.ts';

/** Sections as the kernels want them: pairs of two rows b0 b1 b2 a1 a2. */
interface Cascade {
  pairs: number;
  coefficients: Float64Array;
}

/** f64 numbers of state per pair. */
const STATE = 4;

/**
 * Filters a signal from rest through second-order sections (transposed direct form II). Coefficients, state and what runs
 * between sections are float64, only the output is f32: the bits are those of the plain loop in float64. `out` may be `x`.
 *
 * @throws CrepitusError `filter-sections`, `non-finite-sample`, `parameter-out-of-range`
 */
export function filterForward(x: Float32Array, sos: SecondOrderSections, out?: Float32Array): Float32Array {
  checkSamples('The signal', x);
  if (out) checkOutput(out, x.length);
  const cascade = cascadeOf(sos);
  return filterFrom(x, cascade, new Float64Array(cascade.pairs * STATE), 0, out);
}

/**
 * Filters several signals from rest, four at a time in SIMD lanes, which one signal cannot use: about twice as fast, with the
 * bits that `filterForward` gives for each. Lengths may differ. `outs[i]` may be `channels[i]`, which a refusal leaves as they
 * are; other `outs` may hold part of a result then.
 *
 * @throws CrepitusError as `filterForward`, and `lengths-differ`
 */
export function filterChannels(
  channels: readonly Float32Array[],
  sos: SecondOrderSections,
  outs?: readonly Float32Array[],
): Float32Array[] {
  const cascade = cascadeOf(sos);
  channels.forEach((x, i) => {
    checkSamples(`Channel ${i}`, x);
  });
  if (outs && outs.length !== channels.length) {
    throw new CrepitusError(
      'lengths-differ',
      `There are ${outs.length} output arrays for ${channels.length} channels; give one for each.`,
      { kind: 'usage' },
    );
  }
  outs?.forEach((out, i) => {
    checkOutput(out, channels[i]!.length);
  });
  const results: Float32Array[] = [];
  for (let first = 0; first < channels.length; first += 4) {
    const group = channels.slice(first, first + 4);
    if (group.length > 1) {
      results.push(...filterGroup(group, first, cascade, outs));
    } else {
      const rest = new Float64Array(cascade.pairs * STATE);
      results.push(inChannel(first, () => filterFrom(group[0]!, cascade, rest, 0, outs?.[first])));
    }
  }
  return results;
}

/**
 * Filters forward and then backward: no delay, twice the attenuation. The signal is continued at both ends by itself turned
 * about its outermost sample, and each way starts from the state of a constant, as scipy.signal.sosfiltfilt does by default.
 * Needs more than 3 * (2 * sections + 1) samples, fewer where sections are of first order. `out` may be `x`.
 *
 * @throws CrepitusError as `filterForward`, and `signal-too-short`
 */
export function filterForwardBackward(
  x: Float32Array,
  sos: SecondOrderSections,
  out?: Float32Array,
): Float32Array {
  checkSamples('The signal', x);
  if (out) checkOutput(out, x.length);
  const cascade = cascadeOf(sos);
  const pad = padLength(sos.sections);
  if (x.length <= pad) {
    throw new CrepitusError(
      'signal-too-short',
      `Filtering forward and backward through this filter needs more than ${pad} samples, not ${x.length}; pad the signal or filter forward.`,
    );
  }
  checkBlock(x, 0);
  const n = x.length;
  let extended = new Float32Array(n + 2 * pad);
  extended.set(x, pad);
  for (let i = 1; i <= pad; i++) {
    extended[pad - i] = 2 * x[0]! - x[i]!;
    extended[pad + n - 1 + i] = 2 * x[n - 1]! - x[n - 1 - i]!;
  }
  for (let way = 0; way < 2; way++) {
    filterFrom(extended, cascade, restingState(cascade, extended[0]!), 0, extended);
    extended = extended.reverse();
  }
  const middle = extended.subarray(pad, pad + n);
  if (!out) return middle.slice();
  out.set(middle);
  return out;
}

/**
 * A filter for a signal that arrives in blocks of any size: the same numbers, bit for bit, as `filterForward` of the whole.
 */
export class FilterStream {
  readonly #cascade: Cascade;
  readonly #state: Float64Array;
  #done = 0;

  /** @throws CrepitusError `filter-sections` */
  constructor(sos: SecondOrderSections) {
    this.#cascade = cascadeOf(sos);
    this.#state = new Float64Array(this.#cascade.pairs * STATE);
  }

  /**
   * The next samples, filtered: as many as come in. `out` may be `block`. A refused block changes nothing.
   *
   * @throws CrepitusError `non-finite-sample`, counted from the start of the stream
   */
  push(block: Float32Array, out?: Float32Array): Float32Array {
    checkSamples('The block', block);
    if (out) checkOutput(out, block.length);
    const filtered = filterFrom(block, this.#cascade, this.#state, this.#done, out);
    this.#done += block.length;
    return filtered;
  }

  /** As new. */
  reset(): void {
    this.#state.fill(0);
    this.#done = 0;
  }
}

/** Sections run in pairs; an odd one is paired with y = x. */
function cascadeOf(sos: SecondOrderSections): Cascade {
  const sections = sos?.sections;
  const rows = sections instanceof Float64Array ? sections.length / 5 : 0;
  if (!Number.isInteger(rows) || rows === 0 || !sections.every(Number.isFinite)) {
    throw new CrepitusError(
      'filter-sections',
      'A filter needs rows of five finite coefficients b0 b1 b2 a1 a2 in a Float64Array `sections`; besselFilter makes them.',
      { kind: 'usage' },
    );
  }
  const pairs = Math.ceil(rows / 2);
  const coefficients = new Float64Array(pairs * 10);
  coefficients.set(sections);
  if (rows % 2 === 1) coefficients[rows * 5] = 1;
  return { pairs, coefficients };
}

/** Filters from a state, which is left as it is behind the last sample; `done` samples came before. */
function filterFrom(
  x: Float32Array,
  { pairs, coefficients }: Cascade,
  state: Float64Array,
  done: number,
  out?: Float32Array,
): Float32Array {
  const workspace = reserve(x.byteLength, coefficients.byteLength, state.byteLength);
  const { kernels, f32, at } = workspace;
  const [signal, coefficientsAt, stateAt] = at as [number, number, number];
  f32.set(x, signal / 4);
  checkFinite(workspace, signal, x.length, done);
  const f64 = new Float64Array(f32.buffer);
  f64.set(coefficients, coefficientsAt / 8);
  f64.set(state, stateAt / 8);
  kernels.cascade(signal, signal, x.length, coefficientsAt, pairs, stateAt, done % 2 ** 20);
  state.set(f64.subarray(stateAt / 8, stateAt / 8 + state.length));
  return copyOut(workspace, signal, x.length, out);
}

/** Samples that several signals are filtered by at a time: they stay in the cache. A multiple of the kernel's blocks. */
const CHUNK = 16_256;

/** Two to four signals at once, the shorter ones followed by zeros. */
function filterGroup(
  group: readonly Float32Array[],
  first: number,
  { pairs, coefficients }: Cascade,
  outs?: readonly Float32Array[],
): Float32Array[] {
  const samples = Math.max(...group.map(x => x.length));
  const chunk = Math.min(CHUNK, Math.ceil(samples / 4) * 4);
  const workspace = reserve(16 * chunk, coefficients.byteLength, pairs * 4 * STATE * 8);
  const { kernels, f32, at } = workspace;
  const [signals, coefficientsAt, stateAt] = at as [number, number, number];
  /** Index of a lane's part of the chunk. */
  const place = (lane: number) => signals / 4 + lane * chunk;
  const results = group.map((x, lane) => outs?.[first + lane] ?? new Float32Array(x.length));

  const take = (lane: number, start: number): number => {
    const part = group[lane]!.subarray(start, start + chunk);
    f32.set(part, place(lane));
    f32.fill(0, place(lane) + part.length, place(lane) + chunk);
    return part.length;
  };
  const refuse = (lane: number, start: number): void => {
    const length = take(lane, start);
    inChannel(first + lane, () => checkFinite(workspace, place(lane) * 4, length, start));
  };
  // Where a result may be a channel, all is looked at before anything is written.
  if (outs?.some(out => group.some(x => x.buffer === out.buffer))) {
    group.forEach((x, lane) => {
      for (let start = 0; start < x.length; start += chunk) refuse(lane, start);
    });
  }

  new Float64Array(f32.buffer).set(coefficients, coefficientsAt / 8);
  f32.fill(0, stateAt / 4, stateAt / 4 + pairs * 4 * STATE * 2);
  f32.fill(0, place(group.length), place(4));
  for (let start = 0; start < samples; start += chunk) {
    const lengths = group.map((_, lane) => take(lane, start));
    const count = Math.min(chunk, samples - start);
    if (!kernels.cascadeOfFour(signals, chunk * 4, count, coefficientsAt, pairs, stateAt, LOUDEST)) {
      for (let lane = 0; lane < group.length; lane++) refuse(lane, start);
    }
    lengths.forEach((length, lane) => {
      if (length > 0) results[lane]!.set(f32.subarray(place(lane), place(lane) + length), start);
    });
  }
  return results;
}

/** Says which channel a refused sample is in. */
function inChannel<T>(channel: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof CrepitusError) || error.code !== 'non-finite-sample') throw error;
    throw new CrepitusError(error.code, `Channel ${channel}: ${error.message}`, { cause: error });
  }
}

/** Samples that sosfiltfilt pads with: three times the length of the transfer function. */
function padLength(sections: Float64Array): number {
  const rows = sections.length / 5;
  let zerosAtOrigin = 0;
  let polesAtOrigin = 0;
  for (let row = 0; row < rows; row++) {
    if (sections[row * 5 + 2] === 0) zerosAtOrigin++;
    if (sections[row * 5 + 4] === 0) polesAtOrigin++;
  }
  return 3 * (2 * rows + 1 - Math.min(zerosAtOrigin, polesAtOrigin));
}

/** The state in which a constant input of this value gives a constant output (scipy.signal.sosfilt_zi, times the value). */
function restingState({ pairs, coefficients }: Cascade, value: number): Float64Array {
  const state = new Float64Array(pairs * STATE);
  let input = value;
  for (let section = 0; section < 2 * pairs; section++) {
    const [b0, b1, b2, a1, a2] = coefficients.subarray(section * 5, section * 5 + 5) as unknown as [
      number,
      number,
      number,
      number,
      number,
    ];
    const output = (input * (b0 + b1 + b2)) / (1 + a1 + a2);
    state[section * 2] = output - b0 * input;
    state[section * 2 + 1] = b2 * input - a2 * output;
    input = output;
  }
  return state;
}
