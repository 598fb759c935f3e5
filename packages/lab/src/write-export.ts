import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CrepitusError } from '@crepitus/dsp';
import { type Bundle, type ExportFormat, exportBundle, startBackend } from '@crepitus/model';
import { writeWhole } from './write-whole.ts';

/**
 * Writes a bundle for other runtimes into a folder, each file whole or not at all.
 *
 * @returns the files written and their sizes
 * @throws CrepitusError `folder-unwritable`, `write-failed` (usage)
 */
export async function writeExport(
  bundle: Bundle,
  format: ExportFormat,
  folder: string,
): Promise<{ path: string; bytes: number }[]> {
  await startBackend();
  const files = Object.entries(await exportBundle(bundle, format));
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new CrepitusError(
      'folder-unwritable',
      `The folder ${folder} cannot be made (${why}); choose another with --out.`,
      { kind: 'usage', cause },
    );
  }
  const written: { path: string; bytes: number }[] = [];
  for (const [name, content] of files) {
    const path = join(folder, name);
    await writeWhole(path, content);
    written.push({ path, bytes: content.length });
  }
  return written;
}
