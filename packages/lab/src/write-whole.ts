import { CrepitusError } from '@crepitus/dsp';
import writeFileAtomic from 'write-file-atomic';

/**
 * Writes a file whole or not at all (temporary file, sync, rename).
 *
 * @throws CrepitusError `write-failed` (usage), for instance on a full disk; the file then is as it was before
 */
export async function writeWhole(file: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeFileAtomic(
      file,
      typeof content === 'string'
        ? content
        : Buffer.from(content.buffer, content.byteOffset, content.byteLength),
    );
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
