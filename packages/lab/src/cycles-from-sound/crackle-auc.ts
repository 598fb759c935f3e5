/** What found instead of annotated cycles cost a detector: its AUC, crackle against normal, with each. */
import { type Cycle, classIndex } from '@crepitus/recordings';
import { areaUnderRoc } from '../evaluate/auc.ts';
import { nearestLabel } from './found-cycles.ts';

/** Scores of cycles with the class of the annotation (1 crackle, 0 normal). */
export class CrackleScores {
  readonly #scores: number[] = [];
  readonly #crackle: boolean[] = [];
  #leftOut = 0;

  /**
   * Adds cycles by the label of the annotated cycle that they overlap most.
   *
   * @param scores one per cycle; null (abstained) is left out, as are cycles that overlap no annotated one, and labels that
   *   are neither crackle nor normal
   */
  add(cycles: readonly Cycle[], scores: readonly (number | null)[], annotated: readonly Cycle[]): void {
    cycles.forEach((cycle, i) => {
      const label = nearestLabel(cycle, annotated);
      const index = label === null ? null : classIndex('crackle-vs-normal', label);
      const score = scores[i] ?? null;
      if (index === null || score === null) {
        this.#leftOut++;
        return;
      }
      this.#scores.push(score);
      this.#crackle.push(index === 1);
    });
  }

  result(): { auc: number | null; cycles: number; crackles: number; leftOut: number } {
    return {
      auc: areaUnderRoc(this.#scores, this.#crackle),
      cycles: this.#scores.length,
      crackles: this.#crackle.filter(Boolean).length,
      leftOut: this.#leftOut,
    };
  }
}
