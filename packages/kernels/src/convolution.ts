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

/** As assembly/winograd.ts numbers them: 4x4 outputs at stride 1, 3x3 at stride 2, 4x1 at stride 1; 0 is none. */
export type WinogradScheme = 0 | 1 | 2 | 3;

/**
 * The Winograd scheme that serves a 3x3 convolution without padding best, 0 for none: few channels leave the transforms more
 * work than they save, and so do tiles that hang far over the edge. height and width are the input's.
 */
export function winogradScheme(
  stride: number,
  height: number,
  width: number,
  channels: number,
  outChannels: number,
): WinogradScheme {
  if (channels % 8 !== 0 || outChannels % 8 !== 0 || channels < 16 || outChannels < 16) return 0;
  const rows = Math.floor((height - 3) / stride) + 1;
  const columns = Math.floor((width - 3) / stride) + 1;
  if (stride === 2) return multiplications(rows, columns, 49, 3, 3) <= WORTH_WHILE ? 2 : 0;
  const square = multiplications(rows, columns, 36, 4, 4);
  const column = multiplications(rows, columns, 18, 4, 1);
  if (Math.min(square, column) > WORTH_WHILE) return 0;
  return square <= column ? 1 : 3;
}

/** For each direct one of rows x columns outputs: `products` per tile of down x across. */
function multiplications(
  rows: number,
  columns: number,
  products: number,
  down: number,
  across: number,
): number {
  return (products * Math.ceil(rows / down) * Math.ceil(columns / across)) / (9 * rows * columns);
}

/** `multiplications` up to which the transforms pay. */
const WORTH_WHILE = 0.75;
