import { z } from 'zod';
import type { JobQueue } from './job-queue.ts';

/** One run folder to be worked on. */
export const trainingJobSchema = z.strictObject({
  schemaVersion: z.literal(1),
  /** Absolute path of a run folder, the same on every machine that takes jobs. */
  run: z.string().min(1),
  /** Of a fold: the folder of the cross-validation, whose finishing step is queued when all folds are done. */
  partOf: z.string().min(1).nullable(),
});
export type TrainingJob = z.infer<typeof trainingJobSchema>;

/** Runs that any number of machines train; a job's key is its run folder. */
export const trainingQueue: JobQueue<TrainingJob> = { name: 'training', payload: trainingJobSchema };
