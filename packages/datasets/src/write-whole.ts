import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CrepitusError } from '@crepitus/dsp';
import { reasonOf } from './folder.ts';

/**
 * Writes a file whole or not at all (temporary file, sync, rename).
 *
 * @throws CrepitusError `write-failed` (usage), for instance on a full disk; the file then is as it was before
 */
export async function writeWhole(file: string, content: string | Uint8Array): Promise<void> {
  try {
    await replaceFile(file, content, { sync: true });
  } catch (cause) {
    throw writeFailed(file, cause);
  }
}

/**
 * Makes a folder and those above it, and removes what killed processes left half-written in it.
 *
 * @throws CrepitusError `write-failed` (usage)
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (cause) {
    throw writeFailed(path, cause, 'made');
  }
  await removeUnfinished(path);
}

export function writeFailed(
  path: string,
  cause: unknown,
  done: 'made' | 'written' = 'written',
): CrepitusError {
  return new CrepitusError(
    'write-failed',
    `${path} cannot be ${done} (${reasonOf(cause)}); make room or choose another folder, then run again.`,
    { kind: 'usage', cause },
  );
}

/**
 * The same with the system's error. (write-file-atomic 7 takes a short write for a whole one: on a disk that fills up
 * it renames the beginning of a file over its old content.)
 */
export async function replaceFile(
  file: string,
  content: string | Uint8Array,
  { sync }: { readonly sync: boolean },
): Promise<void> {
  const temporary = `${file}.${randomBytes(6).toString('hex')}`; // See `removeUnfinished`.
  try {
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(content);
      if (sync) await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Removes what killed processes left half-written in a folder, by `writeWhole` or by `writeBundle` of the model. */
export async function removeUnfinished(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const unfinished = names.filter(isUnfinished);
  await Promise.all(unfinished.map(name => rm(join(folder, name), { recursive: true, force: true })));
}

/** Whether a file or folder of this name was being written. */
export function isUnfinished(name: string): boolean {
  return /\.[0-9a-f]{12}$|^\.bundle\./.test(name);
}
