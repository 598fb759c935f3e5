/** How far an experiment is, from its folder alone; nothing is locked or changed. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isLocked } from '../train/lock.ts';
import { readRun } from '../train/run-folder.ts';
import { usualSpeed } from './estimate.ts';
import { readDurations, readExperiment } from './experiment-folder.ts';
import { type Duration, experimentPaths } from './layout.ts';
import { expectedSeconds } from './outline.ts';
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
  /** Of one core, as the trainings so far went; null before the first is done. */
  readonly hoursLeft: number | null;
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
  const slowness = slownessOf(await readDurations(folder), duration =>
    duration.run === null ? expected.source : expected.run(duration.system),
  );
  const hours = (seconds: number) => (slowness === null ? null : (seconds * slowness) / 3600);
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
    sources,
    systems,
    failures,
  };
}

/** How much longer a training took than expected, over those that are done; null: none is. */
function slownessOf(
  durations: readonly Duration[],
  expectedOf: (duration: Duration) => number,
): number | null {
  const spent = new Map<string, { seconds: number; expected: number; isDone: boolean }>();
  for (const duration of durations) {
    const { system, run, fold, seconds, state } = duration;
    const key = JSON.stringify([system, run, fold]);
    const before = spent.get(key)?.seconds ?? 0;
    spent.set(key, {
      seconds: before + seconds,
      expected: expectedOf(duration),
      isDone: state === 'done',
    });
  }
  const done = [...spent.values()].filter(({ isDone }) => isDone);
  const sum = (of: 'seconds' | 'expected') => done.reduce((total, entry) => total + entry[of], 0);
  return done.length === 0 ? null : sum('seconds') / sum('expected');
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
