/**
 * The scores of two challenges, by their own formulas, from a table of counts: rows are true classes, columns the most
 * likely ones, and class 0 is normal.
 *
 * Sensitivity here is the share of abnormal items that got *their own* class, not of those called abnormal; specificity
 * the share of normal items called normal.
 */
import { meanOfKnown } from './auc.ts';
import { type BootstrapOptions, drawResamples, type Interval, quantile } from './bootstrap.ts';
import { harmonicMean } from './confusion.ts';

/** [true class][most likely class] */
export type ClassCounts = readonly (readonly number[])[];

export interface IcbhiScore {
  readonly sensitivity: number | null;
  readonly specificity: number | null;
  /** (Se + Sp) / 2 */
  readonly score: number | null;
}

export interface SprsoundScore {
  readonly sensitivity: number | null;
  readonly specificity: number | null;
  /** AS = (SE + SP) / 2 */
  readonly average: number | null;
  /** HS = 2 SE SP / (SE + SP) */
  readonly harmonic: number | null;
  /** (AS + HS) / 2 */
  readonly score: number | null;
}

/** The ICBHI 2017 challenge, four classes (Rocha et al., Physiol Meas 40, 2019). */
export function icbhiScore(counts: ClassCounts): IcbhiScore {
  const { sensitivity, specificity } = sharesOf(counts);
  return { sensitivity, specificity, score: meanOfBoth(sensitivity, specificity) };
}

/**
 * Tasks 1-1 (two classes, see `normalOrAdventitious`) and 1-2 (seven classes) of the SPRSound challenge (Zhang et al.,
 * Grand Challenge on Respiratory Sound Classification, BioCAS 2022).
 */
export function sprsoundScore(counts: ClassCounts): SprsoundScore {
  const { sensitivity, specificity } = sharesOf(counts);
  const average = meanOfBoth(sensitivity, specificity);
  const harmonic = harmonicMean(sensitivity, specificity);
  return { sensitivity, specificity, average, harmonic, score: meanOfBoth(average, harmonic) };
}

/** The counts of task 1-1 from those of any classes: an adventitious item called any adventitious class is right. */
export function normalOrAdventitious(counts: ClassCounts): ClassCounts {
  const merged = [
    [0, 0],
    [0, 0],
  ];
  for (const [truth, row] of counts.entries()) {
    for (const [found, count] of row.entries()) merged[Math.min(1, truth)]![Math.min(1, found)]! += count;
  }
  return merged;
}

/** Classes of items as columns of indices. */
export interface ClassifiedItems {
  readonly classes: ArrayLike<number>;
  readonly found: ArrayLike<number>;
  readonly subjects: readonly string[];
}

/** Index of the most likely class; of equal ones the first. */
export function mostLikely(scores: readonly number[]): number {
  let best = 0;
  for (let k = 1; k < scores.length; k++) if (scores[k]! > scores[best]!) best = k;
  return best;
}

export function classCounts({ classes, found }: ClassifiedItems, classCount: number): ClassCounts {
  const counts = emptyCounts(classCount);
  for (let i = 0; i < classes.length; i++) counts[classes[i]!]![found[i]!]! += 1;
  return counts;
}

/**
 * A score averaged over runs, with a 95 % interval by resampling subjects and runs together (see `bootstrap.ts`; a
 * resample without normal or without abnormal items is drawn again).
 *
 * @param score of counts, for instance `counts => icbhiScore(counts).score`
 */
export function challengeScore(
  runs: readonly ClassifiedItems[],
  classCount: number,
  score: (counts: ClassCounts) => number | null,
  options: BootstrapOptions,
): { readonly score: number | null; readonly interval: Interval | null } {
  const subjects = [...new Set(runs.flatMap(run => run.subjects))].sort();
  const indexOf = new Map(subjects.map((subject, index) => [subject, index]));
  const kinds = new Uint8Array(subjects.length);
  const perRun = runs.map(({ classes, found, subjects: of }) => {
    const bySubject = subjects.map(() => emptyCounts(classCount));
    for (const [i, subject] of of.entries()) {
      const index = indexOf.get(subject)!;
      bySubject[index]![classes[i]!]![found[i]!]! += 1;
      kinds[index]! |= classes[i] === 0 ? 2 : 1;
    }
    return bySubject;
  });
  const mean = (drawn: readonly number[], times: ArrayLike<number>): number | null =>
    meanOfKnown(drawn.map(run => score(addCounts(perRun[run]!, times, classCount))));
  const samples = drawResamples({ classes: kinds, runs: runs.length }, options)
    .map(resample => mean(resample.runs, resample.subjectCounts))
    .filter(value => value !== null)
    .sort((a, b) => a - b);
  return {
    score: mean([...runs.keys()], new Uint8Array(subjects.length).fill(1)),
    interval: samples.length > 0 ? [quantile(samples, 0.025), quantile(samples, 0.975)] : null,
  };
}

function sharesOf(counts: ClassCounts): { sensitivity: number | null; specificity: number | null } {
  let right = 0;
  let abnormal = 0;
  for (const [truth, row] of counts.entries()) {
    if (truth === 0) continue;
    right += row[truth]!;
    abnormal += sumOf(row);
  }
  const normal = sumOf(counts[0]!);
  return {
    sensitivity: abnormal > 0 ? right / abnormal : null,
    specificity: normal > 0 ? counts[0]![0]! / normal : null,
  };
}

function meanOfBoth(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : (a + b) / 2;
}

function sumOf(row: readonly number[]): number {
  return row.reduce((sum, count) => sum + count, 0);
}

function addCounts(
  bySubject: readonly ClassCounts[],
  times: ArrayLike<number>,
  classCount: number,
): ClassCounts {
  const sum = emptyCounts(classCount);
  for (const [subject, counts] of bySubject.entries()) {
    if (times[subject] === 0) continue;
    for (let truth = 0; truth < classCount; truth++) {
      for (let found = 0; found < classCount; found++) {
        sum[truth]![found]! += times[subject]! * counts[truth]![found]!;
      }
    }
  }
  return sum;
}

function emptyCounts(classCount: number): number[][] {
  return Array.from({ length: classCount }, () => Array<number>(classCount).fill(0));
}
