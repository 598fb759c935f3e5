/** WAV, written: for synthetic recordings, demonstrations and tests. */
import { CrepitusError } from '@crepitus/dsp';

export interface WriteWavOptions {
  /** PCM width; ignored where `float` is set. Default 16. */
  bitsPerSample?: 16 | 24;
  /** 32-bit floats instead of PCM. */
  float?: boolean;
}

/**
 * The bytes of a WAV file with a plain 44-byte header.
 *
 * @param channels samples in [-1, 1], all of the same length; PCM clips what lies beyond and rounds to the nearest step
 * @param sampleRate Hz, whole
 * @throws CrepitusError `channels-unequal` (kind `usage`)
 */
export function writeWav(
  channels: readonly Float32Array[],
  sampleRate: number,
  { bitsPerSample = 16, float = false }: WriteWavOptions = {},
): Uint8Array {
  const frames = channels[0]?.length ?? 0;
  if (channels.length === 0 || channels.some(samples => samples.length !== frames)) {
    throw new CrepitusError(
      'channels-unequal',
      `A WAV file needs channels of one length; got ${channels.map(samples => samples.length).join(', ') || 'none'}.`,
      { kind: 'usage' },
    );
  }
  const bits = float ? 32 : bitsPerSample;
  const sampleBytes = bits / 8;
  const frameBytes = sampleBytes * channels.length;
  const dataBytes = frames * frameBytes;
  const bytes = new Uint8Array(44 + dataBytes + (dataBytes % 2));
  const view = new DataView(bytes.buffer);
  const text = (position: number, characters: string) => {
    for (let i = 0; i < characters.length; i++) bytes[position + i] = characters.charCodeAt(i);
  };
  text(0, 'RIFF');
  view.setUint32(4, bytes.length - 8, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, float ? 3 : 1, true);
  view.setUint16(22, channels.length, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * frameBytes, true);
  view.setUint16(32, frameBytes, true);
  view.setUint16(34, bits, true);
  text(36, 'data');
  view.setUint32(40, dataBytes, true);

  const fullScale = 2 ** (bits - 1);
  let position = 44;
  for (let i = 0; i < frames; i++) {
    for (const samples of channels) {
      if (float) view.setFloat32(position, samples[i]!, true);
      else {
        const step = Math.max(-fullScale, Math.min(fullScale - 1, Math.round(samples[i]! * fullScale)));
        view.setInt16(position, bits === 16 ? step : step & 0xffff, true);
        if (bits === 24) view.setInt8(position + 2, step >> 16);
      }
      position += sampleBytes;
    }
  }
  return bytes;
}
