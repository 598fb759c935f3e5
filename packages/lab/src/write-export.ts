import { join } from 'node:path';
import { makeFolder, writeWhole } from '@crepitus/datasets';
import { type Bundle, type ExportFormat, exportBundle, startBackend } from '@crepitus/model';

/**
 * Writes a bundle for other runtimes into a folder, each file whole or not at all.
 *
 * @returns the files written and their sizes
 * @throws CrepitusError `write-failed` (usage)
 */
export async function writeExport(
  bundle: Bundle,
  format: ExportFormat,
  folder: string,
): Promise<{ path: string; bytes: number }[]> {
  await startBackend();
  const files = Object.entries(await exportBundle(bundle, format));
  await makeFolder(folder);
  const written: { path: string; bytes: number }[] = [];
  for (const [name, content] of files) {
    const path = join(folder, name);
    await writeWhole(path, content);
    written.push({ path, bytes: content.length });
  }
  return written;
}
