/** In words: how often a detector is right where it calls a cycle crackle. */
import type { CalledCases } from '@crepitus/model';
import { databaseName } from '../evaluate/model-card.ts';

/** One sentence for each data set; that it is not known where there is none. */
export function calledText(cases: readonly CalledCases[]): string {
  if (cases.length === 0)
    return 'How often this detector is right where it calls a cycle crackle is not known: too few cases.';
  return cases.map(sentence).join(' ');
}

function sentence({ dataset, unit, from, cycles, crackles, interval, leftOut }: CalledCases): string {
  const percent = (share: number) => Math.round(100 * share);
  const rest =
    leftOut === 0
      ? ''
      : `; ${leftOut} ${unit}s whose score may lie above or below the threshold are left out`;
  return `Of ${cycles} ${unit}s that this detector called crackle, ${crackles} had crackles (${percent(crackles / cycles)} %, 95 % interval within ${percent(interval[0])} to ${percent(interval[1])} %; ${databaseName(dataset)}, subjects that its networks had not learned from, scores from ${from.toFixed(3)} on${rest}).`;
}
