/** How many tries that fail one address has, and how long it is told to wait; called by portal-suite.ts. */
import { beforeAll, describe, expect, it } from 'vitest';
import { signInAttempt } from '../src/server/schema.ts';
import { type Client, type PortalAtWork, password } from './portal-at-work.ts';

export interface TryPlace {
  readonly work: PortalAtWork;
  readonly administrator: Client;
}

export function describeTries(placeOf: () => TryPlace): void {
  describe('tries', () => {
    let work: PortalAtWork;
    let administrator: Client;
    beforeAll(() => {
      ({ work, administrator } = placeOf());
    });
    const joining = { name: 'Nora Falk', password, clinicName: '' };

    it('to join end after twenty from one address, whatever the links, and those of others go on', async () => {
      const machine = work.visitor();
      const statuses: number[] = [];
      for (let i = 0; i < 22; i++) {
        const token = String(i).padStart(43, 'x');
        statuses.push((await machine.post('/api/join', { ...joining, token, email: '' })).status);
      }
      expect(statuses).toEqual([...Array(20).fill(410), 429, 429]);
      const { json } = await administrator.post('/api/invitations', { role: 'reader', note: '' });
      const good = { ...joining, token: json.link.split('/').at(-1), email: 'limit@north.example' };
      const refused = (await machine.post('/api/join', good)).json.error;
      expect(refused.code).toBe('too-many-tries');
      expect(refused.waitSeconds).toBeGreaterThan(14 * 60 - 30);
      expect(refused.waitSeconds).toBeLessThanOrEqual(15 * 60);
      expect((await work.visitor().post('/api/join', good)).status).toBe(200);
      await work.portal.queries.update(signInAttempt).set({ at: new Date(Date.now() - 16 * 60_000) });
      expect((await machine.post('/api/join', good)).json.error.code).toBe('link-used');
    });

    it('to join count where they fail alone', async () => {
      const machine = work.visitor();
      const before = (await work.portal.queries.select().from(signInAttempt)).length;
      const { json } = await administrator.post('/api/invitations', { role: 'reader', note: '' });
      const token = json.link.split('/').at(-1);
      await machine.post('/api/join', { ...joining, token, email: 'joins@north.example' });
      expect(await work.portal.queries.select().from(signInAttempt)).toHaveLength(before);
    });

    it('of a second factor that come too fast say how many seconds to wait', async () => {
      const machine = work.visitor();
      const verify = () => machine.post('/api/auth/two-factor/verify-totp', { code: '000000' });
      let answer = await verify();
      for (let i = 0; i < 10 && answer.status !== 429; i++) answer = await verify();
      const { code, waitSeconds } = answer.json.error;
      expect(code).toBe('too-many-tries');
      expect(waitSeconds).toBeGreaterThanOrEqual(1);
      expect(waitSeconds).toBeLessThanOrEqual(10);
    });

    it('at the password of somebody who is signed in count wherever it is asked for', async () => {
      const email = 'guessed@north.example';
      const guesser = await work.newUser(administrator, 'reader', email);
      const guess = (currentPassword: string) =>
        guesser.post('/api/account/password', { currentPassword, newPassword: 'Wolke-Hammer-93-Kreide' });
      expect((await guesser.post('/api/auth/two-factor/enable', { password: 'wrong' })).status).toBe(400);
      for (let i = 0; i < 9; i++) expect((await guess('wrong')).json.error.code).toBe('invalid-password');
      for (const path of ['enable', 'disable'])
        expect(await guesser.post(`/api/auth/two-factor/${path}`, { password })).toMatchObject({
          status: 429,
          json: { error: { code: 'too-many-tries' } },
        });
      expect((await guess(password)).json.error.code).toBe('too-many-tries');
      await work.portal.queries.update(signInAttempt).set({ at: new Date(Date.now() - 16 * 60_000) });
      expect((await guess(password)).status).toBe(200);
    });
  });
}
