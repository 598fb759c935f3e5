/** The result of an evaluation: its published form (`schemas/evaluation.schema.json`) and how scored cycles become it. */
import { type DatasetKind, datasetKinds, splitNames } from '@crepitus/datasets';
import { CrepitusError } from '@crepitus/dsp';
import {
  type CycleLabel,
  classesOf,
  classIndex,
  cycleLabels,
  holdsCrackle,
  type Task,
  taskNames,
} from '@crepitus/recordings';
import { z } from 'zod';
import { itemsByKey } from './auc.ts';
import { baselineNames } from './baselines.ts';
import { bootstrapIntervals } from './bootstrap.ts';
import {
  type ClassCounts,
  type ClassifiedItems,
  challengeScore,
  classCounts,
  icbhiScore,
  mostLikely,
  normalOrAdventitious,
  sprsoundScore,
} from './challenge-scores.ts';
import { alwaysCrackleFscore, confusionAt } from './confusion.ts';
import { deviceKey, type FigureName, figuresOf, type ScoredCycles } from './figures.ts';

const share = z.number().min(0).max(1).nullable();
const interval = z.tuple([z.number(), z.number()]).readonly().nullable();
const count = z.int().min(0);

/** The figures of one bundle on one test set, where nothing is averaged over folds or runs. */
const evaluationFigures = [
  'auc',
  'aucWithinDevice',
  'averagePrecision',
  'sensitivity',
  'precision',
  'fscore',
  'specificity',
] as const satisfies readonly FigureName[];

const difference = z.strictObject({
  auc: z.number().nullable(),
  interval,
  aucWithinDevice: z.number().nullable(),
  intervalWithinDevice: interval,
});

/** A baseline beside the bundle on the same cycles; `difference` is the bundle's figure minus the baseline's, paired. */
const baseline = z.strictObject({
  name: z.enum(baselineNames),
  auc: share,
  interval,
  aucWithinDevice: share,
  intervalWithinDevice: interval,
  difference,
});

export const evaluationSchema = z.strictObject({
  schemaVersion: z.literal(1),
  bundle: z.strictObject({ id: z.string(), version: z.string(), sha256: z.string() }),
  task: z.enum(taskNames),
  data: z.strictObject({ kind: z.enum(datasetKinds), unit: z.enum(['cycle', 'event']) }),
  split: z.enum(splitNames),
  /** Cycles of the task with a score, and their subjects: what the figures stand on. */
  cycles: count,
  subjects: count,
  /** Subjects of the split that were left out; `notes` says why. */
  excludedSubjects: z.array(z.string()),
  sensitivity: share,
  precision: share,
  fscore: share,
  specificity: share,
  auc: share,
  averagePrecision: share,
  /** 95 % by subjects. */
  intervals: z.strictObject(
    Object.fromEntries(evaluationFigures.map(name => [name, interval])) as Record<
      (typeof evaluationFigures)[number],
      typeof interval
    >,
  ),
  /** A cycle is called a crackle from this score on. */
  threshold: z.number(),
  confusion: z.strictObject({ tp: count, fp: count, tn: count, fn: count }),
  aucWithinDevice: share,
  alwaysCrackleFscore: share,
  perDevice: z.array(
    z.strictObject({
      device: z.string(),
      sampleRate: z.number(),
      subjects: count,
      cycles: count,
      crackles: count,
      auc: share,
      sensitivity: share,
      specificity: share,
    }),
  ),
  /** Cycles that are no part of the task, by label: how many were scored, and how many of these called a crackle. */
  otherClasses: z.array(z.strictObject({ label: z.enum(cycleLabels), cycles: count, called: count })),
  /** Cycles, of the task or not, that the bundle gave no score. */
  abstained: z.strictObject({
    cycles: count,
    reasons: z.array(z.strictObject({ code: z.string(), cycles: count })),
  }),
  /** Only for the four-class task: rows are true classes, columns the most likely ones; ICBHI's challenge score. */
  fourClass: z
    .strictObject({
      classes: z.array(z.string()),
      confusion: z.array(z.array(count)),
      sensitivity: share,
      specificity: share,
      score: share,
      /** 95 % by subjects, of the score. */
      interval: interval.default(null),
    })
    .nullable(),
  /**
   * Only for tasks of several classes on SPRSound: what its challenge gives the most likely classes, in task 1-1 (normal or
   * adventitious) and, where all seven kinds are told apart, 1-2. Events without a score are not in it.
   */
  sprsound: z
    .strictObject({
      classes: z.array(z.string()),
      confusion: z.array(z.array(count)),
      tasks: z.array(
        z.strictObject({
          task: z.enum(['1-1', '1-2']),
          sensitivity: share,
          specificity: share,
          /** (sensitivity + specificity) / 2 */
          average: share,
          harmonic: share,
          /** (average + harmonic) / 2 */
          score: share,
          interval,
        }),
      ),
    })
    .nullable()
    .default(null),
  /** Subjects that the bundle learned from; above 0 only where that was allowed. */
  seenSubjects: count,
  baselines: z
    .strictObject({
      /** What they were fitted on: subjects that are not in the test. */
      fitted: z.strictObject({ subjects: count, cycles: count }),
      results: z.array(baseline),
      /** The bundle's ranks and those of `log-mel-inspiration` added; `difference` is this minus `log-mel-inspiration`. */
      rankSum: baseline.omit({ name: true }),
    })
    .nullable(),
  notes: z.array(z.strictObject({ code: z.string(), message: z.string() })),
});

export type EvaluationResult = z.infer<typeof evaluationSchema>;

/** The published form of the schema, for readers in other languages (`schemas/evaluation.schema.json`). */
export const evaluationJsonSchema = z.toJSONSchema(evaluationSchema, { target: 'draft-2020-12' });

/**
 * Reads an evaluation that was written as JSON.
 * @param name of the file, for messages
 * @throws CrepitusError `evaluation-schema` (refused) for a newer schema or another content
 */
export function parseEvaluation(value: unknown, name: string): EvaluationResult {
  const parsed = evaluationSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const version = (value as { schemaVersion?: unknown } | null)?.schemaVersion;
  const newer = typeof version === 'number' && version > 1;
  const why = newer
    ? `it has schema version ${version}, this crepitus reads 1; update crepitus`
    : `${parsed.error.issues[0]!.path.join('.') || 'it'}: ${parsed.error.issues[0]!.message}; evaluate again`;
  throw new CrepitusError('evaluation-schema', `The evaluation ${name} cannot be read: ${why}.`, {
    kind: 'refused',
  });
}

/** What an evaluation knows of one annotated cycle after scoring. */
export interface EvaluatedCycle {
  readonly subject: string;
  readonly device: string;
  /** Hz, of the file. */
  readonly sampleRate: number;
  readonly label: CycleLabel;
  /** How likely a crackle is against normal, as the bundle says it (calibrated); null: abstained. */
  readonly score: number | null;
  /** In the order of the bundle's classes; null: abstained. */
  readonly probabilities: readonly number[] | null;
  /** Why not, a stable code; null where there is a score. */
  readonly abstained: string | null;
}

/** A cycle of the task with its score. */
export interface TaskCycle extends EvaluatedCycle {
  readonly positive: boolean;
  readonly score: number;
}

/** Whether a label bears a crackle (the class crackle, or both); null where it is no part of the task. */
export function bearsCrackle(task: Task, label: CycleLabel): boolean | null {
  const index = classIndex(task, label);
  if (index === null) return null;
  return holdsCrackle(classesOf(task)[index]!);
}

/** Cycles that belong to the task and have a score. */
export function taskCycles<C extends EvaluatedCycle>(task: Task, cycles: readonly C[]): (C & TaskCycle)[] {
  return cycles.flatMap(cycle => {
    const positive = bearsCrackle(task, cycle.label);
    const score = taskScore(task, cycle);
    return positive === null || score === null ? [] : [{ ...cycle, positive, score }];
  });
}

/** The bundle's own score; among several classes, where wheeze is an answer too, the probability of all with crackles. */
function taskScore(task: Task, { score, probabilities }: EvaluatedCycle): number | null {
  if (!hasOtherSounds(task) || !probabilities) return score;
  const crackles = classesOf(task).map(holdsCrackle);
  return probabilities.reduce((sum, probability, k) => (crackles[k] ? sum + probability : sum), 0);
}

/** Whether a task tells more apart than crackle and normal. */
export function hasOtherSounds(task: Task): boolean {
  return classesOf(task).length > 2;
}

/** Columns of the figures. */
function columnsOf(cycles: readonly TaskCycle[], threshold: number | null): ScoredCycles {
  return {
    scores: cycles.map(cycle => cycle.score),
    positives: cycles.map(cycle => cycle.positive),
    subjects: cycles.map(cycle => cycle.subject),
    devices: cycles.map(cycle => deviceKey(cycle.device, cycle.sampleRate)),
    threshold,
  };
}

type Summary = Omit<
  EvaluationResult,
  'schemaVersion' | 'bundle' | 'data' | 'split' | 'excludedSubjects' | 'seenSubjects' | 'baselines' | 'notes'
>;

/** All figures of scored cycles. @param seed of the bootstrap @param kind whose challenge's scores are wanted */
export function summariseScores(
  task: Task,
  threshold: number,
  cycles: readonly EvaluatedCycle[],
  seed: number,
  kind: DatasetKind | null = null,
): Summary {
  const scored = taskCycles(task, cycles);
  const columns = columnsOf(scored, threshold);
  return {
    task,
    cycles: scored.length,
    subjects: new Set(columns.subjects).size,
    ...onlyEvaluationFigures(figuresOf(columns)),
    intervals: onlyEvaluationFigures(bootstrapIntervals(columns, { seed })),
    threshold,
    confusion: confusionAt(threshold, columns.scores, columns.positives),
    alwaysCrackleFscore: alwaysCrackleFscore(columns.positives),
    perDevice: perDevice(scored, threshold),
    otherClasses: otherClasses(task, threshold, cycles),
    abstained: abstentions(cycles),
    fourClass: task === 'four-class' ? fourClass(scored, seed) : null,
    sprsound: kind === 'sprsound' && hasOtherSounds(task) ? sprsoundChallenge(task, scored, seed) : null,
  };
}

function onlyEvaluationFigures<T>(figures: Readonly<Record<FigureName, T>>) {
  return Object.fromEntries(evaluationFigures.map(name => [name, figures[name]])) as Record<
    (typeof evaluationFigures)[number],
    T
  >;
}

function perDevice(cycles: readonly TaskCycle[], threshold: number): Summary['perDevice'] {
  const devices = [...itemsByKey(columnsOf(cycles, null).devices)].sort(([a], [b]) => (a < b ? -1 : 1));
  return devices.map(([, items]) => {
    const members = items.map(item => cycles[item]!);
    const columns = columnsOf(members, threshold);
    const { auc, sensitivity, specificity } = figuresOf(columns);
    return {
      device: members[0]!.device,
      sampleRate: members[0]!.sampleRate,
      subjects: new Set(columns.subjects).size,
      cycles: members.length,
      crackles: members.filter(cycle => cycle.positive).length,
      auc,
      sensitivity,
      specificity,
    };
  });
}

function otherClasses(
  task: Task,
  threshold: number,
  cycles: readonly EvaluatedCycle[],
): Summary['otherClasses'] {
  return cycleLabels.flatMap(label => {
    const scores = cycles
      .filter(cycle => cycle.label === label && classIndex(task, label) === null)
      .map(cycle => taskScore(task, cycle))
      .filter(score => score !== null);
    const called = scores.filter(score => score >= threshold).length;
    return scores.length > 0 ? [{ label, cycles: scores.length, called }] : [];
  });
}

function abstentions(cycles: readonly EvaluatedCycle[]): Summary['abstained'] {
  const codes = cycles.flatMap(cycle => cycle.abstained ?? []);
  const reasons = [...itemsByKey(codes)].map(([code, items]) => ({ code, cycles: items.length }));
  return { cycles: codes.length, reasons: reasons.sort((a, b) => (a.code < b.code ? -1 : 1)) };
}

/** The most likely class of each cycle against its own, and ICBHI's score of it. */
function fourClass(cycles: readonly TaskCycle[], seed: number): Summary['fourClass'] {
  const { classes, items, counts } = classified('four-class', cycles);
  const { interval } = challengeScore([items], classes.length, of => icbhiScore(of).score, { seed });
  return { classes, confusion: counts.map(row => [...row]), ...icbhiScore(counts), interval };
}

/** The same with the scores of SPRSound's challenge. */
function sprsoundChallenge(task: Task, cycles: readonly TaskCycle[], seed: number): Summary['sprsound'] {
  const { classes, items, counts } = classified(task, cycles);
  const scoreOf = (name: '1-1' | '1-2', of: (counts: ClassCounts) => ClassCounts) => ({
    task: name,
    ...sprsoundScore(of(counts)),
    interval: challengeScore([items], classes.length, drawn => sprsoundScore(of(drawn)).score, { seed })
      .interval,
  });
  return {
    classes,
    confusion: counts.map(row => [...row]),
    tasks: [
      scoreOf('1-1', normalOrAdventitious),
      ...(task === 'sprsound-seven' ? [scoreOf('1-2', of => of)] : []),
    ],
  };
}

function classified(
  task: Task,
  cycles: readonly TaskCycle[],
): { classes: string[]; items: ClassifiedItems; counts: ClassCounts } {
  const classes = [...classesOf(task)];
  const items = {
    classes: cycles.map(({ label }) => classIndex(task, label)!),
    found: cycles.map(({ probabilities }) => mostLikely(probabilities!)),
    subjects: cycles.map(({ subject }) => subject),
  };
  return { classes, items, counts: classCounts(items, classes.length) };
}
