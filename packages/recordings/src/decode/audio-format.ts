/** What a file is, by its content, and what its header states. */
import { CrepitusError } from '@crepitus/dsp';
import type { AudioFormat } from '../recording.ts';
import { readFlacHeader } from './flac.ts';
import { afterId3 } from './id3.ts';
import { findMp3, readMp3Header } from './mp3.ts';
import { readWavHeader } from './wav.ts';

export type AudioContainer = AudioFormat['container'];

/** What a header states, without decoding. */
export interface AudioHeader {
  readonly container: AudioContainer;
  /** Hz. */
  readonly sampleRate: number;
  readonly channels: number;
  /** As stored; null for MP3. */
  readonly bitsPerSample: number | null;
  /** As declared, which a truncated file does not hold; null where the header leaves it open. */
  readonly seconds: number | null;
}

/** The format by content, whatever the file is called; null where it is none of the three. */
export function audioFormatOf(bytes: Uint8Array): AudioContainer | null {
  const first = characters(bytes, 0, 4);
  if ((first === 'RIFF' || first === 'RF64') && (bytes.length < 12 || characters(bytes, 8, 4) === 'WAVE')) {
    return 'wav';
  }
  if (characters(bytes, afterId3(bytes), 4) === 'fLaC') return 'flac';
  if (findMp3(bytes) !== null || (first.startsWith('ID3') && afterId3(bytes) + 4 > bytes.length))
    return 'mp3';
  return null;
}

/**
 * Read the header of a WAV, FLAC or MP3 file. The first 64 KiB are enough, unless a larger tag precedes the sound.
 *
 * @param name for messages
 * @throws CrepitusError of kind `input`: `empty-file`, `not-audio`, and those of the format
 */
export function readAudioHeader(bytes: Uint8Array, name: string): AudioHeader {
  const container = requireAudio(bytes, name);
  switch (container) {
    case 'wav': {
      const { sampleRate, channels, bitsPerSample, bytesPerSample, dataBytes } = readWavHeader(bytes, name);
      const seconds = dataBytes === null ? null : dataBytes / (bytesPerSample * channels * sampleRate);
      return { container, sampleRate, channels, bitsPerSample, seconds };
    }
    case 'flac': {
      const { sampleRate, channels, bitsPerSample, frames } = readFlacHeader(bytes, name);
      const seconds = frames === null ? null : frames / sampleRate;
      return { container, sampleRate, channels, bitsPerSample, seconds };
    }
    case 'mp3': {
      const { sampleRate, channels, frames } = readMp3Header(bytes, name);
      const seconds = frames === null ? null : frames / sampleRate;
      return { container, sampleRate, channels, bitsPerSample: null, seconds };
    }
  }
}

/**
 * The format by content.
 *
 * @throws CrepitusError `empty-file`, `not-audio`
 */
export function requireAudio(bytes: Uint8Array, name: string): AudioContainer {
  if (bytes.length === 0) {
    throw new CrepitusError('empty-file', `${name} is empty (0 bytes); copy or record it again.`);
  }
  const container = audioFormatOf(bytes);
  if (container) return container;
  const other = otherFormats.find(({ at, text }) => characters(bytes, at, text.length) === text);
  throw new CrepitusError(
    'not-audio',
    other
      ? `${name} is ${other.what}, which is not read; save it as WAV, FLAC or MP3.`
      : `${name} is no WAV, FLAC or MP3 file; check that it is a recording.`,
  );
}

/** Formats that recordings and mislabelled files come in, to say what a file is. */
const otherFormats: readonly { at: number; text: string; what: string }[] = [
  { at: 0, text: 'OggS', what: 'an Ogg file' },
  { at: 8, text: 'AIF', what: 'an AIFF file' },
  { at: 4, text: 'ftyp', what: 'an MP4 or M4A file' },
  { at: 0, text: '\x30\x26\xb2\x75', what: 'a Windows Media file' },
  { at: 0, text: '#!AMR', what: 'an AMR file' },
  { at: 0, text: 'caff', what: 'a Core Audio file' },
  { at: 0, text: 'RIFX', what: 'a big-endian WAV file' },
  { at: 8, text: 'AVI ', what: 'an AVI film' },
  { at: 0, text: 'PK\x03\x04', what: 'a ZIP archive' },
  { at: 0, text: '\x1f\x8b', what: 'a gzip archive' },
  { at: 0, text: '%PDF', what: 'a PDF' },
  { at: 0, text: 'version https://git-lfs', what: 'a pointer of Git LFS, not the recording itself' },
  { at: 0, text: '<', what: 'a web page or XML text' },
  { at: 0, text: '{', what: 'JSON text' },
];

/** Bytes as Latin-1 characters; fewer at the end of the file. */
function characters(bytes: Uint8Array, at: number, count: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + count));
}
