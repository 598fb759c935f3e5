import type { z } from 'zod';

/** A queue, and the form of what it holds. */
export interface JobQueue<Payload> {
  readonly name: string;
  readonly payload: z.ZodType<Payload>;
}

/** How a job ended that did not fail; `again` puts it back, to be taken by anyone after a while. */
export type JobEnd = { readonly type: 'done' } | { readonly type: 'again'; readonly afterSeconds: number };

/** The work of a job. What it throws is a failure: a CrepitusError for good, anything else is tried again. */
export type JobHandler<Payload> = (payload: Payload) => Promise<JobEnd>;

/** What the queue knows of the newest job with a key. */
export interface ListedJob {
  readonly key: string;
  readonly state: 'waiting' | 'at-work' | 'failed' | 'done';
  /** When it was queued; of one at work the last sign of life; of an ended one its end. */
  readonly at: Date;
  /** Why it failed, or did before it was put back to be tried again. */
  readonly failure: { readonly code: string; readonly message: string } | null;
  /** Of the form of the queue, unless another version queued it. */
  readonly data: unknown;
}

export interface SendOptions {
  /** A second job with the key of one that waits is not queued. */
  readonly key: string;
  /** Before them nobody takes it; default 0. */
  readonly afterSeconds?: number;
  /** Of jobs that wait the greater comes first, and among equals the older; default 0. */
  readonly priority?: number;
}

export interface WorkOptions {
  /** Jobs worked on at the same time. */
  readonly jobs: number;
  /** No more jobs are taken once it is raised; handlers that heed it should end with `again`. */
  readonly signal: AbortSignal;
  /** Seconds without a sign of life after which a worker counts as dead and others take its jobs; default 120. */
  readonly leaseSeconds?: number | undefined;
  /** Seconds between looks at an empty queue; default 2. */
  readonly pollSeconds?: number | undefined;
  /** End when no job waits and none is worked on by anyone; default: never end. */
  readonly drain?: boolean | undefined;
}
