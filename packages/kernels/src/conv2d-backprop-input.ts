import { Conv2DBackpropInput, type KernelConfig, type KernelFunc } from '@tensorflow/tfjs-core';
import { convolutionOf, isThreeByThreeValid } from './convolution.ts';
import { runtimeOf } from './memory.ts';
import { convolutionGradientInput, convolutionScratch, threeByThree } from './three-by-three.ts';

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
      const fits = inChannels % 8 === 0 || (inChannels === 1 && outChannels % 8 === 0);
      if (!fits || !isThreeByThreeValid(info)) return fallback(call);
      const dx = output(inputShape);
      const at = { dy: address(dy), filter: address(filter), dx: address(dx) };
      if (inChannels === 1) {
        const sizes = [batchSize, inHeight, inWidth, outChannels, strideHeight];
        kernels.convGradientInputOneChannel(at.dy, at.filter, at.dx, ...sizes);
      } else {
        const conv = threeByThree(dx, filter, strideHeight);
        const space = scratch(convolutionScratch(kernels, conv));
        convolutionGradientInput(kernels, conv, { ...at, scratch: space, finish: 0 });
      }
      return dx;
    },
  };
}
