import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { LogMel, randomStream } from '@crepitus/dsp';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../backend.ts';
import { Detector } from '../detector.ts';
import { type Bundle, networkSpecOf } from '../index.ts';
import { InputMaker } from '../inputs.ts';
import { networkFromWeights } from '../network.ts';
import { loadBundle } from '../node.ts';
import { cutPhase } from '../phases.ts';
import { soundMeasures } from '../sound-measures.ts';
import { exportBundle } from './export-bundle.ts';

/** Two members, so that their mean is taken; the shipped bundles are the paper's network whole. */
let bundle: Bundle;
let pictures: tf.Tensor4D[];
let expected: Float32Array;

beforeAll(async () => {
  await startBackend();
  const detector = await loadBundle('default');
  bundle = detector.bundle;
  detector.dispose();
  const spec = networkSpecOf(bundle.manifest);
  pictures = spec.inputShapes.map(([rows, bands], i) =>
    tf.randomNormal<tf.Rank.R4>([3, rows, bands, 1], 0, 1, 'float32', i + 1),
  );
  const all = bundle.members.map(weights => {
    const network = networkFromWeights(spec, weights);
    const probabilities = tf.tidy(() => tf.softmax(network.forward(pictures)).dataSync<'float32'>());
    network.dispose();
    return probabilities;
  });
  expected = all[0]!.map((_, i) => all.reduce((sum, each) => sum + each[i]! / all.length, 0));
});

function expectClose(found: Float32Array): void {
  expect(found).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(Math.abs(found[i]! - value)).toBeLessThan(1e-5);
}

it('tfjs: loadLayersModel gives the probabilities of the bundle, and finds its manifest', async () => {
  const files = await exportBundle(bundle, 'tfjs');
  expect(Object.keys(files)).toEqual(['model.json', 'weights.bin']);
  const json = JSON.parse(new TextDecoder().decode(files['model.json']));
  const { paths, weights: weightSpecs } = json.weightsManifest[0];
  expect(paths).toEqual(['weights.bin']);
  const weightData = Uint8Array.from(files['weights.bin']!).buffer;
  const model = await tfl.loadLayersModel(
    tf.io.fromMemory({ modelTopology: json.modelTopology, weightSpecs, weightData }),
  );
  expect(model.inputNames).toEqual([...bundle.manifest.inputs]);
  const found = tf.tidy(() => (model.predict(pictures) as tf.Tensor).dataSync<'float32'>());
  expectClose(found);
  expect(JSON.parse(json.userDefinedMetadata.crepitus)).toEqual(bundle.manifest);
  expect(JSON.parse(json.userDefinedMetadata.frontEnd)).toEqual(bundle.manifest.frontEnd);
  model.dispose();
});

it('the same bundle gives the same bytes', async () => {
  for (const format of ['onnx', 'tfjs'] as const) {
    const [once, again] = [await exportBundle(bundle, format), await exportBundle(bundle, format)];
    for (const [name, bytes] of Object.entries(once)) {
      expect(Buffer.compare(bytes, again[name]!), name).toBe(0);
    }
  }
});

interface Session {
  readonly inputNames: readonly string[];
  run(feeds: Record<string, unknown>): Promise<Record<string, { data: Float32Array }>>;
}
const runtime = join(import.meta.dirname, '../../../../tooling/bench/peers/onnxruntime/package.json');
const isInstalled = existsSync(join(runtime, '../node_modules/onnxruntime-node'));

describe.skipIf(!isInstalled)('where onnxruntime-node is installed', () => {
  it('onnx: gives the scores of the bundle for any number of cycles', async () => {
    const { InferenceSession, Tensor } = createRequire(runtime)('onnxruntime-node') as {
      InferenceSession: { create(model: Uint8Array): Promise<Session> };
      Tensor: new (type: 'float32', data: Float32Array, shape: number[]) => unknown;
    };
    const { 'model.onnx': model } = await exportBundle(bundle, 'onnx');
    const session = await InferenceSession.create(model!);
    const { manifest } = bundle;
    expect(session.inputNames).toEqual([...manifest.inputs, 'measures']);
    const detector = await Detector.create(bundle);
    const maker = new InputMaker(manifest.frontEnd, manifest);
    const logMel = new LogMel(manifest.frontEnd);
    const random = randomStream(7, 'cycles');
    /** Noise that falls with pitch, as breath does, with a few clicks. */
    const cycles = [0.8, 1.7, 3.1].map((seconds, i) => {
      let low = 0;
      return Float32Array.from({ length: 16_000 * seconds }, (_, at) => {
        low += 0.1 * (random.normal() - low);
        const since = at % 5000;
        return 0.02 * low + (since < 80 ? 0.03 * i * Math.exp(-since / 20) * Math.sin(since / 3) : 0);
      });
    });
    const scores = await detector.score(cycles.map(samples => ({ samples })));
    detector.dispose();
    const made = cycles.map(samples => maker.pictures(samples));
    const joined = (arrays: readonly ArrayLike<number>[]) =>
      Float32Array.from(arrays.flatMap(each => Array.from(each)));
    const feeds = Object.fromEntries(
      manifest.inputs.map((name, i) => [
        name,
        new Tensor('float32', joined(made.map(each => each[i]!)), [3, ...pictures[i]!.shape.slice(1)]),
      ]),
    );
    const measures = cycles.map(each =>
      soundMeasures(each, cutPhase(each, 'inspiration', manifest.ratio), logMel),
    );
    feeds.measures = new Tensor('float32', joined(measures), [3, measures[0]!.length]);
    const { probabilities } = await session.run(feeds);
    const [first] = scores;
    expect(scores.some(({ score }) => Math.abs(score! - first!.score!) > 0.01)).toBe(true);
    for (const [i, { score }] of scores.entries())
      expect(Math.abs(probabilities!.data[2 * i + 1]! - score!)).toBeLessThan(1e-5);
    expect(new TextDecoder('latin1').decode(model)).toContain(JSON.stringify(bundle.manifest.frontEnd));
  });
});
