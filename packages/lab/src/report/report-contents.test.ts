import { describe, expect, test } from 'vitest';
import { drawExperiment } from '../../test/drawn-experiment.ts';
import { baselineNames } from '../evaluate/baselines.ts';
import type { ExperimentData } from './experiment-data.ts';
import { reportContents } from './report-contents.ts';

const drawn = drawExperiment({
  systems: [
    'Scratch_Cyc_SamplePad',
    'Scratch_Cyc_Ins_Ratio_25_SamplePad',
    '2ndConv_Cyc_Ins_Ratio_12_SamplePad',
    '2ndConv_Cyc_Ins_Ratio_25_SamplePad',
  ],
  runs: 2,
  folds: 3,
  patients: 3,
  healthy: 4,
  channels: 2,
  cycles: 4,
  epochs: 6,
});
const options = { seed: 1, resamples: 20 };

/** Every training of a system with this accuracy at its kept epoch. */
function withAccuracy(experiment: ExperimentData, system: string, accuracy: number): ExperimentData {
  return {
    ...experiment,
    trainings: experiment.trainings.map(training =>
      training.system === system
        ? {
            ...training,
            epochs: training.epochs.map(epoch => ({
              ...epoch,
              validation: { ...epoch.validation, accuracy },
            })),
          }
        : training,
    ),
  };
}

describe('one of several candidates', () => {
  const [, , ratio12, ratio25] = drawn.systems.map(({ name }) => name);

  test.each([
    { better: ratio12!, worse: ratio25! },
    { better: ratio25!, worse: ratio12! },
  ])('$better where its validation is higher, whatever the test says', ({ better, worse }) => {
    const contents = reportContents(withAccuracy(withAccuracy(drawn, better, 0.99), worse, 0.5), options);
    const family = contents.choices.find(({ family: name }) => name === 'Transferred_Cyc_Ins_SamplePad')!;
    expect(family.chosen!.system).toBe(better);
    expect(family.candidates).toHaveLength(2);
    const fscores = new Map(
      contents.rows.map(row => [row.system.name, row.measured!.summary.figures.fscore!]),
    );
    const best = [...fscores].sort(([, a], [, b]) => b - a)[0]![0];
    expect(contents.all.bestOnTest!.system).toBe(best);
  });

  test('one that is not finished is none: its folds that are done may be the easy ones', () => {
    const names = drawn.systems.map(({ name }) => name);
    const [first] = drawn.trainings.filter(({ system }) => system === ratio12!);
    const trainings = withAccuracy(drawn, ratio12!, 0.99).trainings.map(training =>
      training.system === ratio12 && training.run === first!.run && training.fold === first!.fold
        ? { ...training, state: 'not begun' }
        : training,
    );
    const contents = reportContents({ ...drawn, trainings }, options);
    expect(contents.all.chosen!.system).not.toBe(ratio12);
    expect(contents.all.bestOnTest!.system).not.toBe(ratio12);
    expect(contents.rows.map(({ system }) => system.name)).toEqual(names);
  });

  test('by loss the lower one', () => {
    const low = drawn.trainings.map(training =>
      training.system === ratio12
        ? {
            ...training,
            epochs: training.epochs.map(e => ({ ...e, validation: { ...e.validation, loss: 0.01 } })),
          }
        : training,
    );
    const contents = reportContents({ ...drawn, trainings: low, select: 'loss' }, options);
    expect(contents.all.chosen!.system).toBe(ratio12);
  });
});

describe('comparisons', () => {
  const contents = reportContents(drawn, options);

  test('with the first row, and of transferred systems with their scratch counterpart', () => {
    const pairs = (list: typeof contents.againstFirst) => list.map(({ first, second }) => [first, second]);
    const [first, ...others] = drawn.systems.map(({ name }) => name);
    expect(pairs(contents.againstFirst)).toEqual(others.map(name => [name, first]));
    expect(pairs(contents.againstScratch)).toEqual([
      [others[1], others[0]],
      [others[2], others[0]],
    ]);
    expect(pairs(contents.againstCycle)).toEqual([[others[0], first]]);
    expect(contents.againstCycleTwice).toEqual([]);
  });

  test('the difference is that of the rows, and Holm never makes a p smaller', () => {
    const fscore = (name: string) =>
      contents.rows.find(row => row.system.name === name)!.measured!.summary.figures.fscore!;
    for (const { first, second, difference, midP, adjusted } of contents.againstFirst) {
      expect(difference.figures.fscore).toBeCloseTo(fscore(first) - fscore(second), 12);
      expect(adjusted).toBeGreaterThanOrEqual(midP!);
    }
  });

  test('a system without predictions has a row and no comparison', () => {
    const without = {
      ...drawn,
      predictions: drawn.predictions.filter(({ rows }) => rows[0]!.system !== drawn.systems[1]!.name),
    };
    const partial = reportContents(without, options);
    expect(partial.rows[1]!.measured).toBeNull();
    expect(partial.againstFirst).toHaveLength(2);
    expect(partial.againstScratch).toEqual([]);
  });
});

test('thresholds move the calls, not the scores; with one unknown there are none', () => {
  const all = (threshold: number | null) => drawn.trainings.map(training => ({ ...training, threshold }));
  const [row] = reportContents({ ...drawn, trainings: all(0) }, options).rows;
  expect(row!.thresholded!.figures.sensitivity).toBe(1);
  expect(row!.thresholded!.figures.specificity).toBe(0);
  expect(row!.thresholded!.figures.auc).toBe(row!.measured!.summary.figures.auc);
  const [first, ...rest] = all(0.5);
  const some = reportContents({ ...drawn, trainings: [{ ...first!, threshold: null }, ...rest] }, options);
  expect(some.rows[0]!.thresholded).toBeNull();
  expect(some.rows[1]!.thresholded).not.toBeNull();
});

test('learning curves hold every training that has begun', () => {
  const [row] = reportContents(drawn, options).rows;
  expect(row!.learning).toMatchObject({ trainings: 6 });
  expect(row!.learning!.accuracy.map(({ x, curves }) => [x, curves])).toEqual(
    [1, 2, 3, 4, 5, 6].map(x => [x, 6]),
  );
  expect(row!.learning!.chosenEpochs).toHaveLength(6);
});

test('four classes: the score of the challenge beside the figures of crackles', () => {
  const asFour = (tables: typeof drawn.predictions) =>
    tables.map(({ rows }) => ({
      classes: ['normal', 'crackle', 'wheeze', 'both'],
      rows: rows.map(row => ({ ...row, scores: [row.scores![0]!, row.scores![1]!, 0, 0] })),
    }));
  const predictions = asFour(drawn.predictions);
  const baselines = { ...drawn.baselines!, predictions: asFour(drawn.baselines!.predictions) };
  const contents = reportContents({ ...drawn, task: 'four-class', predictions, baselines }, options);
  const [row] = contents.rows;
  // What tells crackle from normal alone has no score among four; what depends on no seed has no spread over runs.
  expect(contents.baselines.map(({ measured }) => measured!.summary.spread.runs.fscore)).toEqual(
    Array(baselineNames.length).fill(null),
  );
  expect(contents.baselines.map(({ measured }) => measured!.perClass)).toEqual(
    Array(baselineNames.length).fill(null),
  );
  const { summary, perClass } = row!.measured!;
  // No wheeze and none called: sensitivity and specificity are those of crackles, pooled over a run.
  expect(perClass!.score).toBeCloseTo(
    (summary.figures.pooledSensitivity! + summary.figures.pooledSpecificity!) / 2,
    12,
  );
  expect(perClass).toMatchObject({ challenge: 'icbhi' });
  expect(perClass!.counts.map(counts => counts.length)).toEqual([4, 4, 4, 4]);
});
