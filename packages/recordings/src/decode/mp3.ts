/**
 * MP3 (MPEG 1, 2 and 2.5, layer III), decoded by mpg123 as WebAssembly (`mpg123-decoder`, Node and browser).
 *
 * An encoder puts silence before the sound (its delay) and fills the last frame (its padding). Where the file states
 * both in a LAME tag, as LAME and ffmpeg do, mpg123 takes them off and the length is that of the original. Without a tag
 * the recording stays longer and begins later, by 1105 samples with LAME: annotations made on the original sound are
 * then that much too early, which the finding `encoder-delay-unknown` says.
 *
 * Format: ISO/IEC 11172-3 and 13818-3, frame header of 4 bytes.
 */
import { CrepitusError } from '@crepitus/dsp';
import { MPEGDecoder } from 'mpg123-decoder';
import type { Finding } from '../recording.ts';
import { type DecodedAudio, requirePlausibleLength } from './decoded-audio.ts';
import { afterId3 } from './id3.ts';
import { withoutConsole } from './without-console.ts';

/** Samples by which sound comes late: 576 of LAME and 529 of every decoder's filter bank. */
const usualDelay = 1105;

export interface Mp3Header {
  readonly sampleRate: number;
  readonly channels: 1 | 2;
  /** Samples per channel, from the Xing, Info or LAME tag; null without one. */
  readonly frames: number | null;
  /** Whether the encoder states its delay and padding. */
  readonly delayStated: boolean;
  /** Byte offset of the first frame. */
  readonly dataStart: number;
}

/**
 * Decode an MP3 file. Bytes that belong to no frame are passed over.
 *
 * @returns one or two channels, nominally in [-1, 1]; a decoder may overshoot a little
 * @throws CrepitusError of kind `input`: `mp3-truncated`, `mp3-damaged` and the bounds of `decoded-audio.ts`
 */
export async function decodeMp3(bytes: Uint8Array, name: string): Promise<DecodedAudio> {
  const header = readMp3Header(bytes, name);
  const { frames, passedOver, endsWithin } = cutFrames(bytes, header.dataStart);
  const length = frames.reduce((sum, frame) => sum + frame.samples, 0);
  if (length === 0) throw truncated(bytes, name);
  requirePlausibleLength(name, header.sampleRate, header.channels, length);

  const decoder = new MPEGDecoder();
  await decoder.ready;
  let decoded: ReturnType<MPEGDecoder['decode']>;
  try {
    decoded = withoutConsole(() =>
      decoder.decodeFrames(frames.map(frame => bytes.subarray(frame.start, frame.start + frame.bytes))),
    );
  } catch (cause) {
    throw new CrepitusError('mp3-damaged', `${name} cannot be decoded as MP3; export it again.`, { cause });
  } finally {
    decoder.free();
  }
  const error = decoded.errors[0];
  if (decoded.samplesDecoded === 0) {
    throw new CrepitusError(
      'mp3-truncated',
      `${name} ends before its first sample${error ? ` (${error.message})` : ''}; copy or export it again.`,
    );
  }
  const channels = decoded.channelData.slice(0, header.channels);
  if (channels.some(samples => samples.some(sample => !Number.isFinite(sample)))) {
    throw new CrepitusError(
      'mp3-damaged',
      `${name} decodes to samples that are no numbers; export it again.`,
    );
  }

  const findings: Finding[] = [];
  if (error || passedOver > 0) {
    findings.push({
      code: 'data-damaged',
      message: `${name} is damaged: ${passedOver} bytes belong to no MP3 frame${
        error ? `, and mpg123 reports "${error.message}"` : ''
      }; times after the damage may be off.`,
    });
  }
  if (!header.delayStated) {
    findings.push({
      code: 'encoder-delay-unknown',
      message: `${name} does not state its encoder's delay; times may be late by about ${(usualDelay / header.sampleRate).toFixed(3)} s.`,
    });
  }
  if (header.frames !== null && decoded.samplesDecoded < header.frames) {
    findings.push({
      code: 'data-truncated',
      message: `${name} declares ${header.frames} samples and holds ${decoded.samplesDecoded}; what is there is read.`,
    });
  } else if (endsWithin) {
    findings.push({
      code: 'data-truncated',
      message: `${name} ends within a frame; what precedes it is read.`,
    });
  }
  return {
    sampleRate: header.sampleRate,
    format: { container: 'mp3', bitsPerSample: null, encoding: 'compressed', channels: header.channels },
    channels,
    findings,
  };
}

/**
 * Find the first frame and the tag that encoders put into it.
 *
 * @throws CrepitusError `mp3-truncated`
 */
export function readMp3Header(bytes: Uint8Array, name: string): Mp3Header {
  const dataStart = findMp3(bytes);
  const frame = dataStart === null ? null : readFrameHeader(bytes, dataStart);
  if (dataStart === null || !frame) throw truncated(bytes, name);
  // The tag lies where the side information of a silent frame would end.
  const sideInformation = frame.samples === 1152 ? [32, 17] : [17, 9];
  let at = dataStart + 4 + sideInformation[frame.channels === 2 ? 0 : 1]!;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isTag = at + 156 <= bytes.length && ['Xing', 'Info'].includes(characters(bytes, at, 4));
  const flags = isTag ? view.getUint32(at + 4) : 0;
  if (!(flags & 1)) return { ...frame, frames: null, delayStated: false, dataStart };
  const count = view.getUint32(at + 8);
  at += 12 + (flags & 2 ? 4 : 0) + (flags & 4 ? 100 : 0) + (flags & 8 ? 4 : 0);
  const delayAndPadding = (view.getUint32(at + 20) & 0xffffff) >>> 0;
  const delay = delayAndPadding >> 12;
  const padding = delayAndPadding & 0xfff;
  return {
    sampleRate: frame.sampleRate,
    channels: frame.channels,
    frames: Math.max(0, count * frame.samples - delay - padding) || null,
    delayStated: delay > 0,
    dataStart,
  };
}

function truncated(bytes: Uint8Array, name: string): CrepitusError {
  return new CrepitusError(
    'mp3-truncated',
    `${name} holds no whole MP3 frame in ${bytes.length} bytes; copy or export it again.`,
  );
}

/**
 * Offset of the first frame of an MP3 stream, or null. Three frames in a row are asked for, as four bytes alone turn up
 * by chance; fewer do where the file begins with one and ends after it.
 */
export function findMp3(bytes: Uint8Array): number | null {
  const start = afterId3(bytes);
  const searched = 65_536;
  for (let at = start; at + 4 <= bytes.length && at < start + searched; at++) {
    let next = at;
    let count = 0;
    for (let frame = readFrameHeader(bytes, at); frame && count < 3; count++) {
      next += frame.bytes;
      const following = readFrameHeader(bytes, next);
      frame = following && sameFormat(frame, following) ? following : null;
    }
    if (count === 3 || (count > 0 && at === start && next + 4 > bytes.length)) return at;
  }
  return null;
}

interface FrameHeader {
  bytes: number;
  samples: 1152 | 576;
  sampleRate: number;
  channels: 1 | 2;
}

/** kbit/s of layer III by code, MPEG 1 and MPEG 2 or 2.5; code 0 (free format) is not read, 15 is invalid. */
const bitRates = [
  [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0],
  [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0],
] as const;
const sampleRates = [44_100, 48_000, 32_000, 0] as const;

function readFrameHeader(bytes: Uint8Array, at: number): FrameHeader | null {
  if (at + 4 > bytes.length || bytes[at] !== 0xff) return null;
  const second = bytes[at + 1]!;
  const third = bytes[at + 2]!;
  const version = (second >> 3) & 3;
  if ((second & 0xe6) !== 0xe2 || version === 1) return null;
  const isFirst = version === 3;
  const bitRate = bitRates[isFirst ? 0 : 1][third >> 4]! * 1000;
  const sampleRate = sampleRates[(third >> 2) & 3]! / (isFirst ? 1 : version === 2 ? 2 : 4);
  if (bitRate === 0 || sampleRate === 0) return null;
  const samples = isFirst ? 1152 : 576;
  return {
    bytes: Math.floor(((samples / 8) * bitRate) / sampleRate) + ((third >> 1) & 1),
    samples,
    sampleRate,
    channels: bytes[at + 3]! >> 6 === 3 ? 1 : 2,
  };
}

function sameFormat(a: FrameHeader, b: FrameHeader): boolean {
  return a.sampleRate === b.sampleRate && a.channels === b.channels && a.samples === b.samples;
}

interface Mp3Frame extends FrameHeader {
  start: number;
}

/** All whole frames of the first one's format, how many bytes lie between them, and whether the last one is cut. */
function cutFrames(
  bytes: Uint8Array,
  dataStart: number,
): { frames: Mp3Frame[]; passedOver: number; endsWithin: boolean } {
  const frames: Mp3Frame[] = [];
  let passedOver = 0;
  let at = dataStart;
  while (at + 4 <= bytes.length && characters(bytes, at, 3) !== 'TAG') {
    const header = readFrameHeader(bytes, at);
    const first = frames[0] ?? header;
    if (header && first && sameFormat(header, first)) {
      if (at + header.bytes > bytes.length) return { frames, passedOver, endsWithin: true };
      frames.push({ ...header, start: at });
      at += header.bytes;
    } else {
      passedOver++;
      at++;
    }
  }
  return { frames, passedOver, endsWithin: false };
}

function characters(bytes: Uint8Array, at: number, count: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + count));
}
