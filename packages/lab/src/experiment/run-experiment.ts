/**
 * Trains what a plan asks for. The order of work gives a first complete row early: the first system with all its folds and
 * runs (its source network before it, if it needs one), then the source networks, then one system after the other.
 *
 * A training that fails does not end the others, unless all would fail (a full disk, data that changed). Nothing is lost by
 * a kill, a time limit or an error: every training goes on from its last whole epoch.
 */
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { type DatasetSpec, parseDatasetSpec } from '@crepitus/datasets';
import { CrepitusError } from '@crepitus/dsp';
import { startBackend } from '@crepitus/model';
import { openBundle } from '@crepitus/model/node';
import type { Finding } from '@crepitus/recordings';
import { version as tfjsVersion } from '@tensorflow/tfjs';
import { errorCodeOf } from '../program.ts';
import { crepitusVersion } from '../train/bundle-draft.ts';
import { RunLock } from '../train/lock.ts';
import { layOutRun, type QueuedRun } from '../train/queue-run.ts';
import type { RunConfig } from '../train/run-config.ts';
import type { RunEvent } from '../train/run-events.ts';
import { makeRunFolder, readRun } from '../train/run-folder.ts';
import { trainRuns } from '../train/run-process.ts';
import { splitsSchema } from '../train/run-record.ts';
import { splitSubjects } from '../train/splits.ts';
import { annotationProblems, readTrainingData, type TrainingData } from '../train/training-data.ts';
import { areBaselinesMade, makeBaselines } from './baselines.ts';
import { configOfRun, configOfSource, type Places, runsOf, sourcesOf } from './configs.ts';
import {
  annotated,
  dataOf,
  describeData,
  heldBackSubjects,
  inThe,
  missingAudio,
  openData,
  placeIn,
  type Role,
  requireApart,
  specOf,
} from './data.ts';
import { dealExperiment } from './deal.ts';
import { usualSpeed } from './estimate.ts';
import {
  appendDuration,
  type ExperimentFiles,
  readExperiment,
  removeEmpty,
  requireFree,
  writeExperiment,
  writeForm,
} from './experiment-folder.ts';
import { type Experiment, type ExperimentRun, experimentPaths, experimentSchemaVersion } from './layout.ts';
import { expectedSeconds, requireSpace } from './outline.ts';
import type { Plan } from './plan.ts';
import { type Piece, workThrough } from './schedule.ts';
import { systemsOf } from './systems.ts';

export type ExperimentEvent =
  /** Recordings are generated, or decoded, filtered and cut. */
  | { readonly type: 'preparing'; readonly what: string; readonly done: number; readonly of: number }
  /** Something that the reader of the results should know. */
  | { readonly type: 'finding'; readonly message: string }
  | { readonly type: 'training'; readonly event: RunEvent }
  | {
      readonly type: 'training-ended';
      readonly name: string;
      readonly state: 'done' | 'interrupted' | 'failed';
      readonly seconds: number;
      /** Trainings, source networks included. */
      readonly done: number;
      readonly of: number;
      /** As the trainings so far went; null before the first. */
      readonly secondsLeft: number | null;
    };

export interface ExperimentOptions {
  /** The experiment's folder. */
  readonly out: string;
  /** Trainings at a time; default: one per core. */
  readonly jobs?: number | undefined;
  /** Stops after so many hours, as by the signal. */
  readonly hours?: number | undefined;
  /** Trains nothing here: lays out what can be trained and says which. */
  readonly queue?: boolean | undefined;
  readonly onEvent?: ((event: ExperimentEvent) => void) | undefined;
  /** Stops every training after the step at hand; all can be resumed. */
  readonly signal?: AbortSignal | undefined;
  /** Default: `defaultCacheFolder()`. */
  readonly cacheFolder?: string | undefined;
}

export interface ExperimentResult {
  /** `failed`: all ended, some without success. */
  readonly state: 'done' | 'interrupted' | 'failed' | 'queued';
  /** Trainings, source networks included. */
  readonly done: number;
  readonly of: number;
  readonly failed: readonly { readonly run: string; readonly code: string; readonly message: string }[];
  /** Recordings whose audio could not be read; they were left out. */
  readonly leftOut: readonly Finding[];
  /** Runs that were laid out; those that need a source network wait until it is done. */
  readonly queued: readonly QueuedRun[];
  readonly waiting: number;
}

/**
 * Begins an experiment in a new folder and works on it.
 *
 * @param options.bytes that it will need there
 * @throws CrepitusError, before anything is trained, where data and plan do not fit together: `fold-without-crackles`,
 *   `too-few-subjects`, `data-empty`, `disk-full` (usage), `subject-shared`, `experiment-exists`, `run-locked` (refused)
 */
export async function runExperiment(
  plan: Plan,
  options: ExperimentOptions & {
    readonly arithmetic: RunConfig['arithmetic'];
    readonly bytes?: number | undefined;
  },
): Promise<ExperimentResult> {
  const folder = resolve(options.out);
  await makeRunFolder(folder);
  return locked(folder, async lock => {
    await requireFree(folder);
    await requireSpace(folder, options.bytes ?? 0);
    const begun = await begin(plan, folder, options);
    await addBaselines(begun, options);
    return new Work(begun, lock, options).go();
  });
}

/**
 * Goes on with an experiment, here or where it was moved to; data that moved is named again.
 *
 * @throws CrepitusError `experiment-missing` (usage), `experiment-data-changed`, `run-locked` (refused)
 */
export async function resumeExperiment(
  options: ExperimentOptions & { readonly source?: string | undefined; readonly target?: string | undefined },
): Promise<ExperimentResult> {
  const folder = resolve(options.out);
  await readExperiment(folder); // A missing one is no folder to lock.
  return locked(folder, async lock => {
    const opened = await reopen(folder, options);
    await addBaselines(opened, options);
    return new Work(opened, lock, options).go();
  });
}

async function locked<T>(folder: string, work: (lock: RunLock) => Promise<T>): Promise<T> {
  const lock = RunLock.acquire(folder);
  try {
    return await work(lock);
  } finally {
    await lock.release();
    await removeEmpty(folder);
  }
}

interface Opened {
  readonly files: ExperimentFiles;
  readonly places: Places;
  readonly leftOut: readonly Finding[];
  /** Null where nothing that needs them is left to do. */
  readonly target: TrainingData | null;
}

/** What needs no network, before the first training: its figures are there from the first report on. */
async function addBaselines({ files, places, target }: Opened, options: ExperimentOptions): Promise<void> {
  if (target !== null)
    await makeBaselines(places.folder, files, target, progressOf(options, 'recordings of the baselines'));
}

/** Reads, deals and checks everything, and writes the experiment down last. */
async function begin(
  plan: Plan,
  folder: string,
  options: ExperimentOptions & { readonly arithmetic: RunConfig['arithmetic'] },
): Promise<Opened> {
  const systems = systemsOf(plan);
  const sources = sourcesOf(plan);
  const open = (role: Role) =>
    openData(dataOf(plan, role), folder, role, progressOf(options, `recordings of the ${role}`));
  const target = await open('target');
  const source = sources.length > 0 ? await open('source') : null;
  await tellMissing(options, source, target);
  const places: Places = { folder, source, target, arithmetic: options.arithmetic };

  await startBackend();
  const runs = runsOf(plan);
  const configOf = (run: ExperimentRun, splits: ExperimentFiles['splits'] | null) =>
    configOfRun(plan, systems.find(({ name }) => name === run.system)!, run, [], splits, places);
  const targetData = await readData(configOf(runs[0]!, null), 'target', options);
  const splits = dealExperiment(plan, targetData);
  for (const run of runs.filter(({ system }) => system === runs[0]!.system)) {
    splitSubjects(targetData, configOf(run, splits));
  }
  let sourceData: TrainingData | null = null;
  if (source !== null) {
    const config = configOfSource(plan, sources[0]!, places);
    sourceData = await readData(config, 'source', options);
    splitSubjects(sourceData, config);
    requireApart(
      splits.draws.flatMap(({ folds }) => folds.flat()),
      sourceData.cycles.map(({ subject }) => subject),
    );
  }
  const experiment: Experiment = {
    schemaVersion: experimentSchemaVersion,
    name: plan.name,
    versions: {
      crepitus: crepitusVersion,
      tfjs: tfjsVersion.tfjs,
      node: `${process.version} (${process.platform}, ${process.arch})`,
    },
    arithmetic: options.arithmetic,
    source:
      source === null || sourceData === null
        ? null
        : await describeData(dataOf(plan, 'source'), source, folder, sourceData),
    target: await describeData(dataOf(plan, 'target'), target, folder, targetData),
    systems: systems.map(({ epochs: _, learningRate: __, ...system }) => system),
    sources,
    runs,
  };
  const files = { experiment, plan, splits };
  await writeExperiment(folder, files);
  return {
    ...{ files, places, target: targetData },
    leftOut: [...targetData.failed, ...(sourceData?.failed ?? [])],
  };
}

async function tellMissing(
  { onEvent }: ExperimentOptions,
  source: DatasetSpec | null,
  target: DatasetSpec,
): Promise<void> {
  for (const spec of source === null ? [target] : [source, target]) {
    for (const message of missingAudio(spec, await annotated(spec))) onEvent?.({ type: 'finding', message });
  }
}

/** Takes an experiment up: where its data lies now, whether it is still the same. */
async function reopen(
  folder: string,
  options: ExperimentOptions & { readonly source?: string | undefined; readonly target?: string | undefined },
): Promise<Opened> {
  const { experiment, plan, splits } = await readExperiment(folder);
  const locate = async (role: Role): Promise<DatasetSpec | null> => {
    const noted = experiment[role];
    if (noted === null) return null;
    const given = options[role];
    if (given !== undefined) {
      const { kind, path } = parseDatasetSpec(given);
      return { kind, path: resolve(path) };
    }
    const spec = specOf(folder, noted);
    if (spec.path !== experimentPaths.data(folder, role)) return spec;
    return openData(dataOf(plan, role), folder, role, progressOf(options, `recordings of the ${role}`));
  };
  const target = (await locate('target'))!;
  const source = await locate('source');
  const places: Places = { folder, source, target, arithmetic: experiment.arithmetic };
  const system = systemsOf(plan).find(({ sameAs }) => sameAs === null)!;
  const leftOut: Finding[] = [];

  await startBackend();
  const readTarget = async () => {
    const config = configOfRun(plan, system, experiment.runs[0]!, [], splits, places);
    const data = await readData(config, 'target', options);
    requireSame(experiment.target, data, 'target', target);
    leftOut.push(...data.failed);
    return data;
  };
  let targetData: TrainingData | null = null;
  if (await isLeft(folder, experiment.runs)) targetData = await readTarget();
  else if (!areBaselinesMade(folder, { plan, splits })) {
    targetData = await readTarget().catch((error: unknown) => {
      if (!(error instanceof CrepitusError)) throw error;
      // All trainings are done: that the data has gone meanwhile takes nothing from them.
      options.onEvent?.({ type: 'finding', message: `The baselines are not made: ${error.message}` });
      return null;
    });
  }
  if (source !== null && (await isLeft(folder, experiment.sources))) {
    const config = configOfSource(plan, experiment.sources[0]!, places);
    const data = await readData(config, 'source', options);
    requireSame(experiment.source!, data, 'source', source);
    leftOut.push(...data.failed);
  }
  const moved: Experiment = {
    ...experiment,
    source: source && { ...experiment.source!, kind: source.kind, path: placeIn(folder, source.path) },
    target: { ...experiment.target, kind: target.kind, path: placeIn(folder, target.path) },
  };
  if (JSON.stringify(moved) !== JSON.stringify(experiment))
    await writeForm(experimentPaths.experiment(folder), moved);
  return { files: { experiment: moved, plan, splits }, places, leftOut, target: targetData };
}

async function isLeft(folder: string, runs: readonly { readonly folder: string }[]): Promise<boolean> {
  for (const run of runs) if ((await stateOf(experimentPaths.run(folder, run))) !== 'done') return true;
  return false;
}

/** The state in a run's own record; null: not begun. */
export async function stateOf(run: string): Promise<string | null> {
  return existsSync(join(run, 'run.json')) ? (await readRun(run)).state : null;
}

/** Prepares every cycle, so that the trainings find it in the cache, and tells what cannot be read. */
async function readData(config: RunConfig, role: Role, options: ExperimentOptions): Promise<TrainingData> {
  const data = await readTrainingData(config, {
    cacheFolder: options.cacheFolder,
    ...progressOf(options, `cycles of the ${role}`),
  });
  for (const { message } of data.failed)
    options.onEvent?.({ type: 'finding', message: `Left out of the ${role}: ${message}` });
  for (const message of heldBackSubjects(role, data.heldBack))
    options.onEvent?.({ type: 'finding', message });
  for (const message of annotationProblems(data))
    options.onEvent?.({ type: 'finding', message: inThe(role, message) });
  return data;
}

function progressOf({ onEvent, signal }: ExperimentOptions, what: string) {
  return {
    signal,
    onProgress: (done: number, of: number) => onEvent?.({ type: 'preparing', what, done, of }),
  };
}

function requireSame(
  { fingerprint }: Experiment['target'],
  data: TrainingData,
  role: Role,
  { kind, path }: DatasetSpec,
): void {
  if (data.fingerprint === fingerprint) return;
  throw new CrepitusError(
    'experiment-data-changed',
    `The ${role} ${kind}:${path} is not what the experiment was begun with (other audio, cycles, labels or subjects); name the old data with --${role}, or begin another experiment.`,
    { kind: 'refused' },
  );
}

const longestTimer = 2 ** 31 - 1;

/** The trainings of an experiment that this process holds. */
class Work {
  readonly #folder: string;
  #experiment: Experiment;
  readonly #opened: Opened;
  readonly #lock: RunLock;
  readonly #options: ExperimentOptions;
  readonly #jobs: number;
  readonly #failed: { run: string; code: string; message: string }[] = [];
  readonly #leftOut: Finding[];
  #done = 0;
  #stopped = false;
  /** Of the trainings that ended here: what they took, and what was expected of them. */
  #spent = { seconds: 0, expected: 0 };
  #expectedLeft = 0;

  constructor(opened: Opened, lock: RunLock, options: ExperimentOptions) {
    this.#opened = opened;
    this.#experiment = opened.files.experiment;
    this.#folder = opened.places.folder;
    this.#lock = lock;
    this.#options = options;
    this.#jobs = options.jobs ?? availableParallelism();
    this.#leftOut = [...opened.leftOut];
  }

  async go(): Promise<ExperimentResult> {
    const trainings = await this.#trainings();
    const left = trainings.filter(({ isDone }) => !isDone);
    this.#done = trainings.length - left.length;
    if (this.#options.queue) return this.#layOut(trainings.length, left);
    this.#expectedLeft = left.reduce((sum, { expected }) => sum + expected, 0);
    const { signal, hours } = this.#options;
    const limits = [
      ...(signal === undefined ? [] : [signal]),
      ...(hours === undefined
        ? []
        : [AbortSignal.timeout(Math.min(Math.ceil(hours * 3_600_000), longestTimer))]),
    ];
    const stop = AbortSignal.any(limits);
    await workThrough(
      left.map(training => this.#pieceOf(training, trainings)),
      this.#jobs,
      stop,
    );
    this.#stopped = stop.aborted && this.#done < trainings.length;
    return this.#result(trainings.length, this.#stopped ? 'interrupted' : null);
  }

  #result(of: number, state: ExperimentResult['state'] | null): ExperimentResult {
    return {
      state: state ?? (this.#done === of ? 'done' : 'failed'),
      done: this.#done,
      of,
      failed: this.#failed,
      leftOut: this.#leftOut,
      queued: [],
      waiting: 0,
    };
  }

  /** All of them, in the order of work. */
  async #trainings(): Promise<Training[]> {
    const { plan, splits } = this.#opened.files;
    const { source, target } = this.#experiment;
    const expected = expectedSeconds(plan, { source, target }, usualSpeed);
    const systems = new Map(systemsOf(plan).map(system => [system.name, system]));
    const sources: Training[] = [];
    for (const network of this.#experiment.sources) {
      const out = experimentPaths.run(this.#folder, network);
      const isDone = (await stateOf(out)) === 'done';
      if (isDone) await this.#noteSource(network.padding);
      sources.push({
        ...{ name: `source ${network.padding}`, out, isDone, expected: expected.source, needs: null },
        of: { system: `source ${network.padding}`, run: null, fold: null },
        config: () => configOfSource(plan, network, this.#opened.places),
      });
    }
    const runs: Training[] = [];
    for (const run of this.#experiment.runs) {
      const system = systems.get(run.system)!;
      const out = experimentPaths.run(this.#folder, run);
      const isDone = (await stateOf(out)) === 'done';
      runs.push({
        ...{ out, isDone, expected: expected.run(run.system) },
        name: `${run.system} run ${run.run} fold ${run.fold}`,
        needs: system.training === 'scratch' ? null : `source ${system.padding}`,
        of: { system: run.system, run: run.run, fold: run.fold },
        config: () => configOfRun(plan, system, run, this.#experiment.sources, splits, this.#opened.places),
      });
      if (isDone) await this.#tidy(runs.at(-1)!);
    }
    const first = runs.filter(({ of }) => of.system === runs[0]!.of.system);
    const firstSource = sources.filter(({ name }) => name === first[0]!.needs);
    const otherSources = sources.filter(source => !firstSource.includes(source));
    return [...firstSource, ...first, ...otherSources, ...runs.slice(first.length)];
  }

  #pieceOf(training: Training, all: readonly Training[]): Piece {
    const { name, needs } = training;
    const isWaiting = needs !== null && all.some(other => other.name === needs && !other.isDone);
    return {
      name,
      needs: isWaiting ? [needs] : [],
      work: signal => this.#train(training, signal),
    };
  }

  async #train(training: Training, signal: AbortSignal): Promise<boolean> {
    const { name, out, expected } = training;
    const began = performance.now();
    let state: 'done' | 'interrupted' | 'failed';
    const isNew = !existsSync(join(out, 'run.json'));
    try {
      const config = training.config();
      // One that is laid out notes why it failed; a new one that fails at once would leave nothing.
      if (isNew) await makeRunFolder(out);
      if (isNew) await layOutRun({ out, config, resume: false });
      const [result] = await trainRuns([{ name, config, out, resume: true }], {
        jobs: 1,
        signal,
        cacheFolder: this.#options.cacheFolder,
        onProgress: event => this.#options.onEvent?.({ type: 'training', event }),
      });
      state = result!.state;
      this.#leave(result!.failed);
    } catch (error) {
      if (endsAll(error)) throw error;
      state = 'failed';
      this.#failed.push({ run: name, code: errorCodeOf(error), message: (error as Error).message });
    }
    this.#lock.assertHeld();
    if (state === 'done') await this.#finish(training);
    const seconds = (performance.now() - began) / 1000;
    const at = new Date().toISOString();
    await appendDuration(this.#folder, {
      ...training.of,
      state,
      seconds: Math.round(10 * seconds) / 10,
      at,
    });
    this.#expectedLeft -= expected;
    if (state === 'done' && isNew) {
      this.#spent.seconds += seconds;
      this.#spent.expected += expected;
    }
    this.#options.onEvent?.({
      ...{ type: 'training-ended', name, state, seconds, done: this.#done },
      of: this.#experiment.runs.length + this.#experiment.sources.length,
      secondsLeft: this.#secondsLeft(),
    });
    return state === 'done';
  }

  #secondsLeft(): number | null {
    const { seconds, expected } = this.#spent;
    return expected === 0 ? null : ((seconds / expected) * this.#expectedLeft) / this.#jobs;
  }

  async #finish(training: Training): Promise<void> {
    this.#done++;
    const network = this.#experiment.sources.find(({ padding }) => `source ${padding}` === training.name);
    if (network !== undefined) await this.#noteSource(network.padding);
    await this.#tidy(training);
  }

  /** Of a training that is done: whether it is what the experiment means, without what only a resumption needs. */
  async #tidy(training: Training): Promise<void> {
    const { out, of } = training;
    if (of.run !== null) await this.#requireSplits(training);
    await rm(join(out, 'checkpoints'), { recursive: true, force: true });
  }

  /** Whoever trained it, here or elsewhere, must have dealt the subjects as the experiment does. */
  async #requireSplits({ out, name, of }: Training): Promise<void> {
    const { draws } = this.#opened.files.splits;
    const run = this.#experiment.runs.find(other => other.system === of.system && other.run === of.run)!;
    const folds = draws.find(({ draw }) => draw === run.draw)!.folds;
    const [test, validation] = [folds[of.fold! - 1]!, folds[of.fold! % folds.length]!];
    const train = folds.filter(fold => fold !== test && fold !== validation).flat();
    const splits = splitsSchema.parse(JSON.parse(await readFile(join(out, 'splits.json'), 'utf8')));
    const { dataFingerprint } = await readRun(out);
    const isSame = (a: readonly string[], b: readonly string[]) =>
      JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());
    const isDealt =
      isSame(splits.test, test) && isSame(splits.validation, validation) && isSame(splits.train, train);
    if (isDealt && dataFingerprint === this.#experiment.target.fingerprint) return;
    throw new CrepitusError(
      'splits-differ',
      `${name} (${out}) was trained on ${isDealt ? 'other data' : 'other folds'} than the experiment has; move its folder away and resume.`,
      { kind: 'refused' },
    );
  }

  /** Notes which source network was trained, or that it is still the one. */
  async #noteSource(padding: Experiment['sources'][number]['padding']): Promise<void> {
    const network = this.#experiment.sources.find(other => other.padding === padding)!;
    const { sha256 } = await openBundle(experimentPaths.bundle(this.#folder, network));
    if (network.sha256 === sha256) return;
    if (network.sha256 !== null) {
      throw new CrepitusError(
        'transfer-changed',
        `The source network in ${network.folder} is another one than the experiment was trained with; bring the old one back or begin another experiment.`,
        { kind: 'refused' },
      );
    }
    const sources = this.#experiment.sources.map(other => (other === network ? { ...other, sha256 } : other));
    this.#experiment = { ...this.#experiment, sources };
    await writeForm(experimentPaths.experiment(this.#folder), this.#experiment);
  }

  async #layOut(of: number, left: readonly Training[]): Promise<ExperimentResult> {
    const isReady = ({ needs }: Training) => needs === null || !left.some(({ name }) => name === needs);
    const ready = left.filter(isReady);
    for (const { out, config } of ready) {
      await makeRunFolder(out);
      await layOutRun({ out, config: config(), resume: existsSync(join(out, 'run.json')) });
    }
    return {
      ...this.#result(of, left.length === 0 ? 'done' : 'queued'),
      queued: ready.map(({ out }) => ({ out, partOf: null })),
      waiting: left.length - ready.length,
    };
  }

  #leave(findings: readonly Finding[]): void {
    for (const finding of findings)
      if (!this.#leftOut.some(({ message }) => message === finding.message)) this.#leftOut.push(finding);
  }
}

interface Training {
  readonly name: string;
  /** The run folder. */
  readonly out: string;
  readonly isDone: boolean;
  /** Seconds at the usual speed. */
  readonly expected: number;
  /** Name of the training of its source network. */
  readonly needs: string | null;
  readonly of: { readonly system: string; readonly run: number | null; readonly fold: number | null };
  /** Known once its source network is. */
  config(): RunConfig;
}

/** What would hit every training: a full disk, changed data, a fault of ours. Not a loss that diverged or a crash. */
function endsAll(error: unknown): boolean {
  if (!(error instanceof CrepitusError)) return true;
  return error.code !== 'run-locked' && error.kind !== 'input';
}
