import { describe, expect, it } from 'vitest';
import type { ScoreCases } from './bundle/manifest.ts';
import { explainScore } from './explain-score.ts';

const bin = (from: number, to: number, crackles: number): ScoreCases['bins'][number] => ({
  from,
  to,
  cycles: 40,
  crackles,
  subjects: 6,
  interval: [0, 0.9],
});
const cases = (dataset: string, ...bins: ScoreCases['bins']): ScoreCases => ({
  dataset,
  unit: 'cycle',
  scoredBy: 'the network of its fold',
  cycles: 200,
  subjects: 20,
  bins,
});

describe('explainScore', () => {
  const scoreCases = [
    cases('a', bin(0.1, 0.2, 4), bin(0.2, 0.3, 8), bin(0.9, 1, 30)),
    cases('b', bin(0.15, 0.2, 2)),
  ];

  it.each([
    [0.1, [['a', 4]]],
    [
      0.15,
      [
        ['a', 4],
        ['b', 2],
      ],
    ],
    [
      0.19999,
      [
        ['a', 4],
        ['b', 2],
      ],
    ],
    [0.2, [['a', 8]]],
    [1, [['a', 30]]],
  ])('of %f counts those of the bin that it lies in, per data set', (score, expected) => {
    const { cases: found, missing } = explainScore({ scoreCases }, score);
    expect(found!.map(({ dataset, crackles }) => [dataset, crackles])).toEqual(expected);
    expect(missing).toBe(null);
  });

  it.each([0, 0.0999, 0.3, 0.5, 0.8999])('of %f says that too few were scored like this', score => {
    expect(explainScore({ scoreCases }, score)).toMatchObject({
      cases: null,
      missing: { code: 'too-few-cases' },
    });
  });

  it.each([undefined, []])('says where a bundle has no cases (%j)', none => {
    expect(explainScore({ scoreCases: none }, 0.5)).toMatchObject({
      cases: null,
      missing: { code: 'no-cases' },
    });
  });
});
