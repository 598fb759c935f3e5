/** Cross-validations with measures of the sound, as the CLI starts them, on tiny networks and synthetic recordings. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bundle, crackleClasses, crackleScore, soundMeasureCount } from '@crepitus/model';
import { openBundle } from '@crepitus/model/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tinyFrontEnd, writeCohort } from '../../test/tiny-cohort.ts';
import { parsePredictions } from '../evaluate/predictions.ts';
import { measuresReportText, readMeasuresReport } from './measures-report.ts';
import { defaultConfig, type RunChoices } from './run-config.ts';
import { continueRun, trainTarget } from './train.ts';
import { addMeasures, predictUnseen } from './unseen-predictions.ts';

let folder: string;
let out: string;
let bundle: Bundle;
const inCache = () => ({ cacheFolder: join(folder, 'cache') });
const choices = () => ({
  data: [{ kind: 'manifest' as const, path: join(folder, 'cohort') }],
  seed: 4,
  folds: 3,
  select: 'last' as const,
});
const config = (more: Partial<RunChoices> = {}) =>
  defaultConfig('target', {
    ...choices(),
    measures: 'auto',
    frontEnd: { ...tinyFrontEnd, sampleRate: 16_000, cycleSamples: 8000 },
    blocks: { filters: [8, 8], strides: [1, 2] },
    epochs: 1,
    batch: 6,
    ...more,
  });
const tableOf = async (...path: string[]) => {
  const file = join(...path);
  return parsePredictions(await readFile(file, 'utf8'), file);
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crepitus-measures-'));
  await writeCohort(join(folder, 'cohort'), 12);
  out = join(folder, 'run');
  await trainTarget(config(), { out, ...inCache(), jobs: 1 });
  bundle = await openBundle(join(out, 'bundle'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a cross-validation with measures', () => {
  it('ends in a bundle that carries them, whose card says so', async () => {
    const { measures } = bundle.manifest;
    expect(measures!.coefficients).toHaveLength(soundMeasureCount(12, measures!.list));
    expect(measures!.learnedFrom).toBe('36 cycles or events of manifest');
    expect(bundle.card).toContain('logistic regression on measures of the sound');
    expect(bundle.card).toContain('measures of the sound added, mean of 3 folds');
    expect(bundle.manifest.scoreCases![0]!.scoredBy).toBe(
      'each subject scored by the one network of the 3, and by measures of the sound, that saw it neither in training nor in validation',
    );
    for (const line of measuresReportText(await readMeasuresReport(out))) expect(bundle.card).toContain(line);
  });

  it('reports each fold with and without, on the test subjects of the fold', async () => {
    const report = await readMeasuresReport(out);
    expect(report.folds.map(({ fold, cycles, crackles }) => ({ fold, cycles, crackles }))).toEqual(
      [1, 2, 3].map(fold => ({ fold, cycles: 12, crackles: 4 })),
    );
    // The clicks of the cohort are heard by a rule; a network of one epoch has learned little.
    expect(report.outOfFold.measures.auc).toBeGreaterThan(0.9);
    expect(report.minusNetworks.auc).toBeCloseTo(
      report.outOfFold.both.auc! - report.outOfFold.networks.auc!,
      12,
    );
    for (const [i, { auc }] of report.folds.entries()) {
      const { rows, classes } = await tableOf(out, `fold-${i + 1}`, 'predictions.csv');
      const meaning = crackleClasses(classes);
      const own = rows.filter(({ label }) => label !== 'wheeze');
      const pairs = own
        .filter(({ label }) => label === 'crackle')
        .flatMap(crackle =>
          own
            .filter(({ label }) => label === 'normal')
            .map(normal => crackleScore(crackle.scores!, meaning) - crackleScore(normal.scores!, meaning)),
        );
      const above = pairs.filter(gap => gap > 0).length + pairs.filter(gap => gap === 0).length / 2;
      expect(auc.networks).toBeCloseTo(above / pairs.length, 12);
    }
  });

  it('predicts what networks and measures say together; the folds keep what networks say', async () => {
    const joined = await tableOf(out, 'predictions.csv');
    const ofFold = await tableOf(out, 'fold-1', 'predictions.csv');
    const places = (rows: typeof joined.rows) => rows.map(({ recording, start }) => `${recording} ${start}`);
    expect(places(joined.rows.filter(({ fold }) => fold === '1'))).toEqual(places(ofFold.rows));
    expect(joined.rows[0]!.scores).not.toEqual(ofFold.rows[0]!.scores);
  });

  it('is what measures added to the same networks afterwards give', async () => {
    const later = await addMeasures(bundle, { ...choices(), measures: 'auto' }, inCache());
    const { table, fused, threshold, scoreCases } = later;
    const joined = await tableOf(out, 'predictions.csv');
    for (const [i, { scores, recording, start }] of table.rows.entries()) {
      expect(joined.rows[i]).toMatchObject({ recording, start });
      expect(scores![1]).toBeCloseTo(joined.rows[i]!.scores![1]!, 5);
    }
    expect(fused.measures).toEqual(bundle.manifest.measures);
    expect(threshold).toBeCloseTo(bundle.manifest.threshold.value, 4);
    expect(scoreCases).toEqual(bundle.manifest.scoreCases);
    await expect(predictUnseen(bundle, 'target', choices(), inCache())).rejects.toMatchObject({
      code: 'bundle-measures',
    });
  });

  it('tells what is lost with found cycles, which only the test parts have', async () => {
    const asAnnotated = await addMeasures(bundle, { ...choices(), measures: 'auto' }, inCache());
    const found = await addMeasures(
      bundle,
      { ...choices(), measures: 'auto', testCycles: 'found' },
      inCache(),
    );
    expect(found.fused.measures).toEqual(asAnnotated.fused.measures);
    expect(found.threshold).toBe(asAnnotated.threshold);
    // Two seconds of steady noise are found as one breath, labelled by what it has most in common with.
    const folds = new Map(asAnnotated.table.rows.map(({ subject, fold }) => [subject, fold]));
    expect(found.table.rows).toHaveLength(12);
    for (const { subject, start, end, label, fold } of found.table.rows) {
      expect(start).toBeCloseTo(0, 2);
      expect(end).toBeCloseTo(2, 2);
      expect(label).toBe(Number(/\d+/.exec(subject)) % 2 === 0 ? 'crackle' : 'normal');
      expect(fold).toBe(folds.get(subject));
    }
  });

  it('goes on where it was stopped among the measures, to the same bytes', async () => {
    const stopped = join(folder, 'stopped');
    const stop = new AbortController();
    const { state } = await trainTarget(config(), {
      ...{ out: stopped, ...inCache(), jobs: 1, signal: stop.signal },
      onProgress: event => {
        if (event.type === 'measuring' && event.done === 1) stop.abort();
      },
    });
    expect(state).toBe('interrupted');
    await expect(readFile(join(stopped, 'bundle', 'bundle.json'))).rejects.toThrow('ENOENT');
    await expect(readMeasuresReport(stopped)).rejects.toThrow(/measures\.json is missing or not of its form/);
    expect((await continueRun({ out: stopped, ...inCache(), jobs: 1 })).state).toBe('done');
    for (const name of [
      'measures.json',
      'predictions.csv',
      'validation.csv',
      'bundle/bundle.json',
      'bundle/card.md',
    ])
      expect(await readFile(join(stopped, name), 'utf8'), name).toBe(await readFile(join(out, name), 'utf8'));
    await expect(
      trainTarget(config({ measures: 'candidates' }), { out: stopped, resume: true, ...inCache() }),
    ).rejects.toThrow('was begun with another measures');
  });
});

describe('a configuration with measures', () => {
  it.each([
    [
      'folds',
      () => config({ folds: null }),
      'Measures of the sound are fitted over folds, which show what they are worth on subjects that they did not learn from; name a number of folds, or leave out the measures.',
    ],
    [
      'a target',
      () => defaultConfig('source', { ...choices(), folds: null, measures: 'auto' }),
      'A source network has no measures of the sound; add them to a target that is trained from it.',
    ],
    [
      'the rate of crackle candidates',
      () => config({ frontEnd: tinyFrontEnd }),
      'Crackle candidates are found at 16000 Hz, and the front end is of 4000 Hz; leave out the measures, or train with another front end.',
    ],
  ])('wants %s', (_, make, message) => {
    expect(make).toThrow(expect.objectContaining({ code: 'run-config', kind: 'usage', message }));
  });
});
