import {
  Conv2DBackpropInput,
  getKernel,
  registerGradient,
  registerKernel,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import {
  batchNormGradientInputKernel,
  batchNormGradientParametersKernel,
  batchNormTrainGradient,
  batchNormTrainKernel,
} from './batch-norm-train.ts';
import { convBiasReluGradient, convBiasReluKernel, reluBiasGradientKernel } from './conv-bias-relu.ts';
import { conv2DBackpropFilter } from './conv2d-backprop-filter.ts';
import { conv2DBackpropInput } from './conv2d-backprop-input.ts';
import { identity } from './identity.ts';
import { maxPoolGrad } from './max-pool-grad.ts';
import { currentRuntime } from './memory.ts';

let registered = false;

/**
 * Registers on the 'wasm' backend what tfjs 4.22 lacks there or does too slowly or wrongly for training:
 * Conv2DBackpropFilter (missing), Conv2DBackpropInput (fast for 3x3 without padding, stride 1 or 2), Identity (without
 * a copy), MaxPoolGrad (repaired), the fused kernels of `convBiasRelu` and `batchNormTrain`; and makes failed
 * allocations throw. Call it
 * after `await tf.ready()`; calling it again does nothing more. Throws one sentence when the backend in use is not
 * 'wasm' or runs on shared memory.
 */
export function registerTrainingKernels(): void {
  currentRuntime();
  if (registered) return;
  registered = true;
  const kernels = [
    conv2DBackpropFilter,
    conv2DBackpropInput(getKernel(Conv2DBackpropInput, 'wasm').kernelFunc),
    maxPoolGrad,
    identity,
    convBiasReluKernel,
    reluBiasGradientKernel,
    batchNormTrainKernel,
    batchNormGradientParametersKernel,
    batchNormGradientInputKernel,
  ];
  for (const kernel of kernels) {
    // tfjs prints a warning when a kernel is replaced without this.
    if (getKernel(kernel.kernelName, 'wasm')) unregisterKernel(kernel.kernelName, 'wasm');
    registerKernel(kernel);
  }
  for (const gradient of [convBiasReluGradient, batchNormTrainGradient]) registerGradient(gradient);
}
