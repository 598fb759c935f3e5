/**
 * The folder of an experiment: every training of a plan, which moves, resumes and finishes anywhere.
 *
 *     experiment.json                   what is done: data, versions, systems, source networks, list of runs
 *     plan.json                         the plan with every default filled in
 *     splits.json                       subjects of every fold, which all systems share
 *     data/source, data/target          generated cohorts, where the plan has them (manifest folders)
 *     sources/<padding>/                run folder of a source network (bundle/ in it)
 *     runs/<system>/run-<r>/fold-<k>/   run folder of one training: predictions.csv, epochs.ndjson, bundle/
 *     baselines/<name>/fold-<fold>.csv  what needs no network predicted on the same splits (baselines.ts)
 *     durations.ndjson                  one line per run that ended here: how, and after how long; appended
 *     report/                           what `experiment report` writes
 *     lock                              the owner of the experiment, as in a run folder
 *
 * In a run's predictions.csv the columns `system` and `run` are the training's own (what it is, its seed); the experiment's
 * names are those of the run's entry in experiment.json. Of systems that are the same by construction (`sameAs`) one is
 * trained.
 *
 * After a kill: experiment.json is written last of the files at the top, whole, so that a folder without it has not begun
 * and one with it has its plan and splits. It changes when a source network is done (its sha256) and when data has moved.
 * What state a run is in stands in its own run.json; a run without a folder has not begun. A run that is done has lost its
 * checkpoints/. durations.ndjson may lack lines or have half a line. No file but durations.ndjson and the runs' log.txt
 * holds a time of day, so that a resumed experiment equals an undisturbed one.
 */
import { join } from 'node:path';
import { datasetKinds } from '@crepitus/datasets';
import { batchNormReadings, inputNames, ratios, tuningStarts } from '@crepitus/model';
import { z } from 'zod';

export const experimentSchemaVersion = 1;

export const experimentPaths = {
  experiment: (folder: string) => join(folder, 'experiment.json'),
  plan: (folder: string) => join(folder, 'plan.json'),
  splits: (folder: string) => join(folder, 'splits.json'),
  durations: (folder: string) => join(folder, 'durations.ndjson'),
  report: (folder: string) => join(folder, 'report'),
  /** Of a generated cohort. */
  data: (folder: string, role: 'source' | 'target') => join(folder, 'data', role),
  /** The folder of a run or source network, by its `folder`. */
  run: (folder: string, { folder: relative }: { readonly folder: string }) => join(folder, relative),
  predictions: (folder: string, run: { readonly folder: string }) =>
    join(folder, run.folder, 'predictions.csv'),
  epochs: (folder: string, run: { readonly folder: string }) => join(folder, run.folder, 'epochs.ndjson'),
  bundle: (folder: string, run: { readonly folder: string }) => join(folder, run.folder, 'bundle'),
  /** @param fold its `foldName` */
  baseline: (folder: string, name: string, fold: string) =>
    join(folder, 'baselines', name, `fold-${fold}.csv`),
  baselineValidation: (folder: string, name: string, fold: string) =>
    join(folder, 'baselines', name, `fold-${fold}.validation.csv`),
} as const;

/** Folds of several draws of subjects are other folds: `2`, or `1.2`. */
export function foldName({ draws }: ExperimentSplits, draw: number, fold: number): string {
  return draws.length > 1 ? `${draw}.${fold}` : String(fold);
}

/** Relative to the experiment's folder, with `/` on every system. */
export const relativeFolders = {
  source: (padding: string) => `sources/${padding}`,
  run: (system: string, run: number, fold: number) => `runs/${system}/run-${run}/fold-${fold}`,
} as const;

const padding = z.enum(['sample', 'zero']);

const dataSchema = z.strictObject({
  words: z.string().describe('where the recordings come from, for a title'),
  kind: z.enum(datasetKinds),
  path: z.string().describe('absolute, or relative to the folder of the experiment'),
  fingerprint: z.string().describe('sha256 over audio, cycles, labels and subjects'),
  subjects: z.int(),
  recordings: z.int().describe('with audio and cycles, held-back ones left out'),
  withoutAudio: z.int().describe('recordings that were left out because their audio is missing'),
  cycles: z.record(z.string(), z.int()).describe('by label; a cycle on each channel counts'),
  sites: z
    .array(
      z.strictObject({
        channels: z.record(z.string(), z.string()).describe('site by number of the channel'),
        recordings: z.array(z.string()).describe('that have these'),
      }),
    )
    .default([])
    .describe('where microphones lay, as far as the data says so'),
  problems: z
    .array(z.string())
    .optional()
    .describe('sentences on what was met in the annotations; older experiments lack them'),
});

const systemSchema = z.strictObject({
  name: z.string(),
  inputs: z.array(z.enum(inputNames)),
  ratio: z.enum(ratios).nullable().describe('null: of no effect on these inputs'),
  padding,
  training: z.enum(['scratch', ...tuningStarts]),
  batchNorm: z.enum(batchNormReadings).nullable().describe('null: trained from scratch'),
  sameAs: z.string().nullable().describe('name of the system that this one equals by construction'),
});

const runSchema = z.strictObject({
  system: z.string(),
  run: z.int().positive(),
  draw: z.int().positive().describe('which draw of subjects, and so which splits'),
  fold: z.int().positive(),
  seed: z.int(),
  folder: z.string().describe('relative to the folder of the experiment'),
});

/** `experiment.json` */
export const experimentSchema = z.strictObject({
  schemaVersion: z.literal(experimentSchemaVersion),
  name: z.string().describe('of the plan'),
  versions: z.strictObject({
    crepitus: z.string(),
    tfjs: z.string(),
    node: z.string().optional().describe('with system and processor; older experiments lack it'),
  }),
  arithmetic: z.enum(['plain', 'fused']),
  source: dataSchema.nullable().describe('null: no system is transferred'),
  target: dataSchema,
  systems: z.array(systemSchema).describe('in the order of the plan'),
  sources: z.array(
    z.strictObject({
      padding,
      seed: z.int(),
      folder: z.string(),
      sha256: z.string().nullable().describe('of its bundle.json; null until it is done'),
    }),
  ),
  runs: z.array(runSchema).describe('in the order in which they are trained'),
});
export type Experiment = z.infer<typeof experimentSchema>;
export type ExperimentSystem = Experiment['systems'][number];
export type ExperimentRun = Experiment['runs'][number];

/** `splits.json` */
export const experimentSplitsSchema = z.strictObject({
  schemaVersion: z.literal(experimentSchemaVersion),
  draws: z.array(
    z.strictObject({
      draw: z.int().positive(),
      folds: z
        .array(z.array(z.string()))
        .describe('subjects (keys `kind:subject`) that each fold tests; fold k + 1 validates fold k'),
    }),
  ),
  heldBack: z.array(z.string()).describe('held-back subjects of the target, which no run sees'),
});
export type ExperimentSplits = z.infer<typeof experimentSplitsSchema>;

/** A line of `durations.ndjson`. */
export const durationSchema = z.strictObject({
  system: z.string().describe('of a source network `source <padding>`'),
  run: z.int().nullable(),
  fold: z.int().nullable(),
  state: z.enum(['done', 'interrupted', 'failed']),
  seconds: z.number().describe('from the start of its process to its end'),
  at: z.iso.datetime().describe('when it ended'),
});
export type Duration = z.infer<typeof durationSchema>;

/** What is published, by file name. */
export const experimentJsonSchemas: Readonly<Record<string, object>> = {
  'experiment.schema.json': z.toJSONSchema(experimentSchema),
  'experiment-splits.schema.json': z.toJSONSchema(experimentSplitsSchema),
};
