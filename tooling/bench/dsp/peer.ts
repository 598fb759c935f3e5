/** Peers in ../peers, which has a package.json of its own: they are no dependencies of the workspace. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = join(import.meta.dirname, '..', 'peers', 'node_modules');

/** Path of a file of an installed peer. */
export function peerFile(name: string, file: string): string {
  if (!existsSync(join(folder, name))) {
    throw new Error(`${name} is not installed (npm ci --prefix tooling/bench/peers)`);
  }
  return join(folder, name, file);
}

export function peerVersion(name: string): string {
  return JSON.parse(readFileSync(peerFile(name, 'package.json'), 'utf8')).version;
}

/** A module of a peer, by path: some hide what is wanted here. T: what is used of it. */
export async function importPeer<T>(name: string, file: string): Promise<T> {
  return await import(pathToFileURL(peerFile(name, file)).href);
}

/** As `importPeer`, for CommonJS. */
export function requirePeer<T>(name: string, file: string): T {
  return createRequire(import.meta.url)(peerFile(name, file));
}
