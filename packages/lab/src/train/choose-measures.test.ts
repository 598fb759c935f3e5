import { type MeasureList, measureLists } from '@crepitus/model';
import { describe, expect, it } from 'vitest';
import { type DrawnMeasures, drawMeasures } from '../../test/drawn-measures.ts';
import { chooseMeasures } from './choose-measures.ts';

/** Columns that say nothing cost a regression more the more of them there are. */
const columns = { candidates: 4, inspiration: 40, cycle: 60 };
const some = (gain: DrawnMeasures['gain'], choices: Partial<DrawnMeasures> = {}) =>
  drawMeasures({ subjects: 24, cyclesEach: 10, columns, gain: gain!, ...choices });

describe('the choice of measures', () => {
  it.each<[MeasureList, DrawnMeasures['gain']]>([
    ['candidates', { candidates: 2 }],
    ['inspiration', { inspiration: 2 }],
    ['inspiration+candidates', { inspiration: 2.5, candidates: 1.5 }],
    ['cycle+inspiration+candidates', { inspiration: 1, candidates: 1, cycle: 2.5 }],
  ])('takes %s where these tell crackles', async (expected, gain) => {
    const { list, inner } = await chooseMeasures(some(gain), { seed: 1 });
    expect(list).toBe(expected);
    expect(inner[list]).toBeGreaterThan(0.8);
    for (const other of measureLists) expect(inner[other]!).toBeLessThanOrEqual(inner[list]!);
  });

  it('takes the shortest of lists that are level', async () => {
    // So far apart that every regression that sees the candidates ranks without a fault.
    const { list, inner } = await chooseMeasures(some({ candidates: 60 }), { seed: 1 });
    expect(inner['inspiration+candidates']).toBe(1);
    expect(list).toBe('candidates');
  });

  it('judges by subjects that a regression did not learn from: knowing a subject again helps no list', async () => {
    // One column per subject, which only that subject has: within a subject nothing tells crackles.
    const cycles = some({}, { subjects: 12 }).map((each, i) => {
      const known = Float64Array.from({ length: 12 }, (_, subject) =>
        Math.floor(i / 10) === subject ? 5 : 0,
      );
      const { candidates } = each.measures;
      return { ...each, measures: { ...each.measures, inspiration: known, candidates } };
    });
    const { inner } = await chooseMeasures(cycles, { seed: 1 });
    expect(inner.inspiration).toBeCloseTo(0.5, 1);
  });

  it('tests no mixed cycle, but learns from it', async () => {
    const own = some({ candidates: 1 });
    const alone = await chooseMeasures(own, { seed: 1 });
    const mixed = some({ candidates: -40 }, { kind: 'sprsound', isMixed: true });
    const together = await chooseMeasures([...own, ...mixed], { seed: 1 });
    expect(alone.inner.candidates).toBeGreaterThan(0.6);
    // What is mixed in says the opposite, and ranks the own cycles the wrong way round.
    expect(together.inner.candidates).toBeLessThan(0.4);
  });

  it('is the same for the same seed, and says where there are too few subjects', async () => {
    const cycles = some({ candidates: 0.3 });
    expect(await chooseMeasures(cycles, { seed: 3 })).toEqual(await chooseMeasures(cycles, { seed: 3 }));
    expect((await chooseMeasures(cycles, { seed: 4 })).inner).not.toEqual(
      (await chooseMeasures(cycles, { seed: 3 })).inner,
    );
    await expect(chooseMeasures(some({}, { subjects: 2 }), { seed: 1 })).rejects.toThrow(
      'Which measures are taken cannot be chosen on 1 subjects with crackles and 1 without, two of each are needed; name the measures, or give more subjects.',
    );
  });

  it('stops by its signal', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(chooseMeasures(some({}), { seed: 1, signal })).rejects.toThrow('enough');
  });
});
