/** What else a chest microphone hears: wheezes, the heart, hands. */
import { randomStream } from '@crepitus/dsp';
import type { Breath } from './breathing.ts';
import { between } from './draw.ts';

/**
 * Adds a wheeze to the expiration of each breath: 0.2 to 0.5 s or more (at least 100 ms), a fundamental of 150 to 400 Hz
 * that drifts, and two harmonics.
 */
export function addWheezes(
  samples: Float32Array,
  sampleRate: number,
  breaths: readonly Breath[],
  seed: number,
  amplitude: number,
): void {
  const stream = randomStream(seed, 'synth', 'wheeze');
  const fundamental = between(stream, 150, 400);
  for (const { inspirationEnd, expirationEnd } of breaths) {
    const expiration = expirationEnd - inspirationEnd;
    const length = Math.max(0.1, expiration * between(stream, 0.3, 0.6));
    const start = inspirationEnd + between(stream, 0.1, 0.3) * expiration;
    const drift = between(stream, -0.1, 0.1);
    const last = Math.min(samples.length, Math.floor((start + length) * sampleRate));
    for (let i = Math.ceil(start * sampleRate); i < last; i++) {
      const seconds = i / sampleRate - start;
      const u = seconds / length;
      const turns = fundamental * seconds * (1 + (drift * u) / 2);
      const tone = [1, 0.4, 0.15].reduce(
        (sum, height, k) => sum + height * Math.sin(2 * Math.PI * (k + 1) * turns),
        0,
      );
      samples[i] = samples[i]! + amplitude * Math.sin(Math.PI * u) ** 0.5 * tone;
    }
  }
}

/** Adds heart beats, 60 to 90 a minute: two damped thuds each, of 45 and 60 Hz. */
export function addHeart(samples: Float32Array, sampleRate: number, seed: number, amplitude: number): void {
  const stream = randomStream(seed, 'synth', 'heart');
  const interval = 60 / between(stream, 60, 90);
  const seconds = samples.length / sampleRate;
  for (
    let beat = between(stream, 0, interval);
    beat < seconds;
    beat += interval * between(stream, 0.95, 1.05)
  ) {
    addThud(samples, sampleRate, beat, 45, amplitude);
    addThud(samples, sampleRate, beat + 0.3 * interval, 60, 0.7 * amplitude);
  }
}

function addThud(
  samples: Float32Array,
  sampleRate: number,
  onset: number,
  hertz: number,
  amplitude: number,
): void {
  const length = 0.12;
  const last = Math.min(samples.length, Math.floor((onset + length) * sampleRate));
  for (let i = Math.ceil(onset * sampleRate); i < last; i++) {
    const seconds = i / sampleRate - onset;
    const rise = Math.min(1, seconds / 0.01);
    samples[i] =
      samples[i]! + amplitude * rise * Math.exp(-seconds / 0.03) * Math.sin(2 * Math.PI * hertz * seconds);
  }
}

/**
 * Adds `count` handling noises, bursts of noise of 2 to 10 ms, most of them in inspirations: there a microphone moves
 * with the chest, and they are easily taken for crackles (Ye 2022). Their onsets, sorted, are returned.
 */
export function addClicks(
  samples: Float32Array,
  sampleRate: number,
  breaths: readonly Breath[],
  seed: number,
  count: number,
  amplitude: number,
): number[] {
  const stream = randomStream(seed, 'synth', 'clicks');
  const onsets: number[] = [];
  for (let click = 0; click < count && breaths.length > 0; click++) {
    const breath = breaths[stream.integer(breaths.length)]!;
    const inInspiration = stream.uniform() < 0.9;
    const onset = inInspiration
      ? between(stream, breath.start, breath.inspirationEnd)
      : between(stream, breath.inspirationEnd, breath.end);
    const length = between(stream, 0.002, 0.01);
    const last = Math.min(samples.length, Math.floor((onset + length) * sampleRate));
    for (let i = Math.ceil(onset * sampleRate); i < last; i++) {
      const u = (i / sampleRate - onset) / length;
      samples[i] = samples[i]! + amplitude * Math.exp(-4 * u) * between(stream, -1, 1);
    }
    onsets.push(onset);
  }
  return onsets.sort((a, b) => a - b);
}
