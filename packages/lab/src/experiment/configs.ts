/** What each training of an experiment is. */
import { join } from 'node:path';
import type { DatasetSpec } from '@crepitus/datasets';
import { defaultConfig, type RunConfig } from '../train/run-config.ts';
import { type Experiment, type ExperimentRun, type ExperimentSplits, relativeFolders } from './layout.ts';
import { frontEndOf, type Plan } from './plan.ts';
import { type PlanSystem, systemsOf } from './systems.ts';

type Source = Experiment['sources'][number];

/** The trainings of the systems in their order: a system after the other, each with all its runs and folds. */
export function runsOf(plan: Plan): ExperimentRun[] {
  const draws = plan.target.subjects?.draws ?? 1;
  const runs: ExperimentRun[] = [];
  for (const { name } of systemsOf(plan).filter(({ sameAs }) => sameAs === null)) {
    for (let run = 1; run <= draws * plan.runs; run++) {
      for (let fold = 1; fold <= plan.folds; fold++) {
        const draw = Math.ceil(run / plan.runs);
        const folder = relativeFolders.run(name, run, fold);
        runs.push({ system: name, run, draw, fold, seed: plan.seed + run - 1, folder });
      }
    }
  }
  return runs;
}

/** One source network per padding of a transferred system. */
export function sourcesOf(plan: Plan): Source[] {
  const transferred = systemsOf(plan).filter(({ training }) => training !== 'scratch');
  return [...new Set(transferred.map(({ padding }) => padding))].map(padding => ({
    padding,
    seed: plan.seed,
    folder: relativeFolders.source(padding),
    sha256: null,
  }));
}

export interface Places {
  /** The experiment's folder, absolute. */
  readonly folder: string;
  readonly source: DatasetSpec | null;
  readonly target: DatasetSpec;
  readonly arithmetic: RunConfig['arithmetic'];
}

/** @throws CrepitusError those of `defaultConfig` */
export function configOfSource(plan: Plan, { padding, seed }: Source, places: Places): RunConfig {
  const { epochs, learningRate, schedule, select, batch, validationShare, augment } = plan.source;
  return defaultConfig('source', {
    ...{ epochs, learningRate, schedule, select, batch, validationShare, augment },
    data: [places.source!],
    padding,
    frontEnd: frontEndOf(plan),
    blocks: plan.blocks,
    seed,
    arithmetic: places.arithmetic,
  });
}

/**
 * @param sources with the sha256 of the one that a transferred system needs
 * @param splits null: of a plan that is not dealt yet
 * @throws CrepitusError those of `defaultConfig`, among them `subject-twice`
 */
export function configOfRun(
  plan: Plan,
  system: PlanSystem,
  run: ExperimentRun,
  sources: readonly Source[],
  splits: ExperimentSplits | null,
  places: Places,
): RunConfig {
  const { schedule, select, batch, augment } = plan.target;
  const source = sources.find(({ padding }) => padding === system.padding);
  const transfer =
    system.training === 'scratch' || source === undefined || source.sha256 === null
      ? null
      : { path: join(places.folder, source.folder, 'bundle'), sha256: source.sha256, member: 0 };
  return defaultConfig('target', {
    ...{ schedule, select, batch, augment, transfer },
    data: [places.target],
    task: plan.task,
    inputs: system.inputs,
    ratio: system.ratio ?? '1:2',
    padding: system.padding,
    phases: plan.phases,
    frontEnd: frontEndOf(plan),
    blocks: plan.blocks,
    epochs: system.epochs,
    learningRate: system.learningRate,
    tuneFrom: system.training === 'scratch' || transfer === null ? null : system.training,
    batchNorm: system.batchNorm ?? 'all',
    seed: run.seed,
    folds: plan.folds,
    fold: run.fold,
    foldSubjects: splits?.draws.find(({ draw }) => draw === run.draw)?.folds ?? null,
    arithmetic: places.arithmetic,
  });
}
