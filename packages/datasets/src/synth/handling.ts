/** Noise of skin, hands and clothes under a microphone, which is easily taken for crackles (Ye 2022). */
import { type RandomStream, randomStream } from '@crepitus/dsp';
import type { Breath } from './breathing.ts';
import { between, poisson, quickNoise } from './draw.ts';

export interface HandlingNoise {
  /** Onset and length in seconds. */
  readonly time: number;
  readonly seconds: number;
  /** Centimetres; unlike a crackle it is heard only next to it. */
  readonly x: number;
  readonly y: number;
  /** Peak over the root mean square of breath sound at 1 L/s, in dB, right at its place. */
  readonly level: number;
  /** Hz: it is noise below. */
  readonly highest: number;
  /** Names the stream of its waveform. */
  readonly seed: number;
}

/**
 * Handling noises of a recording, sorted by time: clicks of 2 to 10 ms and rubs of up to 0.15 s, nine of ten in
 * inspirations (the chest moves there), most of them low on the chest.
 */
export function planHandling(
  stream: RandomStream,
  breaths: readonly Breath[],
  perBreath: number,
  level: number,
): HandlingNoise[] {
  const noises: HandlingNoise[] = [];
  for (const breath of breaths) {
    for (let left = poisson(stream, perBreath); left > 0; left--) {
      const [from, to] =
        stream.uniform() < 0.9
          ? [breath.start, breath.inspirationEnd]
          : [breath.inspirationEnd, breath.end - 0.15];
      noises.push({
        time: between(stream, from, to),
        seconds: 0.002 * 75 ** stream.uniform(),
        x: between(stream, -12, 12),
        y: 20 * stream.uniform() ** 1.5 - 1,
        level: level + 5 * stream.normal(),
        highest: 300 * 8 ** stream.uniform(),
        seed: stream.integer(2 ** 32),
      });
    }
  }
  return noises.sort((a, b) => a.time - b.time);
}

/** Adds a handling noise of a peak height of about `amplitude`: a short one dies away, a longer one swells and goes. */
export function addHandling(
  samples: Float32Array,
  sampleRate: number,
  noise: HandlingNoise,
  amplitude: number,
): void {
  const length = Math.ceil(noise.seconds * sampleRate);
  const first = Math.ceil(noise.time * sampleRate);
  const white = quickNoise(randomStream(noise.seed, 'handling'), length);
  const smoothing = 1 - Math.exp((-2 * Math.PI * noise.highest) / sampleRate);
  // One pole passes this share of white noise's power.
  const scale = amplitude / (2.5 * Math.sqrt(smoothing / (2 - smoothing)));
  const isClick = noise.seconds < 0.01;
  let low = 0;
  for (let i = 0; i < length && first + i < samples.length; i++) {
    low += smoothing * (white[i]! - low);
    const u = i / length;
    const envelope = isClick ? Math.exp(-4 * u) : Math.sin(Math.PI * u);
    samples[first + i] = samples[first + i]! + scale * envelope * low;
  }
}
