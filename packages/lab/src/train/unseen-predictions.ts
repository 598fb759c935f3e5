/** What a trained bundle's networks say of the subjects that they did not learn from, made again after the run folder has gone. */
import { CrepitusError } from '@crepitus/dsp';
import {
  type Bundle,
  networkFromWeights,
  networkSpecOf,
  type ScoreCases,
  startBackend,
} from '@crepitus/model';
import { withFoundCycles } from '../cycles-from-sound/found-cycles.ts';
import type { PredictionTable } from '../evaluate/predictions.ts';
import type { PrepareOptions } from '../features/cycle-store.ts';
import { BatchMaker } from './batches.ts';
import { ofSource } from './bundle-draft.ts';
import { casesOf, countCases, type DataCase, scoredBy } from './count-cases.ts';
import { measureCycles } from './fit-measures.ts';
import { type FoldScores, type FusedMeasures, fuseMeasures, type ScoredPart } from './fuse-measures.ts';
import { predictionTable } from './prediction-table.ts';
import { defaultConfig, type RunChoices, type RunConfig } from './run-config.ts';
import { splitSubjects, subjectsOf } from './splits.ts';
import { bestThreshold } from './threshold.ts';
import { type DataCycle, readTrainingData, type TrainingData } from './training-data.ts';
import { predict } from './validate.ts';

export interface UnseenPredictions {
  /** Of the test parts with folds, of the validation part without. */
  readonly table: PredictionTable;
  readonly scoreCases: readonly ScoreCases[];
  /** As the validation parts choose it: the bundle's own, but for rounding, where seed, folds and data are the run's. */
  readonly threshold: number;
}

export type UnseenChoices = Pick<RunChoices, 'data' | 'mix' | 'seed' | 'folds' | 'select'>;

/** Which cycles of the test subjects are scored: those annotated, or those that `withFoundCycles` finds in the sound. */
export type TestCycles = 'annotated' | 'found';

export interface MeasuredPredictions extends UnseenPredictions {
  readonly fused: FusedMeasures;
}

/**
 * @param choices of the run: data, seed, folds or share of validation; the rest stands in the bundle
 * @throws CrepitusError `members-folds` and `bundle-measures` (usage), those of reading data
 */
export async function predictUnseen(
  bundle: Bundle,
  kind: RunConfig['kind'],
  choices: UnseenChoices,
  options: PrepareOptions = {},
): Promise<UnseenPredictions> {
  if (bundle.manifest.measures !== undefined) {
    throw new CrepitusError(
      'bundle-measures',
      `The bundle ${bundle.id} adds measures of the sound to its networks, whose scores alone are none of its own; fit the measures anew (addMeasures).`,
      { kind: 'usage' },
    );
  }
  const config = configOf(bundle, kind, choices);
  const data = await readTrainingData(config, options);
  const scores = await scoreUnseen(bundle, config, data);
  return count(bundle, config, data, scores, bundle.manifest.threshold.value);
}

/**
 * Adds measures of the sound to a bundle trained in folds, as `train target --measures` does (`fuseMeasures`), and predicts
 * what it then says of subjects that neither its networks nor the coefficients learned from. Measures that the bundle has
 * already are left aside. With found cycles only what is tested changes: whatever learns, chooses or validates has annotated
 * ones.
 *
 * @param choices those of the run that made the bundle, mixed data included
 * @throws CrepitusError as `predictUnseen`; `run-config` without folds, those of `fuseMeasures`
 */
export async function addMeasures(
  bundle: Bundle,
  choices: UnseenChoices & {
    readonly measures: NonNullable<RunConfig['measures']>;
    readonly testCycles?: TestCycles;
  },
  options: PrepareOptions = {},
): Promise<MeasuredPredictions> {
  const { testCycles = 'annotated', ...ofRun } = choices;
  const config = configOf(bundle, 'target', ofRun);
  const data = await readTrainingData(config, options);
  const measured = await measureCycles(config, data);
  const found = testCycles === 'found' ? await readFound(config, options) : null;
  const tested = found === null ? measured : await measureCycles(config, found);
  const scores = await scoreUnseen(bundle, config, data, found?.cycles);
  const fused = await fuseMeasures({ ...config, measures: choices.measures }, scores, measured, { tested });
  return { ...(await count(bundle, config, data, fused.folds, null)), fused };
}

function readFound(config: RunConfig, options: PrepareOptions): Promise<TrainingData> {
  return readTrainingData({ ...config, mix: null }, options, withFoundCycles);
}

function configOf(bundle: Bundle, kind: RunConfig['kind'], choices: UnseenChoices): RunConfig {
  const { task, inputs, ratio, padding, phases, frontEnd, network } = bundle.manifest;
  const { blocks } = network;
  const config = defaultConfig(kind, { task, inputs, ratio, padding, phases, frontEnd, blocks, ...choices });
  if (bundle.members.length !== (config.folds ?? 1)) {
    throw new CrepitusError(
      'members-folds',
      `The bundle ${bundle.id} has ${bundle.members.length} networks, and the run ${config.folds ?? 'no'} folds; name as many folds as it was trained in.`,
      { kind: 'usage' },
    );
  }
  return config;
}

/**
 * Each network on its validation and test part; without folds what validated is the test part too.
 *
 * @param tested of whose subjects the test parts are; default: those of the data
 */
async function scoreUnseen(
  bundle: Bundle,
  config: RunConfig,
  data: TrainingData,
  tested: readonly DataCycle[] = data.cycles,
): Promise<FoldScores[]> {
  await startBackend();
  const batches = new BatchMaker(config);
  const scores: FoldScores[] = [];
  for (const [member, weights] of bundle.members.entries()) {
    const splits = splitSubjects(data, ofMember(config, member + 1));
    const trained = networkFromWeights(networkSpecOf(bundle.manifest), weights);
    const score = async (
      subjects: readonly string[],
      all: readonly DataCycle[] = data.cycles,
    ): Promise<ScoredPart> => {
      const members = new Set(subjects);
      const cycles = all.filter(({ subject }) => members.has(subject));
      return { cycles, probabilities: await predict(trained, batches, cycles) };
    };
    try {
      const validation = await score(splits.validation);
      const test = splits.test.length === 0 ? validation : await score(splits.test, tested);
      scores.push({ fold: member + 1, splits, validation, test });
    } finally {
      trained.dispose();
    }
  }
  return scores;
}

function ofMember(config: RunConfig, fold: number): RunConfig {
  return config.folds === null ? config : { ...config, fold };
}

/** @param kept the threshold that stays; null: the one that the validation parts choose here is the bundle's */
async function count(
  bundle: Bundle,
  config: RunConfig,
  data: TrainingData,
  folds: readonly Pick<FoldScores, 'fold' | 'validation' | 'test'>[],
  kept: number | null,
): Promise<UnseenPredictions> {
  const { task } = config;
  const groups = new Map(subjectsOf(data.cycles).map(({ subject, group }) => [subject, group]));
  const tables = folds.map(({ fold, test }) =>
    predictionTable(ofMember(config, fold), test.cycles, test.probabilities, groups),
  );
  const casesOfPart = (part: 'validation' | 'test'): DataCase[] =>
    folds.flatMap(({ [part]: { cycles, probabilities } }) => casesOf(task, cycles, probabilities));
  const validated = casesOfPart('validation');
  const threshold = bestThreshold(
    validated.map(({ score }) => score),
    validated.map(({ isCrackle }) => isCrackle),
  );
  return {
    table: { classes: tables[0]!.classes, rows: tables.flatMap(({ rows }) => rows) },
    scoreCases: await countCases(
      casesOfPart('test'),
      kept ?? threshold,
      scoredBy(config, config.folds !== null),
      bundle.manifest.trainedOn.filter(({ dataset }) => dataset.endsWith(ofSource)),
    ),
    threshold,
  };
}
