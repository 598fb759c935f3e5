/**
 * What needs no network: crackle or normal from the length of a cycle, from the device and sample rate of its recording,
 * from log-mel statistics of the cycle or of its inspiration (where nothing else is said its first half), from crackle
 * candidates (counts, heights and rates in cycle, inspiration and expiration), and from what bundles with measures of the
 * sound usually measure: statistics of the inspiration and candidates. Each is a logistic regression (C = 1) on the training
 * subjects, read on others. A detector that does not beat them has not learned crackles.
 */
import type { LogMel } from '@crepitus/dsp';
import {
  candidateSampleRate,
  cutPhase,
  type LogMelStatistics,
  logMelStatistics,
  soundMeasures,
} from '@crepitus/model';
import {
  type BootstrapOptions,
  type Interval,
  type Intervals,
  intervalsOf,
  type SampledFigures,
  sampleFigures,
} from './bootstrap.ts';
import { deviceKey, type Figures, type ScoredCycles } from './figures.ts';
import { fitLogisticRegression, logit } from './logistic-regression.ts';

export const baselineNames = [
  'length',
  'device-rate',
  'log-mel-cycle',
  'log-mel-cycle-standardised',
  'log-mel-inspiration',
  'log-mel-inspiration-standardised',
  'crackle-candidates',
  'measures',
] as const;
export type BaselineName = (typeof baselineNames)[number];

/** Those that a front end of this rate (Hz) allows: crackle candidates are found at one rate alone. */
export function baselinesAt(sampleRate: number): readonly BaselineName[] {
  return sampleRate === candidateSampleRate
    ? baselineNames
    : baselineNames.filter(name => name !== 'crackle-candidates' && name !== 'measures');
}

/** The name of a baseline among the systems of an experiment: no plan can have one with a space. */
export function baselineSystem(name: BaselineName): string {
  return `baseline ${name}`;
}

/** All that the baselines know of a cycle. */
export interface BaselineFeatures {
  /** Device and sample rate as one key (`deviceKey`). */
  readonly device: string;
  readonly seconds: number;
  readonly cycle: LogMelStatistics;
  readonly inspiration: LogMelStatistics;
  /** `soundMeasures` of the list `candidates`; null where the front end has another rate than these. */
  readonly candidates: Float64Array | null;
}

/** A cycle to learn from, or to be judged by. */
export interface BaselineCycle extends BaselineFeatures {
  readonly subject: string;
  readonly positive: boolean;
}

export interface BaselineResult {
  readonly name: BaselineName;
  readonly auc: number | null;
  /** 95 % by subjects. */
  readonly interval: Interval | null;
  readonly aucWithinDevice: number | null;
  readonly intervalWithinDevice: Interval | null;
  /** Log odds of a crackle, one per test cycle. */
  readonly scores: Float64Array;
  /** For paired differences to other scores on the same cycles. */
  readonly sampled: SampledFigures;
}

/**
 * A cycle as the baselines see it.
 *
 * @param samples the cut cycle, prepared by the front end that `logMel` belongs to
 * @param inspiration the part of it that is the inspiration; the first half where left out
 */
export function featuresOfCycle(
  of: { device: string; sampleRate: number; seconds: number },
  samples: Float32Array,
  logMel: LogMel,
  inspiration: Float32Array = cutPhase(samples, 'inspiration', '1:2'),
): BaselineFeatures {
  return {
    device: deviceKey(of.device, of.sampleRate),
    seconds: of.seconds,
    cycle: logMelStatistics(samples, logMel),
    inspiration: logMelStatistics(inspiration, logMel),
    candidates:
      logMel.parameters.sampleRate === candidateSampleRate
        ? soundMeasures(samples, inspiration, logMel, 'candidates')
        : null,
  };
}

/**
 * Learns each baseline on the training cycles and reads it on the test cycles.
 *
 * @throws CrepitusError `one-class` where the training cycles hold one class only
 */
export function runBaselines(
  o: { train: readonly BaselineCycle[]; test: readonly BaselineCycle[] } & BootstrapOptions,
): BaselineResult[] {
  return namesFor([...o.train, ...o.test]).map(name =>
    resultOf(name, o.test, scoreBaseline(name, o.train, o.test), o),
  );
}

/**
 * The same by cross-validation: the cycles of each fold's subjects are read by what the other folds gave. Figures are
 * means over the folds; subjects in no fold are left out.
 */
export function runBaselinesOutOfFold(
  o: { cycles: readonly BaselineCycle[]; folds: readonly (readonly string[])[] } & BootstrapOptions,
): BaselineResult[] {
  const foldOf = new Map(
    o.folds.flatMap((subjects, fold) => subjects.map(subject => [subject, String(fold)])),
  );
  const cycles = o.cycles.filter(cycle => foldOf.has(cycle.subject));
  const folds = cycles.map(cycle => foldOf.get(cycle.subject)!);
  return namesFor(cycles).map(name => {
    const scores = new Float64Array(cycles.length);
    for (const fold of new Set(folds)) {
      const train = cycles.filter((_, i) => folds[i] !== fold);
      const items = [...cycles.keys()].filter(i => folds[i] === fold);
      const foldScores = scoreBaseline(
        name,
        train,
        items.map(i => cycles[i]!),
      );
      for (const [k, i] of items.entries()) scores[i] = foldScores[k]!;
    }
    return resultOf(name, cycles, scores, o, folds);
  });
}

function namesFor(cycles: readonly BaselineFeatures[]): readonly BaselineName[] {
  return baselinesAt(cycles.some(({ candidates }) => candidates === null) ? 0 : candidateSampleRate);
}

/** The figures that rank cycles, with their intervals. */
export function rankFigures(figures: Figures, intervals: Intervals) {
  return {
    auc: figures.auc,
    interval: intervals.auc,
    aucWithinDevice: figures.aucWithinDevice,
    intervalWithinDevice: intervals.aucWithinDevice,
  };
}

/** Scored cycles of a baseline (or of any other scores on the same cycles) for the figures. */
export function scoredCycles(
  cycles: readonly BaselineCycle[],
  scores: ArrayLike<number>,
  folds?: readonly string[],
): ScoredCycles {
  return {
    scores,
    positives: cycles.map(cycle => cycle.positive),
    subjects: cycles.map(cycle => cycle.subject),
    devices: cycles.map(cycle => cycle.device),
    ...(folds && { folds }),
  };
}

function resultOf(
  name: BaselineName,
  cycles: readonly BaselineCycle[],
  scores: Float64Array,
  bootstrap: BootstrapOptions,
  folds?: readonly string[],
): BaselineResult {
  const sampled = sampleFigures(scoredCycles(cycles, scores, folds), bootstrap);
  return { name, ...rankFigures(sampled.figures, intervalsOf(sampled.samples)), scores, sampled };
}

/**
 * Learns one baseline, of those that the cycles allow (`baselinesAt`), and reads it on others.
 *
 * @returns log odds of a crackle, one per test cycle
 * @throws CrepitusError `one-class`
 */
export function scoreBaseline(
  name: BaselineName,
  train: readonly BaselineCycle[],
  test: readonly BaselineFeatures[],
): Float64Array {
  const features = featuresOf(name, train);
  const model = fitLogisticRegression(
    train.map(features),
    train.map(cycle => cycle.positive),
  );
  return Float64Array.from(test, cycle => logit(model, features(cycle)));
}

function featuresOf(
  name: BaselineName,
  train: readonly BaselineFeatures[],
): (cycle: BaselineFeatures) => ArrayLike<number> {
  switch (name) {
    case 'length':
      return cycle => [cycle.seconds];
    case 'device-rate': {
      // One column per device of the training cycles; another device is none of them.
      const devices = [...new Set(train.map(cycle => cycle.device))].sort();
      return cycle => devices.map(device => (device === cycle.device ? 1 : 0));
    }
    case 'log-mel-cycle':
      return cycle => cycle.cycle.raw;
    case 'log-mel-cycle-standardised':
      return cycle => cycle.cycle.standardised;
    case 'log-mel-inspiration':
      return cycle => cycle.inspiration.raw;
    case 'log-mel-inspiration-standardised':
      return cycle => cycle.inspiration.standardised;
    case 'crackle-candidates':
      return cycle => cycle.candidates!;
    case 'measures':
      return cycle => [...cycle.inspiration.raw, ...cycle.candidates!];
  }
}
