import {
  add,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  conv2d,
  engine,
  type GradConfig,
  getBackend,
  getKernel,
  type KernelConfig,
  relu,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { runtimeOf } from './memory.ts';
import { convolutionScratch, convolve, isFast, outShape, threeByThree } from './three-by-three.ts';

const CONV_BIAS_RELU = 'CrepitusConvBiasRelu';
export const RELU_BIAS_GRADIENT = 'CrepitusReluBiasGradient';

/**
 * relu(conv(x, filter) + bias) with gradients of all three.
 *
 * x [batch, height, width, channels], filter [3, 3, channels, outChannels], bias [outChannels]; no padding, the same
 * stride in both directions. Returns [batch, floor((height - 3) / stride) + 1, floor((width - 3) / stride) + 1,
 * outChannels]. One kernel where the training kernels are registered for the backend in use, outChannels is a multiple
 * of 8, and channels is 1 or a multiple of 8; composed of tfjs's ops elsewhere.
 */
export function convBiasRelu(x: Tensor4D, filter: Tensor4D, bias: Tensor1D, stride: 1 | 2): Tensor4D {
  const [, height, width, channels] = x.shape;
  const [filterHeight, filterWidth, filterChannels, outChannels] = filter.shape;
  const fits = filterHeight === 3 && filterWidth === 3 && filterChannels === channels;
  if (!fits || bias.size !== outChannels || height < 3 || width < 3) {
    throw new Error(
      `convBiasRelu needs x [batch, height >= 3, width >= 3, c], filter [3, 3, c, o] and bias [o], ` +
        `but found x [${x.shape}], filter [${filter.shape}] and bias [${bias.shape}].`,
    );
  }
  if (isFast(channels, outChannels) && getKernel(CONV_BIAS_RELU, getBackend())) {
    return engine().runKernel<Tensor4D>(CONV_BIAS_RELU, { x, filter, bias }, { stride });
  }
  return relu(add(conv2d(x, filter, stride, 'valid'), bias));
}

export const convBiasReluKernel: KernelConfig = {
  kernelName: CONV_BIAS_RELU,
  backendName: 'wasm',
  kernelFunc({ inputs, attrs, backend }) {
    const { kernels, address, output, scratch } = runtimeOf(backend);
    const { x, filter, bias } = inputs as Record<'x' | 'filter' | 'bias', TensorInfo>;
    const conv = threeByThree(x, filter, attrs!.stride as number);
    const y = output(outShape(conv));
    convolve(kernels, conv, {
      x: address(x),
      filter: address(filter),
      bias: address(bias),
      y: address(y),
      scratch: scratch(convolutionScratch(kernels, conv)),
    });
    return y;
  },
};

/** From dy and the output y of a relu: [dy where y > 0, otherwise 0; its sum over all axes but the last]. */
export const reluBiasGradientKernel: KernelConfig = {
  kernelName: RELU_BIAS_GRADIENT,
  backendName: 'wasm',
  kernelFunc({ inputs, backend }) {
    const { kernels, address, output, scratch } = runtimeOf(backend);
    const dy = inputs.dy!;
    const y = inputs.y!;
    const [batch, height, width, channels] = y.shape as [number, number, number, number];
    const dz = output(y.shape);
    const dBias = output([channels]);
    const sums = scratch(8 * channels);
    const pixels = batch * height * width;
    kernels.reluBiasGradient(address(dy), address(y), address(dz), address(dBias), sums, pixels, channels);
    return [dz, dBias];
  },
};

/** Lazy: a frozen filter or an input that nothing before needs costs nothing. */
export const convBiasReluGradient: GradConfig = {
  kernelName: CONV_BIAS_RELU,
  inputsToSave: ['x', 'filter'],
  outputsToSave: [true],
  gradFunc(dy, saved, attrs) {
    const [x, filter, y] = saved as [Tensor4D, Tensor4D, Tensor4D];
    const [dz, dBias] = engine().runKernel<Tensor[]>(RELU_BIAS_GRADIENT, { dy: dy as Tensor, y }) as [
      Tensor4D,
      Tensor1D,
    ];
    const form = { strides: attrs.stride!, pad: 'valid', dataFormat: 'NHWC' };
    return {
      x: () => engine().runKernel(Conv2DBackpropInput, { dy: dz, filter }, { ...form, inputShape: x.shape }),
      filter: () =>
        engine().runKernel(Conv2DBackpropFilter, { x, dy: dz }, { ...form, filterShape: filter.shape }),
      bias: () => dBias,
    };
  },
};
