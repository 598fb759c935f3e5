/** The process of one candidate, as its parent (remote.ts) speaks with it. */

/** What the parent asks: to do the work so many times; none: what the last one gave. */
export interface Request {
  run: number;
}

export interface Answer {
  /** Once, when the candidate is ready. */
  version?: string;
  ms?: number;
  result?: Float32Array;
  /** Why it cannot start. */
  failure?: string;
}

export interface Work {
  version: string;
  run(): unknown;
  /** What the last run gave, or what else tells that the work is the same as the others'. */
  result(): Float32Array;
}

/** What a task's module exports: per candidate what loads it, ours first. Only the one that is asked for gets loaded. */
export type Candidates = Record<string, (variant: string) => Work | Promise<Work>>;

/** Loads a candidate, does its work once and answers until the parent is gone. */
export async function serve(load: () => Work | Promise<Work>): Promise<void> {
  const answer = (message: Answer) => process.send!(message);
  try {
    const work = await load();
    await work.run();
    process.on('message', async ({ run }: Request) => {
      if (run === 0) return answer({ result: work.result() });
      const start = performance.now();
      for (let i = 0; i < run; i++) {
        const done = work.run();
        if (done instanceof Promise) await done;
      }
      answer({ ms: performance.now() - start });
    });
    process.on('disconnect', () => process.exit());
    answer({ version: work.version });
  } catch (error) {
    answer({ failure: error instanceof Error ? error.message.split('\n')[0]! : String(error) });
    process.disconnect();
  }
}
