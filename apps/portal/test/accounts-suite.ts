/** What holds of accounts on any database: codes that are good once, sessions that can be seen and ended. Called by portal-suite.ts. */
import { eq, like } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { session, user, verification } from '../src/server/schema.ts';
import type { ListedSession } from '../src/server/sessions.ts';
import { type Client, type PortalAtWork, password } from './portal-at-work.ts';
import { codesAround } from './totp.ts';

export interface AccountPlace {
  readonly work: PortalAtWork;
  readonly administrator: Client;
}

export function describeAccounts(placeOf: () => AccountPlace): void {
  let work: PortalAtWork;
  let administrator: Client;
  beforeAll(() => {
    ({ work, administrator } = placeOf());
  });

  const verify = (client: Client, code: string) => client.post('/api/auth/two-factor/verify-totp', { code });

  /** Somebody whose second factor is set up but not confirmed yet. */
  async function enrolling(email: string) {
    const client = await work.newUser(administrator, 'reader', email);
    const enabled = await client.post('/api/auth/two-factor/enable', { password });
    const secret = new URL(enabled.json.totpURI).searchParams.get('secret')!;
    return { client, secret, backupCodes: enabled.json.backupCodes as string[] };
  }

  /** A browser of somebody's in which the password was right and the second factor is asked for. */
  async function atSecondFactor(email: string): Promise<Client> {
    const browser = work.visitor();
    expect((await browser.signIn(email)).json).toMatchObject({ twoFactorRedirect: true });
    return browser;
  }

  describe('a code of the authenticator app', () => {
    it('is good once, whoever shows it again while the clock still accepts it', async () => {
      const email = 'once@north.example';
      const { client, secret } = await enrolling(email);
      const { before, now, next } = await codesAround(secret);
      expect((await verify(client, before)).status).toBe(200);

      const thief = await atSecondFactor(email);
      expect(await verify(thief, before)).toMatchObject({
        status: 401,
        json: { error: { code: 'code-used' } },
      });
      expect((await thief.ask('/api/patients')).status).toBe(401);

      // Another code of the window opens the same browser: the refusal did not spend the sign-in.
      expect((await verify(thief, now)).status).toBe(200);
      expect((await thief.ask('/api/patients')).status).toBe(200);
      for (const code of [before, now]) {
        const again = await atSecondFactor(email);
        expect(await verify(again, code)).toMatchObject({ json: { error: { code: 'code-used' } } });
      }
      expect((await verify(await atSecondFactor(email), next)).status).toBe(200);
    });

    it('opens one of two browsers that show it at the same moment', async () => {
      const email = 'race@north.example';
      const { client, secret } = await enrolling(email);
      const { before, now } = await codesAround(secret);
      await verify(client, before);
      const browsers = [await atSecondFactor(email), await atSecondFactor(email)];
      const answers = await Promise.all(browsers.map(browser => verify(browser, now)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
      const open = await Promise.all(
        browsers.map(async browser => (await browser.ask('/api/patients')).status),
      );
      expect(open.sort()).toEqual([200, 401]);
    });

    it('that is wrong takes nothing from anybody, and one of another account neither', async () => {
      const [one, other] = [await enrolling('one@north.example'), await enrolling('other@north.example')];
      const { before, now } = await codesAround(one.secret);
      const ofOther = await codesAround(other.secret);
      expect((await verify(other.client, ofOther.before)).status).toBe(200);
      expect(await verify(await atSecondFactor('other@north.example'), now)).toMatchObject({
        json: { error: { code: 'invalid-code' } },
      });
      expect((await verify(one.client, before)).status).toBe(200);
      expect((await verify(await atSecondFactor('one@north.example'), now)).status).toBe(200);
      expect(await verify(work.visitor(), now)).toMatchObject({
        status: 401,
        json: { error: { code: 'invalid-two-factor-cookie' } },
      });
    });

    it('is forgotten when the clock has passed it', async () => {
      const { client, secret } = await enrolling('again@north.example');
      await verify(client, (await codesAround(secret)).before);
      const used = () =>
        work.portal.queries.select().from(verification).where(like(verification.id, 'used-code:%'));
      expect((await used()).length).toBeGreaterThan(0);
      expect((await used()).some(({ expiresAt }) => expiresAt.getTime() > Date.now() + 60_000)).toBe(true);
      await work.portal.queries
        .update(verification)
        .set({ expiresAt: new Date(Date.now() - 1000) })
        .where(like(verification.id, 'used-code:%'));
      const { client: another, secret: hers } = await enrolling('another@north.example');
      await verify(another, (await codesAround(hers)).now);
      expect(await used()).toHaveLength(1);
    });
  });

  it('a backup code is good once', async () => {
    const email = 'backup@north.example';
    const { client, secret, backupCodes } = await enrolling(email);
    await verify(client, (await codesAround(secret)).now);
    const use = async (code: string) =>
      (await atSecondFactor(email)).post('/api/auth/two-factor/verify-backup-code', { code });
    expect((await use(backupCodes[0]!)).status).toBe(200);
    expect(await use(backupCodes[0]!)).toMatchObject({
      status: 401,
      json: { error: { code: 'invalid-backup-code' } },
    });
    expect((await use(backupCodes[1]!)).status).toBe(200);
  });

  describe('one-time links', () => {
    const tokenOf = ({ json }: { json: { link: string } }) => json.link.split('/').at(-1)!;
    const idOf = async (email: string) =>
      (await work.portal.queries.select().from(user).where(eq(user.email, email)))[0]!.id;
    const use = (token: string, email = '') =>
      work.visitor().post('/api/join', {
        token,
        name: 'Nora Falk',
        email,
        password: 'Kiesel-Laterne-88-Moos',
        clinicName: '',
      });
    const change = (client: Client, id: string, json: object) =>
      client.ask(`/api/users/${id}`, { method: 'PUT', json });
    const openLinks = async (client: Client) =>
      (await client.ask('/api/invitations')).json as { id: string }[];

    it.each([
      ['closed', { disabled: true }],
      ['made a reader', { role: 'reader' }],
    ])(
      'of an administrator who was %s bring nobody in, and the log has their withdrawal',
      async (_, json) => {
        const head = await work.newClinic(`links ${Object.keys(json)}`.replace(' ', '-'));
        const email = `eve-${Object.keys(json)}@north.example`;
        const eve = await work.newUser(head, 'administrator', email);
        const victim = await work.newUser(head, 'clinician', `ada-${Object.keys(json)}@north.example`);
        const invited = await eve.post('/api/invitations', { role: 'administrator', note: 'herself' });
        const victimId = await idOf(`ada-${Object.keys(json)}@north.example`);
        const renewing = await eve.post(`/api/users/${victimId}/new-password`);
        const own = await head.post('/api/invitations', { role: 'reader', note: 'stays' });
        expect((await change(head, await idOf(email), json)).status).toBe(200);
        for (const token of [tokenOf(invited), tokenOf(renewing)]) {
          expect((await use(token, `back-${Object.keys(json)}@north.example`)).json.error.code).toBe(
            'link-used',
          );
          expect(await work.portal.pages.invitation(token)).toBe(null);
        }
        expect((await victim.ask('/api/patients')).status).toBe(200);
        const entries = (await head.ask('/api/audit')).json as { action: string; recordType: string }[];
        expect(
          entries.filter(({ action, recordType }) => action === 'withdraw' && recordType === 'invitation'),
        ).toHaveLength(2);
        // Also when the account is an administrator's again.
        await change(head, await idOf(email), { disabled: false, role: 'administrator' });
        expect((await use(tokenOf(invited), 'again@north.example')).status).toBe(410);
        expect((await use(tokenOf(own), `stays-${Object.keys(json)}@north.example`)).status).toBe(200);
      },
    );

    it('are not good while their maker may not make them, however that came about', async () => {
      const email = 'eva@north.example';
      const eva = await work.newUser(administrator, 'administrator', email);
      const invited = await eva.post('/api/invitations', { role: 'administrator', note: '' });
      const set = (values: Partial<typeof user.$inferInsert>) =>
        work.portal.queries.update(user).set(values).where(eq(user.email, email));
      const isOpen = async () => (await work.portal.pages.invitation(tokenOf(invited))) !== null;
      expect(await isOpen()).toBe(true);
      await set({ disabled: true });
      expect(await isOpen()).toBe(false);
      await set({ disabled: false, role: 'clinician' });
      expect(await isOpen()).toBe(false);
      const [other] = await work.portal.queries
        .select()
        .from(user)
        .where(eq(user.email, 'admin@south.example'));
      const [own] = await work.portal.queries.select().from(user).where(eq(user.email, email));
      await set({ role: 'administrator', clinicId: other!.clinicId });
      expect(await isOpen()).toBe(false);
      await set({ clinicId: own!.clinicId });
      expect(await isOpen()).toBe(true);
      await change(administrator, own!.id, { disabled: true });
    });

    it('for the password of an account that is closed are not made, and those that were are withdrawn', async () => {
      const email = 'gone@north.example';
      await work.newUser(administrator, 'reader', email);
      const id = await idOf(email);
      const token = tokenOf(await administrator.post(`/api/users/${id}/new-password`));
      await change(administrator, id, { disabled: true });
      expect((await use(token)).json.error.code).toBe('link-used');
      expect(await administrator.post(`/api/users/${id}/new-password`)).toMatchObject({
        status: 409,
        json: { error: { code: 'account-closed' } },
      });
    });

    it('are listed without what opens them, and withdrawn by an administrator of their clinic alone', async () => {
      const made = await administrator.post('/api/invitations', { role: 'clinician', note: 'Dr. Wrong' });
      const listed = await openLinks(administrator);
      const own = listed.find(link => (link as { note?: string }).note === 'Dr. Wrong')!;
      expect(own).toMatchObject({ role: 'clinician', email: null, createdBy: 'Ada Moor' });
      expect(JSON.stringify(listed)).not.toContain(tokenOf(made));
      const stranger = await work.newClinic('Elsewhere');
      expect(await openLinks(stranger)).toEqual([]);
      const withdraw = (client: Client) => client.ask(`/api/invitations/${own.id}`, { method: 'DELETE' });
      expect((await withdraw(stranger)).status).toBe(404);
      expect((await withdraw(administrator)).status).toBe(200);
      expect((await openLinks(administrator)).map(({ id }) => id)).not.toContain(own.id);
      expect((await use(tokenOf(made), 'wrong@north.example')).status).toBe(410);
      expect((await withdraw(administrator)).status).toBe(404);
    });
  });

  describe('sessions', () => {
    const list = async (client: Client) =>
      (await client.ask('/api/account/sessions')).json as (Omit<ListedSession, 'startedAt' | 'endsAt'> & {
        startedAt: string;
        endsAt: string;
      })[];

    it('are listed for their own account alone, with the one that asks marked', async () => {
      const here = await work.newUser(administrator, 'clinician', 'twoplaces@north.example');
      const there = work.visitor();
      await there.signIn('twoplaces@north.example');
      const sessions = await list(here);
      expect(sessions).toHaveLength(2);
      expect(sessions.map(({ isOwn }) => isOwn)).toEqual([false, true]);
      expect((await list(there)).map(({ isOwn }) => isOwn)).toEqual([true, false]);
      expect((await list(administrator)).map(({ id }) => id)).not.toContain(sessions[0]!.id);
      for (const { startedAt, endsAt, ...rest } of sessions) {
        expect(new Date(endsAt).getTime() - new Date(startedAt).getTime()).toBeLessThanOrEqual(12 * 3600_000);
        expect(JSON.stringify(rest)).not.toContain('token');
      }
    });

    it('elsewhere end at once, the own one stays, and the log has it', async () => {
      const here = await work.newUser(administrator, 'clinician', 'away@north.example');
      const there = work.visitor();
      await there.signIn('away@north.example');
      expect((await there.ask('/api/patients')).status).toBe(200);
      expect((await here.post('/api/account/sessions/end-others')).json).toEqual({ ended: 1 });
      expect((await there.ask('/api/patients')).status).toBe(401);
      expect((await here.ask('/api/patients')).status).toBe(200);
      expect((await administrator.ask('/api/patients')).status).toBe(200);
      expect(await list(here)).toHaveLength(1);
      const entries = (await administrator.ask('/api/audit')).json as { action: string; detail: string }[];
      expect(entries.find(({ action }) => action === 'sign-out')?.detail).toBe('{"elsewhere":1}');
    });

    it('that are over are in no list', async () => {
      const here = await work.newUser(administrator, 'clinician', 'over@north.example');
      for (const values of [
        { expiresAt: new Date(Date.now() - 1000) },
        { createdAt: new Date(Date.now() - 13 * 3600_000) },
      ]) {
        const there = work.visitor();
        await there.signIn('over@north.example');
        const other = (await list(here)).find(({ isOwn }) => !isOwn)!;
        await work.portal.queries.update(session).set(values).where(eq(session.id, other.id));
        expect(await list(here)).toHaveLength(1);
        expect((await there.ask('/api/patients')).status).toBe(401);
      }
    });

    it('of an account that is closed end at once, on pages too, and none begins', async () => {
      const email = 'closed@north.example';
      const { client, secret } = await enrolling(email);
      const { before, now } = await codesAround(secret);
      await verify(client, before);
      const waiting = await atSecondFactor(email);
      const [closing] = await work.portal.queries.select().from(user).where(eq(user.email, email));
      await administrator.ask(`/api/users/${closing!.id}`, { method: 'PUT', json: { disabled: true } });
      expect((await client.ask('/api/patients')).status).toBe(401);
      expect(await work.portal.actorOf(new Headers({ cookie: client.cookie }))).toBe(null);
      expect((await verify(waiting, now)).status).toBe(403);
      expect((await waiting.ask('/api/patients')).status).toBe(401);
    });
  });
}
