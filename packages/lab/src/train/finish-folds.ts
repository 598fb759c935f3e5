import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '@crepitus/datasets';
import type { Bundle, NamedArray } from '@crepitus/model';
import { openBundle, writeBundle } from '@crepitus/model/node';
import { classIndex } from '@crepitus/recordings';
import { deviceKey, figuresOf } from '../evaluate/figures.ts';
import { formatPredictions, type PredictionTable, parsePredictions } from '../evaluate/predictions.ts';
import { draftBundle } from './bundle-draft.ts';
import { countCases, scoredBy, scoredRows } from './count-cases.ts';
import { measureCycles } from './fit-measures.ts';
import { type FusedMeasures, type FuseOptions, fuseMeasures, type ScoredPart } from './fuse-measures.ts';
import { measuresReport, measuresReportText, writeMeasuresReport } from './measures-report.ts';
import type { RunConfig } from './run-config.ts';
import type { RunFolder } from './run-folder.ts';
import { splitSubjects } from './splits.ts';
import { bestThreshold } from './threshold.ts';
import type { TrainingData } from './training-data.ts';

/**
 * Joins the folds' predictions and makes the bundle of their networks, whose probabilities are averaged. With measures of the
 * sound the joined tables are of networks and measures together (`fuseMeasures`), as the bundle's scores are; those of
 * the networks alone are in the folds.
 *
 * @throws CrepitusError those of `fuseMeasures`; what the signal throws
 */
export async function finishFolds(
  run: RunFolder,
  config: RunConfig,
  data: TrainingData,
  options: FuseOptions = {},
): Promise<void> {
  const folds = Array.from({ length: config.folds! }, (_, i) => run.file(`fold-${i + 1}`));
  const networks = {
    predictions: await readTables(folds, 'predictions.csv'),
    validation: await readTables(folds, 'validation.csv'),
  };
  const fused = config.measures === null ? null : await fuseTables(networks, config, data, options);
  const [predictions, validation] = (await Promise.all(
    (['predictions', 'validation'] as const).map(name =>
      writeJoined(run, `${name}.csv`, (fused ?? networks)[name]),
    ),
  )) as [PredictionTable, PredictionTable];
  const report = fused && measuresReport(fused, config.seed);
  if (report !== null) await writeMeasuresReport(run.path, report);
  const members: (readonly NamedArray[])[] = [];
  for (const fold of folds) members.push(...(await openBundle(join(fold, 'bundle'))).members);

  // The mixed data validates in every fold again; the threshold is for the data that the run is about.
  const own = new Map(data.cycles.map(cycle => [cycle.recording.id, cycle]));
  const tested = scoredRows(config.task, predictions.rows);
  const validated = scoredRows(
    config.task,
    validation.rows.filter(({ recording }) => own.has(recording)),
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
  const threshold = bestThreshold(
    validated.map(({ score }) => score),
    validated.map(({ isCrackle }) => isCrackle),
  );
  const draft = await draftBundle({
    config,
    members,
    learnedFrom: [...data.cycles, ...data.mixed].filter(
      ({ cycle }) => classIndex(config.task, cycle.label) !== null,
    ),
    heldBack: data.heldBack,
    source,
    threshold: {
      value: threshold,
      chosenBy: `the highest F on the ${validated.length} validation cycles of ${config.folds} folds, each scored by the network of its fold alone${fused === null ? '' : ', with measures of the sound that did not learn from it'}`,
    },
    scoreCases: await countCases(
      tested.map(({ row, score, isCrackle }) => {
        const { kind, unit, subject } = own.get(row.recording)!;
        return { kind, unit, subject, score, isCrackle };
      }),
      threshold,
      scoredBy(config, true),
      source?.manifest.trainedOn ?? [],
    ),
    figures: [
      `out of fold (each network on its test fold${fused === null ? '' : ', measures of the sound added'}, mean of ${config.folds} folds, epoch by ${config.select}): AUC crackle against normal ${text(figures.auc)}, within device and sample rate ${text(figures.aucWithinDevice)}`,
      ...(report === null ? [] : measuresReportText(report)),
    ],
    ...(fused !== null && { measures: fused.measures }),
  });
  await writeBundle(run.file('bundle'), draft);
}

/** One per fold. */
function readTables(folds: readonly string[], name: string): Promise<PredictionTable[]> {
  return Promise.all(
    folds.map(async fold => {
      const file = join(fold, name);
      return parsePredictions(await readFile(file, 'utf8'), file);
    }),
  );
}

async function writeJoined(
  run: RunFolder,
  name: string,
  tables: readonly PredictionTable[],
): Promise<PredictionTable> {
  const joined = { classes: tables[0]!.classes, rows: tables.flatMap(({ rows }) => rows) };
  await writeWhole(run.file(name), formatPredictions(joined));
  return joined;
}

type Tables = Readonly<Record<'predictions' | 'validation', readonly PredictionTable[]>>;

/** The tables of the folds with measures of the sound added to every score. */
async function fuseTables(
  networks: Tables,
  config: RunConfig,
  data: TrainingData,
  options: FuseOptions,
): Promise<FusedMeasures & Tables> {
  const cycleOf = new Map([...data.cycles, ...data.mixed].map(cycle => [keyOf(cycle), cycle]));
  const partOf = ({ rows }: PredictionTable): ScoredPart => ({
    cycles: rows.map(
      ({ recording: id, channel, start, end }) =>
        cycleOf.get(keyOf({ recording: { id }, channel, cycle: { start, end } }))!,
    ),
    // A network abstains from nothing.
    probabilities: rows.map(({ scores }) => scores!),
  });
  const measured = await measureCycles(config, data, options.signal);
  const fused = await fuseMeasures(
    { ...config, measures: config.measures! },
    networks.predictions.map((test, i) => ({
      fold: i + 1,
      splits: splitSubjects(data, { ...config, fold: i + 1 }),
      test: partOf(test),
      validation: partOf(networks.validation[i]!),
    })),
    measured,
    options,
  );
  const scored = (tables: readonly PredictionTable[], part: 'test' | 'validation') =>
    tables.map(({ classes, rows }, i) => {
      const { probabilities } = fused.folds[i]![part];
      return { classes, rows: rows.map((row, k) => ({ ...row, scores: probabilities[k]! })) };
    });
  return {
    ...fused,
    predictions: scored(networks.predictions, 'test'),
    validation: scored(networks.validation, 'validation'),
  };
}

function keyOf(of: {
  readonly recording: { readonly id: string };
  readonly channel: number;
  readonly cycle: { readonly start: number; readonly end: number };
}): string {
  return JSON.stringify([of.recording.id, of.channel, of.cycle.start, of.cycle.end]);
}
