export { type TrainingJob, trainingJobSchema } from './training-job.ts';
