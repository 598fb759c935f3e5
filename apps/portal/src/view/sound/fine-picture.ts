import type { LogMelParameters } from '@crepitus/dsp';

/**
 * The picture for eyes: short windows for crackles, many bands where lung sounds are.
 *
 * @param front parameters that it does not set itself
 * @param sampleRate Hz, of the recording: there is nothing above half of it
 */
export function finePicture<Parameters extends LogMelParameters>(
  front: Parameters,
  sampleRate: number,
): Parameters {
  return {
    ...front,
    windowLength: 256,
    fftSize: 1024,
    hop: 64,
    maximumOver: 1,
    melBands: 80,
    lowHz: 50,
    highHz: Math.min(4000, sampleRate / 2),
  };
}
