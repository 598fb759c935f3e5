/** What holds of backups, from one kind of database to another: run on PGlite by backup.service.test.ts, on PostgreSQL by test/portal.service.test.ts. */
import { execFileSync } from 'node:child_process';
import { createWriteStream, readdirSync } from 'node:fs';
import { copyFile, mkdtemp, open, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DiskBlobs, type Environment, openBlobs } from '@crepitus/analyses/node';
import { writeWav } from '@crepitus/recordings';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyAudit } from '../src/server/audit.ts';
import { type BackupDescription, backedUpTables } from '../src/server/backup/form.ts';
import { makeBackup } from '../src/server/backup/make.ts';
import { openBackup } from '../src/server/backup/read.ts';
import { restore } from '../src/server/backup/restore.ts';
import { readTar, tarEnd, tarHeader, tarPadding } from '../src/server/backup/tar.ts';
import { openDataFolder } from '../src/server/data-folder.ts';
import type { OpenDatabase, Queries } from '../src/server/database.ts';
import { Portal } from '../src/server/portal.ts';
import { analysis, audit, recording } from '../src/server/schema.ts';
import { openStore } from '../src/server/serve.ts';
import { breathLikeSound } from './breath-like-sound.ts';
import { address, Client, type PortalAtWork, startPortal } from './portal-at-work.ts';

/** @param newTarget what a restore finds beside its data folder: `DATABASE_URL` of an empty database, or nothing */
export function describeBackup(
  name: string,
  openSource: () => Promise<OpenDatabase>,
  newTarget: () => Promise<Environment>,
): void {
  describe(name, () => {
    let folder: string;
    let work: PortalAtWork;
    let clinician: Client;
    let visitId: string;
    let first: string;
    let file: string;
    let targets = 0;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'crepitus-backup-'));
      work = await startPortal(openSource);
      const administrator = await work.newClinic('North');
      clinician = await work.newUser(administrator, 'clinician', 'cora@north.example');
      visitId = await newVisit('P-Ü1 "quoted" \\ back');
      first = await upload(1);
      await upload(2, visitId, 2);
      await analysed(first);
      await work.portal.queries
        .update(recording)
        .set({ sites: ['Pl', null], airflow: 1 })
        .where(eq(recording.number, 2));
      file = await backUp();
    });
    afterAll(async () => {
      await work?.close();
      await rm(folder, { recursive: true, force: true });
    });

    async function newVisit(pseudonym: string): Promise<string> {
      const draft = { pseudonym, birthYear: 1950, sex: 'female', notes: 'one\ntwo\ttabbed\u2028line' };
      const { id } = (await clinician.post('/api/patients', draft)).json;
      return (await clinician.post(`/api/patients/${id}/visits`, { day: '2026-06-01', notes: '' })).json.id;
    }

    async function upload(seed: number, visit = visitId, channels = 1): Promise<string> {
      const sounds = Array.from({ length: channels }, (_, i) => breathLikeSound(3, 8000, seed + i));
      const bytes = writeWav(sounds, 8000);
      const { json } = await clinician.ask(`/api/visits/${visit}/recordings?site=Pl&device=x`, {
        method: 'POST',
        bytes,
      });
      return json.id;
    }

    async function analysed(id: string): Promise<void> {
      while ((await clinician.ask(`/api/recordings/${id}/progress`)).json.state !== 'done') await sleep(100);
    }

    function source() {
      const { queries, blobs, folder } = work.portal;
      return { queries, blobs, secrets: folder.secrets, scratch: folder.uploads };
    }

    async function backUp(pieces: AsyncIterable<Uint8Array> = makeBackup(source())): Promise<string> {
      const file = join(folder, `backup-${targets++}.tar`);
      await pipeline(Readable.from(pieces), createWriteStream(file));
      return file;
    }

    async function target(): Promise<Environment & { CREPITUS_DATA: string }> {
      return { ...(await newTarget()), CREPITUS_DATA: join(folder, `target-${targets++}`) };
    }

    /** The restored portal's database, store and secret. */
    async function inRestored<Result>(
      environment: Environment,
      use: (store: Awaited<ReturnType<typeof openStore>>) => Promise<Result>,
    ): Promise<Result> {
      const store = await openStore(environment);
      try {
        return await use(store);
      } finally {
        await store.close();
      }
    }

    async function expectNothing(environment: Environment & { CREPITUS_DATA: string }): Promise<void> {
      expect(filesIn(environment.CREPITUS_DATA)).toEqual([]);
      if (environment.DATABASE_URL)
        await inRestored(
          { ...environment, CREPITUS_DATA: join(folder, `look-${targets++}`) },
          async store => {
            for (const { name } of backedUpTables())
              expect([name, await rowsOf(store.database.queries, name)]).toEqual([name, []]);
          },
        );
    }

    /** The same archive but for some of its entries; null leaves one out. */
    async function changed(change: (name: string, bytes: Buffer) => Buffer | null): Promise<string> {
      const path = join(folder, `changed-${targets++}.tar`);
      const handle = await open(file);
      const pieces: Uint8Array[] = [];
      for await (const { name, bytes, at } of readTar(handle)) {
        const held = Buffer.alloc(bytes);
        await handle.read(held, 0, bytes, at);
        const kept = change(name, held);
        if (kept !== null) pieces.push(tarHeader(name, kept.length), kept, tarPadding(kept.length));
      }
      await handle.close();
      await writeFile(path, Buffer.concat([...pieces, tarEnd]));
      return path;
    }

    const description = (change: (json: BackupDescription) => unknown) =>
      changed((name, bytes) => {
        if (name !== 'backup.json') return bytes;
        const json = JSON.parse(bytes.toString());
        change(json);
        return Buffer.from(JSON.stringify(json));
      });

    it('is whole: rows, recordings, accounts and the log are as they were', async () => {
      const environment = await target();
      await restore(file, environment);
      await inRestored(environment, async ({ database, folder: restored }) => {
        for (const { name } of backedUpTables()) {
          const now = await rowsOf(work.portal.queries, name);
          const then = await rowsOf(database.queries, name);
          if (name === 'audit') expect(then.slice(0, -1)).toEqual(now.slice(0, then.length - 1));
          // What waited for its analysis then may have it by now.
          else if (name === 'analysis') expect(then).toHaveLength(now.length);
          else expect([name, then]).toEqual([name, now]);
        }
        expect((await verifyAudit(database.queries)).broken).toBe(null);
        expect(restored.secrets.auth).toBe(work.folder.secrets.auth);
        expect(restored.secrets.commands).not.toBe(work.folder.secrets.commands);
        const blobs = await openBlobs({}, { folder: restored.blobs, scratch: restored.uploads });
        const portal = await Portal.open(restored, database, { port: 3000, publicAddress: address, blobs });
        const client = new Client(portal);
        expect((await client.signIn('cora@north.example')).status).toBe(200);
        const sound = await client.ask(`/api/recordings/${first}/sound`);
        expect(sound.bytes).toEqual((await clinician.ask(`/api/recordings/${first}/sound`)).bytes);
        const { json } = await client.ask(`/api/recordings/${first}`);
        expect(json.analysis).toEqual((await clinician.ask(`/api/recordings/${first}`)).json.analysis);
        for (;;) {
          const rows = await database.queries.select({ state: analysis.state }).from(analysis);
          expect(rows.map(({ state }) => state)).not.toContain('failed');
          if (rows.every(({ state }) => state === 'done')) break; // What waited is taken up.
          await sleep(200);
        }
        await portal.close();
      });
    });

    it('is a tar that others read, and readable by its owner alone', async () => {
      const names = execFileSync('tar', ['-tf', file], { encoding: 'utf8' }).trim().split('\n');
      expect(names.slice(0, 3)).toEqual(['backup.json', 'secrets.json', 'tables/clinic.ndjson.gz']);
      expect(names.at(-1)).toBe('end.json');
      expect(names.filter(name => name.startsWith('blobs/'))).toHaveLength(2);
    });

    it('is in the log of whom it is of', async () => {
      const rows = await rowsOf(work.portal.queries, 'audit');
      expect(rows.filter(row => /"export".*"backup"/.test(row))).not.toEqual([]);
    });

    it('of a log that somebody changed is made where that is asked for alone, and says so when it is restored', async () => {
      const { queries } = work.portal;
      const rewrite = (actor: string) =>
        queries.transaction(async transaction => {
          await transaction.execute(sql`ALTER TABLE audit DISABLE TRIGGER audit_append_only`);
          await transaction.execute(sql`UPDATE audit SET actor = ${actor} WHERE seq = 3`);
          await transaction.execute(sql`ALTER TABLE audit ENABLE TRIGGER audit_append_only`);
        });
      const [before] = await queries.select().from(audit).where(eq(audit.seq, 3));
      await rewrite('somebody else');
      try {
        await expect(backUp()).rejects.toMatchObject({
          code: 'audit-broken',
          message: expect.stringMatching(/broken at entry 3 .*--with-broken-log/),
        });
        const broken = { seq: 3, reason: 'entry 3 is not as it was written' };
        const path = await backUp(makeBackup({ ...source(), withBrokenLog: true }));
        expect((await openBackup(path)).description.audit).toMatchObject({ entries: 2, broken });
        const environment = await target();
        await restore(path, environment);
        await inRestored(environment, async ({ database }) => {
          expect((await verifyAudit(database.queries)).broken).toEqual(broken);
          const kept = await rowsOf(database.queries, 'audit');
          expect(kept.slice(0, -1)).toEqual((await rowsOf(queries, 'audit')).slice(0, kept.length - 1));
        });
        const elsewhere = await description(json => Object.assign(json.audit, { broken }));
        await expect(restore(elsewhere, await target())).rejects.toThrow(/is not the one/);
      } finally {
        await rewrite(before!.actor);
      }
      expect((await verifyAudit(queries)).broken).toBe(null);
    });

    it('leaves out what is deleted while it is made, and says what the store had lost', async () => {
      const visit = await newVisit('P-2');
      const deleted = await upload(3, visit);
      const lost = await upload(4, visit);
      const blobOf = async (id: string) =>
        (await work.portal.queries.select().from(recording).where(eq(recording.id, id)))[0]!.blob;
      const [deletedBlob, lostBlob] = [await blobOf(deleted), await blobOf(lost)];
      await analysed(deleted);
      await analysed(lost);
      const made = makeBackup(source());
      const begun = await made.next();
      await clinician.ask(`/api/recordings/${deleted}`, { method: 'DELETE' });
      await rm((work.portal.blobs as DiskBlobs).path(lostBlob));
      const path = await backUp(
        (async function* () {
          yield begun.value as Uint8Array;
          yield* made;
        })(),
      );
      expect((await openBackup(path)).end).toEqual({ deleted: [deletedBlob], lost: [lostBlob] });
      const environment = await target();
      await restore(path, environment);
      const ids = await inRestored(environment, async ({ database }) =>
        (await database.queries.select({ id: recording.id }).from(recording)).map(({ id }) => id),
      );
      expect(ids).not.toContain(deleted);
      expect(ids).toContain(lost);
    });

    it.each([
      ['a text', () => written(folder, 'Dear colleague,'.repeat(100)), /no archive of this kind/],
      ['an empty file', () => written(folder, ''), /cut off/],
      [
        'another archive',
        () => written(folder, Buffer.concat([tarHeader('a', 0), tarEnd])),
        /backup\.json is missing/,
      ],
      ['one without its end', () => cut(0.97), /cut off|missing|damaged/],
      ['one of which half is there', () => cut(0.5), /cut off|missing/],
      [
        'one of which the last file is missing',
        () => changed((n, b) => (n === 'end.json' ? null : b)),
        /end\.json is missing/,
      ],
      [
        'one without a recording',
        () => changed((n, b) => (n.startsWith('blobs/') ? null : b)),
        /blobs\/\S+ is missing/,
      ],
      [
        'one with a changed recording',
        () => changed((n, b) => (n.startsWith('blobs/') ? flipped(b) : b)),
        /blobs\/\S+ in it is damaged/,
      ],
      [
        'one with a changed table',
        () => changed((n, b) => (n.includes('patient') ? flipped(b) : b)),
        /tables\/patient\.ndjson\.gz in it is damaged/,
      ],
      [
        'one with another secret',
        () => changed((n, b) => (n === 'secrets.json' ? flipped(b) : b)),
        /secrets\.json in it is damaged/,
      ],
      [
        'one of a later form',
        () => description(json => Object.assign(json, { schemaVersion: 2 })),
        /backup\.json is not of the form/,
      ],
      [
        'one with tables of the future',
        () => description(json => (json.tables[0]!.name = 'ward')),
        /has a table ward, which this version does not know/,
      ],
      [
        'one of another log',
        () => description(json => Object.assign(json.audit, { head: 'a'.repeat(64) })),
        /the audit log in it is not the one/,
      ],
      [
        'one with a row too few',
        () => description(json => json.tables[2]!.rows++),
        /could not be restored \(of \w+ \d+ rows came/,
      ],
    ])('refuses %s in a sentence, and leaves nothing', async (_, make: () => Promise<string>, reason) => {
      const broken = await make();
      const environment = await target();
      const error = await restore(broken, environment).catch(thrown => thrown);
      expect(error).toMatchObject({ kind: 'refused', message: expect.stringMatching(reason) });
      expect(error.message).toMatch(/^[^\n]+\.$/);
      await expectNothing(environment);
    });

    async function cut(share: number): Promise<string> {
      const path = join(folder, `cut-${targets++}.tar`);
      await copyFile(file, path);
      await truncate(path, Math.floor((await readFile(file)).length * share));
      return path;
    }

    it('is restored into nothing that is in use', async () => {
      const environment = await target();
      await restore(file, environment);
      const before = filesIn(environment.CREPITUS_DATA);
      await expect(restore(file, environment)).rejects.toMatchObject({
        code: 'restore-not-empty',
        message: expect.stringMatching(/has something in it \(\S+\); a backup is restored into an empty one/),
      });
      expect(filesIn(environment.CREPITUS_DATA)).toEqual(before);
      if (environment.DATABASE_URL) {
        const beside = { ...environment, CREPITUS_DATA: join(folder, `beside-${targets++}`) };
        await expect(restore(file, beside)).rejects.toMatchObject({
          code: 'restore-not-empty',
          message: expect.stringMatching(/^The database has rows in it already \(table clinic\)/),
        });
        expect(filesIn(beside.CREPITUS_DATA)).toEqual([]);
      }
    });

    it('that was cut off by a kill leaves a folder that no portal opens', async () => {
      const environment = await target();
      await openDataFolder(environment.CREPITUS_DATA);
      await writeFile(join(environment.CREPITUS_DATA, 'restoring'), '');
      await expect(openStore(environment)).rejects.toMatchObject({ code: 'data-folder-restoring' });
    });
  });
}

/** JSON of every row, in an order of its own. */
async function rowsOf(queries: Queries, table: string): Promise<string[]> {
  const order = table === 'audit' ? sql`seq` : sql`id`;
  const { rows } = (await queries.execute(
    sql`SELECT row_to_json(t)::text AS line FROM ${sql.identifier(table)} t ORDER BY ${order}`,
  )) as unknown as { rows: { line: string }[] };
  return rows.map(({ line }) => line);
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function flipped(bytes: Buffer): Buffer {
  const changed = Buffer.from(bytes);
  const at = changed.length >> 1;
  changed[at] = changed[at]! ^ 1;
  return changed;
}

async function written(folder: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, `written-${Math.random().toString(36).slice(2)}`);
  await writeFile(path, content);
  return path;
}
