import { CrepitusError } from '@crepitus/dsp';
import pg from 'pg';

/** What jobs need of a database. */
export interface Database {
  /** For messages, without a password. */
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: rows and values of any statement, as pg-boss types them
  executeSql(text: string, values?: any[]): Promise<{ rows: any[] }>;
  close(): Promise<void>;
}

/**
 * The address of the database that the machines share.
 *
 * @throws CrepitusError `database-missing` (usage)
 */
export function databaseUrl(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.DATABASE_URL) return environment.DATABASE_URL;
  throw new CrepitusError(
    'database-missing',
    'There is no queue: set DATABASE_URL to the PostgreSQL database that the machines share (postgres://user:password@host/name).',
    { kind: 'usage' },
  );
}

/** @throws CrepitusError `database-url` (usage); an unreachable database shows with the first statement */
export function openPostgres(url: string): Database {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'crepitus',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    max: 4,
  });
  pool.on('error', () => {}); // A resting connection that breaks is replaced; the next statement tells.
  return {
    name: nameOf(url),
    executeSql: (text, values) => pool.query(text, values),
    close: () => pool.end(),
  };
}

function nameOf(url: string): string {
  try {
    const { protocol, hostname, port, pathname } = new URL(url);
    if (!/^postgres(ql)?:$/.test(protocol)) throw new TypeError(protocol);
    return `${hostname || 'this machine'}${port && `:${port}`}${pathname}`;
  } catch (cause) {
    throw new CrepitusError(
      'database-url',
      'DATABASE_URL is no address of a PostgreSQL database; give it as postgres://user:password@host/name.',
      { kind: 'usage', cause },
    );
  }
}

/** The part of `PGlite` of `@electric-sql/pglite` that is used. */
export interface Pglite {
  // biome-ignore lint/suspicious/noExplicitAny: as in Database
  query(text: string, values?: any[]): Promise<{ rows: any[] }>;
  // biome-ignore lint/suspicious/noExplicitAny: as in Database
  exec(text: string): Promise<{ rows: any[] }[]>;
  close(): Promise<void>;
}

/**
 * A database without a server, for queues within one process. Statements without values may be several, which only
 * `exec` takes.
 */
export function openPglite(lite: Pglite): Database {
  return {
    name: 'PGlite',
    executeSql: async (text, values) =>
      values?.length ? lite.query(text, values) : ((await lite.exec(text)).at(-1) ?? { rows: [] }),
    close: () => lite.close(),
  };
}
