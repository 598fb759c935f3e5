import { CrepitusError } from '@crepitus/dsp';
import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { analysisQueue } from './analysis-job.ts';
import { type Database, databaseUrl, openPglite, openPostgres } from './database.ts';
import type { JobEnd } from './job-queue.ts';
import { Jobs } from './jobs.ts';
import { type TrainingJob, trainingQueue } from './training-job.ts';

let lite: PGlite;
beforeAll(async () => {
  lite = await PGlite.create();
}, 60_000);
afterAll(() => lite.close());
beforeEach(async () => {
  await lite.exec('DROP SCHEMA IF EXISTS pgboss_v10 CASCADE');
});

/** One of several that share the database; it can be cut off from it. */
function connect(): Database & { cutOff: boolean } {
  const shared = openPglite(lite);
  const connection = {
    name: 'PGlite',
    cutOff: false,
    executeSql: async (...statement: Parameters<Database['executeSql']>) => {
      if (connection.cutOff) throw new Error('cut off');
      return shared.executeSql(...statement);
    },
    close: async () => {},
  };
  return connection;
}

function job(run: string): TrainingJob {
  return { schemaVersion: 1, run, partOf: null };
}

const keyOf = ({ run }: TrainingJob) => run;
const never = new AbortController().signal;
const drain = { jobs: 2, signal: never, drain: true, pollSeconds: 0.2, leaseSeconds: 2 };

async function send(jobs: Jobs, ...runs: string[]): Promise<void> {
  for (const run of runs) await jobs.send(trainingQueue, job(run), { key: run });
}

async function states(): Promise<Record<string, string[]>> {
  const { rows } = await lite.query<{ run: string; state: string }>(
    `SELECT data->>'run' AS run, state FROM pgboss_v10.job ORDER BY created_on`,
  );
  return Object.fromEntries(
    [...new Set(rows.map(({ run }) => run))].map(run => [
      run,
      rows.filter(row => row.run === run).map(({ state }) => state),
    ]),
  );
}

test('each job is worked on once, as many at a time as asked for; one with the key of a waiting one is not queued', async () => {
  const jobs = await Jobs.open(connect());
  await send(jobs, 'a', 'b', 'c', 'a', 'b');
  const worked: string[] = [];
  let atOnce = 0;
  let mostAtOnce = 0;
  await jobs.work(
    trainingQueue,
    async ({ run }) => {
      worked.push(run);
      mostAtOnce = Math.max(mostAtOnce, ++atOnce);
      await new Promise(resolve => setTimeout(resolve, 100));
      atOnce--;
      return { type: 'done' };
    },
    keyOf,
    drain,
  );
  expect(worked.sort()).toEqual(['a', 'b', 'c']);
  expect(mostAtOnce).toBe(2);
  await jobs.close();
});

test('a job that is put back is taken again', async () => {
  const jobs = await Jobs.open(connect());
  await send(jobs, 'a');
  const ends: JobEnd[] = [
    { type: 'again', afterSeconds: 1 },
    { type: 'again', afterSeconds: 0 },
    { type: 'done' },
  ];
  await jobs.work(trainingQueue, async () => ends.shift()!, keyOf, drain);
  expect(ends).toEqual([]);
  expect(await states()).toEqual({ a: ['completed', 'completed', 'completed'] });
  await jobs.close();
});

test('a fault is tried again, a CrepitusError is not', async () => {
  const jobs = await Jobs.open(connect());
  await send(jobs, 'faulty', 'wrong');
  const worked: string[] = [];
  const handler = async ({ run }: TrainingJob): Promise<JobEnd> => {
    worked.push(run);
    if (run === 'wrong') throw new CrepitusError('run-missing', 'There is no run.', { kind: 'usage' });
    if (worked.filter(name => name === run).length < 2) throw new TypeError('x is undefined');
    return { type: 'done' };
  };
  await jobs.work(trainingQueue, handler, keyOf, drain);
  expect(worked.sort()).toEqual(['faulty', 'faulty', 'wrong']);
  expect(await states()).toEqual({ faulty: ['completed'], wrong: ['failed'] });
  const { rows } = await lite.query(`SELECT output FROM pgboss_v10.job WHERE state = 'failed'`);
  expect(rows).toEqual([{ output: { code: 'run-missing', message: 'There is no run.' } }]);
  await jobs.close();
});

test('puts back what a dead worker had, at once where nobody else can be at work', async () => {
  const jobs = await Jobs.open(connect());
  await send(jobs, 'a');
  await jobs.send(analysisQueue, { schemaVersion: 1, analysis: 'b' }, { key: 'b' });
  await lite.exec(
    `UPDATE pgboss_v10.job SET state = 'active', started_on = now(), expire_in = interval '1 hour'`,
  );
  await jobs.endLeases(trainingQueue);
  expect(await jobs.list(trainingQueue)).toMatchObject([{ key: 'a', state: 'waiting' }]);
  expect(await jobs.list(analysisQueue)).toMatchObject([{ key: 'b', state: 'at-work' }]);
  await jobs.close();
});

test('keeps the queues apart', async () => {
  const jobs = await Jobs.open(connect());
  await send(jobs, 'a');
  await jobs.send(analysisQueue, { schemaVersion: 1, analysis: 'a' }, { key: 'a' });
  const analysed: string[] = [];
  await jobs.work(
    analysisQueue,
    async ({ analysis }) => {
      analysed.push(analysis);
      return { type: 'done' };
    },
    ({ analysis }) => analysis,
    drain,
  );
  expect(analysed).toEqual(['a']);
  expect(await jobs.list(trainingQueue)).toMatchObject([{ key: 'a', state: 'waiting' }]);
  await jobs.close();
});

describe('the list of jobs', () => {
  const refuse = async ({ run }: TrainingJob): Promise<JobEnd> => {
    if (run === 'sound') return { type: 'done' };
    throw new CrepitusError('run-data-changed', `The data of ${run} has changed.`, { kind: 'refused' });
  };

  test('tells of each run how it stands, why and when it failed; one that failed is queued again', async () => {
    const jobs = await Jobs.open(connect());
    const before = Date.now();
    await send(jobs, 'a', 'b', 'sound');
    await jobs.work(trainingQueue, refuse, keyOf, { ...drain, jobs: 1 });
    await send(jobs, 'waiting');
    const listed = await jobs.list(trainingQueue);
    const failure = (run: string) => ({
      code: 'run-data-changed',
      message: `The data of ${run} has changed.`,
    });
    expect(listed.map(({ key, state, failure }) => [key, state, failure])).toEqual([
      ['a', 'failed', failure('a')],
      ['b', 'failed', failure('b')],
      ['sound', 'done', null],
      ['waiting', 'waiting', null],
    ]);
    for (const { at } of listed) {
      expect(at.getTime()).toBeGreaterThanOrEqual(before - 1);
      expect(at.getTime()).toBeLessThanOrEqual(Date.now() + 1);
    }

    await jobs.retry(trainingQueue, listed[0]!);
    await jobs.retry(trainingQueue, listed[0]!); // Twice is once.
    const worked: string[] = [];
    const during: string[] = [];
    const handler = async ({ run }: TrainingJob): Promise<JobEnd> => {
      worked.push(run);
      const own = (await jobs.list(trainingQueue)).find(({ key }) => key === run);
      during.push(own!.state);
      return { type: 'done' };
    };
    await jobs.work(trainingQueue, handler, keyOf, { ...drain, jobs: 1 });
    expect(worked.sort()).toEqual(['a', 'waiting']);
    expect(during).toEqual(['at-work', 'at-work']);
    expect(
      (await jobs.list(trainingQueue)).filter(({ state }) => state === 'failed').map(({ key }) => key),
    ).toEqual(['b']);
    await jobs.close();
  });

  test('still has what failed when pg-boss has put it into its archive', async () => {
    const jobs = await Jobs.open(connect());
    await send(jobs, 'a');
    await jobs.work(trainingQueue, refuse, keyOf, drain);
    await lite.exec(`UPDATE pgboss_v10.job SET completed_on = completed_on - interval '2 days'`);
    await jobs.work(trainingQueue, refuse, keyOf, drain); // Workers maintain the tables.
    expect((await lite.query('SELECT 1 FROM pgboss_v10.job')).rows).toEqual([]);
    const [listed] = await jobs.list(trainingQueue);
    expect(listed).toMatchObject({ key: 'a', state: 'failed', failure: { code: 'run-data-changed' } });
    await jobs.retry(trainingQueue, listed!);
    expect(await jobs.list(trainingQueue)).toMatchObject([{ key: 'a', state: 'waiting', failure: null }]);
    await jobs.close();
  });

  test('says of a job whose worker died, and that waits to be tried again, that it did', async () => {
    const jobs = await Jobs.open(connect());
    await send(jobs, 'a');
    await lite.exec(
      `UPDATE pgboss_v10.job SET state = 'active', started_on = now() - interval '1 hour', expire_in = interval '1 s'`,
    );
    const stop = new AbortController();
    stop.abort();
    await jobs.work(trainingQueue, refuse, keyOf, { ...drain, signal: stop.signal });
    expect(await jobs.list(trainingQueue)).toMatchObject([
      { key: 'a', state: 'waiting', failure: { code: 'worker-died' } },
    ]);
    await jobs.close();
  });

  test('names a job of a form that is not known, which cannot be queued again', async () => {
    const jobs = await Jobs.open(connect());
    await send(jobs, 'a');
    await lite.exec(`UPDATE pgboss_v10.job SET data = '{"schemaVersion": 2, "run": "a"}'`);
    await jobs.work(trainingQueue, refuse, keyOf, drain);
    const [listed] = await jobs.list(trainingQueue);
    expect(listed).toMatchObject({ key: 'a', state: 'failed', failure: { code: 'job-form' } });
    await expect(jobs.retry(trainingQueue, listed!)).rejects.toMatchObject({ code: 'job-form' });
    await jobs.close();
  });
});

test('the job of a worker that is gone is taken by another; one that takes longer than its lease is not', async () => {
  const dying = connect();
  const stop = new AbortController();
  const troubles: string[] = [];
  const first = await Jobs.open(dying, { onTrouble: sentence => troubles.push(sentence) });
  await send(first, 'a');
  let taken = () => {};
  const isTaken = new Promise<void>(resolve => {
    taken = resolve;
  });
  let letGo = () => {};
  const gone = first.work(
    trainingQueue,
    async () => {
      taken();
      dying.cutOff = true;
      await new Promise<void>(resolve => {
        letGo = resolve;
      });
      return { type: 'done' };
    },
    keyOf,
    { ...drain, drain: false, jobs: 1, signal: stop.signal },
  );
  await isTaken;
  const second = await Jobs.open(connect());
  let worked = 0;
  await second.work(
    trainingQueue,
    async () => {
      worked++;
      await new Promise(resolve => setTimeout(resolve, 5000)); // Twice and a half the lease.
      return { type: 'done' };
    },
    keyOf,
    drain,
  );
  expect(worked).toBe(1);
  stop.abort();
  letGo();
  await gone;
  expect(await states()).toEqual({ a: ['completed'] });
  expect(troubles).toEqual(['The database PGlite fails (cut off); it is asked again.']);
  await second.close();
});

test('a job of a form that is not known fails', async () => {
  const jobs = await Jobs.open(connect());
  await send(jobs, 'a');
  await lite.exec(`UPDATE pgboss_v10.job SET data = '{"schemaVersion": 2, "run": "a"}'`);
  await jobs.work(trainingQueue, async () => ({ type: 'done' }), keyOf, drain);
  expect(await states()).toEqual({ a: ['failed'] });
  await jobs.close();
});

test('raising the signal ends the work once the jobs at hand have ended', async () => {
  const jobs = await Jobs.open(connect());
  await send(jobs, 'a', 'b');
  const stop = new AbortController();
  const handler = async (): Promise<JobEnd> => {
    stop.abort();
    return { type: 'again', afterSeconds: 0 };
  };
  await jobs.work(trainingQueue, handler, keyOf, { ...drain, jobs: 1, drain: false, signal: stop.signal });
  expect(await states()).toEqual({ a: ['completed', 'created'], b: ['created'] });
  await jobs.close();
});

test('the greater priority is taken first, and everybody that waits can be told how many come before', async () => {
  const jobs = await Jobs.open(connect());
  for (const [run, priority] of Object.entries({ a: 0, b: -1, c: -2, d: 0, e: -1 }))
    await jobs.send(trainingQueue, job(run), { key: run, priority });
  expect(Object.fromEntries(await jobs.before(trainingQueue))).toEqual({ a: 0, d: 1, b: 2, e: 3, c: 4 });
  expect((await jobs.before(analysisQueue)).size).toBe(0);
  const taken: string[] = [];
  const seen: Record<string, number>[] = [];
  const handler = async ({ run }: TrainingJob): Promise<JobEnd> => {
    taken.push(run);
    seen.push(Object.fromEntries(await jobs.before(trainingQueue)));
    return { type: 'done' };
  };
  await jobs.work(trainingQueue, handler, keyOf, { ...drain, jobs: 1 });
  expect(taken).toEqual(['a', 'd', 'b', 'e', 'c']);
  // The one at work is before all others.
  expect(seen[0]).toEqual({ d: 1, b: 2, e: 3, c: 4 });
  expect(seen[3]).toEqual({ c: 1 });
  expect(await jobs.before(trainingQueue)).toEqual(new Map());
  await jobs.close();
});

describe('the address of the database', () => {
  test('is asked for in one sentence', () => {
    expect(() => databaseUrl({})).toThrow(/^There is no queue: set DATABASE_URL [^.]*\.$/);
    expect(databaseUrl({ DATABASE_URL: 'postgres://h/d' })).toBe('postgres://h/d');
  });

  test.each(['nonsense', 'mysql://h/d'])('is refused as %s', url => {
    expect(() => openPostgres(url)).toThrow(expect.objectContaining({ code: 'database-url', kind: 'usage' }));
  });

  test('is named once, without its password, when nothing answers there', async () => {
    const nobody = openPostgres('postgres://me:secret@127.0.0.1:1/lungs');
    const troubles: string[] = [];
    const opening = Jobs.open(nobody, { onTrouble: sentence => troubles.push(sentence) });
    await expect(opening).rejects.toMatchObject({
      code: 'database-unusable',
      message: expect.stringMatching(
        /^The database 127\.0\.0\.1:1\/lungs cannot be used \(.*ECONNREFUSED.*\)/,
      ),
    });
    expect(troubles).toEqual([]);
  });
});
