import { backend_util, type NamedAttrMap } from '@tensorflow/tfjs-core';

type ConvInfo = backend_util.Conv2DInfo;

/** All sizes of a convolution from its tensors' shapes and the attributes that tfjs passes. NHWC only. */
export function convolutionOf(
  inputShape: number[],
  filterShape: number[],
  attrs: NamedAttrMap | undefined,
): ConvInfo {
  const { strides, pad, dataFormat, dimRoundingMode } = attrs as {
    strides: number | [number, number];
    pad: 'valid' | 'same' | number;
    dataFormat?: 'NHWC' | 'NCHW';
    dimRoundingMode?: 'floor' | 'round' | 'ceil';
  };
  if (dataFormat !== undefined && dataFormat !== 'NHWC') {
    throw new Error(`The tfjs WASM backend convolves NHWC tensors, not ${dataFormat}; transpose them first.`);
  }
  return backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    1,
    pad,
    dimRoundingMode,
  );
}

/** The form that the fast kernels serve: 3x3, no padding, stride 1 or 2 in both directions. */
export function isThreeByThreeValid(info: ConvInfo): boolean {
  const { top, left, bottom, right } = info.padInfo;
  return (
    info.filterHeight === 3 &&
    info.filterWidth === 3 &&
    info.strideHeight === info.strideWidth &&
    (info.strideHeight === 1 || info.strideHeight === 2) &&
    top === 0 &&
    left === 0 &&
    bottom === 0 &&
    right === 0
  );
}

/**
 * Whether Winograd's F(2x2, 3x3) is the faster way for a 3x3 convolution without padding. Not where tiles of 2x2
 * outputs hang over the edge or where few channels leave the transforms more work than they save.
 */
export function prefersWinograd(
  stride: number,
  height: number,
  width: number,
  channels: number,
  outChannels: number,
) {
  const multiples = channels % 8 === 0 && outChannels % 8 === 0;
  return stride === 1 && multiples && channels >= 16 && outChannels >= 16 && height >= 6 && width >= 6;
}
