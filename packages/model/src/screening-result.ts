/** The JSON that leaves a screening; published as `schemas/screening.schema.json`. */
import { z } from 'zod';

const finding = z.strictObject({ code: z.string(), message: z.string() });
const seconds = z.number();

const evidence = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('time'), start: seconds, end: seconds, weight: z.number() }),
  z.strictObject({ kind: z.literal('band'), low: z.number(), high: z.number(), weight: z.number() }),
]);

const screenedCycle = z.strictObject({
  start: seconds,
  end: seconds,
  inspirationEnd: seconds
    .nullable()
    .describe('measured or estimated end of the inspiration; null: not known'),
  score: z.number().min(0).max(1).nullable().describe('null where the detector abstains'),
  crackle: z.boolean().nullable().describe('whether the score reaches the threshold'),
  evidence: z
    .array(evidence)
    .describe('of cycles called crackle: where it was found, seconds of the recording'),
  abstained: finding.optional().describe('why there is no score'),
});

const screenedRecording = z.strictObject({
  path: z.string(),
  seconds,
  sampleRate: z.number().positive(),
  cycleSource: z.enum(['icbhi-text', 'sprsound-json', 'manifest', 'airflow', 'sound', 'windows']),
  quality: z.array(finding),
  channels: z.array(
    z.strictObject({
      channel: z.int().min(0).describe('position in the file'),
      site: z.string().nullable(),
      cycles: z.array(screenedCycle),
      inspirationConfidence: z
        .number()
        .min(0)
        .max(1)
        .optional()
        .describe(
          'where cycles were found without annotation: how sure it is that they begin with the inspiration',
        ),
      summary: z.strictObject({
        cycles: z.int().min(0),
        crackleCycles: z.int().min(0),
        share: z.number().nullable().describe('crackle cycles among those scored; null where none was'),
      }),
    }),
  ),
});

const screeningSchemaVersion = 1;

export const screeningResultSchema = z.strictObject({
  schemaVersion: z.literal(screeningSchemaVersion),
  bundle: z.strictObject({ id: z.string(), version: z.string(), sha256: z.string() }),
  threshold: z.number(),
  recordings: z.array(screenedRecording),
  failed: z.array(z.strictObject({ path: z.string(), code: z.string(), reason: z.string() })),
});

export type ScreeningResult = z.infer<typeof screeningResultSchema>;
export type ScreenedRecording = z.infer<typeof screenedRecording>;
export type ScreenedChannel = ScreenedRecording['channels'][number];
export type ScreenedCycle = z.infer<typeof screenedCycle>;
