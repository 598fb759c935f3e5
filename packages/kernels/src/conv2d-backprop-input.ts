import { Conv2DBackpropInput, type KernelConfig, type KernelFunc } from '@tensorflow/tfjs-core';
import { convolutionOf, isThreeByThreeValid, winogradScheme } from './convolution.ts';
import { runtimeOf } from './memory.ts';

/** The gradient of a convolution's input: fast for 3x3 without padding, otherwise by `fallback`, tfjs's own kernel. */
export function conv2DBackpropInput(fallback: KernelFunc): KernelConfig {
  return {
    kernelName: Conv2DBackpropInput,
    backendName: 'wasm',
    kernelFunc(call) {
      const { kernels, address, output, scratch } = runtimeOf(call.backend);
      const dy = call.inputs.dy!;
      const filter = call.inputs.filter!;
      const inputShape = call.attrs!.inputShape as number[];
      const info = convolutionOf(inputShape, filter.shape, call.attrs);
      const { batchSize, inHeight, inWidth, inChannels, outChannels, strideHeight } = info;
      if (!isThreeByThreeValid(info)) return fallback(call);
      const scheme = winogradScheme(strideHeight, inHeight, inWidth, inChannels, outChannels);
      if (scheme !== 0) {
        const dx = output(inputShape);
        const space = scratch(kernels.winogradScratch(scheme, inChannels, outChannels));
        const addresses = [address(dy), address(filter), address(dx)];
        const sizes = [batchSize, inHeight, inWidth, inChannels, outChannels];
        kernels.winogradGradientInput(scheme, ...addresses, space, ...sizes);
        return dx;
      }
      if (inChannels === 1 && outChannels % 8 === 0) {
        const dx = output(inputShape);
        const sizes = [batchSize, inHeight, inWidth, outChannels, strideHeight];
        kernels.convGradientInputOneChannel(address(dy), address(filter), address(dx), ...sizes);
        return dx;
      }
      if (inChannels % 8 === 0) {
        const dx = output(inputShape);
        const dump = scratch(32 + 36 * inChannels * outChannels);
        const packed = dump + 32;
        kernels.packFilterTransposed(address(filter), packed, inChannels, outChannels);
        const sizes = [batchSize, inHeight, inWidth, inChannels, outChannels, strideHeight];
        kernels.convGradientInput(address(dy), packed, address(dx), dump, ...sizes);
        return dx;
      }
      return fallback(call);
    },
  };
}
