/** All figures of scored cycles at once, as point estimates and, by weights, of bootstrap resamples. */
import { CrepitusError } from '@crepitus/dsp';
import { itemsByKey, meanOfKnown, Ranking, rankGroups, shareConcordant } from './auc.ts';
import { type CallFigures, callFigures, confusionAt } from './confusion.ts';

/** Scored cycles as columns, one entry per cycle, in the same order everywhere. */
export interface ScoredCycles {
  /** Higher means more likely crackle. */
  readonly scores: ArrayLike<number>;
  readonly positives: readonly boolean[];
  readonly subjects: readonly string[];
  /** Device and sample rate as one key (`deviceKey`). */
  readonly devices: readonly string[];
  /** Fold of cross-validation, whose network gave the score; left out: one network scored all. */
  readonly folds?: readonly string[];
  /** Score from which on a cycle is called a crackle; null: no figures of calls. */
  readonly threshold?: number | null;
}

export const figureNames = [
  'auc',
  'aucWithinDevice',
  'averagePrecision',
  'sensitivity',
  'precision',
  'fscore',
  'specificity',
] as const;
export type FigureName = (typeof figureNames)[number];

/** Each null where it is not defined: without positives, without pairs within a device, without a threshold. */
export type Figures = Readonly<Record<FigureName, number | null>>;

/** The key under which `aucWithinDevice` and `perDevice` put a cycle. @param sampleRate Hz, of the file */
export function deviceKey(device: string, sampleRate: number): string {
  return `${device} ${sampleRate} Hz`;
}

/** Figures over all cycles; with folds each figure is the mean over the folds that have it. */
export function figuresOf(cycles: ScoredCycles): Figures {
  return new FigureCounter(cycles).figures();
}

/** Sorts once, then gives the figures under any weights. */
export class FigureCounter {
  readonly #cycles: ScoredCycles;
  readonly #folds: { items: number[]; all: Ranking; byDevice: Ranking[] }[];

  constructor(cycles: ScoredCycles) {
    const { scores, positives, subjects, devices } = cycles;
    const folds = cycles.folds ?? subjects.map(() => '');
    for (const [name, column] of Object.entries({ positives, subjects, devices, folds })) {
      if (column.length !== scores.length) {
        throw new CrepitusError(
          'scores-mismatch',
          `There are ${scores.length} scores and ${column.length} ${name}; give one of each per cycle.`,
          { kind: 'usage' },
        );
      }
    }
    this.#cycles = cycles;
    this.#folds = [...itemsByKey(folds).values()].map(items => ({
      items,
      all: new Ranking(scores, positives, items),
      byDevice: rankGroups(scores, positives, devices, items),
    }));
  }

  /** @param weights how often each cycle counts; once where left out */
  figures(weights?: ArrayLike<number>): Figures {
    const { scores, positives, threshold = null } = this.#cycles;
    const calls: (CallFigures | null)[] = this.#folds.map(({ items }) =>
      threshold === null ? null : callFigures(confusionAt(threshold, scores, positives, { weights, items })),
    );
    return {
      auc: meanOfKnown(this.#folds.map(fold => shareConcordant([fold.all], weights))),
      aucWithinDevice: meanOfKnown(this.#folds.map(fold => shareConcordant(fold.byDevice, weights))),
      averagePrecision: meanOfKnown(this.#folds.map(fold => fold.all.averagePrecision(weights))),
      sensitivity: meanOfKnown(calls.map(call => call?.sensitivity ?? null)),
      precision: meanOfKnown(calls.map(call => call?.precision ?? null)),
      fscore: meanOfKnown(calls.map(call => call?.fscore ?? null)),
      specificity: meanOfKnown(calls.map(call => call?.specificity ?? null)),
    };
  }
}
