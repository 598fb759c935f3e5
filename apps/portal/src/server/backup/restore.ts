/**
 * Restores a backup into an empty data folder and an empty database. The file `restoring` stands in the folder from the
 * first change to the last, and no portal opens a folder that has it; what fails is taken back. The rows come in one
 * transaction, which ends only when the audit log is the one that the backup was made of.
 */
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Blobs, type Environment, openBlobs } from '@crepitus/analyses/node';
import { CrepitusError } from '@crepitus/dsp';
import { eq, inArray, sql } from 'drizzle-orm';
import { appendAudit, verifyAudit } from '../audit.ts';
import {
  type DataFolder,
  dataFolderPath,
  newToken,
  openDataFolder,
  restoringMark,
  writeSecrets,
} from '../data-folder.ts';
import { DataFolderLock } from '../data-folder-lock.ts';
import { type OpenDatabase, openEmbedded, openServer, type Queries } from '../database.ts';
import { analysis, recording } from '../schema.ts';
import { backedUpTables } from './form.ts';
import { type Backup, openBackup } from './read.ts';

/** @throws CrepitusError `backup-…`, `restore-not-empty`, `restore-failed` (refused) and those of folder, database and store */
export async function restore(file: string, environment: Environment): Promise<Backup> {
  const backup = await openBackup(file);
  const path = dataFolderPath(environment);
  await requireEmptyFolder(path);
  await mkdir(path, { recursive: true, mode: 0o700 });
  const lock = DataFolderLock.acquire(path);
  try {
    await restoreInto(path, backup, environment);
  } finally {
    await lock.release();
  }
  return backup;
}

async function restoreInto(path: string, backup: Backup, environment: Environment): Promise<void> {
  const undo: (() => Promise<unknown>)[] = [];
  try {
    undo.push(() => rm(join(path, restoringMark), { force: true }));
    await writeFile(join(path, restoringMark), 'A backup is being restored into this folder.\n', {
      flag: 'wx',
    });
    for (const part of ['secrets.json', 'database', 'blobs', 'uploads'])
      undo.push(() => rm(join(path, part), { recursive: true, force: true }));
    await writeSecrets(path, { auth: backup.auth, commands: newToken() });
    const folder = await openDataFolder(path, { whileRestoring: true });
    const url = environment.DATABASE_URL;
    const database = url ? await openServer(url) : await openEmbedded(folder.database);
    let closed = false;
    const close = async () => {
      if (closed) return;
      closed = true;
      await database.close();
    };
    undo.push(close);
    await requireEmptyDatabase(database.queries);
    const blobs = await openBlobs(environment, { folder: folder.blobs, scratch: folder.uploads });
    undo.push(async () => blobs.close());
    await restoreBlobs(backup, blobs, folder, undo);
    await restoreRows(backup, database);
    undo.length = 0; // The rows are there to stay.
    blobs.close();
    await close();
    await rm(join(path, restoringMark));
  } catch (cause) {
    for (const step of undo.reverse()) await step().catch(() => {});
    if (cause instanceof CrepitusError) throw cause;
    throw new CrepitusError(
      'restore-failed',
      `The backup could not be restored (${reasonOf(cause)}); nothing of it was kept. If it was made by an older version, restore it with that one and start this one on it.`,
      { kind: 'refused', cause },
    );
  }
}

/** What a new disk or a lock that was left has in it is nobody's data. */
async function requireEmptyFolder(path: string): Promise<void> {
  const held = await readdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const found = held.find(name => name !== 'lost+found' && !/^lock(\.|$)/.test(name));
  if (found === undefined) return;
  throw new CrepitusError(
    'restore-not-empty',
    `The data folder ${path} has something in it (${found}); a backup is restored into an empty one. Name another one in CREPITUS_DATA, or move this one away.`,
    { kind: 'refused' },
  );
}

async function requireEmptyDatabase(queries: Queries): Promise<void> {
  for (const { name } of backedUpTables()) {
    const { rows } = (await queries.execute(
      sql`SELECT EXISTS (SELECT 1 FROM ${sql.identifier(name)}) AS found`,
    )) as unknown as { rows: { found: boolean }[] };
    if (!rows[0]!.found) continue;
    throw new CrepitusError(
      'restore-not-empty',
      `The database has rows in it already (table ${name}); a backup is restored into an empty one. Make a new database and name it in DATABASE_URL.`,
      { kind: 'refused' },
    );
  }
}

async function restoreBlobs(
  backup: Backup,
  blobs: Blobs,
  { uploads }: DataFolder,
  undo: (() => Promise<unknown>)[],
): Promise<void> {
  for (const blob of backup.blobs) {
    if (await blobs.has(blob)) {
      await blobs.read(blob); // Of an earlier portal on the same store; it must be whole.
      continue;
    }
    const file = join(uploads, randomUUID());
    await pipeline(Readable.from(backup.blob(blob)), createWriteStream(file, { mode: 0o600, flush: true }));
    undo.push(() => blobs.remove(blob));
    await blobs.add(file, blob);
    await rm(file);
  }
}

const charactersAtOnce = 500_000;

async function restoreRows(backup: Backup, { queries }: OpenDatabase): Promise<void> {
  const { tables, audit } = backup.description;
  const known = new Map(tables.map(table => [table.name, table]));
  await queries.transaction(async tx => {
    for (const { name } of backedUpTables()) {
      const table = known.get(name);
      if (table === undefined) continue; // The backup is older than the table.
      let lines: string[] = [];
      let characters = 0;
      let rows = 0;
      const flush = async () => {
        await insertRows(tx, table, lines);
        rows += lines.length;
        lines = [];
        characters = 0;
      };
      for await (const line of backup.rows(name)) {
        lines.push(line);
        characters += line.length;
        if (characters > charactersAtOnce) await flush();
      }
      await flush();
      if (rows !== table.rows) throw new Error(`of ${name} ${rows} rows came and not ${table.rows}`);
    }
    const { deleted } = backup.end;
    if (deleted.length > 0) await tx.delete(recording).where(inArray(recording.blob, [...deleted]));
    // The queue was left behind; the portal queues what waits.
    await tx.update(analysis).set({ state: 'waiting', progress: 0 }).where(eq(analysis.state, 'at-work'));
    const { head, broken } = await verifyAudit(tx);
    if (broken?.seq !== audit.broken?.seq || broken?.reason !== audit.broken?.reason || head !== audit.head)
      throw new Error('the audit log in it is not the one that it was made of');
    await appendAudit(tx, 'portal', {
      action: 'create',
      recordType: 'portal',
      recordId: 'restore',
      detail: { made: backup.description.made },
    });
  });
}

async function insertRows(
  tx: Queries,
  { name, columns }: { readonly name: string; readonly columns: readonly string[] },
  lines: readonly string[],
): Promise<void> {
  if (lines.length === 0) return;
  const table = sql.identifier(name);
  const list = sql.join(
    columns.map(column => sql.identifier(column)),
    sql`, `,
  );
  await tx.execute(
    sql`INSERT INTO ${table} (${list}) SELECT ${list} FROM json_populate_recordset(NULL::${table}, ${`[${lines.join(',')}]`}::text::json)`,
  );
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return (cause instanceof Error ? cause.message : message).replaceAll(/\s+/g, ' ');
}
