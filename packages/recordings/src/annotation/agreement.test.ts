import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agreementOf, type PairOfWords } from './agreement.ts';
import { cycleWords } from './reviewed-cycle.ts';

/** Pairs of a table: rows what the first said, columns what the second said, both `crackle`, `clear`, `unsure`. */
function pairsOf(table: readonly (readonly number[])[]): PairOfWords[] {
  return table.flatMap((row, i) =>
    row.flatMap((count, j) =>
      Array.from({ length: count }, (): PairOfWords => [cycleWords[i]!, cycleWords[j]!]),
    ),
  );
}

describe('agreementOf', () => {
  // Worked by hand: p_o and p_e stand beside each table.
  it.each([
    [
      'p_o 35/50, p_e 25/50 x 30/50 + 25/50 x 20/50 = 0.5',
      [
        [20, 5],
        [10, 15],
      ],
      0.4,
    ],
    [
      'p_o 60/100, p_e 0.60 x 0.70 + 0.40 x 0.30 = 0.54',
      [
        [45, 15],
        [25, 15],
      ],
      0.06 / 0.46,
    ],
    [
      'p_o 60/100, p_e 0.60 x 0.30 + 0.40 x 0.70 = 0.46',
      [
        [25, 35],
        [5, 35],
      ],
      0.14 / 0.54,
    ],
    [
      'p_o 9/12, p_e 6/12 x 7/12 + 6/12 x 5/12 = 0.5',
      [
        [5, 1],
        [2, 4],
      ],
      0.5,
    ],
    [
      'all the same, of both words',
      [
        [4, 0],
        [0, 8],
      ],
      1,
    ],
    [
      'all different, evenly',
      [
        [0, 5],
        [5, 0],
      ],
      -1,
    ],
    [
      'what chance gives',
      [
        [1, 1],
        [1, 1],
      ],
      0,
    ],
    [
      'one of them says one word only',
      [
        [3, 2],
        [0, 0],
      ],
      0,
    ],
  ])('%s', (_, table, kappa) => {
    const { cycles, agreed, unsure, ...rest } = agreementOf(pairsOf(table));
    expect(rest.kappa).toBeCloseTo(kappa, 12);
    expect(cycles).toBe(table.flat().reduce((sum, count) => sum + count));
    expect(agreed).toBe(table[0]![0]! + table[1]![1]!);
    expect(unsure).toBe(0);
  });

  it('leaves out of kappa what either was unsure of, and shows it in the table', () => {
    const table = [
      [20, 5, 1],
      [10, 15, 0],
      [2, 3, 4],
    ];
    expect(agreementOf(pairsOf(table))).toEqual({
      cycles: 50,
      agreed: 35,
      unsure: 10,
      kappa: 0.4,
      table,
    });
  });

  it.each([
    ['nothing that both judged', []],
    [
      'only what somebody was unsure of',
      [
        [0, 0, 2],
        [0, 0, 1],
        [1, 0, 3],
      ],
    ],
    ['one word alone, from both', [[7]]],
    [
      'the other word alone, from both',
      [
        [0, 0],
        [0, 3],
      ],
    ],
  ])('knows no kappa of %s', (_, table) => {
    expect(agreementOf(pairsOf(table)).kappa).toBe(null);
  });

  it('is the same whoever comes first, and never above 1 or below -1', () => {
    const word = fc.constantFrom(...cycleWords);
    fc.assert(
      fc.property(fc.array(fc.tuple(word, word)), pairs => {
        const one = agreementOf(pairs);
        const other = agreementOf(pairs.map(([a, b]): PairOfWords => [b, a]));
        expect(other.kappa).toBe(one.kappa);
        expect(other.table).toEqual(cycleWords.map((_, i) => cycleWords.map((_, j) => one.table[j]![i])));
        if (one.kappa !== null) expect(Math.abs(one.kappa)).toBeLessThanOrEqual(1);
      }),
    );
  });
});
