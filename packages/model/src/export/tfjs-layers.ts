/** A network as a layers model of TensorFlow.js: what `tf.loadLayersModel` and tensorflowjs_converter read. */
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { batchNormEpsilon, type NamedArray, paperBlocks } from '../network.ts';
import type { OnnxChoices } from './onnx.ts';

export interface LayersFiles {
  readonly 'model.json': Uint8Array;
  readonly 'weights.bin': Uint8Array;
}

/** The same inputs and output as `onnxModel`; `metadata` is the file's userDefinedMetadata. */
export async function layersModel({
  spec,
  members,
  inputs,
  metadata = {},
}: OnnxChoices): Promise<LayersFiles> {
  const pictures = inputs.map((name, branch) =>
    tfl.input({ shape: [...spec.inputShapes[branch]!, 1], name }),
  );
  const filled: { layer: tfl.layers.Layer; weights: readonly NamedArray[] }[] = [];
  const outputs = members.map((weights, member) => {
    const byName = new Map(weights.map(array => [array.name, array]));
    const name = (layer: string) => `member${member + 1}_${layer.replaceAll('/', '_')}`;
    const add = (layer: tfl.layers.Layer, of: string, kinds: readonly string[]) => {
      filled.push({ layer, weights: kinds.map(kind => byName.get(`${of}/${kind}`)!) });
      return layer;
    };
    const features = pictures.map((picture, branch) => {
      const out = (spec.blocks ?? paperBlocks).strides.reduce((x, strides, index) => {
        const block = `branch${branch + 1}/block${index + 1}`;
        const filters = (spec.blocks ?? paperBlocks).filters[index]!;
        const normalisation = tfl.layers.batchNormalization({
          epsilon: batchNormEpsilon,
          name: name(`${block}/bn`),
        });
        const convolution = tfl.layers.conv2d({
          filters,
          kernelSize: 3,
          strides,
          activation: 'relu',
          name: name(`${block}/conv`),
        });
        const normalised = normalisation.apply(x) as tfl.SymbolicTensor;
        const y = convolution.apply(normalised) as tfl.SymbolicTensor;
        add(normalisation, `${block}/bn`, ['gamma', 'beta', 'mean', 'variance']);
        add(convolution, `${block}/conv`, ['kernel', 'bias']);
        return y;
      }, picture);
      return tfl.layers
        .globalAveragePooling2d({ name: name(`branch${branch + 1}/pooled`) })
        .apply(out) as tfl.SymbolicTensor;
    });
    const joined =
      features.length === 1
        ? features[0]!
        : (tfl.layers.concatenate({ name: name('features') }).apply(features) as tfl.SymbolicTensor);
    const dense = tfl.layers.dense({ units: spec.classes, activation: 'softmax', name: name('dense') });
    const probabilities = dense.apply(joined) as tfl.SymbolicTensor;
    add(dense, 'dense', ['kernel', 'bias']);
    return probabilities;
  });
  const mean =
    outputs.length === 1
      ? outputs[0]!
      : (tfl.layers.average({ name: 'probabilities' }).apply(outputs) as tfl.SymbolicTensor);
  const model = tfl.model({ inputs: pictures, outputs: mean, name: 'crepitus' });
  try {
    for (const { layer, weights } of filled) {
      tf.tidy(() => layer.setWeights(weights.map(({ data, shape }) => tf.tensor(data, [...shape]))));
    }
    return await saved(model, metadata);
  } finally {
    model.dispose();
  }
}

async function saved(
  model: tfl.LayersModel,
  userDefinedMetadata: Readonly<Record<string, string>>,
): Promise<LayersFiles> {
  let artifacts: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(async given => {
      artifacts = given;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  const { modelTopology, weightSpecs, weightData } = artifacts!;
  const json = {
    format: 'layers-model',
    generatedBy: 'crepitus',
    convertedBy: null,
    modelTopology,
    userDefinedMetadata,
    weightsManifest: [{ paths: ['weights.bin'], weights: weightSpecs }],
  };
  return {
    'model.json': new TextEncoder().encode(`${JSON.stringify(json)}\n`),
    'weights.bin': new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData)),
  };
}
