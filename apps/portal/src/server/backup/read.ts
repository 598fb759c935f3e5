/** Reads a backup: first whole, to know that nothing is missing or damaged, then part by part. */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { CrepitusError } from '@crepitus/dsp';
import type { z } from 'zod';
import {
  type BackupDescription,
  type BackupEnd,
  backedUpTables,
  backupSchema,
  endSchema,
  entryNames,
  secretsSchema,
} from './form.ts';
import { readTar, type TarEntry } from './tar.ts';

export interface Backup {
  readonly description: BackupDescription;
  readonly end: BackupEnd;
  readonly auth: string;
  readonly blobs: readonly string[];
  /** Of the whole archive. */
  readonly bytes: number;
  /** JSON of each row of a table. */
  rows(table: string): AsyncIterable<string>;
  blob(blob: string): AsyncIterable<Uint8Array>;
}

/** @throws CrepitusError `backup-file`, `backup-broken`, `backup-newer` (refused) */
export async function openBackup(path: string): Promise<Backup> {
  const file = await open(path, 'r').catch((cause: NodeJS.ErrnoException) => {
    throw new CrepitusError(
      'backup-file',
      `The backup ${path} cannot be read (${cause.code}); check its name.`,
      {
        kind: 'usage',
        cause,
      },
    );
  });
  try {
    return await read(path, file);
  } catch (cause) {
    if (cause instanceof CrepitusError) throw cause;
    throw new CrepitusError(
      'backup-broken',
      `${path} is no whole backup of a portal (${(cause as Error).message}); take another one.`,
      { kind: 'refused', cause },
    );
  } finally {
    await file.close();
  }
}

async function read(path: string, file: FileHandle): Promise<Backup> {
  const entries = new Map<string, TarEntry>();
  for await (const entry of readTar(file)) entries.set(entry.name, entry);
  const entryOf = (name: string): TarEntry => {
    const entry = entries.get(name);
    if (entry === undefined) throw new Error(`${name} is missing in it`);
    return entry;
  };
  const bytesOf = (name: string): AsyncIterable<Uint8Array> => {
    const { at, bytes } = entryOf(name);
    return bytes === 0 ? noBytes() : createReadStream(path, { start: at, end: at + bytes - 1 });
  };
  const jsonOf = async <Form>(name: string, form: z.ZodType<Form>): Promise<Form> => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of bytesOf(name)) chunks.push(chunk);
    const parsed = form.safeParse(JSON.parse(Buffer.concat(chunks).toString('utf8')));
    if (!parsed.success) throw new Error(`${name} is not of the form of a backup`);
    return parsed.data;
  };
  const hashOf = async (name: string): Promise<string> => {
    const hash: Hash = createHash('sha256');
    for await (const chunk of bytesOf(name)) hash.update(chunk);
    return hash.digest('hex');
  };
  const require = async (name: string, sha256: string) => {
    if ((await hashOf(name)) !== sha256) throw new Error(`${name} in it is damaged`);
  };
  const rows = async function* (table: string): AsyncIterable<string> {
    const { at, bytes } = entryOf(entryNames.table(table));
    const stream = createReadStream(path, { start: at, end: at + bytes - 1 }).pipe(createGunzip());
    yield* createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  };

  const description = await jsonOf(entryNames.description, backupSchema);
  requireKnown(path, description);
  await require(entryNames.secrets, description.secrets.sha256);
  for (const { name, sha256 } of description.tables) await require(entryNames.table(name), sha256);
  const end = await jsonOf(entryNames.end, endSchema);
  const blobs: string[] = [];
  const without = new Set([...end.deleted, ...end.lost]);
  const wanted = new Set<string>();
  for await (const row of rows('recording')) wanted.add((JSON.parse(row) as { blob: string }).blob);
  for (const blob of wanted) {
    if (without.has(blob)) continue;
    await require(entryNames.blob(blob), blob);
    blobs.push(blob);
  }
  const { auth } = await jsonOf(entryNames.secrets, secretsSchema);
  const { size } = await file.stat();
  return { description, end, auth, blobs, bytes: size, rows, blob: blob => bytesOf(entryNames.blob(blob)) };
}

/** @throws CrepitusError `backup-newer` (refused) */
function requireKnown(path: string, { tables }: BackupDescription): void {
  const known = new Map(backedUpTables().map(({ name, columns }) => [name, columns]));
  for (const { name, columns } of tables) {
    const unknown = columns.find(column => !known.get(name)?.includes(column));
    if (known.has(name) && unknown === undefined) continue;
    throw new CrepitusError(
      'backup-newer',
      `The backup ${path} has ${known.has(name) ? `a column ${unknown} in` : 'a table'} ${name}, which this version does not know; restore it with the version that made it, or a newer one.`,
      { kind: 'refused' },
    );
  }
}

async function* noBytes(): AsyncIterable<Uint8Array> {}
