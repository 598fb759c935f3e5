import { describe, expect, test } from 'vitest';
import { drawPredictions } from '../../test/drawn-predictions.ts';
import { meanOfKnown } from './auc.ts';
import { combineRanks } from './combine-ranks.ts';
import { compareSystems } from './compare-systems.ts';
import { figuresOf } from './figures.ts';
import { rankSum } from './rank-sum.ts';
import { collectRuns, repeatRuns, type SystemRuns } from './system-runs.ts';
import { summariseSystem } from './system-summary.ts';

const options = { seed: 1, resamples: 30 };
const of = { folds: 3, patients: 3, healthy: 4, channels: 2, cycles: 4 };
const task = 'crackle-vs-normal';
const tables = [
  ...drawPredictions({ ...of, systems: ['network'], runs: 2 }),
  ...drawPredictions({ ...of, systems: ['statistics'], runs: 1 }),
];
const [network, once] = collectRuns(tables, task) as [SystemRuns, SystemRuns];
const statistics = repeatRuns(
  once,
  new Map([
    ['1', '1'],
    ['2', '1'],
  ]),
);
const [first, second] = [summariseSystem(network, options), summariseSystem(statistics, options)];

describe('what depends on no seed, beside every run', () => {
  test('has the figures of its one run, and intervals without a part of runs', () => {
    expect(statistics.runs.map(({ run }) => run)).toEqual(['1', '2']);
    const single = summariseSystem(once, options);
    expect(second.summary.figures.auc).toBeCloseTo(single.summary.figures.auc!, 12);
    expect(second.summary.intervals.auc![0]).toBeCloseTo(single.summary.intervals.auc![0], 12);
    expect(second.summary.spread.runs.fscore).toBeCloseTo(0, 12);
  });

  test('a run whose source is not there has none', () => {
    expect(repeatRuns(once, new Map([['1', '7']])).runs).toEqual([]);
  });

  test('is compared in pairs with all runs', () => {
    const comparison = compareSystems(first, second, options);
    expect(comparison).toMatchObject({ runs: ['1', '2'], partial: false });
    expect(comparison.difference.figures.auc).toBeCloseTo(
      first.summary.figures.auc! - second.summary.figures.auc!,
      12,
    );
  });
});

describe('ranks of two systems added', () => {
  const combined = combineRanks(first, second, options);

  test('within folds, run by run', () => {
    const perRun = network.runs.map((run, r) => {
      const scores = rankSum(run.scores, statistics.runs[r]!.scores, run.folds);
      const { positives, subjects, devices, folds } = run;
      return figuresOf({ scores, positives, subjects, devices, folds });
    });
    expect(combined.figures.auc).toBeCloseTo(meanOfKnown(perRun.map(({ auc }) => auc))!, 12);
    expect(combined.figures.averagePrecision).toBeCloseTo(
      meanOfKnown(perRun.map(({ averagePrecision }) => averagePrecision))!,
      12,
    );
  });

  test('differences to both are of the same cycles', () => {
    expect(combined.minusFirst.figures.auc).toBeCloseTo(
      combined.figures.auc! - first.summary.figures.auc!,
      12,
    );
    expect(combined.minusSecond.figures.auc).toBeCloseTo(
      combined.figures.auc! - second.summary.figures.auc!,
      12,
    );
    // Ranks have no calls.
    expect(combined.minusFirst.figures.fscore).toBeNull();
  });

  test('of an unfinished system on the cycles that it has', () => {
    const done = tables.filter(({ rows: [row] }) => row!.system === 'statistics' || row!.fold !== '2');
    const [unfinished] = collectRuns(done, task) as [SystemRuns];
    const part = combineRanks(summariseSystem(unfinished, options), second, options);
    expect(part.partial).toBe(true);
    expect(combined.partial).toBe(false);
    expect(part.figures.auc).not.toBe(combined.figures.auc);
  });
});
