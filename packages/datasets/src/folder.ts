import { open, readdir, stat } from 'node:fs/promises';
import { basename, join, parse } from 'node:path';
import { CrepitusError } from '@crepitus/dsp';
import type { Finding } from '@crepitus/recordings';
import type { DatasetKind } from './dataset.ts';

/** The files and folders of one folder, each sorted by name. */
export interface FolderListing {
  readonly path: string;
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

/** @throws CrepitusError `folder-unreadable` (usage) when there is no such folder or it may not be read. */
export async function listFolder(path: string): Promise<FolderListing> {
  const listing = await tryListFolder(path);
  if (listing instanceof Error) {
    throw new CrepitusError(
      'folder-unreadable',
      `The folder '${path}' cannot be read (${reasonOf(listing)}); check the path and its permissions.`,
      { kind: 'usage', cause: listing },
    );
  }
  return listing;
}

/** The same for a folder that need not be there: null is reported in `problems`. */
export async function listOptionalFolder(path: string, problems: Finding[]): Promise<FolderListing | null> {
  const listing = await tryListFolder(path);
  if (!(listing instanceof Error)) return listing;
  problems.push({
    code: 'folder-unreadable',
    message: `The folder '${path}' cannot be read (${reasonOf(listing)}); its files are left out.`,
  });
  return null;
}

async function tryListFolder(path: string): Promise<FolderListing | Error> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    entries.sort((a, b) => compareNames(a.name, b.name));
    // A link may lead to a file or a folder: it is listed as a file, and opening it tells.
    return {
      path,
      files: entries.filter(entry => !entry.isDirectory()).map(entry => entry.name),
      folders: entries.filter(entry => entry.isDirectory()).map(entry => entry.name),
    };
  } catch (error) {
    return error as Error;
  }
}

/** The text of a file (UTF-8, byte order mark dropped); an unreadable one is reported and gives null. */
export async function readText(path: string, problems: Finding[]): Promise<string | null> {
  try {
    return await requireText(path);
  } catch (error) {
    if (!(error instanceof CrepitusError)) throw error;
    problems.push({ code: error.code, message: error.message });
    return null;
  }
}

/** @throws CrepitusError `file-unreadable` */
export async function requireText(path: string): Promise<string> {
  try {
    return new TextDecoder().decode(await readBytes(path));
  } catch (cause) {
    throw unreadableFile(path, cause);
  }
}

/**
 * The bytes of a file, or its first `limit`. A pipe or a device under a recording's name, which would never end, is an
 * error like a missing file.
 */
export async function readBytes(path: string, limit = Number.POSITIVE_INFINITY): Promise<Uint8Array> {
  const info = await stat(path);
  if (!info.isFile() && !info.isDirectory()) throw new Error('it is a pipe or a device, no file');
  const file = await open(path);
  try {
    if (limit >= info.size) return await file.readFile();
    const { buffer, bytesRead } = await file.read(new Uint8Array(limit), 0, limit, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

export function unreadableFile(path: string, cause: unknown): CrepitusError {
  return new CrepitusError(
    'file-unreadable',
    `The file '${path}' cannot be read (${reasonOf(cause)}); check that it is there and its permissions.`,
    { cause },
  );
}

const audioExtensions = ['.wav', '.flac'];

/** Paths of the audio files of a folder by their stem; of a stem that is there twice the first is taken. */
export function audioByStem(listing: FolderListing, problems: Finding[]): Map<string, string> {
  const paths = new Map<string, string>();
  // `.wav` stands before `.flac`: it is what the layouts name.
  for (const extension of audioExtensions) {
    for (const file of listing.files) {
      const { name: stem, ext } = parse(file);
      if (ext.toLowerCase() !== extension) continue;
      const taken = paths.get(stem);
      if (taken === undefined) paths.set(stem, join(listing.path, file));
      else {
        problems.push({
          code: 'audio-twice',
          message: `The recording '${stem}' is there twice, as '${basename(taken)}' and '${file}' in '${listing.path}'; the first is used.`,
        });
      }
    }
  }
  return paths;
}

/** Paths of the files of one extension by their stem. */
export function filesByStem(listing: FolderListing, extension: string): Map<string, string> {
  const named = listing.files.filter(file => parse(file).ext.toLowerCase() === extension);
  return new Map(named.map(file => [parse(file).name, join(listing.path, file)]));
}

/** The error for a folder that holds another layout than the kind's: what was expected, what is there, what to try. */
export async function layoutError(
  kind: DatasetKind,
  listing: FolderListing,
  expected: string,
): Promise<CrepitusError> {
  const names = [...listing.folders.map(folder => `${folder}/`), ...listing.files];
  const shown = names.slice(0, 3).map(name => `'${name}'`);
  const more = names.length > shown.length ? ` and ${names.length - shown.length} more` : '';
  const found = names.length === 0 ? 'it is empty' : `found ${shown.join(', ')}${more}`;
  const guess = await guessSpec(listing);
  return new CrepitusError(
    'dataset-layout',
    `The folder '${listing.path}' is no ${kind} dataset: expected ${expected}, ${found}; ${guess === null ? 'check the path.' : `did you mean ${guess}?`}`,
    { kind: 'usage' },
  );
}

/** The dataset that a folder, or a folder in it, looks like. */
async function guessSpec(listing: FolderListing): Promise<string | null> {
  const kind = guessKind(listing);
  if (kind !== null) return `${kind}:${listing.path}`;
  for (const folder of listing.folders.slice(0, 20)) {
    const inner = await tryListFolder(join(listing.path, folder));
    const innerKind = inner instanceof Error ? null : guessKind(inner);
    if (innerKind !== null) return `${innerKind}:${join(listing.path, folder)}`;
  }
  return null;
}

function guessKind(listing: FolderListing): DatasetKind | null {
  if (listing.files.includes('recordings.csv')) return 'manifest';
  if (listing.folders.some(folder => /^(train|test)2022_(wav|json)$/.test(folder))) return 'sprsound';
  const isIcbhi = /^\d+_[^_]+_[^_]+_(sc|mc)_[^_]+\.(txt|wav|flac)$/i;
  return listing.files.some(file => isIcbhi.test(file)) ? 'icbhi' : null;
}

/** Order of names by code unit: the same on every machine, whatever its locale. */
export function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Why a file could not be read, as part of a sentence. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const reasons: Record<string, string> = {
    ENOENT: 'it does not exist',
    ENOTDIR: 'it is no folder',
    EISDIR: 'it is a folder',
    EEXIST: 'there is a file of that name',
    EACCES: 'permission denied',
    EROFS: 'nothing can be written on its disk',
    ENOSPC: 'the disk is full',
    ELOOP: 'its link leads back to itself',
    ERR_FS_FILE_TOO_LARGE: 'it is larger than 2 GiB',
  };
  return reasons[code ?? ''] ?? code ?? message;
}
