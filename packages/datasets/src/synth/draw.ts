import type { RandomStream } from '@crepitus/dsp';

/** A number equally likely anywhere in [low, high). */
export function between(stream: RandomStream, low: number, high: number): number {
  return low + (high - low) * stream.uniform();
}

/** How many events of a mean number happen (Poisson). */
export function poisson(stream: RandomStream, mean: number): number {
  let count = 0;
  let passed = -Math.log(1 - stream.uniform());
  while (passed < mean) {
    count++;
    passed -= Math.log(1 - stream.uniform());
  }
  return count;
}

/** A factor of amplitude as decibels. */
export function decibels(value: number): number {
  return 10 ** (value / 20);
}

/** Noise of variance 1, evenly distributed: faster than normal numbers, and as good where a filter follows. */
export function whiteNoise(stream: RandomStream, length: number): Float32Array {
  const half = Math.sqrt(3);
  return Float32Array.from({ length }, () => between(stream, -half, half));
}

/**
 * The same for cohorts, whose billion samples a counter-based generator would take an hour for: sfc32 (Doty-Humphrey,
 * PractRand), started from four words of the stream.
 */
export function quickNoise(stream: RandomStream, length: number): Float32Array {
  let [a, b, c, d] = Array.from({ length: 4 }, () => stream.integer(2 ** 32)) as [
    number,
    number,
    number,
    number,
  ];
  const noise = new Float32Array(length);
  const scale = Math.sqrt(3) / 2 ** 31;
  for (let i = 0; i < length; i++) {
    const sum = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    noise[i] = sum * scale;
  }
  return noise;
}
