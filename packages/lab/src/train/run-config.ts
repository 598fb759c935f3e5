import { datasetKinds } from '@crepitus/datasets';
import { CrepitusError } from '@crepitus/dsp';
import {
  type Blocks,
  batchNormReadings,
  bundleManifestSchema,
  candidateSampleRate,
  checkFrontEnd,
  type FrontEnd,
  frontEnds,
  inputNames,
  measureLists,
  paperBlocks,
  ratios,
  tuningStarts,
} from '@crepitus/model';
import { taskNames } from '@crepitus/recordings';
import { z } from 'zod';

const datasetSpec = z.strictObject({ kind: z.enum(datasetKinds), path: z.string().min(1) });
const count = z.int().positive();

/**
 * The whole configuration of a training: with the data it decides every byte of the result. It is stored in `run.json`.
 */
export const runConfigSchema = z.strictObject({
  kind: z.enum(['source', 'target']),
  task: z.enum(taskNames),
  /** Data sets to learn from; held-back subjects are left out whatever they are. */
  data: z.array(datasetSpec).min(1),
  /** Only this part of `data`, which is ICBHI's: by its official split, held-back subjects left out. null: all. */
  part: z.enum(['official-train']).nullable().default(null),
  /** A data set of which each batch holds as many cycles as of `data`. */
  mix: datasetSpec.nullable(),
  /** The source bundle, with the sha256 of its `bundle.json`, and which of its members (from 0) is the source. */
  transfer: z.strictObject({ path: z.string(), sha256: z.string(), member: z.int().min(0) }).nullable(),
  /** First trainable layer; null: all are. */
  tuneFrom: z.enum(tuningStarts).nullable(),
  batchNorm: z.enum(batchNormReadings),
  inputs: z.array(z.enum(inputNames)).min(1).max(3),
  ratio: z.enum(ratios),
  padding: z.enum(['sample', 'zero']),
  phases: z.enum(['ratio', 'measured']),
  frontEnd: bundleManifestSchema.shape.frontEnd,
  /** Filters and strides of the blocks; tests use tiny ones. */
  blocks: z.strictObject({
    filters: z.array(count).min(1),
    strides: z.array(z.union([z.literal(1), z.literal(2)])).min(1),
  }),
  seed: z.int().min(0),
  epochs: count,
  /** Cycles of `data` in a batch. */
  batch: count,
  learningRate: z.number().positive(),
  /** `cosine` falls from the learning rate to 1 % of it at the last step. */
  schedule: z.enum(['constant', 'cosine']),
  /** By which validation figure the epoch is chosen. */
  select: z.enum(['accuracy', 'auc', 'loss', 'last']),
  augment: z.strictObject({
    vtlp: z.boolean(),
    stretch: z.boolean(),
    shift: z.boolean(),
    specAugment: z.boolean(),
  }),
  /** Share of the subjects that validate; with folds the next fold does. */
  validationShare: z.number().gt(0).lt(1),
  /** Cross-validation by subject in so many folds; null: one run. */
  folds: z.int().min(3).nullable(),
  /** Which fold (from 1) this run tests on; null: all of them, or one run. */
  fold: count.nullable(),
  /** Subjects (keys `kind:subject`) that each fold tests; who is in none is left out. null: dealt by the seed. */
  foldSubjects: z.array(z.array(z.string()).min(1)).nullable().default(null),
  /**
   * Measures of the sound whose regression the bundle of the folds adds to its networks (`fuseMeasures`); `auto`: chosen on
   * the subjects that are learned from. null: networks alone.
   */
  measures: z
    .enum(['auto', ...measureLists])
    .nullable()
    .default(null),
  /** What the training's steps are computed on: they agree, but not to the last bit. */
  backend: z.enum(['wasm', 'webgpu']).default('wasm'),
  /** Of the backend wasm: `fused` rounds a product and its sum once, and is faster where a machine has it. */
  arithmetic: z.enum(['plain', 'fused']).default('plain'),
});

export type RunConfig = z.infer<typeof runConfigSchema>;

/** What one must say; the rest has the paper's values. */
export type RunChoices = Partial<Omit<RunConfig, 'frontEnd' | 'blocks'>> &
  Pick<RunConfig, 'data'> & { readonly frontEnd?: FrontEnd; readonly blocks?: Blocks };

/**
 * The paper's training (design section 7) with the given choices.
 *
 * @throws CrepitusError `run-config` (usage) naming the field that is wrong
 */
export function defaultConfig(kind: 'source' | 'target', choices: RunChoices): RunConfig {
  const isSource = kind === 'source';
  return parseConfig({
    kind,
    task: isSource ? 'four-class' : 'crackle-vs-normal',
    part: null,
    mix: null,
    transfer: null,
    tuneFrom: choices.transfer ? 'conv2' : null,
    batchNorm: 'all',
    inputs: isSource ? ['cycle'] : ['cycle', 'inspiration'],
    ratio: '1:2',
    padding: 'sample',
    phases: 'ratio',
    frontEnd: frontEnds.paper,
    blocks: paperBlocks,
    seed: 0,
    epochs: 150,
    batch: isSource ? 32 : 15,
    learningRate: 1e-4,
    schedule: 'constant',
    select: 'accuracy',
    augment: { vtlp: true, stretch: isSource, shift: false, specAugment: false },
    validationShare: isSource ? 0.1 : 0.2,
    folds: null,
    fold: null,
    foldSubjects: null,
    measures: null,
    backend: 'wasm',
    arithmetic: 'plain',
    ...choices,
  });
}

/** @throws CrepitusError `run-config` (usage) */
export function parseConfig(value: unknown): RunConfig {
  const parsed = runConfigSchema.safeParse(value);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(issue => `${issue.path.join('.') || 'it'}: ${issue.message}`);
    throw configError(`The configuration of the training is wrong (${problems.join('; ')}).`);
  }
  checkFrontEnd(parsed.data.frontEnd);
  checkTogether(parsed.data);
  return parsed.data;
}

/** What no field says alone. */
function checkTogether(config: RunConfig): void {
  const { kind, data, part, inputs, mix, transfer, tuneFrom, folds, fold, foldSubjects } = config;
  if (kind === 'source' && (inputs.length !== 1 || mix !== null || transfer !== null)) {
    throw configError(
      'A source network has one input, no mixed data and no transfer; train a target instead.',
    );
  }
  const foreign = part === null ? undefined : data.find(spec => spec.kind !== 'icbhi');
  if (foreign !== undefined) {
    throw configError(
      `The part ${part} is one of ICBHI's, and ${foreign.kind}:${foreign.path} has none; leave out the part or this data.`,
    );
  }
  if (tuneFrom !== null && transfer === null) {
    throw configError(
      'tuneFrom freezes the layers before it, which is of use only with a transfer; name a source bundle.',
    );
  }
  if (fold !== null && (folds === null || fold > folds)) {
    throw configError(`Fold ${fold} is none of ${folds ?? 'no'} folds.`);
  }
  if (foldSubjects !== null) checkFoldSubjects(foldSubjects, folds);
  if (config.measures !== null) checkMeasures(config);
}

function checkMeasures({ kind, folds, frontEnd }: RunConfig): void {
  if (kind === 'source') {
    throw configError(
      'A source network has no measures of the sound; add them to a target that is trained from it.',
    );
  }
  if (folds === null) {
    throw configError(
      'Measures of the sound are fitted over folds, which show what they are worth on subjects that they did not learn from; name a number of folds, or leave out the measures.',
    );
  }
  if (frontEnd.sampleRate !== candidateSampleRate) {
    throw configError(
      `Crackle candidates are found at ${candidateSampleRate} Hz, and the front end is of ${frontEnd.sampleRate} Hz; leave out the measures, or train with another front end.`,
    );
  }
}

function checkFoldSubjects(foldSubjects: readonly (readonly string[])[], folds: number | null): void {
  if (foldSubjects.length !== folds) {
    throw configError(`Subjects are named for ${foldSubjects.length} of ${folds ?? 'no'} folds.`);
  }
  const foldOf = new Map<string, number>();
  for (const [i, subjects] of foldSubjects.entries()) {
    for (const subject of subjects) {
      const other = foldOf.get(subject);
      if (other !== undefined) {
        throw new CrepitusError(
          'subject-twice',
          `The subject '${subject}' is in the folds ${other} and ${i + 1} and would be learned from and tested; name it once.`,
          { kind: 'refused' },
        );
      }
      foldOf.set(subject, i + 1);
    }
  }
}

function configError(sentence: string): CrepitusError {
  return new CrepitusError('run-config', sentence, { kind: 'usage' });
}

/**
 * Fields in which two configurations differ. Where data and source bundle lie is no difference: their fingerprint and
 * sha256 say what they are.
 */
export function differingFields(a: RunConfig, b: RunConfig): string[] {
  const [one, other] = [withoutPlaces(a), withoutPlaces(b)];
  return Object.keys(runConfigSchema.shape).filter(key => {
    const field = key as keyof RunConfig;
    return canonical(one[field]) !== canonical(other[field]);
  });
}

function withoutPlaces(config: RunConfig): RunConfig {
  const { data, mix, transfer } = config;
  const path = '';
  return {
    ...config,
    data: data.map(({ kind }) => ({ kind, path })),
    mix: mix && { ...mix, path },
    transfer: transfer && { ...transfer, path },
  };
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, v: unknown) =>
    v !== null && typeof v === 'object' && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
      : v,
  );
}
