/** How the page of a visit follows analyses without reading the visit each time. */
import type { ListedRecording, VisitProgress } from '../../server/visits.ts';

export function isWaiting({ state }: Pick<ListedRecording, 'state'>): boolean {
  return state === 'waiting' || state === 'at-work';
}

export function withProgress(
  recordings: readonly ListedRecording[],
  progress: VisitProgress,
): { readonly recordings: readonly ListedRecording[] /** One at least. */; readonly ended: boolean } {
  const now = new Map(progress.map(each => [each.id, each]));
  const ended = recordings.some(each => isWaiting(each) && !isWaiting(now.get(each.id) ?? { state: null }));
  return { recordings: recordings.map(each => ({ ...each, ...now.get(each.id) })), ended };
}

/** What was read, and after it what was added while it was read: numbers of a visit only rise. */
export function withReading(
  before: readonly ListedRecording[],
  read: readonly ListedRecording[],
): readonly ListedRecording[] {
  const last = Math.max(0, ...read.map(({ number }) => number));
  return [...read, ...before.filter(({ id, number }) => number > last && read.every(each => each.id !== id))];
}

/** Milliseconds between readings of a visit: a folder of files ends its analyses one by one for minutes. */
const betweenReadings = { whileOthersWait: 30_000, whenAllEnded: 5000 };

/** @param sinceLast milliseconds since the page read the visit on its own */
export function isReadingDue(othersWait: boolean, sinceLast: number): boolean {
  return sinceLast >= (othersWait ? betweenReadings.whileOthersWait : betweenReadings.whenAllEnded);
}
