/** What is left of deleted records in the files of an embedded database. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeWav } from '@crepitus/recordings';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { breathLikeSound } from '../../test/breath-like-sound.ts';
import { type Client, type PortalAtWork, startPortal } from '../../test/portal-at-work.ts';
import { openEmbedded } from './database.ts';

describe('of what is deleted, the files of an embedded database', () => {
  let folder: string;
  let work: PortalAtWork;
  let administrator: Client;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'crepitus-erased-'));
    work = await startPortal(() => openEmbedded(join(folder, 'database')), { hostsAnalyses: false });
    administrator = await work.newClinic('North');
  }, 120_000);
  afterAll(async () => {
    await work?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Files in which one of the texts can be read. */
  async function filesWith(...texts: readonly string[]): Promise<string[]> {
    const found: string[] = [];
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const bytes = await readFile(join(entry.parentPath, entry.name));
      if (texts.some(text => bytes.includes(text))) found.push(join(entry.parentPath, entry.name));
    }
    return found;
  }

  it('keep nothing that was typed, and everything of the others', async () => {
    /** A patient with a visit and a recording. */
    const enter = async (mark: string) => {
      const notes = `${mark} notes`;
      const draft = { pseudonym: `${mark} name`, birthYear: null, sex: 'unknown', notes };
      const patient = (await administrator.post('/api/patients', draft)).json.id;
      const visit = (
        await administrator.post(`/api/patients/${patient}/visits`, { day: '2026-03-01', notes })
      ).json.id;
      const { json } = await administrator.ask(
        `/api/visits/${visit}/recordings?site=Pl&device=${mark}+device`,
        {
          method: 'POST',
          bytes: writeWav([breathLikeSound(2, 8000, 5)], 8000),
        },
      );
      return { patient, visit, recording: json.id };
    };
    await enter('Quillfeather');
    const deleted = await enter('Marrowmere');
    const typed = ['name', 'notes', 'device'].map(what => `Marrowmere ${what}`);
    expect(await filesWith(...typed)).not.toEqual([]);

    expect((await administrator.ask(`/api/patients/${deleted.patient}`, { method: 'DELETE' })).status).toBe(
      200,
    );
    await expect.poll(() => filesWith(...typed), { timeout: 60_000 }).toEqual([]);
    expect(
      (await administrator.ask('/api/patients')).json.map(
        ({ pseudonym }: { pseudonym: string }) => pseudonym,
      ),
    ).toEqual(['Quillfeather name']);
    expect(await filesWith('Quillfeather notes')).not.toEqual([]);

    const again = await enter('Tamsinwold');
    expect((await administrator.ask(`/api/recordings/${again.recording}`, { method: 'DELETE' })).status).toBe(
      200,
    );
    await expect.poll(() => filesWith('Tamsinwold device'), { timeout: 60_000 }).toEqual([]);
    expect((await administrator.ask(`/api/visits/${again.visit}`, { method: 'DELETE' })).status).toBe(200);
    await expect
      .poll(async () => (await filesWith('Tamsinwold notes')).filter(file => file.includes('pg_wal')), {
        timeout: 60_000,
      })
      .toEqual([]);
  });

  it('keep nothing of many that are deleted at once either', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 8; i++) {
      const draft = { pseudonym: `Fennimoor ${i}`, birthYear: null, sex: 'unknown', notes: '' };
      ids.push((await administrator.post('/api/patients', draft)).json.id);
    }
    expect(await filesWith('Fennimoor')).not.toEqual([]);
    const answers = await Promise.all(
      ids.map(id => administrator.ask(`/api/patients/${id}`, { method: 'DELETE' })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    await expect.poll(() => filesWith('Fennimoor'), { timeout: 60_000 }).toEqual([]);
  });

  it('keep nothing once the portal is opened again after a kill, and are not rewritten where nothing was deleted', async () => {
    const open = async (erase: (real: () => Promise<void>) => Promise<void>) => {
      let erasings = 0;
      const portal = await startPortal(
        async () => {
          const database = await openEmbedded(join(folder, 'killed'));
          const eraseDeleted = () => {
            erasings++;
            return erase(database.eraseDeleted);
          };
          return { ...database, eraseDeleted };
        },
        { hostsAnalyses: false },
      );
      const close = async () => {
        await portal.close();
        return erasings;
      };
      return { portal, close };
    };
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    try {
      const killed = await open(() => Promise.reject(new Error('killed')));
      const administrator = await killed.portal.newClinic('South');
      const ids: string[] = [];
      for (const pseudonym of ['Ganderslee', 'Ottershaw']) {
        const draft = { pseudonym, birthYear: null, sex: 'unknown', notes: '' };
        ids.push((await administrator.post('/api/patients', draft)).json.id);
      }
      expect((await administrator.ask(`/api/patients/${ids[0]}`, { method: 'DELETE' })).status).toBe(200);
      await killed.close();
      expect(logged).toHaveBeenCalled();
    } finally {
      logged.mockRestore();
    }
    expect(await filesWith('Ganderslee')).not.toEqual([]);

    expect(await (await open(real => real())).close()).toBe(1);
    expect(await filesWith('Ganderslee')).toEqual([]);
    expect(await filesWith('Ottershaw')).not.toEqual([]);
    expect(await (await open(real => real())).close()).toBe(0);
  });
});
