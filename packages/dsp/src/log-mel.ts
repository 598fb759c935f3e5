import { checkInteger, checkNumber, checkOutput, checkSamples, checkWord } from './check.ts';
import { CrepitusError } from './error.ts';
import { FFT_SIZE } from './fft.ts';
import { checkFinite, copyOut, reserve } from './load.ts';
import { checkMelParameters, type MelParameters, melEdges, melRows, warpEdges } from './mel.ts';
import { checkPadding, type Padding } from './padding.ts';
import { hannWindow } from './window.ts';

export interface LogMelParameters extends MelParameters {
  /** Samples under the periodic Hann window; zeros follow it up to fftSize. */
  windowLength: number;
  /** 512. */
  fftSize: number;
  /** Samples from one frame to the next. */
  hop: number;
  /** A row of the picture is the maximum over this many frames, without overlap. */
  maximumOver: number;
  spectrum: 'magnitude' | 'power';
  /** Mel energies below this are raised to it before the logarithm. */
  logFloor: number;
}

export interface PictureOptions {
  /** Samples to pad or cut to; default: the signal's own length. */
  length?: number;
  /** Default 'sample'. */
  padding?: Padding;
  /** Zero mean and unit population deviation over the whole picture; default true. */
  standardise?: boolean;
  /** Warp of the filterbank (see `warpFrequency`); default none. */
  vtlpAlpha?: number;
  /** Takes the result: rows * melBands values. Saves an allocation per picture. */
  out?: Float32Array;
}

/** A filterbank as the kernel wants it. */
interface Filterbank {
  /** [band, (first bin, count)] */
  rows: Uint32Array;
  weights: Float32Array;
}

/** Filterbanks kept for different alphas: the inputs of one cycle share theirs. */
const WARPED_KEPT = 4;

/**
 * Log-mel pictures of one set of parameters. Frame j covers samples [j * hop, j * hop + windowLength), no centring; the
 * values are ln(max(mel energy, logFloor)). Against float64 (librosa's definition) errors stay below 1e-5, typically 1e-6.
 */
export class LogMel {
  readonly parameters: Readonly<LogMelParameters>;
  readonly #window: Float32Array;
  readonly #edgesHz: Float64Array;
  readonly #plain: Filterbank;
  /** By alpha, the least recently used first. */
  readonly #warped = new Map<number, Filterbank>();

  constructor(p: LogMelParameters) {
    checkParameters(p);
    this.parameters = Object.freeze({ ...p });
    // The FFT kernel expects its factor 1/2 here.
    this.#window = new Float32Array(FFT_SIZE);
    this.#window.set(hannWindow(p.windowLength).map(v => v / 2));
    this.#edgesHz = melEdges(p);
    this.#plain = filterbank(p, this.#edgesHz);
  }

  /** Frames in a signal of so many samples: floor((samples - windowLength) / hop) + 1. */
  frames(samples: number): number {
    const { windowLength, hop } = this.parameters;
    return samples < windowLength ? 0 : Math.floor((samples - windowLength) / hop) + 1;
  }

  /** Rows of the picture of a signal of so many samples: a last group of fewer than maximumOver frames is left out. */
  rows(samples: number): number {
    return Math.floor(this.frames(samples) / this.parameters.maximumOver);
  }

  /**
   * Pads or cuts the signal, and makes its picture: [rows, melBands] row-major, row 0 first. Everything happens in one
   * visit to WASM.
   */
  picture(samples: Float32Array, o: PictureOptions = {}): Float32Array {
    const { windowLength, hop, maximumOver, melBands, spectrum, logFloor } = this.parameters;
    const { length = samples.length, padding = 'sample', standardise = true } = o;
    checkSamples('The signal', samples);
    checkPadding(samples.length, length, padding);
    const rows = this.rows(length);
    if (rows === 0) {
      throw new CrepitusError(
        'signal-too-short',
        `A picture needs at least ${windowLength + (maximumOver - 1) * hop} samples, not ${length}; pad the signal.`,
      );
    }
    if (o.out) checkOutput(o.out, rows * melBands);
    const { rows: bands, weights } = this.#filterbank(o.vtlpAlpha);

    const frames = rows * maximumOver;
    const kept = Math.min(samples.length, length);
    const workspace = reserve(
      (length + FFT_SIZE) * 4,
      frames * melBands * 4 + 64,
      FFT_SIZE * 4,
      bands.byteLength,
      weights.byteLength,
    );
    const { kernels, f32, at } = workspace;
    const [x, picture, windowAt, bandsAt, weightsAt] = at as [number, number, number, number, number];
    f32.set(kept < samples.length ? samples.subarray(0, kept) : samples, x / 4);
    kernels.extend(x, kept, length, padding === 'sample' ? 1 : 0);
    // A frame is read to fftSize samples, also where the window is shorter.
    f32.fill(0, x / 4 + length, x / 4 + length + FFT_SIZE);
    f32.set(this.#window, windowAt / 4);
    new Uint32Array(f32.buffer).set(bands, bandsAt / 4);
    f32.set(weights, weightsAt / 4);

    const finite = kernels.melEnergies(
      x,
      frames,
      hop,
      windowAt,
      windowLength,
      bandsAt,
      weightsAt,
      melBands,
      spectrum === 'power' ? 1 : 0,
      picture,
    );
    // Samples that no frame reads are looked at apart; so are all, to name the first bad one, where an energy is not finite.
    const covered = hop <= windowLength ? Math.min((frames - 1) * hop + windowLength, kept) : 0;
    if (!finite) checkFinite(workspace, x, kept);
    checkFinite(workspace, x + covered * 4, kept - covered, covered);
    if (maximumOver > 1) kernels.maximumOverFrames(picture, rows, maximumOver, melBands);
    kernels.logarithm(picture, rows * melBands, logFloor);
    if (standardise) kernels.standardise(picture, rows * melBands);
    return copyOut(workspace, picture, rows * melBands, o.out);
  }

  #filterbank(alpha: number | undefined): Filterbank {
    if (alpha === undefined || alpha === 1) return this.#plain;
    const known = this.#warped.get(alpha);
    const found =
      known ?? filterbank(this.parameters, warpEdges(this.#edgesHz, alpha, this.parameters.highHz));
    this.#warped.delete(alpha);
    this.#warped.set(alpha, found);
    if (this.#warped.size > WARPED_KEPT) this.#warped.delete(this.#warped.keys().next().value!);
    return found;
  }
}

/** A new picture with zero mean and unit population deviation over all values; zeros if the deviation is below 1e-12. */
export function standardise(picture: Float32Array): Float32Array {
  checkSamples('The picture', picture);
  if (picture.length === 0) return new Float32Array(0);
  const workspace = reserve(picture.byteLength);
  const at = workspace.at[0]!;
  workspace.f32.set(picture, at / 4);
  checkFinite(workspace, at, picture.length);
  workspace.kernels.standardise(at, picture.length);
  return copyOut(workspace, at, picture.length);
}

function checkParameters(p: LogMelParameters): void {
  checkMelParameters(p);
  checkInteger('fftSize', p.fftSize, FFT_SIZE, FFT_SIZE);
  checkInteger('windowLength', p.windowLength, 1, p.fftSize);
  checkInteger('hop', p.hop, 1, 2 ** 24);
  checkInteger('maximumOver', p.maximumOver, 1, 2 ** 16);
  checkNumber('logFloor', p.logFloor, 1e-37, 1e30);
  checkWord('spectrum', p.spectrum, ['magnitude', 'power']);
}

function filterbank(p: LogMelParameters, edgesHz: Float64Array): Filterbank {
  const rows = melRows(p, edgesHz);
  return {
    rows: Uint32Array.from(rows.flatMap(row => [row.firstBin, row.weights.length])),
    weights: Float32Array.from(rows.flatMap(row => row.weights)),
  };
}
