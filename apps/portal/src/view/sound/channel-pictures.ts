/** Waveform and pictures of one channel, which grow with its sound: minutes of it are seen from their beginning on. */
import { LogMel, LogMelStream, melFilterbank } from '@crepitus/dsp';
import { ChannelStream, type FrontEnd } from '@crepitus/model';
import { waveExtremes } from './columns.ts';
import { finePicture } from './fine-picture.ts';
import { peakOf } from './listening.ts';
import type { Picture, Pictures, Wave } from './sound.worker.ts';

/** Seconds; what is longer is shown in parts. */
const longSeconds = 300;
/** Of a long recording, how much of it is there at each part. */
const shares = [1 / 16, 1 / 4, 1];
/** Samples that are worked on at once: more do not stay in the processor's cache. */
const block = 2 ** 18;

/**
 * @param inParts false: as a whole, however long
 * @returns where each part ends, in samples; the last is the channel's end
 */
export function partEnds(samples: number, sampleRate: number, inParts: boolean): number[] {
  const isLong = inParts && samples > longSeconds * sampleRate;
  return (isLong ? shares : [1]).map(share => Math.ceil(share * samples));
}

export class ChannelPictures {
  readonly #samples: Float32Array;
  readonly #front: FrontEnd;
  readonly #stream: ChannelStream;
  readonly #filtered: Float32Array;
  readonly #fine: GrowingPicture;
  readonly #network: GrowingPicture;
  /** Samples that were taken, and what came of them. */
  #taken = 0;
  #made = 0;
  /** Of the made ones those that the pictures have. */
  #pictured = 0;

  /** @param samples at `sampleRate`, see `prepareChannel` */
  constructor(samples: Float32Array, sampleRate: number, front: FrontEnd) {
    this.#samples = samples;
    this.#front = front;
    this.#stream = new ChannelStream(sampleRate, front);
    this.#filtered = new Float32Array(Math.ceil((samples.length * front.sampleRate) / sampleRate));
    this.#fine = new GrowingPicture(finePicture(front, sampleRate), this.#filtered.length);
    this.#network = new GrowingPicture(front, this.#filtered.length);
  }

  /** The waveform up to the end of a part; nothing else keeps its samples, but for the whole. */
  waveTo(end: number): Wave {
    while (this.#taken < end) {
      const next = Math.min(end, this.#taken + block);
      this.#keep(this.#stream.push(this.#samples.subarray(this.#taken, next)));
      this.#taken = next;
    }
    const isWhole = end === this.#samples.length;
    if (isWhole) this.#keep(this.#stream.finish());
    const filtered = isWhole ? this.#filtered : this.#filtered.slice(0, this.#made);
    const extremes = waveExtremes(filtered);
    return {
      rate: this.#front.sampleRate,
      filtered,
      extremes,
      peak: peakOf(extremes),
      highPassHz: this.#front.highPass?.cutoffHz ?? null,
      isWhole,
    };
  }

  /** Of the waveform as far as it was asked for. */
  pictures(): Pictures {
    for (; this.#pictured < this.#made; this.#pictured += block) {
      const piece = this.#filtered.subarray(this.#pictured, Math.min(this.#made, this.#pictured + block));
      this.#fine.push(piece);
      this.#network.push(piece);
    }
    this.#pictured = this.#made;
    return { fine: this.#fine.picture(), network: this.#network.picture() };
  }

  #keep(filtered: Float32Array): void {
    this.#filtered.set(filtered, this.#made);
    this.#made += filtered.length;
  }
}

/** More are not seen on any screen; a row then holds the maximum over its frames. */
const mostRows = 60_000;
const quiet = { onWarning: () => {} };

class GrowingPicture {
  readonly #stream: LogMelStream;
  readonly #values: Float32Array;
  readonly #look: Omit<Picture, 'values' | 'rows'>;
  #filled = 0;
  /** Samples that are still to come, and zeros behind them. */
  #missing: number;
  readonly #padding: number;

  /** @param length samples that there will be */
  constructor(parameters: ConstructorParameters<typeof LogMel>[0], length: number) {
    const { windowLength, hop, sampleRate, melBands, spectrum } = parameters;
    const frames = length / hop;
    const maximumOver =
      parameters.maximumOver * Math.max(1, Math.ceil(frames / parameters.maximumOver / mostRows));
    const mel = new LogMel({ ...parameters, maximumOver }, quiet);
    // Of what is shorter than a row there is one, with zeros behind it.
    const padded = Math.max(windowLength + (maximumOver - 1) * hop, length);
    this.#stream = new LogMelStream(mel);
    this.#values = new Float32Array(mel.rows(padded) * melBands);
    this.#missing = length;
    this.#padding = padded - length;
    const { edgesHz } = melFilterbank({ ...parameters, ...quiet });
    this.#look = {
      bands: melBands,
      secondsPerRow: (maximumOver * hop) / sampleRate,
      startSeconds: (windowLength - hop) / 2 / sampleRate,
      decibels: (spectrum === 'power' ? 10 : 20) / Math.LN10,
      centresHz: Array.from(edgesHz.subarray(1, -1)),
    };
  }

  push(samples: Float32Array): void {
    this.#keep(this.#stream.push(samples));
    this.#missing -= samples.length;
    if (this.#missing === 0) this.#keep(this.#stream.push(new Float32Array(this.#padding)));
  }

  /** As far as it is; its values are the caller's. */
  picture(): Picture {
    const { bands } = this.#look;
    const isWhole = this.#filled === this.#values.length;
    const values = isWhole ? this.#values : this.#values.slice(0, this.#filled);
    return { ...this.#look, values, rows: values.length / bands };
  }

  #keep(rows: Float32Array): void {
    this.#values.set(rows, this.#filled);
    this.#filled += rows.length;
  }
}
