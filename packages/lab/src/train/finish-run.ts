import { writeWhole } from '@crepitus/datasets';
import { type Bundle, type Network, readSafetensors, writeSafetensors } from '@crepitus/model';
import { writeBundle } from '@crepitus/model/node';
import { classIndex } from '@crepitus/recordings';
import { formatPredictions } from '../evaluate/predictions.ts';
import type { BatchMaker } from './batches.ts';
import { draftBundle } from './bundle-draft.ts';
import { casesOf, countCases, scoredBy } from './count-cases.ts';
import { predictionTable } from './prediction-table.ts';
import type { RunConfig } from './run-config.ts';
import type { RunFolder } from './run-folder.ts';
import { bestThreshold } from './threshold.ts';
import type { DataCycle } from './training-data.ts';
import { crackleScores, predict, validationFigures } from './validate.ts';

export interface TrainedRun {
  readonly config: RunConfig;
  readonly run: RunFolder;
  /** With the chosen epoch's weights; gets the stored ones, rounded to float16. */
  readonly network: Network;
  readonly batches: BatchMaker;
  readonly source: Bundle | null;
  /** Trained on, mixed data included. */
  readonly train: readonly DataCycle[];
  readonly validation: readonly DataCycle[];
  readonly mixValidation: readonly DataCycle[];
  readonly test: readonly DataCycle[];
  /** Keys of subjects. */
  readonly heldBack: readonly string[];
  /** Group of each subject, by its key. */
  readonly groups: ReadonlyMap<string, string>;
}

/** Predicts with the weights as they are stored, chooses the threshold, writes the tables and the bundle. */
export async function finishRun(trained: TrainedRun): Promise<void> {
  const { config, run, network, batches, validation, mixValidation, test, groups } = trained;
  const weights = readSafetensors(writeSafetensors(network.readWeights(), 'F16'), 'the trained weights');
  network.writeWeights(weights);

  const write = async (name: string, cycles: readonly DataCycle[], probabilities: readonly number[][]) =>
    writeWhole(run.file(name), formatPredictions(predictionTable(config, cycles, probabilities, groups)));
  const validated = await predict(network, batches, validation);
  const mixValidated = await predict(network, batches, mixValidation);
  await write('validation.csv', [...validation, ...mixValidation], [...validated, ...mixValidated]);
  // Without a test part the validation subjects are those whom the network did not learn from.
  const unseen = test.length === 0 ? validation : test;
  const predicted = test.length === 0 ? validated : await predict(network, batches, test);
  await write('predictions.csv', unseen, predicted);

  const { scores, positives } = crackleScores(config.task, validation, validated);
  const inTask = validation.flatMap((cycle, i) =>
    classIndex(config.task, cycle.cycle.label) === null ? [] : [{ cycle, probabilities: validated[i]! }],
  );
  const figures = validationFigures(
    config.task,
    inTask.map(({ cycle }) => cycle),
    inTask.map(({ probabilities }) => probabilities),
  );
  const subjects = new Set(validation.map(({ subject }) => subject)).size;
  const threshold = bestThreshold(scores, positives);
  const draft = await draftBundle({
    config,
    members: [weights],
    learnedFrom: [...trained.train, ...validation, ...mixValidation].filter(
      ({ cycle }) => classIndex(config.task, cycle.label) !== null,
    ),
    heldBack: trained.heldBack,
    source: trained.source,
    threshold: {
      value: threshold,
      chosenBy: `the highest F on ${scores.length} cycles of ${subjects} validation subjects`,
    },
    scoreCases: await countCases(
      casesOf(config.task, unseen, predicted),
      threshold,
      scoredBy(config, test.length > 0),
      trained.source?.manifest.trainedOn ?? [],
    ),
    figures: [
      `${figures.cycles} cycles of ${subjects} subjects, which also chose the epoch (${config.select}): accuracy ${figures.accuracy.toFixed(3)}, AUC crackle against normal ${figures.auc?.toFixed(3) ?? 'not defined'}`,
    ],
  });
  await writeBundle(run.file('bundle'), draft);
}
