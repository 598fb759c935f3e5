/** One crackle, as listening studies with simulated crackles draw it. */

export type CrackleKind = 'fine' | 'coarse';

export interface CrackleShape {
  /** Initial deflection width (IDW): onset to first zero crossing, seconds. */
  readonly initialDeflection: number;
  /** Two-cycle duration (2CD): onset to the end of the second full cycle, seconds. */
  readonly twoCycles: number;
}

/**
 * Height of a crackle `seconds` after its onset: with t = seconds / 2CD,
 * `y(t) = sin(4 pi t^a) * 0.5 * (1 + cos(2 pi (sqrt(t) - 0.5)))`, `a = log 0.25 / log(IDW / 2CD)`.
 * The first zero lies at IDW, two full cycles end at 2CD, the first half-wave is positive; |y| <= 1, and 0 outside.
 */
export function crackleAt(seconds: number, shape: CrackleShape): number {
  const t = seconds / shape.twoCycles;
  if (t <= 0 || t >= 1) return 0;
  const exponent = Math.log(0.25) / Math.log(shape.initialDeflection / shape.twoCycles);
  return Math.sin(4 * Math.PI * t ** exponent) * 0.5 * (1 + Math.cos(2 * Math.PI * (Math.sqrt(t) - 0.5)));
}

/** Adds a crackle to `samples`; its onset (seconds) may lie between two samples. */
export function addCrackle(
  samples: Float32Array,
  sampleRate: number,
  onset: number,
  amplitude: number,
  shape: CrackleShape,
): void {
  const first = Math.max(0, Math.ceil(onset * sampleRate));
  const last = Math.min(samples.length - 1, Math.floor((onset + shape.twoCycles) * sampleRate));
  for (let i = first; i <= last; i++) {
    samples[i] = samples[i]! + amplitude * crackleAt(i / sampleRate - onset, shape);
  }
}
