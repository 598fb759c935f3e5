/** Work in a given order, several pieces at a time, some of which need others first. */

export interface Piece {
  readonly name: string;
  /** Names of pieces that must be done first. */
  readonly needs: readonly string[];
  /** @returns false where it ended otherwise than done: what needs it is left out */
  readonly work: (signal: AbortSignal) => Promise<boolean>;
}

/**
 * Takes the first piece whose needs are done, `jobs` at a time, until none is left or the signal comes. An error ends
 * the others by their signal and is thrown when they have ended.
 */
export async function workThrough(
  pieces: readonly Piece[],
  jobs: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const failed = new AbortController();
  const stop = AbortSignal.any([failed.signal, ...(signal ? [signal] : [])]);
  const waiting = [...pieces];
  const ended = new Map<string, boolean>();
  const atWork = new Set<Promise<void>>();

  while (!stop.aborted) {
    const next = atWork.size < jobs ? waiting.findIndex(piece => isReady(piece)) : -1;
    if (next >= 0) {
      const piece = waiting.splice(next, 1)[0]!;
      const running: Promise<void> = piece
        .work(stop)
        .then(
          isDone => void ended.set(piece.name, isDone),
          (error: unknown) => {
            if (!failed.signal.aborted) failed.abort(error);
          },
        )
        .finally(() => atWork.delete(running));
      atWork.add(running);
    } else if (atWork.size > 0) {
      await Promise.race(atWork);
    } else {
      break; // Nothing left, or only what needs pieces that did not get done.
    }
  }
  await Promise.all(atWork);
  if (failed.signal.aborted) throw failed.signal.reason;

  function isReady({ needs }: Piece): boolean {
    return needs.every(name => ended.get(name) === true);
  }
}
