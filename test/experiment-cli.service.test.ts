/** An experiment as a researcher runs it: from the plan to the report, stopped on the way. */
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { type Ended, start } from './programs.ts';
import { writeSyntheticStudy } from './synthetic-study.ts';

let folder: string;
let plan: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crepitus-experiment-'));
  await writeSyntheticStudy(join(folder, 'study'), 8);
  await writeSyntheticStudy(join(folder, 'others'), 6, 100);
  plan = join(folder, 'plan.yaml');
  await writeFile(
    plan,
    [
      'name: own',
      'frontEnd: transient',
      'blocks: { filters: [8, 8], strides: [1, 2] }',
      'source: { data: manifest:others, epochs: 1, learningRate: 0.001, validationShare: 0.3 }',
      'target: { data: manifest:study, epochs: 1, learningRate: 0.001 }',
      'folds: 3',
      'runs: 1',
      'systems:',
      '  - inputs: [cycle]',
      '  - { inputs: [inspiration], ratio: 2:5, training: conv2 }',
      '',
    ].join('\n'),
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function crepitus(...args: string[]): Promise<Ended> {
  return start('crepitus', ['experiment', ...args], { CREPITUS_CACHE: join(folder, 'cache') }).ended;
}

function printed({ out }: Ended, schema: string) {
  const published = readFileSync(join(import.meta.dirname, '..', 'apps', 'cli', 'schemas', schema), 'utf8');
  return z.fromJSONSchema(JSON.parse(published)).parse(JSON.parse(out));
}

it('is looked at, stopped by --hours, resumed to its report, and refused a second time', async () => {
  const out = join(folder, 'own');
  const looked = await crepitus('run', plan, '--dry-run', '--json', '--jobs', '2');
  expect(looked.code).toBe(0);
  expect(printed(looked, 'experiment.schema.json')).toMatchObject({
    state: 'planned',
    out: null,
    outline: { systems: 2, folds: 3, runs: 1, trainings: 6, sources: 1, findings: [] },
    plan: { target: { data: `manifest:${join(folder, 'study')}`, batch: 15 } },
  });
  expect(looked.err).toMatch(
    /^own: 2 systems x 3 folds x 1 run, 6 trainings, and 1 source network; about .* with 2 at a time, the first system complete in /,
  );

  const stopped = await crepitus('run', plan, '--out', out, '--hours', '0.000001', '--json');
  expect(stopped.code).toBe(130);
  expect(printed(stopped, 'experiment.schema.json')).toMatchObject({ state: 'interrupted', done: 0, of: 7 });
  expect(stopped.err).toMatch(/Stopped with 0 of 7 trainings done; go on with: crepitus experiment resume /);

  const status = await crepitus('status', out, '--json');
  expect(printed(status, 'experiment-status.schema.json')).toMatchObject({
    of: 7,
    trainings: { done: 0 },
    hoursLeft: null,
  });
  expect((await crepitus('status', out)).out).toMatch(/Scratch_Cyc_SamplePad +0 of 3 .* time not known yet/);

  const resumed = await crepitus('resume', out, '--json');
  expect(resumed.code, resumed.err).toBe(0);
  const result = printed(resumed, 'experiment.schema.json') as { report: string[] };
  expect(result).toMatchObject({ state: 'done', done: 7, of: 7, failed: [], leftOut: [] });
  for (const file of result.report) expect(existsSync(file), file).toBe(true);
  expect(readFileSync(join(out, 'report', 'table.csv'), 'utf8')).toMatch(/2ndConv_Ins_Ratio_25_SamplePad/);
  const done = await crepitus('status', out);
  expect(done.out).toMatch(/^own: 7 of 7 trainings done \(100 %\); no process holds it\./);

  const twice = await crepitus('run', plan, '--out', out);
  expect(twice.code).toBe(4);
  expect(twice.err).toMatch(/There is already an experiment in .*; go on with it by: experiment resume/);
});

it.each([
  [['run', 'tabel-2', '--out', 'x'], /no plan 'tabel-2'.*did you mean "table-2"/],
  [['run', 'table-2', '--set', 'target.epoch=3', '--out', 'x'], /no key "epoch" \(did you mean "epochs"\?\)/],
  [['run', 'table-2'], /--out DIR/],
  [['run', 'table-2', '--hours', 'two', '--out', 'x'], /--hours is 'two'/],
  [['run', 'sprsound-to-icbhi', '--out', 'x'], /names no target.*--target KIND:DIR/],
  [['resume', 'nowhere'], /There is no experiment in .*nowhere/],
  [['status', 'nowhere'], /There is no experiment in .*nowhere/],
])('refuses %j in one sentence', async (args, sentence) => {
  const { code, err } = await crepitus(...args);
  expect(code).toBe(2);
  expect(err.trim().split('\n').at(-1)).toMatch(sentence);
  expect(existsSync('x')).toBe(false);
});
