import { expect, test } from 'vitest';
import type { Cycle } from '../recording.ts';
import { fitCyclesToAudio } from './fit-cycles.ts';

const cycle = (start: number, end: number, inspirationEnd: number | null = null): Cycle => {
  return { start, end, inspirationEnd, label: 'normal', channel: null };
};

const cases: [string, Cycle[], Cycle[], string[]][] = [
  ['inside: as they are', [cycle(0, 2), cycle(2, 10)], [cycle(0, 2), cycle(2, 10)], []],
  ['past the end: cut there', [cycle(8, 12, 9)], [cycle(8, 10, 9)], ['annotation-clipped']],
  [
    'past the end with their inspiration: that is not kept',
    [cycle(8, 12, 11)],
    [cycle(8, 10)],
    ['annotation-clipped'],
  ],
  ['past the end by a rounding: cut without a word', [cycle(8, 10.01)], [cycle(8, 10)], []],
  [
    'after the end: left out',
    [cycle(0, 1), cycle(10, 11), cycle(20, 21)],
    [cycle(0, 1)],
    ['annotation-beyond-audio'],
  ],
  ['of 0 s: left out', [cycle(3, 3), cycle(4, 5)], [cycle(4, 5)], ['empty-cycle']],
];
test.each(cases)('cycles %s', (_, cycles, kept, codes) => {
  const fitted = fitCyclesToAudio(cycles, 10, 'a.wav');
  expect(fitted.cycles).toEqual(kept);
  expect(fitted.findings.map(finding => finding.code)).toEqual(codes);
});

test('findings say how many and where', () => {
  expect(
    fitCyclesToAudio([cycle(10.5, 11), cycle(9, 10.25)], 10, 'a.wav').findings.map(({ message }) => message),
  ).toEqual([
    'a.wav lasts 10 s and 1 annotated cycle(s) begin after that, the first at 10.5 s; left out.',
    'a.wav lasts 10 s and an annotated cycle ends at 10.25 s; it is cut there.',
  ]);
});
