/**
 * Durable jobs: pg-boss 10 keeps them in a schema of its own, fixed per major version, as pg-boss does not migrate
 * between majors.
 *
 * A worker holds a job on a lease that it renews while it works. pg-boss 10 has an expiry and nothing to push it back,
 * so a renewal writes `started_on` of the job's row. When a worker dies its lease runs out, and any other worker puts
 * its jobs back. A lease may also run out under a worker that lives (suspended, cut off from the database), so handlers
 * must stand being run twice; training does, by the lock of its run folder.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { CrepitusError } from '@crepitus/dsp';
import PgBoss from 'pg-boss';
import { analysisQueue } from './analysis-job.ts';
import type { Database } from './database.ts';
import type { JobEnd, JobHandler, JobQueue, ListedJob, SendOptions, WorkOptions } from './job-queue.ts';
import { trainingQueue } from './training-job.ts';

const schema = 'pgboss_v10';

const defaultLeaseSeconds = 120;

const queueOptions = {
  /** One waiting job per key. */
  policy: 'short',
  expireInSeconds: defaultLeaseSeconds,
  /** Deaths and faults of one job; being put back does not count. */
  retryLimit: 10,
  retryDelay: 2,
  retryBackoff: true,
  /** A year: jobs may wait long for a machine. */
  retentionMinutes: 365 * 24 * 60,
} as const;

export interface JobsOptions {
  /** Told once per outage that the database fails, in a sentence. */
  readonly onTrouble?: ((sentence: string) => void) | undefined;
}

interface HeldJob {
  readonly id: string;
  readonly data: unknown;
  /** Tells this lease from a later one of the same job. */
  readonly attempt: number;
}

export class Jobs {
  readonly #database: Database;
  readonly #boss: PgBoss;
  readonly #onTrouble: (sentence: string) => void;
  /** That it cannot be opened is an error; nothing asks again. */
  #isOpen = false;
  #inTrouble = false;

  private constructor(database: Database, { onTrouble }: JobsOptions) {
    this.#database = database;
    this.#onTrouble = onTrouble ?? (() => {});
    this.#boss = new PgBoss({
      db: { executeSql: (text, values) => this.#execute(text, values) },
      schema,
      schedule: false,
      supervise: false, // Workers do it themselves, see `work`.
    });
    this.#boss.on('error', () => {}); // `#execute` has told of it.
  }

  /**
   * Makes the queues where they are not there yet. The database is this object's from then on.
   *
   * @throws CrepitusError `database-unusable` (usage)
   */
  static async open(database: Database, options: JobsOptions = {}): Promise<Jobs> {
    const jobs = new Jobs(database, options);
    try {
      await jobs.#boss.start();
      // Without its queue a job that is sent vanishes without an error.
      for (const { name } of [trainingQueue, analysisQueue])
        await jobs.#boss.createQueue(name, { name, ...queueOptions });
      jobs.#isOpen = true;
      return jobs;
    } catch (cause) {
      await database.close().catch(() => {});
      throw new CrepitusError(
        'database-unusable',
        `The database ${database.name} cannot be used (${reasonOf(cause)}); check that it runs, and DATABASE_URL.`,
        { kind: 'usage', cause },
      );
    }
  }

  /** See SendOptions; a job that is put back has lost its priority, and was next anyway. */
  async send<Payload extends object>(
    queue: JobQueue<Payload>,
    payload: Payload,
    { key, afterSeconds = 0, priority = 0 }: SendOptions,
  ): Promise<void> {
    try {
      await this.#boss.send(queue.name, queue.payload.parse(payload), {
        singletonKey: key,
        startAfter: afterSeconds,
        priority,
      });
    } catch (cause) {
      throw new CrepitusError(
        'database-unusable',
        `The database ${this.#database.name} took no job (${reasonOf(cause)}); when it runs again, queue what is left (--resume of a training).`,
        { kind: 'usage', cause },
      );
    }
  }

  /**
   * The newest job of each key, the longest unchanged first; those that ended more than a week ago are forgotten.
   *
   * @throws CrepitusError `database-unusable` (usage)
   */
  async list<Payload>(queue: JobQueue<Payload>): Promise<ListedJob[]> {
    const columns = 'singleton_key, data, state, output, created_on, started_on, completed_on';
    const statement = `
      SELECT DISTINCT ON (singleton_key) ${columns} FROM (
        SELECT ${columns} FROM ${schema}.job WHERE name = $1
        UNION ALL SELECT ${columns} FROM ${schema}.archive WHERE name = $1
      ) jobs
      WHERE singleton_key IS NOT NULL
      ORDER BY singleton_key, created_on DESC`;
    const { rows } = await this.#asked(statement, [queue.name]);
    return (rows as JobRow[]).map(listedJob).sort((a, b) => a.at.getTime() - b.at.getTime());
  }

  /**
   * Of each key that waits how many jobs come before it, those at work among them.
   *
   * @throws CrepitusError `database-unusable` (usage)
   */
  async before<Payload>(queue: JobQueue<Payload>): Promise<ReadonlyMap<string, number>> {
    // In the order in which pg-boss takes them.
    const statement = `
      SELECT singleton_key, state,
        (row_number() OVER (ORDER BY state DESC, priority DESC, created_on, id))::int - 1 AS before
      FROM ${schema}.job
      WHERE name = $1 AND state <= 'active' AND singleton_key IS NOT NULL`;
    const { rows } = await this.#asked(statement, [queue.name]);
    const waiting = rows.filter(({ state }) => state !== 'active');
    return new Map(waiting.map(row => [row.singleton_key, row.before]));
  }

  /**
   * Queues a failed job anew.
   *
   * @throws CrepitusError `job-form` (refused), `database-unusable` (usage)
   */
  async retry<Payload extends object>(queue: JobQueue<Payload>, { key, data }: ListedJob): Promise<void> {
    await this.send(queue, parsePayload(queue, data), { key });
  }

  /** Puts back what is at work, for whoever knows that no other worker lives. */
  async endLeases({ name }: JobQueue<object>): Promise<void> {
    await this.#execute(
      `UPDATE ${schema}.job SET expire_in = interval '0' WHERE name = $1 AND state = 'active'`,
      [name],
    );
    await this.#supervise();
  }

  /**
   * Takes jobs until the signal is raised, or with `drain` until there are none, and waits for those at work.
   *
   * @param keyOf the key under which a job is put back
   */
  async work<Payload extends object>(
    queue: JobQueue<Payload>,
    handler: JobHandler<Payload>,
    keyOf: (payload: Payload) => string,
    options: WorkOptions,
  ): Promise<void> {
    const { signal, drain = false, pollSeconds = 2, leaseSeconds = defaultLeaseSeconds } = options;
    const slot = async () => {
      while (!signal.aborted) {
        const job = await this.#take(queue.name);
        if (job !== undefined) await this.#handle(queue, job, handler, keyOf, leaseSeconds);
        else if (drain && (await this.#isEmpty(queue.name))) return;
        else await sleep(1000 * pollSeconds, undefined, { signal }).catch(() => {});
      }
    };
    const supervision = setInterval(() => void this.#supervise(), (1000 * leaseSeconds) / 3);
    await this.#supervise();
    try {
      await Promise.all(Array.from({ length: options.jobs }, slot));
    } finally {
      clearInterval(supervision);
    }
  }

  async close(): Promise<void> {
    await this.#boss.stop({ graceful: false });
    await this.#database.close();
  }

  /** Puts back the jobs of the dead, and archives old ones. */
  async #supervise(): Promise<void> {
    await this.#boss.maintain().catch(() => {});
  }

  async #take(queue: string): Promise<HeldJob | undefined> {
    const [job] = await this.#boss.fetch(queue, { includeMetadata: true });
    return job && { id: job.id, data: job.data, attempt: job.retryCount };
  }

  /** False also while the database does not answer. */
  async #isEmpty(queue: string): Promise<boolean> {
    try {
      return (await this.#boss.getQueueSize(queue, { before: 'completed' })) === 0;
    } catch {
      return false;
    }
  }

  async #handle<Payload extends object>(
    queue: JobQueue<Payload>,
    job: HeldJob,
    handler: JobHandler<Payload>,
    keyOf: (payload: Payload) => string,
    leaseSeconds: number,
  ): Promise<void> {
    const renew = () => this.#renew(queue.name, job, leaseSeconds);
    await renew();
    const renewal = setInterval(() => void renew(), (1000 * leaseSeconds) / 3);
    try {
      const payload = parsePayload(queue, job.data);
      const end = await outcomeOf(() => handler(payload));
      // What cannot be noted runs out with the lease, and the job is taken up again.
      await this.#note(queue.name, job, end, afterSeconds =>
        this.send(queue, payload, { key: keyOf(payload), afterSeconds }),
      ).catch(() => {});
    } catch (error) {
      await this.#note(queue.name, job, { type: 'failed', error }).catch(() => {});
    } finally {
      clearInterval(renewal);
    }
  }

  async #note(
    queue: string,
    { id }: HeldJob,
    end: JobEnd | { readonly type: 'failed'; readonly error: unknown },
    putBack?: (afterSeconds: number) => Promise<void>,
  ): Promise<void> {
    if (end.type === 'again') await putBack!(end.afterSeconds); // First: a job too many does no harm.
    if (end.type !== 'failed') {
      await this.#boss.complete(queue, id);
      return;
    }
    const { error } = end;
    if (error instanceof CrepitusError)
      await this.#execute(
        `UPDATE ${schema}.job SET retry_limit = retry_count WHERE name = $1 AND id = $2 AND state = 'active'`,
        [queue, id],
      );
    await this.#boss.fail(queue, id, {
      code: error instanceof CrepitusError ? error.code : 'fault',
      message: error instanceof Error ? error.message : String(error),
    });
  }

  async #renew(queue: string, { id, attempt }: HeldJob, leaseSeconds: number): Promise<void> {
    await this.#execute(
      `UPDATE ${schema}.job SET started_on = now(), expire_in = $3 * interval '1 second'
       WHERE name = $1 AND id = $2 AND state = 'active' AND retry_count = $4`,
      [queue, id, leaseSeconds, attempt],
    ).catch(() => {});
  }

  // biome-ignore lint/suspicious/noExplicitAny: as in Database
  async #asked(statement: string, values: any[]): Promise<{ rows: any[] }> {
    try {
      return await this.#execute(statement, values);
    } catch (cause) {
      throw new CrepitusError(
        'database-unusable',
        `The jobs in the database ${this.#database.name} cannot be listed (${reasonOf(cause)}); check that it runs.`,
        { kind: 'usage', cause },
      );
    }
  }

  // biome-ignore lint/suspicious/noExplicitAny: as in Database
  async #execute(text: string, values?: any[]): Promise<{ rows: any[] }> {
    try {
      const result = await this.#database.executeSql(text, values);
      this.#inTrouble = false;
      return result;
    } catch (error) {
      if (this.#isOpen && !this.#inTrouble)
        this.#onTrouble(`The database ${this.#database.name} fails (${reasonOf(error)}); it is asked again.`);
      this.#inTrouble = true;
      throw error;
    }
  }
}

interface JobRow {
  readonly singleton_key: string;
  readonly data: unknown;
  readonly state: string;
  readonly output: { code?: string; message?: string; value?: object } | null;
  readonly created_on: Date;
  readonly started_on: Date | null;
  readonly completed_on: Date | null;
}

/** pg-boss's states and dates in ours; a job that somebody cancelled in the database is one that failed. */
function listedJob(row: JobRow): ListedJob {
  const states = { created: 'waiting', retry: 'waiting', active: 'at-work', completed: 'done' } as const;
  const state = states[row.state as keyof typeof states] ?? 'failed';
  const at = {
    waiting: row.created_on,
    'at-work': row.started_on,
    done: row.completed_on,
    failed: row.completed_on,
  };
  return {
    key: row.singleton_key,
    state,
    at: at[state] ?? row.created_on,
    failure: state === 'done' ? null : failureFrom(row.output),
    data: row.data,
  };
}

function failureFrom(output: JobRow['output']): ListedJob['failure'] {
  if (output === null) return null;
  const { code = 'fault', message, value } = output;
  // pg-boss wraps what it says itself, which is of leases alone.
  if (value !== undefined)
    return { code: 'worker-died', message: 'Its worker gave no sign of life for longer than its lease.' };
  return { code, message: message ?? code };
}

async function outcomeOf(
  work: () => Promise<JobEnd>,
): Promise<JobEnd | { readonly type: 'failed'; readonly error: unknown }> {
  try {
    return await work();
  } catch (error) {
    return { type: 'failed', error };
  }
}

function parsePayload<Payload>(queue: JobQueue<Payload>, data: unknown): Payload {
  const parsed = queue.payload.safeParse(data);
  if (parsed.success) return parsed.data;
  throw new CrepitusError(
    'job-form',
    `A job of the queue ${queue.name} is of a form that this version does not know; use the version that queued it.`,
    { kind: 'refused' },
  );
}

function reasonOf(error: unknown): string {
  // A host with several addresses fails with one error for each.
  const first = error instanceof AggregateError ? error.errors[0] : error;
  return first instanceof Error ? first.message.replaceAll(/\s+/g, ' ') : String(first);
}
