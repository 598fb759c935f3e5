import { z } from 'zod';

/** One run folder to be worked on. */
export const trainingJobSchema = z.strictObject({
  schemaVersion: z.literal(1),
  /** Absolute path of a run folder, the same on every machine that takes jobs. */
  run: z.string().min(1),
});
export type TrainingJob = z.infer<typeof trainingJobSchema>;
