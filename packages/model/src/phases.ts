/** Inspiration and expiration of a respiratory cycle, cut by a fixed ratio or by a measured end of inspiration. */

/** Inspiration : cycle, as the paper names them (`_13`, `_25`, `_37`, `_49`, `_12`). */
export const ratios = ['1:3', '2:5', '3:7', '4:9', '1:2'] as const;
export type Ratio = (typeof ratios)[number];

export const inputNames = ['cycle', 'inspiration', 'expiration'] as const;
/** What one branch of a network sees. */
export type InputName = (typeof inputNames)[number];

/**
 * Samples of inspiration in a cycle of `samples`: `floor(samples * a / b)` for the ratio `a:b`.
 * Expiration is the rest (flooring both would lose a sample).
 */
function inspirationLength(ratio: Ratio, samples: number): number {
  const [inspiration, cycle] = ratio.split(':').map(Number) as [number, number];
  return Math.floor((samples * inspiration) / cycle);
}

/** Length in samples of an input of a cycle that is `samples` long; the fixed lengths of a network follow the same rule. */
export function phaseLength(input: InputName, ratio: Ratio, samples: number): number {
  if (input === 'cycle') return samples;
  const inspiration = inspirationLength(ratio, samples);
  return input === 'inspiration' ? inspiration : samples - inspiration;
}

/** How a bundle, a run or a plan parts a cycle. */
export interface PhaseRule {
  readonly ratio: Ratio;
  /** `measured`: by the measured end of the inspiration where a cycle has one, by the ratio elsewhere. */
  readonly phases: 'ratio' | 'measured';
}

/** `cutPhase` by a rule. */
export function cutPhaseBy(
  { ratio, phases }: PhaseRule,
  cycle: Float32Array,
  input: InputName,
  measuredInspiration: number | null,
): Float32Array {
  return cutPhase(cycle, input, ratio, phases === 'measured' ? measuredInspiration : null);
}

/**
 * The part of a cycle that an input sees: inspiration `[0, k)`, expiration `[k, n)`, a view and no copy.
 * `measuredInspiration` is the measured length of the inspiration in samples; without one (null), or where it lies
 * outside the cycle, `k` comes from the ratio.
 */
export function cutPhase(
  cycle: Float32Array,
  input: InputName,
  ratio: Ratio,
  measuredInspiration: number | null = null,
): Float32Array {
  if (input === 'cycle') return cycle;
  const measured =
    measuredInspiration !== null && measuredInspiration > 0 && measuredInspiration < cycle.length
      ? measuredInspiration
      : null;
  const end = measured ?? inspirationLength(ratio, cycle.length);
  return input === 'inspiration' ? cycle.subarray(0, end) : cycle.subarray(end);
}
