import { problemOfCycles } from '@crepitus/analyses';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addCycle,
  borders,
  type DraftCycle,
  deleteCycle,
  forgetInspiration,
  joinNext,
  moveBorder,
  splitCycle,
  whyNot,
} from './cycle-draft.ts';

const cycle = (start: number, end: number, inspirationEnd: number | null = null): DraftCycle => ({
  start,
  end,
  inspirationEnd,
});
/** Two that touch, a gap, a third. */
const three = [cycle(0, 3, 1), cycle(3, 6, 4), cycle(7, 10)];

describe('moveBorder', () => {
  it.each([
    ['a free end', 1, 'end', 6.5, [cycle(0, 3, 1), cycle(3, 6.5, 4), cycle(7, 10)]],
    ['a free end up to the next cycle', 1, 'end', 8, [cycle(0, 3, 1), cycle(3, 7, 4), cycle(7, 10)]],
    ['a border that two share', 0, 'end', 3.25, [cycle(0, 3.25, 1), cycle(3.25, 6, 4), cycle(7, 10)]],
    [
      'the same border from the other side',
      1,
      'start',
      2.5,
      [cycle(0, 2.5, 1), cycle(2.5, 6, 4), cycle(7, 10)],
    ],
    ['one no further than the shortest cycle', 0, 'end', 0, [cycle(0, 0.2), cycle(0.2, 6, 4), cycle(7, 10)]],
    ['the last end to the end of the recording', 2, 'end', 99, [...three.slice(0, 2), cycle(7, 10.5)]],
    ['the first start to the start of the recording', 0, 'start', -1, three],
    ['an end of inspiration', 1, 'inspirationEnd', 4.1239, [three[0], cycle(3, 6, 4.124), three[2]]],
    [
      'an end of inspiration within its cycle',
      1,
      'inspirationEnd',
      9,
      [three[0], cycle(3, 6, 5.95), three[2]],
    ],
    ['one that was not set', 2, 'inspirationEnd', 8, [...three.slice(0, 2), cycle(7, 10, 8)]],
    [
      'a border past an end of inspiration, which is then unknown',
      1,
      'start',
      4,
      [cycle(0, 4, 1), cycle(4, 6), cycle(7, 10)],
    ],
  ] as const)('moves %s', (_, index, border, to, expected) => {
    expect(moveBorder(three, index, border, to, 10.5)).toEqual(expected);
  });

  it('keeps to what may be scored, wherever borders are moved to', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            index: fc.nat(2),
            border: fc.constantFrom(...borders),
            to: fc.double({ min: -5, max: 15, noNaN: true }),
          }),
        ),
        moves => {
          let cycles: readonly DraftCycle[] = three;
          for (const { index, border, to } of moves)
            cycles = moveBorder(cycles, index, border, to, 10.5) ?? cycles;
          expect(problemOfCycles(cycles, 10.5)).toBe(null);
        },
      ),
    );
  });
});

it('splits a cycle, with the end of inspiration on its side', () => {
  expect(splitCycle(three, 1, 5)).toEqual([three[0], cycle(3, 5, 4), cycle(5, 6), three[2]]);
  expect(splitCycle(three, 1, 3.5)).toEqual([three[0], cycle(3, 3.5), cycle(3.5, 6, 4), three[2]]);
  expect(splitCycle(three, 1, 5.9)).toBe(null);
  expect(splitCycle(three, 1, 8)).toBe(null);
});

it('joins cycles, over a gap too', () => {
  expect(joinNext(three, 0)).toEqual([cycle(0, 6, 1), three[2]]);
  expect(joinNext(three, 1)).toEqual([three[0], cycle(3, 10, 4)]);
  expect(joinNext(three, 2)).toBe(null);
});

it('deletes cycles but the last one', () => {
  expect(deleteCycle(three, 1)).toEqual([three[0], three[2]]);
  expect(deleteCycle([cycle(0, 1)], 0)).toBe(null);
  expect(deleteCycle(three, 3)).toBe(null);
});

it('adds a cycle where none is and there is room', () => {
  expect(addCycle(three, 6.25, 12)).toEqual({
    cycles: [three[0], three[1], cycle(6.25, 7), three[2]],
    index: 2,
  });
  expect(addCycle(three, 10, 20)).toEqual({ cycles: [...three, cycle(10, 13)], index: 3 });
  expect(addCycle(three, 10, 11.5)).toEqual({ cycles: [...three, cycle(10, 11.5)], index: 3 });
  expect(addCycle(three, 6.9, 12)).toBe(null);
  expect(addCycle(three, 4, 12)).toBe(null);
  expect(addCycle(three, 11.9, 12)).toBe(null);
});

it('forgets an end of inspiration', () => {
  expect(forgetInspiration(three, 1)).toEqual([three[0], cycle(3, 6), three[2]]);
  expect(forgetInspiration(three, 2)).toBe(null);
});

it.each([
  [1, 'split', 1, 'cursor-outside'],
  [1, 'split', 5.9, 'too-short'],
  [-1, 'add', 4, 'cursor-inside'],
  [-1, 'add', 6.9, 'too-short'],
  [2, 'join', 0, 'no-next'],
  [0, 'inspiration', 5, 'cursor-outside'],
  [2, 'forget', 8, 'no-inspiration'],
] as const)('of cycle %i, %s at %d s is refused for %s', (index, edit, cursor, reason) => {
  expect(whyNot(three, index, edit, cursor)).toBe(reason);
});
