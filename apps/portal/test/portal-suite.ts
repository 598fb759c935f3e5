/** What holds of the portal on any database: run on PGlite by portal.test.ts, on PostgreSQL by test/portal.service.test.ts. */
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DiskBlobs } from '@crepitus/analyses/node';
import { loadBundle } from '@crepitus/model/node';
import { writeWav } from '@crepitus/recordings';
import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes } from '../src/server/api.ts';
import { verifyAudit } from '../src/server/audit.ts';
import type { OpenDatabase } from '../src/server/database.ts';
import { linkForNewClinic } from '../src/server/invitations.ts';
import { analysis, invitation, patient, recording, session, signInAttempt } from '../src/server/schema.ts';
import { describeAccounts } from './accounts-suite.ts';
import { describeAirflow } from './airflow-suite.ts';
import { breathLikeSound } from './breath-like-sound.ts';
import { describeExports } from './exports-suite.ts';
import { describeHostility } from './hostile-suite.ts';
import { describeLog } from './log-suite.ts';
import { address, type Client, type PortalAtWork, password, startPortal } from './portal-at-work.ts';
import { describeReport } from './report-suite.ts';
import { describeReviews } from './reviews-suite.ts';
import { describeStandingAnalysis } from './standing-analysis-suite.ts';
import { codesAround } from './totp.ts';
import { describeTries } from './tries-suite.ts';
import { describeUploads } from './uploads-suite.ts';

const patientDraft = { pseudonym: 'P-001', birthYear: 1950, sex: 'female', notes: '' };

export function describePortal(name: string, openDatabase: () => Promise<OpenDatabase>): void {
  describe(name, () => {
    let work: PortalAtWork;
    let administrator: Client;
    let clinician: Client;
    let reader: Client;
    let stranger: Client;
    let patientId: string;
    let visitId: string;
    let recordingId: string;
    let readerId: string;
    const wav = writeWav([breathLikeSound(6, 8000)], 8000);

    beforeAll(async () => {
      work = await startPortal(openDatabase);
      administrator = await work.newClinic('North');
      clinician = await work.newUser(administrator, 'clinician', 'cora@north.example');
      reader = await work.newUser(administrator, 'reader', 'rolf@north.example');
      stranger = await work.newClinic('South');
      patientId = (await clinician.post('/api/patients', patientDraft)).json.id;
      visitId = (await clinician.post(`/api/patients/${patientId}/visits`, { day: '2026-06-01', notes: '' }))
        .json.id;
      const uploaded = await upload(clinician, visitId, wav);
      expect(uploaded.json).toMatchObject({ number: 1 });
      recordingId = uploaded.json.id;
      const users = (await administrator.ask('/api/users')).json as { id: string; email: string }[];
      readerId = users.find(({ email }) => email === 'rolf@north.example')!.id;
    });
    afterAll(() => work?.close());

    function upload(client: Client, visit: string, bytes: Uint8Array, query = 'site=Pl&device=Littmann') {
      return client.ask(`/api/visits/${visit}/recordings?${query}`, { method: 'POST', bytes });
    }

    async function analysed(id: string) {
      for (;;) {
        const { json } = await clinician.ask(`/api/recordings/${id}/progress`);
        if (['done', 'failed'].includes(json.state))
          return (await clinician.ask(`/api/recordings/${id}`)).json.analysis;
        await sleep(200);
      }
    }

    describe('who may do what', () => {
      /** A body that each route accepts as far as its form goes. */
      const bodies: Record<string, unknown> = {
        'POST /api/account/password': { currentPassword: 'x', newPassword: 'y' },
        'POST /api/invitations': { role: 'reader', note: '' },
        'PUT /api/users/:id': { disabled: false },
        'POST /api/patients': { ...patientDraft, pseudonym: 'P-role' },
        'PUT /api/patients/:id': { ...patientDraft, basedOn: new Date().toISOString() },
        'PUT /api/visits/:id': { day: '2026-06-03', notes: '', basedOn: new Date().toISOString() },
        'POST /api/patients/:id/visits': { day: '2026-06-02', notes: '' },
        'POST /api/recordings/:id/reviews': { channel: 0, start: 0, end: 1, word: 'clear' },
        'PUT /api/recordings/:id/cycles': { channel: 0, cycles: null, basedOn: null },
        'PUT /api/recordings/:id': { sites: ['Pr'], device: '', basedOn: new Date().toISOString() },
      };
      const ids = (path: string) =>
        path.replace(
          ':id',
          {
            patients: patientId,
            visits: visitId,
            recordings: recordingId,
            users: readerId,
            invitations: 'none',
          }[path.split('/')[2]!] ?? '',
        );
      const ask = (client: Client, { method, path }: (typeof routes)[number]) =>
        client.ask(ids(path), {
          method,
          ...(method === 'GET' ? {} : { json: bodies[`${method} ${path}`] ?? {} }),
        });
      const guarded = routes.filter(({ admission }) => Array.isArray(admission));

      it.each(guarded.map(route => [`${route.method} ${route.path}`, route] as const))(
        '%s: not signed in, wrong role, other clinic',
        async (_, route) => {
          expect(await ask(work.visitor(), route)).toMatchObject({
            status: 401,
            json: { error: { code: 'signed-out' } },
          });
          const roleOf = { administrator, clinician, reader };
          for (const [role, client] of Object.entries(roleOf)) {
            if ((route.admission as readonly string[]).includes(role)) continue;
            expect(await ask(client, route)).toMatchObject({
              status: 403,
              json: { error: { code: 'wrong-role' } },
            });
          }
          if (!route.path.includes(':id')) return;
          expect(await ask(stranger, route)).toMatchObject({
            status: 404,
            json: { error: { code: 'missing' } },
          });
        },
      );

      it('shows a list of its own to each clinic', async () => {
        const own = async (client: Client) => (await client.ask('/api/patients')).json as { id: string }[];
        expect((await own(reader)).map(({ id }) => id)).toContain(patientId);
        expect(await own(stranger)).toEqual([]);
        const emails = (await stranger.ask('/api/users')).json.map(({ email }: { email: string }) => email);
        expect(emails).toEqual(['admin@south.example']);
      });

      it('lists patients in the order in which people look for them', async () => {
        const far = await work.newClinic('Far');
        for (const pseudonym of ['P-10', 'Z-1', 'p-3', 'P-2', 'Ä-1', 'P-1', 'B-1'])
          await far.post('/api/patients', { ...patientDraft, pseudonym });
        const { json } = await far.ask('/api/patients');
        expect(json.map(({ pseudonym }: { pseudonym: string }) => pseudonym)).toEqual([
          'Ä-1',
          'B-1',
          'P-1',
          'P-2',
          'p-3',
          'P-10',
          'Z-1',
        ]);
      });

      it('takes no visit before the birth of the patient nor after tomorrow', async () => {
        const visits = async () => (await clinician.ask(`/api/patients/${patientId}`)).json.visits.length;
        const before = await visits();
        for (const day of ['9999-12-31', '0001-01-01', '1949-12-31'])
          expect(await clinician.post(`/api/patients/${patientId}/visits`, { day, notes: '' })).toMatchObject(
            {
              status: 422,
              json: { error: { code: 'visit-day' } },
            },
          );
        expect(await visits()).toBe(before);
      });

      it('asks commands for the secret of the data folder', async () => {
        const visitor = work.visitor();
        for (const { path } of routes.filter(({ admission }) => admission === 'commands')) {
          for (const client of [visitor, administrator])
            expect(await client.ask(path, { method: 'POST', json: { seen: null } })).toMatchObject({
              status: 401,
            });
        }
        const headers = { authorization: `Bearer ${work.folder.secrets.commands}` };
        const verified = await visitor.ask('/api/commands/audit-verify', {
          method: 'POST',
          json: { seen: null },
          headers,
        });
        expect(verified.json.broken).toBe(null);
      });

      it('knows nothing outside its table, of better-auth neither', async () => {
        for (const path of [
          '/api/auth/sign-up/email',
          '/api/auth/update-user',
          '/api/auth/delete-user',
          '/api/nothing',
        ])
          expect((await administrator.post(path, { name: 'x' })).status).toBe(404);
      });

      it('closes an account, whose sessions end, and keeps one administrator', async () => {
        const leaving = await work.newUser(administrator, 'reader', 'lena@north.example');
        const users = (await administrator.ask('/api/users')).json as { id: string; email: string }[];
        const { id } = users.find(({ email }) => email === 'lena@north.example')!;
        await administrator.ask(`/api/users/${id}`, { method: 'PUT', json: { disabled: true } });
        expect((await leaving.ask('/api/patients')).status).toBe(401);
        expect((await work.visitor().signIn('lena@north.example')).status).toBe(403);
        const own = users.find(({ email }) => email === 'admin@north.example')!;
        for (const json of [{ disabled: true }, { role: 'reader' }])
          expect(await administrator.ask(`/api/users/${own.id}`, { method: 'PUT', json })).toMatchObject({
            status: 409,
            json: { error: { code: 'last-administrator' } },
          });
      });
    });

    describe('requests from elsewhere', () => {
      it.each([
        ['another site', { origin: 'https://evil.example' }],
        ['a page without an origin', { origin: 'null' }],
        ['a name that points here', { host: 'evil.example', origin: 'http://evil.example' }],
      ])('of %s change nothing', async (_, headers) => {
        const answered = await clinician.ask('/api/patients', {
          method: 'POST',
          json: { ...patientDraft, pseudonym: 'P-foreign' },
          headers,
        });
        expect(answered).toMatchObject({ status: 403, json: { error: { code: 'foreign-origin' } } });
      });

      it('get answers that no browser runs or keeps', async () => {
        const { headers } = await clinician.ask(`/api/recordings/${recordingId}/sound`);
        expect(Object.fromEntries(headers)).toMatchObject({
          'content-type': 'audio/wav',
          'content-disposition': 'attachment; filename="recording.wav"',
          'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
          'x-content-type-options': 'nosniff',
          'x-frame-options': 'DENY',
          'referrer-policy': 'no-referrer',
          'cross-origin-resource-policy': 'same-origin',
          'cache-control': 'no-store',
        });
      });

      it('cannot read the session cookie by script, nor send it along', async () => {
        const { headers } = await work.visitor().signIn('cora@north.example');
        const cookie = headers.getSetCookie().find(value => value.startsWith('crepitus.session_token='))!;
        expect(cookie).toMatch(/HttpOnly/i);
        expect(cookie).toMatch(/SameSite=Strict/i);
      });
    });

    describe('one-time links', () => {
      const joining = { name: 'Nora Falk', email: 'nora@north.example', password, clinicName: '' };

      it('work once, also for two at the same time', async () => {
        const { json } = await administrator.post('/api/invitations', { role: 'reader', note: '' });
        const token = json.link.split('/').at(-1);
        const tries = await Promise.all(
          ['a', 'b'].map(at =>
            work.visitor().post('/api/join', { ...joining, token, email: `${at}@north.example` }),
          ),
        );
        expect(tries.map(({ status }) => status).sort()).toEqual([200, 410]);
        expect((await work.visitor().post('/api/join', { ...joining, token })).json.error.code).toBe(
          'link-used',
        );
      });

      it('end', async () => {
        const { json } = await administrator.post('/api/invitations', { role: 'reader', note: '' });
        await work.portal.queries
          .update(invitation)
          .set({ expiresAt: new Date(Date.now() - 1) })
          .where(sql`used_at IS NULL`);
        const token = json.link.split('/').at(-1);
        expect((await work.visitor().post('/api/join', { ...joining, token })).status).toBe(410);
      });

      it('leave their token nowhere', async () => {
        const link = await linkForNewClinic(work.portal.queries, address);
        const { rows } = (await work.portal.queries.execute(sql`SELECT * FROM invitation`)) as unknown as {
          rows: unknown[];
        };
        expect(rows.length).toBeGreaterThan(0);
        expect(JSON.stringify(rows)).not.toContain(link.split('/').at(-1));
      });

      it('make no account with a weak password, and stay good', async () => {
        const { json } = await administrator.post('/api/invitations', { role: 'reader', note: '' });
        const token = json.link.split('/').at(-1);
        for (const [word, code] of [
          ['short', 'password-short'],
          ['NoraFalk-2026-xyz', 'password-personal'],
          ['abcdefghijklmnop', 'password-simple'],
          ['aaaaaaaaaaaaaaaa', 'password-simple'],
        ])
          expect(
            (await work.visitor().post('/api/join', { ...joining, token, password: word })).json.error.code,
          ).toBe(code);
        expect((await work.visitor().post('/api/join', { ...joining, token })).status).toBe(200);
      });

      it('set a new password, end the sessions and take the second factor away', async () => {
        const forgetful = await work.newUser(administrator, 'reader', 'finn@north.example');
        const users = (await administrator.ask('/api/users')).json as { id: string; email: string }[];
        const { id } = users.find(({ email }) => email === 'finn@north.example')!;
        const { json } = await administrator.post(`/api/users/${id}/new-password`);
        const token = json.link.split('/').at(-1);
        const word = 'Kiesel-Laterne-88-Moos';
        const joined = await work
          .visitor()
          .post('/api/join', { ...joining, token, name: '', email: '', password: word });
        expect(joined.json).toEqual({ email: 'finn@north.example' });
        expect((await forgetful.ask('/api/patients')).status).toBe(401);
        expect((await work.visitor().signIn('finn@north.example')).status).toBe(401);
        expect((await work.visitor().signIn('finn@north.example', word)).status).toBe(200);
      });
    });

    describe('signing in', () => {
      it('is refused after ten tries on one account, wherever they come from, also with the right password', async () => {
        await work.newUser(administrator, 'reader', 'tried@north.example');
        const tries: number[] = [];
        for (let i = 0; i < 12; i++) {
          const from = { 'x-forwarded-for': `10.0.0.${i}` };
          const { status } = await work.visitor().ask('/api/auth/sign-in/email', {
            method: 'POST',
            json: { email: 'Tried@north.example', password: 'wrong-wrong-wrong' },
            headers: from,
          });
          tries.push(status);
        }
        expect(tries.slice(0, 10)).toEqual(Array(10).fill(401));
        expect(tries.slice(10)).toEqual([429, 429]);
        expect((await work.visitor().signIn('tried@north.example')).json.error.code).toBe('too-many-tries');
        await work.portal.queries.update(signInAttempt).set({ at: new Date(Date.now() - 16 * 60_000) });
        expect((await work.visitor().signIn('tried@north.example')).status).toBe(200);
      });

      it('is not counted when it succeeds, and takes no failure out of the count', async () => {
        const email = 'often@north.example';
        const client = await work.newUser(administrator, 'reader', email);
        const tries = () => work.portal.queries.select().from(signInAttempt);
        const before = (await tries()).length;
        let lastWord = password;
        for (let i = 0; i < 12; i++) expect((await work.visitor().signIn(email)).status).toBe(200);
        for (const word of ['Anker-Pfeife-41-Sand', 'Kiesel-Laterne-88-Moos', password]) {
          const change = { currentPassword: lastWord, newPassword: word };
          expect((await client.post('/api/account/password', change)).status).toBe(200);
          lastWord = word;
        }
        expect(await tries()).toHaveLength(before);
        expect((await work.visitor().signIn(email, 'wrong-wrong-wrong')).status).toBe(401);
        expect((await work.visitor().signIn(email)).status).toBe(200);
        expect(await tries()).toHaveLength(before + 1);
      });

      it('is refused after twenty tries in a minute from one address, whichever accounts they are for', async () => {
        const visitor = work.visitor();
        const tries: number[] = [];
        for (let i = 0; i < 22; i++) tries.push((await visitor.signIn(`nobody-${i}@north.example`)).status);
        expect(tries).toEqual([...Array(20).fill(401), 429, 429]);
      });

      it('ends: when unused, after a working day, and when one signs out', async () => {
        const client = await work.newUser(administrator, 'reader', 'ends@north.example');
        const token = decodeURIComponent(/session_token=([^;]+)/.exec(client.cookie)![1]!).split('.')[0]!;
        const set = (values: Partial<typeof session.$inferInsert>) =>
          work.portal.queries.update(session).set(values).where(eq(session.token, token));
        const status = async () => (await client.ask('/api/patients')).status;
        expect(await status()).toBe(200);
        await set({ expiresAt: new Date(Date.now() - 1000) });
        expect(await status()).toBe(401);
        await client.signIn('ends@north.example');
        expect(await status()).toBe(200);
        const renewed = decodeURIComponent(/session_token=([^;]+)/.exec(client.cookie)![1]!).split('.')[0]!;
        await work.portal.queries
          .update(session)
          .set({ createdAt: new Date(Date.now() - 13 * 3600_000) })
          .where(eq(session.token, renewed));
        expect(await status()).toBe(401);
        await client.signIn('ends@north.example');
        const stolen = client.cookie;
        await client.post('/api/auth/sign-out');
        expect((await work.visitor().ask('/api/patients', { headers: { cookie: stolen } })).status).toBe(401);
      });

      it('asks for the second factor once it is set up', async () => {
        const client = await work.newUser(administrator, 'clinician', 'twice@north.example');
        const enabled = await client.post('/api/auth/two-factor/enable', { password });
        const secret = new URL(enabled.json.totpURI).searchParams.get('secret')!;
        expect((await client.post('/api/auth/two-factor/verify-totp', { code: '000000' })).status).toBe(401);
        const { before, now } = await codesAround(secret);
        expect((await client.post('/api/auth/two-factor/verify-totp', { code: before })).status).toBe(200);

        const again = work.visitor();
        expect((await again.signIn('twice@north.example')).json).toMatchObject({ twoFactorRedirect: true });
        expect((await again.ask('/api/patients')).status).toBe(401);
        expect((await again.post('/api/auth/two-factor/verify-totp', { code: now })).status).toBe(200);
        expect((await again.ask('/api/patients')).status).toBe(200);

        const lost = work.visitor();
        await lost.signIn('twice@north.example');
        const backup = enabled.json.backupCodes[0];
        expect((await lost.post('/api/auth/two-factor/verify-backup-code', { code: backup })).status).toBe(
          200,
        );
        expect((await lost.ask('/api/patients')).status).toBe(200);
      });

      it('trusts no device instead of the second factor', async () => {
        const client = await work.newUser(administrator, 'reader', 'trusts@north.example');
        const enabled = await client.post('/api/auth/two-factor/enable', { password });
        const secret = new URL(enabled.json.totpURI).searchParams.get('secret')!;
        const { before, now } = await codesAround(secret);
        await client.post('/api/auth/two-factor/verify-totp', { code: before });
        await client.post('/api/auth/sign-out');
        await client.signIn('trusts@north.example');
        await client.post('/api/auth/two-factor/verify-totp', { code: now, trustDevice: true });
        expect((await client.ask('/api/patients')).status).toBe(200);
        await client.post('/api/auth/sign-out');
        expect((await client.signIn('trusts@north.example')).json).toMatchObject({ twoFactorRedirect: true });
      });

      it('changes the password for whoever knows the old one', async () => {
        const client = await work.newUser(administrator, 'reader', 'moves@north.example');
        const other = work.visitor();
        await other.signIn('moves@north.example');
        const word = 'Anker-Pfeife-41-Sand';
        const change = (currentPassword: string, newPassword: string) =>
          client.post('/api/account/password', { currentPassword, newPassword });
        expect((await change(password, 'short')).json.error.code).toBe('password-short');
        expect((await change('not-the-password', word)).json.error.code).toBe('invalid-password');
        expect((await change(password, word)).status).toBe(200);
        expect((await client.ask('/api/patients')).status).toBe(200);
        expect((await other.ask('/api/patients')).status).toBe(401);
      });
    });

    it.each([
      ['POST /api/patients', { ...patientDraft, pseudonym: 'P-nul', notes: 'a\0b' }],
      ['POST /api/patients/:id/visits', { day: '2026-06-02', notes: 'a\ud800' }],
      ['POST /api/invitations', { role: 'reader', note: 'a\0b' }],
      ['POST /api/join', { token: 'x', name: 'A\0', email: '', password, clinicName: '' }],
      ['POST /api/join', { token: 'x', name: 'A', email: '', password, clinicName: '\udc00' }],
      ['POST /api/auth/sign-in/email', { email: 'a\0@north.example', password }],
    ])('what cannot be kept is refused in a sentence: %s %j', async (name, json) => {
      const [method, path] = name.split(' ') as [string, string];
      const asked = await administrator.ask(path.replace(':id', patientId), { method, json });
      expect(asked).toMatchObject({ status: 400, json: { error: { code: 'form' } } });
      expect(asked.json.error.message).toMatch(
        /^The field \w+ is not as it must be: it holds .* \(U\+[0-9A-F]{4}\); delete it\.$/,
      );
    });

    it('text of several lines is kept to the letter', async () => {
      const notes = 'one\ntwo\r\n\tthree 👩‍⚕️ \u00e4 a\u0308 \ufeff';
      const { id } = (await clinician.post('/api/patients', { ...patientDraft, pseudonym: 'P-text', notes }))
        .json;
      expect((await clinician.ask(`/api/patients/${id}`)).json.patient.notes).toBe(notes);
    });

    describe('patients', () => {
      it('have one pseudonym each within a clinic', async () => {
        expect((await clinician.post('/api/patients', patientDraft)).json.error.code).toBe('pseudonym-taken');
        const { id } = (await clinician.post('/api/patients', { ...patientDraft, pseudonym: 'P-002' })).json;
        const renamed = await change(id, patientDraft);
        expect(renamed.json.error.code).toBe('pseudonym-taken');
        expect((await stranger.post('/api/patients', patientDraft)).status).toBe(200);
      });

      /** @param basedOn default: the newest version */
      async function change(id: string, draft: object, basedOn?: string) {
        const newest = async () => (await clinician.ask(`/api/patients/${id}`)).json.patient.updatedAt;
        const json = { ...draft, basedOn: basedOn ?? (await newest()) };
        return clinician.ask(`/api/patients/${id}`, { method: 'PUT', json });
      }

      it('that look alike are one', async () => {
        const draft = (pseudonym: string) => ({ ...patientDraft, pseudonym });
        const { id } = (await clinician.post('/api/patients', draft('Ä-Straße 7'))).json;
        const alike = [
          'ä-straße 7',
          'Ä-STRASSE 7',
          'A\u0308-Stra\u00dfe 7',
          'Ä-Straße\u00a0\u00a0７',
          ' Ä-straSSe 7 ',
        ];
        for (const pseudonym of alike)
          expect(await clinician.post('/api/patients', draft(pseudonym))).toMatchObject({
            status: 409,
            json: { error: { code: 'pseudonym-taken', message: expect.stringContaining('Ä-Straße 7') } },
          });
        expect((await change(id, draft('ä-straße 7'))).status).toBe(200);
        const two = await Promise.all(
          ['Q-9', 'q-9'].map(name => clinician.post('/api/patients', draft(name))),
        );
        expect(two.map(({ status }) => status).sort()).toEqual([200, 409]);
        expect((await stranger.post('/api/patients', draft('Q-9'))).status).toBe(200);
      });

      it('that two change at once keep the change that came first', async () => {
        const draft = { ...patientDraft, pseudonym: 'P-twice' };
        const { id } = (await clinician.post('/api/patients', draft)).json;
        const { updatedAt } = (await clinician.ask(`/api/patients/${id}`)).json.patient;
        const saved = await change(id, { ...draft, notes: 'asthma' }, updatedAt);
        expect(saved.status).toBe(200);
        const late = await change(id, { ...draft, birthYear: 1951 }, updatedAt);
        expect(late).toMatchObject({ status: 409, json: { error: { code: 'changed-meanwhile' } } });
        const kept = (await clinician.ask(`/api/patients/${id}`)).json.patient;
        expect(kept).toMatchObject({ notes: 'asthma', birthYear: 1950, updatedAt: saved.json.updatedAt });
        // With what was saved the same form goes on.
        expect((await change(id, { ...draft, notes: 'none' }, saved.json.updatedAt)).status).toBe(200);
        const newest = (await clinician.ask(`/api/patients/${id}`)).json.patient.updatedAt;
        const both = await Promise.all(['a', 'b'].map(notes => change(id, { ...draft, notes }, newest)));
        expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
      });

      it('have visits whose day and notes can be put right, but not from a page that is out of date', async () => {
        const { id } = (await clinician.post('/api/patients', { ...patientDraft, pseudonym: 'P-day' })).json;
        const visit = (await clinician.post(`/api/patients/${id}/visits`, { day: '2026-06-02', notes: '' }))
          .json.id;
        const read = async () => (await clinician.ask(`/api/visits/${visit}`)).json.visit;
        const put = (json: object) => clinician.ask(`/api/visits/${visit}`, { method: 'PUT', json });
        const { updatedAt: basedOn } = await read();
        expect((await put({ day: '2026-06-01', notes: 'cough', basedOn })).status).toBe(200);
        expect(await put({ day: '2026-06-04', notes: '', basedOn })).toMatchObject({
          status: 409,
          json: { error: { code: 'changed-meanwhile' } },
        });
        const { updatedAt: newest, ...kept } = await read();
        expect(kept).toMatchObject({ day: '2026-06-01', notes: 'cough' });
        expect(await put({ day: '1949-12-31', notes: '', basedOn: newest })).toMatchObject({
          status: 422,
          json: { error: { code: 'visit-day' } },
        });
        const entries: { action: string; recordId: string; detail: string }[] = (
          await administrator.ask('/api/audit')
        ).json;
        const [entry] = entries.filter(({ action, recordId }) => action === 'change' && recordId === visit);
        expect(JSON.parse(entry!.detail)).toEqual({ fields: ['day', 'notes'] });
      });

      it.each([
        ['no pseudonym', { ...patientDraft, pseudonym: ' ' }],
        ['a year before photography', { ...patientDraft, birthYear: 1700 }],
        ['a year to come', { ...patientDraft, birthYear: new Date().getFullYear() + 1 }],
        ['a pseudonym that is not seen', { ...patientDraft, pseudonym: '\u200b' }],
        ['a pseudonym of fillers', { ...patientDraft, pseudonym: '\u3164' }],
        ['a pseudonym that turns round', { ...patientDraft, pseudonym: 'P-\u202e12' }],
        ['a pseudonym of two lines', { ...patientDraft, pseudonym: 'P-1\n2' }],
        ['NUL in the pseudonym', { ...patientDraft, pseudonym: 'P\0x' }],
        ['half a character in the notes', { ...patientDraft, notes: 'a \ud800 b' }],
        ['a field too many', { ...patientDraft, name: 'Erika Mustermann' }],
      ])('with %s are refused', async (_, json) => {
        expect((await clinician.post('/api/patients', json)).json.error.code).toBe('form');
      });
    });

    describe('recordings', () => {
      it('are analysed to what crepitus screen gives for the uploaded file', async () => {
        const analysis = await analysed(recordingId);
        const detector = await loadBundle('default');
        const expected = await detector.screen(wav, { name: 'recording.wav', site: 'Pl' });
        expect(analysis.state).toBe('done');
        expect(analysis.result.recording).toEqual(JSON.parse(JSON.stringify(expected)));
        const { id, version, sha256 } = detector.bundle;
        expect(analysis.result.bundle).toEqual({ id, version, sha256 });
        expect(analysis.result.recording.channels[0].cycles.length).toBeGreaterThan(0);
        detector.dispose();
      });

      it('keep what was said of them first where two say it at once', async () => {
        const said = (json: object) =>
          clinician.ask(`/api/recordings/${recordingId}`, { method: 'PUT', json });
        const { updatedAt: basedOn } = (await clinician.ask(`/api/recordings/${recordingId}`)).json.recording;
        const saved = await said({ sites: ['Pl'], device: 'Thinklabs', basedOn });
        expect(saved.status).toBe(200);
        expect(await said({ sites: ['Pr'], device: 'Littmann', basedOn })).toMatchObject({
          status: 409,
          json: { error: { code: 'changed-meanwhile' } },
        });
        expect((await clinician.ask(`/api/recordings/${recordingId}`)).json.recording).toMatchObject({
          sites: ['Pl'],
          device: 'Thinklabs',
        });
        const again = { sites: ['Pl'], device: 'Littmann', basedOn: saved.json.updatedAt };
        expect((await said(again)).status).toBe(200);
      });

      it('are stored as samples alone: names and tags of the file are gone', async () => {
        const plain = writeWav([breathLikeSound(2, 8000, 9)], 8000);
        const tagged = withTag(plain, 'Erika Mustermann');
        const { json } = await upload(clinician, visitId, tagged);
        const { bytes } = await clinician.ask(`/api/recordings/${json.id}/sound`);
        expect(Buffer.from(tagged).includes('Mustermann')).toBe(true);
        expect(Buffer.from(bytes).equals(Buffer.from(plain))).toBe(true);
        await clinician.ask(`/api/recordings/${json.id}`, { method: 'DELETE' });
      });

      it.each([
        ['no bytes', new Uint8Array(0), 'empty-file'],
        ['text', new TextEncoder().encode('no sound at all, only words'), 'not-audio'],
        ['a page', new TextEncoder().encode('<html><script>alert(1)</script></html>'), 'not-audio'],
        ['a program', Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, ...Array(200).fill(0)]), 'not-audio'],
        ['a WAV without samples', writeWav([new Float32Array(0)], 8000), 'no-samples'],
        ['33 channels', writeWav(Array(33).fill(new Float32Array(10)), 1000), 'too-many-channels'],
        ['more than half an hour', writeWav([new Float32Array(1801 * 1000)], 1000), 'recording-too-long'],
      ])('of %s are refused with a sentence, and nothing of them stays', async (_, bytes, code) => {
        const before = await work.portal.queries.select().from(recording);
        const { status, json } = await upload(clinician, visitId, bytes);
        expect(status).toBe(422);
        expect(json.error.code).toBe(code);
        expect(json.error.message).toMatch(/^[A-Z].*\.$/);
        expect(await work.portal.queries.select().from(recording)).toHaveLength(before.length);
        expect(readdirSync(work.folder.uploads)).toEqual([]);
      });

      it('whose header declares hours that are not there are taken, with what is there', async () => {
        const declared = Buffer.from(wav);
        const hours = 2 * 3600 * 8000 * 2;
        declared.writeUInt32LE(hours + 36, 4);
        declared.writeUInt32LE(hours, 40);
        expect(declared.toString('latin1', 36, 40)).toBe('data');
        const { status, json } = await upload(clinician, visitId, declared, 'site=Pl&device=&again=true');
        expect(status).toBe(200);
        const { facts } = (await clinician.ask(`/api/recordings/${json.id}`)).json.recording;
        expect(facts.seconds).toBe(6);
        expect(facts.findings.map(({ code }: { code: string }) => code)).toContain('data-truncated');
        await clinician.ask(`/api/recordings/${json.id}`, { method: 'DELETE' });
      });

      it('above the limit are refused while they come in', async () => {
        let sent = 0;
        const endless = new ReadableStream<Uint8Array>({
          pull(controller) {
            sent += 2 ** 20;
            controller.enqueue(new Uint8Array(2 ** 20));
          },
        });
        const response = await work.portal.handle(
          new Request(`${address}/api/visits/${visitId}/recordings?site=Pl`, {
            method: 'POST',
            headers: { host: new URL(address).host, origin: address, cookie: clinician.cookie },
            body: endless,
            duplex: 'half',
          } as RequestInit),
        );
        expect(response.status).toBe(413);
        expect(sent).toBeLessThan(120 * 2 ** 20);
        expect(readdirSync(work.folder.uploads)).toEqual([]);
      });

      it('come in many at once, each with a number of its own', async () => {
        const visit = (
          await clinician.post(`/api/patients/${patientId}/visits`, { day: '2026-06-03', notes: '' })
        ).json.id;
        const sounds = [1, 2, 3, 4, 5, 6].map(seed => writeWav([breathLikeSound(1, 8000, seed)], 8000));
        const uploads = await Promise.all(sounds.map(bytes => upload(clinician, visit, bytes)));
        // Each answer has the row of the visit's table, so that nobody has to read the visit after each file.
        const { recordings } = (await clinician.ask(`/api/visits/${visit}`)).json;
        const lasting = ({
          state,
          progress,
          quality,
          channels,
          detector,
          ...rest
        }: Record<string, unknown>) => rest;
        const byNumber = uploads.map(({ json }) => json.listed).sort((a, b) => a.number - b.number);
        expect(byNumber.map(lasting)).toEqual(recordings.map(lasting));
        expect(byNumber.every(({ state }) => state === 'waiting')).toBe(true);
        expect(uploads.map(({ json }) => json.number).sort()).toEqual([1, 2, 3, 4, 5, 6]);
        for (const { json } of uploads) expect((await analysed(json.id)).state).toBe('done');
      });

      it('of several channels have a site each', async () => {
        const two = writeWav([breathLikeSound(3, 8000, 2), breathLikeSound(3, 8000, 3)], 8000);
        const { json } = await upload(clinician, visitId, two, 'site=&device=');
        const { updatedAt: basedOn } = (await clinician.ask(`/api/recordings/${json.id}`)).json.recording;
        const one = await clinician.ask(`/api/recordings/${json.id}`, {
          method: 'PUT',
          json: { sites: ['Pl'], device: 'x', basedOn },
        });
        expect(one.json.error.code).toBe('form');
        const both = { sites: ['Plb', 'Prb'], device: 'x' };
        expect(
          (await clinician.ask(`/api/recordings/${json.id}`, { method: 'PUT', json: { ...both, basedOn } }))
            .status,
        ).toBe(200);
        const { recording: row } = (await clinician.ask(`/api/recordings/${json.id}`)).json;
        expect(row).toMatchObject(both);
        expect((await analysed(json.id)).result.recording.channels).toHaveLength(2);
      });

      it('of visits take turns: each comes after those before which fewer of their own visit wait', async () => {
        const { queries } = work.portal;
        const newVisit = async () =>
          (await clinician.post(`/api/patients/${patientId}/visits`, { day: '2026-06-04', notes: '' })).json
            .id;
        const [row] = await queries.select().from(recording).where(eq(recording.id, recordingId));
        /** Rows that wait and that nobody computes, then one that is queued. */
        const queuedAfter = async (visit: string, waiting: number) => {
          const ids = Array.from({ length: waiting + 1 }, () => randomUUID());
          for (const [i, id] of ids.entries()) {
            await queries.insert(recording).values({ ...row!, id, visitId: visit, number: i + 1 });
            await queries
              .insert(analysis)
              .values({ id, recordingId: id, createdAt: new Date(Date.now() + i) });
          }
          await work.portal.queue(ids.at(-1)!);
          const { rows } = (await queries.execute(
            sql`SELECT priority FROM pgboss_v10.job WHERE singleton_key = ${ids.at(-1)!}`,
          )) as unknown as { rows: { priority: number }[] };
          return rows[0]!.priority;
        };
        const [many, few] = [await newVisit(), await newVisit()];
        expect(await queuedAfter(many, 5)).toBe(-5);
        expect(await queuedAfter(few, 0)).toBe(0);
        for (const visit of [many, few]) await clinician.ask(`/api/visits/${visit}`, { method: 'DELETE' });
      });

      it('that cannot be computed say why and are tried again', async () => {
        const { json } = await upload(clinician, visitId, writeWav([breathLikeSound(2, 8000, 4)], 8000));
        await analysed(json.id);
        const [row] = await work.portal.queries.select().from(recording).where(eq(recording.id, json.id));
        const path = (work.portal.blobs as DiskBlobs).path(row!.blob);
        const bytes = readFileSync(path);
        writeFileSync(path, 'damaged');
        expect(await clinician.ask(`/api/recordings/${json.id}/sound`)).toMatchObject({
          status: 422,
          json: { error: { code: 'blob-damaged' } },
        });
        await clinician.post(`/api/recordings/${json.id}/analyses`);
        await analysed(json.id);
        expect((await clinician.ask(`/api/recordings/${json.id}`)).json.newest).toMatchObject({
          state: 'failed',
          failure: { code: 'blob-damaged', message: expect.stringMatching(/is not as it was stored/) },
        });
        writeFileSync(path, bytes);
        await clinician.post(`/api/recordings/${json.id}/analyses`);
        expect(await analysed(json.id)).toMatchObject({ state: 'done', failure: null });
      });

      it('go with their patient: rows and files, but not the log', async () => {
        const { id } = (await clinician.post('/api/patients', { ...patientDraft, pseudonym: 'P-gone' })).json;
        const visit = (await clinician.post(`/api/patients/${id}/visits`, { day: '2026-06-01', notes: '' }))
          .json.id;
        const own = (await upload(clinician, visit, writeWav([breathLikeSound(2, 8000, 5)], 8000))).json.id;
        await upload(clinician, visit, wav); // Another patient has the same sound.
        await analysed(own);
        const [row] = await work.portal.queries.select().from(recording).where(eq(recording.id, own));
        const file = (work.portal.blobs as DiskBlobs).path(row!.blob);
        expect(statSync(file).mode & 0o077).toBe(0);
        expect((await clinician.ask(`/api/patients/${id}`, { method: 'DELETE' })).status).toBe(200);
        expect(existsSync(file)).toBe(false);
        expect((await clinician.ask(`/api/recordings/${own}`)).status).toBe(404);
        expect((await clinician.ask(`/api/recordings/${recordingId}/sound`)).bytes).toHaveLength(wav.length);
        expect(await work.portal.queries.select().from(patient).where(eq(patient.id, id))).toEqual([]);
        const entries = (await administrator.ask('/api/audit')).json as {
          recordId: string;
          action: string;
        }[];
        expect(entries.filter(entry => entry.recordId === id).map(({ action }) => action)).toEqual([
          'delete',
          'create',
        ]);
      });
    });

    describeAccounts(() => ({ work, administrator }));
    describeTries(() => ({ work, administrator }));

    describeReviews(() => ({ work, administrator, clinician, reader }));

    describeExports(() => ({ work, administrator, clinician }));

    describeUploads(() => ({ work, administrator, clinician }));
    describeHostility(() => ({ work }));
    describeStandingAnalysis(() => ({ work, clinician }));
    describeAirflow(() => ({ work, administrator, clinician, reader, stranger }));

    describeReport(() => ({ work, administrator, clinician, reader }));

    describeLog(() => ({ work, administrator, clinician, reader, stranger }));

    describe('the audit log', () => {
      it('tells every look and change, each clinic its own', async () => {
        await reader.ask(`/api/recordings/${recordingId}`);
        const [newest] = (await administrator.ask('/api/audit')).json;
        expect(newest).toMatchObject({
          action: 'view',
          recordType: 'recording',
          recordId: recordingId,
          actorId: readerId,
        });
        // How far an analysis is can be asked without an entry, because it tells nothing else.
        expect((await reader.ask(`/api/visits/${visitId}/progress`)).json).toContainEqual({
          id: recordingId,
          state: expect.any(String),
          progress: expect.any(Number),
          before: null,
        });
        expect(
          Object.keys((await reader.ask(`/api/recordings/${recordingId}/progress`)).json).sort(),
        ).toEqual(['before', 'failure', 'id', 'progress', 'state']);
        expect((await administrator.ask('/api/audit')).json[0].seq).toBe(newest.seq);
        for (const query of ['poll', 'poll=1']) {
          await reader.ask(`/api/recordings/${recordingId}?${query}`);
          await reader.ask(`/api/visits/${visitId}?${query}`);
        }
        expect((await administrator.ask('/api/audit')).json[0].seq).toBe(newest.seq + 4);
        const foreign = (await stranger.ask('/api/audit')).json as { recordId: string }[];
        expect(foreign.some(({ recordId }) => recordId === recordingId)).toBe(false);
      });

      it('is whole after many at once', async () => {
        await Promise.all(Array.from({ length: 20 }, () => reader.ask(`/api/patients/${patientId}`)));
        const verdict = await verifyAudit(work.portal.queries);
        expect(verdict.broken).toBe(null);
        expect(verdict.entries).toBeGreaterThan(50);
      });

      it('cannot be changed, shortened or emptied', async () => {
        for (const statement of [
          sql`UPDATE audit SET actor = 'nobody' WHERE seq = 1`,
          sql`DELETE FROM audit WHERE seq = 1`,
          sql`TRUNCATE audit`,
        ])
          await expect(work.portal.queries.execute(statement)).rejects.toMatchObject({
            cause: { message: 'The audit log is append-only.' },
          });
      });

      it('shows where somebody who switched the trigger off changed, removed or added an entry, or cut its end off', async () => {
        const { queries } = work.portal;
        const undo = new Error('undone');
        const after = async (...statements: ReturnType<typeof sql>[]) => {
          const { head } = await verifyAudit(queries);
          let verdict: Awaited<ReturnType<typeof verifyAudit>> | undefined;
          await queries
            .transaction(async transaction => {
              await transaction.execute(sql`ALTER TABLE audit DISABLE TRIGGER audit_append_only`);
              for (const statement of statements) await transaction.execute(statement);
              verdict = await verifyAudit(transaction as never, head);
              throw undo;
            })
            .catch((error: unknown) => {
              if (error !== undo) throw error;
            });
          return verdict!;
        };
        const { entries } = await verifyAudit(queries);
        const changed = await after(sql`UPDATE audit SET record_id = 'other' WHERE seq = 5`);
        expect(changed.broken).toEqual({ seq: 5, reason: 'entry 5 is not as it was written' });
        const removed = await after(sql`DELETE FROM audit WHERE seq = 5`);
        expect(removed.broken).toEqual({ seq: 5, reason: 'entry 5 is missing' });
        const renumbered = await after(
          sql`DELETE FROM audit WHERE seq = ${entries - 1}`,
          sql`UPDATE audit SET seq = ${entries - 1} WHERE seq = ${entries}`,
        );
        expect(renumbered.broken?.reason).toBe(`entry ${entries - 1} does not continue the one before it`);
        const cut = await after(sql`DELETE FROM audit WHERE seq = ${entries}`);
        expect(cut).toMatchObject({ broken: null, entries: entries - 1, seen: false });
        expect(await after()).toMatchObject({ broken: null, entries, seen: true });
      });
    });
  });
}

/** A WAV with a LIST chunk, as recorders write names into. */
function withTag(wav: Uint8Array, text: string): Uint8Array {
  const content = Buffer.from(`INFOIART${'\0'.repeat(4)}${text}`.padEnd(40, '\0'));
  content.writeUInt32LE(content.length - 12, 8);
  const chunk = Buffer.concat([Buffer.from('LIST'), Buffer.alloc(4), content]);
  chunk.writeUInt32LE(content.length, 4);
  const whole = Buffer.concat([wav, chunk]);
  whole.writeUInt32LE(whole.length - 8, 4);
  return whole;
}
