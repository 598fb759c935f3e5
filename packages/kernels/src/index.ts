export { Adam, type AdamState, type AdamStepOptions, type PreparedAdam } from './adam.ts';
export { type BlockOptions, type BlockWeights, batchNormConvRelu } from './batch-norm-conv-relu.ts';
export { batchNormTrain } from './batch-norm-train.ts';
export { type Arithmetic, fusedAvailable } from './binaries.ts';
export { convBiasRelu } from './conv-bias-relu.ts';
export { type RegisterOptions, registerTrainingKernels } from './register.ts';
export {
  type PlannedBlock,
  type PlannedNetwork,
  TrainingPlan,
  type TrainingPlanOptions,
} from './training-plan.ts';
