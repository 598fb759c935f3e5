import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import { registerTrainingKernels } from '@crepitus/kernels';
import { buildModel, epochs, pictures, train } from './network.js';

try {
  await tf.setBackend('wasm');
  const arithmetic = registerTrainingKernels();
  console.log(`ready: backend ${tf.getBackend()}, ${arithmetic} arithmetic`);
  await train(buildModel(), pictures(), {
    onEpochEnd: (epoch, { loss, val_loss, val_acc }) =>
      console.log(
        `epoch ${epoch + 1} of ${epochs}: loss ${loss.toFixed(4)}; held out: loss ${val_loss.toFixed(4)}, ` +
          `${(100 * val_acc).toFixed(1)} % right`,
      ),
  });
} catch (error) {
  // Errors of the package are one sentence that says what to do.
  console.error(error.message);
  process.exitCode = 1;
}
