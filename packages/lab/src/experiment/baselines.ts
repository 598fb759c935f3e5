/**
 * What needs no network (`evaluate/baselines.ts`), on an experiment's own splits: each baseline learns from the training
 * subjects of a fold, as the fold's networks do, and is read on its test subjects. Validation subjects choose nothing
 * (C = 1 throughout) but the threshold, for which their scores are kept, as a network's are.
 *
 *     baselines/<name>/fold-<fold>.validation.csv   predictions on the validation subjects
 *     baselines/<name>/fold-<fold>.csv              on the test subjects; with it a fold is made
 *
 * A fold is `2`, or of several draws of subjects `1.2` (`foldName`). The tables have the form of `predictions.csv`; their
 * system is `baseline <name>`, their run the draw of subjects. Of four or seven classes crackle has the whole score of a
 * crackle, the others none. Tables are written whole, the same data gives the same bytes, and what is there is kept.
 */

import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder, writeWhole } from '@crepitus/datasets';
import { LogMel } from '@crepitus/dsp';
import { cutPhaseBy, type Ratio } from '@crepitus/model';
import { classesOf, holdsCrackle } from '@crepitus/recordings';
import {
  type BaselineFeatures,
  type BaselineName,
  baselineSystem,
  baselinesAt,
  featuresOfCycle,
  scoreBaseline,
} from '../evaluate/baselines.ts';
import { bearsCrackle } from '../evaluate/evaluation.ts';
import { formatPredictions, type PredictionTable } from '../evaluate/predictions.ts';
import { subjectsOf } from '../train/splits.ts';
import type { DataCycle, TrainingData } from '../train/training-data.ts';
import type { ExperimentFiles } from './experiment-folder.ts';
import { type ExperimentSplits, type ExperimentSystem, experimentPaths, foldName } from './layout.ts';
import { frontEndOf, type Plan } from './plan.ts';
import { systemsOf } from './systems.ts';

export interface BaselineOptions {
  readonly signal?: AbortSignal | undefined;
  /** Recordings that were described, of all that are to be. */
  readonly onProgress?: ((done: number, of: number) => void) | undefined;
}

/** What counts as the inspiration: the ratio of the first system of several inputs, else 1:2. */
export function inspirationRatio(systems: readonly Pick<ExperimentSystem, 'inputs' | 'ratio'>[]): Ratio {
  return systems.find(({ inputs, ratio }) => inputs.length > 1 && ratio !== null)?.ratio ?? '1:2';
}

/** Those of a plan: of a front end at another rate than crackle candidates', not those that count these. */
export function baselinesOf(plan: Plan): readonly BaselineName[] {
  return baselinesAt(frontEndOf(plan).sampleRate);
}

/** Whether every fold of every baseline is there. */
export function areBaselinesMade(
  folder: string,
  { plan, splits }: Pick<ExperimentFiles, 'plan' | 'splits'>,
): boolean {
  return baselinesOf(plan).every(name => missingFolds(folder, name, splits).length === 0);
}

/**
 * Makes what is missing.
 *
 * @param data the target's cycles, all of the subjects in the splits among them
 * @throws CrepitusError `write-failed` (usage), `cache-changed`; what the signal throws
 */
export async function makeBaselines(
  folder: string,
  { plan, splits }: Pick<ExperimentFiles, 'plan' | 'splits'>,
  data: TrainingData,
  { signal, onProgress }: BaselineOptions = {},
): Promise<void> {
  if (areBaselinesMade(folder, { plan, splits })) return;
  const described = await describeCycles(plan, splits, data, { signal, onProgress });
  const groups = new Map(subjectsOf(data.cycles).map(({ subject, group }) => [subject, group]));
  for (const name of baselinesOf(plan)) {
    const missing = missingFolds(folder, name, splits);
    if (missing.length > 0) await makeFolder(dirname(missing[0]!.test));
    for (const { draw, fold, subjects, test, validation } of missing) {
      await new Promise(setImmediate); // Lets a signal in between two fits.
      signal?.throwIfAborted();
      const part = (of: ReadonlySet<string>) => described.filter(({ subject }) => of.has(subject));
      const read = [part(subjects.validation), part(subjects.test)] as const;
      const scores = scoreBaseline(
        name,
        part(subjects.train).filter(({ positive }) => positive !== null) as Learned[],
        read.flat(),
      );
      const table = (items: readonly Described[], from: number): PredictionTable =>
        predictionTable(
          { name, plan, draw, fold, groups },
          items.map(({ of }, i) => ({ cycle: of, logOdds: scores[from + i]! })),
        );
      await writeWhole(validation, formatPredictions(table(read[0], 0)));
      await writeWhole(test, formatPredictions(table(read[1], read[0].length)));
    }
  }
}

interface FoldOfBaseline {
  readonly draw: number;
  /** As tables have it. */
  readonly fold: string;
  readonly subjects: Readonly<Record<'train' | 'validation' | 'test', ReadonlySet<string>>>;
  /** Files. */
  readonly test: string;
  readonly validation: string;
}

function missingFolds(folder: string, name: BaselineName, splits: ExperimentSplits): FoldOfBaseline[] {
  return splits.draws.flatMap(({ draw, folds }) =>
    folds.flatMap((test, i) => {
      const fold = foldName(splits, draw, i + 1);
      const file = experimentPaths.baseline(folder, name, fold);
      if (existsSync(file)) return [];
      const validation = folds[(i + 1) % folds.length]!;
      const train = folds.filter(other => other !== test && other !== validation).flat();
      return [
        {
          ...{ draw, fold, test: file, validation: experimentPaths.baselineValidation(folder, name, fold) },
          subjects: { train: new Set(train), validation: new Set(validation), test: new Set(test) },
        },
      ];
    }),
  );
}

interface Described extends BaselineFeatures {
  readonly of: DataCycle;
  readonly subject: string;
  /** Null: no part of the task, and so learned from by none. */
  readonly positive: boolean | null;
}
type Learned = Described & { readonly positive: boolean };

/** The cycles of all subjects in the splits, read from the cache. */
async function describeCycles(
  plan: Plan,
  { draws }: ExperimentSplits,
  data: TrainingData,
  { signal, onProgress }: BaselineOptions,
): Promise<Described[]> {
  const subjects = new Set(draws.flatMap(({ folds }) => folds.flat()));
  const cycles = data.cycles.filter(({ subject }) => subjects.has(subject));
  const logMel = new LogMel(frontEndOf(plan));
  const ratio = inspirationRatio(systemsOf(plan));
  const recordings = new Set(cycles.map(({ recording }) => recording));
  const done = new Set<DataCycle['recording']>();
  const described: Described[] = [];
  for (const cycle of cycles) {
    const { recording, sampleRate, subject } = cycle;
    if (!done.has(recording)) {
      await new Promise(setImmediate);
      signal?.throwIfAborted();
      onProgress?.(done.size, recordings.size);
      done.add(recording);
    }
    const samples = cycle.samples();
    const seconds = cycle.cycle.end - cycle.cycle.start;
    described.push({
      of: cycle,
      subject,
      positive: bearsCrackle(plan.task, cycle.cycle.label),
      ...featuresOfCycle(
        { device: recording.device, sampleRate, seconds },
        samples,
        logMel,
        cutPhaseBy({ ratio, phases: plan.phases }, samples, 'inspiration', cycle.inspirationSamples),
      ),
    });
  }
  onProgress?.(recordings.size, recordings.size);
  return described;
}

function predictionTable(
  of: {
    readonly name: BaselineName;
    readonly plan: Plan;
    readonly draw: number;
    readonly fold: string;
    readonly groups: ReadonlyMap<string, string>;
  },
  scored: readonly { readonly cycle: DataCycle; readonly logOdds: number }[],
): PredictionTable {
  const classes = classesOf(of.plan.task);
  const crackle = classes.findIndex(holdsCrackle);
  const rows = scored.map(({ cycle, logOdds }) => {
    // Single precision, as the networks' scores are: 1 - p is taken of the rounded p.
    const probability = Math.fround(1 / (1 + Math.exp(-logOdds)));
    return {
      system: baselineSystem(of.name),
      run: String(of.draw),
      fold: of.fold,
      subject: cycle.recording.subject,
      group: of.groups.get(cycle.subject)!,
      recording: cycle.recording.id,
      channel: cycle.channel,
      start: cycle.cycle.start,
      end: cycle.cycle.end,
      device: cycle.recording.device,
      sampleRate: cycle.sampleRate,
      label: cycle.cycle.label,
      scores: classes.map((_, k) =>
        k === crackle ? probability : k === 0 ? Math.fround(1 - probability) : 0,
      ),
    };
  });
  return { classes, rows };
}
