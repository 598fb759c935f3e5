/**
 * What a backup is: a tar of
 *
 *   backup.json           what it is, when and of what it was made, with the sha256 of what follows but the recordings
 *   secrets.json          the secret without which second factors are lost; it makes a backup as precious as the data folder
 *   tables/NAME.ndjson.gz the rows of each table as PostgreSQL's JSON, one a line: the same from every database
 *   blobs/SHA256          the recordings
 *   end.json              which recordings were deleted while it was made, and which the store had lost
 *
 * Sessions, counts of tries, marks of deletions and the queue are left out: after a restore everybody signs in again, what
 * was not analysed yet is queued anew, and nothing was ever deleted in its database.
 */
import { getTableName, is } from 'drizzle-orm';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import { z } from 'zod';
import * as schema from '../schema.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const backupSchema = z.object({
  kind: z.literal('crepitus-portal-backup'),
  schemaVersion: z.literal(1),
  made: z.iso.datetime(),
  audit: z.object({
    /** Those before the first place that does not fit. */
    entries: z.number().int(),
    head: sha256,
    /** Where the log did not fit when the backup was made; absent: it was whole. */
    broken: z.object({ seq: z.number().int(), reason: z.string() }).optional(),
  }),
  secrets: z.object({ sha256 }),
  tables: z.array(
    z.object({ name: z.string(), columns: z.array(z.string()), rows: z.number().int(), sha256 }),
  ),
  blobs: z.number().int(),
});
export type BackupDescription = z.infer<typeof backupSchema>;

export const secretsSchema = z.object({ auth: z.string().min(43) });

export const endSchema = z.object({
  /** sha256 of recordings whose rows are in the backup but were deleted before their turn came. */
  deleted: z.array(sha256),
  /** Of recordings that the store did not have, or not as they were stored. */
  lost: z.array(sha256),
});
export type BackupEnd = z.infer<typeof endSchema>;

export const entryNames = {
  description: 'backup.json',
  secrets: 'secrets.json',
  table: (name: string) => `tables/${name}.ndjson.gz`,
  blob: (blob: string) => `blobs/${blob}`,
  end: 'end.json',
};

const leftOut: PgTable[] = [
  schema.session,
  schema.rateLimit,
  schema.signInAttempt,
  schema.verification,
  schema.erasure,
];

export interface BackedUpTable {
  readonly name: string;
  readonly columns: readonly string[];
}

/** All others of schema.ts, those that are referred to before those that refer. */
export function backedUpTables(): BackedUpTable[] {
  const tables = Object.values(schema as Record<string, unknown>).filter(value => is(value, PgTable));
  const ordered: PgTable[] = [];
  const add = (table: PgTable) => {
    if (ordered.includes(table) || leftOut.includes(table)) return;
    for (const { reference } of getTableConfig(table).foreignKeys) {
      const { foreignTable } = reference();
      if (foreignTable !== table) add(foreignTable);
    }
    ordered.push(table);
  };
  for (const table of tables) add(table);
  return ordered.map(table => ({
    name: getTableName(table),
    columns: getTableConfig(table).columns.map(column => column.name),
  }));
}

/** For messages: 12 000 000 as 12 MB. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}
