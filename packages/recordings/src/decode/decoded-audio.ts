/** What every decoder returns, and the bounds that keep a hostile header from taking all memory. */
import { CrepitusError } from '@crepitus/dsp';
import type { AudioFormat, Finding } from '../recording.ts';

export interface DecodedAudio {
  readonly sampleRate: number;
  readonly format: AudioFormat;
  /** One array per channel of the file, all of the same length, at least one sample. */
  readonly channels: Float32Array[];
  readonly findings: readonly Finding[];
}

/** Longer or wider files are refused before anything is allocated for them. */
export const limits = {
  /** Hz; below this nothing of a lung sound is left, and resampling to 16 kHz would multiply the size. */
  minimumSampleRate: 500,
  maximumSampleRate: 768_000,
  channels: 64,
  seconds: 4 * 3600,
  /** Over all channels: 1 GiB as 32-bit floats, 101 minutes of one channel at 44.1 kHz. */
  samples: 2 ** 28,
} as const;

/**
 * Check what a header declares.
 *
 * @throws CrepitusError `no-channels`, `too-many-channels`, `sample-rate-zero`, `sample-rate-implausible`
 */
export function requirePlausibleHeader(name: string, sampleRate: number, channels: number): void {
  if (channels === 0) {
    throw new CrepitusError('no-channels', `${name} declares 0 channels; export it again from its source.`);
  }
  if (channels > limits.channels) {
    throw new CrepitusError(
      'too-many-channels',
      `${name} declares ${channels} channels, more than the ${limits.channels} that are read; split it.`,
    );
  }
  if (sampleRate === 0) {
    throw new CrepitusError(
      'sample-rate-zero',
      `${name} declares a sample rate of 0 Hz; export it again from its source.`,
    );
  }
  if (!(sampleRate >= limits.minimumSampleRate && sampleRate <= limits.maximumSampleRate)) {
    throw new CrepitusError(
      'sample-rate-implausible',
      `${name} declares ${sampleRate} Hz, outside ${limits.minimumSampleRate} to ${limits.maximumSampleRate} Hz; ` +
        'correct its header or export it again.',
    );
  }
}

/**
 * Check a length before allocating for it.
 *
 * @param frames samples per channel
 * @throws CrepitusError `no-samples`, `recording-too-long`
 */
export function requirePlausibleLength(
  name: string,
  sampleRate: number,
  channels: number,
  frames: number,
): void {
  if (frames === 0) {
    throw new CrepitusError('no-samples', `${name} holds no samples; record or export it again.`);
  }
  if (frames > limits.seconds * sampleRate || frames * channels > limits.samples) {
    throw new CrepitusError(
      'recording-too-long',
      `${name} holds ${Math.round(frames / sampleRate)} s of ${channels} channel(s), more than is read at once ` +
        `(${limits.seconds / 3600} h and ${limits.samples} samples over all channels); split it.`,
    );
  }
}
