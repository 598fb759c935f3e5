/** What nobody means well who sends it: it costs a sentence and changes nothing; called by portal-suite.ts. */
import { readdirSync } from 'node:fs';
import { writeWav } from '@crepitus/recordings';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { routes } from '../src/server/api.ts';
import { analysis, recording } from '../src/server/schema.ts';
import { breathLikeSound } from './breath-like-sound.ts';
import { type Answered, address, type Client, type PortalAtWork } from './portal-at-work.ts';

export function describeHostility(placeOf: () => { readonly work: PortalAtWork }): void {
  describe('hostile', () => {
    let work: PortalAtWork;
    let administrator: Client;
    let patient: string;
    let visit: string;
    let sound: string;

    beforeAll(async () => {
      ({ work } = placeOf());
      administrator = await work.newClinic('Storm');
      patient = (await administrator.post('/api/patients', draft('P-storm'))).json.id;
      visit = (await administrator.post(`/api/patients/${patient}/visits`, { day: '2026-06-01', notes: '' }))
        .json.id;
      sound = (await upload(visit, wavOf(31))).json.id;
    });

    const draft = (pseudonym: string) => ({ pseudonym, birthYear: null, sex: 'unknown', notes: '' });
    const wavOf = (seed: number, seconds = 2) => writeWav([breathLikeSound(seconds, 8000, seed)], 8000);
    const upload = (to: string, bytes: Uint8Array, query = 'site=Pl') =>
      administrator.ask(`/api/visits/${to}/recordings?${query}`, { method: 'POST', bytes });

    /** A refusal in one sentence, without a word of the machine. */
    function expectSentence(asked: string, { status, json }: Answered): void {
      expect([asked, status < 500]).toEqual([asked, true]);
      if (status < 400) return;
      expect([asked, json?.error?.message]).toEqual([asked, expect.stringMatching(/^[A-Z][^\n]*\.$/)]);
      expect(json.error.message).not.toMatch(/\n|node_modules|\.ts:|file:|SELECT|insert into/i);
    }

    const bodies: readonly (readonly [string, string | Uint8Array])[] = [
      ['nothing', ''],
      ['null', 'null'],
      ['a number', '1'],
      ['an array', '[]'],
      ['half an object', '{"a":'],
      ['no UTF-8', Uint8Array.from([0xff, 0xfe, 0, 1])],
      ['5 000 arrays in each other', '['.repeat(5000) + ']'.repeat(5000)],
      ['8 000 objects in each other', `${'{"a":'.repeat(8000)}1${'}'.repeat(8000)}`],
      ['200 kB', JSON.stringify({ notes: 'x'.repeat(200_000) })],
      ['names of prototypes', '{"__proto__":{"role":"administrator"},"constructor":{"prototype":{}}}'],
      [
        'values of wrong types',
        JSON.stringify({
          ...{
            pseudonym: 1,
            birthYear: 'x',
            sex: {},
            notes: [],
            day: 5,
            basedOn: 0,
            sites: 'Pl',
            device: [],
          },
          ...{
            channel: -1,
            cycles: {},
            start: null,
            end: 'y',
            word: 7,
            role: 'god',
            disabled: 'no',
            note: 0,
          },
          ...{ token: {}, email: {}, password: [], name: 3, clinicName: 3, code: 5, seen: 1 },
          ...{ currentPassword: 1, newPassword: [] },
        }),
      ],
      [
        'NUL in every field',
        JSON.stringify({
          ...{ pseudonym: 'a\0', birthYear: null, sex: 'unknown', notes: '\0', day: '2026-01-01' },
          ...{
            role: 'reader',
            note: '\0',
            token: '\0',
            name: '\0',
            clinicName: '\0',
            email: 'a\0@x.example',
          },
          ...{ password: '\0', code: '\0', currentPassword: '\0', newPassword: '\0', device: '\0' },
        }),
      ],
    ];
    const written = routes.filter(
      // Sound is no JSON: what is refused of it is in portal-suite.ts.
      ({ method, path }) => (method === 'POST' || method === 'PUT') && !path.endsWith('/recordings'),
    );

    it.each(written.map(({ method, path }) => [`${method} ${path}`, method, path] as const))(
      'bodies of %s',
      async (name, method, path) => {
        const own = { patients: patient, visits: visit, recordings: sound }[path.split('/')[2]!] ?? 'none';
        // Signing out, or in as somebody else, is not to end what comes after.
        const client = path.startsWith('/api/auth/') ? work.visitor() : administrator;
        for (const [what, body] of bodies) {
          const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
          const headers = { 'content-type': 'application/json' };
          const answered = await client.ask(path.replace(':id', own), { method, bytes, headers });
          expectSentence(`${name} with ${what}`, answered);
        }
      },
    );

    it('bodies that are too long end their connection, on which the next request would be lost', async () => {
      const long = await administrator.post('/api/patients', { notes: 'x'.repeat(200_000) });
      expect([long.status, long.headers.get('connection')]).toEqual([413, 'close']);
      const short = await administrator.post('/api/patients', {});
      expect([short.status, short.headers.get('connection')]).toEqual([400, null]);
    });

    it('ids and parameters of every address', async () => {
      const ids = ["' OR 1=1 --", '%27', '%00', '..%2F..', '%F0%9F%AB%81', '%E2%80%AE', '__proto__'];
      for (const { method, path } of routes) {
        if (method !== 'GET' || !/[:]/.test(path)) continue;
        for (const id of [...ids, 'constructor', 'x'.repeat(5000), '00000000-0000-4000-8000-000000000000']) {
          const asked = path.replaceAll(/:\w+/g, id);
          const answered = await administrator.ask(
            asked.endsWith('/report/sound') ? `${asked}?recording=${id}` : asked,
          );
          expectSentence(`GET ${asked}`, answered);
          expect([asked, answered.status]).toEqual([asked, 404]);
        }
      }
      for (const query of [
        'site=..%2F..',
        'site=__proto__',
        'device=%00',
        'device=%E2%80%AExe.wav',
        `device=${'x'.repeat(300)}`,
      ]) {
        const answered = await upload(visit, wavOf(32), query);
        expectSentence(query, answered);
        expect([query, answered.status]).toEqual([query, 400]);
      }
    });

    it('uploads whose sender goes away leave nothing, and no stack in the log', async () => {
      const before = await work.portal.queries.$count(recording);
      const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
      const cut = (path: string, start: Uint8Array) => {
        const body = new ReadableStream<Uint8Array>({
          start: controller => controller.enqueue(start),
          // As a socket tells of it.
          pull: controller => controller.error(Object.assign(new Error('aborted'), { code: 'ECONNRESET' })),
        });
        const { host } = new URL(address);
        const headers = { host, origin: address, cookie: administrator.cookie };
        const init = { method: 'POST', headers, body, duplex: 'half' } as RequestInit;
        return work.portal.handle(new Request(`${address}${path}`, init));
      };
      try {
        for (const path of [`/api/visits/${visit}/recordings?site=Pl`, '/api/patients']) {
          const response = await cut(path, wavOf(33).subarray(0, 5000));
          expect(response.status).toBe(400);
          expect((await response.json()).error.code).toBe('cut-off');
        }
        expect(logged).not.toHaveBeenCalled();
      } finally {
        logged.mockRestore();
      }
      expect(await work.portal.queries.$count(recording)).toBe(before);
      expect(readdirSync(work.folder.uploads)).toEqual([]);
    });

    it('haste: the same sound three times at once is one recording, a record deleted three times goes once', async () => {
      const uploads = await Promise.all([1, 2, 3].map(() => upload(visit, wavOf(34))));
      expect(uploads.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(uploads.filter(({ json }) => json.added)).toHaveLength(1);
      const { id } = uploads[0]!.json;
      expect(new Set(uploads.map(({ json }) => json.id))).toEqual(new Set([id]));
      const deletions = await Promise.all(
        [1, 2, 3].map(() => administrator.ask(`/api/recordings/${id}`, { method: 'DELETE' })),
      );
      expect(deletions.map(({ status }) => status).sort()).toEqual([200, 404, 404]);
    });

    it('deletions while an analysis is at work are carried out, and the queue goes on', async () => {
      const { id } = (await upload(visit, wavOf(35, 60))).json;
      const progress = async (of: string) => (await administrator.ask(`/api/recordings/${of}/progress`)).json;
      await expect.poll(async () => (await progress(id)).state, { timeout: 60_000 }).toBe('at-work');
      expect((await administrator.ask(`/api/recordings/${id}`, { method: 'DELETE' })).status).toBe(200);
      expect((await administrator.ask(`/api/recordings/${id}/progress`)).status).toBe(404);
      const next = (await upload(visit, wavOf(36))).json.id;
      await expect.poll(async () => (await progress(next)).state, { timeout: 60_000 }).toBe('done');
      const left = await work.portal.queries.select({ of: analysis.recordingId }).from(analysis);
      expect(left.some(({ of }) => of === id)).toBe(false);
    });
  });
}
