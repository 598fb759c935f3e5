export { type BackendOptions, startBackend } from './backend.ts';
export { checkFrontEnd, cutCycle, type FrontEnd, frontEnds, prepareChannel } from './front-end.ts';
export { InputMaker, type InputSpec, inputCombinations, inputShape, type PictureVariant } from './inputs.ts';
export {
  type Blocks,
  createNetwork,
  type NamedArray,
  Network,
  type NetworkSpec,
  networkFromWeights,
  paperBlocks,
  type TrainingOptions,
  type Weight,
  type WeightKind,
} from './network.ts';
export { cutPhase, type InputName, inputNames, phaseLength, type Ratio, ratios } from './phases.ts';
export { readSafetensors, type WeightType, writeSafetensors } from './safetensors.ts';
export {
  type BatchNormReading,
  batchNormReadings,
  type Trainable,
  type TuningStart,
  trainableWeights,
  transferWeights,
  tuningStarts,
} from './transfer.ts';
