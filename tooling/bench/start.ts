/** Starts the candidates of a task and lets in those that do the same work as ours. */
import type { Candidate, Task } from './harness.ts';
import type { Remote } from './remote.ts';

export type Starts = Map<string, () => Promise<Remote>>;

/** Says why a peer's result is not ours; undefined where it is. */
export type Check = (theirs: Float32Array, ours: Float32Array) => string | undefined;

/**
 * Ours, which must start, and the peers that do and that give what ours gives.
 *
 * @param roundMs a round of a candidate takes at least this long
 */
export async function startAll(
  starts: Starts,
  check: Check,
  roundMs = 25,
): Promise<Pick<Task, 'candidates' | 'skipped'>> {
  const candidates: Candidate[] = [];
  const skipped: Task['skipped'] = [];
  let ours: Float32Array | undefined;
  for (const [name, start] of starts) {
    let remote: Remote | undefined;
    try {
      remote = await start();
      const times = await timesPerRound(remote, roundMs);
      const result = await remote.result();
      ours ??= result;
      const reason = check(result, ours);
      if (reason !== undefined) throw new Error(reason);
      candidates.push(candidate(name, remote, times));
    } catch (error) {
      remote?.close();
      if (ours === undefined) throw error;
      skipped.push({ name, reason: (error as Error).message });
    }
  }
  return { candidates, skipped };
}

function candidate(name: string, { version, run, close }: Remote, times: number): Candidate {
  return { name, version, run: async () => (await run(times)) / times, close };
}

/** Runs until the engine has compiled what it will, and counts what fills a round. */
async function timesPerRound({ run }: Remote, roundMs: number): Promise<number> {
  let times = 1;
  let ms = await run(times);
  while (ms < Math.max(roundMs, 100)) {
    times *= 2;
    ms = await run(times);
  }
  return Math.ceil((roundMs * times) / ms);
}

export function differenceWithin(tolerance: number): Check {
  return (theirs, ours) => {
    if (theirs.length !== ours.length) return `it gives ${theirs.length} values, not ${ours.length}`;
    let largest = 0;
    for (let i = 0; i < ours.length; i++) {
      const difference = Math.abs(theirs[i]! - ours[i]!);
      if (!(difference <= largest)) largest = difference;
    }
    return largest <= tolerance
      ? undefined
      : `its values differ from ours by up to ${largest.toExponential(1)}`;
  };
}
