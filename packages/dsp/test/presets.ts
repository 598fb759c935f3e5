import type { LogMelParameters } from '../src/index.ts';

/** The front ends of the reference vectors. */
export const paper: LogMelParameters = {
  sampleRate: 16_000,
  windowLength: 512,
  fftSize: 512,
  hop: 512,
  maximumOver: 1,
  melBands: 45,
  lowHz: 0,
  highHz: 8000,
  melScale: 'slaney',
  melNorm: 'area',
  spectrum: 'magnitude',
  logFloor: 1e-10,
};

export const transient: LogMelParameters = {
  ...paper,
  windowLength: 128,
  hop: 64,
  maximumOver: 8,
  lowHz: 100,
  highHz: 2000,
};
