export { besselFilter, type SecondOrderSections } from './bessel.ts';
export { envelope, rms } from './envelope.ts';
export { CrepitusError, type ErrorKind } from './error.ts';
export { type ComplexArray, complexFft, inverseRealFft, powerSpectrum, realFft } from './fft.ts';
export { FilterStream, filterChannels, filterForward, filterForwardBackward } from './filter.ts';
export { init, initSync, type WasmSource } from './load.ts';
export {
  LogMel,
  type LogMelParameters,
  LogMelStream,
  type LogMelStreamOptions,
  logMelPresets,
  type PictureOptions,
  standardise,
} from './log-mel.ts';
export { type MelNorm, type MelParameters, type MelScale, melFilterbank, type OnWarning } from './mel.ts';
export { type Padding, type PadMode, padSamples } from './padding.ts';
export { pictureLevels } from './picture-levels.ts';
export { type RandomStream, randomStream } from './random.ts';
export { ResampleStream, resample } from './resample.ts';
export type { ResampleOptions, ResampleQuality } from './resample-design.ts';
export { slowDown } from './slow-down.ts';
export { istft, type Spectrogram, type Stft, type StftParameters, spectrogram, stft } from './stft.ts';
export { timeStretch } from './stretch.ts';
export { warpFrequency } from './vtlp.ts';
export { hannWindow, makeWindow, type WindowName } from './window.ts';
