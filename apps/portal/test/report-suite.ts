/** The report of a visit, results by site and the trend of a patient, on any database; called by portal-suite.ts. */
import { setTimeout as sleep } from 'node:timers/promises';
import { callingDetector, type RecordingAnalysis } from '@crepitus/analyses';
import { writeWav } from '@crepitus/recordings';
import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import type { PatientView } from '../src/server/patients.ts';
import type { VisitReport } from '../src/server/report.ts';
import { analysis } from '../src/server/schema.ts';
import type { VisitView } from '../src/server/visits.ts';
import { breathLikeSound } from './breath-like-sound.ts';
import type { Client, PortalAtWork } from './portal-at-work.ts';

export interface ReportPlace {
  readonly work: PortalAtWork;
  readonly administrator: Client;
  readonly clinician: Client;
  readonly reader: Client;
}

export function describeReport(placeOf: () => ReportPlace): void {
  describe('report, results by site and trend', () => {
    let work: PortalAtWork;
    let administrator: Client;
    let clinician: Client;
    let reader: Client;
    let patientId: string;
    let early: string;
    let late: string;
    let mono: string;
    let stereo: string;
    let silent: string;

    beforeAll(async () => {
      ({ work, administrator, clinician, reader } = placeOf());
      const draft = { pseudonym: 'P-report', birthYear: 1949, sex: 'male', notes: 'for the clinic alone' };
      patientId = (await clinician.post('/api/patients', draft)).json.id;
      late = await newVisit('2026-07-01', 'Cough.');
      early = await newVisit('2026-02-01', '');
      mono = await upload(late, [breathLikeSound(8, 8000, 31)], 'site=Plb&device=Littmann');
      stereo = await upload(
        late,
        [breathLikeSound(8, 8000, 32), breathLikeSound(8, 8000, 33)],
        'device=Array',
      );
      silent = await upload(early, [new Float32Array(6 * 8000)], 'site=Plb&device=Littmann');
      const { updatedAt } = (await clinician.ask(`/api/recordings/${stereo}`)).json.recording;
      const sites = { sites: ['Prb', null], device: 'Array', basedOn: updatedAt };
      await clinician.ask(`/api/recordings/${stereo}`, { method: 'PUT', json: sites });
      for (const id of [mono, stereo, silent]) await resultOf(id);
    });

    async function newVisit(day: string, notes: string): Promise<string> {
      return (await clinician.post(`/api/patients/${patientId}/visits`, { day, notes })).json.id;
    }

    async function upload(visit: string, channels: Float32Array[], query: string): Promise<string> {
      const { json } = await clinician.ask(`/api/visits/${visit}/recordings?${query}`, {
        method: 'POST',
        bytes: writeWav(channels, 8000),
      });
      return json.id;
    }

    async function resultOf(id: string): Promise<RecordingAnalysis> {
      for (;;) {
        const { json } = await clinician.ask(`/api/recordings/${id}/progress`);
        if (json.state === 'failed') throw new Error(JSON.stringify(json));
        if (json.state === 'done') return (await clinician.ask(`/api/recordings/${id}`)).json.analysis.result;
        await sleep(200);
      }
    }

    async function reportOf(visit: string, client = clinician): Promise<VisitReport> {
      return (await client.ask(`/api/visits/${visit}/report`)).json;
    }

    /** As the page would count them from the whole result. */
    function countsOf({ recording }: RecordingAnalysis) {
      return recording.channels.map(({ channel, cycles }) => ({
        channel,
        cycles: cycles.length,
        scored: cycles.filter(({ crackle }) => crackle !== null).length,
        crackle: cycles.filter(({ crackle }) => crackle === true).length,
      }));
    }

    /** Single crackles of breaths, likewise. */
    function breathsOf({ recording }: RecordingAnalysis) {
      return recording.channels.map(({ candidates }) => {
        const breaths = candidates!.perCycle.filter(({ phases }) => phases !== null);
        const sums = (phase: 'all' | 'inspiration' | 'expiration') => {
          const counts = breaths.map(breath => breath[phase]!);
          return {
            sum: counts.reduce((sum, count) => sum + count, 0),
            squares: counts.reduce((sum, count) => sum + count ** 2, 0),
          };
        };
        return {
          breaths: breaths.length,
          measured: breaths.filter(({ phases }) => phases === 'measured').length,
          all: sums('all'),
          inspiration: sums('inspiration'),
          expiration: sums('expiration'),
        };
      });
    }

    it('counts cycles of each channel in the database as they stand in the results', async () => {
      for (const [visit, ids] of [
        [late, [mono, stereo]],
        [early, [silent]],
      ] as const) {
        const { recordings } = (await reader.ask(`/api/visits/${visit}`)).json as VisitView;
        const expected = await Promise.all(ids.map(async id => countsOf(await resultOf(id))));
        expect(recordings.map(({ channels }) => channels)).toEqual(expected);
      }
      const [of] = countsOf(await resultOf(silent));
      expect(of!.cycles).toBeGreaterThan(0);
      expect(of!.scored).toBe(0);
    });

    it('shows every recording with its facts, findings and words, and nothing of the notes on the patient', async () => {
      const found = (await resultOf(mono)).recording.channels[0]!.cycles[0]!;
      const said = { channel: 0, start: found.start, end: found.end, word: 'unsure' };
      await clinician.post(`/api/recordings/${mono}/reviews`, said);
      const report = await reportOf(late, reader);
      expect(report).toMatchObject({
        patient: { pseudonym: 'P-report', birthYear: 1949, sex: 'male' },
        visit: { day: '2026-07-01', notes: 'Cough.' },
        clinicName: 'North',
      });
      expect(JSON.stringify(report)).not.toContain('for the clinic alone');
      expect(
        report.recordings.map(({ number, sites, device, withheld }) => [number, sites, device, withheld]),
      ).toEqual([
        [1, ['Plb'], 'Littmann', false],
        [2, ['Prb', null], 'Array', false],
      ]);
      const whole = await resultOf(mono);
      const [first] = report.recordings;
      expect(first!.result!.bundle).toEqual(whole.bundle);
      expect(first!.result!.recording.quality).toEqual(whole.recording.quality);
      expect(first!.result!.recording.channels[0]!.cycles).toEqual(
        whole.recording.channels[0]!.cycles.map(({ activation, ...cycle }) => cycle),
      );
      expect(first!.review.words).toMatchObject([{ ...said, reviewer: { name: 'Ada Moor' } }]);
    });

    it('leaves an entry of its own in the log', async () => {
      await reportOf(late, reader);
      const [newest] = (await administrator.ask('/api/audit')).json;
      expect(newest).toMatchObject({ action: 'view', recordType: 'report', recordId: late });
    });

    it('of a visit without recordings, and of one that is not analysed, says so', async () => {
      const empty = await newVisit('2026-03-01', '');
      expect((await reportOf(empty)).recordings).toEqual([]);
      const failed = await upload(empty, [breathLikeSound(6, 8000, 34)], 'site=Pl');
      await resultOf(failed);
      await work.portal.queries
        .update(analysis)
        .set({ state: 'failed', result: null, failure: { code: 'fault', message: 'It broke.' } })
        .where(eq(analysis.recordingId, failed));
      const [only] = (await reportOf(empty)).recordings;
      expect(only).toMatchObject({ analysis: { state: 'failed' }, result: null, withheld: false });
      const { trend } = (await clinician.ask(`/api/patients/${patientId}`)).json as PatientView;
      expect(trend.find(({ id }) => id === empty)).toMatchObject({
        channels: [],
        left: { unfinished: 1, withheld: 0 },
      });
    });

    it('follows the visits from the earliest on, with what made each figure', async () => {
      const { trend } = (await reader.ask(`/api/patients/${patientId}`)).json as PatientView;
      expect(trend.map(({ day }) => day)).toEqual([...trend.map(({ day }) => day)].sort());
      const of = (id: string) => trend.find(visit => visit.id === id)!;
      const { bundle, called } = callingDetector(await resultOf(mono));
      const [left, right] = countsOf(await resultOf(stereo));
      const figures = ({ channel, ...counts }: NonNullable<typeof left>) => counts;
      const [own] = breathsOf(await resultOf(mono));
      const [ofLeft, ofRight] = breathsOf(await resultOf(stereo));
      const made = { rate: 8000, bundle, called };
      expect(of(late).channels).toEqual([
        {
          ...figures(countsOf(await resultOf(mono))[0]!),
          breaths: own,
          site: 'Plb',
          device: 'Littmann',
          ...made,
        },
        { ...figures(left!), breaths: ofLeft, site: 'Prb', device: 'Array', ...made },
        { ...figures(right!), breaths: ofRight, site: null, device: 'Array', ...made },
      ]);
      expect(own!.breaths).toBeGreaterThan(0);
      expect(own!.all.sum).toBeGreaterThan(0);
      expect(of(early).channels).toMatchObject([{ scored: 0, crackle: 0, site: 'Plb' }]);
    });

    it('withholds from whoever reviews blind what the detector found and the others said, and from nobody else', async () => {
      const blind = await work.newUser(administrator, 'clinician', 'blind-report@north.example');
      await blind.post(`/api/recordings/${mono}/blind-pass`);
      const hidden = await reportOf(late, blind);
      const [first, second] = hidden.recordings;
      expect(first).toMatchObject({ withheld: true, review: { words: [], agreements: [] } });
      const [channel] = first!.result!.recording.channels;
      expect(channel!.candidates).toBe(undefined);
      for (const cycle of channel!.cycles)
        expect(cycle).toMatchObject({ score: null, crackle: null, evidence: [] });
      expect(second!.withheld).toBe(false);
      expect(second!.result!.recording.channels[0]!.cycles[0]!.crackle).not.toBe(null);
      const { trend } = (await blind.ask(`/api/patients/${patientId}`)).json as PatientView;
      const seen = trend.find(({ id }) => id === late)!;
      expect(seen.left).toEqual({ unfinished: 0, withheld: 1 });
      expect(seen.channels.map(({ site }) => site)).toEqual(['Prb', null]);
      const sighted = await reportOf(late);
      expect(sighted.recordings[0]!.review.words).not.toEqual([]);
      expect(sighted.recordings[0]!.withheld).toBe(false);
    });
  });
}
