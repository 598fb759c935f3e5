import { expect, it } from 'vitest';
import { placeInBreath } from './candidates-in-breath.ts';
import type { CrackleCandidate } from './crackle-candidates.ts';

const at = (time: number): CrackleCandidate => ({
  time,
  initialDeflectionMs: 0.7,
  twoCyclesMs: 5,
  largestDeflectionMs: 1.2,
  largestDeflectionFromMs: 0.4,
  kind: 'fine',
  polarity: 'negative',
  amplitudeDb: 20,
});
const cycle = (start: number, end: number, inspirationEnd: number | null = null) => ({
  start,
  end,
  inspirationEnd,
});

it.each([
  [0.9, null, null, null],
  [1, 0, 'inspiration', 'early'],
  [1.39, 0, 'inspiration', 'early'],
  [1.5, 0, 'inspiration', 'middle'],
  [2.19, 0, 'inspiration', 'late'],
  [2.2, 0, 'expiration', 'early'],
  [3.3, 0, 'expiration', 'middle'],
  [3.9, 0, 'expiration', 'late'],
  [4, 1, 'inspiration', 'early'],
  [7, null, null, null],
])('%d s lies in cycle %s, %s, %s', (time, number, phase, third) => {
  const { events } = placeInBreath([at(time)], [cycle(1, 4, 2.2), cycle(4, 7, 5)], '1:2');
  expect(events).toEqual([{ ...at(time), cycle: number, phase, third }]);
});

it('an inspiration that was not measured, or lies outside its cycle, follows the ratio', () => {
  const events = [0.9, 1.1, 3.5, 4.5].map(at);
  const { perCycle } = placeInBreath(events, [cycle(0, 3), cycle(3, 6, 8)], '1:3');
  expect(perCycle).toEqual([
    { all: 2, inspiration: 1, expiration: 1, phases: 'ratio' },
    { all: 2, inspiration: 1, expiration: 1, phases: 'ratio' },
  ]);
});

it('what is no breath has no phases, but a number', () => {
  const placed = placeInBreath([at(1), at(2)], [cycle(0, 3), cycle(3, 6)], null);
  expect(placed.perCycle).toEqual([
    { all: 2, inspiration: null, expiration: null, phases: null },
    { all: 0, inspiration: null, expiration: null, phases: null },
  ]);
  expect(placed.events.map(({ cycle, phase, third }) => [cycle, phase, third])).toEqual([
    [0, null, null],
    [0, null, null],
  ]);
});

it('each candidate counts once, also where cycles overlap', () => {
  const { events, perCycle } = placeInBreath([at(2.5)], [cycle(0, 3), cycle(2, 5)], '1:2');
  expect(events[0]!.cycle).toBe(0);
  expect(perCycle.map(({ all }) => all)).toEqual([1, 0]);
});
