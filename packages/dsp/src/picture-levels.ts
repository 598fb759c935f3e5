import { checkSamples } from './check.ts';
import { CrepitusError } from './error.ts';

/**
 * Most values that are sorted: percentiles of an even sample are as good, and a long picture takes no longer. A prime, so that
 * the sample's steps do not keep to some of the bands.
 */
const mostSorted = 49_999;

/**
 * The values of a log-mel picture to draw darkest and brightest: its tenth percentile and nearly its greatest (99.8 %). The
 * least value is left out of both: where a recorder wrote no sound at all it is the logarithm's floor, far below every
 * sound, and all sound would look alike.
 *
 * @param values at least one, in the units of the picture
 * @returns `high` is above `low`, also where all values are equal
 * @throws CrepitusError `empty-signal`, `non-finite-sample`
 */
export function pictureLevels(values: Float32Array): { readonly low: number; readonly high: number } {
  checkSamples('The picture', values);
  if (values.length === 0)
    throw new CrepitusError('empty-signal', 'The picture is empty; it needs at least one value.');
  const length = Math.min(mostSorted, values.length);
  const sorted = Float32Array.from(
    { length },
    (_, i) => values[Math.floor((i * values.length) / length)]!,
  ).sort();
  // Sorted, what is not finite stands at an end. No WebAssembly: pages call this on their own thread.
  if (!Number.isFinite(sorted[0]) || !Number.isFinite(sorted.at(-1)))
    throw new CrepitusError(
      'non-finite-sample',
      'The picture holds a value that is not finite; repair or cut the signal first.',
    );
  const sound = sorted.subarray(sorted.findIndex(value => value > sorted[0]!));
  const low = sound[Math.floor(sound.length * 0.1)]!;
  return { low, high: Math.max(low + 1e-3, sound[Math.floor(sound.length * 0.998)]!) };
}
