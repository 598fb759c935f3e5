/** Off the page's thread: a stored recording's channel, as it is drawn and as it is heard. */
import { LogMel, melFilterbank, resample } from '@crepitus/dsp';
import { type FrontEnd, frontEnds, prepareChannel } from '@crepitus/model';
import { decodeRecording } from '@crepitus/recordings';
import { finePicture } from './fine-picture.ts';

export interface SoundRequest {
  readonly bytes: Uint8Array;
  readonly channels: number;
  readonly channel: number;
  /** Of the detector that scored it; null before. */
  readonly frontEnd: FrontEnd | null;
}

/** Samples at `rate`, and pictures of them. */
export interface Sound {
  readonly rate: number;
  /** To be heard. */
  readonly plain: Float32Array;
  /** To be drawn: behind the front end's high-pass, as the detector gets it. */
  readonly filtered: Float32Array;
  readonly highPassHz: number | null;
  readonly pictures: { readonly fine: Picture; readonly network: Picture };
}

/** Natural logarithms of mel energies. */
export interface Picture {
  /** `[rows, bands]`, the lowest band first. */
  readonly values: Float32Array;
  readonly rows: number;
  readonly bands: number;
  /** From one row to the next. */
  readonly secondsPerRow: number;
  /** Centres of the bands, Hz. */
  readonly centresHz: readonly number[];
  /** What is drawn darkest and brightest; without it the picture's own values decide. */
  readonly range?: readonly [number, number];
}

export type SoundReply = { readonly sound: Sound } | { readonly problem: string };

self.onmessage = async ({ data }: MessageEvent<SoundRequest>) => {
  try {
    const sound = await prepare(data);
    const { plain, filtered, pictures } = sound;
    const buffers = [plain, filtered, pictures.fine.values, pictures.network.values].map(
      array => array.buffer as ArrayBuffer,
    );
    self.postMessage({ sound } satisfies SoundReply, { transfer: [...new Set(buffers)] });
  } catch (error) {
    self.postMessage({ problem: (error as Error).message } satisfies SoundReply);
  }
};

async function prepare({ bytes, channels, channel, frontEnd }: SoundRequest): Promise<Sound> {
  const front = frontEnd ?? frontEnds.transient;
  const recording = await decodeRecording(bytes, {
    name: 'recording.wav',
    channelMap: Array.from({ length: channels }, (_, index) => ({
      channel: index,
      kind: 'sound',
      site: null,
    })),
  });
  const { samples } = recording.channels[channel]!;
  const plain = resample(samples, recording.sampleRate, front.sampleRate);
  const filtered = prepareChannel(samples, recording.sampleRate, front);
  const fine = finePicture(front, recording.sampleRate);
  return {
    rate: front.sampleRate,
    plain: plain === samples ? plain.slice() : plain,
    filtered,
    highPassHz: front.highPass?.cutoffHz ?? null,
    pictures: { fine: pictureOf(filtered, fine), network: pictureOf(filtered, front) },
  };
}

/** More are not seen on any screen; a row then holds the maximum over its frames. */
const mostRows = 60_000;

function pictureOf(samples: Float32Array, parameters: ConstructorParameters<typeof LogMel>[0]): Picture {
  const frames = samples.length / parameters.hop;
  const maximumOver = parameters.maximumOver * Math.ceil(frames / parameters.maximumOver / mostRows);
  const quiet = { onWarning: () => {} };
  const mel = new LogMel({ ...parameters, maximumOver }, quiet);
  const least = parameters.windowLength + (maximumOver - 1) * parameters.hop;
  const values = mel.picture(samples, {
    length: Math.max(least, samples.length),
    padding: 'zero',
    standardise: false,
  });
  const { edgesHz } = melFilterbank({ ...parameters, ...quiet });
  return {
    values,
    rows: values.length / parameters.melBands,
    bands: parameters.melBands,
    secondsPerRow: (maximumOver * parameters.hop) / parameters.sampleRate,
    centresHz: Array.from(edgesHz.subarray(1, -1)),
  };
}
