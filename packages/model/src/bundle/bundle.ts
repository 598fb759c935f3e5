/**
 * A trained detector as a folder: `bundle.json` (the manifest, with the checksum of each weights file),
 * `weights-<n>.safetensors` (one per member) and `card.md`. This file knows the contents; where they lie is the
 * caller's: a folder (`@crepitus/model/node`), a URL, a test's memory.
 */
import { CrepitusError } from '@crepitus/dsp';
import { checkWeights, type NamedArray } from '../network.ts';
import { readSafetensors, type WeightType, writeSafetensors } from '../safetensors.ts';
import { sha256 } from './hashes.ts';
import {
  type BundleManifest,
  bundleSchemaVersion,
  checkConsistent,
  networkSpecOf,
  parseManifest,
  refused,
} from './manifest.ts';

export interface Bundle {
  readonly id: string;
  readonly version: string;
  /** Of `bundle.json`, which holds the checksums of the weights: it names the detector whole. */
  readonly sha256: string;
  readonly manifest: BundleManifest;
  /** Weights of each member, in the manifest's order. */
  readonly members: readonly (readonly NamedArray[])[];
  /** The model card, Markdown. */
  readonly card: string;
}

/** A bundle before it has files: checksums and schema version are filled in by `assembleBundle`. */
export interface BundleDraft {
  readonly manifest: Omit<BundleManifest, 'schemaVersion' | 'members'>;
  readonly members: readonly (readonly NamedArray[])[];
  readonly card: string;
  /** How weights are stored; F16 halves the files and rounds. Default F32. */
  readonly weightType?: WeightType;
}

/**
 * Reads and checks a bundle. `readFile` gets the file's name inside the bundle and rejects where there is none.
 *
 * @param where the bundle's name, for messages
 * @throws CrepitusError of kind `refused`: a wrong checksum, an unknown or newer schema, weights that do not fit, a
 *   missing file (`usage` where `bundle.json` itself is missing: there is no bundle)
 */
export async function readBundle(
  readFile: (name: string) => Promise<Uint8Array>,
  where = 'the bundle',
): Promise<Bundle> {
  const read = (name: string) =>
    readFile(name).catch((cause: unknown) => {
      throw new CrepitusError(
        'bundle-file-missing',
        `The bundle ${where} lacks ${name}, or it cannot be read; fetch or write the bundle again.`,
        {
          kind: name === 'bundle.json' ? 'usage' : 'refused',
          cause,
        },
      );
    });
  const json = await read('bundle.json');
  const manifest = parseManifest(new TextDecoder().decode(json), where);
  const members: NamedArray[][] = [];
  for (const { file, sha256: expected } of manifest.members) {
    const bytes = await read(file);
    const found = await sha256(bytes);
    if (found !== expected) {
      throw refused(
        'bundle-checksum',
        `${file} of the bundle ${where} has the sha256 ${found}, bundle.json says ${expected}; fetch the bundle again.`,
      );
    }
    members.push(checkedWeights(manifest, bytes, `${file} of the bundle ${where}`));
  }
  const card = new TextDecoder().decode(await read('card.md'));
  return { id: manifest.id, version: manifest.version, sha256: await sha256(json), manifest, members, card };
}

/**
 * The files of a bundle, and the bundle as a reader of these files sees it (float16 weights are rounded). No time of
 * day: the same draft gives the same bytes.
 */
export async function assembleBundle(
  draft: BundleDraft,
): Promise<{ bundle: Bundle; files: ReadonlyMap<string, Uint8Array> }> {
  const files = new Map<string, Uint8Array>();
  const members: BundleManifest['members'] = [];
  for (const [index, weights] of draft.members.entries()) {
    const file = `weights-${index + 1}.safetensors`;
    const bytes = writeSafetensors(weights, draft.weightType);
    files.set(file, bytes);
    members.push({ file, sha256: await sha256(bytes) });
  }
  const { id, version, ...rest } = draft.manifest;
  const manifest: BundleManifest = { schemaVersion: bundleSchemaVersion, id, version, ...rest, members };
  checkConsistent(manifest, id);
  const encode = (text: string) => new TextEncoder().encode(text);
  files.set('card.md', encode(draft.card));
  files.set('bundle.json', encode(`${JSON.stringify(manifest, null, 2)}\n`));
  const bundle = await readBundle(async name => files.get(name)!, id);
  return { bundle, files };
}

/** Weights that fill the manifest's network: a member that does not fit is found when the bundle is read, not later. */
function checkedWeights(manifest: BundleManifest, bytes: Uint8Array, name: string): NamedArray[] {
  try {
    const weights = readSafetensors(bytes, name);
    checkWeights(networkSpecOf(manifest), weights);
    return weights;
  } catch (error) {
    if (!(error instanceof CrepitusError)) throw error;
    const message = error.message.includes(name)
      ? error.message
      : `${name} does not fit its bundle.json: ${error.message}`;
    throw refused(error.code, message, error);
  }
}
