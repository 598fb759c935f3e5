/** Every number of a report, computed once; page and tables only print them. */

import { classesOf } from '@crepitus/recordings';
import { itemsByKey, meanOfKnown } from '../evaluate/auc.ts';
import { type BaselineName, baselineSystem } from '../evaluate/baselines.ts';
import type { BootstrapOptions } from '../evaluate/bootstrap.ts';
import { breakdownOf, type PartFigures } from '../evaluate/breakdown.ts';
import { type Calibration, calibrationOf } from '../evaluate/calibration.ts';
import {
  type ClassCounts,
  challengeScore,
  classCounts,
  icbhiScore,
  sprsoundScore,
} from '../evaluate/challenge-scores.ts';
import { type CandidateChoice, chooseCandidate } from '../evaluate/choose-candidate.ts';
import { type CombinedRanks, combineRanks } from '../evaluate/combine-ranks.ts';
import { compareSystems, type SystemComparison } from '../evaluate/compare-systems.ts';
import {
  type CurvePoint,
  type EpochSeries,
  meanLearningCurve,
  meanPrecisionRecallCurve,
  meanRocCurve,
} from '../evaluate/curves.ts';
import { hasOtherSounds } from '../evaluate/evaluation.ts';
import { holmAdjusted } from '../evaluate/mcnemar.ts';
import { type PaperRow, paperTable2 } from '../evaluate/paper-table.ts';
import {
  collectRuns,
  repeatRuns,
  type SystemRun,
  type SystemRuns,
  withThresholds,
} from '../evaluate/system-runs.ts';
import { type SummarisedSystem, type SystemSummary, summariseSystem } from '../evaluate/system-summary.ts';
import type { ExperimentData, PlannedSystem, PlannedTraining } from './experiment-data.ts';

export interface ReportContents {
  readonly experiment: ExperimentData;
  /** In the order of the plan; also systems that have no predictions yet. */
  readonly rows: readonly SystemRow[];
  /** Transferred or scratch systems beside the first row, and beside their own scratch counterpart. */
  readonly againstFirst: readonly AdjustedComparison[];
  readonly againstScratch: readonly AdjustedComparison[];
  /** Systems beside that of the cycle alone with the same training: what other inputs, and several, are worth. */
  readonly againstCycle: readonly AdjustedComparison[];
  /** Systems of two inputs beside that of the cycle twice: what is worth the input, and not the second branch. */
  readonly againstCycleTwice: readonly AdjustedComparison[];
  /** Systems that need no network, on the same splits; none for an experiment without. */
  readonly baselines: readonly SystemRow[];
  /** Every system beside each of `comparedBaselines`. */
  readonly againstBaselines: readonly {
    readonly baseline: string;
    readonly comparisons: readonly AdjustedComparison[];
  }[];
  /** Ranks of each system and of the statistics of the inspiration added, within folds. */
  readonly combined: readonly CombinedRanks[];
  /** Families of several systems, chosen among by validation. */
  readonly choices: readonly (CandidateChoice & { readonly family: string })[];
  readonly all: CandidateChoice;
  readonly bootstrap: Required<BootstrapOptions>;
}

export interface SystemRow {
  readonly system: PlannedSystem;
  readonly trainings: TrainingCounts;
  /** Trainings that are not done, by run and fold. */
  readonly missing: readonly PlannedTraining[];
  /** The row of the paper's table of the same name. */
  readonly paper: PaperRow | null;
  /** Mean validation figure of the chosen epochs, by which candidates are chosen. */
  readonly validation: number | null;
  readonly learning: LearningCurves | null;
  /** With calls at thresholds chosen on validation subjects; null where one of them is not known. */
  readonly thresholded: SystemSummary | null;
  /** Null where nothing was predicted yet. */
  readonly measured: MeasuredSystem | null;
}

export interface TrainingCounts {
  readonly planned: number;
  readonly done: number;
  /** Sum over the trainings of which it is known. */
  readonly seconds: number | null;
}

export interface MeasuredSystem {
  readonly summary: SystemSummary;
  readonly calibration: Calibration;
  readonly roc: readonly CurvePoint[];
  readonly precisionRecall: readonly CurvePoint[];
  readonly perDevice: readonly PartFigures[];
  readonly perSite: readonly PartFigures[];
  readonly perGroup: readonly PartFigures[];
  readonly perFold: readonly PartFigures[];
  readonly perSubject: readonly (PartFigures & { readonly group: string })[];
  /** Of more than two classes: counts added over runs, and the score of the challenge they are of averaged over runs. */
  readonly perClass:
    | ({
        readonly challenge: Challenge;
        readonly classes: readonly string[];
        readonly counts: ClassCounts;
      } & ReturnType<typeof challengeScore>)
    | null;
}

/** Whose formula gives the score: ICBHI's of four classes, SPRSound's (task 1-2) of seven. */
export type Challenge = 'icbhi' | 'sprsound';

export interface LearningCurves {
  readonly trainings: number;
  readonly chosenEpochs: readonly number[];
  readonly accuracy: readonly CurvePoint[];
  readonly auc: readonly CurvePoint[];
  readonly trainingLoss: readonly CurvePoint[];
  readonly validationLoss: readonly CurvePoint[];
}

/** `adjusted`: McNemar's p after Holm over all comparisons of the list. */
export type AdjustedComparison = SystemComparison & { readonly adjusted: number | null };

export function reportContents(
  experiment: ExperimentData,
  { seed = 0, resamples = 2000 }: Partial<BootstrapOptions> = {},
): ReportContents {
  const bootstrap = { seed, resamples };
  const measured = measureAll(experiment, bootstrap);
  const { summarised } = measured;
  const trained = experiment.systems.filter(({ sameAs }) => sameAs === null);
  const trainedRows = new Map(
    trained.map(system => [
      system.name,
      systemRow(experiment, system, experiment.trainings, measured, bootstrap),
    ]),
  );
  const rows = experiment.systems.flatMap(system => {
    const row = trainedRows.get(system.sameAs ?? system.name);
    return row ? [{ ...row, system, paper: paperRow(system.name) }] : [];
  });
  const compare = (pairs: readonly (readonly [string, string])[]) => compareAll(pairs, summarised, bootstrap);
  const names = trained.map(({ name }) => name);
  const candidates = new Map(
    [...trainedRows.values()].map(({ system, validation, measured, missing }) => [
      system.name,
      // The folds that are done of an unfinished system may be the easy ones.
      missing.length > 0
        ? { system: system.name, validation: null, test: null }
        : { system: system.name, validation, test: measured?.summary.figures.fscore ?? null },
    ]),
  );
  const families = itemsByKey(trained.map(({ family }) => family));
  return {
    experiment,
    rows,
    baselines: (experiment.baselines?.systems ?? []).map(system =>
      baselineRow(systemRow(experiment, system, experiment.baselines!.trainings, measured, bootstrap)),
    ),
    againstBaselines: comparedBaselines
      .map(name => baselineSystem(name))
      .filter(baseline => summarised.has(baseline))
      .map(baseline => ({ baseline, comparisons: compare(names.map(name => [name, baseline])) })),
    combined: combineAll(names, summarised, bootstrap),
    againstFirst: compare(names.slice(1).map(name => [name, names[0]!])),
    againstScratch: compare(
      trained.flatMap(({ name, scratch }) => (scratch === null ? [] : [[name, scratch] as const])),
    ),
    againstCycle: compare(controlPairs(trained, 'cycle')),
    againstCycleTwice: compare(controlPairs(trained, 'cycleTwice')),
    choices: [...families]
      .filter(([, members]) => members.length > 1)
      .map(([family, members]) => ({
        family,
        ...chooseCandidate(members.map(member => candidates.get(names[member]!)!)),
      })),
    all: chooseCandidate([...candidates.values()]),
    bootstrap,
  };
}

function controlPairs(
  systems: readonly PlannedSystem[],
  of: keyof PlannedSystem['inputControls'],
): (readonly [string, string])[] {
  return systems.flatMap(({ name, inputControls: { [of]: control } }) =>
    control === null ? [] : [[name, control] as const],
  );
}

/**
 * Which baselines every system is compared with: statistics that see the level, as no standardised picture does, crackle
 * candidates, and both together.
 */
const comparedBaselines = [
  'log-mel-cycle',
  'log-mel-inspiration',
  'crackle-candidates',
  'measures',
] as const satisfies readonly BaselineName[];

interface Measurements {
  /** As predicted, by system. */
  readonly collected: ReadonlyMap<string, SystemRuns>;
  readonly summarised: ReadonlyMap<string, SummarisedSystem>;
  readonly summarise: (of: SystemRuns) => SummarisedSystem;
}

function measureAll(
  { predictions, baselines, task }: ExperimentData,
  bootstrap: BootstrapOptions,
): Measurements {
  const collected = new Map(
    collectRuns([...predictions, ...(baselines?.predictions ?? [])], task)
      .filter(({ runs }) => runs.some(({ keys }) => keys.length > 0))
      .map(runs => [runs.system, runs]),
  );
  const withoutSeed = new Set(baselines?.systems.map(({ name }) => name));
  // A baseline depends on no seed: each run of the systems has its scores beside it.
  const summarise = (of: SystemRuns) =>
    summariseSystem(
      baselines && withoutSeed.has(of.system) ? repeatRuns(of, baselines.drawOfRun) : of,
      bootstrap,
    );
  const summarised = new Map([...collected].map(([system, of]) => [system, summarise(of)]));
  return { collected, summarised, summarise };
}

function systemRow(
  { select, sites }: ExperimentData,
  system: PlannedSystem,
  trainings: readonly PlannedTraining[],
  { collected, summarised, summarise }: Measurements,
  bootstrap: BootstrapOptions,
): SystemRow {
  const own = trainings.filter(training => training.system === system.name);
  const runs = collected.get(system.name);
  const measured = summarised.get(system.name);
  const missing = own.filter(({ state }) => state !== 'done');
  const seconds = own.flatMap(training => training.seconds ?? []);
  return {
    system,
    trainings: {
      planned: own.length,
      done: own.length - missing.length,
      seconds: seconds.length > 0 ? seconds.reduce((sum, value) => sum + value, 0) : null,
    },
    missing,
    paper: paperRow(system.name),
    validation: meanOfKnown(own.map(training => validationFigure(training, select))),
    learning: learningCurves(own),
    thresholded: runs ? thresholdedSummary(runs, own, summarise) : null,
    measured: measured ? measuredSystem(measured, sites, bootstrap) : null,
  };
}

/**
 * A baseline tells crackle from normal whatever the task, so that it has no score among several classes; and its runs are one
 * and the same, so that they have no spread.
 */
function baselineRow({ measured, thresholded, ...row }: SystemRow): SystemRow {
  const none = { sensitivity: null, precision: null, fscore: null };
  const withoutRuns = (summary: SystemSummary): SystemSummary => ({
    ...summary,
    spread: { ...summary.spread, runs: none },
  });
  return {
    ...row,
    thresholded: thresholded && withoutRuns(thresholded),
    measured: measured && { ...measured, summary: withoutRuns(measured.summary), perClass: null },
  };
}

/** Of all that were measured on cycles that the statistics of the inspiration have too. */
function combineAll(
  names: readonly string[],
  summarised: Measurements['summarised'],
  bootstrap: BootstrapOptions,
): CombinedRanks[] {
  const inspiration = summarised.get(baselineSystem('log-mel-inspiration'));
  return names.flatMap(name => {
    const system = summarised.get(name);
    return system && inspiration && haveCommonCycles(system, inspiration)
      ? [combineRanks(system, inspiration, bootstrap)]
      : [];
  });
}

function thresholdedSummary(
  of: SystemRuns,
  trainings: readonly PlannedTraining[],
  summarise: Measurements['summarise'],
): SystemSummary | null {
  const known = new Map(trainings.map(({ run, fold, threshold }) => [`${run}\t${fold}`, threshold]));
  const runs = withThresholds(of, (run, fold) => known.get(`${run}\t${fold}`) ?? null);
  return runs && summarise(runs).summary;
}

function paperRow(name: string): PaperRow | null {
  return paperTable2.find(({ system }) => system === name) ?? null;
}

/** Higher is better; by loss the loss with its sign turned, by `last` the accuracy of the last epoch. */
function validationFigure(
  { epochs, chosenEpoch, state }: PlannedTraining,
  select: ExperimentData['select'],
): number | null {
  const chosen = state === 'done' ? epochs.find(({ epoch }) => epoch === chosenEpoch) : undefined;
  if (!chosen) return null;
  if (select === 'loss') return -chosen.validation.loss;
  return select === 'auc' ? chosen.validation.auc : chosen.validation.accuracy;
}

function learningCurves(trainings: readonly PlannedTraining[]): LearningCurves | null {
  const begun = trainings.filter(({ epochs }) => epochs.length > 0);
  if (begun.length === 0) return null;
  const curve = (figureOf: (epoch: PlannedTraining['epochs'][number]) => number | null) =>
    meanLearningCurve(
      begun.map(
        ({ epochs }): EpochSeries => epochs.map(record => ({ epoch: record.epoch, value: figureOf(record) })),
      ),
    );
  return {
    trainings: begun.length,
    chosenEpochs: begun.flatMap(({ chosenEpoch }) => chosenEpoch ?? []).sort((a, b) => a - b),
    accuracy: curve(({ validation }) => validation.accuracy),
    auc: curve(({ validation }) => validation.auc),
    trainingLoss: curve(({ dataLoss }) => dataLoss),
    validationLoss: curve(({ validation }) => validation.loss),
  };
}

function measuredSystem(
  { of, summary }: SummarisedSystem,
  sites: ReadonlyMap<string, string>,
  bootstrap: BootstrapOptions,
): MeasuredSystem {
  const { runs } = of;
  const groupOf = new Map(
    runs.flatMap(run => run.subjects.map((subject, i) => [subject, run.groups[i]!] as const)),
  );
  return {
    summary,
    calibration: calibrationOf(runs),
    roc: meanRocCurve(runs),
    precisionRecall: meanPrecisionRecallCurve(runs),
    perDevice: breakdownOf(runs, run => run.devices),
    perSite: breakdownOf(runs, run => run.channels.map(channel => siteOf(channel, sites))),
    perGroup: breakdownOf(runs, run => run.groups),
    perFold: breakdownOf(runs, run => run.folds),
    perSubject: breakdownOf(runs, run => run.subjects).map(part => ({
      ...part,
      group: groupOf.get(part.part)!,
    })),
    perClass: hasOtherSounds(of.task) ? perClass(of, bootstrap) : null,
  };
}

/** The site where it is known, else the number of the channel. */
function siteOf(channel: string, sites: ReadonlyMap<string, string>): string {
  return sites.get(channel) ?? `channel ${channel.slice(channel.lastIndexOf('\t') + 1)}`;
}

function perClass({ runs, task }: SystemRuns, bootstrap: BootstrapOptions): MeasuredSystem['perClass'] {
  const challenge = task === 'sprsound-seven' ? 'sprsound' : 'icbhi';
  const scoreOf = challenge === 'sprsound' ? sprsoundScore : icbhiScore;
  const classes = classesOf(task);
  const all = {
    classes: joined(runs, run => run.classes),
    found: joined(runs, run => run.found),
    subjects: runs.flatMap(run => run.subjects),
  };
  return {
    challenge,
    classes,
    counts: classCounts(all, classes.length),
    ...challengeScore(runs, classes.length, counts => scoreOf(counts).score, bootstrap),
  };
}

function joined(runs: readonly SystemRun[], column: (run: SystemRun) => Uint8Array): number[] {
  return runs.flatMap(run => [...column(run)]);
}

/** Pairs of which both were measured; Holm over those that are left. */
function compareAll(
  pairs: readonly (readonly [string, string])[],
  summarised: ReadonlyMap<string, SummarisedSystem>,
  bootstrap: BootstrapOptions,
): AdjustedComparison[] {
  const compared = pairs.flatMap(([name, other]) => {
    const first = summarised.get(name);
    const second = summarised.get(other);
    return first && second && haveCommonCycles(first, second)
      ? [compareSystems(first, second, bootstrap)]
      : [];
  });
  const adjusted = holmAdjusted(compared.map(({ midP }) => midP ?? 1));
  return compared.map((comparison, i) => ({ ...comparison, adjusted: adjusted[i]! }));
}

function haveCommonCycles(first: SummarisedSystem, second: SummarisedSystem): boolean {
  const cyclesOf = ({ of }: SummarisedSystem) =>
    of.runs.flatMap(({ run, keys }) => keys.map(key => `${run}\t${key}`));
  const known = new Set(cyclesOf(first));
  return cyclesOf(second).some(cycle => known.has(cycle));
}
