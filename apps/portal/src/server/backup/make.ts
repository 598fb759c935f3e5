/** Makes a backup, also while the portal is at work: the rows as they are at one moment, then the recordings of these rows. */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Blobs, sha256Of } from '@crepitus/analyses/node';
import { CrepitusError } from '@crepitus/dsp';
import { eq, sql } from 'drizzle-orm';
import { appendAudit, verifyAudit } from '../audit.ts';
import type { Secrets } from '../data-folder.ts';
import type { Queries } from '../database.ts';
import { recording } from '../schema.ts';
import {
  type BackedUpTable,
  type BackupDescription,
  type BackupEnd,
  backedUpTables,
  entryNames,
} from './form.ts';
import { tarEnd, tarHeader, tarPadding } from './tar.ts';

export interface BackupSource {
  readonly queries: Queries;
  readonly blobs: Blobs;
  readonly secrets: Secrets;
  /** A folder on disk, of which nothing stays used. */
  readonly scratch: string;
  /** Also where the audit log is broken, which the backup then says; default: no backup is made then. */
  readonly withBrokenLog?: boolean | undefined;
}

/** The bytes of the archive. */
export async function* makeBackup(source: BackupSource): AsyncGenerator<Uint8Array> {
  const folder = join(source.scratch, `backup-${randomUUID()}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    await appendAudit(source.queries, 'portal', {
      action: 'export',
      recordType: 'portal',
      recordId: 'backup',
    });
    const { description, secrets, blobs } = await snapshot(source, folder);
    yield* entry(entryNames.description, json(description));
    yield* entry(entryNames.secrets, secrets);
    for (const { name } of description.tables) {
      const file = join(folder, name);
      const { size } = await stat(file);
      yield tarHeader(entryNames.table(name), size);
      yield* createReadStream(file) as AsyncIterable<Uint8Array>;
      yield tarPadding(size);
    }
    const end: BackupEnd = { deleted: [], lost: [] };
    for (const blob of blobs) {
      const bytes = await readBlob(source, blob, end);
      if (bytes !== null) yield* entry(entryNames.blob(blob), bytes);
    }
    yield* entry(entryNames.end, json(end));
    yield tarEnd;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function* entry(name: string, bytes: Uint8Array): Iterable<Uint8Array> {
  yield tarHeader(name, bytes.length);
  yield bytes;
  yield tarPadding(bytes.length);
}

function json(value: object): Uint8Array {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
}

async function readBlob(
  { queries, blobs }: BackupSource,
  blob: string,
  end: BackupEnd,
): Promise<Uint8Array | null> {
  try {
    return await blobs.read(blob);
  } catch (error) {
    if (!(error instanceof CrepitusError) || error.kind !== 'input') throw error;
    const kept = await queries.select({ id: recording.id }).from(recording).where(eq(recording.blob, blob));
    end[kept.length > 0 ? 'lost' : 'deleted'].push(blob);
    return null;
  }
}

/** Writes the rows of all tables, as one transaction sees them, into files of the folder. */
async function snapshot(
  { queries, secrets, withBrokenLog = false }: BackupSource,
  folder: string,
): Promise<{ description: BackupDescription; secrets: Uint8Array; blobs: string[] }> {
  return queries.transaction(
    async tx => {
      const tables: BackupDescription['tables'] = [];
      for (const table of backedUpTables()) {
        const file = join(folder, table.name);
        const rows = await writeRows(tx, table, file);
        tables.push({ ...table, columns: [...table.columns], rows, sha256: await sha256Of(file) });
      }
      const blobs = await tx.selectDistinct({ blob: recording.blob }).from(recording).orderBy(recording.blob);
      const { entries, head, broken } = await verifyAudit(tx);
      if (broken !== null && !withBrokenLog)
        throw new CrepitusError(
          'audit-broken',
          `The audit log is broken at entry ${broken.seq} (${broken.reason}); no backup is made, so that older ones are not thrown away for it. Keep those, find out who changed it, and save what is here now with --with-broken-log.`,
          { kind: 'refused' },
        );
      const kept = json({ auth: secrets.auth });
      return {
        description: {
          kind: 'crepitus-portal-backup',
          schemaVersion: 1,
          made: new Date().toISOString(),
          audit: { entries, head, ...(broken !== null && { broken }) },
          secrets: { sha256: createHash('sha256').update(kept).digest('hex') },
          tables,
          blobs: blobs.length,
        },
        secrets: kept,
        blobs: blobs.map(({ blob }) => blob),
      };
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
}

const rowsAtOnce = 200;

/** How many there were. */
async function writeRows(tx: Queries, { name }: BackedUpTable, file: string): Promise<number> {
  let rows = 0;
  await tx.execute(
    sql`DECLARE backed_up NO SCROLL CURSOR FOR SELECT row_to_json(t)::text AS line FROM ${sql.identifier(name)} t`,
  );
  const lines = async function* () {
    for (;;) {
      const { rows: piece } = (await tx.execute(
        sql.raw(`FETCH ${rowsAtOnce} FROM backed_up`),
      )) as unknown as {
        rows: { line: string }[];
      };
      if (piece.length === 0) return;
      rows += piece.length;
      // JSON of PostgreSQL has no line break outside strings, and inside they are escaped.
      yield piece.map(({ line }) => `${line}\n`).join('');
    }
  };
  await pipeline(Readable.from(lines()), createGzip(), createWriteStream(file, { mode: 0o600 }));
  await tx.execute(sql`CLOSE backed_up`);
  return rows;
}
