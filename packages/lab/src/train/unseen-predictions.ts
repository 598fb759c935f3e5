/** What a trained bundle's networks say of the subjects that they did not learn from, made again after the run folder has gone. */
import { CrepitusError } from '@crepitus/dsp';
import {
  addToCrackleOdds,
  type Bundle,
  type BundleManifest,
  crackleClasses,
  crackleScore,
  type MeasureWeights,
  measuredLogit,
  networkFromWeights,
  networkSpecOf,
  type ScoreCases,
  startBackend,
} from '@crepitus/model';
import { classesOf } from '@crepitus/recordings';
import type { PredictionTable } from '../evaluate/predictions.ts';
import type { PrepareOptions } from '../features/cycle-store.ts';
import { BatchMaker } from './batches.ts';
import { ofSource } from './bundle-draft.ts';
import { casesOf, countCases, type DataCase, scoredBy } from './count-cases.ts';
import { fitMeasures, measureCycles } from './fit-measures.ts';
import { predictionTable } from './prediction-table.ts';
import { defaultConfig, type RunChoices, type RunConfig } from './run-config.ts';
import type { Splits } from './run-record.ts';
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

/** What one system says of a normal or crackle cycle that it did not learn from. */
export interface SystemCase {
  readonly cycle: DataCycle;
  readonly isCrackle: boolean;
  readonly fold: string;
  readonly score: number;
}

export interface MeasuredPredictions extends UnseenPredictions {
  readonly measures: NonNullable<BundleManifest['measures']>;
  /** The same cycles by the networks alone, by the measures alone (log odds), and by both. */
  readonly parts: Readonly<Record<'network' | 'measures' | 'both', readonly SystemCase[]>>;
}

/**
 * @param choices of the run: data, seed, folds or share of validation; the rest stands in the bundle
 * @throws CrepitusError `members-folds` (usage), those of reading data
 */
export async function predictUnseen(
  bundle: Bundle,
  kind: RunConfig['kind'],
  choices: UnseenChoices,
  options: PrepareOptions = {},
): Promise<UnseenPredictions> {
  const config = configOf(bundle, kind, choices);
  const data = await readTrainingData(config, options);
  return gather(bundle, config, data, member => member);
}

/**
 * Adds measures of the sound to a trained bundle (`fitMeasures`), and predicts what it then says of subjects that neither its
 * networks nor the coefficients learned from. The coefficients choose nothing by validation: for a fold's test part they are
 * learned from all its other subjects and the mixed data, for its validation part, which gives the threshold, from the
 * training parts, and in the bundle from all development subjects.
 *
 * @param choices those of the run that made the bundle, mixed data included
 * @throws CrepitusError as `predictUnseen`; `one-class`
 */
export async function addMeasures(
  bundle: Bundle,
  choices: UnseenChoices,
  options: PrepareOptions = {},
): Promise<MeasuredPredictions> {
  const config = configOf(bundle, 'target', choices);
  const data = await readTrainingData(config, options);
  const measured = await measureCycles(config, [...data.cycles, ...data.mixed]);
  const meaning = crackleClasses(classesOf(config.task));
  const parts = { network: [] as SystemCase[], measures: [] as SystemCase[], both: [] as SystemCase[] };
  const unseen = await gather(bundle, config, data, ({ own: ofFold, splits, validation, unseen }) => {
    const learn = (subjects: readonly string[]) => {
      const taught = new Set(subjects);
      return fitMeasures([...measured].flatMap(([{ subject }, each]) => (taught.has(subject) ? [each] : [])));
    };
    const training = learn([...splits.train, ...splits.mixTrain]);
    const others = learn([
      ...splits.train,
      ...splits.mixTrain,
      ...splits.validation,
      ...splits.mixValidation,
    ]);
    const logit = (weights: MeasureWeights, cycle: DataCycle) =>
      measuredLogit(weights, measured.get(cycle)!.measures);
    const withMeasures = ({ cycles, probabilities }: ScoredPart, weights: MeasureWeights): ScoredPart => ({
      cycles,
      probabilities: probabilities.map((each, i) =>
        addToCrackleOdds(each, meaning, logit(weights, cycles[i]!)),
      ),
    });
    const tested = withMeasures(unseen, others);
    for (const [i, cycle] of unseen.cycles.entries()) {
      const isCrackle = measured.get(cycle)!.isCrackle;
      if (isCrackle === null) continue;
      const shared = { cycle, isCrackle, fold: String(ofFold.fold) };
      parts.network.push({ ...shared, score: crackleScore(unseen.probabilities[i]!, meaning) });
      parts.measures.push({ ...shared, score: logit(others, cycle) });
      parts.both.push({ ...shared, score: crackleScore(tested.probabilities[i]!, meaning) });
    }
    return { validation: withMeasures(validation, training), unseen: tested };
  });
  const learned = [...measured.values()].filter(({ isCrackle }) => isCrackle !== null);
  const counts = [...new Set(learned.map(({ kind }) => kind))].map(
    kind => `${learned.filter(each => each.kind === kind).length} cycles or events of ${kind}`,
  );
  const { intercept, coefficients } = fitMeasures(learned);
  return {
    ...unseen,
    measures: {
      intercept,
      coefficients: [...coefficients],
      learnedFrom: `${counts.join(' and ')}, each data set with equal weight`,
    },
    parts,
  };
}

interface ScoredPart {
  readonly cycles: readonly DataCycle[];
  readonly probabilities: readonly (readonly number[])[];
}

interface FoldParts {
  readonly validation: ScoredPart;
  /** The test part; without folds the validation part. */
  readonly unseen: ScoredPart;
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

/** @param change what becomes of the predictions of each member before they are counted */
async function gather(
  bundle: Bundle,
  config: RunConfig,
  data: TrainingData,
  change: (member: FoldParts & { own: RunConfig; splits: Splits }) => FoldParts,
): Promise<UnseenPredictions> {
  await startBackend();
  const { task } = config;
  const groups = new Map(subjectsOf(data.cycles).map(({ subject, group }) => [subject, group]));
  const rows: PredictionTable['rows'][number][] = [];
  const cases: DataCase[] = [];
  const validated: DataCase[] = [];
  let classes: readonly string[] = [];
  for (const [member, weights] of bundle.members.entries()) {
    const own = config.folds === null ? config : { ...config, fold: member + 1 };
    const splits = splitSubjects(data, own);
    const batches = new BatchMaker(own);
    const trained = networkFromWeights(networkSpecOf(bundle.manifest), weights);
    const score = async (subjects: readonly string[]): Promise<ScoredPart> => {
      const members = new Set(subjects);
      const cycles = data.cycles.filter(({ subject }) => members.has(subject));
      return { cycles, probabilities: await predict(trained, batches, cycles) };
    };
    try {
      const plain = await score(splits.validation);
      const tested = splits.test.length === 0 ? plain : await score(splits.test);
      const { validation, unseen } = change({ own, splits, validation: plain, unseen: tested });
      validated.push(...casesOf(task, validation.cycles, validation.probabilities));
      cases.push(...casesOf(task, unseen.cycles, unseen.probabilities));
      const table = predictionTable(own, unseen.cycles, unseen.probabilities, groups);
      rows.push(...table.rows);
      classes = table.classes;
    } finally {
      trained.dispose();
    }
  }
  return {
    table: { classes, rows },
    scoreCases: await countCases(
      cases,
      scoredBy(config, config.folds !== null),
      bundle.manifest.trainedOn.filter(({ dataset }) => dataset.endsWith(ofSource)),
    ),
    threshold: bestThreshold(
      validated.map(({ score }) => score),
      validated.map(({ isCrackle }) => isCrackle),
    ),
  };
}
