/**
 * Plain (not augmented) pictures of prepared cycles on disk, so that every epoch, run and process reads them instead of
 * making them.
 *
 * Layout of the cache: `<folder>/pictures/<key>.f32`, one file per recording and kind of picture (an input with its padding,
 * ratio and front end: systems that share an input share its file); the pictures of the recording's cycles as little-endian
 * Float32, one after the other, zeros for a cycle that is too short to have any. The key is the sha256 of the key of the
 * recording's cycles (and so of its audio), the parameters and the version of this code. Files are written under another
 * name and renamed: several processes may fill one cache, a kill leaves whole files, and deleting the folder loses time only,
 * also under a running training, which then makes its pictures itself.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type FrontEnd, InputMaker, type InputSpec } from '@crepitus/model';
import { type CycleStore, makeCacheFolder, type PrepareOptions, writeCacheFile } from './cycle-store.ts';

/** Raised whenever cutting phases, padding, the log-mel or the standardisation gives other pictures. */
const codeVersion = 1;

/** So that every ratio leaves an inspiration and an expiration: shorter cycles have no pictures. */
export const fewestSamples = 4;

export interface PictureSpec extends InputSpec {
  readonly frontEnd: FrontEnd;
}

/** Names all that a picture of an input depends on beside its cycle: equal names, equal pictures. */
export function pictureKind(
  { inputs, ratio, padding, phases, frontEnd }: PictureSpec,
  input: number,
): string {
  const { name, ...parameters } = frontEnd;
  const sorted = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  const isWhole = inputs[input] === 'cycle';
  return JSON.stringify([inputs[input], isWhole ? null : [ratio, phases], padding, sorted]);
}

export class PictureStore {
  /** By kind the file of each recording; empty where its audio could not be read. */
  readonly #paths: ReadonlyMap<string, readonly string[]>;

  private constructor(paths: ReadonlyMap<string, readonly string[]>) {
    this.#paths = paths;
  }

  /**
   * Makes sure that the pictures of every cycle are in the cache.
   *
   * @param inspirations measured length in samples of each cycle's inspiration, or null, by recording
   * @throws CrepitusError `cache-unwritable`, and those of `CycleStore.samples`
   */
  static async prepare(
    cycles: CycleStore,
    inspirations: readonly (readonly (number | null)[])[],
    spec: PictureSpec,
    options: Pick<PrepareOptions, 'cacheFolder' | 'signal'> = {},
  ): Promise<PictureStore> {
    const folder = await makeCacheFolder('pictures', options.cacheFolder);
    const paths = new Map<string, string[]>();
    for (const [index, input] of spec.inputs.entries()) {
      const kind = pictureKind(spec, index);
      if (paths.has(kind)) continue;
      const maker = new InputMaker(spec.frontEnd, { ...spec, inputs: [input] });
      const measures = input !== 'cycle' && spec.phases === 'measured';
      const files: string[] = [];
      for (const [recording, measured] of inspirations.entries()) {
        options.signal?.throwIfAborted();
        const { key } = cycles.recording(recording);
        const parameters = JSON.stringify({
          codeVersion,
          cycles: key,
          kind,
          measured: measures ? measured : [],
        });
        const file = join(folder, `${createHash('sha256').update(parameters).digest('hex')}.f32`);
        files.push(key === '' ? '' : file);
        if (key !== '' && !isWhole(file, measured.length, maker)) {
          await writeCacheFile(file, picturesOf(cycles, recording, measured, maker));
        }
      }
      paths.set(kind, files);
    }
    return new PictureStore(paths);
  }

  /**
   * Reads the picture of a cycle into `out`.
   *
   * @returns false where it is not in the cache, or no longer: make it
   */
  read(kind: string, recording: number, piece: number, out: Float32Array): boolean {
    const path = this.#paths.get(kind)?.[recording];
    if (!path) return false;
    try {
      const file = openSync(path, 'r');
      try {
        const bytes = new Uint8Array(out.buffer, out.byteOffset, out.byteLength);
        return readSync(file, bytes, 0, bytes.length, piece * bytes.length) === bytes.length;
      } finally {
        closeSync(file);
      }
    } catch {
      return false;
    }
  }
}

/** Values of a picture. */
function sizeOf({ shapes }: InputMaker): number {
  const [rows, bands] = shapes[0]!;
  return rows * bands;
}

function isWhole(file: string, pieces: number, maker: InputMaker): boolean {
  return statSync(file, { throwIfNoEntry: false })?.size === pieces * sizeOf(maker) * 4;
}

function picturesOf(
  cycles: CycleStore,
  recording: number,
  inspirations: readonly (number | null)[],
  maker: InputMaker,
): Uint8Array {
  const size = sizeOf(maker);
  const values = new Float32Array(inspirations.length * size);
  const { lengths } = cycles.recording(recording);
  for (const [piece, inspirationSamples] of inspirations.entries()) {
    if (lengths[piece]! < fewestSamples) continue;
    const out = values.subarray(piece * size, (piece + 1) * size);
    maker.pictures(cycles.samples(recording, piece), { inspirationSamples }, [out]);
  }
  return new Uint8Array(values.buffer);
}
