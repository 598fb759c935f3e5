/** From the bytes of a file to a {@link Recording}. */
import { type ChannelEntry, chooseChannels } from '../channel-map.ts';
import type { Channel, Finding, Recording, Site } from '../recording.ts';
import { type AudioContainer, requireAudio } from './audio-format.ts';
import type { DecodedAudio } from './decoded-audio.ts';
import { decodeFlac } from './flac.ts';
import { decodeMp3 } from './mp3.ts';
import { decodeWav } from './wav.ts';

export interface DecodeOptions {
  /** File name or path, for messages. */
  name: string;
  /** What each channel is, from `channels.csv`. */
  channelMap?: readonly ChannelEntry[];
  /** Choose one channel of several (from 0) as the sound. */
  channel?: number;
  /** Site of the sound where no map names it. */
  site?: Site | null;
}

const decoders: Record<
  AudioContainer,
  (bytes: Uint8Array, name: string) => DecodedAudio | Promise<DecodedAudio>
> = { wav: decodeWav, flac: decodeFlac, mp3: decodeMp3 };

/**
 * Decode a WAV, FLAC or MP3 file and name its channels.
 *
 * The content decides the format; a name that says otherwise is the finding `name-mismatch`. Sound that exceeds full
 * scale (float WAV, MP3) is scaled to it as a whole, with the finding `beyond-full-scale`. Nothing is resampled.
 *
 * @throws CrepitusError of kind `input` where nothing can be read: see `audio-format.ts`, `wav.ts`, `flac.ts`, `mp3.ts`,
 *   `decoded-audio.ts` and `channel-map.ts` for the codes
 *
 * @example
 * const recording = await decodeRecording(await readFile(path), { name: path });
 * recording.channels[0].samples; // Float32Array at recording.sampleRate
 */
export async function decodeRecording(bytes: Uint8Array, options: DecodeOptions): Promise<Recording> {
  const { name } = options;
  const container = requireAudio(bytes, name);
  const decoded = await decoders[container](bytes, name);
  const chosen = chooseChannels(decoded.channels.length, options);
  const channels = chosen.entries.map(({ channel, kind, site }): Channel => {
    return { index: channel, kind, site, samples: decoded.channels[channel]! };
  });
  return {
    name,
    sampleRate: decoded.sampleRate,
    seconds: decoded.channels[0]!.length / decoded.sampleRate,
    format: decoded.format,
    channels,
    findings: [
      ...nameFindings(name, container),
      ...decoded.findings,
      ...chosen.findings,
      ...fitToFullScale(channels, name),
    ],
  };
}

function nameFindings(name: string, container: AudioContainer): Finding[] {
  const extension = /\.(wav|wave|flac|mp3)$/i.exec(name)?.[1]?.toLowerCase();
  if (!extension || extension.startsWith(container)) return [];
  return [
    {
      code: 'name-mismatch',
      message: `${name} is a ${container.toUpperCase()} file by its content and is read as such.`,
    },
  ];
}

/** Scale the sound channels in place by one factor, so that the greatest sample is 1. */
function fitToFullScale(channels: readonly Channel[], name: string): Finding[] {
  const sound = channels.filter(channel => channel.kind === 'sound').map(channel => channel.samples);
  let peak = 0;
  for (const samples of sound) {
    for (let i = 0; i < samples.length; i++) peak = Math.max(peak, Math.abs(samples[i]!));
  }
  if (peak <= 1) return [];
  for (const samples of sound) for (let i = 0; i < samples.length; i++) samples[i]! /= peak;
  return [
    {
      code: 'beyond-full-scale',
      message: `${name} exceeds full scale ${Number(peak.toPrecision(3))} times; its sound is scaled down to it.`,
    },
  ];
}
