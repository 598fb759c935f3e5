/** Whole experiments of tiny networks on synthetic recordings. */
import { fork } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ExperimentTask } from '../../test/experiment-process.ts';
import { tinyFrontEnd, writeCohort } from '../../test/tiny-cohort.ts';
import { parsePredictions } from '../evaluate/predictions.ts';
import { isLocked } from '../train/lock.ts';
import { readRun } from '../train/run-folder.ts';
import { readRunTime } from '../train/run-log.ts';
import { splitsSchema } from '../train/run-record.ts';
import { continueRun } from '../train/train.ts';
import { secondsOf } from './estimate.ts';
import { type ExperimentFiles, readDurations, readExperiment } from './experiment-folder.ts';
import { experimentPaths } from './layout.ts';
import { outlineExperiment } from './outline.ts';
import type { Plan, PlanInput } from './plan.ts';
import { parsePlan } from './read-plan.ts';
import {
  type ExperimentEvent,
  type ExperimentOptions,
  type ExperimentResult,
  resumeExperiment,
  runExperiment,
} from './run-experiment.ts';
import { experimentStatus } from './status.ts';

let folder: string;
let source: string;
let target: string;
let cacheFolder: string;
let out: string;
let count = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crepitus-experiment-'));
  cacheFolder = join(folder, 'cache');
  source = join(folder, 'source');
  target = join(folder, 'target');
  await writeCohort(source, 8, 'a');
  await writeCohort(target, 9, 'b');
});
beforeEach(() => {
  out = join(folder, `experiment-${count++}`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Two systems to train, and one that is the second by construction. */
function tiny(choices: Partial<PlanInput> = {}): Plan {
  const training = { epochs: 2, learningRate: 0.01 };
  return parsePlan(
    {
      name: 'tiny',
      frontEnd: tinyFrontEnd,
      blocks: { filters: [8, 8], strides: [1, 2] },
      source: { data: `manifest:${source}`, ...training, validationShare: 0.3 },
      target: { data: `manifest:${target}`, ...training, batch: 6 },
      folds: 3,
      runs: 1,
      systems: [
        { inputs: ['cycle'] },
        { inputs: ['cycle', 'inspiration'], training: 'conv2' },
        { inputs: ['cycle', 'inspiration'], training: 'bn2' },
      ],
      ...choices,
    },
    'tiny',
  );
}

function run(plan: Plan, options: Partial<ExperimentOptions & { bytes: number }> = {}) {
  return runExperiment(plan, { out, cacheFolder, arithmetic: 'plain', ...options });
}

/** Every file but locks, logs and durations, by its path; places where things lie are left out. */
function contents(path: string, places: readonly string[]): Record<string, string> {
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' }).sort();
  const longestFirst = [path, ...places].sort((a, b) => b.length - a.length);
  return Object.fromEntries(
    files
      .filter(name => !/(^|\/)(lock|log\.txt|durations\.ndjson)$/.test(name))
      .filter(name => statSync(join(path, name)).isFile())
      .map(name => {
        const text = readFileSync(join(path, name), 'latin1');
        return [name, longestFirst.reduce((all, place) => all.replaceAll(place, '<place>'), text)];
      }),
  );
}

describe('an experiment', () => {
  let whole: string;
  let result: ExperimentResult;
  let files: ExperimentFiles;
  const events: ExperimentEvent[] = [];

  beforeAll(async () => {
    whole = join(folder, 'whole');
    result = await runExperiment(tiny(), {
      ...{ out: whole, cacheFolder, jobs: 1, arithmetic: 'plain' },
      onEvent: event => events.push(event),
    });
    files = await readExperiment(whole);
  });

  test('trains a first complete row, then its source network, then the other systems, each once', async () => {
    expect(result).toMatchObject({ state: 'done', done: 7, of: 7, failed: [], leftOut: [] });
    const ended = events.flatMap(event => (event.type === 'training-ended' ? [event.name] : []));
    expect(ended).toEqual([
      ...[1, 2, 3].map(fold => `Scratch_Cyc_SamplePad run 1 fold ${fold}`),
      'source sample',
      ...[1, 2, 3].map(fold => `2ndConv_Cyc_Ins_Ratio_12_SamplePad run 1 fold ${fold}`),
    ]);
    expect(files.experiment.systems.map(({ sameAs }) => sameAs)).toEqual([
      null,
      null,
      '2ndConv_Cyc_Ins_Ratio_12_SamplePad',
    ]);
    expect((await readDurations(whole)).map(({ system, fold, state }) => [system, fold, state])).toEqual([
      ...[1, 2, 3].map(fold => ['Scratch_Cyc_SamplePad', fold, 'done']),
      ['source sample', null, 'done'],
      ...[1, 2, 3].map(fold => ['2ndConv_Cyc_Ins_Ratio_12_SamplePad', fold, 'done']),
    ]);
  });

  test('tests every subject once per run, validates on the next fold, and never learns from who is tested', async () => {
    const folds = files.splits.draws[0]!.folds;
    expect(folds.flat().sort()).toEqual(Array.from({ length: 9 }, (_, i) => `manifest:b${i}`));
    for (const of of files.experiment.runs) {
      const path = experimentPaths.run(whole, of);
      const splits = splitsSchema.parse(JSON.parse(await readFile(join(path, 'splits.json'), 'utf8')));
      const [test, validation] = [folds[of.fold - 1]!, folds[of.fold % 3]!];
      expect(splits.test).toEqual([...test].sort());
      expect(splits.validation).toEqual([...validation].sort());
      expect(splits.train).toEqual(
        folds
          .filter(fold => fold !== test && fold !== validation)
          .flat()
          .sort(),
      );
      const file = experimentPaths.predictions(whole, of);
      const { rows } = parsePredictions(await readFile(file, 'utf8'), file);
      expect([...new Set(rows.map(({ subject }) => `manifest:${subject}`))].sort()).toEqual(splits.test);
      expect(rows).toHaveLength(4 * splits.test.length);
    }
  });

  test('has one source network, whose sha256 every transferred run names', async () => {
    const [network] = files.experiment.sources;
    expect(network!.sha256).toMatch(/^[0-9a-f]{64}$/);
    for (const of of files.experiment.runs) {
      const { config } = await readRun(experimentPaths.run(whole, of));
      if (of.system.startsWith('Scratch')) expect(config.transfer).toBeNull();
      else expect(config.transfer!.sha256).toBe(network!.sha256);
    }
  });

  test('that is done is left as it is, and says so', async () => {
    const before = contents(whole, []);
    const again: ExperimentEvent[] = [];
    const resumed = await resumeExperiment({ out: whole, cacheFolder, onEvent: event => again.push(event) });
    expect(resumed).toMatchObject({ state: 'done', done: 7, of: 7 });
    expect(again.filter(({ type }) => type !== 'preparing')).toEqual([]);
    expect(contents(whole, [])).toEqual(before);
    const status = await experimentStatus(whole);
    expect(status).toMatchObject({ name: 'tiny', of: 7, hoursLeft: 0, atWork: false, failures: [] });
    expect(status.trainings).toMatchObject({ done: 7, waiting: 0, running: 0 });
    expect(status.systems.map(({ trainings, of }) => [trainings.done, of])).toEqual([
      [3, 3],
      [3, 3],
      [3, 3],
    ]);
    expect(existsSync(join(whole, 'runs/Scratch_Cyc_SamplePad/run-1/fold-1/checkpoints'))).toBe(false);
  });

  test('whose baselines are missing gets them on resumption; once its data has gone it says that it cannot', async () => {
    const copy = join(folder, 'without-baselines');
    await cp(whole, copy, { recursive: true });
    await rm(join(copy, 'baselines'), { recursive: true });
    await resumeExperiment({ out: copy, cacheFolder });
    const tables = (path: string) => readdirSync(join(path, 'baselines'), { recursive: true }).length;
    expect(tables(copy)).toBe(tables(whole));
    await rm(join(copy, 'baselines'), { recursive: true });
    const told: string[] = [];
    const { state } = await resumeExperiment({
      ...{ out: copy, cacheFolder, target: `manifest:${join(folder, 'nowhere')}` },
      onEvent: event => event.type === 'finding' && told.push(event.message),
    });
    expect(state).toBe('done');
    expect(told).toEqual([expect.stringMatching(/^The baselines are not made: .*nowhere/)]);
  });

  test('that is killed, moved with its data and resumed ends in the same bytes', async () => {
    await killWithin(tiny(), out, ({ type, ...event }) => {
      const name = type === 'training' && 'event' in event ? event.event.run : undefined;
      return name === '2ndConv_Cyc_Ins_Ratio_12_SamplePad run 1 fold 2';
    });
    const before = await experimentStatus(out);
    expect(before.trainings.done).toBeGreaterThanOrEqual(4);
    expect(before.trainings.interrupted).toBeGreaterThanOrEqual(1);
    expect(before.hoursLeft).toBeGreaterThan(0);

    const moved = join(folder, 'moved');
    const newTarget = join(folder, 'moved-target');
    await rename(out, moved);
    await cp(target, newTarget, { recursive: true });
    const resumed = await resumeExperiment({
      ...{ out: moved, cacheFolder, jobs: 2 },
      target: `manifest:${newTarget}`,
    });
    expect(resumed.state).toBe('done');
    expect((await readExperiment(moved)).experiment.target.path).toBe(newTarget);
    expect(contents(moved, [out, newTarget, target])).toEqual(contents(whole, [target]));
  });
});

/** Starts an experiment in a process of its own, kills it at an event, and waits until its trainings have noticed. */
async function killWithin(
  plan: Plan,
  path: string,
  isTime: (event: ExperimentEvent) => boolean,
): Promise<void> {
  const child = fork(fileURLToPath(new URL('../../test/experiment-process.ts', import.meta.url)), {
    execArgv: ['--conditions=@crepitus/source', '--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const task: ExperimentTask = { plan, options: { out: path, jobs: 2, cacheFolder } };
  child.send(task);
  child.on('message', (event: ExperimentEvent) => {
    if (isTime(event)) child.kill('SIGKILL');
  });
  await new Promise(resolve => child.once('exit', resolve));
  const { experiment } = await readExperiment(path);
  while (experiment.runs.some(of => isLocked(experimentPaths.run(path, of)))) await sleep(50);
}

test('a training that diverges does not end the others; status and result name it', async () => {
  const plan = tiny({
    systems: [
      { inputs: ['cycle'], learningRate: 1e30, epochs: 2 },
      { inputs: ['inspiration'], epochs: 1 },
    ],
  });
  const result = await run(plan);
  expect(result).toMatchObject({ state: 'failed', done: 3, of: 6 });
  expect(result.failed.map(({ code }) => code)).toEqual(Array(3).fill('training-diverged'));
  const { systems, failures } = await experimentStatus(out);
  expect(systems.map(({ trainings }) => [trainings.done, trainings.failed])).toEqual([
    [0, 3],
    [3, 0],
  ]);
  expect(failures.map(({ code }) => code)).toEqual(Array(3).fill('training-diverged'));
});

test('a limit of hours or the signal stops it where it can be resumed', async () => {
  expect(await run(tiny(), { hours: 1e-6 })).toMatchObject({ state: 'interrupted', done: 0, of: 7 });
  const stopped = AbortSignal.abort();
  await expect(resumeExperiment({ out, cacheFolder, signal: stopped })).rejects.toMatchObject({
    name: 'AbortError',
  });
  expect((await experimentStatus(out)).trainings.done).toBe(0);
});

describe('for the queue', () => {
  test('what can be trained is laid out, and what needs a source network waits for it', async () => {
    const result = await run(tiny(), { queue: true });
    expect(result).toMatchObject({ state: 'queued', done: 0, of: 7, waiting: 3 });
    expect(result.queued.map(({ out: path }) => path)).toEqual([
      ...[1, 2, 3].map(fold => join(out, `runs/Scratch_Cyc_SamplePad/run-1/fold-${fold}`)),
      join(out, 'sources/sample'),
    ]);
    for (const { out: path } of result.queued) expect((await readRun(path)).state).toBe('queued');
    const status = await experimentStatus(out);
    expect(status.trainings).toMatchObject({ queued: 4, waiting: 3, done: 0 });
    expect(status.hoursLeft).toBeNull();
    expect(status.hoursUnknown).toBe(
      `No training has come through an epoch yet, and nobody has begun one of the 4 in the queue; start crepitus-runner, with DATABASE_URL, where ${out} can be reached.`,
    );
    expect(await resumeExperiment({ out, cacheFolder, queue: true })).toEqual(result);
  });

  test('the time left is known from what workers trained, who keep no durations', async () => {
    const { queued } = await run(tiny(), { queue: true });
    const [first] = queued;
    await continueRun({ out: first!.out, cacheFolder });
    expect(existsSync(experimentPaths.durations(out))).toBe(false);
    const after = await experimentStatus(out);
    expect(after.trainings).toMatchObject({ queued: 3, waiting: 3, done: 1 });
    expect(after.hoursUnknown).toBeNull();
    // Two folds of the system are left: twice what its first took.
    const took = (await readRunTime(first!.out, 2))!.seconds;
    expect(after.systems[0]!.hoursLeft! * 3600).toBeCloseTo(2 * took, 9);
    expect(after.hoursLeft).toBeGreaterThan(after.systems[0]!.hoursLeft!);
  });
});

describe('refused in one sentence, before anything is trained', () => {
  const refusal = (code: string, kind: string, message = /./) =>
    expect.objectContaining({ code, kind, message: expect.stringMatching(message) });
  const leavesNothing = () => expect(existsSync(out)).toBe(false);

  test('a subject in source and target, by the dry run too', async () => {
    const plan = tiny({ source: { data: `manifest:${target}`, validationShare: 0.3 } });
    const refused = refusal('subject-shared', 'refused', /9 subjects .*manifest:b\d/);
    await expect(outlineExperiment(plan, { jobs: 1, arithmetic: 'plain' })).rejects.toEqual(refused);
    await expect(run(plan)).rejects.toEqual(refused);
    leavesNothing();
  });

  test('a fold without crackles, and more folds than subjects', async () => {
    await expect(run(tiny({ folds: 6 }))).rejects.toEqual(
      refusal('fold-without-crackles', 'usage', /Fold \d of 6/),
    );
    await expect(run(tiny({ folds: 12 }))).rejects.toEqual(refusal('folds-impossible', 'usage'));
    leavesNothing();
  });

  test('a ratio that leaves no samples, which the sentence names by its system', async () => {
    const frontEnd = { ...tinyFrontEnd, cycleSamples: 300 };
    const plan = tiny({
      frontEnd,
      blocks: { filters: [4], strides: [1] },
      systems: [{ inputs: ['inspiration'], ratio: '1:3' }],
    });
    await expect(outlineExperiment(plan, { jobs: 1, arithmetic: 'plain' })).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringMatching(/^Scratch_Ins_Ratio_13_SamplePad cannot be trained: /),
    });
  });

  test('data that is not there, has no audio, or that the plan leaves open', async () => {
    const at = (path: string) => tiny({ target: { data: `manifest:${path}` } });
    await expect(run(at(join(folder, 'nowhere')))).rejects.toEqual(refusal('folder-unreadable', 'usage'));
    const silent = join(folder, 'silent');
    await cp(target, silent, { recursive: true, filter: name => !name.endsWith('.wav') });
    await expect(run(at(silent))).rejects.toEqual(refusal('data-empty', 'usage', /audio for none/));
    const open = tiny({ target: {} });
    await expect(outlineExperiment(open, { jobs: 1, arithmetic: 'plain' })).rejects.toEqual(
      refusal('plan-data', 'usage', /--target KIND:DIR/),
    );
    leavesNothing();
  });

  test('a full disk', async () => {
    await expect(run(tiny(), { bytes: 1e18 })).rejects.toEqual(
      refusal('disk-full', 'usage', /1000000000\.0 GB/),
    );
    leavesNothing();
  });

  test('a folder that holds something else, or an experiment already, or that another process is at work on', async () => {
    await run(tiny(), { queue: true });
    await expect(run(tiny())).rejects.toEqual(refusal('experiment-exists', 'refused', /experiment resume/));
    await writeFile(
      join(out, 'lock'),
      JSON.stringify({ token: 'other', host: hostname(), pid: process.pid }),
    );
    await expect(resumeExperiment({ out, cacheFolder })).rejects.toEqual(refusal('run-locked', 'refused'));
    expect((await experimentStatus(out)).atWork).toBe(true);
    await expect(run(tiny(), { out: source })).rejects.toEqual(refusal('folder-foreign', 'refused'));
    await expect(resumeExperiment({ out: source })).rejects.toEqual(refusal('experiment-missing', 'usage'));
    expect(existsSync(join(source, 'lock'))).toBe(false);
  });

  test('to go on with other data, or with splits in which a subject is on two sides', async () => {
    const data = join(folder, 'changing');
    await cp(target, data, { recursive: true });
    await run(tiny({ target: { data: `manifest:${data}`, batch: 6 } }), { queue: true });
    const cycles = await readFile(join(data, 'cycles.csv'), 'utf8');
    await writeFile(join(data, 'cycles.csv'), cycles.replace('crackle\n', 'normal\n'));
    await expect(resumeExperiment({ out, cacheFolder })).rejects.toEqual(
      refusal('experiment-data-changed', 'refused', /--target/),
    );
    await writeFile(join(data, 'cycles.csv'), cycles);

    const file = experimentPaths.splits(out);
    const splits = JSON.parse(await readFile(file, 'utf8'));
    splits.draws[0].folds[0].push(splits.draws[0].folds[1][0]);
    await writeFile(file, JSON.stringify(splits));
    await expect(resumeExperiment({ out, cacheFolder })).rejects.toEqual(
      refusal('subject-twice', 'refused', /folds 1 and 2/),
    );
  });

  test('but recordings without audio, or with audio that cannot be read, are told of and left out', async () => {
    const data = join(folder, 'holes');
    await cp(target, data, { recursive: true });
    await rm(join(data, 'b1.wav'));
    await writeFile(join(data, 'b3.wav'), 'no audio');
    const told: string[] = [];
    const result = await run(tiny({ target: { data: `manifest:${data}`, batch: 6 } }), {
      queue: true,
      onEvent: event => event.type === 'finding' && told.push(event.message),
    });
    expect(told).toEqual([
      expect.stringMatching(/^1 of 9 recordings of manifest:.* have cycles and no audio/),
      expect.stringMatching(/^Left out of the target: .*b3\.wav/),
      expect.stringMatching(/^In the target: .*recordings\.csv line 3 names 'b1\.wav'/),
    ]);
    expect(result.leftOut).toHaveLength(1);
    const { experiment, splits } = await readExperiment(out);
    expect(experiment.target).toMatchObject({ subjects: 7, recordings: 7, withoutAudio: 1 });
    expect(splits.draws[0]!.folds.flat()).toHaveLength(7);
  });
});

test('what is wrong in the annotations is told before hours are spent and kept, ten at most by name', async () => {
  const data = join(folder, 'misspelt');
  await cp(target, data, { recursive: true });
  const file = join(data, 'cycles.csv');
  const [head, ...rows] = (await readFile(file, 'utf8')).trimEnd().split('\n');
  const misspelt = (count: number) =>
    rows.map((row, i) => (i < count ? row.replace(/,[^,]*$/, ',crakle') : row)).join('\n');
  const toldOf = async (count: number) => {
    await writeFile(file, `${head}\n${misspelt(count)}\n`);
    const told: string[] = [];
    const plan = tiny({ target: { data: `manifest:${data}`, batch: 6 }, systems: [{ inputs: ['cycle'] }] });
    const end = await run(plan, {
      ...{ out: join(folder, `misspelt-${count}`), queue: true },
      onEvent: event => event.type === 'finding' && told.push(event.message),
    }).catch((error: unknown) => error);
    const outline = await outlineExperiment(plan, { jobs: 1, arithmetic: 'plain' });
    return { told, end, outlined: outline.findings };
  };
  const one = await toldOf(1);
  expect(one.told).toEqual([expect.stringMatching(/^In the target: .*cycles\.csv.*crakle/)]);
  expect(one.end).toMatchObject({ state: 'queued' });
  expect(one.outlined).toEqual(one.told);
  const { experiment } = await readExperiment(join(folder, 'misspelt-1'));
  expect(one.told).toEqual(experiment.target.problems!.map(message => `In the target: ${message}`));
  const { told } = await toldOf(12);
  expect(told).toHaveLength(11);
  expect(told[10]).toBe(
    'In the target: There are 2 more such problems; crepitus data inspect KIND:DIR names them all.',
  );
});

describe('the outline', () => {
  test('counts trainings and estimates hours before anything is made', async () => {
    const outline = await outlineExperiment(tiny(), { jobs: 2, arithmetic: 'plain' });
    expect(outline).toMatchObject({
      ...{ systems: 3, trainedSystems: 2, folds: 3, runs: 1, trainings: 6, sources: 1, jobs: 2 },
    });
    expect(outline.seconds).toBeGreaterThan(0);
    expect(outline.firstSystemSeconds).toBeLessThanOrEqual(outline.seconds);
    leavesNothingBehind();
  });

  test('counts the recordings that will be generated into the folder', async () => {
    const bytesOf = async (data: Plan['target']['data']) => {
      const { target: ofTarget, systems } = tiny({ systems: [{ inputs: ['cycle'] }] });
      const plan = tiny({ systems, target: { ...ofTarget, data } });
      return (await outlineExperiment(plan, { jobs: 1, arithmetic: 'plain' })).bytes;
    };
    const few = { cohort: 'ipf', seed: 1, subjects: 8, patients: 3, channels: 2 } as const;
    // 8 recordings of 30 s, 16 kHz, 16 bit, two sounds and an airflow; predictions grow by a line of each cycle.
    const one = 8 * 30 * 16_000 * 2 * 3;
    const more = (await bytesOf({ ...few, recordings: 2 })) - (await bytesOf({ ...few, recordings: 1 }));
    expect(more).toBeGreaterThan(one);
    expect(more).toBeLessThan(1.01 * one);
    leavesNothingBehind();
  });

  function leavesNothingBehind() {
    expect(existsSync(out)).toBe(false);
  }

  test('counts the items of an epoch, its validation and the predictions at the end', async () => {
    const plan = tiny({ systems: [{ inputs: ['cycle'], epochs: 10 }] });
    await run(plan, { queue: true });
    const { config } = await readRun(join(out, 'runs/Scratch_Cyc_SamplePad/run-1/fold-1'));
    const size = { subjects: 9, cycles: { normal: 60, crackle: 30, wheeze: 30 } };
    // 16 rows a picture. An epoch: a third of 60 + 2 x 30 items, and 30 cycles to validate; at the end 80 predictions.
    const speed = { train: 1, forward: 0.1, run: 7 };
    expect(secondsOf(config, size, speed)).toBeCloseTo(16 * (10 * (40 + 3) + 8) + 7, 6);
  });
});
