/** The JSON that leaves a screening; published as `schemas/screening.schema.json`. */
import { z } from 'zod';

const finding = z.strictObject({ code: z.string(), message: z.string() });
const seconds = z.number();

const evidence = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('time'),
    start: seconds,
    end: seconds,
    weight: z.number().describe("what the segment adds to the logit of the networks' score"),
  }),
  z.strictObject({
    kind: z.literal('band'),
    low: z.number().describe('Hz'),
    high: z.number().describe('Hz'),
    weight: z
      .number()
      .describe(
        'what the logit of the score loses when the band is hidden from the networks; positive: it speaks for crackle',
      ),
  }),
]);

const activation = z.strictObject({
  step: seconds,
  values: z.array(z.number()).describe("what each step adds to the logit of the networks' score, per second"),
});

const scoreParts = z.strictObject({
  networksScore: z
    .number()
    .min(0)
    .max(1)
    .describe('by the networks alone, before calibration; the evidence explains this part'),
  measuresLogit: z.number().describe('what the measures of the sound add to its log odds'),
});

const screenedCycle = z.strictObject({
  start: seconds,
  end: seconds,
  inspirationEnd: seconds
    .nullable()
    .describe('measured or estimated end of the inspiration; null: not known'),
  score: z.number().min(0).max(1).nullable().describe('null where the detector abstains'),
  parts: scoreParts
    .optional()
    .describe(
      "of bundles with measures of the sound: log odds of the networks' score plus those of the measures are the log odds of the score before calibration; absent without a score and in results of older versions",
    ),
  crackle: z.boolean().nullable().describe('whether the score reaches the threshold'),
  evidence: z
    .array(evidence)
    .describe(
      'of cycles called crackle: where the networks found it, seconds of the recording, and then every band of frequency; bands are absent in results of older versions',
    ),
  activation: activation
    .optional()
    .describe(
      'class activation in steps from the start of the cycle; absent without a score and in results of older versions',
    ),
  abstained: finding.optional().describe('why there is no score'),
});

const milliseconds = z.number().positive();

const crackleCandidate = z.strictObject({
  time: seconds.describe('onset of the initial deflection, from the start of the recording'),
  initialDeflectionMs: milliseconds.describe('IDW'),
  twoCyclesMs: milliseconds.describe('2CD'),
  largestDeflectionMs: milliseconds.describe('LDW'),
  largestDeflectionFromMs: z
    .number()
    .min(0)
    .optional()
    .describe('where the largest deflection begins, after `time`; absent in results of older versions'),
  kind: z.enum(['fine', 'coarse']).describe('fine: 2CD below 10 ms and LDW below 2 ms'),
  polarity: z.enum(['positive', 'negative']).describe('of the initial deflection'),
  amplitudeDb: z.number().describe('largest deflection over the usual root mean square around it'),
  cycle: z.int().min(0).nullable().describe('its place in the list of cycles; null: in none'),
  phase: z.enum(['inspiration', 'expiration']).nullable().describe('null: not known'),
  third: z.enum(['early', 'middle', 'late']).nullable().describe('of its phase'),
});

const count = z.int().min(0);

const candidates = z.strictObject({
  events: z.array(crackleCandidate).describe('sorted by time'),
  perCycle: z
    .array(
      z.strictObject({
        all: count,
        inspiration: count.nullable().describe('null: the phases are not known'),
        expiration: count.nullable(),
        phases: z
          .enum(['measured', 'ratio'])
          .nullable()
          .describe("what parts inspiration and expiration: a measured time, or the bundle's ratio"),
      }),
    )
    .describe('in the order of the cycles'),
});

const screenedRecording = z.strictObject({
  path: z.string(),
  seconds,
  sampleRate: z.number().positive(),
  cycleSource: z.enum(['icbhi-text', 'sprsound-json', 'manifest', 'by-hand', 'airflow', 'sound', 'windows']),
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
      candidates: candidates
        .optional()
        .describe(
          'events that run like a crackle, found in the waveform without the networks; absent in results of older versions',
        ),
      summary: z.strictObject({
        cycles: count,
        crackleCycles: count,
        share: z.number().nullable().describe('crackle cycles among those scored; null where none was'),
      }),
    }),
  ),
});

const share = z.number().min(0).max(1);

const calledCases = z.strictObject({
  dataset: z.string(),
  unit: z.enum(['cycle', 'event']),
  scoredBy: z.string().describe('which networks scored which subjects'),
  from: share.describe('lowest score of the cases counted here; all of them are called crackle'),
  cycles: z.int().positive().describe('cases scored so high'),
  crackles: count.describe('those of them that had crackles'),
  interval: z
    .tuple([share, share])
    .describe('95 % interval of the share of crackles, the subject being the unit; at most as wide as this'),
  leftOut: count.describe('cases of which the bundle does not tell on which side of the threshold they lie'),
});

const screeningSchemaVersion = 1;

export const screeningResultSchema = z.strictObject({
  schemaVersion: z.literal(screeningSchemaVersion),
  bundle: z.strictObject({ id: z.string(), version: z.string(), sha256: z.string() }),
  threshold: z.number(),
  calledCases: z
    .array(calledCases)
    .optional()
    .describe(
      'how often the detector is right where it calls a cycle crackle, by data set, of those with enough cases; absent in results of older versions',
    ),
  recordings: z.array(screenedRecording),
  failed: z.array(z.strictObject({ path: z.string(), code: z.string(), reason: z.string() })),
});

export type ScreeningResult = z.infer<typeof screeningResultSchema>;
export type ScreenedRecording = z.infer<typeof screenedRecording>;
export type ScreenedChannel = ScreenedRecording['channels'][number];
export type ScreenedCycle = z.infer<typeof screenedCycle>;
/** What the score of a bundle with measures of the sound is made of. */
export type ScoreParts = z.infer<typeof scoreParts>;
/** Cases of one data set that a detector calls crackle. */
export type CalledCases = z.infer<typeof calledCases>;
