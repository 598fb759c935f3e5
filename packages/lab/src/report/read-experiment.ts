/**
 * An experiment's folder (`experiment/layout.ts`) as a report reads it. Nothing counts but the plan, the splits, the list
 * of runs, what each run and each baseline predicted (on test and on validation subjects), the epochs of runs, and how long
 * they took; a folder from which all else was deleted gives the same report. Where run folders are gone too, the packed copies that an earlier
 * report made (`packedNames`) stand in.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { subjectKey } from '@crepitus/datasets';
import { CrepitusError } from '@crepitus/dsp';
import { baselineSystem } from '../evaluate/baselines.ts';
import { type PredictionTable, parsePredictions } from '../evaluate/predictions.ts';
import { channelKey, collectRuns } from '../evaluate/system-runs.ts';
import { baselinesOf, inspirationRatio } from '../experiment/baselines.ts';
import { readDurations, readExperiment } from '../experiment/experiment-folder.ts';
import {
  type Duration,
  type Experiment,
  type ExperimentRun,
  type ExperimentSplits,
  type ExperimentSystem,
  experimentPaths,
  foldName,
} from '../experiment/layout.ts';
import { frontEndOf, type Plan } from '../experiment/plan.ts';
import { unlikePaper } from '../experiment/unlike-paper.ts';
import { chooseEpoch } from '../train/epoch-choice.ts';
import type { EpochRecord } from '../train/run-record.ts';
import { bestThreshold } from '../train/threshold.ts';
import type { BaselineData, ExperimentData, PlannedSystem, PlannedTraining } from './experiment-data.ts';
import { parseEpochs, unpackEpochs } from './packed-epochs.ts';
import { splitPredictions, unpackPredictions } from './packed-predictions.ts';
import { parseThresholds } from './packed-thresholds.ts';

/** Within `report/`. */
export const packedNames = {
  predictions: 'predictions.csv.gz',
  epochs: 'epochs.ndjson.gz',
  thresholds: 'thresholds.csv',
} as const;

/**
 * @throws CrepitusError as `readExperiment`, and `predictions-splits` (refused) for a run that predicted subjects outside
 *   its fold
 */
export async function readExperimentData(folder: string): Promise<ExperimentData> {
  const { experiment, plan, splits } = await readExperiment(folder);
  const seconds = secondsOf(await readDurations(folder));
  const kept = new KeptCopies(folder);
  const trainings: PlannedTraining[] = [];
  const predictions: PredictionTable[] = [];
  for (const run of experiment.runs) {
    const names = namesOf(run, splits);
    const key = keyOf(names);
    const epochs = await readEpochs(experimentPaths.epochs(folder, run), () => kept.epochs(key));
    const found = await readPredictions(experimentPaths.predictions(folder, run), () =>
      kept.predictions(key),
    );
    if (found.table) {
      const table = { ...found.table, rows: found.table.rows.map(row => ({ ...row, ...names })) };
      requireOwnFold(table, run, experiment, splits);
      predictions.push(table);
    }
    trainings.push({
      ...names,
      state: found.table ? 'done' : (found.problem ?? progressOf(epochs)),
      isBroken: found.problem !== null,
      epochs,
      chosenEpoch: found.table ? (chooseEpoch(plan.target.select, epochs)?.epoch ?? null) : null,
      threshold: found.table
        ? await readThreshold(join(experimentPaths.run(folder, run), 'validation.csv'), run, {
            experiment,
            plan,
            splits,
            kept: () => kept.threshold(key),
          })
        : null,
      seconds: seconds.get(secondsKey(run.system, run.run, run.fold)) ?? null,
    });
  }
  const baselines = await readBaselines(folder, { experiment, plan, splits }, kept);
  return {
    name: experiment.name,
    task: plan.task,
    source: experiment.source?.words ?? null,
    target: experiment.target.words,
    systems: plannedSystems(experiment),
    frontEnd: frontEndOf(plan).name,
    unlikePaper: unlikePaper(plan),
    trainings,
    predictions,
    baselines,
    plan: (await readText(experimentPaths.plan(folder)))!,
    select: plan.target.select,
    facts: factsOf(experiment, plan, splits, seconds),
    sites: sitesOf(experiment.target),
  };
}

/** Null where none is there, neither as a table nor in what an earlier report packed. */
async function readBaselines(
  folder: string,
  { experiment, plan, splits }: { experiment: Experiment; plan: Plan; splits: ExperimentSplits },
  kept: KeptCopies,
): Promise<BaselineData | null> {
  const trainings: PlannedTraining[] = [];
  const predictions: PredictionTable[] = [];
  for (const name of baselinesOf(plan)) {
    for (const { draw, folds } of splits.draws) {
      for (const fold of folds.keys()) {
        const run = { system: baselineSystem(name), run: draw, draw, fold: fold + 1 };
        const names = namesOf(run, splits);
        const key = keyOf(names);
        const { table, problem } = await readPredictions(
          experimentPaths.baseline(folder, name, names.fold),
          () => kept.predictions(key),
        );
        if (table) {
          requireOwnFold(table, run, experiment, splits);
          predictions.push(table);
        }
        const file = experimentPaths.baselineValidation(folder, name, names.fold);
        const of = { experiment, plan, splits, kept: () => kept.threshold(key) };
        trainings.push({
          ...names,
          state: table ? 'done' : (problem ?? 'not made'),
          isBroken: problem !== null,
          ...{ epochs: [], chosenEpoch: null, seconds: null },
          threshold: table ? await readThreshold(file, run, of) : null,
        });
      }
    }
  }
  if (predictions.length === 0) return null;
  const [family, scratch, sameAs] = ['baseline', null, null];
  return {
    systems: baselinesOf(plan).map(name => ({
      name: baselineSystem(name),
      family,
      scratch,
      inputControls: { cycle: null, cycleTwice: null },
      sameAs,
      sourceSha256: null,
    })),
    trainings,
    predictions,
    drawOfRun: new Map(experiment.runs.map(({ run, draw }) => [String(run), String(draw)])),
    ratio: inspirationRatio(experiment.systems),
  };
}

/** Null where there is no such file. */
async function readText(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch(() => null);
}

type NamedRun = Pick<ExperimentRun, 'system' | 'run' | 'draw' | 'fold'>;

/** The names that a run has in a report. */
function namesOf({ system, run, draw, fold }: NamedRun, splits: ExperimentSplits) {
  return { system, run: String(run), fold: foldName(splits, draw, fold) };
}

function keyOf({ system, run, fold }: { system: string; run: string; fold: string }): string {
  return JSON.stringify([system, run, fold]);
}

/** What an earlier report packed, read when it is asked for the first time. */
class KeptCopies {
  readonly #folder: string;
  #predictions: Promise<Map<string, PredictionTable>> | null = null;
  #epochs: Promise<Map<string, readonly EpochRecord[]>> | null = null;
  #thresholds: Promise<Map<string, number>> | null = null;

  constructor(folder: string) {
    this.#folder = experimentPaths.report(folder);
  }

  async predictions(key: string): Promise<PredictionTable | null> {
    this.#predictions ??= this.#read(packedNames.predictions, (bytes, name) =>
      splitPredictions(unpackPredictions(bytes, name)).map(table => [keyOf(table.rows[0]!), table]),
    );
    return (await this.#predictions).get(key) ?? null;
  }

  async epochs(key: string): Promise<readonly EpochRecord[]> {
    this.#epochs ??= this.#read(packedNames.epochs, (bytes, name) =>
      unpackEpochs(bytes, name).map(training => [keyOf(training), training.epochs]),
    );
    return (await this.#epochs).get(key) ?? [];
  }

  async threshold(key: string): Promise<number | null> {
    this.#thresholds ??= this.#read(packedNames.thresholds, bytes =>
      parseThresholds(new TextDecoder().decode(bytes)).map(training => [keyOf(training), training.threshold]),
    );
    return (await this.#thresholds).get(key) ?? null;
  }

  async #read<T>(
    name: string,
    entries: (bytes: Uint8Array, name: string) => [string, T][],
  ): Promise<Map<string, T>> {
    const file = join(this.#folder, name);
    const bytes = await readFile(file).catch(() => null);
    return new Map(bytes ? entries(bytes, file) : []);
  }
}

async function readEpochs(
  file: string,
  kept: () => Promise<readonly EpochRecord[]>,
): Promise<readonly EpochRecord[]> {
  const text = await readText(file);
  return text === null ? kept() : parseEpochs(text);
}

/** A run whose table is broken is told of like one that is not done; the others go on. */
async function readPredictions(
  file: string,
  kept: () => Promise<PredictionTable | null>,
): Promise<{ table: PredictionTable | null; problem: string | null }> {
  const text = await readText(file);
  if (text === null) return { table: await kept(), problem: null };
  try {
    return { table: parsePredictions(text, file), problem: null };
  } catch (error) {
    if (!(error instanceof CrepitusError)) throw error;
    return {
      table: null,
      problem: `its predictions.csv cannot be read: ${error.message.replace(`${file}, `, '')}`,
    };
  }
}

/** From the predictions on the validation subjects of the fold, as the bundle of the run has it. */
async function readThreshold(
  file: string,
  { draw, fold }: Pick<ExperimentRun, 'draw' | 'fold'>,
  of: {
    experiment: Experiment;
    plan: Plan;
    splits: ExperimentSplits;
    kept: () => Promise<number | null>;
  },
): Promise<number | null> {
  const text = await readText(file);
  if (text === null) return of.kept();
  const folds = of.splits.draws.find(candidate => candidate.draw === draw)?.folds ?? [];
  const validating = new Set(folds[fold % folds.length]);
  try {
    const { classes, rows } = parsePredictions(text, file);
    const own = rows.filter(({ subject }) => validating.has(subjectKey(of.experiment.target.kind, subject)));
    const [run] = collectRuns([{ classes, rows: own }], of.plan.task)[0]?.runs ?? [];
    return run ? bestThreshold(Array.from(run.scores), run.positives) : null;
  } catch (error) {
    if (!(error instanceof CrepitusError)) throw error;
    return null;
  }
}

function progressOf(epochs: readonly EpochRecord[]): string {
  return epochs.length > 0 ? `after epoch ${epochs.at(-1)!.epoch}` : 'not begun';
}

/** A run must have predicted subjects of its own fold only: others it may have learned from. */
function requireOwnFold(
  { rows }: PredictionTable,
  { system, run, draw, fold }: NamedRun,
  { target }: Experiment,
  { draws }: ExperimentSplits,
): void {
  const tested = new Set(draws.find(candidate => candidate.draw === draw)?.folds[fold - 1] ?? []);
  const stranger = rows.find(({ subject }) => !tested.has(subjectKey(target.kind, subject)));
  if (!stranger) return;
  throw new CrepitusError(
    'predictions-splits',
    `${system}, run ${run}, fold ${fold} predicted subject ${stranger.subject}, who is not in the test part of this fold in splits.json; the run is of another experiment or its splits were changed.`,
    { kind: 'refused' },
  );
}

function secondsKey(system: string, run: number | null, fold: number | null): string {
  return JSON.stringify([system, run, fold]);
}

/** Seconds by training, those of interrupted tries included. */
function secondsOf(durations: readonly Duration[]): Map<string, number> {
  const seconds = new Map<string, number>();
  for (const duration of durations) {
    const key = secondsKey(duration.system, duration.run, duration.fold);
    seconds.set(key, (seconds.get(key) ?? 0) + duration.seconds);
  }
  return seconds;
}

function plannedSystems({ systems, sources }: Experiment): PlannedSystem[] {
  const trained = systems.filter(({ sameAs }) => sameAs === null);
  return systems.map(system => {
    const { name, inputs, ratio, padding, training, sameAs } = system;
    const kind = `${inputs.join(' + ')}, ${padding} padding`;
    const scratch = trained.filter(
      other =>
        other.training === 'scratch' && other.inputs.join() === inputs.join() && other.padding === padding,
    );
    return {
      name,
      family: `${training === 'scratch' ? 'from scratch' : 'transferred'}: ${kind}`,
      scratch:
        training === 'scratch'
          ? null
          : ((scratch.find(other => other.ratio === ratio) ?? scratch[0])?.name ?? null),
      inputControls: inputControls(system, trained),
      sameAs,
      sourceSha256:
        training === 'scratch'
          ? null
          : (sources.find(network => network.padding === padding)?.sha256 ?? null),
    };
  });
}

function inputControls(
  system: ExperimentSystem,
  trained: readonly ExperimentSystem[],
): PlannedSystem['inputControls'] {
  const isWholeCycles = ({ inputs }: ExperimentSystem) => inputs.every(input => input === 'cycle');
  if (isWholeCycles(system)) return { cycle: null, cycleTwice: null };
  const ofCycles = (inputs: number) =>
    trained.find(
      other =>
        isWholeCycles(other) &&
        other.inputs.length === inputs &&
        other.training === system.training &&
        other.batchNorm === system.batchNorm &&
        other.padding === system.padding,
    )?.name ?? null;
  return { cycle: ofCycles(1), cycleTwice: system.inputs.length === 2 ? ofCycles(2) : null };
}

function factsOf(
  { versions, arithmetic, source, target, sources, runs }: Experiment,
  plan: Plan,
  { draws, heldBack }: ExperimentSplits,
  seconds: ReadonlyMap<string, number>,
): ExperimentData['facts'] {
  const data = (role: string, of: Experiment['target']) => [
    {
      name: `${role} data`,
      value: `${of.words}: ${of.subjects} subjects, ${of.recordings} recordings${of.withoutAudio > 0 ? ` (${of.withoutAudio} left out, without audio)` : ''}; ${Object.entries(
        of.cycles,
      )
        .map(([label, count]) => `${count} ${label}`)
        .join(', ')}`,
    },
    { name: `sha256 of the ${role.toLowerCase()} data`, value: of.fingerprint },
    ...(of.problems ? [{ name: `Met in the ${role.toLowerCase()} data`, value: of.problems.join(' ') }] : []),
  ];
  const seeds = [...new Map(runs.map(({ run, seed }) => [run, seed]))].sort(([a], [b]) => a - b);
  return [
    { name: 'crepitus', value: versions.crepitus },
    { name: 'TensorFlow.js', value: versions.tfjs },
    ...(versions.node === undefined ? [] : [{ name: 'Node.js', value: versions.node }]),
    { name: 'Arithmetic', value: arithmetic },
    ...data('Target', target),
    ...(source ? data('Source', source) : []),
    ...sources.map(({ padding, seed, sha256 }) => ({
      name: `Source network, ${padding} padding`,
      value: [
        `seed ${seed}`,
        sha256 === null ? 'not done' : `sha256 ${sha256}`,
        ...hoursOf(seconds.get(secondsKey(`source ${padding}`, null, null))),
      ].join(', '),
    })),
    { name: 'Seed of draws and splits', value: String(plan.seed) },
    { name: 'Seeds of the runs', value: seeds.map(([run, seed]) => `run ${run}: ${seed}`).join(', ') },
    {
      name: 'Folds',
      value: draws
        .map(({ draw, folds }) => {
          const sizes = folds.map(subjects => subjects.length).join(', ');
          return `${draws.length > 1 ? `draw ${draw}: ` : ''}${sizes} subjects`;
        })
        .join('; '),
    },
    ...(heldBack.length > 0
      ? [{ name: 'Held-back subjects, in no run', value: String(heldBack.length) }]
      : []),
  ];
}

function hoursOf(seconds: number | undefined): string[] {
  return seconds === undefined ? [] : [`${(seconds / 3600).toFixed(2)} hours`];
}

/** By `channelKey`. */
function sitesOf({ sites }: Experiment['target']): Map<string, string> {
  return new Map(
    sites.flatMap(({ channels, recordings }) =>
      recordings.flatMap(recording =>
        Object.entries(channels).map(
          ([channel, site]) => [channelKey(recording, Number(channel)), site] as const,
        ),
      ),
    ),
  );
}
