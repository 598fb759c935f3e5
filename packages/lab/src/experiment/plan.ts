/** What an experiment is: the form of a plan, with the paper's values as defaults. */
import { datasetKinds } from '@crepitus/datasets';
import {
  batchNormReadings,
  bundleManifestSchema,
  type FrontEnd,
  frontEnds,
  inputNames,
  paperBlocks,
  ratios,
  tuningStarts,
} from '@crepitus/model';
import { taskNames } from '@crepitus/recordings';
import { z } from 'zod';

export const planSchemaVersion = 1;

const count = z.int().positive();
const seed = z
  .int()
  .min(0)
  .max(2 ** 32 - 1);

/** `KIND:DIR` as on the command line, or a cohort that is generated when the plan is run. */
export const dataChoiceSchema = z.union([
  z
    .string()
    .regex(
      new RegExp(`^(${datasetKinds.join('|')}):.`),
      `write it as KIND:DIR with a KIND of ${datasetKinds.join(', ')}`,
    )
    .describe('KIND:DIR; a relative DIR is meant from the folder of the plan'),
  z.strictObject({
    cohort: z.enum(['ipf', 'icbhi-like']).describe('a synthetic cohort, as `crepitus data synth` makes it'),
    seed: seed.default(1),
    subjects: count.optional(),
    patients: z.int().min(0).optional(),
    channels: count.optional(),
    recordings: count.optional(),
  }),
]);
export type DataChoice = z.infer<typeof dataChoiceSchema>;

/** How a network is trained; what both trainings of the paper have in common is its default. */
const trainingShape = {
  epochs: count.default(150),
  learningRate: z.number().positive().default(1e-4).describe('of Adam'),
  schedule: z
    .enum(['constant', 'cosine'])
    .default('constant')
    .describe('cosine falls to 1 % of the learning rate at the last step'),
  select: z
    .enum(['accuracy', 'auc', 'loss', 'last'])
    .default('accuracy')
    .describe('by which figure of the validation subjects the epoch is chosen'),
};

const augmentation = (stretch: boolean) =>
  z
    .strictObject({
      vtlp: z.boolean().default(true),
      stretch: z.boolean().default(stretch),
      shift: z.boolean().default(false),
      specAugment: z.boolean().default(false),
    })
    .prefault({});

const inputs = z.array(z.enum(inputNames)).min(1).max(3);
const padding = z.enum(['sample', 'zero']);
const training = z.enum(['scratch', ...tuningStarts]);

const systemSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._+-]*$/, 'use letters, digits, and . _ + -')
    .optional()
    .describe("the paper's name of such a system where left out"),
  inputs,
  ratio: z.enum(ratios).default('1:2').describe('inspiration : cycle; of no effect on the input cycle'),
  padding: padding.default('sample'),
  training: training.default('scratch').describe('from scratch, or transferred and tuned from this layer on'),
  batchNorm: z
    .enum(batchNormReadings)
    .default('all')
    .describe('of transferred networks: which batch normalisations are updated'),
  epochs: count.optional().describe("instead of the target's"),
  learningRate: z.number().positive().optional().describe("instead of the target's"),
});

const gridSchema = z.strictObject({
  inputs: z.array(inputs).min(1),
  ratio: z.array(z.enum(ratios)).min(1),
  padding: z.array(padding).min(1),
  training: z.array(training).min(1),
  batchNorm: z.array(z.enum(batchNormReadings)).min(1).default(['all']),
});

/** A plan as it is written; `plan.json` of an experiment is the same with every default filled in. */
export const planSchema = z.strictObject({
  $schema: z.string().optional(),
  schemaVersion: z.literal(planSchemaVersion).default(planSchemaVersion),
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'use letters, digits, dots and dashes'),
  description: z.string().default(''),
  task: z.enum(taskNames).default('crackle-vs-normal').describe('of the target'),
  frontEnd: z
    .union([z.enum(['paper', 'transient']), bundleManifestSchema.shape.frontEnd])
    .default('paper')
    .describe('of both trainings: a preset, or every parameter'),
  phases: z
    .enum(['ratio', 'measured'])
    .default('ratio')
    .describe('inspiration by the ratio, or as measured where it was'),
  blocks: z
    .strictObject({
      filters: z.array(count).min(1),
      strides: z.array(z.union([z.literal(1), z.literal(2)])).min(1),
    })
    .prefault({ filters: [...paperBlocks.filters], strides: [...paperBlocks.strides] })
    .describe('of every branch'),
  source: z
    .strictObject({
      data: dataChoiceSchema.nullable().default(null).describe('null: named by --source'),
      ...trainingShape,
      batch: count.default(32),
      validationShare: z.number().gt(0).lt(1).default(0.1).describe('share of the subjects that validate'),
      augment: augmentation(true),
    })
    .prefault({})
    .describe('training of the source networks, of four classes and one input, one per padding'),
  target: z
    .strictObject({
      data: dataChoiceSchema.nullable().default(null).describe('null: named by --target'),
      subjects: z
        .strictObject({
          crackle: count.describe('subjects with a crackle of the task'),
          other: count,
          draws: count.default(1).describe('draws of subjects; each has `runs` runs of its own'),
        })
        .nullable()
        .default(null)
        .describe('only so many subjects, drawn by the seed; null: all'),
      ...trainingShape,
      batch: count.default(15),
      augment: augmentation(false),
    })
    .prefault({})
    .describe('training of the systems under test'),
  folds: z.int().min(3).default(7).describe('fold k tests, fold k + 1 validates, the others train'),
  runs: count.default(5).describe('independent runs of each fold, which differ in their seed only'),
  seed: seed
    .default(1)
    .describe('of draws, splits and the source networks; run r has the seed `seed + r - 1`'),
  systems: z.array(systemSchema).default([]),
  grid: gridSchema.nullable().default(null).describe('systems of every combination, after `systems`'),
});

export type PlanInput = z.input<typeof planSchema>;
export type Plan = z.infer<typeof planSchema>;
export type PlannedRow = z.infer<typeof systemSchema>;

export const planJsonSchema = z.toJSONSchema(planSchema, { io: 'input' });

export function frontEndOf({ frontEnd }: Plan): FrontEnd {
  return typeof frontEnd === 'string' ? frontEnds[frontEnd] : frontEnd;
}
