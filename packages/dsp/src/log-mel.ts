import { checkInteger, checkNumber, checkObject, checkOutput, checkSamples, checkWord } from './check.ts';
import { CrepitusError } from './error.ts';
import { FORMS } from './fft.ts';
import { checkFftSize } from './fft-plan.ts';
import { checkBlock, checkFinite } from './finite.ts';
import { FrameTransform, frameCount } from './frames.ts';
import { Kept } from './kept.ts';
import { copyOut, reserve } from './load.ts';
import {
  checkMelParameters,
  type MelParameters,
  melEdges,
  melRows,
  type OnWarning,
  warnOfEmptyBands,
  warpEdges,
} from './mel.ts';
import {
  checkPadding,
  checkPadMode,
  PADDING_MODES,
  type Padding,
  type PadMode,
  padBothEnds,
} from './padding.ts';
import { Tail } from './tail.ts';
import { hannWindow } from './window.ts';

export interface LogMelParameters extends MelParameters {
  /** Samples under the periodic Hann window, at most fftSize. */
  windowLength: number;
  /** Samples from one frame to the next. */
  hop: number;
  /** A row of the picture is the maximum over this many frames, without overlap. */
  maximumOver: number;
  /** What is weighted and added in each band: |X| or |X|^2. */
  spectrum: 'magnitude' | 'power';
  /** Mel energies below this are raised to it before the logarithm. */
  logFloor: number;
  /** Default 'e', the natural logarithm. */
  logBase?: 'e' | '2' | '10';
  /**
   * false (default): frame j covers samples [j * hop, j * hop + windowLength), zeros follow the window up to fftSize. true, as
   * librosa: it is centred on sample j * hop, the window in the middle of the FFT, and fftSize / 2 samples are padded at both
   * ends.
   */
  centre?: boolean;
  /** What is padded where frames are centred; default 'constant'. */
  padMode?: PadMode;
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

const paper: LogMelParameters = {
  sampleRate: 16_000,
  windowLength: 512,
  fftSize: 512,
  hop: 512,
  maximumOver: 1,
  melBands: 45,
  lowHz: 0,
  highHz: 8000,
  melScale: 'slaney',
  melNorm: 'area',
  spectrum: 'magnitude',
  logFloor: 1e-10,
};

/**
 * Pictures of lung sounds. `paper` (Nguyen and Pernkopf, section II): 512 samples without overlap, the whole band.
 * `transient`: windows of 8 ms, the maximum over eight frames, 100-2000 Hz, so that a crackle of a few milliseconds is not
 * averaged away.
 */
export const logMelPresets: { readonly paper: LogMelParameters; readonly transient: LogMelParameters } = {
  paper,
  transient: { ...paper, windowLength: 128, hop: 64, maximumOver: 8, lowHz: 100, highHz: 2000 },
};

/** A filterbank as the kernel wants it: see `applyFilterbank` in ../assembly/log-mel.ts. */
interface Filterbank {
  /** [band or one more, (first bin, count)] */
  segments: Uint32Array;
  /** [bin of a segment, (rising, falling)] */
  weights: Float32Array;
  emptyBands: number[];
}

/** 1 / ln of the bases. */
const LOG_SCALES = { e: 1, '2': Math.LOG2E, '10': Math.LOG10E };

/**
 * Log-mel pictures of one set of parameters: log(max(mel energy, logFloor)) of frames of the signal. Against float64 (librosa's
 * definition) errors stay below 1e-5, typically 1e-6.
 */
export class LogMel {
  readonly parameters: Readonly<LogMelParameters>;
  /** Bands without any bin between their edges: too many bands for this FFT size; they hold the logarithm of the floor. */
  readonly emptyBands: readonly number[];
  readonly #transform: FrameTransform;
  readonly #edgesHz: Float64Array;
  readonly #plain: Filterbank;
  /** By alpha; the inputs of one cycle share theirs. */
  readonly #warped = new Kept<Filterbank>(4);

  /**
   * @param options.onWarning takes the sentence about empty bands; default `console.warn`
   * @throws CrepitusError `parameter-out-of-range`
   */
  constructor(p: LogMelParameters, options: { onWarning?: OnWarning } = {}) {
    checkParameters(p);
    this.parameters = Object.freeze({ ...p });
    const offset = p.centre ? (p.fftSize - p.windowLength) >> 1 : 0;
    this.#transform = new FrameTransform(p.fftSize, hannWindow(p.windowLength), offset);
    this.#edgesHz = melEdges(p);
    this.#plain = filterbank(p, this.#edgesHz);
    this.emptyBands = Object.freeze(this.#plain.emptyBands);
    warnOfEmptyBands(p, this.emptyBands, options.onWarning);
  }

  /** Frames in a signal of so many samples: floor((samples - windowLength) / hop) + 1; centred: floor(samples / hop) + 1. */
  frames(samples: number): number {
    const { windowLength, hop, centre } = this.parameters;
    return centre
      ? samples > 0
        ? Math.floor(samples / hop) + 1
        : 0
      : frameCount(samples, windowLength, hop);
  }

  /** Rows of the picture of a signal of so many samples: a last group of fewer than maximumOver frames is left out. */
  rows(samples: number): number {
    return Math.floor(this.frames(samples) / this.parameters.maximumOver);
  }

  /**
   * Pads or cuts the signal, and makes its picture: [rows, melBands] row-major, row 0 first. Everything happens in one
   * visit to WASM.
   *
   * @param samples at `parameters.sampleRate`
   * @throws CrepitusError `signal-too-short`, `empty-signal`, `non-finite-sample`, `parameter-out-of-range`
   */
  picture(samples: Float32Array, o: PictureOptions = {}): Float32Array {
    const { windowLength, hop, maximumOver, melBands, spectrum, logFloor, fftSize } = this.parameters;
    const { logBase = 'e', centre = false, padMode = 'constant' } = this.parameters;
    checkSamples('The signal', samples);
    const { length = samples.length, padding = 'sample', standardise = true } = o;
    checkPadding(samples.length, length, padding);
    const rows = this.rows(length);
    if (rows === 0) {
      const least = (centre ? 0 : windowLength) + (maximumOver - 1) * hop;
      throw new CrepitusError(
        'signal-too-short',
        `A picture needs at least ${Math.max(1, least)} samples, not ${length}; pad the signal.`,
      );
    }
    if (o.out) checkOutput(o.out, rows * melBands);
    const { segments, weights } = this.#filterbank(o.vtlpAlpha);

    const frames = rows * maximumOver;
    const kept = Math.min(samples.length, length);
    const pad = centre ? fftSize / 2 : 0;
    const { bytes, readAhead, bins } = this.#transform;
    const workspace = reserve(
      (length + 2 * pad + readAhead) * 4,
      frames * melBands * 4 + 64,
      segments.byteLength,
      weights.byteLength,
      bytes[0],
      bytes[1],
      bytes[2] + melBands * 32,
    );
    const { kernels, f32, at } = workspace;
    const [signal, picture, segmentsAt, weightsAt, window, plan, work] = at as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const x = signal + pad * 4;
    f32.set(kept < samples.length ? samples.subarray(0, kept) : samples, x / 4);
    kernels.extend(x, kept, length, PADDING_MODES[padding]);
    if (centre) padBothEnds(f32, x / 4, length, pad, padMode);
    // A frame is read to fftSize samples, also where the window is shorter.
    f32.fill(0, x / 4 + length + pad, x / 4 + length + pad + readAhead);
    new Uint32Array(f32.buffer).set(segments, segmentsAt / 4);
    f32.set(weights, weightsAt / 4);

    const finite = kernels.melEnergies(
      signal,
      frames,
      hop,
      ...this.#transform.place(workspace, window, plan),
      work,
      bins,
      segmentsAt,
      weightsAt,
      melBands,
      FORMS[spectrum],
      picture,
    );
    // Samples that no frame reads are looked at apart; so are all, to name the first bad one, where an energy is not finite,
    // and where no band would show it.
    const seen = finite === 1 && !centre && hop <= windowLength && this.emptyBands.length < melBands;
    const covered = seen ? Math.min((frames - 1) * hop + windowLength, kept) : 0;
    checkFinite(workspace, x + covered * 4, kept - covered, covered);
    if (maximumOver > 1) kernels.maximumOverFrames(picture, rows, maximumOver, melBands);
    kernels.logarithm(picture, rows * melBands, logFloor, LOG_SCALES[logBase]);
    if (standardise) kernels.standardise(picture, rows * melBands);
    return copyOut(workspace, picture, rows * melBands, o.out);
  }

  #filterbank(alpha: number | undefined): Filterbank {
    if (alpha === undefined) return this.#plain;
    return this.#warped.get(String(alpha), () =>
      filterbank(this.parameters, warpEdges(this.#edgesHz, alpha, this.parameters.highHz)),
    );
  }
}

/** Options of a `LogMelStream`. */
export interface LogMelStreamOptions {
  /** Warp of the filterbank (see `warpFrequency`); default none. */
  vtlpAlpha?: number;
}

/**
 * The log-mel rows of a signal that arrives in blocks of any size: bit for bit those of `picture(all, {standardise: false})`,
 * each as soon as its last sample is there. Standardisation needs the whole picture and is left to the caller.
 */
export class LogMelStream {
  readonly #mel: LogMel;
  readonly #options: PictureOptions;
  readonly #tail = new Tail();
  /** Index of the first sample of the next row. */
  #next = 0;

  /** @throws CrepitusError `stream-centred` for centred frames */
  constructor(mel: LogMel, options: LogMelStreamOptions = {}) {
    checkObject('The LogMel of a stream', mel);
    if (mel.parameters.centre) {
      throw new CrepitusError(
        'stream-centred',
        'Centred frames need samples from before the start; use parameters without `centre` and push fftSize / 2 zeros first.',
        { kind: 'usage' },
      );
    }
    this.#mel = mel;
    this.#options = { ...options, standardise: false };
  }

  /**
   * The next samples; returns the rows that they complete, [rows, melBands] row-major, often none. A refused block changes
   * nothing.
   *
   * @throws CrepitusError `non-finite-sample`, counted from the start of the stream
   */
  push(block: Float32Array): Float32Array {
    checkSamples('The block', block);
    checkBlock(block, this.#tail.end);
    this.#tail.append(block);
    const samples = this.#tail.end > this.#next ? this.#tail.from(this.#next) : new Float32Array(0);
    const rows = this.#mel.rows(samples.length);
    if (rows === 0) return new Float32Array(0);
    const { hop, maximumOver } = this.#mel.parameters;
    const picture = this.#mel.picture(samples, this.#options);
    this.#next += rows * maximumOver * hop;
    this.#tail.dropBefore(this.#next);
    return picture;
  }

  /** As new. */
  reset(): void {
    this.#tail.reset();
    this.#next = 0;
  }
}

/**
 * A new picture with zero mean and unit population deviation over all values; zeros if the deviation is below 1e-12.
 *
 * @throws CrepitusError `non-finite-sample`
 */
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
  checkObject('The parameters', p);
  checkMelParameters(p);
  checkFftSize('fftSize', p.fftSize);
  checkInteger('windowLength', p.windowLength, 1, p.fftSize);
  checkInteger('hop', p.hop, 1, 2 ** 24);
  checkInteger('maximumOver', p.maximumOver, 1, 2 ** 16);
  checkNumber('logFloor', p.logFloor, 1e-37, 1e30);
  checkWord('spectrum', p.spectrum, ['magnitude', 'power']);
  if (p.logBase !== undefined) checkWord('logBase', p.logBase, Object.keys(LOG_SCALES));
  if (p.padMode !== undefined) checkPadMode(p.padMode);
}

function filterbank(p: LogMelParameters, edgesHz: Float64Array): Filterbank {
  const rows = melRows(p, edgesHz);
  const weight = (band: number, bin: number) => rows[band]?.weights[bin - rows[band]!.firstBin] ?? 0;
  const segments: number[] = [];
  const weights: number[] = [];
  // A bin belongs to the segment from the last edge that it has reached.
  const firstBinFrom = (hz: number) =>
    Math.min(Math.ceil((hz * p.fftSize) / p.sampleRate), p.fftSize / 2 + 1);
  for (let segment = 0; segment <= p.melBands; segment++) {
    const first = firstBinFrom(edgesHz[segment]!);
    const end = Math.max(first, firstBinFrom(edgesHz[segment + 1]!));
    segments.push(first, end - first);
    for (let bin = first; bin < end; bin++) weights.push(weight(segment, bin), weight(segment - 1, bin));
  }
  return {
    segments: Uint32Array.from(segments),
    weights: Float32Array.from(weights),
    emptyBands: Array.from(rows.keys()).filter(band => rows[band]!.weights.length === 0),
  };
}
