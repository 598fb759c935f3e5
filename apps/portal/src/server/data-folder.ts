/**
 * The data folder, of which everything is readable by its owner alone:
 *
 *   lock            who works on it (data-folder-lock.ts); there while a portal runs
 *   secrets.json    made once, never leaves the machine; without it nobody stays signed in and second factors are lost
 *   database/       PGlite's files; absent where DATABASE_URL names a server
 *   blobs/ab/abc…   recordings by the sha256 of their bytes; absent where CREPITUS_BLOBS names another place
 *   uploads/        files on their way in; emptied at every start
 *   restoring       there while a backup is restored into the folder (backup/restore.ts)
 *
 * After a kill the lock stays and is taken over; a blob that no recording names is swept at the next start.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Environment } from '@crepitus/analyses/node';
import { CrepitusError } from '@crepitus/dsp';
import { z } from 'zod';

const secretsSchema = z.object({
  /** Signs session cookies and encrypts second factors. */
  auth: z.string().min(43),
  /** Lets commands on this machine ask the portal that runs. */
  commands: z.string().min(43),
});
export type Secrets = z.infer<typeof secretsSchema>;

export interface DataFolder {
  readonly path: string;
  readonly database: string;
  readonly blobs: string;
  readonly uploads: string;
  readonly secrets: Secrets;
}

export const restoringMark = 'restoring';

/** `CREPITUS_DATA`, or the user's folder for data. */
export function dataFolderPath(environment: Environment = process.env): string {
  if (environment.CREPITUS_DATA) return resolve(environment.CREPITUS_DATA);
  return join(environment.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'crepitus');
}

/**
 * Makes what is missing.
 *
 * @throws CrepitusError `data-folder` (usage), `data-folder-restoring` (refused)
 */
export async function openDataFolder(
  path: string,
  { whileRestoring = false }: { readonly whileRestoring?: boolean } = {},
): Promise<DataFolder> {
  if (!whileRestoring && existsSync(join(path, restoringMark)))
    throw new CrepitusError(
      'data-folder-restoring',
      `A backup is being restored into the data folder ${path}, or was when its process was killed; wait for its end, or empty the folder and the database and restore it again.`,
      { kind: 'refused' },
    );
  try {
    const folder = {
      path,
      database: join(path, 'database'),
      blobs: join(path, 'blobs'),
      uploads: join(path, 'uploads'),
    };
    await mkdir(path, { recursive: true, mode: 0o700 });
    for (const part of [folder.blobs, folder.uploads]) await mkdir(part, { recursive: true, mode: 0o700 });
    return { ...folder, secrets: await readOrMakeSecrets(path) };
  } catch (cause) {
    if (cause instanceof CrepitusError) throw cause;
    throw new CrepitusError(
      'data-folder',
      `The data folder ${path} cannot be used (${(cause as NodeJS.ErrnoException).code ?? cause}); check its rights, or name another one in CREPITUS_DATA.`,
      { kind: 'usage', cause },
    );
  }
}

/**
 * For what must not make a portal where there is none.
 *
 * @param embedded whether its database is in the folder too
 * @throws CrepitusError `no-portal` (usage)
 */
export function requirePortalIn(path: string, { embedded }: { readonly embedded: boolean }): void {
  const parts = embedded ? ['secrets.json', 'database'] : ['secrets.json'];
  if (parts.every(part => existsSync(join(path, part)))) return;
  throw new CrepitusError(
    'no-portal',
    `The folder ${path} holds no portal; name its data folder in CREPITUS_DATA.`,
    { kind: 'usage' },
  );
}

async function readOrMakeSecrets(folder: string): Promise<Secrets> {
  const path = join(folder, 'secrets.json');
  const read = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (read !== null) return parseSecrets(read, path);
  await writeSecrets(folder, { auth: newToken(), commands: newToken() });
  return parseSecrets(await readFile(path, 'utf8'), path);
}

/** Of two processes that make them at once, one wins and both use its secrets. */
export async function writeSecrets(folder: string, secrets: Secrets): Promise<void> {
  const path = join(folder, 'secrets.json');
  const temporary = `${path}.${randomUUID()}`;
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(secrets, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await link(temporary, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(temporary);
}

function parseSecrets(text: string, path: string): Secrets {
  try {
    return secretsSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new CrepitusError(
      'secrets',
      `${path} does not hold the secrets of a portal; put it back from a backup, or remove it and set up second factors anew.`,
      { kind: 'refused', cause },
    );
  }
}

/** 256 random bits. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}
