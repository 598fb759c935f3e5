/**
 * Intervals by resampling subjects: percentile bootstrap (Efron and Tibshirani, An Introduction to the Bootstrap, 1993,
 * chapter 13) with the subject as the unit, because the cycles of one subject are not independent.
 *
 * Each resample draws as many subjects as there are, with replacement; one that holds a single class is drawn again.
 * With several runs (seeds, deals of folds) the runs are drawn too, with replacement, and their figures averaged. The
 * same seed gives the same subjects whatever is measured on them, so that differences are paired.
 */
import { CrepitusError, randomStream } from '@crepitus/dsp';
import { meanOfKnown } from './auc.ts';
import { FigureCounter, type FigureName, type Figures, figureNames, type ScoredCycles } from './figures.ts';

/** Lower and upper end of a 95 % interval. */
export type Interval = readonly [low: number, high: number];

/** An interval per figure; null where the figure is not defined or there are fewer than two subjects. */
export type Intervals = Readonly<Record<FigureName, Interval | null>>;

export interface BootstrapOptions {
  readonly seed: number;
  /** 2 000 where left out. */
  readonly resamples?: number;
}

/** Figures of scored cycles and of their resamples. */
export interface SampledFigures {
  /** Sorted. */
  readonly subjects: readonly string[];
  readonly figures: Figures;
  /** One per resample; none where intervals make no sense: fewer than two subjects, or one class only. */
  readonly samples: readonly Figures[];
}

/** Figures less others, as point estimates with 95 % intervals. */
export interface PairedDifference {
  readonly figures: Figures;
  readonly intervals: Intervals;
}

/** 95 % intervals of every figure. @param runs scored cycles, or several runs over the same subjects */
export function bootstrapIntervals(
  runs: ScoredCycles | readonly ScoredCycles[],
  options: BootstrapOptions,
): Intervals {
  return intervalsOf(sampleFigures(runs, options).samples);
}

/** Resamples once, for intervals (`intervalsOf`) and for differences to other scores (`pairedDifference`). */
export function sampleFigures(
  runs: ScoredCycles | readonly ScoredCycles[],
  options: BootstrapOptions,
): SampledFigures {
  const sampler = new FigureSampler('scores' in runs ? [runs] : runs);
  return {
    subjects: sampler.subjects,
    figures: sampler.figures(),
    samples: sampler.resamples(options).map(resample => sampler.figures(resample)),
  };
}

/**
 * First minus second set of scores, paired: both sampled by one seed, over the same subjects (`scores-unpaired`
 * otherwise). Runs are paired by their place where both sets have equally many.
 */
export function pairedDifference(first: SampledFigures, second: SampledFigures): PairedDifference {
  if (first.subjects.join('\n') !== second.subjects.join('\n')) {
    throw new CrepitusError(
      'scores-unpaired',
      `The two sets of scores are of other subjects (${first.subjects.length} and ${second.subjects.length}); compare sets over the same cycles.`,
      { kind: 'usage' },
    );
  }
  return {
    figures: difference(first.figures, second.figures),
    intervals: intervalsOf(first.samples.map((sample, i) => difference(sample, second.samples[i]!))),
  };
}

/** Percentile 2.5 and 97.5 of the resamples in which the figure is defined, interpolated linearly. */
export function intervalsOf(samples: readonly Figures[]): Intervals {
  return mapFigures(name => {
    const known = samples.map(sample => sample[name]).filter(value => value !== null);
    if (known.length === 0) return null;
    known.sort((a, b) => a - b);
    return [quantile(known, 0.025), quantile(known, 0.975)] as const;
  });
}

interface Resample {
  /** How often each subject was drawn. */
  readonly subjectCounts: Int32Array;
  /** Indices of the runs that were drawn. */
  readonly runs: readonly number[];
}

class FigureSampler {
  /** Sorted, so that the draws depend on who the subjects are, not on the order of cycles. */
  readonly subjects: readonly string[];
  readonly #runs: { counter: FigureCounter; subjectOf: Int32Array; weights: Int32Array }[];
  /** Per subject: bit 1 has a positive cycle, bit 2 has a negative one. */
  readonly #classes: Uint8Array;

  constructor(runs: readonly ScoredCycles[]) {
    this.subjects = [...new Set(runs.flatMap(run => run.subjects))].sort();
    const indexOf = new Map(this.subjects.map((subject, index) => [subject, index]));
    this.#classes = new Uint8Array(this.subjects.length);
    this.#runs = runs.map(run => {
      const subjectOf = Int32Array.from(run.subjects, subject => indexOf.get(subject)!);
      for (const [item, subject] of subjectOf.entries()) {
        this.#classes[subject]! |= run.positives[item] ? 1 : 2;
      }
      return { counter: new FigureCounter(run), subjectOf, weights: new Int32Array(subjectOf.length) };
    });
  }

  resamples({ seed, resamples = 2000 }: BootstrapOptions): Resample[] {
    const count = this.subjects.length;
    const allClasses = this.#classes.reduce((union, classes) => union | classes, 0);
    if (count < 2 || allClasses !== 3) return [];
    const drawSubjects = randomStream(seed, 'bootstrap', 'subjects');
    const drawRuns = randomStream(seed, 'bootstrap', 'runs');
    return Array.from({ length: resamples }, () => {
      const subjectCounts = new Int32Array(count);
      for (let drawn = 0; drawn !== 3; ) {
        subjectCounts.fill(0);
        drawn = 0;
        for (let k = 0; k < count; k++) {
          const subject = drawSubjects.integer(count);
          subjectCounts[subject]! += 1;
          drawn |= this.#classes[subject]!;
        }
      }
      return { subjectCounts, runs: this.#runs.map(() => drawRuns.integer(this.#runs.length)) };
    });
  }

  /** Mean over runs; of all subjects and runs, once each, where no resample is given. */
  figures(resample?: Resample): Figures {
    const perRun = new Map<number, Figures>();
    const drawn = resample?.runs ?? [...this.#runs.keys()];
    for (const index of new Set(drawn)) {
      const { counter, subjectOf, weights } = this.#runs[index]!;
      if (resample) {
        for (let item = 0; item < weights.length; item++) {
          weights[item] = resample.subjectCounts[subjectOf[item]!]!;
        }
      }
      perRun.set(index, counter.figures(resample && weights));
    }
    return mapFigures(name => meanOfKnown(drawn.map(index => perRun.get(index)![name])));
  }
}

/** Quantile of sorted values, linear between neighbours (Hyndman and Fan, 1996, definition 7; numpy's default). */
export function quantile(sorted: readonly number[], share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (position - below) * (high - low);
}

function difference(a: Figures, b: Figures): Figures {
  return mapFigures(name => (a[name] === null || b[name] === null ? null : a[name] - b[name]));
}

function mapFigures<T>(make: (name: FigureName) => T): Record<FigureName, T> {
  return Object.fromEntries(figureNames.map(name => [name, make(name)])) as Record<FigureName, T>;
}
