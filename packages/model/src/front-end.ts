/** From the samples of a channel to the filtered cycle at 16 kHz, and the parameters of the picture that follows. */
import {
  besselFilter,
  CrepitusError,
  FilterStream,
  filterForward,
  LogMel,
  type LogMelParameters,
  logMelPresets,
  ResampleStream,
  resample,
} from '@crepitus/dsp';

/** All parameters between decoded samples and a network's input. Stored whole in every bundle. */
export interface FrontEnd extends Readonly<LogMelParameters> {
  readonly name: 'paper' | 'transient' | 'custom';
  /** Bessel high-pass, forward only, over the whole channel; null: none. `mag`: -3 dB at the cut-off. */
  readonly highPass: { readonly order: number; readonly cutoffHz: number; readonly norm: 'mag' } | null;
  /** Fixed length in samples that a cycle is padded or cut to; phases have their share of it. */
  readonly cycleSamples: number;
  /** Each picture gets zero mean and unit (population) deviation. */
  readonly standardise: 'picture';
}

const around = {
  highPass: { order: 4, cutoffHz: 80, norm: 'mag' },
  cycleSamples: 131960,
  standardise: 'picture',
} as const;

/** The presets: those of the pictures (`logMelPresets`), with the paper's high-pass and length of a cycle. */
export const frontEnds: { readonly paper: FrontEnd; readonly transient: FrontEnd } = {
  paper: { name: 'paper', ...logMelPresets.paper, ...around },
  transient: { name: 'transient', ...logMelPresets.transient, ...around },
};

/** Throws a `usage` error that names the parameter if a front end cannot be computed. */
export function checkFrontEnd(frontEnd: FrontEnd): void {
  const rows = new LogMel(frontEnd).rows(frontEnd.cycleSamples);
  if (!Number.isInteger(frontEnd.cycleSamples) || rows < 1) {
    throw new CrepitusError(
      'front-end',
      `The front end's cycleSamples must be a whole number that gives at least one row of a picture, not ${frontEnd.cycleSamples}.`,
      { kind: 'usage' },
    );
  }
  highPass(frontEnd);
}

/** A whole channel (samples in [-1, 1] at `sampleRate` Hz) resampled to the front end's rate and high-passed. */
export function prepareChannel(samples: Float32Array, sampleRate: number, frontEnd: FrontEnd): Float32Array {
  const resampled = resample(samples, sampleRate, frontEnd.sampleRate);
  const filter = highPass(frontEnd);
  return filter === null ? resampled : filterForward(resampled, filter);
}

/** `prepareChannel` for sound that is still coming: the same samples, in blocks of any size. */
export class ChannelStream {
  readonly #resampling: ResampleStream;
  readonly #filter: FilterStream | null;

  constructor(sampleRate: number, frontEnd: FrontEnd) {
    this.#resampling = new ResampleStream(sampleRate, frontEnd.sampleRate);
    const filter = highPass(frontEnd);
    this.#filter = filter === null ? null : new FilterStream(filter);
  }

  /** What these samples complete; it lags behind by some milliseconds. */
  push(samples: Float32Array): Float32Array {
    return this.#filtered(this.#resampling.push(samples));
  }

  /** The rest. */
  finish(): Float32Array {
    return this.#filtered(this.#resampling.finish());
  }

  #filtered(resampled: Float32Array): Float32Array {
    return this.#filter === null ? resampled : this.#filter.push(resampled);
  }
}

/**
 * A cycle (seconds from the start of the recording) of a prepared channel: `[round(start * fs), round(end * fs))`, a view.
 * What lies outside the channel is not there: the piece can be shorter, or empty.
 */
export function cutCycle(
  prepared: Float32Array,
  cycle: { readonly start: number; readonly end: number },
  frontEnd: FrontEnd,
): Float32Array {
  const at = (seconds: number) => Math.max(0, Math.round(seconds * frontEnd.sampleRate));
  return prepared.subarray(at(cycle.start), Math.max(at(cycle.start), at(cycle.end)));
}

/** Measured length of a cycle's inspiration, in samples at the front end's rate; null where its end (s) is not known. */
export function inspirationSamples(
  { start, inspirationEnd }: { readonly start: number; readonly inspirationEnd: number | null },
  { sampleRate }: FrontEnd,
): number | null {
  if (inspirationEnd === null) return null;
  return Math.round(inspirationEnd * sampleRate) - Math.round(start * sampleRate);
}

function highPass({ highPass, sampleRate }: FrontEnd) {
  return highPass === null ? null : besselFilter({ ...highPass, sampleRate, type: 'highpass' });
}
