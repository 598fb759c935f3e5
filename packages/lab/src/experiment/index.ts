export {
  type Duration,
  type Experiment,
  type ExperimentRun,
  type ExperimentSplits,
  type ExperimentSystem,
  experimentPaths,
} from './layout.ts';
export { namedPlans } from './named-plans.ts';
export { type Outline, outlineExperiment } from './outline.ts';
export type { DataChoice, Plan, PlanInput } from './plan.ts';
export { type PlanOptions, readPlan } from './read-plan.ts';
export {
  type ExperimentEvent,
  type ExperimentOptions,
  type ExperimentResult,
  resumeExperiment,
  runExperiment,
} from './run-experiment.ts';
export { type ExperimentStatus, experimentStatus, type TrainingState } from './status.ts';
