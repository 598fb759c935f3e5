/** What a score meant among cycles of known label: counts of cases, never a bare probability. */
import type { Finding } from '@crepitus/recordings';
import type { ScoreCases } from './bundle/manifest.ts';

/** Cycles of one data set that were scored like the cycle in question. */
export type SimilarCases = Pick<ScoreCases, 'dataset' | 'unit' | 'scoredBy'> & ScoreCases['bins'][number];

export type ScoreExplanation =
  | { readonly cases: readonly SimilarCases[]; readonly missing: null }
  | {
      readonly cases: null;
      /** `no-cases`: the bundle has none. `too-few-cases`: none or too few with such a score. */
      readonly missing: Finding;
    };

export const noCases: Finding = {
  code: 'no-cases',
  message:
    'This detector comes without counts of cases, so nothing is said about how many such cycles had crackles.',
};

/**
 * How many cycles with such a score had crackles, in each data set where the bundle counted enough of them.
 *
 * @param manifest of a bundle
 * @param score as the detector gives it, 0 to 1
 */
export function explainScore(
  { scoreCases = [] }: { readonly scoreCases?: readonly ScoreCases[] | undefined },
  score: number,
): ScoreExplanation {
  if (scoreCases.length === 0) return { cases: null, missing: noCases };
  const cases = scoreCases.flatMap(({ dataset, unit, scoredBy, bins }) =>
    bins
      .filter(({ from, to }) => from <= score && (score < to || (score === 1 && to === 1)))
      .map(bin => ({ dataset, unit, scoredBy, ...bin })),
  );
  if (cases.length > 0) return { cases, missing: null };
  const message = 'Too few cycles of known label were scored like this to say how many of them had crackles.';
  return { cases: null, missing: { code: 'too-few-cases', message } };
}
