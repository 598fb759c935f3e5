/** The way in for whoever embeds a detector: from wherever its bundle lies to something that screens recordings. */
import type { BackendOptions } from './backend.ts';
import { readBundle } from './bundle/bundle.ts';
import { Detector } from './detector.ts';

/** A file that a user chose or dropped (`File`). */
export interface NamedFile {
  readonly name: string;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** The address of a bundle's folder on a web server, its files as a user chose them, or their bytes by name. */
export type BundleSource = string | URL | readonly NamedFile[] | ReadonlyMap<string, Uint8Array>;

export interface LoadOptions extends BackendOptions {
  /** Ends the loading with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Reads a bundle, checks every checksum in it, starts the backend and gives a detector. It owns memory of the backend:
 * `dispose` it.
 *
 * @param source an address is taken relative to the page, in a worker to the worker's script
 * @throws CrepitusError: see `readBundle` and `startBackend`
 *
 * @example
 * const detector = await loadBundle('/bundles/default');
 * const { channels } = await detector.screen(new Uint8Array(await file.arrayBuffer()), { name: file.name });
 */
export async function loadBundle(source: BundleSource, options: LoadOptions = {}): Promise<Detector> {
  const { signal, ...backend } = options;
  const bundle = await (typeof source === 'string' || source instanceof URL
    ? fetchBundle(`${source}`.replace(/\/?$/, '/'), signal)
    : readBundle(name => chosen(source, name), 'among the given files')
  ).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw error;
  });
  signal?.throwIfAborted();
  return Detector.create(bundle, backend);
}

function fetchBundle(folder: string, signal: AbortSignal | undefined) {
  return readBundle(async name => {
    const response = await fetch(folder + name, signal === undefined ? {} : { signal });
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    return new Uint8Array(await response.arrayBuffer());
  }, folder);
}

async function chosen(
  files: readonly NamedFile[] | ReadonlyMap<string, Uint8Array>,
  name: string,
): Promise<Uint8Array> {
  if ('get' in files) {
    const bytes = files.get(name);
    if (bytes !== undefined) return bytes;
  } else {
    const file = files.find(file => file.name === name);
    if (file !== undefined) return new Uint8Array(await file.arrayBuffer());
  }
  throw new Error(`there is no ${name}`);
}
