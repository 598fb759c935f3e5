import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { drawShapes, shapes, side } from './shapes.js';

export const epochs = 8;
export const batchSize = 32;

/** A small CNN as anybody writes it for tfjs; nothing in it knows of the kernels. */
export function buildModel() {
  const weights = seed => tfl.initializers.heUniform({ seed });
  const conv = (filters, seed) =>
    tfl.layers.conv2d({ filters, kernelSize: 3, activation: 'relu', kernelInitializer: weights(seed) });
  const model = tfl.sequential();
  model.add(tfl.layers.inputLayer({ inputShape: [side, side, 1] }));
  model.add(conv(8, 1));
  model.add(tfl.layers.maxPooling2d({ poolSize: 2 }));
  model.add(conv(16, 2));
  model.add(tfl.layers.maxPooling2d({ poolSize: 2 }));
  model.add(conv(32, 3));
  model.add(tfl.layers.globalAveragePooling2d({}));
  model.add(tfl.layers.dense({ units: shapes.length, activation: 'softmax', kernelInitializer: weights(4) }));
  model.compile({
    optimizer: tf.train.adam(0.004),
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return model;
}

/** 960 pictures to learn from and 240 held out. */
export function pictures() {
  return { training: asTensors(drawShapes(960, 1)), heldOut: asTensors(drawShapes(240, 2)) };
}

function asTensors({ pixels, labels }) {
  return {
    x: tf.tensor4d(pixels, [labels.length, side, side, 1]),
    y: tf.oneHot(labels, shapes.length),
  };
}

export function train(model, { training, heldOut }, callbacks) {
  return model.fit(training.x, training.y, {
    epochs,
    batchSize,
    // The pictures are in random order as they are; tfjs shuffles by Math.random, and no run would be like another.
    shuffle: false,
    validationData: [heldOut.x, heldOut.y],
    verbose: 0,
    callbacks,
  });
}
