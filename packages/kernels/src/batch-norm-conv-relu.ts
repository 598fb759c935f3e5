import {
  Conv2DBackpropInput,
  engine,
  type GradConfig,
  getBackend,
  getKernel,
  type KernelConfig,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  type TensorInfo,
  tensor1d,
} from '@tensorflow/tfjs-core';
import { BATCH_NORM_GRADIENT_INPUT, batchNormTrain } from './batch-norm-train.ts';
import { convBiasRelu, RELU_BIAS_GRADIENT } from './conv-bias-relu.ts';
import { runtimeOf, sizeOf } from './memory.ts';
import {
  convolutionGradientFilter,
  convolutionGradientInput,
  convolutionScratch,
  convolve,
  isFast,
  outShape,
  threeByThree,
} from './three-by-three.ts';

const BATCH_NORM_CONV_RELU = 'CrepitusBatchNormConvRelu';
const GRADIENT_PARAMETERS = 'CrepitusBatchNormConvReluGradientParameters';
const GRADIENT_INPUT = 'CrepitusBatchNormConvReluGradientInput';

/** Weights of a block: gamma and beta [channels], filter [3, 3, channels, outChannels], bias [outChannels]. */
export interface BlockWeights {
  gamma: Tensor1D;
  beta: Tensor1D;
  filter: Tensor4D;
  bias: Tensor1D;
}

export interface BlockOptions {
  stride: 1 | 2;
  /** Added to the variance. */
  epsilon: number;
  /** x is what such a block gave: the gradient of that ReLU is taken along with this block's. */
  inputIsRelu?: boolean;
}

/**
 * `convBiasRelu(batchNormTrain(x))` in one: relu(conv(BN(x), filter) + bias), BN by the statistics of the batch, with gradients of
 * x and all four weights.
 *
 * x [batch, height, width, channels], no padding, the same stride in both directions. Returns y [batch,
 * floor((height - 3) / stride) + 1, floor((width - 3) / stride) + 1, outChannels], and mean and variance (population,
 * [channels]) of x for the moving statistics, to be read only. The normalised x never stands in memory, and most of BN's
 * gradient is arithmetic on filters (assembly/norm-conv.ts). Composed of the two, or of tfjs's ops, where the channels are no
 * multiples of 8 or the training kernels are not registered for the backend in use.
 */
export function batchNormConvRelu(
  x: Tensor4D,
  weights: BlockWeights,
  { stride, epsilon, inputIsRelu = false }: BlockOptions,
): { y: Tensor4D; mean: Tensor1D; variance: Tensor1D } {
  const { gamma, beta, filter, bias } = weights;
  const [, height, width, channels] = x.shape;
  const [filterHeight, filterWidth, filterChannels, outChannels] = filter.shape;
  const perChannel = gamma.size === channels && beta.size === channels && filterChannels === channels;
  const isThree = filterHeight === 3 && filterWidth === 3 && height >= 3 && width >= 3;
  if (!perChannel || !isThree || bias.size !== outChannels || x.size === 0) {
    throw new Error(
      `batchNormConvRelu needs x [batch, height >= 3, width >= 3, c], not empty, gamma and beta [c], filter [3, 3, c, o] and bias ` +
        `[o], but found x [${x.shape}], gamma [${gamma.shape}], beta [${beta.shape}], filter [${filter.shape}] and bias [${bias.shape}].`,
    );
  }
  if (isFast(channels, outChannels) && getKernel(BATCH_NORM_CONV_RELU, getBackend())) {
    const inputs = { x, gamma, beta, filter, bias };
    const attrs = { stride, epsilon, inputIsRelu };
    const outputs = engine().runKernel<Tensor[]>(BATCH_NORM_CONV_RELU, inputs, attrs);
    const [y, mean, variance] = outputs as [Tensor4D, Tensor1D, Tensor1D];
    return { y, mean, variance };
  }
  const { y, mean, variance } = batchNormTrain(x, gamma, beta, epsilon);
  return { y: convBiasRelu(y, filter, bias, stride), mean, variance };
}

type Named<Names extends string> = Record<Names, TensorInfo>;

export const batchNormConvReluKernel: KernelConfig = {
  kernelName: BATCH_NORM_CONV_RELU,
  backendName: 'wasm',
  kernelFunc({ inputs, attrs, backend }) {
    const { kernels, address, output, scratch } = runtimeOf(backend);
    const { x, gamma, beta, filter, bias } = inputs as Named<'x' | 'gamma' | 'beta' | 'filter' | 'bias'>;
    const { stride, epsilon } = attrs as { stride: number; epsilon: number };
    const conv = threeByThree(x, filter, stride);
    const { channels, outChannels } = conv;
    const y = output(outShape(conv));
    const mean = output([channels]);
    const variance = output([channels]);
    const filterBytes = 36 * channels * outChannels;
    const sumBytes = 8 * outChannels;
    const bytes = Math.max(convolutionScratch(kernels, conv), kernels.batchNormScratch(channels));
    const foldedBias = scratch(sumBytes + 4 * outChannels + filterBytes + bytes) + sumBytes;
    const foldedFilter = foldedBias + 4 * outChannels;
    const space = foldedFilter + filterBytes;
    const meanAt = address(mean);
    const varianceAt = address(variance);
    kernels.batchNormStatistics(address(x), sizeOf(x), channels, meanAt, varianceAt, space);
    kernels.foldNorm(
      address(filter),
      address(bias),
      meanAt,
      varianceAt,
      address(gamma),
      address(beta),
      epsilon,
      channels,
      outChannels,
      foldedFilter,
      foldedBias,
      foldedBias - sumBytes,
    );
    convolve(kernels, conv, {
      x: address(x),
      filter: foldedFilter,
      bias: foldedBias,
      y: address(y),
      scratch: space,
    });
    return [y, mean, variance];
  },
};

/** [dFilter, dGamma, dBeta] from the gradient behind the convolution and its sum, dBias. */
export const batchNormConvReluGradientParametersKernel: KernelConfig = {
  kernelName: GRADIENT_PARAMETERS,
  backendName: 'wasm',
  kernelFunc({ inputs, attrs, backend }) {
    const { kernels, address, output, scratch } = runtimeOf(backend);
    const { x, dz, dBias, filter, mean, variance, gamma, beta } = inputs as Named<
      'x' | 'dz' | 'dBias' | 'filter' | 'mean' | 'variance' | 'gamma' | 'beta'
    >;
    const { stride, epsilon } = attrs as { stride: number; epsilon: number };
    const conv = threeByThree(x, filter, stride);
    const { channels, outChannels } = conv;
    const dFilter = output(filter.shape);
    const dGamma = output([channels]);
    const dBeta = output([channels]);
    convolutionGradientFilter(kernels, conv, {
      x: address(x),
      dy: address(dz),
      dFilter: address(dFilter),
      scratch: scratch(convolutionScratch(kernels, conv)),
    });
    kernels.normConvGradientParameters(
      address(dFilter),
      address(filter),
      address(dBias),
      address(mean),
      address(variance),
      address(gamma),
      address(beta),
      epsilon,
      channels,
      outChannels,
      address(dGamma),
      address(dBeta),
    );
    return [dFilter, dGamma, dBeta];
  },
};

/**
 * Gradients that have gone through the ReLU of the block before already, with their sum, the gradient of that block's bias. A
 * gradient that is added to another on the way has other data and is not found here.
 */
const masked = new WeakMap<object, Float32Array>();

/** For channels that are a multiple of 8. */
export const batchNormConvReluGradientInputKernel: KernelConfig = {
  kernelName: GRADIENT_INPUT,
  backendName: 'wasm',
  kernelFunc({ inputs, attrs, backend }) {
    const { kernels, address, output, scratch, doubles } = runtimeOf(backend);
    const { x, dz, filter, mean, variance, gamma, dGamma, dBeta } = inputs as Named<
      'x' | 'dz' | 'filter' | 'mean' | 'variance' | 'gamma' | 'dGamma' | 'dBeta'
    >;
    const { stride, epsilon, inputIsRelu } = attrs as unknown as Required<BlockOptions>;
    const conv = threeByThree(x, filter, stride);
    const { batch, height, width, channels, outChannels } = conv;
    const dx = output(x.shape);
    const finishBytes = kernels.finishBytes(channels);
    const filterBytes = 36 * channels * outChannels;
    const finish = scratch(finishBytes + filterBytes + convolutionScratch(kernels, conv));
    const scaled = finish + finishBytes;
    const varianceAt = address(variance);
    const gammaAt = address(gamma);
    kernels.prepareFinish(
      finish,
      address(x),
      inputIsRelu ? 1 : 0,
      batch * height * width,
      channels,
      address(mean),
      varianceAt,
      gammaAt,
      epsilon,
      address(dGamma),
      address(dBeta),
    );
    kernels.scaleFilter(address(filter), varianceAt, gammaAt, epsilon, channels, outChannels, scaled);
    convolutionGradientInput(kernels, conv, {
      dy: address(dz),
      filter: scaled,
      dx: address(dx),
      scratch: scaled + filterBytes,
      finish,
    });
    if (inputIsRelu) masked.set(dx.dataId, new Float32Array(doubles(kernels.finishSums(finish), channels)));
    return dx;
  },
};

export const batchNormConvReluGradient: GradConfig = {
  kernelName: BATCH_NORM_CONV_RELU,
  inputsToSave: ['x', 'gamma', 'beta', 'filter'],
  outputsToSave: [true, true, true],
  gradFunc(dys, saved, attrs) {
    const [x, gamma, beta, filter, y, mean, variance] = saved as Tensor[] as [
      Tensor4D,
      Tensor1D,
      Tensor1D,
      Tensor4D,
      Tensor4D,
      Tensor1D,
      Tensor1D,
    ];
    const dy = (dys as Tensor[])[0]!;
    const run = engine().runKernel.bind(engine());
    const sums = masked.get(dy.dataId);
    const [dz, dBias] = (sums ? [dy, tensor1d(sums)] : run<Tensor[]>(RELU_BIAS_GRADIENT, { dy, y })) as [
      Tensor4D,
      Tensor1D,
    ];
    const statistics = { mean, variance, gamma };
    const [dFilter, dGamma, dBeta] = run<Tensor[]>(
      GRADIENT_PARAMETERS,
      { x, dz, dBias, filter, beta, ...statistics },
      attrs,
    ) as [Tensor4D, Tensor1D, Tensor1D];
    return {
      x: () => {
        if (x.shape[3] !== 1)
          return run<Tensor>(GRADIENT_INPUT, { x, dz, filter, dGamma, dBeta, ...statistics }, attrs);
        const form = { strides: attrs.stride!, pad: 'valid', dataFormat: 'NHWC', inputShape: x.shape };
        const dy = run<Tensor>(Conv2DBackpropInput, { dy: dz, filter }, form);
        return run<Tensor>(
          BATCH_NORM_GRADIENT_INPUT,
          { x, dy, dGamma, dBeta, ...statistics },
          { epsilon: attrs.epsilon! },
        );
      },
      gamma: () => dGamma,
      beta: () => dBeta,
      filter: () => dFilter,
      bias: () => dBias,
    };
  },
};
