/**
 * All figures of scored cycles at once, as point estimates and, by how often each subject was drawn, of resamples.
 *
 * Averaged over folds (each fold counts once): AUC, average precision, sensitivity, precision, specificity. F is the
 * harmonic mean of the *averaged* sensitivity and precision, not an average of Fs: only so are the fourteen rows of the
 * paper's table II consistent (the deviations are at most 9e-5, within four-digit rounding).
 *
 * Pooled: from the counts of calls of all folds together. A fold without positives has no sensitivity and is left out
 * of its mean; its precision is 0, whether something was called or not.
 *
 * Brier score (Brier, 1950): mean of (score - y)^2 over all cycles, y 1 for a crackle; null where scores are not
 * probabilities.
 */
import { CrepitusError } from '@crepitus/dsp';
import { type Flags, itemsByKey, Ranking } from './auc.ts';
import { type Confusion, callFigures, callsAt, confusionOf, harmonicMean } from './confusion.ts';
import { type PairCounter, pairCounter } from './subject-pairs.ts';

/** Scored cycles as columns, one entry per cycle, in the same order everywhere. */
export interface ScoredCycles {
  /** Higher means more likely crackle. */
  readonly scores: ArrayLike<number>;
  readonly positives: readonly boolean[];
  readonly subjects: readonly string[];
  /** Device and sample rate as one key (`deviceKey`). */
  readonly devices: readonly string[];
  /** Class of length, for instance its quartile (`lengthQuartiles`); left out: no `aucWithinLength`. */
  readonly lengths?: readonly string[];
  /** Fold of cross-validation, whose network gave the score; left out: one network scored all. */
  readonly folds?: readonly string[];
  /** Whether each cycle was called a crackle, for instance because this is the most likely class. */
  readonly calls?: Flags;
  /** Where there are no `calls`: the score from which on a cycle is called; null: no figures of calls. */
  readonly threshold?: number | null;
}

export const figureNames = [
  'auc',
  'aucWithinDevice',
  'aucWithinLength',
  'averagePrecision',
  'sensitivity',
  'precision',
  'fscore',
  'specificity',
  'pooledSensitivity',
  'pooledPrecision',
  'pooledFscore',
  'pooledSpecificity',
  'brier',
] as const;
export type FigureName = (typeof figureNames)[number];

/** Each null where it is not defined: without positives, without pairs within a device, without calls. */
export type Figures = Readonly<Record<FigureName, number | null>>;

/** The key under which `aucWithinDevice` and `perDevice` put a cycle. @param sampleRate Hz, of the file */
export function deviceKey(device: string, sampleRate: number): string {
  return `${device} ${sampleRate} Hz`;
}

/** Figures over all cycles; with folds as the head of this file says. */
export function figuresOf(cycles: ScoredCycles): Figures {
  return new FigureCounter(cycles).figures();
}

/** The calls of scored cycles, or null where there are none. */
export function callsOf({ calls, scores, threshold = null }: ScoredCycles): Flags | null {
  return calls ?? (threshold === null ? null : callsAt(threshold, scores));
}

/** One figure per name. */
export function mapFigures<T>(make: (name: FigureName) => T): Record<FigureName, T> {
  return Object.fromEntries(figureNames.map(name => [name, make(name)])) as Record<FigureName, T>;
}

/**
 * Counts once, then gives the figures of any resample of the subjects.
 *
 * With folds a resample keeps what the protocol fixes, how many subjects without crackles stand beside the others in a
 * fold: a fold counts as often as its crackle-bearing subjects were drawn (of how many it has), and its other subjects,
 * each as often as it was drawn, are scaled to weigh together what they do in the fold (once each where none was drawn).
 * Counted as drawn, a fold of one patient would have a precision of 0 in the third of the resamples that lack the
 * patient, and of 1 where the others are lacking. A fold without crackles counts by all of its subjects.
 */
export class FigureCounter {
  readonly #folds: readonly FoldCounter[];
  readonly #hasCalls: boolean;
  readonly #areProbabilities: boolean;

  /** @param subjects the order in which `figures` takes counts; they hold all subjects of the cycles */
  constructor(cycles: ScoredCycles, subjects: readonly string[] = sortedSubjects(cycles)) {
    requireColumns(cycles);
    const indexOf = new Map(subjects.map((subject, index) => [subject, index]));
    const subjectOf = Int32Array.from(cycles.subjects, subject => indexOf.get(subject)!);
    const calls = callsOf(cycles);
    this.#hasCalls = calls !== null;
    this.#areProbabilities = Array.from(cycles.scores).every(score => score >= 0 && score <= 1);
    const folds = [...itemsByKey(cycles.folds ?? cycles.subjects.map(() => '')).values()];
    const part = {
      subjectOf,
      calls,
      single: folds.length === 1,
      times: new Float64Array(subjects.length),
      weights: new Float64Array(cycles.scores.length),
    };
    this.#folds = folds.map(items => new FoldCounter(cycles, { ...part, items }));
  }

  /** @param counts how often each subject was drawn; once where left out */
  figures(counts?: ArrayLike<number>): Figures {
    const means = new WeightedMeans();
    const pooled = { tp: 0, fp: 0, tn: 0, fn: 0 };
    const errors = { squared: 0, cycles: 0 };
    for (const fold of this.#folds) {
      const weight = fold.draw(counts);
      if (weight === 0) continue;
      const { confusion } = fold;
      for (const key of ['tp', 'fp', 'tn', 'fn'] as const) pooled[key] += confusion[key];
      errors.squared += fold.squaredError;
      errors.cycles += fold.cycles;
      for (const name of ['auc', 'aucWithinDevice', 'aucWithinLength', 'averagePrecision'] as const) {
        means.add(name, fold.figure(name), weight);
      }
      if (!this.#hasCalls) continue;
      const { sensitivity, precision, specificity } = callFigures(confusion);
      means.add('sensitivity', sensitivity, weight);
      means.add('precision', precision, weight);
      means.add('specificity', specificity, weight);
    }
    const sensitivity = means.of('sensitivity');
    const precision = means.of('precision');
    const calls = this.#hasCalls ? callFigures(pooled) : null;
    return {
      auc: means.of('auc'),
      aucWithinDevice: means.of('aucWithinDevice'),
      aucWithinLength: means.of('aucWithinLength'),
      averagePrecision: means.of('averagePrecision'),
      sensitivity,
      precision,
      fscore: harmonicMean(sensitivity, precision),
      specificity: means.of('specificity'),
      pooledSensitivity: calls?.sensitivity ?? null,
      pooledPrecision: calls?.precision ?? null,
      pooledFscore: calls?.fscore ?? null,
      pooledSpecificity: calls?.specificity ?? null,
      brier: errors.cycles > 0 && this.#areProbabilities ? errors.squared / errors.cycles : null,
    };
  }
}

interface FoldPart {
  readonly items: readonly number[];
  /** Index of the subject of each cycle of the whole set. */
  readonly subjectOf: Int32Array;
  readonly calls: Flags | null;
  /** There is no other fold: subjects count just as often as they were drawn. */
  readonly single: boolean;
  /** How often each subject counts, and so each cycle: room that the folds share, each draws before it is read. */
  readonly times: Float64Array;
  readonly weights: Float64Array;
}

/** The cycles of one fold: `draw`, then read the figures of what was drawn. */
class FoldCounter {
  readonly #part: FoldPart;
  /** Subjects whose draws make the fold count, and the others. */
  readonly #deciding: readonly number[];
  readonly #others: readonly number[];
  /** Per subject of the fold. */
  readonly #tallies: readonly (Confusion & { subject: number; squaredError: number; cycles: number })[];
  readonly #pairs: Readonly<Partial<Record<FoldFigure, PairCounter>>>;
  readonly #ranking: Ranking;

  constructor({ scores, positives, devices, lengths }: ScoredCycles, part: FoldPart) {
    const { items, subjectOf, calls } = part;
    this.#part = part;
    const members = itemsByKey(items.map(item => String(subjectOf[item])));
    const bySubject = [...members].sort(([a], [b]) => Number(a) - Number(b));
    const tallies = bySubject.map(([, places]) => {
      const own = places.map(place => items[place]!);
      return {
        subject: subjectOf[own[0]!]!,
        bears: own.some(item => positives[item]),
        cycles: own.length,
        squaredError: own.reduce((sum, i) => sum + (scores[i]! - (positives[i] ? 1 : 0)) ** 2, 0),
        ...confusionOf(calls ?? new Uint8Array(scores.length), positives, { items: own }),
      };
    });
    const bearing = tallies.filter(({ bears }) => bears);
    const rest = tallies.filter(({ bears }) => !bears);
    const [deciding, others] = bearing.length > 0 ? [bearing, rest] : [rest, bearing];
    this.#deciding = deciding.map(({ subject }) => subject);
    this.#others = others.map(({ subject }) => subject);
    this.#tallies = tallies;
    const of = { scores, positives, subjectOf };
    this.#pairs = {
      auc: pairCounter(of, items),
      aucWithinDevice: pairCounter(of, items, devices),
      ...(lengths && { aucWithinLength: pairCounter(of, items, lengths) }),
    };
    this.#ranking = new Ranking(scores, positives, items);
  }

  /** Sets how often each subject counts. @returns how often the fold counts in a mean over folds */
  draw(counts: ArrayLike<number> | undefined): number {
    const { single, items, subjectOf, times, weights } = this.#part;
    let weight = 1;
    if (counts && !single) {
      weight = drawnOf(this.#deciding, counts) / this.#deciding.length;
      if (weight === 0) return 0;
      for (const subject of this.#deciding) times[subject] = counts[subject]!;
      const drawn = drawnOf(this.#others, counts);
      for (const subject of this.#others) {
        times[subject] = drawn > 0 ? (weight * this.#others.length * counts[subject]!) / drawn : weight;
      }
    } else {
      for (const { subject } of this.#tallies) times[subject] = counts ? counts[subject]! : 1;
    }
    for (const item of items) weights[item] = times[subjectOf[item]!]!;
    return weight;
  }

  get confusion(): Confusion {
    return {
      tp: this.#sum('tp'),
      fp: this.#sum('fp'),
      tn: this.#sum('tn'),
      fn: this.#sum('fn'),
    };
  }

  get squaredError(): number {
    return this.#sum('squaredError');
  }

  get cycles(): number {
    return this.#sum('cycles');
  }

  figure(name: FoldFigure): number | null {
    if (name === 'averagePrecision') return this.#ranking.averagePrecision(this.#part.weights);
    const { concordant, pairs } = this.#pairs[name]?.pairCount(this.#part.times) ?? {
      concordant: 0,
      pairs: 0,
    };
    return pairs > 0 ? concordant / pairs : null;
  }

  #sum(key: keyof Confusion | 'squaredError' | 'cycles'): number {
    let sum = 0;
    for (const tally of this.#tallies) sum += this.#part.times[tally.subject]! * tally[key];
    return sum;
  }
}

function drawnOf(subjects: readonly number[], counts: ArrayLike<number>): number {
  let drawn = 0;
  for (const subject of subjects) drawn += counts[subject]!;
  return drawn;
}

type FoldFigure = 'auc' | 'aucWithinDevice' | 'aucWithinLength' | 'averagePrecision';

class WeightedMeans {
  readonly #sums = new Map<FigureName, { sum: number; weight: number }>();

  add(name: FigureName, value: number | null, weight: number): void {
    if (value === null) return;
    const entry = this.#sums.get(name);
    if (entry) {
      entry.sum += weight * value;
      entry.weight += weight;
    } else this.#sums.set(name, { sum: weight * value, weight });
  }

  of(name: FigureName): number | null {
    const entry = this.#sums.get(name);
    return entry ? entry.sum / entry.weight : null;
  }
}

function sortedSubjects({ subjects }: ScoredCycles): string[] {
  return [...new Set(subjects)].sort();
}

function requireColumns({ scores, positives, subjects, devices, lengths, folds, calls }: ScoredCycles): void {
  for (const [name, column] of Object.entries({ positives, subjects, devices, lengths, folds, calls })) {
    if (column && column.length !== scores.length) {
      throw new CrepitusError(
        'scores-mismatch',
        `There are ${scores.length} scores and ${column.length} ${name}; give one of each per cycle.`,
        { kind: 'usage' },
      );
    }
  }
}
