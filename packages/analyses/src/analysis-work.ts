/**
 * Work on analyses, by the portal itself or by workers beside it: a job of the queue names a row of the portal's database;
 * the recording comes from the store, a process of its own computes, and progress and end are written into the row.
 *
 * After a kill the row says `at-work` and the job's lease runs out; whoever takes the job up begins anew. Two at one
 * analysis write the same result, and nothing is written over one that is done.
 */
import { CrepitusError } from '@crepitus/dsp';
import { analysisQueue, type Database, type JobEnd, type Jobs } from '@crepitus/jobs';
import type { Finding } from '@crepitus/recordings';
import { type Blobs, isStoreTrouble } from './blobs.ts';
import type { CorrectedCycle } from './corrected-cycles.ts';
import { runSoundTask } from './run-sound-task.ts';
import type { RecordingAnalysis } from './sound-task.ts';

/** The shipped one. */
export const portalBundle = 'default';

/** Progress is written at most so often. */
const progressMilliseconds = 300;

/** Seconds after which another process takes up what one that died had at work. */
const defaultLeaseSeconds = 30;

/** Seconds until a store that failed is asked again. */
const storeAgainSeconds = 15;

export interface AnalysisWork {
  /** The portal's; its own schema.ts has the tables. */
  readonly database: Database;
  readonly blobs: Blobs;
  /** What is at work is put back when it is raised. */
  readonly signal: AbortSignal;
  /** Analyses at the same time, each in a process of its own; default 1. */
  readonly jobs?: number | undefined;
  readonly leaseSeconds?: number | undefined;
  /** End when the queue is empty; default: never end. */
  readonly drain?: boolean | undefined;
  readonly onEnd?: ((end: AnalysisEnd) => void) | undefined;
}

export interface AnalysisEnd {
  readonly analysis: string;
  /** `waiting`: put back, by the signal or because the store failed. */
  readonly state: 'done' | 'failed' | 'waiting';
  readonly failure: AnalysisFailure | null;
}

export interface AnalysisFailure {
  readonly code: string;
  readonly message: string;
}

/** Takes analyses from the queue until the signal is raised. */
export async function workOnAnalyses(queue: Jobs, work: AnalysisWork): Promise<void> {
  const { jobs = 1, signal, leaseSeconds = defaultLeaseSeconds, drain } = work;
  await queue.work(
    analysisQueue,
    ({ analysis }) => analyse(work, analysis),
    ({ analysis }) => analysis,
    { jobs, signal, leaseSeconds, drain, pollSeconds: 0.5 },
  );
}

async function analyse({ database, blobs, signal, onEnd }: AnalysisWork, id: string): Promise<JobEnd> {
  const row = new AnalysisRow(database, id);
  const found = await row.begin();
  if (found === null) return { type: 'done' };
  const { blob, ...facts } = found;
  const putBack = async (failure: AnalysisFailure | null, afterSeconds: number): Promise<JobEnd> => {
    await row.putBack(failure);
    onEnd?.({ analysis: id, state: 'waiting', failure });
    return { type: 'again', afterSeconds };
  };
  const progress = new Throttled(progressMilliseconds, (share: number) => row.progress(share));
  try {
    const result = await blobs.withFile(blob, stored =>
      runSoundTask(
        { type: 'screen', stored, ...facts, bundle: portalBundle },
        { signal, onProgress: share => progress.push(share) },
      ),
    );
    await progress.end();
    await row.done(result);
    onEnd?.({ analysis: id, state: 'done', failure: null });
    return { type: 'done' };
  } catch (error) {
    await progress.end();
    if (signal.aborted) return putBack(null, 0);
    const failure =
      error instanceof CrepitusError
        ? { code: error.code, message: error.message }
        : { code: 'fault', message: `A fault of crepitus: ${(error as Error).message}` };
    if (isStoreTrouble(error)) return putBack(failure, storeAgainSeconds);
    await row.failed(failure);
    onEnd?.({ analysis: id, state: 'failed', failure });
    // For good: whoever looks at the page decides whether it is tried again.
    throw new CrepitusError(failure.code, failure.message, { cause: error });
  }
}

/** One row of the portal's table `analysis`. What was deleted meanwhile takes no writing. */
class AnalysisRow {
  readonly #database: Database;
  readonly #id: string;

  constructor(database: Database, id: string) {
    this.#database = database;
    this.#id = id;
  }

  /** What is to be analysed; null where it was deleted, or done by a worker whose lease had run out. */
  async begin(): Promise<{
    readonly blob: string;
    readonly sites: readonly (string | null)[];
    readonly airflow: number | null;
    readonly findings: readonly Finding[];
    readonly cycles: readonly CorrectedCycle[];
  } | null> {
    const { rows } = await this.#database.executeSql(
      `UPDATE analysis SET state = 'at-work', progress = 0, failure = NULL, updated_at = now()
       FROM recording
       WHERE analysis.id = $1 AND analysis.state <> 'done' AND recording.id = analysis.recording_id
       RETURNING recording.blob, recording.sites, recording.facts, analysis.airflow, analysis.cycles`,
      [this.#id],
    );
    const [row] = rows;
    if (row === undefined) return null;
    const { blob, sites, airflow, facts, cycles } = row;
    return { blob, sites, airflow, findings: facts.findings, cycles: cycles ?? [] };
  }

  progress(share: number): Promise<void> {
    return this.#set('progress = $2', share);
  }

  done(result: RecordingAnalysis): Promise<void> {
    return this.#set(
      "state = 'done', progress = 1, failure = NULL, result = $2::text::jsonb",
      JSON.stringify(result),
    );
  }

  failed(failure: AnalysisFailure): Promise<void> {
    return this.#set("state = 'failed', failure = $2::text::jsonb", JSON.stringify(failure));
  }

  putBack(failure: AnalysisFailure | null): Promise<void> {
    return this.#set(
      "state = 'waiting', progress = 0, failure = $2::text::jsonb",
      failure && JSON.stringify(failure),
    );
  }

  async #set(assignments: string, value: unknown): Promise<void> {
    await this.#database.executeSql(
      `UPDATE analysis SET ${assignments}, updated_at = now() WHERE id = $1 AND state <> 'done'`,
      [this.#id, value],
    );
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
