/** Whole runs of tiny networks on synthetic recordings, as the CLI starts them. */
import { type ChildProcess, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { appendFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bestArithmetic, frontEnds, hashSubject } from '@crepitus/model';
import { openBundle } from '@crepitus/model/node';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { tinyFrontEnd, writeCohort } from '../../test/tiny-cohort.ts';
import { formatPredictions, parsePredictions } from '../evaluate/predictions.ts';
import type { FromChild, ToChild } from './child.ts';
import { foldsAreDone, queueRun } from './queue-run.ts';
import { defaultConfig, type RunChoices, type RunConfig } from './run-config.ts';
import { type RunEvent, sentenceOfEvent, type TrainingEvent } from './run-events.ts';
import { trainRuns } from './run-process.ts';
import { epochRecordSchema, runRecordSchema, splitsSchema } from './run-record.ts';
import { continueRun, trainSource, trainTarget } from './train.ts';
import { trainOne } from './train-one.ts';
import { transferFrom } from './transfer-source.ts';
import { predictUnseen } from './unseen-predictions.ts';

let folder: string;
let cohort: string;
let cacheFolder: string;
let out: string;
let runs = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crepitus-train-'));
  cohort = join(folder, 'cohort');
  cacheFolder = join(folder, 'cache');
  await writeCohort(cohort, 12);
});
beforeEach(() => {
  out = join(folder, `run-${runs++}`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function tiny(kind: 'source' | 'target', choices: Partial<RunChoices> = {}): RunConfig {
  return defaultConfig(kind, {
    data: [{ kind: 'manifest', path: cohort }],
    frontEnd: tinyFrontEnd,
    blocks: { filters: [8, 8], strides: [1, 2] },
    epochs: 3,
    batch: 6,
    learningRate: 0.01,
    validationShare: 0.3,
    ...choices,
  });
}

/** sha256 of every file of a folder but lock and log, by its path. */
function contents(path: string): Record<string, string> {
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    files
      .filter(name => !/(^|\/)(lock|log\.txt)$/.test(name) && statSync(join(path, name)).isFile())
      .map(name => [relative(path, join(path, name)), sha256(readFileSync(join(path, name)))]),
  );
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function readJson(name: string) {
  return JSON.parse(await readFile(join(out, name), 'utf8'));
}

async function readTable(path: string) {
  return parsePredictions(await readFile(path, 'utf8'), path);
}

test('a source run ends in a bundle of one member, its predictions and its epochs', async () => {
  const { state, chosen } = await trainOne(tiny('source', { task: 'crackle-vs-normal' }), {
    out,
    cacheFolder,
  });
  expect(state).toBe('done');
  expect(chosen!.epoch).toBeGreaterThanOrEqual(1);
  const bundle = await openBundle(join(out, 'bundle'));
  expect(bundle.members).toHaveLength(1);
  expect(bundle.manifest.behaviour.map(({ sound }) => sound)).toEqual([
    'silence',
    'white noise',
    'speech-like sound',
    'heart beat',
  ]);
  expect(runRecordSchema.parse(await readJson('run.json')).state).toBe('done');
  const splits = splitsSchema.parse(await readJson('splits.json'));
  expect(splits.train.length + splits.validation.length).toBe(12);
  const { rows } = await readTable(join(out, 'predictions.csv'));
  expect([...new Set(rows.map(({ subject }) => `manifest:${subject}`))].sort()).toEqual(splits.validation);
  expect(rows.some(({ label }) => label === 'wheeze')).toBe(true); // no part of the task, reported apart
  expect(bundle.manifest.scoreCases).toMatchObject([
    {
      dataset: 'manifest',
      scoredBy: 'validation subjects, who chose the threshold and the epoch and taught nothing',
      subjects: splits.validation.length,
      cycles: rows.filter(({ label }) => label === 'normal' || label === 'crackle').length,
    },
  ]);
  const epochs = (await readFile(join(out, 'epochs.ndjson'), 'utf8')).trim().split('\n');
  expect(epochs.map(line => epochRecordSchema.parse(JSON.parse(line)).epoch)).toEqual([1, 2, 3]);
  expect(existsSync(join(out, 'lock'))).toBe(false);
});

test('fused arithmetic is recorded, gives the same bytes twice, and others than plain arithmetic', async ({
  skip,
}) => {
  skip(bestArithmetic() !== 'fused', 'this machine has no fused multiply-add');
  const weights = async (arithmetic: RunConfig['arithmetic'], name: string) => {
    const run = `${out}-${name}`;
    await trainOne(tiny('source', { task: 'crackle-vs-normal', arithmetic }), { out: run, cacheFolder });
    const { config } = runRecordSchema.parse(JSON.parse(await readFile(join(run, 'run.json'), 'utf8')));
    expect(config.arithmetic).toBe(arithmetic);
    return sha256(await readFile(join(run, 'checkpoints/last.safetensors')));
  };
  const fused = await weights('fused', 'fused');
  expect(await weights('fused', 'again')).toBe(fused);
  expect(await weights('plain', 'plain')).not.toBe(fused);
});

describe('a run that did not come to its end', () => {
  const config = () => tiny('source', { task: 'crackle-vs-normal', schedule: 'cosine', select: 'loss' });
  let undisturbed: Record<string, string>;
  beforeAll(async () => {
    const whole = join(folder, 'whole');
    await trainOne(config(), { out: whole, cacheFolder });
    undisturbed = contents(whole);
  });

  /** Stops a run at the first step of its second epoch. */
  async function stopWithin(): Promise<void> {
    const stop = new AbortController();
    const onProgress = (event: TrainingEvent) => {
      if (event.type === 'step' && event.epoch === 2) stop.abort();
    };
    const stopped = await trainOne(config(), { out, cacheFolder, signal: stop.signal, onProgress });
    expect(stopped).toEqual({ state: 'interrupted', chosen: null, failed: [] });
    expect((await readJson('run.json')).state).toBe('interrupted');
  }

  test('because of kill -9 within an epoch continues and ends in the same bytes as an undisturbed one', async () => {
    await killWithin(config(), out, 2, 2);
    expect(existsSync(join(out, 'lock'))).toBe(true);
    expect(existsSync(join(out, 'bundle'))).toBe(false);
    const { state } = await trainOne(config(), { out, resume: true, cacheFolder });
    expect(state).toBe('done');
    expect(contents(out)).toEqual(undisturbed);
  });

  test('says so when it was stopped, ends in the same bytes too, and once it is done is left as it is', async () => {
    await stopWithin();
    const done = await trainOne(config(), { out, resume: true, cacheFolder });
    expect(contents(out)).toEqual(undisturbed);
    expect(await trainOne(config(), { out, resume: true, cacheFolder })).toEqual(done);
    expect(contents(out)).toEqual(undisturbed);
  });

  test('in the middle of writing a file leaves nothing of it', async () => {
    await stopWithin();
    await writeFile(join(out, 'checkpoints', 'last.safetensors.0123456789ab'), 'half');
    await writeFile(join(out, 'run.json.0123456789ab'), '{"schema');
    await mkdir(join(out, '.bundle.Ab3dEf'));
    await trainOne(config(), { out, resume: true, cacheFolder });
    expect(contents(out)).toEqual(undisturbed);
    expect(existsSync(join(out, '.bundle.Ab3dEf'))).toBe(false);
  });

  test('after a line of epochs.ndjson and before its checkpoint drops that line', async () => {
    await stopWithin();
    await appendFile(join(out, 'epochs.ndjson'), '{"epoch":2,"learn');
    await trainOne(config(), { out, resume: true, cacheFolder });
    expect(contents(out)).toEqual(undisturbed);
  });

  test('because it failed says what and when, until it goes on, to the same bytes', async () => {
    await stopWithin();
    const checkpoint = join(out, 'checkpoints', 'last.safetensors');
    const whole = await readFile(checkpoint);
    await writeFile(checkpoint, 'damaged');
    const before = Date.now();
    const failed = await trainOne(config(), { out, resume: true, cacheFolder }).catch(
      (error: Error) => error,
    );
    const { state, failure } = runRecordSchema.parse(await readJson('run.json'));
    expect(failed).toMatchObject({ code: 'checkpoint-invalid' });
    expect([state, failure]).toEqual([
      'failed',
      { code: 'checkpoint-invalid', message: (failed as Error).message, at: expect.any(String) },
    ]);
    expect(Date.parse(failure!.at)).toBeGreaterThanOrEqual(before);
    await writeFile(checkpoint, whole);
    const onProgress = () => expect(readFileSync(join(out, 'run.json'), 'utf8')).not.toContain('"failure"');
    await trainOne(config(), { out, resume: true, cacheFolder, onProgress });
    expect(contents(out)).toEqual(undisturbed);
  });

  test('because somebody else is at work on it has not failed', async () => {
    await stopWithin();
    const before = contents(out);
    await writeFile(
      join(out, 'lock'),
      JSON.stringify({ token: 'other', host: hostname(), pid: process.pid }),
    );
    await expect(continueRun({ out, cacheFolder })).rejects.toMatchObject({ code: 'run-locked' });
    expect(contents(out)).toEqual(before);
  });
});

/** Kills the process that trains in a folder. */
function kill(run: string): void {
  process.kill(JSON.parse(readFileSync(join(run, 'lock'), 'utf8')).pid, 'SIGKILL');
}

/** Starts a run in a process of its own and kills that process at a step of an epoch. */
async function killWithin(config: RunConfig, run: string, epoch: number, step: number): Promise<void> {
  const child: ChildProcess = fork(fileURLToPath(new URL('./child.ts', import.meta.url)), {
    execArgv: ['--conditions=@crepitus/source', '--import', 'tsx'],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const task: ToChild = { type: 'train', task: { config, out: run, resume: false, cacheFolder } };
  child.send(task);
  child.on('message', (message: FromChild) => {
    if (message.type !== 'progress' || message.event.type !== 'step') return;
    if (message.event.epoch === epoch && message.event.step === step) child.kill('SIGKILL');
  });
  await new Promise(resolve => child.once('exit', resolve));
}

describe('refused', () => {
  const code = (value: string, kind = 'refused') => expect.objectContaining({ code: value, kind });

  test('a new run where one is, a resumed one with another configuration, one of changed data', async () => {
    const data = join(folder, 'changing');
    await cp(cohort, data, { recursive: true });
    const config = tiny('source', {
      task: 'crackle-vs-normal',
      epochs: 1,
      data: [{ kind: 'manifest', path: data }],
    });
    const stop = new AbortController();
    await trainOne(config, {
      out,
      cacheFolder,
      signal: stop.signal,
      onProgress: ({ type }) => type === 'step' && stop.abort(),
    });
    await expect(trainOne(config, { out, cacheFolder })).rejects.toEqual(code('run-exists'));
    await expect(
      trainOne({ ...config, seed: 3, batch: 7 }, { out, cacheFolder, resume: true }),
    ).rejects.toMatchObject({ code: 'run-override', message: expect.stringMatching(/another seed, batch;/) });
    const cycles = join(data, 'cycles.csv');
    await writeFile(cycles, (await readFile(cycles, 'utf8')).replace('crackle\n', 'normal\n'));
    await expect(trainOne(config, { out, cacheFolder, resume: true })).rejects.toEqual(
      code('run-data-changed'),
    );
  });

  test('a resume where no run is', async () => {
    await expect(trainOne(tiny('source'), { out, resume: true, cacheFolder })).rejects.toEqual(
      code('run-missing', 'usage'),
    );
  });

  test('a wrong plan before the data is prepared, and leaves no run in the way of the corrected one', async () => {
    const config = tiny('target', { epochs: 1 });
    const refuse = async (wrong: RunConfig, reason: { code?: string; message?: unknown }) => {
      const prepared: string[] = [];
      const onProgress = ({ type }: { type: string }) => prepared.push(type);
      const train = wrong.folds === null ? trainOne : trainTarget;
      await expect(train(wrong, { out, cacheFolder, onProgress })).rejects.toMatchObject(reason);
      expect(existsSync(join(out, 'run.json'))).toBe(false);
      return prepared;
    };
    const flat = {
      ...config,
      folds: 3,
      blocks: { filters: [4, 4, 4, 4], strides: [2, 2, 2, 2] as (1 | 2)[] },
    };
    expect(await refuse(flat, { message: expect.stringMatching(/too small/) })).toEqual([]);
    const inputs = ['inspiration', 'cycle'] as const;
    expect(
      await refuse({ ...config, inputs: [...inputs] }, { message: expect.stringMatching(/inputs/) }),
    ).toEqual([]);
    await refuse(
      { ...config, data: [{ kind: 'manifest', path: join(folder, 'typo') }] },
      { code: 'folder-unreadable' },
    );
    await refuse({ ...config, folds: 100 }, { message: expect.stringMatching(/100 folds/) });
    expect((await trainOne(config, { out, cacheFolder })).state).toBe('done');

    const branches = await transferFrom(join(out, 'bundle'));
    const transferred = tiny('target', { ...branches, epochs: 1 });
    out = `${out}-transferred`;
    expect(await refuse(transferred, { code: 'transfer-source' })).toEqual([]);
    expect(await refuse({ ...transferred, folds: 3 }, { code: 'transfer-source' })).toEqual([]);
  });

  test('a resume from a damaged checkpoint or with epochs missing, in one sentence', async () => {
    const config = tiny('source', { task: 'crackle-vs-normal' });
    const stop = new AbortController();
    const onProgress = ({ type }: { type: string }) => type === 'epoch' && stop.abort();
    await trainOne(config, { out, cacheFolder, signal: stop.signal, onProgress });
    const epochs = join(out, 'epochs.ndjson');
    const whole = await readFile(epochs, 'utf8');
    await writeFile(epochs, '');
    const resumed = () => trainOne(config, { out, cacheFolder, resume: true });
    await expect(resumed()).rejects.toEqual(code('run-unreadable'));
    await writeFile(epochs, whole);
    await writeFile(join(out, 'checkpoints', 'last.safetensors'), 'damaged');
    await expect(resumed()).rejects.toEqual(code('checkpoint-invalid'));
  });

  test('data with too few subjects to validate on', async () => {
    const small = join(folder, 'small');
    await writeCohort(small, 2);
    const config = tiny('source', { task: 'crackle-vs-normal', data: [{ kind: 'manifest', path: small }] });
    await expect(trainOne(config, { out, cacheFolder })).rejects.toMatchObject({
      message: expect.stringMatching(/subjects/),
      kind: 'usage',
    });
  });
});

describe('a target', () => {
  test('starts from its source, keeps what is frozen, and remembers whom the source learned from', async () => {
    const source = `${out}-source`;
    await trainOne(tiny('source', { task: 'crackle-vs-normal', epochs: 1 }), { out: source, cacheFolder });
    const choices = await transferFrom(join(source, 'bundle'));
    const mix = { kind: 'manifest' as const, path: cohort };
    const config = tiny('target', { ...choices, mix, tuneFrom: 'conv2', batchNorm: 'tuned', epochs: 1 });
    await trainOne(config, { out, cacheFolder });
    const [before, after] = [await openBundle(join(source, 'bundle')), await openBundle(join(out, 'bundle'))];
    const weight = (bundle: typeof after, name: string) =>
      bundle.members[0]!.find(w => w.name === name)!.data;
    expect(weight(after, 'branch2/block1/conv/kernel')).toEqual(weight(before, 'branch1/block1/conv/kernel'));
    expect(weight(after, 'branch2/block1/bn/mean')).toEqual(weight(before, 'branch1/block1/bn/mean'));
    expect(weight(after, 'branch2/block2/conv/kernel')).not.toEqual(
      weight(before, 'branch1/block2/conv/kernel'),
    );
    expect(after.manifest.source).toEqual({ id: before.id, version: before.version, sha256: before.sha256 });
    expect(after.manifest.trainedOn.map(({ dataset }) => dataset)).toEqual([
      'manifest',
      'manifest (source network)',
    ]);
    // The source learned from every subject of this cohort: none of them can tell what a score means.
    expect(after.manifest.scoreCases).toEqual([]);
    await expect(
      trainOne({ ...config, frontEnd: frontEnds.paper }, { out: `${out}-other`, cacheFolder }),
    ).rejects.toMatchObject({ code: 'transfer-front-end' });
  });
});

describe('folds', () => {
  const config = () => tiny('target', { folds: 3, epochs: 2, inputs: ['cycle'] });
  let undisturbed: string;
  beforeAll(async () => {
    undisturbed = join(folder, 'undisturbed');
    await trainTarget(config(), { out: undisturbed, cacheFolder, jobs: 3 });
  }, 120_000);

  test('test every subject once, on networks that never saw it, and end in the bundle of their mean', async () => {
    const { rows } = await readTable(join(undisturbed, 'predictions.csv'));
    expect(rows).toHaveLength(48);
    expect(new Set(rows.map(({ recording, start }) => `${recording} ${start}`)).size).toBe(48);
    for (const fold of ['1', '2', '3']) {
      const tested = new Set(rows.filter(row => row.fold === fold).map(({ subject }) => subject));
      const { manifest } = await openBundle(join(undisturbed, `fold-${fold}`, 'bundle'));
      const learned = manifest.trainedOn.flatMap(({ subjectsHashed }) => subjectsHashed);
      for (const subject of tested) expect(learned).not.toContain(await hashSubject('manifest', subject));
      expect(learned.length + tested.size).toBe(12);
    }
    const bundle = await openBundle(join(undisturbed, 'bundle'));
    expect(bundle.members).toHaveLength(3);
    expect(bundle.manifest.trainedOn[0]!.subjectsHashed).toHaveLength(12);
    expect(bundle.manifest.threshold.chosenBy).toMatch(/36 validation cycles of 3 folds/);
    // 36 of the 48 cycles are normal or crackle; so few, spread from 0 to 1, tell nothing of any score.
    expect(bundle.manifest.scoreCases).toEqual([
      {
        dataset: 'manifest',
        unit: 'cycle',
        scoredBy: expect.stringMatching(/neither in training nor in validation/),
        cycles: 36,
        subjects: 12,
        bins: [],
      },
    ]);
  });

  test('are predicted again from the bundle, seed and data alone, to the same bits', async () => {
    const bundle = await openBundle(join(undisturbed, 'bundle'));
    const { data, seed, folds, select } = config();
    const again = await predictUnseen(bundle, 'target', { data, seed, folds, select }, { cacheFolder });
    expect(formatPredictions(again.table)).toBe(await readFile(join(undisturbed, 'predictions.csv'), 'utf8'));
    expect(again.scoreCases).toEqual(bundle.manifest.scoreCases);
    expect(again.threshold).toBe(bundle.manifest.threshold.value);
    await expect(
      predictUnseen(bundle, 'target', { data, seed, folds: 4 }, { cacheFolder }),
    ).rejects.toMatchObject({
      code: 'members-folds',
    });
  });

  test('one whose process is killed is resumed, one that is stopped goes on later: the bytes are the same', async () => {
    const stop = new AbortController();
    const died: RunEvent[] = [];
    const onProgress = (event: RunEvent) => {
      if (event.type === 'run-died') died.push(event);
      if (event.type !== 'step') return;
      if (event.run === 'fold 2' && event.epoch === 2 && died.length === 0) kill(join(out, 'fold-2'));
      // At its first step: a later one may be told when the last is over.
      if (event.run === 'fold 3' && died.length > 0) stop.abort();
    };
    const options = { out, cacheFolder, jobs: 2 };
    const first = await trainTarget(config(), { ...options, onProgress, signal: stop.signal });
    expect(first.state).toBe('interrupted');
    const log = join(out, 'fold-2', 'log.txt');
    expect(died).toEqual([{ type: 'run-died', run: 'fold 2', reason: 'signal SIGKILL', log }]);
    expect(await readFile(log, 'utf8')).toMatch(/ begins in process .*epoch 1\/2.* goes on in process /s);
    expect((await trainTarget(config(), { ...options, resume: true })).state).toBe('done');
    expect(contents(out)).toEqual(contents(undisturbed));
  });

  test('one that fails is told at once and marked with the whole, and when the cause is gone all end in the same bytes', async () => {
    await queueRun(config(), { out });
    const source = join(out, 'fold-2', 'checkpoints');
    await writeFile(source, 'no folder');
    const told: RunEvent[] = [];
    const onProgress = (event: RunEvent) => {
      if (event.type === 'run-failed') told.push(event);
    };
    const options = { out, cacheFolder, jobs: 1 };
    await expect(continueRun({ ...options, onProgress })).rejects.toThrow(/^fold 2: /);
    const recordOf = (path: string) =>
      runRecordSchema.parse(JSON.parse(readFileSync(join(path, 'run.json'), 'utf8')));
    const [one, two, three] = [1, 2, 3].map(k => recordOf(join(out, `fold-${k}`)));
    expect([one!.state, two!.state, three!.state]).toEqual(['done', 'failed', 'queued']);
    expect(told).toEqual([{ type: 'run-failed', run: 'fold 2', reason: two!.failure!.message }]);
    expect(sentenceOfEvent(told[0]!)).toBe(`fold 2 failed: ${two!.failure!.message}`);
    expect(recordOf(out)).toMatchObject({
      state: 'failed',
      failure: { code: two!.failure!.code, message: `fold 2: ${two!.failure!.message}` },
    });
    await rm(source);
    expect((await continueRun(options)).state).toBe('done');
    expect(contents(out)).toEqual(contents(undisturbed));
  });

  test('that are laid out for others are trained by whoever takes them, finished by the last, with the same bytes', async () => {
    const units = await queueRun(config(), { out });
    expect(units).toEqual([1, 2, 3].map(k => ({ out: join(out, `fold-${k}`), partOf: out })));
    expect((await readJson('run.json')).state).toBe('queued');
    await expect(queueRun(config(), { out })).rejects.toMatchObject({ code: 'run-exists' });
    for (const unit of units.slice(0, 2)) {
      expect(await foldsAreDone(out)).toBe(false);
      expect((await continueRun({ out: unit.out, cacheFolder })).state).toBe('done');
    }
    const left = await queueRun(config(), { out, resume: true });
    expect(left).toEqual([{ out: join(out, 'fold-3'), partOf: out }]);
    await continueRun({ out: left[0]!.out, cacheFolder });
    expect(await foldsAreDone(out)).toBe(true);
    const last = await queueRun(config(), { out, resume: true });
    expect(last).toEqual([{ out, partOf: null }]);
    expect((await continueRun({ out, cacheFolder })).state).toBe('done');
    expect(contents(out)).toEqual(contents(undisturbed));
    expect(await queueRun(config(), { out, resume: true })).toEqual([]);
  });
});

describe('a run in a process of its own', () => {
  const config = () => tiny('source', { task: 'crackle-vs-normal' });
  let undisturbed: Record<string, string>;
  beforeAll(async () => {
    const whole = join(folder, 'whole-here');
    await trainOne(config(), { out: whole, cacheFolder });
    undisturbed = contents(whole);
  });

  test('that is killed goes on once, and ends in the bytes of one that was trained here', async () => {
    const died: RunEvent[] = [];
    const onProgress = (event: RunEvent) => {
      if (event.type === 'run-died') died.push(event);
      if (event.type === 'step' && event.epoch === 2 && died.length === 0) kill(out);
    };
    const { state, chosen } = await trainSource(config(), { out, cacheFolder, onProgress });
    expect(state).toBe('done');
    expect(chosen!.epoch).toBeGreaterThanOrEqual(1);
    expect(died).toEqual([{ type: 'run-died', reason: 'signal SIGKILL', log: join(out, 'log.txt') }]);
    expect(contents(out)).toEqual(undisturbed);
  });

  test('that is killed a second time too is given up in one sentence that names its log', async () => {
    const onProgress = ({ type }: RunEvent) => {
      if (type === 'step') kill(out);
    };
    await expect(trainSource(config(), { out, cacheFolder, onProgress })).rejects.toMatchObject({
      code: 'run-died',
      message: expect.stringMatching(/ended twice .*signal SIGKILL.*log\.txt/),
    });
    expect(await readJson('run.json')).toMatchObject({ state: 'failed', failure: { code: 'run-died' } });
    expect(existsSync(join(out, 'lock'))).toBe(false);
    await continueRun({ out, cacheFolder });
    expect(contents(out)).toEqual(undisturbed);
  });

  test('beside others of other seeds: each ends as alone, a stop leaves all of them resumable', async () => {
    const stop = new AbortController();
    const runs = [2, 3].map(seed => ({
      name: `seed ${seed}`,
      config: { ...config(), seed },
      out: `${out}-${seed}`,
    }));
    const seen = new Set<string>();
    const onProgress = (event: RunEvent) => {
      if (event.type === 'epoch') seen.add(event.run!);
      if (seen.size === 2) stop.abort();
    };
    const options = { cacheFolder, jobs: 2 };
    const stopped = await trainRuns(runs, { ...options, onProgress, signal: stop.signal });
    expect(stopped.map(({ state }) => state)).toContain('interrupted');
    const resumed = await trainRuns(
      runs.map(run => ({ ...run, resume: true })),
      options,
    );
    expect(resumed.map(({ state }) => state)).toEqual(['done', 'done']);
    await trainOne(runs[0]!.config, { out, cacheFolder });
    expect(contents(runs[0]!.out)).toEqual(contents(out));
  });
});
