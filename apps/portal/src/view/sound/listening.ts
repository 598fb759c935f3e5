/** What is heard: a band of the sound, slower with its pitch kept or lowered. */
import { besselFilter, filterForward, resample, slowDown } from '@crepitus/dsp';

export const speeds = [1, 0.5, 0.25, 0.125] as const;
export type Speed = (typeof speeds)[number];

/** Hz; null: no filter on that side. 24 dB per octave each. */
export interface ListeningBand {
  readonly highPassHz: number | null;
  readonly lowPassHz: number | null;
}

/** A whole channel behind the filters. */
export function bandOf(
  samples: Float32Array,
  sampleRate: number,
  { highPassHz, lowPassHz }: ListeningBand,
): Float32Array {
  const through = (x: Float32Array, type: 'highpass' | 'lowpass', cutoffHz: number) =>
    filterForward(x, besselFilter({ order: 4, cutoffHz, sampleRate, type, norm: 'mag' }));
  const above = highPassHz === null ? samples : through(samples, 'highpass', highPassHz);
  return lowPassHz === null || lowPassHz > 0.49 * sampleRate ? above : through(above, 'lowpass', lowPassHz);
}

/**
 * So many times as long. With the pitch kept, crackles sound as they are, further apart; with the pitch lowered the sound is
 * that of a slowed tape: a crackle of 8 ms takes 64 ms at an eighth of the speed.
 */
export function slowed(
  samples: Float32Array,
  sampleRate: number,
  speed: Speed,
  isPitchKept: boolean,
): Float32Array {
  if (speed === 1) return samples;
  return isPitchKept
    ? slowDown(samples, sampleRate, speed)
    : resample(samples, sampleRate * speed, sampleRate);
}

/** Seconds: a sound that is cut within begins and ends with a click, which could be taken for a crackle. */
export const fadeSeconds = 0.003;

/** A copy that rises from nothing and falls to nothing, along a line. */
export function fadedAtEnds(samples: Float32Array, sampleRate: number): Float32Array {
  const faded = samples.slice();
  const length = Math.min(Math.round(fadeSeconds * sampleRate), samples.length >> 1);
  for (let i = 0; i < length; i++) {
    faded[i]! *= i / length;
    faded[samples.length - 1 - i]! *= i / length;
  }
  return faded;
}

export function peakOf(samples: Float32Array): number {
  let peak = 0;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  return peak;
}

/** The gain that is used where one is wanted: no more than brings the loudest moment to full scale. */
export function gainWithin(wantedDb: number, peak: number): number {
  if (peak === 0) return wantedDb;
  return Math.min(wantedDb, -20 * Math.log10(peak));
}
