import { registerTrainingKernels } from '@crepitus/kernels';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm';
import threadedSimd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm';
import * as tf from '@tensorflow/tfjs-core';
import { LossCurve } from './curve.js';
import { batchSize, buildModel, epochs, pictures, train } from './network.js';
import { drawShapes, shapes, side } from './shapes.js';

const button = document.querySelector('button');
const status = document.querySelector('[role=status]');
const alert = document.querySelector('[role=alert]');
const answers = document.querySelector('ul');
const curve = new LossCurve(document.querySelector('figure'), epochs);

// The build puts the files beside the page.
setWasmPaths({
  'tfjs-backend-wasm.wasm': plain,
  'tfjs-backend-wasm-simd.wasm': simd,
  'tfjs-backend-wasm-threaded-simd.wasm': threadedSimd,
});
// The kernels cannot share the memory of threads, which tfjs would start in a cross-origin isolated page.
tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);

/** The model that learns right now. */
let learning;

button.addEventListener('click', async () => {
  if (learning) {
    learning.stopTraining = true;
    return;
  }
  alert.textContent = '';
  answers.replaceChildren();
  curve.clear();
  button.textContent = 'Stop';
  status.textContent = 'Starting…';
  try {
    await run(await start());
  } catch (error) {
    // Errors of the package are one sentence that says what to do.
    status.textContent = '';
    alert.textContent = error.message;
  }
  learning = undefined;
  button.textContent = 'Train';
});

/** @returns the arithmetic in use */
async function start() {
  if (!(await tf.setBackend('wasm')))
    throw new Error(
      'The WASM backend of tfjs does not start; see whether its .wasm files lie beside the page.',
    );
  return registerTrainingKernels();
}

async function run(arithmetic) {
  learning = buildModel();
  const model = learning;
  const data = pictures();
  const batches = Math.ceil(data.training.x.shape[0] / batchSize);
  let epoch = 0;
  let heldOut = '';
  const started = performance.now();
  await train(model, data, {
    onEpochBegin: at => {
      epoch = at;
    },
    onBatchEnd: (batch, { loss }) => {
      curve.addBatch(epoch + (batch + 1) / batches, loss);
      status.textContent = `Epoch ${epoch + 1} of ${epochs}, loss ${loss.toFixed(3)}${heldOut}`;
    },
    onEpochEnd: (at, { val_loss, val_acc }) => {
      if (val_loss === undefined) return; // stopped in the middle: tfjs judges whole epochs
      curve.addHeldOut(at + 1, val_loss);
      heldOut = `, ${(100 * val_acc).toFixed(1)}\u00a0% of the held-out pictures right`;
    },
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const end = model.stopTraining ? 'Stopped' : 'Trained';
  status.textContent = `${end} in ${seconds} s with ${arithmetic} arithmetic${heldOut}.`;
  showAnswers(model);
  tf.dispose([model, data]);
}

/** Twelve pictures that the network has not seen, each with its answer. */
function showAnswers(model) {
  const { pixels, labels } = drawShapes(12, 5);
  const scores = tf.tidy(() => model.predict(tf.tensor4d(pixels, [12, side, side, 1])).arraySync());
  for (const [i, row] of scores.entries()) {
    const answer = row.indexOf(Math.max(...row));
    const item = document.createElement('li');
    const said = document.createElement('span');
    said.textContent =
      answer === labels[i] ? `✓ ${shapes[answer]}` : `✗ ${shapes[answer]}, is a ${shapes[labels[i]]}`;
    item.className = answer === labels[i] ? 'right' : 'wrong';
    item.append(picture(pixels.subarray(i * side * side, (i + 1) * side * side)), said);
    answers.append(item);
  }
}

function picture(values) {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = side;
  const g = canvas.getContext('2d');
  const image = g.createImageData(side, side);
  values.forEach((value, i) => {
    // From -0.5, black, to 1.5, white.
    image.data.fill(127 * (value + 0.5), 4 * i, 4 * i + 3);
    image.data[4 * i + 3] = 255;
  });
  g.putImageData(image, 0, 0);
  return canvas;
}
