import { Conv2DBackpropFilter, type KernelConfig } from '@tensorflow/tfjs-core';
import { convolutionOf, isThreeByThreeValid } from './convolution.ts';
import { runtimeOf } from './memory.ts';
import { convolutionGradientFilter, convolutionScratch, threeByThree } from './three-by-three.ts';

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
    const addresses = [address(x), address(dy), address(dFilter)] as const;
    if (isThreeByThreeValid(info) && outChannels % 8 === 0 && (inChannels === 1 || inChannels % 4 === 0)) {
      const conv = threeByThree(x, dFilter, strideHeight);
      const space = scratch(convolutionScratch(kernels, conv));
      const [fromX, fromDy, to] = addresses;
      convolutionGradientFilter(kernels, conv, { x: fromX, dy: fromDy, dFilter: to, scratch: space });
    } else {
      const sizes = [batchSize, inHeight, inWidth, inChannels, outChannels, info.outHeight, info.outWidth];
      const filter = [info.filterHeight, info.filterWidth, strideHeight, info.strideWidth];
      kernels.convGradientFilterAny(...addresses, ...sizes, ...filter, info.padInfo.top, info.padInfo.left);
    }
    return dFilter;
  },
};
