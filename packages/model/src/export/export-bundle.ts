import type { Bundle } from '../bundle/bundle.ts';
import { networkSpecOf } from '../bundle/manifest.ts';
import { crackleClasses } from '../scoring.ts';
import { onnxModel } from './onnx.ts';
import { layersModel } from './tfjs-layers.ts';

export const exportFormats = ['onnx', 'tfjs'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/**
 * A bundle for other runtimes, as files by name: `model.onnx`, or `model.json` and `weights.bin` of TensorFlow.js (whose
 * backend must have started: `startBackend`).
 *
 * Its inputs have the names of the bundle's (a second one of a name gets `_2`), pictures `[n, rows, bands, 1]` as the front
 * end makes them; its output is `probabilities` `[n, classes]`, the mean over the members. What stands around the network,
 * from the sample rate to the threshold, is in the metadata: the key `crepitus` holds the bundle's manifest as JSON.
 *
 * Where the bundle adds measures of the sound, ONNX has them as one input more, `measures` `[n, measures]` (`soundMeasures`),
 * and gives the bundle's own probabilities. A layers model of tfjs cannot say that sum: it holds the networks alone, and the
 * manifest's `measures` says what to add to the log odds of a crackle.
 */
export async function exportBundle(
  bundle: Bundle,
  format: ExportFormat,
): Promise<Readonly<Record<string, Uint8Array>>> {
  const { manifest, members, id, version, sha256 } = bundle;
  const choices = {
    spec: networkSpecOf(manifest),
    members,
    inputs: manifest.inputs.map((name, i) => {
      const before = manifest.inputs.slice(0, i).filter(other => other === name).length;
      return before === 0 ? name : `${name}_${before + 1}`;
    }),
    metadata: {
      id,
      version,
      sha256,
      notice: 'For research only; not a medical device.',
      frontEnd: JSON.stringify(manifest.frontEnd),
      crepitus: JSON.stringify(manifest),
    },
  };
  const measures = manifest.measures && { ...manifest.measures, classes: crackleClasses(manifest.classes) };
  return format === 'onnx'
    ? { 'model.onnx': onnxModel({ ...choices, measures }) }
    : { ...(await layersModel(choices)) };
}
