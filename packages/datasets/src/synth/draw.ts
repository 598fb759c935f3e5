import type { RandomStream } from '@crepitus/dsp';

/** A number equally likely anywhere in [low, high). */
export function between(stream: RandomStream, low: number, high: number): number {
  return low + (high - low) * stream.uniform();
}

/** Noise of variance 1, evenly distributed: faster than normal numbers, and as good where a filter follows. */
export function whiteNoise(stream: RandomStream, length: number): Float32Array {
  const half = Math.sqrt(3);
  return Float32Array.from({ length }, () => between(stream, -half, half));
}
