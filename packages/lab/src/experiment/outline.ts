/** What a plan comes to, before anything is made of it: trainings, hours, room on the disk. */
import { statfs } from 'node:fs/promises';
import { CrepitusError } from '@crepitus/dsp';
import { type Blocks, startBackend } from '@crepitus/model';
import { classesOf } from '@crepitus/recordings';
import type { RunConfig } from '../train/run-config.ts';
import { checkPlan } from '../train/train-one.ts';
import { configOfRun, configOfSource, type Places, runsOf, sourcesOf } from './configs.ts';
import { type DataSize, dataOf, requireApart, sizeOf } from './data.ts';
import { measureSpeed, type Speed, secondsOf } from './estimate.ts';
import type { Plan } from './plan.ts';
import { type PlanSystem, systemsOf } from './systems.ts';

export interface Outline {
  readonly systems: number;
  /** Without those that equal another by construction. */
  readonly trainedSystems: number;
  readonly folds: number;
  /** Per fold, over all draws of subjects. */
  readonly runs: number;
  readonly trainings: number;
  readonly sources: number;
  /** Estimated, with so many trainings at a time. */
  readonly jobs: number;
  readonly seconds: number;
  /** Until every fold and run of the first system is done. */
  readonly firstSystemSeconds: number;
  /** Of the experiment's folder when it is done, generated recordings included; the cache comes beside. */
  readonly bytes: number;
  /** Sentences on what the data leaves out, and what is wrong in its annotations. */
  readonly findings: readonly string[];
}

/**
 * Checks every system of a plan and estimates what it takes; opens annotations, times some steps on this machine.
 *
 * @throws CrepitusError (usage) for a plan that cannot be trained: `plan-data`, `plan-systems`, those of `checkPlan`;
 *   `subject-shared` (refused)
 */
export async function outlineExperiment(
  plan: Plan,
  { jobs, arithmetic }: { readonly jobs: number; readonly arithmetic: RunConfig['arithmetic'] },
): Promise<Outline> {
  const systems = systemsOf(plan);
  const runs = runsOf(plan);
  await startBackend({ arithmetic });
  await checkSystems(plan, arithmetic);
  const trained = systems.filter(({ sameAs }) => sameAs === null);
  const sizes = {
    target: await sizeOf(dataOf(plan, 'target'), 'target'),
    source: sourcesOf(plan).length > 0 ? await sizeOf(dataOf(plan, 'source'), 'source') : null,
  };
  // Of a plan that draws subjects the draw decides, which needs the sound.
  if (plan.target.subjects === null && sizes.source !== null)
    requireApart(sizes.target.keys, sizes.source.keys);
  const speed = await measureSpeed(templateOf(plan, trained[0]!, arithmetic));
  const expected = expectedSeconds(plan, sizes, speed);
  const perSystem = runs.length / trained.length;
  const first = trained[0]!;
  const sources = sourcesOf(plan);
  const ofSources = sources.length * expected.source;
  const ofRuns = trained.reduce((sum, { name }) => sum + perSystem * expected.run(name), 0);
  const firstSource = first.training === 'scratch' ? 0 : expected.source;
  const firstSystemSeconds = firstSource + Math.ceil(perSystem / jobs) * expected.run(first.name);
  return {
    systems: systems.length,
    trainedSystems: trained.length,
    folds: plan.folds,
    runs: perSystem / plan.folds,
    trainings: runs.length,
    sources: sources.length,
    jobs,
    // A last round that does not fill all jobs takes as long as a full one.
    seconds: Math.max(
      (ofSources + ofRuns) / jobs,
      sources.length > 0 ? expected.source : 0,
      firstSystemSeconds,
    ),
    firstSystemSeconds,
    bytes:
      bytesOf(plan, trained, perSystem, jobs, sizes.target) +
      sizes.target.generatedBytes +
      (sizes.source?.generatedBytes ?? 0),
    findings: [...(sizes.source?.findings ?? []), ...sizes.target.findings],
  };
}

export interface Expected {
  /** Seconds of one training of a system, by its name. */
  run(system: string): number;
  /** Of one source network. */
  readonly source: number;
}

/** Seconds of the trainings of a plan on data of such sizes. */
export function expectedSeconds(
  plan: Plan,
  { source, target }: { readonly source: DataSize | null; readonly target: DataSize },
  speed: Speed,
): Expected {
  const drawn = plan.target.subjects;
  const share = drawn === null ? 1 : Math.min(1, (drawn.crackle + drawn.other) / target.subjects);
  const cycles = Object.fromEntries(
    Object.entries(target.cycles).map(([label, count]) => [label, count * share]),
  );
  const seconds = new Map(
    systemsOf(plan)
      .filter(({ sameAs }) => sameAs === null)
      .map(system => [
        system.name,
        secondsOf(templateOf(plan, system, 'plain'), { ...target, cycles }, speed),
      ]),
  );
  const [network] = sourcesOf(plan);
  return {
    run: name => seconds.get(name)!,
    source:
      network === undefined || source === null
        ? 0
        : secondsOf(configOfSource(plan, network, nowhere('plain')), source, speed),
  };
}

/** One training of a system, without its data. */
function templateOf(plan: Plan, system: PlanSystem, arithmetic: RunConfig['arithmetic']): RunConfig {
  const run = { system: system.name, run: 1, draw: 1, fold: 1, seed: plan.seed, folder: '' };
  return configOfRun(plan, system, run, [], null, nowhere(arithmetic));
}

const nowhere = (arithmetic: RunConfig['arithmetic']): Places => {
  const data = { kind: 'manifest', path: 'none' } as const;
  return { folder: '', source: data, target: data, arithmetic };
};

/** Makes every network once: a ratio that leaves no samples, or blocks that leave no picture, show here. */
async function checkSystems(plan: Plan, arithmetic: RunConfig['arithmetic']): Promise<void> {
  const checked = new Set<string>();
  for (const system of systemsOf(plan)) {
    const shape = JSON.stringify([system.inputs, system.ratio]);
    if (checked.has(shape)) continue;
    checked.add(shape);
    try {
      await checkPlan(templateOf(plan, system, arithmetic));
    } catch (error) {
      if (!(error instanceof CrepitusError)) throw error;
      throw new CrepitusError(error.code, `${system.name} cannot be trained: ${error.message}`, {
        kind: error.kind,
        cause: error,
      });
    }
  }
}

/** @throws CrepitusError `disk-full` (usage) */
export async function requireSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= bytes) return;
  const gigabytes = (count: number) => `${(count / 1e9).toFixed(1)} GB`;
  throw new CrepitusError(
    'disk-full',
    `The experiment needs about ${gigabytes(bytes)} and the disk of ${folder} has ${gigabytes(bavail * bsize)} left; make room or choose another folder.`,
    { kind: 'usage' },
  );
}

function bytesOf(
  plan: Plan,
  trained: readonly PlanSystem[],
  perSystem: number,
  jobs: number,
  size: DataSize,
): number {
  const cycles = Object.values(size.cycles).reduce((sum, count) => sum + count, 0);
  const line = 180; // Of a table of predictions.
  const classes = classesOf(plan.task).length;
  const branch = parametersOf(plan.blocks, classes);
  const largest = Math.max(...trained.map(({ inputs }) => inputs.length)) * branch;
  // A checkpoint has each weight and two moments of it in single precision; there are two, and one that is being written.
  const checkpoints = jobs * 3 * 3 * 4 * largest;
  return trained.reduce((sum, { inputs, epochs }) => {
    const bundle = 2 * inputs.length * branch + 20_000;
    return sum + perSystem * (bundle + (2 * line * cycles) / plan.folds + 300 * epochs);
  }, checkpoints);
}

/** Of a network with one branch. */
export function parametersOf({ filters }: Blocks, classes: number): number {
  const channels = [1, ...filters];
  const blocks = filters.reduce((sum, out, i) => {
    const into = channels[i]!;
    return sum + 4 * into + 9 * into * out + out;
  }, 0);
  return blocks + (filters.at(-1)! + 1) * classes;
}
