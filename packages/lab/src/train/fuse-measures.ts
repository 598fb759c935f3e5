/**
 * Measures of the sound added to the networks of a cross-validation (`fitMeasures`), so that what is said of a subject comes
 * of neither networks nor coefficients that learned from it.
 *
 * For the test part of a fold the coefficients are learned from all its other subjects and the mixed data (of which nothing
 * of a subject is taken that the fold tests); where the list of
 * measures is chosen (`auto`), by `chooseMeasures` on these very subjects. They are one part more than the fold's network
 * had, whose validation part chose an epoch: a regression has none to choose. For the validation part, which gives the
 * threshold, the coefficients are learned from the training parts alone, with the fold's list; so validation subjects
 * choose epoch, list and threshold, and teach nothing that scores them. The bundle's coefficients are learned from all
 * development subjects, and its list is chosen on them: no figure is of these.
 */
import {
  addToCrackleOdds,
  type BundleManifest,
  crackleClasses,
  crackleScore,
  type MeasureWeights,
  measuredLogit,
} from '@crepitus/model';
import { classesOf } from '@crepitus/recordings';
import { chooseMeasures, type MeasureChoice } from './choose-measures.ts';
import { fitMeasures, type MeasuredCycle } from './fit-measures.ts';
import type { RunConfig } from './run-config.ts';
import type { Splits } from './run-record.ts';
import type { DataCycle } from './training-data.ts';

export interface ScoredPart {
  readonly cycles: readonly DataCycle[];
  /** Of the task's classes, for each cycle. */
  readonly probabilities: readonly (readonly number[])[];
}

/** What the network of a fold says. */
export interface FoldScores {
  readonly fold: number;
  readonly splits: Pick<Splits, 'train' | 'validation' | 'test' | 'mixTrain' | 'mixValidation'>;
  readonly validation: ScoredPart;
  readonly test: ScoredPart;
}

/** A list that was named was not chosen: it has no inner figures. */
export type TakenMeasures = Pick<MeasureChoice, 'list'> & { readonly inner: MeasureChoice['inner'] | null };

export interface FusedFold {
  readonly fold: number;
  readonly taken: TakenMeasures;
  /** Networks and measures together. */
  readonly validation: ScoredPart;
  readonly test: ScoredPart;
}

export const fusedSystems = ['networks', 'measures', 'both'] as const;
export type FusedSystem = (typeof fusedSystems)[number];

/** What one system says of a normal or crackle cycle that it did not learn from. */
export interface SystemCase {
  readonly cycle: DataCycle;
  readonly isCrackle: boolean;
  readonly fold: string;
  readonly score: number;
}

export interface FusedMeasures {
  readonly folds: readonly FusedFold[];
  /** Of the bundle. */
  readonly taken: TakenMeasures;
  readonly measures: NonNullable<BundleManifest['measures']>;
  /** The same test cycles by the networks alone, by the measures alone (log odds), and by both. */
  readonly cases: Readonly<Record<FusedSystem, readonly SystemCase[]>>;
}

export interface FuseOptions {
  /** Of the test parts, where they are other cycles than those that are learned from; default: `measured`. */
  readonly tested?: ReadonlyMap<DataCycle, MeasuredCycle> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Folds that are done, the bundle counted as one more. */
  readonly onProgress?: ((done: number, of: number) => void) | undefined;
}

/**
 * @param measured of all cycles that are learned from or validate
 * @throws CrepitusError `one-class`, those of `chooseMeasures`; what the signal throws
 */
export async function fuseMeasures(
  {
    task,
    seed,
    measures,
  }: Pick<RunConfig, 'task' | 'seed'> & { measures: NonNullable<RunConfig['measures']> },
  folds: readonly FoldScores[],
  measured: ReadonlyMap<DataCycle, MeasuredCycle>,
  { tested = measured, signal, onProgress }: FuseOptions = {},
): Promise<FusedMeasures> {
  const of = (own: readonly string[], mixed: readonly string[], unseen: readonly string[]) => {
    const [taught, mixedIn, never] = [new Set(own), new Set(mixed), new Set(unseen)];
    return [...measured.values()].filter(
      ({ subject, isMixed }) => (isMixed ? mixedIn : taught).has(subject) && !never.has(subject),
    );
  };
  const take = async (learned: readonly MeasuredCycle[]): Promise<TakenMeasures> =>
    measures === 'auto' ? chooseMeasures(learned, { seed, signal }) : { list: measures, inner: null };
  const meaning = crackleClasses(classesOf(task));
  const logitOf = (weights: ReturnType<typeof fitMeasures>, { measures }: MeasuredCycle) =>
    measuredLogit(weights, measures[weights.list]);
  const add = (
    { cycles, probabilities }: ScoredPart,
    weights: ReturnType<typeof fitMeasures>,
    measures: typeof measured,
  ): ScoredPart => ({
    cycles,
    probabilities: probabilities.map((each, i) =>
      addToCrackleOdds(each, meaning, logitOf(weights, measures.get(cycles[i]!)!)),
    ),
  });

  const fused: FusedFold[] = [];
  const cases: Record<FusedSystem, SystemCase[]> = { networks: [], measures: [], both: [] };
  for (const { fold, splits, validation, test } of folds) {
    onProgress?.(fused.length, folds.length + 1);
    const mixed = [...splits.mixTrain, ...splits.mixValidation];
    const training = of(splits.train, splits.mixTrain, [...splits.validation, ...splits.test]);
    const others = of([...splits.train, ...splits.validation], mixed, splits.test);
    const taken = await take(others);
    const weights = fitMeasures(others, taken.list);
    const both = add(test, weights, tested);
    fused.push({
      fold,
      taken,
      test: both,
      validation: add(validation, fitMeasures(training, taken.list), measured),
    });
    for (const [i, cycle] of test.cycles.entries()) {
      const ofCycle = tested.get(cycle)!;
      const { isCrackle } = ofCycle;
      if (isCrackle === null) continue;
      const shared = { cycle, isCrackle, fold: String(fold) };
      cases.networks.push({ ...shared, score: crackleScore(test.probabilities[i]!, meaning) });
      cases.measures.push({ ...shared, score: logitOf(weights, ofCycle) });
      cases.both.push({ ...shared, score: crackleScore(both.probabilities[i]!, meaning) });
    }
  }
  onProgress?.(folds.length, folds.length + 1);
  const { train, validation, test, mixTrain, mixValidation } = folds[0]!.splits;
  const all = of([...train, ...validation, ...test], [...mixTrain, ...mixValidation], []);
  const taken = await take(all);
  return { folds: fused, taken, measures: ofBundle(fitMeasures(all, taken.list), all), cases };
}

function ofBundle(
  { list, intercept, coefficients }: MeasureWeights,
  all: readonly MeasuredCycle[],
): FusedMeasures['measures'] {
  const learned = all.filter(({ isCrackle }) => isCrackle !== null);
  const counts = [...new Set(learned.map(({ kind }) => kind))].map(
    kind => `${learned.filter(each => each.kind === kind).length} cycles or events of ${kind}`,
  );
  return {
    list,
    intercept,
    coefficients: [...coefficients],
    learnedFrom: `${counts.join(' and ')}${counts.length > 1 ? ', each data set with equal weight' : ''}`,
  };
}
