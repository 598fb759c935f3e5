import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '@crepitus/datasets';
import { type Bundle, crackleClasses, crackleScore, type NamedArray } from '@crepitus/model';
import { openBundle, writeBundle } from '@crepitus/model/node';
import { classesOf, classIndex } from '@crepitus/recordings';
import { deviceKey, figuresOf } from '../evaluate/figures.ts';
import {
  formatPredictions,
  type Prediction,
  type PredictionTable,
  parsePredictions,
} from '../evaluate/predictions.ts';
import { draftBundle } from './bundle-draft.ts';
import { countCases, scoredBy } from './count-cases.ts';
import type { RunConfig } from './run-config.ts';
import type { RunFolder } from './run-folder.ts';
import { bestThreshold } from './threshold.ts';
import type { TrainingData } from './training-data.ts';
import { crackleAgainstNormal } from './validate.ts';

/** Joins the folds' predictions and makes the bundle of their networks, whose probabilities are averaged. */
export async function finishFolds(run: RunFolder, config: RunConfig, data: TrainingData): Promise<void> {
  const folds = Array.from({ length: config.folds! }, (_, i) => run.file(`fold-${i + 1}`));
  const predictions = await joinTables(folds, 'predictions.csv', run);
  const validation = await joinTables(folds, 'validation.csv', run);
  const members: (readonly NamedArray[])[] = [];
  for (const fold of folds) members.push(...(await openBundle(join(fold, 'bundle'))).members);

  // The mixed data validates in every fold again; the threshold is for the data that the run is about.
  const own = new Map(data.cycles.map(cycle => [cycle.recording.id, cycle]));
  const tested = scored(predictions.rows, config);
  const validated = scored(
    validation.rows.filter(({ recording }) => own.has(recording)),
    config,
  );
  const figures = figuresOf({
    scores: tested.map(({ score }) => score),
    positives: tested.map(({ isCrackle }) => isCrackle),
    subjects: tested.map(({ row }) => row.subject),
    devices: tested.map(({ row }) => deviceKey(row.device, row.sampleRate)),
    folds: tested.map(({ row }) => row.fold),
  });
  const text = (figure: number | null) => figure?.toFixed(3) ?? 'not defined';
  const source: Bundle | null = config.transfer === null ? null : await openBundle(config.transfer.path);
  const draft = await draftBundle({
    config,
    members,
    learnedFrom: [...data.cycles, ...data.mixed].filter(
      ({ cycle }) => classIndex(config.task, cycle.label) !== null,
    ),
    heldBack: data.heldBack,
    source,
    threshold: {
      value: bestThreshold(
        validated.map(({ score }) => score),
        validated.map(({ isCrackle }) => isCrackle),
      ),
      chosenBy: `the highest F on the ${validated.length} validation cycles of ${config.folds} folds, each scored by the network of its fold alone`,
    },
    scoreCases: await countCases(
      tested.map(({ row, score, isCrackle }) => {
        const { kind, unit, subject } = own.get(row.recording)!;
        return { kind, unit, subject, score, isCrackle };
      }),
      scoredBy(config, true),
      source?.manifest.trainedOn ?? [],
    ),
    figures: [
      `out of fold (each network on its test fold, mean of ${config.folds} folds, epoch by ${config.select}): AUC crackle against normal ${text(figures.auc)}, within device and sample rate ${text(figures.aucWithinDevice)}`,
    ],
  });
  await writeBundle(run.file('bundle'), draft);
}

async function joinTables(folds: readonly string[], name: string, run: RunFolder): Promise<PredictionTable> {
  const tables = await Promise.all(
    folds.map(async fold => {
      const file = join(fold, name);
      return parsePredictions(await readFile(file, 'utf8'), file);
    }),
  );
  const joined = { classes: tables[0]!.classes, rows: tables.flatMap(({ rows }) => rows) };
  await writeWhole(run.file(name), formatPredictions(joined));
  return joined;
}

/** The rows that are normal or crackle in the run's task, with the score of crackle against normal. */
function scored(rows: readonly Prediction[], { task }: RunConfig) {
  const meaning = crackleClasses(classesOf(task));
  return rows.flatMap(row => {
    const isCrackle = crackleAgainstNormal(task, row.label);
    if (row.scores === null || isCrackle === null) return [];
    return [{ row, score: crackleScore(row.scores, meaning), isCrackle }];
  });
}
