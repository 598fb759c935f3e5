import { describe, expect, it } from 'vitest';
import type { ScoreCases } from './bundle/manifest.ts';
import { explainCall } from './explain-call.ts';

const bin = (
  from: number,
  to: number,
  cycles: number,
  crackles: number,
  interval: [number, number],
): ScoreCases['bins'][number] => ({ from, to, cycles, crackles, subjects: 6, interval });

const cases = (change: Partial<ScoreCases>): ScoreCases => ({
  dataset: 'a',
  unit: 'cycle',
  scoredBy: 'the network of its fold',
  cycles: 200,
  subjects: 20,
  bins: [
    bin(0, 0.1, 80, 4, [0, 0.2]),
    bin(0.1, 0.2, 50, 10, [0.1, 0.3]),
    bin(0.2, 0.3, 40, 10, [0.1, 0.4]),
    bin(0.8, 1, 20, 15, [0.4, 0.9]),
  ],
  ...change,
});

describe('explainCall', () => {
  it.each([
    // [threshold, from, cycles, crackles, left out: no bin holds 10 of the 200]
    [0, 0, 190, 39, 10],
    [0.1, 0.1, 110, 35, 10],
    [0.15, 0.2, 60, 25, 60],
    [0.2, 0.2, 60, 25, 10],
    [0.5, 0.8, 20, 15, 10],
    [0.8, 0.8, 20, 15, 10],
  ])('at the threshold %f counts the bins from %f on', (threshold, from, cycles, crackles, leftOut) => {
    const { cases: found, missing } = explainCall({ scoreCases: [cases({})] }, threshold);
    expect(missing).toBeNull();
    expect(found).toMatchObject([{ dataset: 'a', unit: 'cycle', from, cycles, crackles, leftOut }]);
  });

  it('weighs the intervals of the bins by their cycles', () => {
    const [{ interval } = expect.fail()] = explainCall({ scoreCases: [cases({})] }, 0.2).cases!;
    expect(interval[0]).toBeCloseTo((40 * 0.1 + 20 * 0.4) / 60, 12);
    expect(interval[1]).toBeCloseTo((40 * 0.4 + 20 * 0.9) / 60, 12);
  });

  it('tells of each data set by itself, and leaves out those with too few', () => {
    const others = [cases({ dataset: 'b' }), cases({ dataset: 'c', bins: [bin(0, 0.1, 80, 4, [0, 0.2])] })];
    const { cases: found } = explainCall({ scoreCases: [cases({}), ...others] }, 0.2);
    expect(found!.map(({ dataset }) => dataset)).toEqual(['a', 'b']);
  });

  it.each([0.81, 1])('says that no bin is surely called crackle at the threshold %f', threshold => {
    expect(explainCall({ scoreCases: [cases({})] }, threshold)).toMatchObject({
      cases: null,
      missing: { code: 'too-few-cases' },
    });
  });

  it.each([undefined, []])('says where a bundle has no cases (%j)', none => {
    expect(explainCall({ scoreCases: none }, 0.5)).toMatchObject({
      cases: null,
      missing: { code: 'no-cases' },
    });
  });
});
