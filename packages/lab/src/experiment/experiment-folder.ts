/** Reading and writing the files at the top of an experiment's folder (layout.ts). */

import { existsSync } from 'node:fs';
import { appendFile, readdir, readFile, rmdir } from 'node:fs/promises';
import { reasonOf, removeUnfinished, writeWhole } from '@crepitus/datasets';
import { CrepitusError } from '@crepitus/dsp';
import type { z } from 'zod';
import {
  type Duration,
  durationSchema,
  type Experiment,
  type ExperimentSplits,
  experimentPaths,
  experimentSchema,
  experimentSchemaVersion,
  experimentSplitsSchema,
} from './layout.ts';
import { type Plan, planSchema } from './plan.ts';

export interface ExperimentFiles {
  readonly experiment: Experiment;
  readonly plan: Plan;
  readonly splits: ExperimentSplits;
}

/** @throws CrepitusError `experiment-missing` (usage), `experiment-unreadable` and `experiment-schema` (refused) */
export async function readExperiment(folder: string): Promise<ExperimentFiles> {
  if (!existsSync(experimentPaths.experiment(folder))) {
    throw new CrepitusError(
      'experiment-missing',
      `There is no experiment in ${folder} (no experiment.json); name the folder of one, or begin one with: experiment run PLAN --out ${folder}.`,
      { kind: 'usage' },
    );
  }
  return {
    experiment: await readForm(experimentPaths.experiment(folder), experimentSchema),
    plan: await readForm(experimentPaths.plan(folder), planSchema),
    splits: await readForm(experimentPaths.splits(folder), experimentSplitsSchema),
  };
}

async function readForm<Schema extends z.ZodType>(file: string, schema: Schema): Promise<z.infer<Schema>> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new CrepitusError(
      'experiment-unreadable',
      `${file} is missing or no JSON; bring it back, or begin a new experiment in another folder.`,
      { kind: 'refused', cause },
    );
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const version = (json as { schemaVersion?: unknown } | null)?.schemaVersion;
  const { path, message } = parsed.error.issues[0]!;
  throw new CrepitusError(
    'experiment-schema',
    version === experimentSchemaVersion
      ? `${file} is not of its form (${path.join('.') || 'it'}: ${message}); bring the file back as it was.`
      : `${file} is of a form that this version does not know (schemaVersion ${version ?? 'missing'}, known is ${experimentSchemaVersion}); use the version that began the experiment.`,
    { kind: 'refused' },
  );
}

/**
 * Makes sure that an experiment can begin in a folder; what a kill left of one that had not begun is taken up.
 *
 * @throws CrepitusError `experiment-exists` and `folder-foreign` (refused)
 */
export async function requireFree(folder: string): Promise<void> {
  if (existsSync(experimentPaths.experiment(folder))) {
    throw new CrepitusError(
      'experiment-exists',
      `There is already an experiment in ${folder}; go on with it by: experiment resume ${folder}, or choose another folder.`,
      { kind: 'refused' },
    );
  }
  const ours = /^(plan\.json|splits\.json|data|lock)(\.|$)/;
  const foreign = (await readdir(folder)).find(name => !ours.test(name));
  if (foreign === undefined) return;
  throw new CrepitusError(
    'folder-foreign',
    `The folder ${folder} is not empty (it holds ${foreign}); choose another one for the experiment.`,
    { kind: 'refused' },
  );
}

/** Takes an empty folder away again. */
export async function removeEmpty(folder: string): Promise<void> {
  await rmdir(folder).catch(() => {});
}

/** experiment.json last: with it the experiment has begun. */
export async function writeExperiment(folder: string, files: ExperimentFiles): Promise<void> {
  await removeUnfinished(folder);
  await writeForm(experimentPaths.plan(folder), files.plan);
  await writeForm(experimentPaths.splits(folder), files.splits);
  await writeForm(experimentPaths.experiment(folder), files.experiment);
}

export async function writeForm(file: string, value: unknown): Promise<void> {
  await writeWhole(file, `${JSON.stringify(value, null, 2)}\n`);
}

export async function appendDuration(folder: string, duration: Duration): Promise<void> {
  const file = experimentPaths.durations(folder);
  try {
    await appendFile(file, `${JSON.stringify(duration)}\n`);
  } catch (cause) {
    throw new CrepitusError(
      'write-failed',
      `${file} cannot be written (${reasonOf(cause)}); make room, then resume the experiment.`,
      { kind: 'usage', cause },
    );
  }
}

/** Whole lines; none is no error. */
export async function readDurations(folder: string): Promise<Duration[]> {
  const text = await readFile(experimentPaths.durations(folder), 'utf8').catch(() => '');
  return text.split('\n').flatMap(line => {
    try {
      return [durationSchema.parse(JSON.parse(line))];
    } catch {
      return [];
    }
  });
}
