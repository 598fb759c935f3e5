import { Conv2DBackpropFilter, type KernelConfig } from '@tensorflow/tfjs-core';
import { convolutionOf, isThreeByThreeValid, winogradScheme } from './convolution.ts';
import { runtimeOf } from './memory.ts';

/** The gradient of a convolution's filter, which tfjs-wasm lacks. Any filter, stride and padding. */
export const conv2DBackpropFilter: KernelConfig = {
  kernelName: Conv2DBackpropFilter,
  backendName: 'wasm',
  kernelFunc({ inputs, attrs, backend }) {
    const { kernels, address, output, scratch } = runtimeOf(backend);
    const x = inputs.x!;
    const dy = inputs.dy!;
    const filterShape = attrs!.filterShape as number[];
    const info = convolutionOf(x.shape, filterShape, attrs);
    const { batchSize, inHeight, inWidth, inChannels, outChannels, strideHeight } = info;
    const dFilter = output(filterShape);
    const addresses = [address(x), address(dy), address(dFilter)];
    const fast = isThreeByThreeValid(info) && outChannels % 8 === 0;
    const scheme = fast ? winogradScheme(strideHeight, inHeight, inWidth, inChannels, outChannels) : 0;
    if (scheme !== 0) {
      const space = scratch(kernels.winogradScratch(scheme, inChannels, outChannels));
      const sizes = [batchSize, inHeight, inWidth, inChannels, outChannels];
      kernels.winogradGradientFilter(scheme, ...addresses, space, ...sizes);
    } else if (fast && inChannels === 1) {
      const sizes = [batchSize, inHeight, inWidth, outChannels, strideHeight];
      kernels.convGradientFilterOneChannel(...addresses, ...sizes);
    } else if (fast && inChannels % 4 === 0) {
      const sizes = [batchSize, inHeight, inWidth, inChannels, outChannels, strideHeight];
      kernels.convGradientFilter(...addresses, ...sizes);
    } else {
      const sizes = [batchSize, inHeight, inWidth, inChannels, outChannels, info.outHeight, info.outWidth];
      const filter = [info.filterHeight, info.filterWidth, strideHeight, info.strideWidth];
      kernels.convGradientFilterAny(...addresses, ...sizes, ...filter, info.padInfo.top, info.padInfo.left);
    }
    return dFilter;
  },
};
