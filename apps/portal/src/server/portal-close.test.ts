/** What a portal that is closed still does before its database may be closed. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { address, type Client, type PortalAtWork, startPortal } from '../../test/portal-at-work.ts';
import { openEmbedded } from './database.ts';
import { listPatients } from './patients.ts';
import { erasure, signInAttempt } from './schema.ts';

describe('a portal that is closed', () => {
  let work: PortalAtWork;
  let client: Client;
  const all: PortalAtWork[] = [];

  beforeEach(async () => {
    work = await startPortal(() => openEmbedded(null), { hostsAnalyses: false });
    all.push(work);
    client = await work.newClinic('North');
  }, 60_000);
  afterAll(async () => {
    for (const each of all) await each.close();
  });

  /** Resolves when it is opened. */
  function gate(): { readonly opened: Promise<void>; open(): void } {
    let open = () => {};
    const opened = new Promise<void>(resolve => {
      open = resolve;
    });
    return { opened, open };
  }

  /** Whether it has closed, after everything that could have moved has had its turns. */
  async function closing() {
    let isClosed = false;
    const closed = work.portal.close().then(() => {
      isClosed = true;
    });
    const settles = async () => {
      for (let i = 0; i < 20; i++) await new Promise(resolve => setTimeout(resolve, 10));
      return isClosed;
    };
    return { closed, settles };
  }

  const rows = () => work.portal.queries.$count(signInAttempt);
  const write = () => work.portal.queries.insert(signInAttempt).values({ id: randomUUID(), account: 'x' });

  it('waits for what goes on after answers, and for what that begins in turn', async () => {
    const [first, second] = [gate(), gate()];
    const before = await rows();
    work.portal.afterwards(async () => {
      await first.opened;
      await write();
      work.portal.afterwards(async () => {
        await second.opened;
        await write();
      });
    });
    const { closed, settles } = await closing();
    expect(await settles()).toBe(false);
    first.open();
    expect(await settles()).toBe(false);
    second.open();
    await closed;
    expect(await rows()).toBe(before + 2);
  });

  it('answers requests that it has begun, in full, and refuses those that come later', async () => {
    const end = gate();
    const { host } = new URL(address);
    const headers = { host, origin: address, cookie: client.cookie, 'content-type': 'application/json' };
    const draft = { pseudonym: 'P-late', birthYear: null, sex: 'unknown', notes: '' };
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        await end.opened;
        controller.enqueue(new TextEncoder().encode(JSON.stringify(draft)));
        controller.close();
      },
    });
    const init = { method: 'POST', headers, body, duplex: 'half' } as RequestInit;
    const answered = work.portal.handle(new Request(`${address}/api/patients`, init));
    const actor = (await work.portal.actorOf(new Headers({ cookie: client.cookie })))!;
    const { closed, settles } = await closing();
    expect(await settles()).toBe(false);
    expect((await client.ask('/api/patients')).status).toBe(503);
    end.open();
    expect((await answered).status).toBe(200);
    await closed;
    expect((await listPatients(work.portal.queries, actor)).map(({ pseudonym }) => pseudonym)).toEqual([
      'P-late',
    ]);
  });

  it('waits for the erasing of what was deleted', async () => {
    const draft = { pseudonym: 'P-gone', birthYear: null, sex: 'unknown', notes: '' };
    const { id } = (await client.post('/api/patients', draft)).json;
    const marks = () => work.portal.queries.$count(erasure);
    const deleted = client.ask(`/api/patients/${id}`, { method: 'DELETE' });
    expect((await deleted).status).toBe(200);
    await work.portal.close();
    expect(await marks()).toBe(0);
  });
});
