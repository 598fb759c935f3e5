export { Adam, type AdamState } from './adam.ts';
export { batchNormTrain } from './batch-norm-train.ts';
export { convBiasRelu } from './conv-bias-relu.ts';
export { registerTrainingKernels } from './register.ts';
