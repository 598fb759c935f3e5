/** A recording as JSON: what `crepitus screen --json` prints of it, and beside it what reviewers said; see `schemas/`. */
import { callingDetector } from '@crepitus/analyses';
import { screeningResultSchema } from '@crepitus/model';
import { consensusOf, cycleWords } from '@crepitus/recordings';
import { z } from 'zod';
import type { ExportedRecording } from './exported-recording.ts';

const seconds = z.number().min(0);
const cycle = {
  channel: z.int().min(0).describe('position in the file'),
  start: seconds,
  end: seconds,
};
const reviewer = z.string().describe('a code that is the same in all exports of one portal');

export const reviewedRecordingSchema = z.strictObject({
  schemaVersion: z.literal(1),
  patient: z.strictObject({ pseudonym: z.string() }),
  visit: z.strictObject({ day: z.iso.date() }),
  recording: z.strictObject({
    number: z.int().min(1).describe('within its visit'),
    device: z.string(),
    sites: z.array(z.string().nullable()).describe('one per channel; null: not said'),
    airflow: z
      .int()
      .min(0)
      .nullable()
      .optional()
      .describe(
        'position in the file of the channel that is the airflow; null: none is; absent in exports of older versions',
      ),
    sha256: z.string().describe('of the WAV that the portal keeps'),
  }),
  screening: screeningResultSchema.describe('as crepitus screen --json prints it'),
  reviewers: z.array(z.strictObject({ code: reviewer, name: z.string().nullable() })),
  reviews: z
    .array(
      z.strictObject({
        ...cycle,
        word: z.enum(cycleWords).describe('clear: no crackles; wheezes are not judged'),
        reviewer,
        at: z.iso.datetime(),
        blind: z.boolean().describe('said without the detector’s findings and the others’ words in view'),
      }),
    )
    .describe('the words that hold; also those on cycles whose borders were moved since'),
  consensus: z
    .array(
      z.strictObject({
        ...cycle,
        word: z
          .enum(['crackle', 'clear', 'undecided'])
          .describe('undecided: the reviewers of the cycle differ or are unsure'),
      }),
    )
    .describe('of the reviewed cycles of the screening'),
});
export type ReviewedRecordingJson = z.infer<typeof reviewedRecordingSchema>;

/** Published in `apps/portal/schemas`, for readers in other languages. */
export const publishedSchemas: Readonly<Record<string, object>> = {
  'reviewed-recording.schema.json': z.toJSONSchema(reviewedRecordingSchema, { target: 'draft-2020-12' }),
};

export function reviewedRecordingJson(exported: ExportedRecording): ReviewedRecordingJson {
  const { recording, analysis } = exported;
  return {
    schemaVersion: 1,
    patient: { pseudonym: exported.patient.pseudonym },
    visit: { day: exported.visit.day },
    recording: {
      number: recording.number,
      device: recording.device,
      sites: recording.sites,
      airflow: recording.airflow,
      sha256: recording.blob,
    },
    screening: {
      schemaVersion: 1,
      bundle: analysis.bundle,
      threshold: analysis.threshold,
      calledCases: [...callingDetector(analysis).called],
      recordings: [analysis.recording],
      failed: [],
    },
    reviewers: [...exported.reviewers],
    reviews: exported.reviews.map(({ channel, start, end, word, reviewer, at, blind }) => {
      return { channel, start, end, word, reviewer, at: at.toISOString(), blind };
    }),
    consensus: exported.cycles.flatMap(({ channel, start, end, words }) => {
      const word = consensusOf(Object.values(words));
      return word === null ? [] : [{ channel, start, end, word }];
    }),
  };
}
