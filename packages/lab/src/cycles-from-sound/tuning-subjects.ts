import { type DatasetKind, isHeldBack } from '@crepitus/datasets';

/**
 * Whether the method of finding cycles in sound (its shapes and parameters) was chosen on this subject's recordings: those
 * ICBHI subjects, held-back ones excepted, whose number has tens and units of an even sum. The rule was fixed before
 * tuning; it puts devices and rates about equally on both sides.
 */
export function isTuningSubject(kind: DatasetKind, subject: string): boolean {
  if (kind !== 'icbhi' || isHeldBack(kind, subject)) return false;
  const number = Number(subject);
  return (Math.floor(number / 10) + number) % 2 === 0;
}
