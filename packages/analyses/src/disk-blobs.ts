/**
 * Recordings in a folder: `ab/abc…`, readable by their owner alone. What a kill leaves of a copy is a name that begins with
 * a dot; no reader takes it for a recording, and `storedBefore` clears it away.
 */
import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, copyFile, link, mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Blobs, blobName, missingBlob, requireSame, sha256Of, storeTrouble } from './blobs.ts';

export class DiskBlobs implements Blobs {
  readonly name: string;

  constructor(folder: string) {
    this.name = folder;
  }

  path(blob: string): string {
    return join(this.name, blob.slice(0, 2), blob);
  }

  async check(): Promise<void> {
    await this.#orTrouble(async () => {
      await mkdir(this.name, { recursive: true, mode: 0o700 });
      await access(this.name, constants.R_OK);
    });
  }

  async add(file: string, blob: string): Promise<void> {
    const path = this.path(blob);
    await this.#orTrouble(async () => {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await linkNew(file, path).catch(async (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EXDEV' && error.code !== 'EPERM') throw error;
        await copyNew(file, path); // Another disk, or one without links.
      });
      await sync(dirname(path));
    });
  }

  async has(blob: string): Promise<boolean> {
    return (await this.#orTrouble(() => stat(this.path(blob)).catch(orNull))) !== null;
  }

  async read(blob: string): Promise<Uint8Array> {
    const bytes = await this.#orTrouble(() => readFile(this.path(blob)).catch(orNull));
    if (bytes === null) throw missingBlob(blob, this.name);
    requireSame(blob, createHash('sha256').update(bytes).digest('hex'), this.name);
    return bytes;
  }

  async withFile<Result>(blob: string, use: (file: string) => Promise<Result>): Promise<Result> {
    const found = await this.#orTrouble(() => sha256Of(this.path(blob)).catch(orNull));
    if (found === null) throw missingBlob(blob, this.name);
    requireSame(blob, found, this.name);
    return use(this.path(blob));
  }

  async remove(blob: string): Promise<void> {
    await this.#orTrouble(() => rm(this.path(blob), { force: true }));
  }

  async *storedBefore(time: number): AsyncIterable<string> {
    for (const part of await this.#orTrouble(() => readdir(this.name))) {
      for (const name of await readdir(join(this.name, part)).catch(() => [])) {
        const path = join(this.name, part, name);
        const info = await stat(path).catch(() => null);
        // A link keeps the time of its file, so look at the change of the link itself too.
        if (info === null || Math.max(info.mtimeMs, info.ctimeMs) >= time) continue;
        if (blobName.test(name)) yield name;
        else if (name.startsWith('.')) await rm(path, { force: true });
      }
    }
  }

  close(): void {}

  async #orTrouble<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw storeTrouble(this.name, code ?? message, error);
    }
  }
}

async function linkNew(file: string, path: string): Promise<void> {
  await link(file, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error; // The same sound is there already.
  });
}

/** Whole under a name of its own first, so that nobody meets half of it. */
async function copyNew(file: string, path: string): Promise<void> {
  const partial = join(dirname(path), `.${randomUUID()}`);
  try {
    await copyFile(file, partial);
    await sync(partial);
    await linkNew(partial, path);
  } finally {
    await rm(partial, { force: true });
  }
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function orNull(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
