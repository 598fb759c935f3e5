export { type AnalysisJob, analysisJobSchema, analysisQueue } from './analysis-job.ts';
export { type Database, databaseUrl, openPglite, openPostgres, type Pglite } from './database.ts';
export type { JobEnd, JobHandler, JobQueue, ListedJob, WorkOptions } from './job-queue.ts';
export { Jobs, type JobsOptions } from './jobs.ts';
export { type TrainingJob, trainingJobSchema, trainingQueue } from './training-job.ts';
