/** `crepitus-runner --once` on run folders in every state that a scheduler may leave them in. */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { queueRun } from '@crepitus/lab';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contentsOf, type Ended, printedByRunner, start, stateOf, untilEpoch } from './programs.ts';
import { writeSyntheticStudy } from './synthetic-study.ts';
import { tinyTarget } from './tiny-runs.ts';

let folder: string;
let undisturbed: Record<string, string>;
let runs = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crepitus-runner-'));
  await writeSyntheticStudy(join(folder, 'study'), 10);
  const run = await laidOut();
  expect(await once(run)).toMatchObject({ code: 0, out: '' });
  undisturbed = contentsOf(run);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function laidOut(choices = {}): Promise<string> {
  const out = join(folder, `run-${runs++}`);
  await queueRun(tinyTarget(folder, choices), { out });
  expect(stateOf(out)).toBe('queued');
  return out;
}

function begin(run: string, ...args: string[]) {
  return start('runner', ['--once', run, ...args], { CREPITUS_CACHE: join(folder, 'cache') });
}

function once(run: string, ...args: string[]): Promise<Ended> {
  return begin(run, ...args).ended;
}

function printed({ out }: Ended, schema: 'result' | 'error') {
  return printedByRunner(out, schema);
}

test('a machine that is lost in the middle: the next one goes on, and the bytes are those of an undisturbed run', async () => {
  const run = await laidOut();
  const lost = begin(run);
  await untilEpoch(run, 3, lost);
  process.kill(-lost.process.pid!, 'SIGKILL'); // The runner and its training process.
  await lost.ended;
  expect(stateOf(run)).toBe('running');
  const next = await once(run, '--json');
  expect(next.code).toBe(0);
  expect(printed(next, 'result')).toMatchObject({ out: run, state: 'done', failed: [] });
  expect(next.err).not.toMatch(/^epoch 1\//m);
  expect(contentsOf(run)).toEqual(undisturbed);
});

test('a runner that is killed alone: its training process stops by itself, and the next runner goes on', async () => {
  const run = await laidOut();
  const killed = begin(run);
  await untilEpoch(run, 3, killed);
  killed.process.kill('SIGKILL');
  expect(await once(run)).toMatchObject({ code: 0 });
  expect(contentsOf(run)).toEqual(undisturbed);
  expect(await readFile(join(run, 'log.txt'), 'utf8')).toMatch(/ interrupted\n[^\n]* goes on in /);
});

test.each(['SIGTERM', 'SIGINT'] as const)('%s leaves it resumable and ends with 130', async signal => {
  const run = await laidOut();
  const stopped = begin(run, '--json');
  await untilEpoch(run, 3, stopped);
  process.kill(-stopped.process.pid!, signal); // As ctrl-C or a scheduler does, to all processes.
  const ended = await stopped.ended;
  expect(ended.code).toBe(130);
  expect(printed(ended, 'result')).toMatchObject({ state: 'interrupted', chosen: null });
  expect(stateOf(run)).toBe('interrupted');
  expect(await once(run)).toMatchObject({ code: 0 });
  expect(contentsOf(run)).toEqual(undisturbed);
});

test('a run that is done is left as it is, at once', async () => {
  const run = await laidOut({ epochs: 1 });
  await once(run);
  const before = contentsOf(run);
  expect(await once(run)).toMatchObject({ code: 0 });
  expect(contentsOf(run)).toEqual(before);
});

test('a cross-validation: one line on each fold, and the bundle of all', async () => {
  const run = await laidOut({ folds: 3, epochs: 2 });
  const ended = await once(run, '--jobs', '2');
  expect(ended.code).toBe(0);
  for (const fold of [1, 2, 3]) {
    expect(ended.err).toContain(`fold ${fold} is done`);
    expect(stateOf(join(run, `fold-${fold}`))).toBe('done');
  }
  expect(JSON.parse(await readFile(join(run, 'bundle', 'bundle.json'), 'utf8')).members).toHaveLength(3);
});

test('a recording that cannot be read is left out and named, and ends with 3', async () => {
  const out = join(folder, `run-${runs++}`);
  const study = join(folder, 'damaged');
  await writeSyntheticStudy(study, 10);
  await writeFile(join(study, 'audio', 's3.wav'), 'no sound');
  await queueRun(tinyTarget(folder, { epochs: 1, data: [{ kind: 'manifest', path: study }] }), { out });
  const ended = await once(out, '--json');
  expect(ended.code).toBe(3);
  expect(ended.err).toMatch(/left out: .*s3/);
  expect(printed(ended, 'result').failed).toHaveLength(1);
});

test('a run whose data has changed is refused with 4 and says so in its folder; with the old data back it ends in the same bytes', async () => {
  const run = await laidOut();
  const stopped = begin(run);
  await untilEpoch(run, 3, stopped);
  stopped.process.kill('SIGTERM');
  expect((await stopped.ended).code).toBe(130);
  const cycles = join(folder, 'study', 'cycles.csv');
  const annotated = await readFile(cycles, 'utf8');
  await writeFile(cycles, annotated.replace('fine-crackle', 'normal'));
  const ended = await once(run, '--json');
  await writeFile(cycles, annotated);
  expect(ended.code).toBe(4);
  const { error } = printed(ended, 'error');
  expect(error.code).toBe('run-data-changed');
  const { state, failure } = JSON.parse(await readFile(join(run, 'run.json'), 'utf8'));
  expect(state).toBe('failed');
  expect(failure).toEqual({ ...error, at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) });
  expect(await once(run)).toMatchObject({ code: 0 });
  expect(contentsOf(run)).toEqual(undisturbed);
});

test('a run that somebody is at work on is refused with 4', async () => {
  const run = await laidOut({ epochs: 1 });
  await writeFile(join(run, 'lock'), JSON.stringify({ token: 'other', host: hostname(), pid: process.pid }));
  const ended = await once(run, '--json');
  expect(ended.code).toBe(4);
  expect(printed(ended, 'error').error.code).toBe('run-locked');
});

test.each([
  [['--once', 'nowhere'], 'run-missing'],
  [['--jobs', 'many'], 'arguments'],
  [[], 'database-missing'],
  [['--list'], 'database-missing'],
  [['--retry', 'all'], 'database-missing'],
])('wrong use, %j, is told in one sentence and ends with 2', async (args, code) => {
  const environment = { DATABASE_URL: '' };
  const [plain, json] = await Promise.all(
    [args, [...args, '--json']].map(argv => start('runner', argv, environment).ended),
  );
  expect([plain!.code, plain!.out]).toEqual([2, '']);
  expect(plain!.err).toMatch(/^crepitus-runner: [^\n]+\.\n$/);
  expect(json!.code).toBe(2);
  expect(printed(json!, 'error').error.code).toBe(code);
});

test('crepitus train --queue without a database says so in one sentence, and lays nothing out', async () => {
  const out = join(folder, 'unqueued');
  const plan = ['train', 'target', '--data', `manifest:${join(folder, 'study')}`, '--queue', '--out', out];
  const ended = await start('crepitus', plan, { DATABASE_URL: '' }).ended;
  expect([ended.code, ended.out]).toEqual([2, '']);
  expect(ended.err).toMatch(/^crepitus: There is no queue: set DATABASE_URL [^\n]+\.\n$/);
  expect(existsSync(out)).toBe(false);
});
