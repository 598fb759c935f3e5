import type { RecordingAnalysis } from '@crepitus/analyses';
import { placeInBreath } from '@crepitus/model';
import { expect, it } from 'vitest';
import { phaseEnd, ratioOf } from './phase-ends.ts';

const cycle = (inspirationEnd: number | null) => ({ start: 2, end: 5, inspirationEnd });

it('is the measured end of the inspiration where there is one, and an assumed share elsewhere', () => {
  expect(phaseEnd(cycle(2.7), '2:5')).toEqual({ at: 2.7, isAssumed: false });
  expect(phaseEnd(cycle(2.7), null)).toEqual({ at: 2.7, isAssumed: false });
  for (const outside of [null, 2, 5, 7]) {
    const { at, isAssumed } = phaseEnd(cycle(outside), '2:5')!;
    expect(at).toBeCloseTo(3.2, 5);
    expect(isAssumed).toBe(true);
  }
  expect(phaseEnd(cycle(null), null)).toBe(null);
});

it.each([2.7, null])('is where single crackles change their phase (measured: %j)', inspirationEnd => {
  const end = phaseEnd(cycle(inspirationEnd), '1:3')!;
  const candidate = (time: number) => ({ time }) as Parameters<typeof placeInBreath>[0][number];
  const { events } = placeInBreath(
    [candidate(end.at - 0.002), candidate(end.at + 0.002)],
    [cycle(inspirationEnd)],
    '1:3',
  );
  expect(events.map(({ phase }) => phase)).toEqual(['inspiration', 'expiration']);
});

it('is not assumed in windows of fixed length', () => {
  const result = (cycleSource: string) =>
    ({ recording: { cycleSource }, detector: { ratio: '2:5' } }) as unknown as RecordingAnalysis;
  expect(ratioOf(result('sound'))).toBe('2:5');
  expect(ratioOf(result('windows'))).toBe(null);
  expect(ratioOf(null)).toBe(null);
});
