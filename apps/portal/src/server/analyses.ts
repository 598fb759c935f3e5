/** Analyses at work: a job of the queue, computed in a process of its own, with its progress and its end in the database. */

import { runSoundTask } from '@crepitus/analyses/node';
import { CrepitusError } from '@crepitus/dsp';
import { analysisQueue, type JobEnd, type Jobs } from '@crepitus/jobs';
import { eq } from 'drizzle-orm';
import type { Blobs } from './blobs.ts';
import type { Queries } from './database.ts';
import { analysis, recording } from './schema.ts';

/** The shipped one. */
export const portalBundle = 'default';

/** Progress is written at most so often. */
const progressMilliseconds = 300;

/** Seconds after which another process takes up what one that died had at work. */
const leaseSeconds = 30;

export async function queueAnalysis(jobs: Jobs, id: string): Promise<void> {
  await jobs.send(analysisQueue, { schemaVersion: 1, analysis: id }, { key: id });
}

/** Queues what waits without a job: the portal was killed between its database and the queue. */
export async function queueForgotten(queries: Queries, jobs: Jobs): Promise<void> {
  const waiting = await queries
    .select({ id: analysis.id })
    .from(analysis)
    .where(eq(analysis.state, 'waiting'));
  const known = new Set((await jobs.list(analysisQueue)).map(({ key }) => key));
  for (const { id } of waiting) if (!known.has(id)) await queueAnalysis(jobs, id);
}

/** Takes analyses from the queue until the signal is raised. */
export async function workOnAnalyses(
  jobs: Jobs,
  { queries, blobs, signal }: { queries: Queries; blobs: Blobs; signal: AbortSignal },
): Promise<void> {
  await jobs.work(
    analysisQueue,
    ({ analysis }) => analyse(queries, blobs, analysis, signal),
    ({ analysis }) => analysis,
    { jobs: 1, signal, leaseSeconds, pollSeconds: 0.5 },
  );
}

async function analyse(queries: Queries, blobs: Blobs, id: string, signal: AbortSignal): Promise<JobEnd> {
  const [found] = await queries
    .select({ recording, state: analysis.state })
    .from(analysis)
    .innerJoin(recording, eq(recording.id, analysis.recordingId))
    .where(eq(analysis.id, id));
  // Deleted meanwhile, or done by a worker whose lease had run out.
  if (found === undefined || found.state === 'done') return { type: 'done' };
  const set = async (values: Partial<typeof analysis.$inferInsert>) => {
    await queries
      .update(analysis)
      .set({ ...values, updatedAt: new Date() })
      .where(eq(analysis.id, id));
  };
  await set({ state: 'at-work', progress: 0, failure: null });
  const progress = new Throttled(progressMilliseconds, (share: number) => set({ progress: share }));
  const { sites, facts, blob } = found.recording;
  try {
    const result = await runSoundTask(
      {
        type: 'screen',
        stored: blobs.path(blob),
        sites,
        findings: facts.findings,
        bundle: portalBundle,
      },
      { signal, onProgress: share => progress.push(share) },
    );
    await progress.end();
    await set({ state: 'done', progress: 1, result });
    return { type: 'done' };
  } catch (error) {
    await progress.end();
    if (signal.aborted) {
      await set({ state: 'waiting', progress: 0 });
      return { type: 'again', afterSeconds: 0 };
    }
    const failure =
      error instanceof CrepitusError
        ? { code: error.code, message: error.message }
        : { code: 'fault', message: `A fault of crepitus: ${(error as Error).message}` };
    await set({ state: 'failed', failure });
    // For good: whoever looks at the page decides whether it is tried again.
    throw new CrepitusError(failure.code, failure.message, { cause: error });
  }
}

/** Writes one value at a time and not too often; those that come between are left out. */
class Throttled<Value> {
  readonly #milliseconds: number;
  readonly #write: (value: Value) => Promise<void>;
  #writing: Promise<void> | null = null;
  #last = 0;

  constructor(milliseconds: number, write: (value: Value) => Promise<void>) {
    this.#milliseconds = milliseconds;
    this.#write = write;
  }

  push(value: Value): void {
    if (this.#writing !== null || Date.now() - this.#last < this.#milliseconds) return;
    this.#last = Date.now();
    this.#writing = this.#write(value)
      .catch(() => {}) // The analysis goes on; its end is written anyway.
      .finally(() => {
        this.#writing = null;
      });
  }

  async end(): Promise<void> {
    await this.#writing;
  }
}
