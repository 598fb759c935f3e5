/** Runs through a queue on a real PostgreSQL, taken by several crepitus-runner processes that die on the way. */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Jobs, openPostgres, trainingQueue } from '@crepitus/jobs';
import { continueRun, queueRun } from '@crepitus/lab';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type PrivatePostgres, postgresPrograms, startPostgres } from './private-postgres.ts';
import {
  contentsOf,
  printedByRunner as printed,
  type Started,
  start,
  stateOf,
  untilEpoch,
} from './programs.ts';
import { writeSyntheticStudy } from './synthetic-study.ts';
import { tinyTarget } from './tiny-runs.ts';

describe.skipIf(postgresPrograms() === null)('a queue on PostgreSQL (initdb, pg_ctl)', () => {
  let folder: string;
  let cacheFolder: string;
  let postgres: PrivatePostgres;
  let environment: NodeJS.ProcessEnv;
  const runners: Started[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'crepitus-queue-'));
    cacheFolder = join(folder, 'cache');
    await writeSyntheticStudy(join(folder, 'study'), 12);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  beforeEach(async () => {
    postgres = await startPostgres();
    environment = { DATABASE_URL: postgres.url, CREPITUS_CACHE: cacheFolder };
  });
  afterEach(async () => {
    for (const runner of runners.splice(0)) {
      if (runner.process.exitCode === null && runner.process.signalCode === null) kill(runner);
      await runner.ended;
    }
    await postgres.remove();
  });

  function runner(...args: string[]): Started {
    const started = start('runner', ['--json', '--jobs', '1', '--lease', '4', ...args], environment);
    runners.push(started);
    return started;
  }

  /** The runner and its training processes, as when a machine is lost. */
  function kill({ process: { pid } }: Started): void {
    process.kill(-pid!, 'SIGKILL');
  }

  /** Lays runs of several seeds out and queues them. */
  async function queueSeeds(name: string, seeds: readonly number[]): Promise<string[]> {
    const jobs = await Jobs.open(openPostgres(postgres.url));
    const folders = seeds.map(seed => join(folder, `${name}-${seed}`));
    for (const [i, seed] of seeds.entries()) {
      const [run] = await queueRun(tinyTarget(folder, { seed }), { out: folders[i]! });
      await jobs.send(trainingQueue, { schemaVersion: 1, run: run!.out, partOf: null }, { key: run!.out });
    }
    await jobs.close();
    return folders;
  }

  /** The same runs trained without queue or disturbance. */
  async function expectUndisturbed(name: string, seeds: readonly number[]): Promise<void> {
    for (const seed of seeds) {
      const alone = join(folder, `${name}-${seed}-alone`);
      await queueRun(tinyTarget(folder, { seed }), { out: alone });
      await continueRun({ out: alone, cacheFolder });
      expect(contentsOf(join(folder, `${name}-${seed}`)), `seed ${seed}`).toEqual(contentsOf(alone));
    }
  }

  test('crepitus train target --folds --queue: two runners, one is killed, all folds and their bundle are those of an undisturbed training', async () => {
    const plan = [
      ['train', 'target', '--data', `manifest:${join(folder, 'study')}`, '--inputs', 'cycle'],
      [
        '--folds',
        '3',
        '--epochs',
        '3',
        '--cycle-seconds',
        '4',
        '--seed',
        '5',
        '--learning-rate',
        '1e-3',
        '--arithmetic',
        'plain',
      ],
    ].flat();
    const out = join(folder, 'queued');
    const queued = await start('crepitus', [...plan, '--queue', '--out', out, '--json'], environment).ended;
    expect(queued.code, queued.err).toBe(0);
    expect(JSON.parse(queued.out)).toMatchObject({
      state: 'queued',
      queued: [1, 2, 3].map(fold => join(out, `fold-${fold}`)),
    });
    expect(stateOf(join(out, 'fold-3'))).toBe('queued');

    const lost = runner();
    await untilEpoch(join(out, 'fold-1'), 1, lost);
    const other = runner('--drain');
    kill(lost);
    await lost.ended;
    expect(stateOf(join(out, 'fold-1'))).toBe('running');
    expect(existsSync(join(out, 'fold-1', 'bundle'))).toBe(false);
    const third = runner('--drain');
    for (const { ended } of [other, third]) expect((await ended).code, (await ended).err).toBe(0);
    const ends = (await Promise.all([other.ended, third.ended])).flatMap(({ out: lines }) =>
      lines
        .split('\n')
        .filter(line => line !== '')
        .map(line => JSON.parse(line)),
    );
    expect(ends.map(({ out: run, state }) => [run, state]).sort()).toEqual(
      [out, ...[1, 2, 3].map(fold => join(out, `fold-${fold}`))].map(run => [run, 'done']),
    );

    const alone = join(folder, 'alone');
    const undisturbed = await start('crepitus', [...plan, '--jobs', '2', '--out', alone], environment).ended;
    expect(undisturbed.code, undisturbed.err).toBe(0);
    expect(contentsOf(out)).toEqual(contentsOf(alone));
  }, 600_000);

  test('seeds on two runners, one killed alone: its training process lets go, the other one goes on', async () => {
    const seeds = [1, 2, 3, 4];
    const runs = await queueSeeds('seed', seeds);
    const lost = runner();
    await untilEpoch(runs[0]!, 3, lost);
    lost.process.kill('SIGKILL');
    const other = runner('--drain');
    expect((await other.ended).code, (await other.ended).err).toBe(0);
    expect(runs.map(stateOf)).toEqual(seeds.map(() => 'done'));
    await expectUndisturbed('seed', seeds);
  }, 300_000);

  test('a runner that is told to stop puts its run back at once, and ends with 130', async () => {
    const [run] = await queueSeeds('stopped', [1]);
    const stopped = runner('--lease', '600');
    await untilEpoch(run!, 3, stopped);
    stopped.process.kill('SIGTERM');
    expect((await stopped.ended).code).toBe(130);
    expect(stateOf(run!)).toBe('interrupted');
    // With a lease of ten minutes nothing but being put back brings it here within the test.
    expect((await runner('--drain').ended).code).toBe(0);
    await expectUndisturbed('stopped', [1]);
  }, 300_000);

  test('a database that is gone for a while: the training goes on, and its end is noted when it is back', async () => {
    const [run, next] = await queueSeeds('outage', [1, 2]);
    const working = runner('--drain');
    await untilEpoch(run!, 3, working);
    await postgres.crash();
    while (stateOf(run!) !== 'done') await sleep(50);
    await sleep(2_000);
    await postgres.start();
    const ended = await working.ended;
    expect(ended.code, ended.err).toBe(0);
    expect(ended.err).toMatch(/The database 127\.0\.0\.1:\d+\/postgres fails/);
    expect(stateOf(next!)).toBe('done');
  }, 300_000);

  test('a run that cannot go on fails and holds up no other; it is listed with the reason, and queued again it is done', async () => {
    const [broken, sound] = await queueSeeds('broken', [1, 2]);
    const record = join(broken!, 'run.json');
    const whole = await readFile(record);
    await rm(record);
    const ended = await runner('--drain').ended;
    expect(ended.code).toBe(3);
    expect(ended.out).toContain('"run-missing"');
    expect(stateOf(sound!)).toBe('done');

    const command = async (...args: string[]) => {
      const { code, out, err } = await start('runner', args, environment).ended;
      expect(code, err).toBe(0);
      return out;
    };
    const listed = async () => {
      const { runs } = printed(await command('--list', '--json'), 'queue');
      return Object.fromEntries(
        runs.map(
          ({ out, state, failure }: { out: string; state: string; failure: { code: string } | null }) => [
            out,
            [state, failure?.code],
          ],
        ),
      );
    };
    expect(await listed()).toEqual({ [broken!]: ['failed', 'run-missing'], [sound!]: ['done', undefined] });
    expect(await command('--list')).toMatch(
      /^failed {3}[-\d]{10} [\d:]{5} {2}\S*broken-1: There is no run in .*$/m,
    );
    const refused = await start('runner', ['--retry', sound!], environment).ended;
    expect([refused.code, refused.err]).toEqual([
      2,
      expect.stringMatching(/^crepitus-runner: [^\n]*--list[^\n]*\n$/),
    ]);

    await writeFile(record, whole);
    const again = printed(await command('--retry', broken!, '--json'), 'retried');
    expect(again).toEqual({ schemaVersion: 1, queued: [broken!], failed: [] });
    expect((await listed())[broken!]).toEqual(['waiting', undefined]);
    expect((await runner('--drain').ended).code).toBe(0);
    expect((await listed())[broken!]).toEqual(['done', undefined]);
    expect(printed(await command('--retry', 'all', '--json'), 'retried').queued).toEqual([]);
  }, 300_000);
});
