/** What becomes of a sound that a visit has already, or whose patient is deleted, on any database; called by portal-suite.ts. */
import { readdir } from 'node:fs/promises';
import { writeWav } from '@crepitus/recordings';
import { beforeAll, describe, expect, it } from 'vitest';
import { breathLikeSound } from './breath-like-sound.ts';
import { address, type Client, type PortalAtWork } from './portal-at-work.ts';

export interface UploadPlace {
  readonly work: PortalAtWork;
  readonly administrator: Client;
  readonly clinician: Client;
}

export function describeUploads(placeOf: () => UploadPlace): void {
  describe('the same sound twice', () => {
    let administrator: Client;
    let clinician: Client;
    let first: string;
    let second: string;
    const sound = breathLikeSound(4, 8000, 71);
    const wav = writeWav([sound], 8000, { bitsPerSample: 24 });

    beforeAll(async () => {
      ({ administrator, clinician } = placeOf());
      const draft = { pseudonym: 'P-same-sound', birthYear: null, sex: 'unknown', notes: '' };
      const patient = (await clinician.post('/api/patients', draft)).json.id;
      for (const day of ['2026-03-01', '2026-03-02'])
        [first, second] = [
          second,
          (await clinician.post(`/api/patients/${patient}/visits`, { day, notes: '' })).json.id,
        ];
    });

    const upload = async (visit: string, bytes: Uint8Array, query = '') =>
      (await clinician.ask(`/api/visits/${visit}/recordings?site=Pl${query}`, { method: 'POST', bytes }))
        .json;
    const numbers = async (visit: string) =>
      (await clinician.ask(`/api/visits/${visit}`)).json.recordings.map(
        ({ number }: { number: number }) => number,
      );

    it('is one recording of a visit, which the second upload names', async () => {
      const added = await upload(first, wav);
      expect(added).toMatchObject({ number: 1, added: true });
      expect(await upload(first, writeWav([sound.map(x => -x)], 8000))).toMatchObject({
        number: 2,
        added: true,
      });
      expect(await upload(first, wav)).toEqual({ ...added, added: false, listed: null });
      expect(await numbers(first)).toEqual([1, 2]);
      const entries: { action: string; detail: string }[] = (await administrator.ask('/api/audit')).json;
      const made = entries.filter(({ action, detail }) => action === 'create' && detail.includes(first));
      expect(made).toHaveLength(2);
    });

    it('is added once more where that is wanted, and to another visit', async () => {
      expect(await upload(first, wav, '&again=true')).toMatchObject({ number: 3, added: true });
      expect(await upload(first, wav)).toMatchObject({ number: 1, added: false });
      expect(await upload(second, wav)).toMatchObject({ number: 1, added: true });
      expect(await numbers(first)).toEqual([1, 2, 3]);
    });
  });

  describe('an upload that ends after its patient was deleted', () => {
    it('is refused, and its sound is not in the store', async () => {
      const { work, clinician } = placeOf();
      const { blobs } = work.portal;
      const stored = async () => {
        const names: string[] = [];
        for await (const name of blobs.storedBefore(Date.now() + 60_000)) names.push(name);
        return names.sort();
      };
      const draft = { pseudonym: 'P-deleted-meanwhile', birthYear: null, sex: 'unknown', notes: '' };
      const patient = (await clinician.post('/api/patients', draft)).json.id;
      const visit = (
        await clinician.post(`/api/patients/${patient}/visits`, { day: '2026-03-01', notes: '' })
      ).json.id;
      const before = await stored();
      const wav = writeWav([breathLikeSound(3, 8000, 83)], 8000);
      let sendTheRest = () => {};
      const rest = new Promise<void>(resolve => {
        sendTheRest = resolve;
      });
      const pieces = [wav.subarray(0, 1000), wav.subarray(1000)];
      const body = new ReadableStream<Uint8Array>({
        async pull(controller) {
          if (pieces.length === 1) await rest;
          controller.enqueue(pieces.shift()!);
          if (pieces.length === 0) controller.close();
        },
      });
      const answer = work.portal.handle(
        new Request(`${address}/api/visits/${visit}/recordings?site=Pl`, {
          method: 'POST',
          headers: { host: new URL(address).host, origin: address, cookie: clinician.cookie },
          body,
          duplex: 'half',
        } as RequestInit),
      );
      await expect.poll(() => readdir(work.folder.uploads)).toHaveLength(1); // The visit was there.
      expect((await clinician.ask(`/api/patients/${patient}`, { method: 'DELETE' })).status).toBe(200);
      sendTheRest();
      const refused = await answer;
      expect(refused.status).toBe(404);
      expect(await refused.json()).toMatchObject({ error: { code: 'missing' } });
      expect(await stored()).toEqual(before);
      expect(await readdir(work.folder.uploads)).toEqual([]);
    });
  });
}
