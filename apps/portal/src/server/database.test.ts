/** A portal's database from before its newest tables and columns. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import { afterEach, expect, it } from 'vitest';
import { embeddedOn, type OpenDatabase } from './database.ts';
import { analysis, recording } from './schema.ts';

const migrations = fileURLToPath(new URL('../../migrations', import.meta.url));
let folder: string | undefined;
let database: OpenDatabase | undefined;
afterEach(async () => {
  await database?.close();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

it('of before airflows could be said keeps its recordings and analyses, which have none', async () => {
  folder = await mkdtemp(join(tmpdir(), 'crepitus-migrations-'));
  await cp(migrations, folder, { recursive: true });
  const journalFile = join(folder, 'meta/_journal.json');
  const journal = JSON.parse(await readFile(journalFile, 'utf8'));
  const at = journal.entries.findIndex(({ tag }: { tag: string }) => tag.endsWith('_airflow'));
  expect(at).toBeGreaterThan(0);
  await writeFile(journalFile, JSON.stringify({ ...journal, entries: journal.entries.slice(0, at) }));
  const lite = await PGlite.create();
  await migrate(drizzle(lite), { migrationsFolder: folder });
  await lite.exec(`
    INSERT INTO clinic (id, name) VALUES ('c', 'North');
    INSERT INTO patient (id, clinic_id, pseudonym) VALUES ('p', 'c', 'P-1');
    INSERT INTO visit (id, patient_id, day) VALUES ('v', 'p', '2026-01-01');
    INSERT INTO recording (id, visit_id, number, sites, blob, bytes, facts)
      VALUES ('r', 'v', 1, '["Pl",null]', 'b', 1, '{"channels":2}');
    INSERT INTO analysis (id, recording_id) VALUES ('a', 'r');
  `);
  database = await embeddedOn(lite);
  expect(await database.queries.select().from(recording)).toMatchObject([
    { id: 'r', sites: ['Pl', null], airflow: null },
  ]);
  expect(await database.queries.select().from(analysis)).toMatchObject([
    { id: 'a', state: 'waiting', airflow: null },
  ]);
});
