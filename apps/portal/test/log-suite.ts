/** What the audit log tells an administrator, and of whom; called by portal-suite.ts after what fills it. */
import { writeWav } from '@crepitus/recordings';
import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '../src/server/accounts.ts';
import { verifyAudit } from '../src/server/audit.ts';
import type { LogFilter } from '../src/server/audit-log.ts';
import { noteRefusedTry } from '../src/server/refused-tries.ts';
import { audit, signInAttempt, user } from '../src/server/schema.ts';
import { languages, textOf } from '../src/text/index.ts';
import { actionText, detailText, recordText } from '../src/view/log/entry-text.ts';
import { breathLikeSound } from './breath-like-sound.ts';
import { type Client, type PortalAtWork, password } from './portal-at-work.ts';
import { codesAround } from './totp.ts';

export interface LogPlace {
  readonly work: PortalAtWork;
  readonly administrator: Client;
  readonly clinician: Client;
  readonly reader: Client;
  readonly stranger: Client;
}

interface Entry {
  readonly seq: number;
  readonly time: string;
  readonly actorId: string | null;
  readonly actor: string;
  readonly action: string;
  readonly recordType: string;
  readonly recordId: string;
  readonly detail: string;
}

export function describeLog(placeOf: () => LogPlace): void {
  describe('the log tells', () => {
    let work: PortalAtWork;
    let administrator: Client;
    let clinician: Client;
    let reader: Client;
    let stranger: Client;
    beforeAll(() => {
      ({ work, administrator, clinician, reader, stranger } = placeOf());
    });

    async function log(query = '', client = administrator): Promise<Entry[]> {
      const answered = await client.ask(`/api/audit${query}`);
      expect(answered.status).toBe(200);
      return answered.json;
    }

    async function idOf(email: string): Promise<string> {
      const [row] = await work.portal.queries.select().from(user).where(eq(user.email, email));
      return row!.id;
    }

    async function actorOf(client: Client): Promise<Actor> {
      return (await work.portal.actorOf(new Headers({ cookie: client.cookie })))!;
    }

    /** Refusals at an account, the earliest first, as soon as there are so many: they are written after the answer. */
    async function refusalsOf(id: string, count: number) {
      const refusals = async () =>
        (await log(`?person=${id}`)).filter(({ action }) => action === 'refuse').reverse();
      await expect.poll(async () => (await refusals()).length).toBe(count);
      return (await refusals()).map(({ detail, actorId }) => ({ ...JSON.parse(detail), actorId }));
    }

    /** From an address of its own, so that the limit by address lets it through. */
    let addresses = 0;
    function from(client: Client, path: string, json: unknown) {
      const headers = { 'x-forwarded-for': `10.77.1.${addresses++}` };
      return client.ask(path, { method: 'POST', json, headers });
    }

    describe('of refused tries', () => {
      it('to sign in: at which account, never what was typed, and only to its own clinic', async () => {
        const email = 'aimed-at@north.example';
        await work.newUser(administrator, 'reader', email);
        const id = await idOf(email);
        const typed = 'Sommer-Wolke-12-Brief';
        const stranded = 'someone.else@elsewhere.example';
        const entries = () => work.portal.queries.select().from(audit);
        for (const address of ['Aimed-At@North.example ', stranded, email]) {
          const { status } = await work.visitor().signIn(address.trim(), typed);
          expect(status).toBe(401);
        }
        expect(await refusalsOf(id, 2)).toEqual(
          Array(2).fill({ asked: 'password', why: 'invalid-email-or-password', actorId: null }),
        );
        const all = JSON.stringify(await entries());
        for (const secret of [typed, stranded, 'someone.else']) expect(all).not.toContain(secret);
        expect((await log('', stranger)).filter(({ recordId }) => recordId === id)).toEqual([]);
        // Whoever knows the password is in, and that is no refusal.
        expect((await work.visitor().signIn(email)).status).toBe(200);
        expect(await refusalsOf(id, 2)).toHaveLength(2);
      });

      it('by somebody of another clinic: to the clinic of the account alone, and not by whom', async () => {
        const email = 'far-aim@north.example';
        await work.newUser(administrator, 'reader', email);
        const id = await idOf(email);
        const { status } = await from(stranger, '/api/auth/sign-in/email', {
          email,
          password: 'wrong-wrong-wrong',
        });
        expect(status).toBe(401);
        expect(await refusalsOf(id, 1)).toEqual([
          { asked: 'password', why: 'invalid-email-or-password', actorId: null },
        ]);
        expect((await log('', stranger)).filter(({ recordId }) => recordId === id)).toEqual([]);
      });

      it('beyond the limit: once for all of them', async () => {
        const email = 'flooded@north.example';
        await work.newUser(administrator, 'reader', email);
        const id = await idOf(email);
        for (let i = 0; i < 14; i++)
          await from(work.visitor(), '/api/auth/sign-in/email', { email, password: 'wrong-wrong-wrong' });
        const refusals = await refusalsOf(id, 11);
        expect(refusals.slice(0, 10).every(({ why }) => why === 'invalid-email-or-password')).toBe(true);
        expect(refusals[10]).toEqual({ asked: 'password', why: 'too-many-tries', actorId: null });
        await work.portal.queries.delete(signInAttempt);
      });

      it('at the very same moment: each that was looked at, and once for all that a limit refused', async () => {
        const email = 'at-once@north.example';
        await work.newUser(administrator, 'reader', email);
        const id = await idOf(email);
        const { queries } = work.portal;
        const tryAtOnce = (why: string) =>
          Promise.all(
            Array.from({ length: 8 }, () =>
              noteRefusedTry(queries, { account: { email }, actor: null, asked: 'password', why }),
            ),
          );
        await tryAtOnce('invalid-email-or-password');
        expect(await refusalsOf(id, 8)).toHaveLength(8);
        for (const why of ['too-many-tries', 'account-temporarily-locked', 'too-many-tries'])
          await tryAtOnce(why);
        expect((await refusalsOf(id, 10)).slice(8).map(({ why }) => why)).toEqual([
          'too-many-tries',
          'account-temporarily-locked',
        ]);
        expect((await verifyAudit(queries)).broken).toBe(null);
      });

      it('at a closed account, by whoever knows its password', async () => {
        const email = 'shut@north.example';
        await work.newUser(administrator, 'reader', email);
        const id = await idOf(email);
        await administrator.ask(`/api/users/${id}`, { method: 'PUT', json: { disabled: true } });
        expect((await work.visitor().signIn(email)).status).toBe(403);
        expect(await refusalsOf(id, 1)).toEqual([
          { asked: 'password', why: 'account-disabled', actorId: null },
        ]);
      });

      it('by somebody who is signed in: with who that is', async () => {
        const email = 'inside@north.example';
        const client = await work.newUser(administrator, 'reader', email);
        const id = await idOf(email);
        const change = { currentPassword: 'not-the-password', newPassword: 'Anker-Pfeife-41-Sand' };
        expect((await client.post('/api/account/password', change)).status).toBe(400);
        expect((await client.post('/api/auth/two-factor/enable', { password: 'nor-this-one' })).status).toBe(
          400,
        );
        expect(await refusalsOf(id, 2)).toEqual(
          Array(2).fill({ asked: 'password', why: 'invalid-password', actorId: id }),
        );
      });

      it('of a second factor, up to the account that is locked, which says how long', async () => {
        const email = 'coded@north.example';
        const client = await work.newUser(administrator, 'reader', email);
        const id = await idOf(email);
        const enabled = await client.post('/api/auth/two-factor/enable', { password });
        const secret = new URL(enabled.json.totpURI).searchParams.get('secret')!;
        const { before } = await codesAround(secret);
        expect((await client.post('/api/auth/two-factor/verify-totp', { code: before })).status).toBe(200);
        const verify = (at: Client, code: string) => from(at, '/api/auth/two-factor/verify-totp', { code });
        const codes = async (at: Client, count: number) => {
          const told: string[] = [];
          for (let i = 0; i < count; i++) told.push((await verify(at, `wrong${i}`)).json.error.code);
          return told;
        };
        const first = work.visitor();
        await first.signIn(email);
        expect((await verify(first, before)).json.error.code).toBe('code-used');
        expect(await codes(first, 6)).toEqual([
          ...Array(5).fill('invalid-code'),
          'too-many-attempts-request-new-code',
        ]);
        const second = work.visitor();
        await second.signIn(email);
        expect(await codes(second, 5)).toEqual(Array(5).fill('invalid-code'));
        const third = work.visitor();
        await third.signIn(email);
        for (let i = 0; i < 2; i++) {
          const { status, json } = await verify(third, `wrong${i}`);
          expect(status).toBe(429);
          expect(json.error).toMatchObject({ code: 'too-many-tries', waitSeconds: 15 * 60 });
        }
        const refusals = await refusalsOf(id, 13);
        expect(refusals.map(({ why }) => why).sort()).toEqual(
          [
            'code-used',
            ...Array(10).fill('invalid-code'),
            'too-many-attempts-request-new-code',
            'account-temporarily-locked',
          ].sort(),
        );
        expect(refusals.every(({ asked, actorId }) => asked === 'code' && actorId === null)).toBe(true);
      });

      it('have a sentence for each reason, in each language', () => {
        for (const { audit, failures } of languages.map(textOf)) {
          expect(failures['too-many-attempts-request-new-code']).not.toBe(undefined);
          expect(Object.keys(audit.refusals)).toEqual(
            expect.arrayContaining([
              'invalid-email-or-password',
              'invalid-password',
              'invalid-code',
              'invalid-backup-code',
              'code-used',
              'account-disabled',
              'too-many-tries',
              'account-temporarily-locked',
              'too-many-attempts-request-new-code',
            ]),
          );
        }
      });
    });

    describe('of one patient', () => {
      let patientId: string;
      let visits: string[];
      let recordings: string[];

      beforeAll(async () => {
        const draft = { pseudonym: 'P-log', birthYear: null, sex: 'unknown', notes: '' };
        patientId = (await clinician.post('/api/patients', draft)).json.id;
        visits = [];
        recordings = [];
        for (const day of ['2026-04-01', '2026-05-01']) {
          const id = (await clinician.post(`/api/patients/${patientId}/visits`, { day, notes: '' })).json.id;
          visits.push(id);
          const uploaded = await clinician.ask(`/api/visits/${id}/recordings?site=Pl`, {
            method: 'POST',
            bytes: writeWav([breathLikeSound(3, 8000, 40 + visits.length)], 8000),
          });
          recordings.push(uploaded.json.id);
        }
        await reader.ask(`/api/patients/${patientId}`);
        await reader.ask(`/api/visits/${visits[0]}`);
        await reader.ask(`/api/recordings/${recordings[1]}`);
      });

      const under = async () =>
        (await log(`?patient=${patientId}`)).map(({ action, recordId }) => `${action} ${recordId}`);

      it('what was done to everything under it, and nothing else', async () => {
        const found = await under();
        for (const expected of [
          `create ${patientId}`,
          ...visits.map(id => `create ${id}`),
          ...recordings.flatMap(id => [`create ${id}`, `analyse ${id}`]),
          `view ${patientId}`,
          `view ${visits[0]}`,
          `view ${recordings[1]}`,
        ])
          expect(found).toContain(expected);
        const own = [patientId, ...visits, ...recordings];
        expect(found.filter(each => !own.includes(each.split(' ')[1]!))).toEqual([]);
      });

      it('its name where it still exists, by all that hangs on it', async () => {
        const { entries, missing } = await work.portal.pages.log(await actorOf(administrator), {
          patient: patientId,
        });
        expect(missing).toBe(null);
        const named = (id: string) => entries.find(({ recordId }) => recordId === id)!.record;
        expect(named(patientId)).toEqual({ patient: { id: patientId, pseudonym: 'P-log' } });
        expect(named(visits[0]!)).toMatchObject({ patient: { pseudonym: 'P-log' }, day: '2026-04-01' });
        expect(recordText(textOf('en'), named(recordings[1]!))).toBe('P-log, 1 May 2026, Recording 1');
      });

      it('in one entry who opened a report, with the sound its pictures are drawn from', async () => {
        const before = (await under()).length;
        const sound = (client: Client) =>
          client.ask(`/api/visits/${visits[0]}/report/sound?recording=${recordings[0]}`);
        // Without an opened report the sound has an entry of its own.
        const bytes = (await sound(reader)).bytes;
        expect(bytes).toEqual((await clinician.ask(`/api/recordings/${recordings[0]}/sound`)).bytes);
        expect((await under()).length).toBe(before + 2);
        await reader.ask(`/api/visits/${visits[0]}/report`);
        for (let i = 0; i < 3; i++) expect((await sound(reader)).status).toBe(200);
        const [newest] = await log();
        expect(newest).toMatchObject({ action: 'view', recordType: 'report', recordId: visits[0] });
        expect(JSON.parse(newest!.detail)).toEqual({ soundOf: [recordings[0]] });
        expect((await under()).length).toBe(before + 3);
        // Another's report is not one's own, and another visit's recording is in none.
        await sound(clinician);
        expect((await log())[0]).toMatchObject({ action: 'download', recordId: recordings[0] });
        const foreign = `/api/visits/${visits[0]}/report/sound?recording=${recordings[1]}`;
        expect((await reader.ask(foreign)).status).toBe(404);
      });

      it('also what was deleted meanwhile, and to no other clinic', async () => {
        const before = await under();
        await clinician.ask(`/api/recordings/${recordings[0]}`, { method: 'DELETE' });
        await clinician.ask(`/api/visits/${visits[0]}`, { method: 'DELETE' });
        expect(await under()).toEqual([`delete ${visits[0]}`, `delete ${recordings[0]}`, ...before]);
        await clinician.ask(`/api/patients/${patientId}`, { method: 'DELETE' });
        expect(await under()).toEqual([
          `delete ${patientId}`,
          `delete ${visits[0]}`,
          `delete ${recordings[0]}`,
          ...before,
        ]);
        const { entries } = await work.portal.pages.log(await actorOf(administrator), { patient: patientId });
        expect(entries.every(({ record }) => record === null)).toBe(true);
        expect((await stranger.ask(`/api/audit?patient=${patientId}`)).status).toBe(404);
        const asked: LogFilter = { patient: patientId };
        expect(await work.portal.pages.log(await actorOf(stranger), asked)).toMatchObject({
          missing: 'patient',
          entries: [],
        });
      });
    });

    it('who did it, and when: each filter alone and together', async () => {
      const own = (await actorOf(reader)).userId;
      const byReader = await log(`?person=${own}`);
      expect(byReader.length).toBeGreaterThan(0);
      expect(byReader.every(({ actorId, recordId }) => actorId === own || recordId === own)).toBe(true);
      expect((await log('?person=nobody')).every(({ actorId }) => actorId === null)).toBe(true);
      const [newest, ...older] = byReader;
      const at = new Date(newest!.time);
      const until = encodeURIComponent(at.toISOString());
      const earlier = await log(`?person=${own}&until=${until}`);
      expect(earlier.every(({ time }) => new Date(time) < at)).toBe(true);
      expect(earlier[0]!.seq).toBe(older.find(({ time }) => new Date(time) < at)!.seq);
      const later = await log(`?person=${own}&from=${until}`);
      expect(later.map(({ seq }) => seq)).toEqual(
        byReader.filter(({ time }) => new Date(time) >= at).map(({ seq }) => seq),
      );
      // Of another clinic, and of none.
      const foreign = (await actorOf(stranger)).userId;
      for (const person of [foreign, 'nobody-of-us']) {
        expect((await administrator.ask(`/api/audit?person=${person}`)).status).toBe(404);
        expect(await work.portal.pages.log(await actorOf(administrator), { person })).toMatchObject({
          missing: 'person',
          entries: [],
        });
      }
    });

    it('nothing where something is asked for that it does not know, and what that is', async () => {
      const one = (await actorOf(reader)).userId;
      for (const [query, unknown] of [
        ['before=x', ['before=x']],
        ['before=-1', ['before=-1']],
        ['before=', ['before=']],
        ['from=yesterday', ['from=yesterday']],
        ['acton=refuse', ['acton=refuse']],
        [`Person=${one}`, [`Person=${one}`]],
        [`person=${one}&until=1&acton`, ['until=1', 'acton=']],
        ['patient=a&patient=b', ['patient=a, b']],
        ['patient=%00', ['patient=\0']],
        ["person=' OR 1=1 --", ["person=' OR 1=1 --"]],
        [`person=${'x'.repeat(5000)}`, [`person=${'x'.repeat(72)}…`]],
        ['__proto__=1&constructor=2', ['__proto__=1', 'constructor=2']],
      ] as const) {
        const { status, json } = await administrator.ask(`/api/audit?${query}`);
        expect([query, status, json.error?.code]).toEqual([query, 400, 'form']);
        for (const each of unknown) expect(json.error.message).toContain(each);
        for (const { audit } of languages.map(textOf))
          for (const each of unknown) expect(audit.notUnderstood(unknown)).toContain(each);
      }
    });

    it('which role became which', async () => {
      const email = 'rises@north.example';
      await work.newUser(administrator, 'reader', email);
      const id = await idOf(email);
      await administrator.ask(`/api/users/${id}`, { method: 'PUT', json: { role: 'clinician' } });
      const { entries } = await work.portal.pages.log(await actorOf(administrator), { person: id });
      const changed = entries.find(({ action }) => action === 'change')!;
      expect(detailText(textOf('en'), changed)).toBe('role from Reader to Clinician');
      expect(recordText(textOf('en'), changed.record)).toBe('Ada Moor');
    });

    it('who looked at it', async () => {
      const actor = await actorOf(administrator);
      await work.portal.pages.log(actor, {});
      expect((await log())[0]).toMatchObject({
        action: 'view',
        recordType: 'log',
        recordId: actor.clinicId,
        actorId: actor.userId,
      });
    });

    it('everything that the other tests wrote in words, in each language', async () => {
      const actor = await actorOf(administrator);
      let before: number | undefined;
      let read = 0;
      for (;;) {
        const { entries } = await work.portal.pages.log(actor, before === undefined ? {} : { before });
        for (const entry of entries) {
          read++;
          for (const text of languages.map(textOf)) {
            expect(text.audit.records).toHaveProperty(entry.recordType);
            const said = `${actionText(text, entry)}: ${detailText(text, entry)}`;
            // A key of the details, or their JSON, is no word of a page.
            expect(said).not.toMatch(/\b[a-z]+[A-Z][A-Za-z]*:|[{}["\]]|undefined|NaN/);
            expect(Object.hasOwn(text.audit.actions, entry.action)).toBe(true);
          }
        }
        if (entries.length < 100) break;
        before = entries.at(-1)!.seq;
      }
      expect(read).toBeGreaterThan(100);
    });
  });
}
