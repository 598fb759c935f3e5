/** How far an experiment is, from its folder alone; nothing is locked or changed. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isLocked } from '../train/lock.ts';
import { readRun } from '../train/run-folder.ts';
import { readRunTime } from '../train/run-log.ts';
import { usualSpeed } from './estimate.ts';
import { type ExperimentFiles, readDurations, readExperiment } from './experiment-folder.ts';
import { experimentPaths } from './layout.ts';
import { type Expected, expectedSeconds } from './outline.ts';
import { systemsOf } from './systems.ts';

/** `waiting`: its folder is not there yet. `interrupted`: begun, and nobody is at work on it. */
export type TrainingState = 'waiting' | 'queued' | 'running' | 'interrupted' | 'failed' | 'done';

export type StateCounts = Readonly<Record<TrainingState, number>>;

/** What `experiment status --json` prints. */
export interface ExperimentStatus {
  readonly schemaVersion: 1;
  readonly name: string;
  readonly folder: string;
  /** Whether a process holds the experiment. */
  readonly atWork: boolean;
  readonly trainings: StateCounts;
  readonly of: number;
  /** Of one core, as the trainings so far went; null before the first epoch of the first one. */
  readonly hoursLeft: number | null;
  /** Why there is no time, and what to do, in a sentence; null where there is one. */
  readonly hoursUnknown: string | null;
  readonly sources: readonly {
    readonly padding: string;
    readonly state: TrainingState;
    readonly sha256: string | null;
  }[];
  readonly systems: readonly {
    readonly name: string;
    readonly sameAs: string | null;
    readonly trainings: StateCounts;
    readonly of: number;
    readonly hoursLeft: number | null;
  }[];
  readonly failures: readonly { readonly run: string; readonly code: string; readonly message: string }[];
}

/** @throws CrepitusError those of `readExperiment`, and of a run folder that cannot be read */
export async function experimentStatus(out: string): Promise<ExperimentStatus> {
  const folder = resolve(out);
  const { experiment, plan } = await readExperiment(folder);
  const expected = expectedSeconds(plan, experiment, usualSpeed);
  const slowness = slownessOf(await timesOf(folder, { experiment, plan }, expected));
  const hours = (seconds: number) =>
    seconds === 0 ? 0 : slowness === null ? null : (seconds * slowness) / 3600;
  const failures: { run: string; code: string; message: string }[] = [];
  const look = async (name: string, run: { readonly folder: string }, epochs: number) => {
    const looked = await lookAt(experimentPaths.run(folder, run), epochs);
    if (looked.failure !== null) failures.push({ run: name, ...looked.failure });
    return looked;
  };

  const epochs = new Map(systemsOf(plan).map(system => [system.name, system.epochs]));
  const counts = noStates();
  const sources: ExperimentStatus['sources'][number][] = [];
  let seconds = 0;
  for (const network of experiment.sources) {
    const name = `source ${network.padding}`;
    const { state, left } = await look(name, network, plan.source.epochs);
    counts[state]++;
    seconds += left * expected.source;
    sources.push({ padding: network.padding, state, sha256: network.sha256 });
  }
  const trained = new Map<string, { states: StateCounts; of: number; seconds: number }>();
  for (const { name, sameAs } of experiment.systems) {
    if (sameAs !== null) continue;
    const states = noStates();
    const runs = experiment.runs.filter(({ system }) => system === name);
    let ofSystem = 0;
    for (const run of runs) {
      const { state, left } = await look(`${name} run ${run.run} fold ${run.fold}`, run, epochs.get(name)!);
      states[state]++;
      counts[state]++;
      ofSystem += left * expected.run(name);
    }
    seconds += ofSystem;
    trained.set(name, { states, of: runs.length, seconds: ofSystem });
  }
  const systems = experiment.systems.map(({ name, sameAs }) => {
    const { states, of, seconds } = trained.get(sameAs ?? name)!;
    return { name, sameAs, trainings: states, of, hoursLeft: sameAs === null ? hours(seconds) : 0 };
  });
  return {
    schemaVersion: 1,
    name: experiment.name,
    folder,
    atWork: isLocked(folder),
    trainings: counts,
    of: experiment.runs.length + experiment.sources.length,
    hoursLeft: hours(seconds),
    hoursUnknown: hours(seconds) === null ? whyUnknown(counts, folder) : null,
    sources,
    systems,
    failures,
  };
}

function whyUnknown({ running, queued }: StateCounts, folder: string): string {
  const none = 'No training has come through an epoch yet';
  if (running > 0) return `${none}: the first of the ${running} at work will tell how fast they go.`;
  if (queued > 0) {
    return `${none}, and nobody has begun one of the ${queued} in the queue; start crepitus-runner, with DATABASE_URL, where ${folder} can be reached.`;
  }
  return `${none}, and nobody is at work; go on with: experiment resume ${folder}.`;
}

interface Time {
  readonly seconds: number;
  /** Of the work that was done in them. */
  readonly expected: number;
}

/**
 * What trainings took so far. Of those that ended in a process of the experiment by its durations; of others, which workers of
 * the queue trained or which have not ended, by their logs.
 */
async function timesOf(
  folder: string,
  { experiment, plan }: Pick<ExperimentFiles, 'experiment' | 'plan'>,
  expected: Expected,
): Promise<Time[]> {
  const ended = new Map<string, { seconds: number; isDone: boolean }>();
  for (const { system, run, fold, seconds, state } of await readDurations(folder)) {
    const key = JSON.stringify([system, run, fold]);
    const before = ended.get(key)?.seconds ?? 0;
    ended.set(key, { seconds: before + seconds, isDone: state === 'done' });
  }
  const epochs = new Map(systemsOf(plan).map(system => [system.name, system.epochs]));
  const trainings = [
    ...experiment.sources.map(network => ({
      ...{ of: network, key: [`source ${network.padding}`, null, null] },
      ...{ seconds: expected.source, epochs: plan.source.epochs },
    })),
    ...experiment.runs.map(run => ({
      ...{ of: run, key: [run.system, run.run, run.fold] },
      ...{ seconds: expected.run(run.system), epochs: epochs.get(run.system)! },
    })),
  ];
  const times: Time[] = [];
  for (const training of trainings) {
    const known = ended.get(JSON.stringify(training.key));
    if (known?.isDone) {
      times.push({ seconds: known.seconds, expected: training.seconds });
      continue;
    }
    const read = await readRunTime(experimentPaths.run(folder, training.of), training.epochs);
    if (read !== null) times.push({ seconds: read.seconds, expected: read.share * training.seconds });
  }
  return times;
}

/**
 * How many times as long as expected trainings take: half of the work that was done went faster. The mean would be led by the
 * few during which a computer slept or a process was held. Null: nothing is known of any.
 */
export function slownessOf(times: readonly Time[]): number | null {
  const half = times.reduce((sum, { expected }) => sum + expected, 0) / 2;
  const ratios = times
    .map(({ seconds, expected }) => ({ ratio: seconds / expected, expected }))
    .sort((a, b) => a.ratio - b.ratio);
  let done = 0;
  for (const { ratio, expected } of ratios) {
    done += expected;
    if (done >= half) return ratio;
  }
  return null;
}

interface Looked {
  readonly state: TrainingState;
  /** Share of the work, 0 to 1. */
  readonly left: number;
  readonly failure: { readonly code: string; readonly message: string } | null;
}

async function lookAt(run: string, epochs: number): Promise<Looked> {
  if (!existsSync(join(run, 'run.json'))) return { state: 'waiting', left: 1, failure: null };
  const { state, failure } = await readRun(run);
  if (state === 'done') return { state, left: 0, failure: null };
  const lines = await readFile(join(run, 'epochs.ndjson'), 'utf8').catch(() => '');
  const left = 1 - Math.min(1, (lines.split('\n').length - 1) / epochs);
  const { code, message } = failure ?? { code: '', message: '' };
  return {
    state: state === 'running' && !isLocked(run) ? 'interrupted' : state,
    left,
    failure: state === 'failed' ? { code, message } : null,
  };
}

function noStates(): Record<TrainingState, number> {
  return { waiting: 0, queued: 0, running: 0, interrupted: 0, failed: 0, done: 0 };
}
