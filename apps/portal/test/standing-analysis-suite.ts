/** An analysis that is done stands until another one is, whatever becomes of those between; called by portal-suite.ts. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DiskBlobs } from '@crepitus/analyses/node';
import { writeWav } from '@crepitus/recordings';
import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { analysis, recording } from '../src/server/schema.ts';
import { breathLikeSound } from './breath-like-sound.ts';
import type { Client, PortalAtWork } from './portal-at-work.ts';

export interface StandingPlace {
  readonly work: PortalAtWork;
  readonly clinician: Client;
}

export function describeStandingAnalysis(placeOf: () => StandingPlace): void {
  describe('an analysis made again', () => {
    let work: PortalAtWork;
    let clinician: Client;
    let patientId: string;
    let visitId: string;
    let id: string;
    let file: string;
    // biome-ignore lint/suspicious/noExplicitAny: the JSON of any route
    const read = async (path: string): Promise<any> => (await clinician.ask(path)).json;

    beforeAll(async () => {
      ({ work, clinician } = placeOf());
      const draft = { pseudonym: 'P-stands', birthYear: null, sex: 'unknown', notes: '' };
      patientId = (await clinician.post('/api/patients', draft)).json.id;
      const visit = await clinician.post(`/api/patients/${patientId}/visits`, {
        day: '2026-04-01',
        notes: '',
      });
      visitId = visit.json.id;
      const bytes = writeWav([breathLikeSound(8, 8000, 91)], 8000);
      const path = `/api/visits/${visitId}/recordings?site=Pl`;
      id = (await clinician.ask(path, { method: 'POST', bytes })).json.id;
      expect(await ended()).toMatchObject({ state: 'done' });
      const [row] = await work.portal.queries.select().from(recording).where(eq(recording.id, id));
      file = (work.portal.blobs as DiskBlobs).path(row!.blob);
    });

    async function ended() {
      for (;;) {
        const progress = await read(`/api/recordings/${id}/progress`);
        if (['done', 'failed'].includes(progress.state)) return progress;
        await sleep(200);
      }
    }

    /** What pages, exports and reviews have of the recording. */
    async function shown() {
      const { analysis: standing } = await read(`/api/recordings/${id}`);
      const [listed] = (await read(`/api/visits/${visitId}`)).recordings;
      const { trend } = await read(`/api/patients/${patientId}`);
      const report = await work.portal.pages.report(
        (await work.portal.actorOf(new Headers({ cookie: clinician.cookie })))!,
        visitId,
      );
      const { at, ...reported } = report;
      const csv = await clinician.ask(`/api/recordings/${id}/exports/csv`);
      return {
        standing,
        channels: listed.channels,
        quality: listed.quality,
        trend,
        result: reported.recordings[0]!.result,
        csv: [csv.status, new TextDecoder().decode(csv.bytes)],
      };
    }

    const again = () => clinician.post(`/api/recordings/${id}/analyses`);
    const say = async (word: string) => {
      const [cycle] = (await read(`/api/recordings/${id}`)).analysis.result.recording.channels[0].cycles;
      const { start, end } = cycle;
      return (await clinician.post(`/api/recordings/${id}/reviews`, { channel: 0, start, end, word })).status;
    };

    it('that fails takes nothing away, and its failure stands beside what is shown', async () => {
      expect(await say('crackle')).toBe(200);
      const before = await shown();
      expect(before.csv[0]).toBe(200);
      expect(before.channels[0].cycles).toBeGreaterThan(0);
      const bytes = readFileSync(file);
      writeFileSync(file, 'damaged');
      await again();
      const failed = await ended();
      expect(failed).toMatchObject({ state: 'failed', failure: { code: 'blob-damaged' } });
      expect(await shown()).toEqual(before);
      expect(await say('clear')).toBe(200);
      const view = await read(`/api/recordings/${id}`);
      expect(failed).toMatchObject(view.newest);
      expect(view.analysis.id).not.toBe(failed.id);
      expect(view.review.words).toMatchObject([{ word: 'clear' }]);
      expect((await read(`/api/visits/${visitId}`)).recordings[0]).toMatchObject({
        state: 'failed',
        failure: { code: 'blob-damaged' },
      });
      writeFileSync(file, bytes);
      await again();
      expect(await ended()).toMatchObject({ state: 'done' });
      const after = await read(`/api/recordings/${id}`);
      expect(after.analysis.id).toBe(after.newest.id);
      expect(after.analysis.result).toEqual(view.analysis.result);
    });

    it('that waits or is at work takes nothing away', async () => {
      for (const state of ['waiting', 'at-work'] as const) {
        const before = await shown();
        const row = { id: `stands-${state}`, recordingId: id, state, progress: 0.5 };
        await work.portal.queries.insert(analysis).values(row);
        expect(await shown()).toEqual(before);
        expect((await read(`/api/recordings/${id}`)).newest).toMatchObject({ id: row.id, state });
        expect(await say(state === 'waiting' ? 'crackle' : 'clear')).toBe(200);
        expect((await again()).json.error.code).toBe('at-work');
        await work.portal.queries.delete(analysis).where(eq(analysis.id, row.id));
      }
    });

    it('keeps the machine’s paths to itself when it fails', async () => {
      const bytes = readFileSync(file);
      const told = async () =>
        JSON.stringify([
          await read(`/api/recordings/${id}/progress`),
          await read(`/api/recordings/${id}/sound`),
          await read(`/api/recordings/${id}`),
          await read(`/api/visits/${visitId}`),
        ]);
      for (const breakIt of [() => writeFileSync(file, 'damaged'), () => rmSync(file)]) {
        breakIt();
        await again();
        expect((await ended()).state).toBe('failed');
        expect(await told()).not.toContain(work.folder.blobs);
        expect(await told()).toMatch(/blob-(damaged|missing)/);
      }
      const row = { id: 'stands-fault', recordingId: id, state: 'failed' } as const;
      const failure = { code: 'fault', message: `ENOENT: no such file '${work.folder.blobs}/x'` };
      await work.portal.queries.insert(analysis).values({ ...row, failure });
      expect(await told()).not.toContain(work.folder.blobs);
      writeFileSync(file, bytes);
    });
  });
}
