/**
 * Whether a threshold for each kind of recording (device and sample rate) calls crackles better than one for all: F from
 * sensitivity and P+ over the folds, the thresholds of a fold chosen for the highest F on the scores out of fold of all
 * others, with paired 95 % intervals by subject. A kind with fewer than five crackles there keeps the threshold for all.
 *
 *   npx tsx --conditions=@crepitus/source tooling/thresholds-by-kind.ts PREDICTIONS.csv.gz [SYSTEM]
 */
import { readFile } from 'node:fs/promises';
import {
  bestThreshold,
  deviceKey,
  intervalsOf,
  pairedDifference,
  type SampledFigures,
  sampleFigures,
  scoredRows,
  unpackPredictions,
} from '@crepitus/lab';

const leastCrackles = 5;
const [file, system] = process.argv.slice(2);
if (file === undefined) throw new Error('name a file of packed predictions');

const all = unpackPredictions(await readFile(file), file).rows;
const cycles = scoredRows(
  'crackle-vs-normal',
  all.filter(row => system === undefined || row.system === system),
).map(({ row, score, isCrackle }) => ({
  run: row.run,
  fold: row.fold,
  subject: row.subject,
  kind: deviceKey(row.device, row.sampleRate),
  score,
  isCrackle,
}));
type Cycle = (typeof cycles)[number];

const chosen = (of: readonly Cycle[]) =>
  bestThreshold(
    of.map(({ score }) => score),
    of.map(({ isCrackle }) => isCrackle),
  );

/** Threshold for all kinds, and of each kind that has enough crackles, from the other folds of a run. */
function thresholdsFor(run: readonly Cycle[], fold: string) {
  const others = run.filter(cycle => cycle.fold !== fold);
  const ofKind = new Map<string, number>();
  for (const kind of new Set(others.map(cycle => cycle.kind))) {
    const of = others.filter(cycle => cycle.kind === kind);
    if (of.filter(({ isCrackle }) => isCrackle).length >= leastCrackles) ofKind.set(kind, chosen(of));
  }
  return { one: chosen(others), ofKind };
}

const runs = [...new Set(cycles.map(({ run }) => run))].map(name => {
  const run = cycles.filter(cycle => cycle.run === name);
  const folds = [...new Set(run.map(({ fold }) => fold))];
  return { run, thresholds: new Map(folds.map(fold => [fold, thresholdsFor(run, fold)])) };
});

/** @param isByKind otherwise the threshold for all */
function sample(isByKind: boolean): SampledFigures {
  const scored = runs.map(({ run, thresholds }) => {
    const calls = run.map(({ fold, kind, score }) => {
      const { one, ofKind } = thresholds.get(fold)!;
      return score >= (isByKind ? (ofKind.get(kind) ?? one) : one) ? 1 : 0;
    });
    return {
      scores: run.map(({ score }) => score),
      positives: run.map(({ isCrackle }) => isCrackle),
      subjects: run.map(({ subject }) => subject),
      devices: run.map(({ kind }) => kind),
      folds: run.map(({ fold }) => fold),
      calls,
    };
  });
  return sampleFigures(scored, { seed: 1 });
}

const one = sample(false);
const byKind = sample(true);
const difference = pairedDifference(byKind, one);
const tell = (what: string, value: number | null, interval: readonly [number, number] | null) =>
  process.stdout.write(
    `${what}: F ${value?.toFixed(3)} [${interval?.[0].toFixed(3)}, ${interval?.[1].toFixed(3)}]\n`,
  );
tell('one threshold', one.figures.fscore, intervalsOf(one.samples).fscore);
tell('one for each kind', byKind.figures.fscore, intervalsOf(byKind.samples).fscore);
tell('difference', difference.figures.fscore, difference.intervals.fscore);
