import { checkOutput, checkSamples } from './check.ts';
import { checkBlock, checkFinite } from './finite.ts';
import { copyOut, reserve, type Workspace } from './load.ts';
import {
  coefficientTable,
  type Halving,
  type Polyphase,
  phasesInTable,
  type ResampleOptions,
  stepsFor,
} from './resample-design.ts';
import { Tail } from './tail.ts';

/**
 * The signal at another sample rate: ceil(n * toHz / fromHz) samples; sample m is the input at time m / toHz, with zeros
 * beyond its ends and no delay. Rates are integers from 1000 to 384 000 Hz; equal rates copy.
 *
 * @param options.out takes the result
 * @throws CrepitusError `parameter-out-of-range`, `non-finite-sample`
 */
export function resample(
  x: Float32Array,
  fromHz: number,
  toHz: number,
  options: ResampleOptions & { out?: Float32Array } = {},
): Float32Array {
  checkSamples('The signal', x);
  const { out } = options;
  const { halvings, polyphase } = stepsFor(fromHz, toHz, options);
  const outputs = outputCount(x.length, fromHz, toHz);
  if (out) checkOutput(out, outputs);
  if (fromHz === toHz || outputs === 0) {
    checkBlock(x, 0);
    return copyInto(x, out);
  }

  // Each step's input in memory: from index `first` on, `length` samples, of which [low, high) are not all zero.
  const inputs: { first: number; length: number; low: number; high: number }[] = [];
  let low = 0;
  let high = x.length;
  let workBytes = 0;
  for (const { coefficients } of halvings) {
    const reach = 2 * coefficients.length - 1;
    const next = { low: Math.ceil((low - reach) / 2), high: Math.floor((high - 1 + reach) / 2) + 1 };
    // Eight more everywhere: a halving writes whole groups.
    const length = halvingInput(next.high - next.low, coefficients.length) + 8;
    inputs.push({ first: 2 * (next.low - coefficients.length), length, low, high });
    workBytes = Math.max(workBytes, length * 4);
    ({ low, high } = next);
  }
  const { up, down, before, span } = polyphase;
  // What the coefficient 0 meets is read too, and must be a number.
  const read = Math.floor(((outputs - 1) * down) / up) + span;
  const first = Math.min(-before, low);
  inputs.push({ first, length: Math.max(read - before, high) - first + 8, low, high });
  const rows = rowsOf(read, polyphase);

  const workspace = reserve(
    ...inputs.map(({ length }) => length * 4),
    Math.max(workBytes, rows.bytes),
    outputs * 4,
    tableBytes(polyphase),
    offsetBytes(polyphase),
  );
  const { kernels, f32, at } = workspace;
  const [work, output, table, offsets] = at.slice(-4) as [number, number, number, number];
  /** Address of sample `index` of the input of a step. */
  const address = (step: number, index: number) => at[step]! + (index - inputs[step]!.first) * 4;
  inputs.forEach(({ first, length, low, high }, step) => {
    f32.fill(0, address(step, first) / 4, address(step, low) / 4);
    f32.fill(0, address(step, high) / 4, address(step, first + length) / 4);
  });
  f32.set(x, address(0, 0) / 4);
  checkFinite(workspace, address(0, 0), x.length);

  halvings.forEach(({ coefficients }, step) => {
    const { low, high } = inputs[step + 1]!;
    f32.set(coefficients, table / 4);
    kernels.halve(
      address(step, 2 * low),
      high - low,
      table,
      coefficients.length,
      work,
      address(step + 1, low),
    );
  });
  kernels.commutate(address(halvings.length, -before), read, down, work, rows.stride);
  runPolyphase(workspace, polyphase, { rows: work, stride: rows.stride, offsets, table }, 0, outputs, output);
  return copyOut(workspace, output, outputs, out);
}

/**
 * A resampler for a signal that arrives in blocks of any size. The outputs of all `push` and the last `finish` together are,
 * bit for bit, those of `resample` of the whole signal.
 */
export class ResampleStream {
  readonly #fromHz: number;
  readonly #toHz: number;
  readonly #halvings: HalvingStream[];
  readonly #polyphase: PolyphaseStream;
  #pushed = 0;
  #made = 0;

  /** @throws CrepitusError `parameter-out-of-range` */
  constructor(fromHz: number, toHz: number, options: ResampleOptions = {}) {
    const { halvings, polyphase } = stepsFor(fromHz, toHz, options);
    this.#fromHz = fromHz;
    this.#toHz = toHz;
    let low = 0;
    this.#halvings = halvings.map(halving => {
      const stream = new HalvingStream(halving, low);
      low = stream.low;
      return stream;
    });
    this.#polyphase = new PolyphaseStream(polyphase, low);
  }

  /**
   * The next samples; returns the output samples that they complete. The filter lags behind by its half width: with `best` 93
   * samples of the lower rate. A refused block changes nothing.
   *
   * @throws CrepitusError `non-finite-sample`, counted from the start of the stream
   */
  push(block: Float32Array): Float32Array {
    checkSamples('The block', block);
    checkBlock(block, this.#pushed);
    this.#pushed += block.length;
    return this.#take(block);
  }

  /** The rest of the output, as if zeros followed; then the stream is as new. */
  finish(): Float32Array {
    const missing = outputCount(this.#pushed, this.#fromHz, this.#toHz) - this.#made;
    const pieces: Float32Array[] = [];
    let made = 0;
    while (made < missing) {
      // As many zeros as the missing samples span, or a little more than the filters still want.
      const zeros = Math.ceil(((missing - made) * this.#fromHz) / this.#toHz) + 16;
      const piece = this.#take(new Float32Array(Math.min(zeros, 4096)));
      pieces.push(piece.subarray(0, missing - made));
      made += piece.length;
    }
    this.reset();
    return join(pieces);
  }

  /** As new. */
  reset(): void {
    for (const halving of this.#halvings) halving.reset();
    this.#polyphase.reset();
    this.#pushed = 0;
    this.#made = 0;
  }

  #take(block: Float32Array): Float32Array {
    let samples = block;
    if (this.#fromHz === this.#toHz) samples = block.slice();
    else {
      for (const halving of this.#halvings) samples = halving.push(samples);
      samples = this.#polyphase.push(samples);
    }
    this.#made += samples.length;
    return samples;
  }
}

class HalvingStream {
  /** Index of the first output, below zero: the filter rings before the signal begins. */
  readonly low: number;
  readonly #coefficients: Float32Array;
  readonly #inputLow: number;
  readonly #tail: Tail;
  #next: number;

  constructor({ coefficients }: Halving, inputLow: number) {
    const taps = coefficients.length;
    this.#coefficients = coefficients;
    this.low = Math.ceil((inputLow - (2 * taps - 1)) / 2);
    this.#inputLow = inputLow;
    this.#next = this.low;
    this.#tail = new Tail(this.#first(), inputLow);
  }

  #first(): number {
    return 2 * (this.#next - this.#coefficients.length);
  }

  push(block: Float32Array): Float32Array {
    const taps = this.#coefficients.length;
    this.#tail.append(block);
    const outputs = Math.max(0, Math.floor((this.#tail.end - 2 * taps) / 2) + 1 - this.#next);
    if (outputs === 0) return new Float32Array(0);
    const length = halvingInput(outputs, taps);
    const workspace = reserve(length * 4, this.#coefficients.byteLength, length * 4, (outputs + 7) * 4);
    const { kernels, f32, at } = workspace;
    const [x, coefficients, work, y] = at as [number, number, number, number];
    const held = this.#tail.from(this.#first()).subarray(0, length);
    f32.set(held, x / 4);
    f32.fill(0, x / 4 + held.length, x / 4 + length);
    f32.set(this.#coefficients, coefficients / 4);
    kernels.halve(x + taps * 8, outputs, coefficients, taps, work, y);
    this.#next += outputs;
    this.#tail.dropBefore(this.#first());
    return copyOut(workspace, y, outputs);
  }

  reset(): void {
    this.#next = this.low;
    this.#tail.reset(this.#first(), this.#inputLow);
  }
}

class PolyphaseStream {
  readonly #step: Polyphase;
  readonly #inputLow: number;
  readonly #tail: Tail;
  #next = 0;

  constructor(step: Polyphase, inputLow: number) {
    this.#step = step;
    this.#inputLow = inputLow;
    this.#tail = new Tail(-step.before, inputLow);
  }

  push(block: Float32Array): Float32Array {
    const { up, down, taps, before, span } = this.#step;
    this.#tail.append(block);
    // Output m reads from floor(m * down / up) - before on.
    const lastStart = this.#tail.end - taps + before;
    const end = lastStart < 0 ? 0 : Math.floor(((lastStart + 1) * up - 1) / down) + 1;
    if (end <= this.#next) return new Float32Array(0);
    // The kernel counts from an output at phase 0.
    const origin = Math.floor(this.#next / up);
    const from = this.#next - origin * up;
    const outputs = end - origin * up;
    const samples = this.#tail.from(origin * down - before);
    // What the coefficient 0 meets is read too, and must be a number.
    const read = samples.length + span;
    const { bytes, stride } = rowsOf(read, this.#step);
    const workspace = reserve(
      read * 4,
      bytes,
      (outputs - from) * 4,
      tableBytes(this.#step),
      offsetBytes(this.#step),
    );
    const [x, rows, y, table, offsets] = workspace.at as [number, number, number, number, number];
    workspace.f32.set(samples, x / 4);
    workspace.f32.fill(0, x / 4 + samples.length, x / 4 + read);
    workspace.kernels.commutate(x, read, down, rows, stride);
    runPolyphase(workspace, this.#step, { rows, stride, offsets, table }, from, outputs, y);
    this.#next = end;
    this.#tail.dropBefore(Math.floor(end / up) * down - before);
    return copyOut(workspace, y, outputs - from);
  }

  reset(): void {
    this.#next = 0;
    this.#tail.reset(-this.#step.before, this.#inputLow);
  }
}

/** Samples that the halving kernel reads, and has room for, to make so many outputs. */
function halvingInput(outputs: number, taps: number): number {
  const rounded = Math.ceil(outputs / 8) * 8;
  return 2 * Math.ceil((rounded + 2 * taps) / 4) * 4;
}

/** Addresses of what the polyphase kernel reads. */
interface PolyphaseBuffers {
  /** Samples, commutated; `stride` bytes from row to row. */
  rows: number;
  stride: number;
  offsets: number;
  table: number;
}

/** Room for so many samples in `down` rows, with what is read behind them. */
function rowsOf(samples: number, { down }: Polyphase): { stride: number; bytes: number } {
  const lines = Math.ceil((Math.ceil(samples / down) + 8) / 16);
  // An odd number of cache lines from row to row: neighbours would else share the few places of a cache set.
  const stride = (lines % 2 === 0 ? lines + 1 : lines) * 64;
  return { stride, bytes: down * stride };
}

/** Outputs from ... outputs - 1 (from < up) to `output`. */
function runPolyphase(
  { kernels, f32 }: Workspace,
  step: Polyphase,
  { rows, stride, offsets, table }: PolyphaseBuffers,
  from: number,
  outputs: number,
  output: number,
): void {
  const { up, down, span } = step;
  const places = new Uint32Array(f32.buffer, offsets, down + span);
  for (let i = 0; i < down + span; i++) places[i] = (i % down) * stride + Math.floor(i / down) * 4;
  const batch = phasesInTable(step);
  /** Phases [first, last), rounded to whole groups of four. */
  const run = (first: number, last: number) => {
    const end = Math.min(up, Math.ceil(last / 4) * 4);
    for (let phase = first - (first % 4); phase < end; phase += batch) {
      const to = Math.min(phase + batch, end);
      f32.set(coefficientTable(step, phase, to), table / 4);
      kernels.polyphase(rows, offsets, table, span, up, down, phase, to, from, outputs, output);
    }
  };
  // Phases that no output has are not made.
  if (outputs - from >= up - 4) {
    run(0, up);
  } else {
    run(from, Math.min(outputs, up));
    // The group of `from` is done.
    run(0, Math.min(Math.max(0, outputs - up), from - (from % 4)));
  }
}

/** Room for a batch of phases: always more than a halving's coefficients, which stand there before. */
function tableBytes(step: Polyphase): number {
  return phasesInTable(step) * step.span * 4;
}

function offsetBytes({ down, span }: Polyphase): number {
  return (down + span) * 4;
}

function outputCount(samples: number, fromHz: number, toHz: number): number {
  return Math.ceil((samples * toHz) / fromHz);
}

function copyInto(x: Float32Array, out?: Float32Array): Float32Array {
  if (!out) return x.slice();
  out.set(x);
  return out;
}

function join(pieces: Float32Array[]): Float32Array {
  const out = new Float32Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}
