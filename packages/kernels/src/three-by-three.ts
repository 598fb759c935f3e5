/** 3x3 convolutions without padding on addresses in the backend's memory, each by the fastest of our ways. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type WinogradScheme, winogradScheme } from './convolution.ts';
import type { Kernels } from './memory.ts';

export interface ThreeByThree {
  readonly batch: number;
  /** Of the input. */
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly outChannels: number;
  readonly stride: number;
  readonly scheme: WinogradScheme;
}

/** Sizes of the convolution of x [batch, height, width, channels] with filter [3, 3, channels, outChannels]. */
export function threeByThree(x: TensorInfo, filter: TensorInfo, stride: number): ThreeByThree {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const outChannels = filter.shape[3]!;
  const scheme = winogradScheme(stride, height, width, channels, outChannels);
  return { batch, height, width, channels, outChannels, stride, scheme };
}

export function outShape({ batch, height, width, outChannels, stride }: ThreeByThree): number[] {
  return [batch, Math.floor((height - 3) / stride) + 1, Math.floor((width - 3) / stride) + 1, outChannels];
}

/** Whether `convolve` serves these channels; the gradients ask for the same. */
export function isFast(channels: number, outChannels: number): boolean {
  return outChannels % 8 === 0 && (channels === 1 || channels % 8 === 0);
}

/** Bytes of scratch that each function here needs. */
export function convolutionScratch(
  kernels: Kernels,
  { scheme, channels, outChannels }: ThreeByThree,
): number {
  return scheme === 0
    ? 32 + 36 * channels * outChannels
    : kernels.winogradScratch(scheme, channels, outChannels);
}

/** y = relu(x * filter + bias), `isFast`. */
export function convolve(
  kernels: Kernels,
  conv: ThreeByThree,
  at: { x: number; filter: number; bias: number; y: number; scratch: number },
): void {
  const { batch: n, height, width, channels, outChannels, stride, scheme } = conv;
  const { x, filter, bias, y, scratch } = at;
  if (scheme !== 0) {
    kernels.winogradForward(scheme, x, filter, bias, y, scratch, n, height, width, channels, outChannels);
    return;
  }
  const packed = scratch + 32;
  kernels.packFilter(filter, packed, channels, outChannels);
  kernels.convForward(x, packed, bias, y, scratch, n, height, width, channels, outChannels, stride);
}

/** dx, for channels that are a multiple of 8. `finish`: what makes it whole image by image (assembly/norm-conv.ts), or 0. */
export function convolutionGradientInput(
  kernels: Kernels,
  conv: ThreeByThree,
  at: { dy: number; filter: number; dx: number; scratch: number; finish: number },
): void {
  const { batch: n, height, width, channels, outChannels, stride, scheme } = conv;
  const { dy, filter, dx, scratch, finish } = at;
  if (scheme !== 0) {
    const { winogradGradientInput } = kernels;
    winogradGradientInput(scheme, dy, filter, dx, scratch, n, height, width, channels, outChannels, finish);
    return;
  }
  const packed = scratch + 32;
  kernels.packFilterTransposed(filter, packed, channels, outChannels);
  kernels.convGradientInput(dy, packed, dx, scratch, n, height, width, channels, outChannels, stride, finish);
}

/** The gradient of the filter, for outChannels that are a multiple of 8 and channels that are 1 or a multiple of 4. */
export function convolutionGradientFilter(
  kernels: Kernels,
  conv: ThreeByThree,
  at: { x: number; dy: number; dFilter: number; scratch: number },
): void {
  const { batch: n, height, width, channels, outChannels, stride, scheme } = conv;
  const { x, dy, dFilter, scratch } = at;
  if (scheme !== 0) {
    kernels.winogradGradientFilter(scheme, x, dy, dFilter, scratch, n, height, width, channels, outChannels);
  } else if (channels === 1) {
    kernels.convGradientFilterOneChannel(x, dy, dFilter, n, height, width, outChannels, stride);
  } else {
    kernels.convGradientFilter(x, dy, dFilter, n, height, width, channels, outChannels, stride);
  }
}
