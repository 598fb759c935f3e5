/**
 * Bundles on disk, for Node. A bundle's folder appears whole or not at all: it is written beside its place under a
 * temporary name, synced, and renamed. After a kill its place holds the old bundle, the new one or nothing, and folders
 * `.NAME.<random>` may lie beside it, which nothing reads.
 */
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CrepitusError } from '@crepitus/dsp';
import { assembleBundle, type Bundle, type BundleDraft, readBundle } from './bundle/bundle.ts';
import { Detector } from './detector.ts';
import { type BundleSource, type LoadOptions, loadBundle as loadAnywhere } from './load-bundle.ts';

export { assertWebgpuSound, type GraphicsAdapter, startWebgpu } from './webgpu.ts';

/** The same folder seen from `src` and from `dist`. */
const shippedFolder = fileURLToPath(new URL('../bundles/', import.meta.url));

/** Names of the bundles that come with this package. */
export async function shippedBundles(): Promise<string[]> {
  const entries = await readdir(shippedFolder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter(entry => entry.isDirectory() && existsSync(join(shippedFolder, entry.name, 'bundle.json')))
    .map(entry => entry.name)
    .sort();
}

/**
 * A bundle by its folder, or by the name of a shipped one (`default`); a folder of that name is `./default`.
 *
 * @throws CrepitusError: see `readBundle`; `usage` where there is no such bundle
 */
export async function openBundle(folderOrName: string): Promise<Bundle> {
  const shipped = await shippedBundles();
  const folder = shipped.includes(folderOrName) ? join(shippedFolder, folderOrName) : folderOrName;
  if (!existsSync(join(folder, 'bundle.json'))) {
    throw new CrepitusError(
      'bundle-not-found',
      `There is no bundle at ${folderOrName}; give a folder that holds a bundle.json${shipped.length === 0 ? '' : `, or one of the shipped ${shipped.join(', ')}`}.`,
      { kind: 'usage' },
    );
  }
  return readBundle(async name => {
    const file = join(folder, name);
    // Reading a pipe or a device would never end.
    if (!(await stat(file)).isFile()) throw new Error(`${file} is no file`);
    return readFile(file);
  }, folderOrName);
}

/**
 * `loadBundle` of `@crepitus/model` for Node: where a text is no http address it is a folder or the name of a shipped
 * bundle (see `openBundle`), and so is a `file:` address.
 */
export async function loadBundle(source: BundleSource, options: LoadOptions = {}): Promise<Detector> {
  const { signal, ...backend } = options;
  signal?.throwIfAborted();
  const folder = folderOf(source);
  return folder === null ? loadAnywhere(source, options) : Detector.create(await openBundle(folder), backend);
}

/** Null: the source is no folder of this machine. */
function folderOf(source: BundleSource): string | null {
  if (typeof source === 'string') return /^https?:/i.test(source) ? null : source;
  return source instanceof URL && source.protocol === 'file:' ? fileURLToPath(source) : null;
}

/** Writes a bundle's folder, in place of one that is there, and gives the bundle as it is read from there. */
export async function writeBundle(folder: string, draft: BundleDraft): Promise<Bundle> {
  const { bundle, files } = await assembleBundle(draft);
  const place = resolve(folder);
  if (existsSync(place) && !existsSync(join(place, 'bundle.json')) && (await readdir(place)).length > 0) {
    throw new CrepitusError(
      'bundle-folder',
      `${folder} holds something else than a bundle; choose another folder.`,
      {
        kind: 'usage',
      },
    );
  }
  try {
    const temporary = await mkdtemp(join(dirname(place), `.${basename(place)}.`));
    try {
      // mkdtemp makes a folder that only its owner may enter; a bundle is as open as its files.
      await chmod(temporary, 0o755);
      for (const [name, bytes] of files) await writeSynced(join(temporary, name), bytes);
      await syncFolder(temporary);
      const replaced = `${temporary}.replaced`;
      if (existsSync(place)) await rename(place, replaced);
      await rename(temporary, place);
      await rm(replaced, { recursive: true, force: true });
    } catch (error) {
      await rm(temporary, { recursive: true, force: true });
      throw error;
    }
    await syncFolder(dirname(place));
  } catch (cause) {
    throw new CrepitusError(
      'write-failed',
      `The bundle cannot be written to ${folder} (${(cause as NodeJS.ErrnoException).code}); check the folder above it and the space on the disk.`,
      { kind: 'usage', cause },
    );
  }
  return bundle;
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the names in a folder durable; some systems cannot open folders, and need no sync. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => null);
  await folder?.sync().catch(() => {});
  await folder?.close();
}
