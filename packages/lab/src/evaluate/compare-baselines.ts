/** The baselines beside a bundle: fitted on other subjects, read on the bundle's own test cycles, compared in pairs. */
import { type Dataset, selectSplit, subjectKey } from '@crepitus/datasets';
import { LogMel } from '@crepitus/dsp';
import type { FrontEnd } from '@crepitus/model';
import type { Task } from '@crepitus/recordings';
import { type BaselineCycle, featuresOfCycle, rankFigures, runBaselines, scoredCycles } from './baselines.ts';
import { intervalsOf, pairedDifference, type SampledFigures, sampleFigures } from './bootstrap.ts';
import { bearsCrackle, type EvaluationResult } from './evaluation.ts';
import { type PrepareOptions, prepareRecordings } from './prepared-cycles.ts';
import { rankSum } from './rank-sum.ts';

/** The recordings that baselines may learn from: neither held back nor of a subject in the test. */
export function fittingPart(dataset: Dataset, testSubjects: ReadonlySet<string>): Dataset {
  const development = selectSplit(dataset, 'development').dataset;
  return {
    ...development,
    recordings: development.recordings.filter(
      ({ subject }) => !testSubjects.has(subjectKey(dataset.kind, subject)),
    ),
  };
}

/** The cycles of a task as the baselines see them. */
export async function describeDataset(
  dataset: Dataset,
  task: Task,
  frontEnd: FrontEnd,
  options: PrepareOptions,
): Promise<BaselineCycle[]> {
  const logMel = new LogMel(frontEnd);
  const described: BaselineCycle[] = [];
  const prepared = prepareRecordings(dataset, frontEnd, options, { facts: false });
  for await (const { of, sampleRate, cycles } of prepared) {
    for (const { cycle, samples } of cycles) {
      const positive = bearsCrackle(task, cycle.label);
      if (positive === null) continue;
      const { subject, device } = of;
      const seconds = cycle.end - cycle.start;
      described.push({
        subject,
        positive,
        ...featuresOfCycle({ device, sampleRate, seconds }, samples, logMel),
      });
    }
  }
  return described;
}

/** @param bundle scores of the bundle on the cycles `test`, in their order */
export function compareWithBaselines(
  bundle: ArrayLike<number>,
  train: readonly BaselineCycle[],
  test: readonly BaselineCycle[],
  seed: number,
): NonNullable<EvaluationResult['baselines']> {
  const sampledBundle = sampleFigures(scoredCycles(test, bundle), { seed });
  const baselines = runBaselines({ train, test, seed });
  const inspiration = baselines.find(({ name }) => name === 'log-mel-inspiration')!;
  const ranked = sampleFigures(scoredCycles(test, rankSum(bundle, inspiration.scores)), { seed });
  return {
    fitted: { subjects: new Set(train.map(({ subject }) => subject)).size, cycles: train.length },
    results: baselines.map(({ scores: _, sampled, ...baseline }) => ({
      ...baseline,
      difference: differenceOf(sampledBundle, sampled),
    })),
    rankSum: {
      ...rankFigures(ranked.figures, intervalsOf(ranked.samples)),
      difference: differenceOf(ranked, inspiration.sampled),
    },
  };
}

function differenceOf(first: SampledFigures, second: SampledFigures) {
  const { figures, intervals } = pairedDifference(first, second);
  return rankFigures(figures, intervals);
}
