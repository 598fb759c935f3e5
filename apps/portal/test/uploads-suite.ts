/** What becomes of a sound that a visit has already, on any database; called by portal-suite.ts. */
import { writeWav } from '@crepitus/recordings';
import { beforeAll, describe, expect, it } from 'vitest';
import { breathLikeSound } from './breath-like-sound.ts';
import type { Client } from './portal-at-work.ts';

export interface UploadPlace {
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
}
