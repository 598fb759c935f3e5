import { expect, it } from 'vitest';
import type { ListedRecording } from '../../server/visits.ts';
import { isReadingDue, withProgress, withReading } from './visit-progress.ts';

function listed(number: number, state: ListedRecording['state']): ListedRecording {
  return {
    id: `r${number}`,
    number,
    device: '',
    sites: [null],
    airflow: null,
    seconds: 15,
    sampleRate: 4000,
    state,
    progress: 0,
    before: null,
    failure: null,
    channels: null,
    detector: null,
    withheld: false,
    quality: [],
  };
}

it('progress shows how far each is, and tells when one that was awaited has ended', () => {
  const before = [listed(1, 'done'), listed(2, 'at-work'), listed(3, 'waiting')];
  const now = [
    { id: 'r2', state: 'at-work', progress: 0.5, before: null },
    { id: 'r3', state: 'waiting', progress: 0, before: 4 },
  ] as const;
  const still = withProgress(before, now);
  expect(still.ended).toBe(false);
  expect(still.recordings.map(({ state, progress, before }) => [state, progress, before])).toEqual([
    ['done', 0, null],
    ['at-work', 0.5, null],
    ['waiting', 0, 4],
  ]);
  expect(withProgress(before, [{ ...now[0], state: 'failed' }, now[1]]).ended).toBe(true);
  expect(withProgress(before, [now[0]]).ended).toBe(true); // Somebody deleted it.
});

it('a reading keeps what was added while it was made, and nothing that was deleted', () => {
  const read = [listed(2, 'done'), listed(3, 'done')];
  const shown = withReading([listed(1, 'done'), listed(3, 'waiting'), listed(4, 'waiting')], read);
  expect(shown).toEqual([...read, listed(4, 'waiting')]);
  expect(withReading([listed(1, 'waiting')], [])).toEqual([listed(1, 'waiting')]);
});

it('of two hundred files that end one a second the visit is read ten times, not two hundred', () => {
  let readAt = Number.NEGATIVE_INFINITY;
  let readings = 0;
  for (let second = 1; second <= 210; second++) {
    const others = second < 200;
    if (!isReadingDue(others, 1000 * second - readAt)) continue;
    readAt = 1000 * second;
    readings++;
    if (!others) break;
  }
  expect(readings).toBeLessThanOrEqual(10);
});
