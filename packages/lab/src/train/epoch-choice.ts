import type { RunConfig } from './run-config.ts';
import type { EpochRecord } from './run-record.ts';

type Select = RunConfig['select'];

/**
 * Whether an epoch is better than the best one before it. Accuracy and AUC: ties go to the lower loss, then to the
 * earlier epoch; an epoch without an AUC is worse than any with one.
 */
export function isBetter(select: Select, now: EpochRecord, best: EpochRecord | null): boolean {
  if (best === null || select === 'last') return true;
  const [a, b] = [now.validation, best.validation];
  if (select === 'loss') return a.loss < b.loss;
  const [high, low] = select === 'auc' ? [a.auc ?? -1, b.auc ?? -1] : [a.accuracy, b.accuracy];
  return high > low || (high === low && a.loss < b.loss);
}

/** The best of the epochs, in their order; null of none. */
export function chooseEpoch(select: Select, epochs: readonly EpochRecord[]): EpochRecord | null {
  return epochs.reduce<EpochRecord | null>((best, now) => (isBetter(select, now, best) ? now : best), null);
}
