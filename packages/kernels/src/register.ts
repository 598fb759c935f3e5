import {
  Conv2DBackpropInput,
  getKernel,
  registerGradient,
  registerKernel,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import {
  batchNormConvReluGradient,
  batchNormConvReluGradientInputKernel,
  batchNormConvReluGradientParametersKernel,
  batchNormConvReluKernel,
} from './batch-norm-conv-relu.ts';
import {
  batchNormGradientInputKernel,
  batchNormGradientParametersKernel,
  batchNormTrainGradient,
  batchNormTrainKernel,
} from './batch-norm-train.ts';
import { type Arithmetic, fusedAvailable } from './binaries.ts';
import { convBiasReluGradient, convBiasReluKernel, reluBiasGradientKernel } from './conv-bias-relu.ts';
import { conv2DBackpropFilter } from './conv2d-backprop-filter.ts';
import { conv2DBackpropInput } from './conv2d-backprop-input.ts';
import { identity } from './identity.ts';
import { maxPoolGrad } from './max-pool-grad.ts';
import { currentRuntime, type Runtime } from './memory.ts';

let registered = false;

export interface RegisterOptions {
  /**
   * Which binary computes. `plain`: the same bytes on every machine. `fused`: multiply and add in one rounding, faster; the
   * same bytes wherever it is available. `auto`: fused where it is available. Default: what is in use, at first `auto`.
   */
  arithmetic?: Arithmetic | 'auto';
}

/**
 * Registers on the 'wasm' backend what tfjs 4.22 lacks there or does too slowly or wrongly for training:
 * Conv2DBackpropFilter (missing), Conv2DBackpropInput (fast for 3x3 without padding, stride 1 or 2), Identity (without
 * a copy), MaxPoolGrad (repaired), the fused kernels of `convBiasRelu`, `batchNormTrain` and `batchNormConvRelu`; makes failed
 * allocations throw, and holds freed blocks for steps that repeat (`FreedBlocks`). Call it after `await tf.ready()`; calling it again only changes the arithmetic, if one is named.
 *
 * @returns the arithmetic in use from now on: a training that is to end in the same bytes must go on with it
 * @throws Error one sentence when the backend in use is not 'wasm' or runs on shared memory, and when 'fused' is asked for and
 *   not available
 */
export function registerTrainingKernels({ arithmetic }: RegisterOptions = {}): Arithmetic {
  const runtime = currentRuntime();
  chooseArithmetic(runtime, arithmetic ?? (registered ? runtime.arithmetic : 'auto'));
  register();
  return runtime.arithmetic;
}

function chooseArithmetic(runtime: Runtime, wanted: Arithmetic | 'auto'): void {
  if (wanted === 'fused' && !fusedAvailable()) {
    throw new Error(
      "Fused multiply-add is not available here (it needs WebAssembly relaxed SIMD and a processor that rounds once); use arithmetic 'plain'.",
    );
  }
  runtime.use(wanted === 'auto' ? (fusedAvailable() ? 'fused' : 'plain') : wanted);
}

function register(): void {
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
    batchNormConvReluKernel,
    batchNormConvReluGradientParametersKernel,
    batchNormConvReluGradientInputKernel,
  ];
  for (const kernel of kernels) {
    // tfjs prints a warning when a kernel is replaced without this.
    if (getKernel(kernel.kernelName, 'wasm')) unregisterKernel(kernel.kernelName, 'wasm');
    registerKernel(kernel);
  }
  for (const gradient of [convBiasReluGradient, batchNormTrainGradient, batchNormConvReluGradient])
    registerGradient(gradient);
}
