/** What an experiment needs a server or minutes for: the queue on a real PostgreSQL, and the smoke test of the paper's table. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PrivatePostgres, postgresPrograms, startPostgres } from './private-postgres.ts';
import { start } from './programs.ts';
import { writeSyntheticStudy } from './synthetic-study.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crepitus-experiment-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.skipIf(postgresPrograms() === null)(
  'an experiment in the queue on PostgreSQL (initdb, pg_ctl)',
  () => {
    let postgres: PrivatePostgres;
    let environment: NodeJS.ProcessEnv;
    beforeAll(async () => {
      postgres = await startPostgres();
      environment = { DATABASE_URL: postgres.url, CREPITUS_CACHE: join(folder, 'cache') };
      await writeSyntheticStudy(join(folder, 'study'), 8);
      await writeSyntheticStudy(join(folder, 'others'), 6, 100);
    });
    afterAll(() => postgres.remove());

    async function done(program: 'crepitus' | 'runner', ...args: string[]) {
      const ended = await start(program, args, environment).ended;
      expect(ended.code, ended.err).toBe(0);
      return ended;
    }

    test('is trained by runners, its transferred systems after their source, to what it is when trained at once', async () => {
      const plan = join(folder, 'plan.json');
      const training = { epochs: 1, learningRate: 0.001 };
      await writeFile(
        plan,
        JSON.stringify({
          name: 'queued',
          blocks: { filters: [8, 8], strides: [1, 2] },
          source: { data: 'manifest:others', validationShare: 0.3, ...training },
          target: { data: 'manifest:study', ...training },
          folds: 3,
          runs: 1,
          systems: [{ inputs: ['cycle'] }, { inputs: ['inspiration'], training: 'conv2' }],
        }),
      );
      const out = join(folder, 'queued');
      const resume = ['experiment', 'resume', out, '--json'];
      const first = await done('crepitus', 'experiment', 'run', plan, '--queue', '--out', out, '--json');
      expect(JSON.parse(first.out)).toMatchObject({ state: 'queued', done: 0, of: 7, waiting: 3 });
      expect(JSON.parse(first.out).queued).toHaveLength(4);
      await done('runner', '--drain');

      const second = await done('crepitus', ...resume, '--queue');
      expect(JSON.parse(second.out)).toMatchObject({ state: 'queued', done: 4, waiting: 0 });
      await done('runner', '--drain');

      const last = await done('crepitus', ...resume, '--queue');
      expect(JSON.parse(last.out)).toMatchObject({ state: 'done', done: 7, queued: [] });
      expect(existsSync(join(out, 'report', 'report.html'))).toBe(true);

      const alone = join(folder, 'alone');
      await done('crepitus', 'experiment', 'run', plan, '--arithmetic', 'plain', '--out', alone);
      expect(results(out)).toEqual(results(alone));
      expect(Object.keys(results(out))).toHaveLength(2 * 7);
    });
  },
);

/** What every training predicted and the bundle that it made, by its path. */
function results(path: string): Record<string, string> {
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).sort();
  const kept = names.filter(name => /\/(predictions\.csv|bundle\/bundle\.json)$/.test(name));
  return Object.fromEntries(kept.map(name => [name, readFileSync(join(path, name), 'utf8')]));
}

test('smoke: crepitus experiment run table-2 --smoke makes the whole table and its report', async () => {
  const out = join(folder, 'smoke');
  const environment = { CREPITUS_CACHE: join(folder, 'smoke-cache') };
  const smoke = ['experiment', 'run', 'table-2', '--smoke', '--out', out, '--json'];
  const ended = await start('crepitus', smoke, environment).ended;
  expect(ended.code, ended.err).toBe(0);
  expect(JSON.parse(ended.out)).toMatchObject({ state: 'done', done: 43, of: 43, failed: [], leftOut: [] });
  const reported = await start('crepitus', ['experiment', 'report', out, '--json'], environment).ended;
  const { systems } = JSON.parse(reported.out);
  expect(systems).toHaveLength(14);
  for (const { system, trainings, figures } of systems) {
    expect(trainings, system).toEqual({ planned: 3, done: 3 });
    expect(figures.sensitivity, system).not.toBeNull();
  }
  const { draws } = JSON.parse(readFileSync(join(out, 'splits.json'), 'utf8'));
  expect(draws[0].folds.flat()).toHaveLength(8);
});
