import { backend_util, type KernelConfig, MaxPoolGrad } from '@tensorflow/tfjs-core';
import { runtimeOf } from './memory.ts';

/** Replaces the kernel of tfjs-wasm 4.22, in which a window whose maximum is not above zero loses its gradient. */
export const maxPoolGrad: KernelConfig = {
  kernelName: MaxPoolGrad,
  backendName: 'wasm',
  kernelFunc({ inputs, attrs, backend }) {
    const { kernels, address, output } = runtimeOf(backend);
    const x = inputs.input!;
    const { filterSize, strides, pad, dimRoundingMode } = attrs as {
      filterSize: number | [number, number];
      strides: number | [number, number];
      pad: 'valid' | 'same' | number;
      dimRoundingMode?: 'floor' | 'round' | 'ceil';
    };
    const shape = x.shape as [number, number, number, number];
    const info = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
    const dx = output(x.shape);
    const addresses = [x, inputs.dy!, dx].map(address);
    const sizes = [
      info.batchSize,
      info.inHeight,
      info.inWidth,
      info.inChannels,
      info.outHeight,
      info.outWidth,
    ];
    const windows = [info.filterHeight, info.filterWidth, info.strideHeight, info.strideWidth];
    kernels.maxPoolGradient(...addresses, ...sizes, ...windows, info.padInfo.top, info.padInfo.left);
    return dx;
  },
};
