/** A channel that is said to be the airflow: no sound any more, and the cycles come from it; called by portal-suite.ts. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordingAnalysis } from '@crepitus/analyses';
import { loadBundle } from '@crepitus/model/node';
import { parseManifest, parseReviewedCsv, writeWav } from '@crepitus/recordings';
import { eq } from 'drizzle-orm';
import { unzipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import { reviewedRecordingSchema } from '../src/server/exports/reviewed-recording.ts';
import { analysis, recording } from '../src/server/schema.ts';
import { textOf } from '../src/text/index.ts';
import { detailText } from '../src/view/log/entry-text.ts';
import { breathLikeSound } from './breath-like-sound.ts';
import type { Client, PortalAtWork } from './portal-at-work.ts';

export interface AirflowPlace {
  readonly work: PortalAtWork;
  readonly administrator: Client;
  readonly clinician: Client;
  readonly reader: Client;
  readonly stranger: Client;
}

const rate = 8000;
const seconds = 8;

export function describeAirflow(placeOf: () => AirflowPlace): void {
  describe('a channel that is the airflow', () => {
    let work: PortalAtWork;
    let administrator: Client;
    let clinician: Client;
    let reader: Client;
    let stranger: Client;
    let patientId: string;
    let visitId: string;
    /** The recording that the tests go on with, one after the other. */
    let id: string;
    /** Two channels of sound, then the flow of breaths of 2.4 s. */
    const bytes = threeChannels();
    // biome-ignore lint/suspicious/noExplicitAny: the JSON of any route
    const read = async (path: string): Promise<any> => (await clinician.ask(path)).json;

    beforeAll(async () => {
      ({ work, administrator, clinician, reader, stranger } = placeOf());
      const draft = { pseudonym: 'P-airflow', birthYear: null, sex: 'unknown', notes: '' };
      patientId = (await clinician.post('/api/patients', draft)).json.id;
      const day = { day: '2026-05-01', notes: '' };
      visitId = (await clinician.post(`/api/patients/${patientId}/visits`, day)).json.id;
      const path = `/api/visits/${visitId}/recordings?site=&device=`;
      id = (await clinician.ask(path, { method: 'POST', bytes })).json.id;
    });

    async function analysed(): Promise<RecordingAnalysis> {
      for (;;) {
        const { state } = await read(`/api/recordings/${id}/progress`);
        expect(state).not.toBe('failed');
        if (state === 'done') return (await read(`/api/recordings/${id}`)).analysis.result;
        await sleep(100);
      }
    }

    async function say(said: object, client = clinician, of = id) {
      const { updatedAt: basedOn } = (await read(`/api/recordings/${of}`)).recording;
      return client.ask(`/api/recordings/${of}`, { method: 'PUT', json: { device: '', ...said, basedOn } });
    }

    const analysesOf = () =>
      work.portal.queries
        .select()
        .from(analysis)
        .where(eq(analysis.recordingId, id))
        .orderBy(analysis.createdAt);
    const judge = (channel: number, { start, end }: { start: number; end: number }) =>
      clinician.post(`/api/recordings/${id}/reviews`, { channel, start, end, word: 'crackle' });
    const channelsOf = (result: RecordingAnalysis) => result.recording.channels.map(({ channel }) => channel);
    const sites = ['Plb', 'Prb', null];

    it('gives cycles to the others, whose scores are those of the same channel map elsewhere', async () => {
      const before = await analysed();
      expect(channelsOf(before)).toEqual([0, 1, 2]); // Nothing is guessed.
      expect(before.recording.cycleSource).not.toBe('airflow');
      expect((await say({ sites, airflow: 2 })).status).toBe(200);
      const { recording: row, newest } = await read(`/api/recordings/${id}`);
      expect(row).toMatchObject({ sites, airflow: 2 });
      expect(['waiting', 'at-work']).toContain(newest.state);
      const detector = await loadBundle('default');
      const expected = await detector.screen(bytes, {
        name: 'recording.wav',
        channelMap: sites.map((site, channel) => ({
          channel,
          kind: channel === 2 ? 'airflow' : 'sound',
          site,
        })),
      });
      detector.dispose();
      const { recording: screened } = await analysed();
      expect(screened).toEqual(JSON.parse(JSON.stringify(expected)));
      expect(screened.cycleSource).toBe('airflow');
      expect(screened.channels.map(({ cycles }) => cycles.length)).toEqual([2, 2]);
      for (const { start, inspirationEnd, end } of screened.channels[0]!.cycles) {
        expect(end - start).toBeCloseTo(2.4, 1);
        expect(inspirationEnd! - start).toBeCloseTo(1.2, 1);
      }
    });

    it('must be one of the file beside a sound, without a site, and said by who may change records', async () => {
      const none = [null, null, null];
      const { queries } = work.portal;
      const single = 'airflow-single';
      const [row] = await queries.select().from(recording).where(eq(recording.id, id));
      await queries
        .insert(recording)
        .values({ ...row!, id: single, number: 2, sites: [null], airflow: null });
      const wrong: [string, object][] = [
        [id, { sites: none, airflow: 3 }],
        [id, { sites: none, airflow: -1 }],
        [id, { sites: none, airflow: 0.5 }],
        [id, { sites: none, airflow: '2' }],
        [id, { sites: [null, null, 'Pl'], airflow: 2 }],
        [single, { sites: [null], airflow: 0 }],
      ];
      for (const [of, said] of wrong)
        expect([said, await say(said, clinician, of)]).toMatchObject([
          said,
          { status: 400, json: { error: { code: 'form', message: expect.stringMatching(/^[A-Z].*\.$/) } } },
        ]);
      for (const [client, status] of [
        [reader, 403],
        [stranger, 404],
        [work.visitor(), 401],
      ] as const)
        expect(await say({ sites: none, airflow: 2 }, client)).toMatchObject({ status });
      await queries.delete(recording).where(eq(recording.id, single));
      expect((await read(`/api/recordings/${id}`)).recording).toMatchObject({ sites, airflow: 2 });

      // Whoever knows nothing of it, such as an earlier program, leaves it as it is.
      expect((await say({ sites: ['Pl', null, null] }, administrator)).status).toBe(200);
      expect((await read(`/api/recordings/${id}`)).recording).toMatchObject({ airflow: 2 });
      expect((await say({ sites: ['Pl', null, 'Pr'] })).json.error.code).toBe('form');
      expect(await analysesOf()).toHaveLength(2);
      expect((await say({ sites: none, airflow: null })).status).toBe(200);
      expect(channelsOf(await analysed())).toEqual([0, 1, 2]);

      const entries: { action: string; recordId: string; detail: string }[] = (
        await administrator.ask('/api/audit')
      ).json;
      const own = entries.filter(({ recordId }) => recordId === id);
      const details = own.filter(({ action }) => action === 'change').map(({ detail }) => JSON.parse(detail));
      expect(details).toEqual([
        { sites: none, airflow: null },
        { sites: ['Pl', null, null], airflow: 2 },
        { sites, airflow: 2 },
      ]);
      expect(own.filter(({ action }) => action === 'analyse')).toHaveLength(3);
      expect(details.map(detail => detailText(textOf('en'), { detail }))).toEqual([
        'chest sites: not given; Airflow: no channel',
        'chest sites: posterior left; not given; Airflow: Channel 3',
        'chest sites: posterior left, base; posterior right, base; Airflow: Channel 3',
      ]);
    });

    it('leaves cycles that were set by hand, and what was said of cycles that are gone', async () => {
      const byHand = [0.5, 3].map(start => ({ start, end: start + 2, inspirationEnd: start + 0.8 }));
      const newestId = async () => (await read(`/api/recordings/${id}`)).newest.id;
      // As if the channel had been corrected while it was taken for a sound.
      const cycles = byHand.map(cycle => ({ channel: 2, ...cycle }));
      await work.portal.queries
        .update(analysis)
        .set({ cycles })
        .where(eq(analysis.id, await newestId()));
      const corrected = await clinician.ask(`/api/recordings/${id}/cycles`, {
        method: 'PUT',
        json: { channel: 0, cycles: byHand, basedOn: await newestId() },
      });
      expect(corrected.status).toBe(200);
      await analysed();
      const { analysis: before, cyclesSet } = await read(`/api/recordings/${id}`);
      const found = (before.result as RecordingAnalysis).recording.channels[1]!.cycles;
      expect(found.length).toBeGreaterThan(0);
      for (const [channel, cycle] of [
        [0, byHand[0]!],
        [1, found[0]!],
        [2, byHand[1]!],
      ] as const)
        expect((await judge(channel, cycle)).status).toBe(200);
      const { words } = (await read(`/api/recordings/${id}`)).review;
      expect(words).toHaveLength(3);

      expect((await say({ sites: [null, null, null], airflow: 2 })).status).toBe(200);
      const { recording: now } = await analysed();
      expect(now.cycleSource).toBe('by-hand');
      expect(now.channels[0]!.cycles).toMatchObject(byHand);
      expect(now.channels[1]!.cycles.map(({ start, end }) => Math.round(10 * (end - start)))).toEqual([
        24, 24,
      ]);
      const after = await read(`/api/recordings/${id}`);
      expect(after.analysis.cycles).toEqual(before.cycles);
      expect(after.cyclesSet).toEqual(cyclesSet);
      expect(after.review.words).toEqual(words);
      const json = reviewedRecordingSchema.parse(await read(`/api/recordings/${id}/exports/json`));
      expect(json.reviews.map(({ channel }) => channel)).toEqual([0, 1, 2]);
      expect(json.consensus).toMatchObject([{ channel: 0, word: 'crackle' }]);

      // Taken back, everything is as it was.
      await say({ sites: [null, null, null], airflow: null });
      expect((await analysed()).recording).toEqual(before.result.recording);
      const again = reviewedRecordingSchema.parse(await read(`/api/recordings/${id}/exports/json`));
      expect(again.consensus.map(({ channel }) => channel)).toEqual([0, 1, 2]);
    });

    it('is no sound in lists, trend, report and exports, also while the analysis from before stands', async () => {
      const before = await analysed();
      const said = { sites, airflow: 2 };
      expect((await judge(0, before.recording.channels[0]!.cycles[0]!)).status).toBe(200);
      await work.portal.queries.update(recording).set(said).where(eq(recording.id, id));
      const expectSoundsAlone = async () => {
        const view = await read(`/api/recordings/${id}`);
        expect(channelsOf(view.analysis.result)).toEqual([0, 1]);
        const listed = (await read(`/api/visits/${visitId}`)).recordings.find(
          (each: { id: string }) => each.id === id,
        );
        expect(listed).toMatchObject(said);
        expect(channelsOf({ recording: listed } as never)).toEqual([0, 1]);
        const { trend, visits } = await read(`/api/patients/${patientId}`);
        expect(visits).toHaveLength(1);
        expect(trend[0].channels.map(({ site }: { site: string }) => site)).toEqual(['Plb', 'Prb']);
        const actor = await work.portal.actorOf(new Headers({ cookie: clinician.cookie }));
        const report = await work.portal.pages.report(actor!, visitId);
        const reported = report.recordings.find(each => each.id === id)!;
        expect(reported).toMatchObject(said);
        expect(channelsOf(reported.result!)).toEqual([0, 1]);
        const csv = new TextDecoder().decode(
          (await clinician.ask(`/api/recordings/${id}/exports/csv`)).bytes,
        );
        expect(
          new Set(parseReviewedCsv(csv, 'csv').recordings[0]!.cycles.map(({ channel }) => channel)),
        ).toEqual(new Set([0, 1]));
        const json = reviewedRecordingSchema.parse(await read(`/api/recordings/${id}/exports/json`));
        expect(json.recording).toMatchObject(said);
        expect(json.screening.recordings[0]!.channels).toHaveLength(2);
        const files = unzipSync((await clinician.ask(`/api/recordings/${id}/exports/audacity`)).bytes);
        expect(Object.keys(files).filter(name => name.includes('channel2'))).toEqual([]);
        const fhir = await read(`/api/recordings/${id}/exports/fhir`);
        const resources = fhir.entry.map(({ resource }: { resource: object }) => resource);
        const media = resources.find(
          ({ resourceType }: { resourceType: string }) => resourceType === 'Media',
        );
        expect(media.note[0].text).toContain('(1: Plb, 2: Prb, 3: airflow)');
        return view.analysis.result as RecordingAnalysis;
      };
      const stands = await expectSoundsAlone();
      expect(stands.recording.channels).toEqual(before.recording.channels.slice(0, 2));
      const [ofFlow] = before.recording.channels[2]!.cycles;
      expect((await judge(2, ofFlow!)).json.error.code).toBe('no-such-cycle');
      const corrected = await clinician.ask(`/api/recordings/${id}/cycles`, {
        method: 'PUT',
        json: { channel: 2, cycles: null, basedOn: null },
      });
      expect(corrected.json.error).toMatchObject({ code: 'form', message: expect.stringMatching(/airflow/) });

      await clinician.post(`/api/recordings/${id}/analyses`);
      const now = await analysed();
      expect(now.recording.channels[1]!.cycles).toHaveLength(2);
      await expectSoundsAlone();

      // The set that trains a detector has the channel as what it is.
      const [cycle] = now.recording.channels[1]!.cycles;
      expect((await judge(1, cycle!)).status).toBe(200);
      const { bytes } = await clinician.ask(`/api/visits/${visitId}/exports/dataset`);
      const archive = unzipSync(bytes);
      const text = (name: string) => new TextDecoder().decode(archive[name]);
      const manifest = parseManifest(
        { recordings: text('recordings.csv'), channels: text('channels.csv'), cycles: text('cycles.csv') },
        'export',
      );
      expect(manifest.findings).toEqual([]);
      expect(manifest.channels!.map(({ channel, kind, site }) => ({ channel, kind, site }))).toEqual([
        { channel: 0, kind: 'sound', site: 'Plb' },
        { channel: 1, kind: 'sound', site: 'Prb' },
        { channel: 2, kind: 'airflow', site: null },
      ]);
      expect(manifest.cycles).toMatchObject([0, 1].map(channel => ({ channel, label: 'crackle' })));
    });

    it('is taken by an analysis that waits; behind one at work another one waits', async () => {
      const { queries } = work.portal;
      // Queued nowhere, so that nobody takes it up.
      const row = { id: 'airflow-waits', recordingId: id, createdAt: new Date() };
      await queries.insert(analysis).values(row);
      const none = [null, null, null];
      expect((await say({ sites: none, airflow: 0 })).status).toBe(200);
      const newest = async (count: number) => (await analysesOf()).slice(-count);
      expect(await newest(1)).toMatchObject([{ id: row.id, state: 'waiting', airflow: 0 }]);
      await queries.update(analysis).set({ state: 'at-work' }).where(eq(analysis.id, row.id));
      expect((await say({ sites: none, airflow: 1 })).status).toBe(200);
      expect(channelsOf(await analysed())).toEqual([0, 2]);
      expect(await newest(2)).toMatchObject([
        { id: row.id, state: 'at-work', airflow: 0 },
        { state: 'done', airflow: 1 },
      ]);
      await queries.delete(analysis).where(eq(analysis.id, row.id));
    });
  });
}

function threeChannels(): Uint8Array {
  const sounds = [1, 2].map(seed => breathLikeSound(seconds, rate, 100 + seed));
  const flow = Float32Array.from(
    { length: seconds * rate },
    (_, i) => 0.4 * Math.sin((2 * Math.PI * (i / rate + 0.5)) / 2.4),
  );
  return writeWav([...sounds, flow], rate);
}
