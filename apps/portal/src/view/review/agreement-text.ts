/** How far two reviewers say the same, in a sentence. */
import type { Agreement } from '@crepitus/recordings';
import type { Text } from '../../text/index.ts';

/** Cycles of which one was unsure are no agreement, and in the count of those that both judged; kappa leaves them out. */
export function agreementText(
  text: Text,
  { cycles, agreed, unsure, kappa }: Pick<Agreement, 'cycles' | 'agreed' | 'unsure' | 'kappa'>,
): string {
  const { review } = text;
  const said =
    kappa === null
      ? review.noKappa
      : review.kappa(text.decimal(kappa.toFixed(2)), unsure === 0 ? null : cycles);
  return `${review.agreed(agreed, cycles + unsure, unsure)}; ${said}.`;
}
