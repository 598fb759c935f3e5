/**
 * FLAC, decoded by libFLAC as WebAssembly (`@wasm-audio-decoders/flac`, Node and browser).
 *
 * Frames are cut here and handed over one by one, instead of by the package's own `decodeFile`, because that
 * - loses up to 512 KB after one flipped bit, without an error: half of a recording damaged in its middle,
 * - moves what follows a loss to an earlier time,
 * - decodes without bound what a hostile header promises,
 * and because it divides by 2^(bits-1) - 1, so that the same sound read from WAV would differ.
 *
 * Format: RFC 9639.
 */
import { CrepitusError } from '@crepitus/dsp';
import { type FLACDecodedAudio, FLACDecoder } from '@wasm-audio-decoders/flac';
import type { Finding } from '../recording.ts';
import {
  type DecodedAudio,
  limits,
  requirePlausibleHeader,
  requirePlausibleLength,
} from './decoded-audio.ts';
import { afterId3 } from './id3.ts';
import { withoutConsole } from './without-console.ts';

/** What STREAMINFO states. */
export interface FlacHeader {
  readonly sampleRate: number;
  readonly channels: number;
  readonly bitsPerSample: number;
  /** Samples per channel; null where the encoder did not know. */
  readonly frames: number | null;
  /** Samples per channel of each FLAC frame but the last, where they are all alike. */
  readonly blockSize: number;
  /** The marker and STREAMINFO as a stream of its own: 42 bytes. */
  readonly streamInfo: Uint8Array;
  /** Byte offset of the first FLAC frame. */
  readonly dataStart: number;
}

/** A recording damaged in more places is no recording; each place costs a decoder of its own. */
const mostRuns = 64;

/** Silence reaches 300 with common encoders; a file made to take all memory 14 000. */
const mostSamplesPerByte = 1000;

/**
 * Decode a FLAC file of 8, 16, 24 or 32 bits. What cannot be read inside is silent, so that times stay right.
 *
 * @returns channels in [-1, 1), equal bit for bit to the same sound as PCM WAV
 * @throws CrepitusError of kind `input`: `flac-truncated`, `flac-header`, `flac-encoding-unsupported`, `flac-damaged`,
 *   `flac-implausible` and the bounds of `decoded-audio.ts`
 */
export async function decodeFlac(bytes: Uint8Array, name: string): Promise<DecodedAudio> {
  const header = readFlacHeader(bytes, name);
  const { sampleRate, channels, bitsPerSample } = header;
  if (![8, 16, 24, 32].includes(bitsPerSample)) {
    throw new CrepitusError(
      'flac-encoding-unsupported',
      `${name} is a FLAC file of ${bitsPerSample} bits, which is not read; save it with 16 or 24 bits.`,
    );
  }
  const frames = cutFrames(bytes, header);
  const last = frames.at(-1);
  if (!last) {
    throw bytes.length - header.dataStart < 16
      ? new CrepitusError(
          'flac-truncated',
          `${name} ends before its first sample, at byte ${bytes.length}; copy or export it again.`,
        )
      : new CrepitusError(
          'flac-damaged',
          `${name} holds no FLAC frame whose checksum is right; copy or export it again.`,
        );
  }
  const present = frames.reduce((sum, frame) => sum + frame.samples, 0);
  const length = last.position + last.samples;
  const runs = contiguousRuns(frames);
  if (length > 2 * present || runs.length > mostRuns) {
    throw new CrepitusError(
      'flac-damaged',
      `${name} is damaged in ${runs.length} place(s): only ${present} of ${length} samples can be read; copy it again.`,
    );
  }
  requirePlausibleLength(name, sampleRate, channels, length);
  if (length * channels > 2 ** 22 + mostSamplesPerByte * bytes.length) {
    throw new CrepitusError(
      'flac-implausible',
      `${name} unfolds from ${bytes.length} bytes to ${length * channels} samples, as no sound does; export it again.`,
    );
  }

  const samples = Array.from({ length: channels }, () => new Float32Array(length));
  for (const run of runs) await decodeRun(bytes, run, header, samples, name);

  return {
    sampleRate,
    format: { container: 'flac', bitsPerSample, encoding: 'pcm', channels },
    channels: samples,
    findings: lossFindings(name, header, runs, present, length),
  };
}

/**
 * Read the marker and STREAMINFO; the first bytes of a file are enough.
 *
 * @throws CrepitusError `flac-truncated`, `flac-header`, `no-channels`, ...
 */
export function readFlacHeader(bytes: Uint8Array, name: string): FlacHeader {
  const marker = afterId3(bytes);
  const block = marker + 4;
  if (block + 38 > bytes.length) {
    throw new CrepitusError(
      'flac-truncated',
      `${name} ends at byte ${bytes.length} before its format is stated; copy or export it again.`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if ((bytes[block]! & 0x7f) !== 0 || (view.getUint32(block) & 0xffffff) !== 34) {
    throw new CrepitusError(
      'flac-header',
      `${name} does not begin with FLAC's stream information; copy or export it again.`,
    );
  }
  // STREAMINFO from byte 10 on: 20 bits sample rate, 3 bits channels - 1, 5 bits depth - 1, 36 bits total samples.
  const info = block + 4;
  const packed = view.getBigUint64(info + 10);
  const sampleRate = Number(packed >> 44n);
  const channels = Number((packed >> 41n) & 7n) + 1;
  const bitsPerSample = Number((packed >> 36n) & 31n) + 1;
  const total = Number(packed & 0xfffffffffn);
  requirePlausibleHeader(name, sampleRate, channels);

  let dataStart = block;
  for (let isLast = false; !isLast && dataStart + 4 <= bytes.length; ) {
    isLast = (bytes[dataStart]! & 0x80) !== 0;
    dataStart += 4 + (view.getUint32(dataStart) & 0xffffff);
  }
  // A copy even of a Node Buffer, whose own `slice` would share the caller's bytes.
  const streamInfo = new Uint8Array(bytes.subarray(marker, marker + 42));
  streamInfo[4] = 0x80;
  return {
    sampleRate,
    channels,
    bitsPerSample,
    frames: total || null,
    blockSize: view.getUint16(info + 2),
    streamInfo,
    dataStart,
  };
}

interface FlacFrame {
  /** Byte range in the file. */
  start: number;
  end: number;
  /** Samples per channel, and the first one's place in the recording. */
  samples: number;
  position: number;
}

/**
 * The intact frames in their order. A frame ends at the next frame header or at the end of the file, where its CRC-16
 * comes out right; headers that turn up by chance inside a frame are passed over. After a damaged frame the search goes
 * on at the next header: each byte is looked at `headersAhead` times at most.
 */
function cutFrames(bytes: Uint8Array, header: FlacHeader): FlacFrame[] {
  const headersAhead = 8;
  const frames: FlacFrame[] = [];
  let samples = 0;
  let start = nextHeader(bytes, header.dataStart, header);
  while (start < bytes.length && samples * header.channels <= limits.samples) {
    const stated = readFrameHeader(bytes, start, header)!;
    const following = nextHeader(bytes, start + 1, header);
    let end = following;
    let checksum = crc16(0, bytes, start, end);
    for (let tried = 1; checksum !== 0 && end < bytes.length && tried < headersAhead; tried++) {
      const next = nextHeader(bytes, end + 1, header);
      checksum = crc16(checksum, bytes, end, next);
      end = next;
    }
    const previous = frames.at(-1);
    const inOrder = stated.position >= (previous ? previous.position + previous.samples : 0);
    if (checksum === 0 && inOrder) {
      frames.push({ start, end, samples: stated.samples, position: stated.position });
      samples += stated.samples;
      start = end;
    } else {
      start = following;
    }
  }
  return frames;
}

function nextHeader(bytes: Uint8Array, from: number, header: FlacHeader): number {
  for (let at = from; at + 1 < bytes.length; at++) {
    if (bytes[at] === 0xff && (bytes[at + 1]! & 0xfe) === 0xf8 && readFrameHeader(bytes, at, header))
      return at;
  }
  return bytes.length;
}

/** Block sizes and sample rates by their code in a frame header; 0: stated elsewhere, -1: reserved. */
const blockSizes = [
  -1, 192, 576, 1152, 2304, 4608, 0, 0, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768,
] as const;
const sampleRates = [
  0, 88200, 176400, 192000, 8000, 16000, 22050, 24000, 32000, 44100, 48000, 96000, 0, 0, 0, -1,
] as const;
const sampleSizes = [0, 8, 12, -1, 16, 20, 24, 32] as const;

/** A frame header whose CRC-8 is right and that agrees with STREAMINFO, or null (RFC 9639, section 9.1). */
function readFrameHeader(
  bytes: Uint8Array,
  start: number,
  header: FlacHeader,
): { samples: number; position: number } | null {
  if (start + 6 > bytes.length) return null;
  const blockCode = bytes[start + 2]! >> 4;
  const rateCode = bytes[start + 2]! & 15;
  const channelCode = bytes[start + 3]! >> 4;
  const sizeCode = (bytes[start + 3]! >> 1) & 7;
  const channels = channelCode < 8 ? channelCode + 1 : channelCode < 11 ? 2 : -1;
  const size = sampleSizes[sizeCode]!;
  if (bytes[start + 3]! & 1 || channels !== header.channels) return null;
  if (size !== 0 && size !== header.bitsPerSample) return null;

  let at = start + 4;
  const first = bytes[at++]!;
  let number = first;
  if (first >= 0x80) {
    const more = Math.clz32(~(first << 24)) - 1;
    if (more < 1 || more > 6) return null;
    number = first & (0x3f >> more);
    for (let i = 0; i < more; i++) {
      const byte = bytes[at++];
      if (byte === undefined || (byte & 0xc0) !== 0x80) return null;
      number = number * 64 + (byte & 0x3f);
    }
  }
  const next = (count: 1 | 2) => {
    const value = count === 1 ? (bytes[at] ?? 0) : ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    at += count;
    return value;
  };
  let samples: number = blockSizes[blockCode]!;
  if (blockCode === 6) samples = next(1) + 1;
  else if (blockCode === 7) samples = next(2) + 1;
  let rate: number = sampleRates[rateCode]!;
  if (rateCode === 12) rate = next(1) * 1000;
  else if (rateCode === 13) rate = next(2);
  else if (rateCode === 14) rate = next(2) * 10;
  if (samples < 1 || (rateCode !== 0 && rate !== header.sampleRate)) return null;
  if (at >= bytes.length || crc8(bytes, start, at) !== bytes[at]) return null;

  const numbersSamples = (bytes[start + 1]! & 1) === 1;
  return { samples, position: numbersSamples ? number : number * header.blockSize };
}

/** CRC-8, polynomial x^8 + x^2 + x + 1. Headers are a few bytes: no table. */
function crc8(bytes: Uint8Array, from: number, to: number): number {
  let crc = 0;
  for (let i = from; i < to; i++) {
    crc ^= bytes[i]!;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x80 ? 7 : 0)) & 0xff;
  }
  return crc;
}

const crc16Table = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc & 0x8000 ? 0x8005 : 0);
  return crc;
});

/** CRC-16, polynomial x^16 + x^15 + x^2 + 1, continued from `crc`; 0 over a frame with its checksum. */
function crc16(crc: number, bytes: Uint8Array, from: number, to: number): number {
  for (let i = from; i < to; i++) crc = ((crc << 8) & 0xffff) ^ crc16Table[(crc >> 8) ^ bytes[i]!]!;
  return crc;
}

/** Frames that follow one another without a gap. */
function contiguousRuns(frames: readonly FlacFrame[]): FlacFrame[][] {
  const runs: FlacFrame[][] = [];
  let end = -1;
  for (const frame of frames) {
    if (frame.position === end) runs.at(-1)!.push(frame);
    else runs.push([frame]);
    end = frame.position + frame.samples;
  }
  return runs;
}

/**
 * Decode frames into their place. Each run has a decoder of its own, because libFLAC takes a gap for an error, and
 * after an error its wrapper is not sound. As the frames are intact by their checksums, an error is final.
 */
async function decodeRun(
  bytes: Uint8Array,
  run: readonly FlacFrame[],
  header: FlacHeader,
  samples: readonly Float32Array[],
  name: string,
): Promise<void> {
  const decoder = new FLACDecoder();
  await decoder.ready;
  try {
    await decodePieces(decoder, [header.streamInfo]);
    for (let from = 0; from < run.length; from += framesAtOnce) {
      const frames = run.slice(from, from + framesAtOnce);
      const decoded = await decodePieces(
        decoder,
        frames.map(frame => bytes.subarray(frame.start, frame.end)),
      );
      const stated = frames.reduce((sum, frame) => sum + frame.samples, 0);
      if (decoded.samplesDecoded !== stated || decoded.channelData.length !== samples.length) {
        throw new Error(`${decoded.samplesDecoded} samples where the frames state ${stated}`);
      }
      place(decoded, frames[0]!.position, header.bitsPerSample, samples);
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replace(/\s+/g, ' ') : String(cause);
    throw new CrepitusError('flac-damaged', `${name} cannot be decoded (${reason}); export it again.`, {
      cause,
    });
  } finally {
    decoder.free();
  }
}

/** So many FLAC frames are decoded before their samples are moved to their place: a long file is not held twice. */
const framesAtOnce = 64;

function decodePieces(decoder: FLACDecoder, pieces: Uint8Array[]): Promise<FLACDecodedAudio> {
  return withoutConsole(() => decoder.decodeFrames(pieces), 0);
}

/** The package divides by 2^(bits-1) - 1 (32 bits: 2^31, as a float has no nearer value): take that back exactly. */
function place(
  decoded: FLACDecodedAudio,
  position: number,
  bitsPerSample: number,
  samples: readonly Float32Array[],
): void {
  const divisor = bitsPerSample === 32 ? 2 ** 31 : 2 ** (bitsPerSample - 1) - 1;
  const fullScale = 2 ** (bitsPerSample - 1);
  for (const [channel, source] of decoded.channelData.entries()) {
    const target = samples[channel]!;
    for (let i = 0; i < source.length; i++)
      target[position + i] = Math.round(source[i]! * divisor) / fullScale;
  }
}

function lossFindings(
  name: string,
  header: FlacHeader,
  runs: readonly (readonly FlacFrame[])[],
  present: number,
  length: number,
): Finding[] {
  const findings: Finding[] = [];
  const seconds = (samples: number) => `${(samples / header.sampleRate).toFixed(2)} s`;
  if (present < length) {
    const before = runs[0]![0]!.position === 0 ? runs[0]!.at(-1)! : { position: 0, samples: 0 };
    const after = before.samples ? runs[1]![0]! : runs[0]![0]!;
    findings.push({
      code: 'data-damaged',
      message:
        `${name} is damaged: ${seconds(length - present)} of ${seconds(length)} cannot be read and are silent here, ` +
        `first from ${seconds(before.position + before.samples)} to ${seconds(after.position)}.`,
    });
  }
  if (header.frames !== null && length < header.frames) {
    findings.push({
      code: 'data-truncated',
      message: `${name} declares ${header.frames} samples and holds ${length}; what is there is read.`,
    });
  }
  return findings;
}
