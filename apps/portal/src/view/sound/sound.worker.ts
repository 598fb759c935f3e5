/**
 * Off the page's thread: one recording, decoded once; of the channel that is looked at its waveform first, then its
 * pictures; and what is to be heard of it.
 */
import { resample } from '@crepitus/dsp';
import { type FrontEnd, frontEnds } from '@crepitus/model';
import { decodeRecording, type Recording } from '@crepitus/recordings';
import { ChannelPictures, partEnds } from './channel-pictures.ts';
import { bandOf, fadedAtEnds, type ListeningBand, peakOf, type Speed, slowed } from './listening.ts';

export type SoundRequest =
  | { readonly type: 'open'; readonly bytes: Uint8Array; readonly channels: number }
  | {
      readonly type: 'show';
      readonly id: number;
      readonly channel: number;
      /** Of the detector that scored it; null before. */
      readonly frontEnd: FrontEnd | null;
      /** Whether the beginning of a long recording is answered before the rest. */
      readonly inParts: boolean;
    }
  | { readonly type: 'forget'; readonly id: number }
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
  /** False: of the beginning alone; more follows. */
  readonly isWhole: boolean;
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
  readonly levels?: { readonly low: number; readonly high: number };
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
    else if (data.type === 'forget') wanted.delete(data.id);
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

async function show({ id, channel, frontEnd, inParts }: SoundRequest & { type: 'show' }): Promise<void> {
  wanted.add(id);
  const { channels, sampleRate } = (await recording)!;
  const { samples } = channels[channel]!;
  const made = new ChannelPictures(samples, sampleRate, frontEnd ?? frontEnds.transient);
  for (const end of partEnds(samples.length, sampleRate, inParts)) {
    if (!wanted.has(id)) return;
    answer({ id, wave: made.waveTo(end) });
    const pictures = made.pictures();
    answer({ id, pictures }, [pictures.fine.values, pictures.network.values]);
    await otherRequests();
  }
}

/** Ids of what is to be shown. */
const wanted = new Set<number>();

/** What has come meanwhile is done before this goes on. */
function otherRequests(): Promise<void> {
  return new Promise(resolve => {
    setTimeout(resolve);
  });
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
