/** All kernels work on addresses inside the memory of the tfjs WASM backend; this module owns none of it. */
export { adamPenalty, adamStep } from './adam';
export {
  batchNormApply,
  batchNormGradientInput,
  batchNormGradientParameters,
  batchNormScratch,
  batchNormStatistics,
  moveStatistics,
} from './batch-norm';
export { convForward, convGradientFilter, convGradientInput, packFilter, packFilterTransposed } from './conv';
export { convGradientFilterAny } from './conv-any';
export { convGradientFilterOneChannel, convGradientInputOneChannel } from './conv-one-channel';
export { focalHead, poolMeans, poolMeansGradient } from './head';
export { maxPoolGradient } from './max-pool';
export {
  finishBias,
  finishBytes,
  finishSums,
  foldNorm,
  normConvGradientParameters,
  prepareFinish,
  scaleFilter,
} from './norm-conv';
export { reluBiasGradient } from './relu-bias';
export { winogradForward, winogradGradientFilter, winogradGradientInput, winogradScratch } from './winograd';
export { roundsOnce } from './tile';
