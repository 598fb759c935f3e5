export * from './annotation/agreement.ts';
export * from './annotation/audacity.ts';
export { defuseFormula } from './annotation/csv-table.ts';
export { didYouMean } from './annotation/did-you-mean.ts';
export * from './annotation/fit-cycles.ts';
export * from './annotation/icbhi-text.ts';
export * from './annotation/manifest.ts';
export * from './annotation/raven.ts';
export * from './annotation/reviewed-csv.ts';
export * from './annotation/reviewed-cycle.ts';
export * from './annotation/sprsound-json.ts';
export * from './channel-map.ts';
export * from './cycles/index.ts';
export {
  type AudioContainer,
  type AudioHeader,
  audioFormatOf,
  readAudioHeader,
} from './decode/audio-format.ts';
export { type DecodeOptions, decodeRecording } from './decode/decode-recording.ts';
export { limits as decodeLimits } from './decode/decoded-audio.ts';
export { type WriteWavOptions, writeWav } from './decode/write-wav.ts';
export * from './quality.ts';
export * from './recording.ts';
export * from './task.ts';
