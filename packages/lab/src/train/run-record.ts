/** The forms of the JSON files of a run folder; their JSON schemas are published in `schemas/`. */
import { z } from 'zod';
import { measuresReportSchema } from './measures-report.ts';
import { runConfigSchema } from './run-config.ts';

export const runSchemaVersion = 1;

const findings = z.array(z.strictObject({ code: z.string(), message: z.string() }));
const subjects = z.array(z.string()).describe('keys `kind:subject`, sorted');

/** `run.json` */
export const runRecordSchema = z.strictObject({
  schemaVersion: z.literal(runSchemaVersion),
  state: z
    .enum(['queued', 'running', 'interrupted', 'failed', 'done'])
    .describe(
      'queued: laid out for others to train; running may also mean that its process was killed; interrupted and failed can be resumed',
    ),
  config: runConfigSchema,
  dataFingerprint: z
    .string()
    .nullable()
    .describe(
      'sha256 over audio, cycles, labels and subjects that the run learns from; null until they were read',
    ),
  findings: findings.describe('what was met in the data'),
  failed: findings.describe(
    'recordings whose audio could not be read and which were left out; also among the findings',
  ),
  failure: z
    .strictObject({
      code: z.string().describe('stable; fault where it is a fault of crepitus'),
      message: z.string().describe('what failed'),
      at: z.iso.datetime().describe('when it failed'),
    })
    .optional()
    .describe('in the state failed alone: why the run ended before its time'),
});
export type RunRecord = z.infer<typeof runRecordSchema>;
export type RunState = RunRecord['state'];

/** `splits.json` */
export const splitsSchema = z.strictObject({
  schemaVersion: z.literal(runSchemaVersion),
  train: subjects,
  validation: subjects,
  test: subjects,
  mixTrain: subjects,
  mixValidation: subjects,
  heldBack: subjects.describe('held-back subjects of the data, which no run learns from'),
  folds: z.array(subjects).nullable().describe('of a whole cross-validation: the test subjects of each fold'),
});
export type Splits = Omit<z.infer<typeof splitsSchema>, 'schemaVersion'>;

const validationFigures = z.strictObject({
  cycles: z.int(),
  loss: z.number().describe('focal loss'),
  accuracy: z.number(),
  auc: z.number().nullable().describe('crackle against normal; null where one of them is missing'),
});
export type ValidationFigures = z.infer<typeof validationFigures>;

/** One line of `epochs.ndjson` */
export const epochRecordSchema = z.strictObject({
  epoch: z.int().positive(),
  learningRate: z.number().describe('of the last step'),
  dataLoss: z.number().describe("focal loss, mean over the epoch's items, while the weights changed"),
  l2: z.number().describe('L2 term at the last step'),
  validation: validationFigures,
});
export type EpochRecord = z.infer<typeof epochRecordSchema>;

/** What is published, by file name. */
export const runJsonSchemas: Readonly<Record<string, object>> = {
  'run.schema.json': z.toJSONSchema(runRecordSchema),
  'splits.schema.json': z.toJSONSchema(splitsSchema),
  'epoch.schema.json': z.toJSONSchema(epochRecordSchema),
  'measures.schema.json': z.toJSONSchema(measuresReportSchema),
};
