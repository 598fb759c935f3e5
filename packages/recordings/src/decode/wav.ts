/**
 * WAV: a small strict reader of our own, because the data at hand break the readers of the field. SPRSound's files
 * declare a block align of 4 for 16-bit mono, recorders leave sizes at 0 or 0xFFFFFFFF, and copies are cut short: all
 * of that is read, and said as a finding. What cannot be read is refused by name.
 *
 * Format: Microsoft/IBM "Multimedia Programming Interface and Data Specifications 1.0" (1991), WAVEFORMATEXTENSIBLE
 * (Microsoft, 2001), RF64 (EBU Tech 3306).
 */
import { CrepitusError } from '@crepitus/dsp';
import type { Finding } from '../recording.ts';
import { type DecodedAudio, requirePlausibleHeader, requirePlausibleLength } from './decoded-audio.ts';

export interface WavHeader {
  readonly sampleRate: number;
  readonly channels: number;
  readonly encoding: 'pcm' | 'float';
  /** As declared: 12, 20 and 24 may lie in wider containers. */
  readonly bitsPerSample: number;
  /** Bytes of one sample of one channel as stored: 1, 2, 3, 4 or 8. */
  readonly bytesPerSample: number;
  /** Byte offset of the first sample. */
  readonly dataStart: number;
  /** Bytes of samples as declared; null where the writer left it open (0, 0xFFFFFFFF) or no data chunk was met. */
  readonly dataBytes: number | null;
  readonly findings: readonly Finding[];
}

/** Names of format tags that are met but not read (RFC 2361 registry). */
const otherEncodings: Readonly<Record<number, string>> = {
  2: 'Microsoft ADPCM',
  6: 'A-law',
  7: 'mu-law',
  17: 'IMA ADPCM',
  49: 'GSM 6.10',
  64: 'G.721 ADPCM',
  80: 'MPEG audio',
  85: 'MP3',
  353: 'Windows Media Audio',
};

const pcmTag = 1;
const floatTag = 3;
const extensibleTag = 0xfffe;

/** Sizes at and above this stand for "not known yet": ffmpeg writes 0xFFFFFFFF, SoX 0x7FFFF000 to a pipe. */
const openSize = 0x7ffff000;

/**
 * Decode a WAV file: PCM of 8, 16, 24 and 32 bits, floats of 32 and 64 bits, plain or extensible header, RIFF or RF64.
 *
 * @returns channels in [-1, 1) for PCM (divided by 2^(bits-1)), as stored for floats
 * @throws CrepitusError of kind `input`: `wav-truncated`, `wav-header`, `wav-encoding-unsupported`,
 *   `non-finite-samples` and the bounds of `decoded-audio.ts`
 */
export function decodeWav(bytes: Uint8Array, name: string): DecodedAudio {
  const header = readWavHeader(bytes, name);
  const findings = [...header.findings];
  if (header.dataStart > bytes.length || (header.dataStart === bytes.length && header.dataBytes !== 0)) {
    throw new CrepitusError(
      'wav-truncated',
      `${name} ends before its first sample, at byte ${bytes.length}; copy or export it again.`,
    );
  }
  const there = bytes.length - header.dataStart;
  if (header.dataBytes !== null && header.dataBytes > there) {
    findings.push({
      code: 'data-truncated',
      message: `${name} declares ${header.dataBytes} bytes of samples and holds ${there}; what is there is read.`,
    });
  }
  const frameBytes = header.channels * header.bytesPerSample;
  const dataBytes = Math.min(header.dataBytes ?? there, there);
  const frames = Math.floor(dataBytes / frameBytes);
  if (dataBytes % frameBytes && !findings.some(finding => finding.code === 'data-truncated')) {
    findings.push({
      code: 'data-truncated',
      message: `${name} ends within a sample; the last ${dataBytes % frameBytes} bytes are left out.`,
    });
  }
  requirePlausibleLength(name, header.sampleRate, header.channels, frames);

  const read = sampleReader(bytes, header);
  const channels = Array.from({ length: header.channels }, (_, channel) => {
    const samples = new Float32Array(frames);
    let position = header.dataStart + channel * header.bytesPerSample;
    for (let i = 0; i < frames; i++, position += frameBytes) samples[i] = read(position);
    return samples;
  });
  if (header.encoding === 'float') requireFinite(channels, header.sampleRate, name);

  return {
    sampleRate: header.sampleRate,
    format: {
      container: 'wav',
      bitsPerSample: header.bitsPerSample,
      encoding: header.encoding,
      channels: header.channels,
    },
    channels,
    findings,
  };
}

/**
 * Read the chunks up to the samples; the first bytes of a file are enough.
 *
 * @throws CrepitusError `wav-truncated`, `wav-header`, `wav-encoding-unsupported`, `no-channels`, ...
 */
export function readWavHeader(bytes: Uint8Array, name: string): WavHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let format: { start: number; size: number } | null = null;
  let data: { start: number; size: number | null } | null = null;
  let rf64DataBytes: number | null = null;

  let position = 12;
  while (position + 8 <= bytes.length && !(format && data)) {
    const id = fourCharacters(bytes, position);
    const size = view.getUint32(position + 4, true);
    const start = position + 8;
    if (id === 'fmt ' && !format) format = { start, size };
    else if (id === 'ds64' && start + 16 <= bytes.length) {
      rf64DataBytes = Number(view.getBigUint64(start + 8, true));
    } else if (id === 'data' && !data) {
      data = { start, size: declaredDataBytes(bytes, start, size, rf64DataBytes) };
      if (data.size === null) break;
      position = start + data.size + (data.size % 2);
      continue;
    }
    position = nextChunk(bytes, start, size);
  }

  if (!format || format.start + Math.min(format.size, 16) > bytes.length) {
    throw new CrepitusError(
      'wav-truncated',
      `${name} ends at byte ${bytes.length} before its format is stated; copy or export it again.`,
    );
  }
  if (format.size < 16) {
    throw new CrepitusError(
      'wav-header',
      `${name} has a format chunk of ${format.size} bytes where at least 16 are needed; export it again.`,
    );
  }
  const stated = readFormat(bytes, view, format, name);
  return {
    ...stated,
    dataStart: data?.start ?? bytes.length + 1,
    dataBytes: data?.size ?? null,
    findings:
      data?.size === null
        ? [
            ...stated.findings,
            {
              code: 'data-size-open',
              message: `${name} leaves the size of its samples open; they are read up to the end of the file.`,
            },
          ]
        : stated.findings,
  };
}

function readFormat(
  bytes: Uint8Array,
  view: DataView,
  chunk: { start: number; size: number },
  name: string,
): Pick<WavHeader, 'sampleRate' | 'channels' | 'encoding' | 'bitsPerSample' | 'bytesPerSample' | 'findings'> {
  const { start, size } = chunk;
  const channels = view.getUint16(start + 2, true);
  const sampleRate = view.getUint32(start + 4, true);
  const byteRate = view.getUint32(start + 8, true);
  const blockAlign = view.getUint16(start + 12, true);
  const bitsPerSample = view.getUint16(start + 14, true);
  let tag = view.getUint16(start, true);
  // An extensible header keeps its true tag in the first two bytes of the subformat's GUID.
  if (tag === extensibleTag && size >= 40 && start + 26 <= bytes.length) {
    tag = view.getUint16(start + 24, true);
  }
  requirePlausibleHeader(name, sampleRate, channels);

  const widths = tag === pcmTag ? [8, 12, 16, 20, 24, 32] : tag === floatTag ? [32, 64] : [];
  if (!widths.includes(bitsPerSample)) {
    const encoding =
      tag === pcmTag
        ? `${bitsPerSample}-bit PCM`
        : tag === floatTag
          ? `${bitsPerSample}-bit float`
          : (otherEncodings[tag] ?? `format tag ${tag}`);
    throw new CrepitusError(
      'wav-encoding-unsupported',
      `${name} is a WAV file of ${encoding}, which is not read; save it as 16- or 24-bit PCM.`,
    );
  }

  let bytesPerSample = Math.ceil(bitsPerSample / 8);
  const wide = 4 * channels;
  if (bytesPerSample === 3 && blockAlign === wide && byteRate === sampleRate * wide) bytesPerSample = 4;
  const expected = bytesPerSample * channels;
  return {
    sampleRate,
    channels,
    encoding: tag === pcmTag ? 'pcm' : 'float',
    bitsPerSample,
    bytesPerSample,
    findings:
      blockAlign === expected
        ? []
        : [
            {
              code: 'block-align-wrong',
              message:
                `${name} declares a block align of ${blockAlign} where ${channels} channel(s) of ` +
                `${bitsPerSample} bits need ${expected}; it is read with ${expected}.`,
            },
          ],
  };
}

/** Bytes of the data chunk, null where the writer left them open. */
function declaredDataBytes(
  bytes: Uint8Array,
  start: number,
  size: number,
  rf64DataBytes: number | null,
): number | null {
  if (size === 0xffffffff && rf64DataBytes !== null) return rf64DataBytes;
  if (size >= openSize) return null;
  // 0 is either an empty recording or a stream that nobody closed: then samples follow, no further chunk.
  if (size === 0 && start < bytes.length && !looksLikeChunk(bytes, start)) return null;
  return size;
}

/** Chunks start at even offsets, but some writers forget the padding byte after an odd one. */
function nextChunk(bytes: Uint8Array, start: number, size: number): number {
  const end = start + size;
  if (size % 2 && looksLikeChunk(bytes, end) && !looksLikeChunk(bytes, end + 1)) return end;
  return end + (size % 2);
}

function looksLikeChunk(bytes: Uint8Array, position: number): boolean {
  return position + 8 <= bytes.length && /^[\x20-\x7e]{4}$/.test(fourCharacters(bytes, position));
}

export function fourCharacters(bytes: Uint8Array, position: number): string {
  return String.fromCharCode(...bytes.subarray(position, position + 4));
}

/** Reads one sample at a byte offset. Narrow samples in wider containers are left-justified, so the container counts. */
function sampleReader(bytes: Uint8Array, header: WavHeader): (position: number) => number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (header.encoding === 'float') {
    return header.bytesPerSample === 4
      ? position => view.getFloat32(position, true)
      : position => view.getFloat64(position, true);
  }
  switch (header.bytesPerSample) {
    case 1:
      return position => (bytes[position]! - 128) / 128;
    case 2:
      return position => view.getInt16(position, true) / 0x8000;
    case 3:
      return position => ((view.getInt8(position + 2) << 16) | view.getUint16(position, true)) / 0x800000;
    default:
      return position => view.getInt32(position, true) / 0x80000000;
  }
}

function requireFinite(channels: readonly Float32Array[], sampleRate: number, name: string): void {
  for (const [channel, samples] of channels.entries()) {
    const index = samples.findIndex(sample => !Number.isFinite(sample));
    if (index >= 0) {
      throw new CrepitusError(
        'non-finite-samples',
        `${name} holds ${samples[index]} at sample ${index} (${(index / sampleRate).toFixed(3)} s) of channel ` +
          `${channel}; export it again from its source.`,
      );
    }
  }
}
