/**
 * Intervals by resampling subjects: percentile bootstrap (Efron and Tibshirani, An Introduction to the Bootstrap, 1993,
 * chapter 13) with the subject as the unit, because the cycles of one subject are not independent.
 *
 * Each resample draws as many subjects as there are, with replacement; one that holds a single class is drawn again.
 * With several runs (seeds, deals of folds) the runs are drawn too, with replacement, and their figures averaged (F is
 * that of the averages, see `figures.ts`). The
 * same seed gives the same subjects whatever is measured on them, so that differences are paired.
 */
import { CrepitusError, randomStream } from '@crepitus/dsp';
import { meanOfKnown } from './auc.ts';
import { harmonicMean } from './confusion.ts';
import { FigureCounter, type FigureName, type Figures, mapFigures, type ScoredCycles } from './figures.ts';

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

/** One draw of subjects and, with several, of runs. */
export interface Resample {
  /** How often each subject was drawn. */
  readonly subjectCounts: Int32Array;
  /** Indices of the runs that were drawn, as many as there are. */
  readonly runs: readonly number[];
}

/** Who can be drawn. */
export interface Population {
  /** Per subject: bit 1 it has a positive cycle, bit 2 it has a negative one. */
  readonly classes: Uint8Array;
  readonly runs: number;
}

/** None where intervals make no sense: fewer than two subjects, or one class only. */
export function drawResamples(
  { classes, runs }: Population,
  { seed, resamples = 2000 }: BootstrapOptions,
): Resample[] {
  const count = classes.length;
  const allClasses = classes.reduce((union, own) => union | own, 0);
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
        drawn |= classes[subject]!;
      }
    }
    return { subjectCounts, runs: Array.from({ length: runs }, () => drawRuns.integer(runs)) };
  });
}

const columnNames = [
  'scores',
  'positives',
  'subjects',
  'devices',
  'lengths',
  'folds',
  'calls',
  'threshold',
] as const satisfies readonly (keyof ScoredCycles)[];

class FigureSampler {
  /** Sorted, so that the draws depend on who the subjects are, not on the order of cycles. */
  readonly subjects: readonly string[];
  readonly #runs: readonly FigureCounter[];
  readonly #classes: Uint8Array;

  constructor(runs: readonly ScoredCycles[]) {
    this.subjects = [...new Set(runs.flatMap(run => [...new Set(run.subjects)]))].sort();
    this.#classes = new Uint8Array(this.subjects.length);
    const indexOf = new Map(this.subjects.map((subject, index) => [subject, index]));
    for (const { subjects, positives } of runs) {
      for (const [item, subject] of subjects.entries()) {
        this.#classes[indexOf.get(subject)!]! |= positives[item] ? 1 : 2;
      }
    }
    this.#runs = countersOf(runs, this.subjects);
  }

  resamples(options: BootstrapOptions): Resample[] {
    return drawResamples({ classes: this.#classes, runs: this.#runs.length }, options);
  }

  /** Mean over runs; of all subjects and runs, once each, where no resample is given. F is of the means. */
  figures(resample?: Resample): Figures {
    const drawn = resample?.runs ?? [...this.#runs.keys()];
    const counters = drawn.map(index => this.#runs[index]!);
    const perRun = new Map(
      [...new Set(counters)].map(counter => [counter, counter.figures(resample?.subjectCounts)]),
    );
    const means = mapFigures(name => meanOfKnown(counters.map(counter => perRun.get(counter)![name])));
    return { ...means, fscore: harmonicMean(means.sensitivity, means.precision) };
  }
}

/** Runs of the same columns (`repeatRuns`) are counted once. */
function countersOf(runs: readonly ScoredCycles[], subjects: readonly string[]): FigureCounter[] {
  const known: { run: ScoredCycles; counter: FigureCounter }[] = [];
  return runs.map(run => {
    const same = known.find(({ run: other }) => columnNames.every(name => other[name] === run[name]));
    if (same) return same.counter;
    const counter = new FigureCounter(run, subjects);
    known.push({ run, counter });
    return counter;
  });
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
