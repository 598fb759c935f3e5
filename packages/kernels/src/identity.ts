import { Identity, type KernelConfig } from '@tensorflow/tfjs-core';

interface CountsReferences {
  incRef(dataId: object): void;
}

/**
 * A clone that shares its data, as on every other tfjs backend. tfjs-wasm copies them, and a training step clones
 * every tensor that it saves for the way back.
 */
export const identity: KernelConfig = {
  kernelName: Identity,
  backendName: 'wasm',
  kernelFunc({ inputs, backend }) {
    const { dataId, shape, dtype } = inputs.x!;
    (backend as CountsReferences).incRef(dataId);
    return { dataId, shape, dtype };
  },
};
