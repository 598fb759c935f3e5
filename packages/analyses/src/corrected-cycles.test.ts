import { describe, expect, it } from 'vitest';
import { mostCycles, problemOfCycles } from './corrected-cycles.ts';

const cycle = (start: number, end: number, inspirationEnd: number | null = null) => ({
  start,
  end,
  inspirationEnd,
});

describe('problemOfCycles', () => {
  it.each([
    ['one that fills the recording', [cycle(0, 10)]],
    ['neighbours that touch', [cycle(0.1, 3, 1), cycle(3, 6), cycle(7, 10)]],
    ['the shortest', [cycle(1.1, 1.3)]],
    ['an end that was rounded', [cycle(8, 10 + 1e-9)]],
  ])('lets pass %s', (_, cycles) => {
    expect(problemOfCycles(cycles, 10)).toBe(null);
  });

  it.each([
    ['none', [], /no cycle left/],
    [
      'one before the start',
      [cycle(-0.1, 3)],
      /^Cycle 1 \(-0.1 to 3 s\) is not within the recording of 10 s/,
    ],
    ['one beyond the end', [cycle(0, 3), cycle(8, 10.01)], /^Cycle 2 .* is not within/],
    ['one too short', [cycle(1, 1.199)], /shorter than 0.2 s/],
    ['one turned round', [cycle(3, 1)], /shorter than 0.2 s/],
    ['overlapping ones', [cycle(0, 3), cycle(2.9, 6)], /^Cycle 2 begins at 2.9 s, before .* ends \(3 s\)/],
    ['unsorted ones', [cycle(5, 8), cycle(1, 4)], /^Cycle 2 begins at 1 s/],
    ['no number', [cycle(Number.NaN, 3)], /no time/],
    ['no end', [cycle(1, Number.POSITIVE_INFINITY)], /no time/],
    ['an inspiration that ends outside', [cycle(1, 3, 3)], /end of inspiration \(3 s\) outside/],
    ['an inspiration that is no time', [cycle(1, 3, Number.NaN)], /no time/],
  ])('says what is wrong with %s', (_, cycles, sentence) => {
    expect(problemOfCycles(cycles, 10)).toMatch(sentence);
  });

  it('lets so many pass and no more', () => {
    const many = (count: number) => Array.from({ length: count }, (_, i) => cycle(i, i + 1));
    expect(problemOfCycles(many(mostCycles), mostCycles)).toBe(null);
    expect(problemOfCycles(many(mostCycles + 1), mostCycles + 1)).toMatch(
      /2001 cycles; a channel may have 2000/,
    );
  });
});
