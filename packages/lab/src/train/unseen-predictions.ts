/** What a trained bundle's networks say of the subjects that they did not learn from, made again after the run folder has gone. */
import { CrepitusError } from '@crepitus/dsp';
import {
  type Bundle,
  networkFromWeights,
  networkSpecOf,
  type ScoreCases,
  startBackend,
} from '@crepitus/model';
import type { PredictionTable } from '../evaluate/predictions.ts';
import type { PrepareOptions } from '../features/cycle-store.ts';
import { BatchMaker } from './batches.ts';
import { ofSource } from './bundle-draft.ts';
import { casesOf, countCases, type DataCase, scoredBy } from './count-cases.ts';
import { predictionTable } from './prediction-table.ts';
import { defaultConfig, type RunChoices, type RunConfig } from './run-config.ts';
import { splitSubjects, subjectsOf } from './splits.ts';
import { bestThreshold } from './threshold.ts';
import { readTrainingData } from './training-data.ts';
import { predict } from './validate.ts';

export interface UnseenPredictions {
  /** Of the test parts with folds, of the validation part without. */
  readonly table: PredictionTable;
  readonly scoreCases: readonly ScoreCases[];
  /** As the validation parts choose it: the bundle's own, but for rounding, where seed, folds and data are the run's. */
  readonly threshold: number;
}

/**
 * @param choices of the run: data, seed, folds or share of validation; the rest stands in the bundle
 * @throws CrepitusError `members-folds` (usage), those of reading data
 */
export async function predictUnseen(
  bundle: Bundle,
  kind: RunConfig['kind'],
  choices: Pick<RunChoices, 'data' | 'seed' | 'folds' | 'select'>,
  options: PrepareOptions = {},
): Promise<UnseenPredictions> {
  const { task, inputs, ratio, padding, phases, frontEnd, network, trainedOn } = bundle.manifest;
  const config = defaultConfig(kind, {
    task,
    inputs,
    ratio,
    padding,
    phases,
    frontEnd,
    blocks: network.blocks,
    ...choices,
  });
  if (bundle.members.length !== (config.folds ?? 1)) {
    throw new CrepitusError(
      'members-folds',
      `The bundle ${bundle.id} has ${bundle.members.length} networks, and the run ${config.folds ?? 'no'} folds; name as many folds as it was trained in.`,
      { kind: 'usage' },
    );
  }
  await startBackend();
  const data = await readTrainingData(config, options);
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
    const score = async (subjects: readonly string[]) => {
      const members = new Set(subjects);
      const cycles = data.cycles.filter(({ subject }) => members.has(subject));
      return { cycles, probabilities: await predict(trained, batches, cycles) };
    };
    try {
      const validation = await score(splits.validation);
      validated.push(...casesOf(task, validation.cycles, validation.probabilities));
      const unseen = splits.test.length === 0 ? validation : await score(splits.test);
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
      trainedOn.filter(({ dataset }) => dataset.endsWith(ofSource)),
    ),
    threshold: bestThreshold(
      validated.map(({ score }) => score),
      validated.map(({ isCrackle }) => isCrackle),
    ),
  };
}
