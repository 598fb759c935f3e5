// The kernels that TypeScript may call. Every length is checked there; kernels trust their pointers.
export { extend, firstBeyond, heapBase } from './memory';
export { realFft, twiddles } from './fft';
export { logarithm, maximumOverFrames, melEnergies, standardise } from './log-mel';
export { cascade } from './biquad';
export { resample } from './resample';
export { stretch } from './stretch';
