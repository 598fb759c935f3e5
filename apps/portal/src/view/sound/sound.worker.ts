/**
 * Off the page's thread: one recording, decoded once; of the channel that is looked at its waveform first, then its
 * pictures; and what is to be heard of it.
 */
import { LogMel, melFilterbank, resample } from '@crepitus/dsp';
import { type FrontEnd, frontEnds, prepareChannel } from '@crepitus/model';
import { decodeRecording, type Recording } from '@crepitus/recordings';
import { waveExtremes } from './columns.ts';
import { finePicture } from './fine-picture.ts';
import { bandOf, fadedAtEnds, type ListeningBand, peakOf, type Speed, slowed } from './listening.ts';

export type SoundRequest =
  | { readonly type: 'open'; readonly bytes: Uint8Array; readonly channels: number }
  | {
      readonly type: 'show';
      readonly id: number;
      readonly channel: number;
      /** Of the detector that scored it; null before. */
      readonly frontEnd: FrontEnd | null;
    }
  | { readonly type: 'hear'; readonly id: number; readonly piece: PieceToHear };

/** A stretch of a channel, in seconds of the recording, and how it is to sound. */
export interface PieceToHear extends ListeningBand {
  readonly channel: number;
  readonly from: number;
  readonly to: number;
  readonly speed: Speed;
  readonly isPitchKept: boolean;
  /** Seconds of the recording whose loudest moment `peak` is to be. */
  readonly peakOver: { readonly from: number; readonly to: number };
}

export type SoundReply =
  | { readonly id: number; readonly wave: Wave }
  | { readonly id: number; readonly pictures: Pictures }
  | { readonly id: number; readonly heard: HeardPiece }
  | { readonly id: number | null; readonly problem: string };

/** Samples at `rate`, and pictures of them as soon as they are there. */
export interface Sound extends Wave {
  readonly pictures: Pictures | null;
}

export interface Wave {
  readonly rate: number;
  /** Behind the front end's high-pass, as the detector gets it. */
  readonly filtered: Float32Array;
  /** See `waveExtremes`. */
  readonly extremes: Float32Array;
  readonly peak: number;
  readonly highPassHz: number | null;
}

export interface Pictures {
  readonly fine: Picture;
  readonly network: Picture;
}

export type PictureKind = keyof Pictures;

/** Natural logarithms of mel energies. */
export interface Picture {
  /** `[rows, bands]`, the lowest band first. */
  readonly values: Float32Array;
  readonly rows: number;
  readonly bands: number;
  /** From one row to the next. */
  readonly secondsPerRow: number;
  /** Where the first row begins to be drawn: a row stands around the middle of its window. Default 0. */
  readonly startSeconds?: number;
  /** Of one unit of the values. Default: that of magnitudes. */
  readonly decibels?: number;
  /** Centres of the bands, Hz. */
  readonly centresHz: readonly number[];
  /** What is drawn darkest and brightest; without it the picture's own values decide. */
  readonly range?: readonly [number, number];
}

export interface HeardPiece {
  readonly samples: Float32Array;
  readonly rate: number;
  readonly peak: number;
}

let recording: Promise<Recording> | null = null;

self.onmessage = async ({ data }: MessageEvent<SoundRequest>) => {
  try {
    if (data.type === 'open') recording = decoded(data.bytes, data.channels);
    else if (data.type === 'show') await show(data);
    else {
      const heard = await hear(data.piece);
      answer({ id: data.id, heard }, [heard.samples]);
    }
    await recording;
  } catch (error) {
    answer({ id: data.type === 'open' ? null : data.id, problem: (error as Error).message });
  }
};

function answer(reply: SoundReply, arrays: readonly Float32Array[] = []): void {
  const buffers = new Set(arrays.map(array => array.buffer as ArrayBuffer));
  self.postMessage(reply, { transfer: [...buffers] });
}

function decoded(bytes: Uint8Array, channels: number): Promise<Recording> {
  return decodeRecording(bytes, {
    name: 'recording.wav',
    channelMap: Array.from({ length: channels }, (_, index) => ({
      channel: index,
      kind: 'sound',
      site: null,
    })),
  });
}

async function show({ id, channel, frontEnd }: SoundRequest & { type: 'show' }): Promise<void> {
  const front = frontEnd ?? frontEnds.transient;
  const { channels, sampleRate } = (await recording)!;
  const filtered = prepareChannel(channels[channel]!.samples, sampleRate, front);
  const extremes = waveExtremes(filtered);
  answer({
    id,
    wave: {
      rate: front.sampleRate,
      filtered,
      extremes,
      peak: peakOf(extremes),
      highPassHz: front.highPass?.cutoffHz ?? null,
    },
  });
  const pictures = {
    fine: pictureOf(filtered, finePicture(front, sampleRate)),
    network: pictureOf(filtered, front),
  };
  answer({ id, pictures }, [pictures.fine.values, pictures.network.values]);
}

/** More are not seen on any screen; a row then holds the maximum over its frames. */
const mostRows = 60_000;

function pictureOf(samples: Float32Array, parameters: ConstructorParameters<typeof LogMel>[0]): Picture {
  const frames = samples.length / parameters.hop;
  const maximumOver = parameters.maximumOver * Math.ceil(frames / parameters.maximumOver / mostRows);
  const quiet = { onWarning: () => {} };
  const mel = new LogMel({ ...parameters, maximumOver }, quiet);
  const { windowLength, hop, sampleRate, melBands } = parameters;
  const values = mel.picture(samples, {
    length: Math.max(windowLength + (maximumOver - 1) * hop, samples.length),
    padding: 'zero',
    standardise: false,
  });
  const { edgesHz } = melFilterbank({ ...parameters, ...quiet });
  return {
    values,
    rows: values.length / melBands,
    bands: melBands,
    secondsPerRow: (maximumOver * hop) / sampleRate,
    startSeconds: (windowLength - hop) / 2 / sampleRate,
    decibels: (parameters.spectrum === 'power' ? 10 : 20) / Math.LN10,
    centresHz: Array.from(edgesHz.subarray(1, -1)),
  };
}

/** Hz, of what is heard: lung sounds have nothing above half of it. */
const heardRate = 16_000;

async function hear({ from, to, peakOver, ...how }: PieceToHear): Promise<HeardPiece> {
  const samples = await channelToHear(how);
  const at = (seconds: number) => Math.round(seconds * heardRate);
  const piece = slowed(samples.subarray(at(from), at(to)), heardRate, how.speed, how.isPitchKept);
  return {
    samples: fadedAtEnds(piece, heardRate),
    rate: heardRate,
    peak: peakOf(samples.subarray(at(peakOver.from), at(peakOver.to))),
  };
}

/** The last one that was asked for is kept. */
let toHear: { readonly key: string; readonly samples: Float32Array } | null = null;

async function channelToHear({
  channel,
  highPassHz,
  lowPassHz,
}: ListeningBand & { readonly channel: number }): Promise<Float32Array> {
  const key = JSON.stringify([channel, highPassHz, lowPassHz]);
  if (toHear?.key !== key) {
    const { channels, sampleRate } = (await recording)!;
    const plain = resample(channels[channel]!.samples, sampleRate, heardRate);
    toHear = { key, samples: bandOf(plain, heardRate, { highPassHz, lowPassHz }) };
  }
  return toHear.samples;
}
