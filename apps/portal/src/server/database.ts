/** The database: PGlite in the data folder, or the PostgreSQL server of DATABASE_URL. The same code runs on both. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { CrepitusError } from '@crepitus/dsp';
import { type Database as JobDatabase, openPglite, openPostgres } from '@crepitus/jobs';
import { PGlite } from '@electric-sql/pglite';
import { drizzle as drizzleOnPostgres } from 'drizzle-orm/node-postgres';
import { migrate as migratePostgres } from 'drizzle-orm/node-postgres/migrator';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import { drizzle as drizzleOnPglite } from 'drizzle-orm/pglite';
import { migrate as migratePglite } from 'drizzle-orm/pglite/migrator';
import pg from 'pg';
import * as schema from './schema.ts';

/** Queries, alike on both, in a transaction or not. */
export type Queries = PgDatabase<PgQueryResultHKT, typeof schema>;

export interface OpenDatabase {
  readonly queries: Queries;
  /** Whether other processes may be at work on it. */
  readonly shared: boolean;
  /** For what portals that start at the same time must not do at once. */
  oneByOne<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Makes deleted records unreadable in the database's own files; those of a server are left to whoever runs it. */
  eraseDeleted(): Promise<void>;
  /** For pg-boss; closing it closes nothing else. */
  readonly jobs: JobDatabase;
  close(): Promise<void>;
}

/** The same folder seen from `src/server` and from `dist/server`. */
const migrationsFolder = fileURLToPath(new URL('../../migrations', import.meta.url));

/** Any number that nothing else in the database locks. */
const startLock = 0x637265_01;

/**
 * PGlite on a folder, which the caller must have locked, or in memory without one.
 *
 * @throws CrepitusError `database-unusable` (usage)
 */
export async function openEmbedded(folder: string | null): Promise<OpenDatabase> {
  const lite = await PGlite.create({
    ...(folder === null ? {} : { dataDir: folder }),
  }).catch((cause: unknown) => {
    const sound = folder !== null && existsSync(folder);
    throw new CrepitusError(
      'database-unusable',
      `The embedded database ${folder} cannot be opened (${reasonOf(cause)}); ${sound ? 'put the folder back from a backup' : 'check the folder above it'}.`,
      { kind: 'usage', cause },
    );
  });
  return embeddedOn(lite);
}

/** On a PGlite that is open. */
export async function embeddedOn(lite: PGlite): Promise<OpenDatabase> {
  await lite.exec('SET wal_recycle = off'); // Else old changes stay readable in files that wait to be written over.
  const queries = drizzleOnPglite(lite, { schema });
  await migrate(() => migratePglite(queries, { migrationsFolder }));
  await lite.exec(reuseRoom);
  return {
    queries: queries as unknown as Queries,
    shared: false,
    oneByOne: work => work(),
    eraseDeleted: () => eraseDeleted(lite),
    jobs: { ...openPglite(lite as never), close: async () => {} },
    close: () => lite.close(),
  };
}

/** Of these tables the deleted rows hold what people typed. Analyses, which are large and hold numbers, are not rewritten. */
const typedTables = ['patient', 'visit', 'recording'];

/** Nothing else does it here, and the room of old rows would never be used again. */
const reuseRoom = 'VACUUM analysis';

async function eraseDeleted(lite: PGlite): Promise<void> {
  for (const table of typedTables) await lite.exec(`VACUUM FULL ${table}`);
  await lite.exec(reuseRoom);
  await lite.exec('SELECT pg_switch_wal()'); // A checkpoint keeps the log that is being written.
  await lite.exec('CHECKPOINT');
}

/**
 * @param options.existing refuse a database without the portal's tables; default: make them
 * @throws CrepitusError `database-url`, `database-unusable`, `no-portal` (usage)
 */
export async function openServer(
  url: string,
  { existing = false }: { readonly existing?: boolean } = {},
): Promise<OpenDatabase> {
  const jobs = openPostgres(url); // Refuses what is no address.
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'crepitus-portal',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    max: 16,
  });
  pool.on('error', () => {}); // A resting connection that breaks is replaced; the next statement tells.
  const queries = drizzleOnPostgres(pool, { schema });
  const oneByOne = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    const client = await pool.connect();
    try {
      await client.query('SELECT pg_advisory_lock($1)', [startLock]);
      return await work();
    } finally {
      await client.query('SELECT pg_advisory_unlock($1)', [startLock]).catch(() => {});
      client.release();
    }
  };
  const close = async () => {
    await jobs.close();
    await pool.end();
  };
  try {
    await pool.query('SELECT 1').catch((cause: unknown) => {
      throw new CrepitusError(
        'database-unusable',
        `The database ${jobs.name} cannot be used (${reasonOf(cause)}); check that it runs, and DATABASE_URL.`,
        { kind: 'usage', cause },
      );
    });
    if (existing) await requireTables(pool, jobs.name);
    await oneByOne(() => migrate(() => migratePostgres(queries, { migrationsFolder })));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    queries: queries as unknown as Queries,
    shared: true,
    oneByOne,
    eraseDeleted: async () => {},
    jobs: { ...jobs, close: async () => {} },
    close,
  };
}

async function requireTables(pool: pg.Pool, name: string): Promise<void> {
  const { rows } = await pool.query("SELECT to_regclass('audit') IS NOT NULL AS found");
  if (rows[0].found) return;
  throw new CrepitusError(
    'no-portal',
    `The database ${name} holds no portal; name the portal's database in DATABASE_URL.`,
    { kind: 'usage' },
  );
}

async function migrate(run: () => Promise<unknown>): Promise<void> {
  await readFile(`${migrationsFolder}/meta/_journal.json`); // Without it drizzle's message names no folder.
  await run();
}

function reasonOf(error: unknown): string {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  return first instanceof Error ? first.message.replaceAll(/\s+/g, ' ') : String(first);
}
