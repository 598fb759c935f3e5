/** 3x3 convolutions without padding on addresses in the backend's memory, each by the fastest of our ways. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { winogradScheme } from './convolution.ts';
import type { Kernels } from './memory.ts';

export interface ThreeByThree {
  readonly batch: number;
  /** Of the input. */
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly outChannels: number;
  readonly stride: number;
}

/** Sizes of the convolution of x [batch, height, width, channels] with filter [3, 3, channels, outChannels]. */
export function threeByThree(x: TensorInfo, filter: TensorInfo, stride: number): ThreeByThree {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  return { batch, height, width, channels, outChannels: filter.shape[3]!, stride };
}

export function outShape({ batch, height, width, outChannels, stride }: ThreeByThree): number[] {
  return [batch, Math.floor((height - 3) / stride) + 1, Math.floor((width - 3) / stride) + 1, outChannels];
}

/** Whether `convolve` serves these channels; the gradients ask for the same. */
export function isFast(channels: number, outChannels: number): boolean {
  return outChannels % 8 === 0 && (channels === 1 || channels % 8 === 0);
}

/** Bytes of scratch that each function here needs. */
export function convolutionScratch(kernels: Kernels, conv: ThreeByThree): number {
  const scheme = schemeOf(conv);
  const { channels, outChannels } = conv;
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
  const { channels, outChannels, stride } = conv;
  const sizes = sizesOf(conv);
  const scheme = schemeOf(conv);
  if (scheme !== 0) {
    kernels.winogradForward(scheme, at.x, at.filter, at.bias, at.y, at.scratch, ...sizes);
    return;
  }
  const packed = at.scratch + 32;
  kernels.packFilter(at.filter, packed, channels, outChannels);
  kernels.convForward(at.x, packed, at.bias, at.y, at.scratch, ...sizes, stride);
}

/** dx, for channels that are a multiple of 8. `finish`: what makes it whole image by image (assembly/norm-conv.ts), or 0. */
export function convolutionGradientInput(
  kernels: Kernels,
  conv: ThreeByThree,
  at: { dy: number; filter: number; dx: number; scratch: number; finish: number },
): void {
  const { channels, outChannels, stride } = conv;
  const sizes = sizesOf(conv);
  const scheme = schemeOf(conv);
  if (scheme !== 0) {
    kernels.winogradGradientInput(scheme, at.dy, at.filter, at.dx, at.scratch, ...sizes, at.finish);
    return;
  }
  const packed = at.scratch + 32;
  kernels.packFilterTransposed(at.filter, packed, channels, outChannels);
  kernels.convGradientInput(at.dy, packed, at.dx, at.scratch, ...sizes, stride, at.finish);
}

/** The gradient of the filter, for outChannels that are a multiple of 8 and channels that are 1 or a multiple of 4. */
export function convolutionGradientFilter(
  kernels: Kernels,
  conv: ThreeByThree,
  at: { x: number; dy: number; dFilter: number; scratch: number },
): void {
  const { batch, height, width, channels, outChannels, stride } = conv;
  const sizes = sizesOf(conv);
  const scheme = schemeOf(conv);
  if (scheme !== 0) {
    kernels.winogradGradientFilter(scheme, at.x, at.dy, at.dFilter, at.scratch, ...sizes);
  } else if (channels === 1) {
    kernels.convGradientFilterOneChannel(at.x, at.dy, at.dFilter, batch, height, width, outChannels, stride);
  } else {
    kernels.convGradientFilter(at.x, at.dy, at.dFilter, ...sizes, stride);
  }
}

/** As the kernels take them. */
function sizesOf({ batch, height, width, channels, outChannels }: ThreeByThree): number[] {
  return [batch, height, width, channels, outChannels];
}

function schemeOf({ stride, height, width, channels, outChannels }: ThreeByThree) {
  return winogradScheme(stride, height, width, channels, outChannels);
}
