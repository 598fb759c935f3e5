import { z } from 'zod';
import type { JobQueue } from './job-queue.ts';

/** One analysis of one recording of the portal. */
export const analysisJobSchema = z.strictObject({
  schemaVersion: z.literal(1),
  /** Its id in the portal's database, which holds everything else. */
  analysis: z.string().min(1),
});
export type AnalysisJob = z.infer<typeof analysisJobSchema>;

/** Recordings that wait for their scores; a job's key is its analysis. */
export const analysisQueue: JobQueue<AnalysisJob> = { name: 'analysis', payload: analysisJobSchema };
