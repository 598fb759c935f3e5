/** Recordings on disk, each a file named by the sha256 of its bytes. A file is there whole or not at all. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** Files younger than this may belong to an upload that is not in the database yet. */
const graceMilliseconds = 3600_000;

export class Blobs {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  path(blob: string): string {
    return join(this.#folder, blob.slice(0, 2), blob);
  }

  /** The name that a file's bytes have here, made durable where it lies. */
  async nameOf(file: string): Promise<string> {
    const hash = createHash('sha256');
    await pipeline(createReadStream(file), hash);
    const handle = await open(file, 'r+');
    await handle.sync();
    await handle.close();
    return hash.digest('hex');
  }

  /** Takes a file over, which must be on the same disk. */
  async add(file: string, blob: string): Promise<void> {
    await mkdir(join(this.#folder, blob.slice(0, 2)), { recursive: true, mode: 0o700 });
    await link(file, this.path(blob)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error; // The same sound is there already.
    });
  }

  read(blob: string): Promise<Buffer> {
    return readFile(this.path(blob));
  }

  async remove(blob: string): Promise<void> {
    await rm(this.path(blob), { force: true });
  }

  /** Removes what a kill between disk and database left behind. */
  async sweep(isKept: (blob: string) => Promise<boolean>): Promise<void> {
    for (const part of await readdir(this.#folder)) {
      for (const blob of await readdir(join(this.#folder, part)).catch(() => [])) {
        const info = await stat(this.path(blob)).catch(() => null);
        if (info === null || Date.now() - info.mtimeMs < graceMilliseconds) continue;
        if (!(await isKept(blob))) await this.remove(blob);
      }
    }
  }
}
