/** How blind the two of an agreement were, in words that stand beside its figure. */
import type { AgreeingReviewer } from '../../server/agreements.ts';
import type { Text } from '../../text/index.ts';

export function blindnessText(text: Text, reviewers: readonly AgreeingReviewer[]): string {
  const named = (seenBefore: boolean | null) =>
    reviewers.filter(each => each.seenBefore === seenBefore).map(({ name }) => name);
  const [seen, unknown] = [named(true), named(null)];
  if (seen.length + unknown.length === 0) return text.review.agreedUnseen;
  return [
    ...(seen.length > 0 ? [text.review.agreedSeen(seen.join(', '))] : []),
    ...(unknown.length > 0 ? [text.review.agreedUnknown(unknown.join(', '))] : []),
  ].join(' ');
}
