import { describe, expect, test } from 'vitest';
import { agreementOf, countCycles, matchCycles } from './agreement.ts';

const cycles = (...borders: number[]) => borders.slice(1).map((end, i) => ({ start: borders[i]!, end }));

describe('matching of found with annotated cycles', () => {
  test.each([
    ['equal', cycles(0, 2, 4, 6), cycles(0, 2, 4, 6), 3],
    ['none found', cycles(0, 2, 4), [], 0],
    ['none annotated', [], cycles(0, 2), 0],
    ['an overlap of exactly a half of the union', [{ start: 0, end: 2 }], [{ start: 0, end: 1 }], 1],
    ['just less', [{ start: 0, end: 2 }], [{ start: 0, end: 0.99 }], 0],
    ['shifted by half a cycle', cycles(0, 2, 4, 6), cycles(1, 3, 5, 7), 0],
    ['two found halves of one cycle count once', [{ start: 0, end: 2 }], cycles(0, 1, 2), 1],
    ['one found over two cycles counts once', cycles(0, 1, 2), [{ start: 0, end: 2 }], 1],
  ])('%s', (_, annotated, found, matched) => {
    expect(matchCycles(annotated, found).length).toBe(matched);
    expect(countCycles(annotated, found)).toEqual({
      annotated: annotated.length,
      found: found.length,
      matched,
    });
  });

  test('the closest pair goes first', () => {
    expect(
      matchCycles(
        [{ start: 0, end: 4 }],
        [
          { start: 1, end: 4 },
          { start: 0, end: 3.8 },
        ],
      ),
    ).toEqual([[0, 1]]);
  });
});

test('agreement over recordings: counts by recording, matches by cycle', () => {
  expect(
    agreementOf([
      { annotated: 4, found: 4, matched: 4 },
      { annotated: 4, found: 5, matched: 2 },
      { annotated: 2, found: 5, matched: 0 },
      { annotated: 10, found: 6, matched: 4 },
    ]),
  ).toEqual({
    countError: { exact: 1 / 4, withinOne: 2 / 4, meanAbsolute: 2 },
    matchedAtIoU50: 10 / 20,
    foundMatchedAtIoU50: 10 / 20,
  });
  expect(agreementOf([{ annotated: 2, found: 0, matched: 0 }]).foundMatchedAtIoU50).toBe(0);
});
