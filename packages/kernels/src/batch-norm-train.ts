import {
  add,
  engine,
  type GradConfig,
  getBackend,
  getKernel,
  type KernelConfig,
  moments,
  mul,
  rsqrt,
  sub,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { runtimeOf, sizeOf } from './memory.ts';

const BATCH_NORM_TRAIN = 'CrepitusBatchNormTrain';
const GRADIENT_PARAMETERS = 'CrepitusBatchNormTrainGradientParameters';
export const BATCH_NORM_GRADIENT_INPUT = 'CrepitusBatchNormTrainGradientInput';

/**
 * Batch normalisation with the statistics of the batch, over all axes but the last:
 * y = gamma * (x - mean) / sqrt(variance + epsilon) + beta.
 *
 * x [batch, height, width, channels]; gamma, beta [channels]. Returns y like x, and mean and variance (population,
 * [channels]) for the moving statistics; these two are to be read, gradients flow through y alone. Three kernels for
 * both directions where the training kernels are registered for the backend in use; composed of tfjs's ops elsewhere.
 */
export function batchNormTrain(
  x: Tensor4D,
  gamma: Tensor1D,
  beta: Tensor1D,
  epsilon: number,
): { y: Tensor4D; mean: Tensor1D; variance: Tensor1D } {
  const channels = x.shape[3];
  if (gamma.size !== channels || beta.size !== channels || x.size === 0) {
    throw new Error(
      `batchNormTrain needs x [batch, height, width, c], not empty, and gamma and beta [c], ` +
        `but found x [${x.shape}], gamma [${gamma.shape}] and beta [${beta.shape}].`,
    );
  }
  if (getKernel(BATCH_NORM_TRAIN, getBackend())) {
    const outputs = engine().runKernel<Tensor[]>(BATCH_NORM_TRAIN, { x, gamma, beta }, { epsilon });
    const [y, mean, variance] = outputs as [Tensor4D, Tensor1D, Tensor1D];
    return { y, mean, variance };
  }
  const { mean, variance } = moments(x, [0, 1, 2]) as { mean: Tensor1D; variance: Tensor1D };
  const y = add(mul(sub(x, mean), mul(gamma, rsqrt(add(variance, epsilon)))), beta) as Tensor4D;
  return { y, mean, variance };
}

export const batchNormTrainKernel: KernelConfig = {
  kernelName: BATCH_NORM_TRAIN,
  backendName: 'wasm',
  kernelFunc({ inputs, attrs, backend }) {
    const { kernels, address, output, scratch } = runtimeOf(backend);
    const x = inputs.x!;
    const channels = x.shape[3]!;
    const count = sizeOf(x);
    const y = output(x.shape);
    const mean = output([channels]);
    const variance = output([channels]);
    const space = scratch(kernels.batchNormScratch(channels));
    kernels.batchNormStatistics(address(x), count, channels, address(mean), address(variance), space);
    const parameters = [mean, variance, inputs.gamma!, inputs.beta!].map(address);
    const epsilon = attrs!.epsilon as number;
    kernels.batchNormApply(address(x), address(y), count, channels, ...parameters, epsilon, space);
    return [y, mean, variance];
  },
};

/** [dGamma, dBeta], which the gradient of x needs as well. */
export const batchNormGradientParametersKernel: KernelConfig = {
  kernelName: GRADIENT_PARAMETERS,
  backendName: 'wasm',
  kernelFunc({ inputs, attrs, backend }) {
    const { kernels, address, output, scratch } = runtimeOf(backend);
    const x = inputs.x!;
    const channels = x.shape[3]!;
    const dGamma = output([channels]);
    const dBeta = output([channels]);
    const data = [x, inputs.dy!].map(address);
    const statistics = [inputs.mean!, inputs.variance!].map(address);
    const epsilon = attrs!.epsilon as number;
    const results = [dGamma, dBeta].map(address);
    const space = scratch(kernels.batchNormScratch(channels));
    kernels.batchNormGradientParameters(
      ...data,
      sizeOf(x),
      channels,
      ...statistics,
      epsilon,
      ...results,
      space,
    );
    return [dGamma, dBeta];
  },
};

export const batchNormGradientInputKernel: KernelConfig = {
  kernelName: BATCH_NORM_GRADIENT_INPUT,
  backendName: 'wasm',
  kernelFunc({ inputs, attrs, backend }) {
    const { kernels, address, output, scratch } = runtimeOf(backend);
    const x = inputs.x!;
    const channels = x.shape[3]!;
    const dx = output(x.shape);
    const data = [x, inputs.dy!, dx].map(address);
    const parameters = [inputs.mean!, inputs.variance!, inputs.gamma!].map(address);
    const gradients = [inputs.dGamma!, inputs.dBeta!].map(address);
    const epsilon = attrs!.epsilon as number;
    const space = scratch(kernels.batchNormScratch(channels));
    kernels.batchNormGradientInput(...data, sizeOf(x), channels, ...parameters, epsilon, ...gradients, space);
    return dx;
  },
};

export const batchNormTrainGradient: GradConfig = {
  kernelName: BATCH_NORM_TRAIN,
  inputsToSave: ['x', 'gamma'],
  outputsToSave: [false, true, true],
  gradFunc(dys, saved, attrs) {
    const [x, gamma, mean, variance] = saved as [Tensor4D, Tensor1D, Tensor1D, Tensor1D];
    const dy = (dys as Tensor[])[0]!;
    const { epsilon } = attrs as { epsilon: number };
    const [dGamma, dBeta] = engine().runKernel<Tensor[]>(
      GRADIENT_PARAMETERS,
      { x, dy, mean, variance },
      { epsilon },
    ) as [Tensor1D, Tensor1D];
    return {
      x: () =>
        engine().runKernel(
          BATCH_NORM_GRADIENT_INPUT,
          { x, dy, mean, variance, gamma, dGamma, dBeta },
          { epsilon },
        ),
      gamma: () => dGamma,
      beta: () => dBeta,
    };
  },
};
