import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomStream } from '@crepitus/dsp';
import {
  addToCrackleOdds,
  type Bundle,
  crackleClasses,
  crackleScore,
  measuredLogit,
  soundMeasureCount,
} from '@crepitus/model';
import { openBundle } from '@crepitus/model/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tinyFrontEnd, writeCohort } from '../../test/tiny-cohort.ts';
import { areaUnderRoc } from '../evaluate/auc.ts';
import { fitMeasures, type MeasuredCycle, measureCycles } from './fit-measures.ts';
import { defaultConfig } from './run-config.ts';
import { trainTarget } from './train.ts';
import { addMeasures, predictUnseen } from './unseen-predictions.ts';

describe('the coefficients', () => {
  const stream = randomStream(3, 'measures');
  /** Crackles have a higher first measure in both kinds of data; in `b` the second one too. */
  const some = (kind: string, count: number): MeasuredCycle[] =>
    Array.from({ length: count }, (_, i) => {
      const isCrackle = i % 4 === 0;
      const measures = Float64Array.from({ length: 3 }, () => stream.normal());
      if (isCrackle) measures[0]! += 2;
      if (isCrackle && kind === 'b') measures[1]! += 2;
      return { kind, isCrackle, measures };
    });

  it('tell crackles, and add nothing where measures say nothing', () => {
    const cycles = some('a', 400);
    const weights = fitMeasures(cycles);
    expect(weights.coefficients[0]).toBeGreaterThan(1);
    expect(Math.abs(weights.coefficients[2]!)).toBeLessThan(0.5);
    // One crackle in four: without its prior the log odds of a cycle halfway between the classes are 0.
    expect(Math.abs(measuredLogit(weights, Float64Array.of(1, 0, 0)))).toBeLessThan(0.4);
  });

  it('weigh kinds of data alike, however many cycles each has', () => {
    const [a, b] = [some('a', 400), some('b', 400)];
    const alike = fitMeasures([...a, ...b]);
    const many = fitMeasures([...a, ...a, ...a, ...a, ...a, ...a, ...b]);
    const [ofA, ofB] = [fitMeasures(a), fitMeasures(b)];
    const second = ({ coefficients }: { coefficients: readonly number[] }) => coefficients[1]!;
    expect(second(ofB) - second(ofA)).toBeGreaterThan(1);
    expect(Math.abs(second(many) - second(alike))).toBeLessThan(0.15);
  });

  it('leave out what is neither normal nor crackle, and want both', () => {
    const cycles = some('a', 40);
    const wheeze: MeasuredCycle = { kind: 'a', isCrackle: null, measures: Float64Array.of(9, 9, 9) };
    expect(fitMeasures([...cycles, wheeze])).toEqual(fitMeasures(cycles));
    expect(() => fitMeasures(cycles.filter(({ isCrackle }) => isCrackle === false))).toThrow(
      expect.objectContaining({ code: 'one-class' }),
    );
  });
});

describe('measures added to a bundle of folds', () => {
  let folder: string;
  let bundle: Bundle;
  const choices = () => ({
    data: [{ kind: 'manifest' as const, path: join(folder, 'cohort') }],
    seed: 4,
    folds: 3,
    select: 'last' as const,
  });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'crepitus-measures-'));
    await writeCohort(join(folder, 'cohort'), 12);
    const config = defaultConfig('target', {
      ...choices(),
      frontEnd: { ...tinyFrontEnd, sampleRate: 16_000, cycleSamples: 8000 },
      blocks: { filters: [8, 8], strides: [1, 2] },
      epochs: 1,
      batch: 6,
    });
    await trainTarget(config, { out: join(folder, 'run'), ...inCache(), jobs: 1 });
    bundle = await openBundle(join(folder, 'run', 'bundle'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const inCache = () => ({ cacheFolder: join(folder, 'cache') });

  it('tell subjects that they did not learn from what the networks and the measures say together', async () => {
    const options = inCache();
    const plain = await predictUnseen(bundle, 'target', choices(), options);
    const { table, parts, measures, threshold } = await addMeasures(bundle, choices(), options);
    expect(measures.coefficients).toHaveLength(soundMeasureCount(12));
    expect(measures.learnedFrom).toBe('36 cycles or events of manifest, each data set with equal weight');
    expect(parts.both).toHaveLength(36);
    const meaning = crackleClasses(table.classes);
    for (const [i, { score }] of parts.both.entries()) {
      const network = parts.network[i]!.score;
      const expected = addToCrackleOdds([1 - network, network], meaning, parts.measures[i]!.score);
      expect(score).toBeCloseTo(crackleScore(expected, meaning), 6);
    }
    const auc = areaUnderRoc(
      parts.measures.map(({ score }) => score),
      parts.measures.map(({ isCrackle }) => isCrackle),
    );
    expect(auc).toBeGreaterThan(0.9);
    expect(table.rows.map(({ recording, start }) => `${recording} ${start}`)).toEqual(
      plain.table.rows.map(({ recording, start }) => `${recording} ${start}`),
    );
    expect(table.rows.map(({ scores }) => scores)).not.toEqual(plain.table.rows.map(({ scores }) => scores));
    expect(threshold).not.toBe(plain.threshold);
  });

  it('want a front end at the rate of crackle candidates', async () => {
    const config = defaultConfig('target', { ...choices(), frontEnd: tinyFrontEnd });
    await expect(measureCycles(config, [])).rejects.toMatchObject({ code: 'measures-rate' });
  });
});
