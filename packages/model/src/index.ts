export { type ChannelFacts, reasonToAbstain } from './abstention.ts';
export { type BackendOptions, bestArithmetic, startBackend } from './backend.ts';
export { assembleBundle, type Bundle, type BundleDraft, readBundle } from './bundle/bundle.ts';
export { hashSubject } from './bundle/hashes.ts';
export {
  type BundleManifest,
  bundleManifestSchema,
  type DetectorLimits,
  networkSpecOf,
  type ScoreCases,
} from './bundle/manifest.ts';
export {
  type CandidateCount,
  type CandidatesInBreath,
  type PlacedCandidate,
  placeInBreath,
} from './candidates-in-breath.ts';
export {
  type CrackleCandidate,
  candidateSampleRate,
  findCrackleCandidates,
} from './crackle-candidates.ts';
export { type CycleSamples, type CycleScore, Detector } from './detector.ts';
export {
  type Activation,
  type ActivationOverTime,
  type BandEvidence,
  classActivations,
  type Evidence,
  type TimeDensity,
  type TimeEvidence,
} from './evidence.ts';
export { type CallExplanation, explainCall } from './explain-call.ts';
export { explainScore, type ScoreExplanation, type SimilarCases } from './explain-score.ts';
export { type ExportFormat, exportBundle, exportFormats } from './export/export-bundle.ts';
export { type OnnxChoices, onnxModel } from './export/onnx.ts';
export {
  ChannelStream,
  checkFrontEnd,
  cutCycle,
  type FrontEnd,
  frontEnds,
  inspirationSamples,
  prepareChannel,
} from './front-end.ts';
export { InputMaker, type InputSpec, inputCombinations, inputShape, type PictureVariant } from './inputs.ts';
export { type LiveCycle, LiveScreening } from './live-screening.ts';
export { type BundleSource, type LoadOptions, loadBundle, type NamedFile } from './load-bundle.ts';
export { type LogMelStatistics, logMelStatistics } from './log-mel-statistics.ts';
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
export {
  cutPhase,
  cutPhaseBy,
  type InputName,
  inputNames,
  type PhaseRule,
  phaseLength,
  type Ratio,
  ratios,
} from './phases.ts';
export { type PlanTrainingOptions, planTraining } from './plan-training.ts';
export { readSafetensors, type WeightType, writeSafetensors } from './safetensors.ts';
export { addToCrackleOdds, crackleClasses, crackleScore, logOdds } from './scoring.ts';
export { type ScreenOptions, screenRecording } from './screening.ts';
export {
  type CalledCases,
  type ScoreParts,
  type ScreenedChannel,
  type ScreenedCycle,
  type ScreenedRecording,
  type ScreeningResult,
  screeningResultSchema,
} from './screening-result.ts';
export {
  countsCandidates,
  type MeasureList,
  type MeasureWeights,
  measureColumns,
  measuredLogit,
  measureLists,
  soundMeasureCount,
  soundMeasures,
  usualMeasures,
} from './sound-measures.ts';
export {
  type BatchNormReading,
  batchNormReadings,
  type Trainable,
  type TuningStart,
  trainableWeights,
  transferWeights,
  tuningStarts,
} from './transfer.ts';
export { wilsonInterval } from './wilson-interval.ts';
