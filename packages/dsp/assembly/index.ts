// The kernels that TypeScript may call. Every length is checked there; kernels trust their pointers.
export { extend, firstBeyond, heapBase } from './memory';
export { twiddles } from './fft-512';
export { overlapAdd } from './fft-mixed';
export { logarithm, maximumOverFrames, melEnergies, spectrogram, standardise } from './log-mel';
export { cascade, cascadeOfFour } from './biquad';
export { commutate, halve, polyphase } from './resample';
export { stretch } from './stretch';
