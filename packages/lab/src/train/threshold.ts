import { callFigures, confusionAt } from '../evaluate/confusion.ts';

/**
 * The score from which on a cycle is called crackle so that F is highest: halfway between the lowest score called and
 * the highest not called. Of several equally good ones the highest; 0.5 without crackles or without scores.
 */
export function bestThreshold(scores: readonly number[], positives: readonly boolean[]): number {
  const distinct = [...new Set(scores)].sort((a, b) => b - a);
  let best = { threshold: 0.5, fscore: 0 };
  distinct.forEach((score, i) => {
    const { fscore } = callFigures(confusionAt(score, scores, positives));
    if (fscore === null || fscore <= best.fscore) return;
    best = { threshold: (score + (distinct[i + 1] ?? 0)) / 2, fscore };
  });
  return best.threshold;
}
