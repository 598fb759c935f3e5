import { randomBytes } from 'node:crypto';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CrepitusError } from '@crepitus/dsp';

/**
 * Writes a file whole or not at all (temporary file, sync, rename).
 *
 * @throws CrepitusError `write-failed` (usage), for instance on a full disk; the file then is as it was before
 */
export async function writeWhole(file: string, content: string | Uint8Array): Promise<void> {
  try {
    await replaceFile(file, content, { sync: true });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why = code === 'ENOSPC' ? 'the disk is full' : String(code ?? cause);
    throw new CrepitusError(
      'write-failed',
      `${file} cannot be written (${why}); make room or choose another folder, then run again.`,
      { kind: 'usage', cause },
    );
  }
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
  const unfinished = names.filter(name => /\.[0-9a-f]{12}$|^\.bundle\./.test(name));
  await Promise.all(unfinished.map(name => rm(join(folder, name), { recursive: true, force: true })));
}
