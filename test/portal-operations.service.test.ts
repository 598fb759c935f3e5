/** The built portal as whoever runs it meets it: settings, addresses behind proxies, backups by command. */
import { existsSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeWav } from '@crepitus/recordings';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { breathLikeSound } from '../apps/portal/test/breath-like-sound.ts';
import { freePort } from './free-port.ts';
import { ended, type Served, serve } from './portal-process.ts';

const email = 'ada@north.example';
const password = 'Tulpe-Bagger-17-Regen';
const sound = writeWav([breathLikeSound(3, 8000)], 8000);

let folder: string;
let environment: NodeJS.ProcessEnv;
let portal: Served;
let cookie = '';

async function start(changes: NodeJS.ProcessEnv = {}): Promise<void> {
  const port = await freePort();
  environment = { ...environment, PORT: String(port), ...changes };
  portal = await serve(environment);
}

function ask(path: string, init: RequestInit = {}, headers: Record<string, string> = {}): Promise<Response> {
  const address = `http://127.0.0.1:${environment.PORT}`;
  return fetch(address + path, { ...init, headers: { origin: address, cookie, ...headers } });
}

function post(path: string, json: object, headers: Record<string, string> = {}): Promise<Response> {
  const init = { method: 'POST', body: JSON.stringify(json) };
  return ask(path, init, { 'content-type': 'application/json', ...headers });
}

async function signIn(): Promise<void> {
  const response = await post('/api/auth/sign-in/email', { email, password });
  expect(response.status).toBe(200);
  cookie = response.headers
    .getSetCookie()
    .map(each => each.split(';')[0])
    .join('; ');
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crepitus-operations-'));
  environment = { ...process.env, CREPITUS_DATA: join(folder, 'data') };
  delete environment.DATABASE_URL;
  await start();
});
afterAll(async () => {
  await portal?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('backups by command', () => {
  let recording: string;
  const file = () => join(folder, 'running.tar');

  it('are made while the portal runs, and readable by their owner alone', async () => {
    const token = portal.link!.split('/').at(-1);
    expect(
      (await post('/api/join', { token, name: 'Ada', email, password, clinicName: 'North' })).status,
    ).toBe(200);
    await signIn();
    const draft = { pseudonym: 'P-1', birthYear: null, sex: 'unknown', notes: '' };
    const { id: patient } = await (await post('/api/patients', draft)).json();
    const visited = await post(`/api/patients/${patient}/visits`, { day: '2026-06-01', notes: '' });
    const { id: visit } = await visited.json();
    const uploaded = await ask(`/api/visits/${visit}/recordings?site=&device=`, {
      method: 'POST',
      body: sound as BodyInit,
    });
    recording = (await uploaded.json()).id;
    const made = await ended(environment, 'backup', file());
    expect(made).toMatchObject({ code: 0, err: '' });
    expect(made.out).toMatch(
      /^The backup \S+running\.tar is whole: 1 recordings, \d+\.\d MB\. Its audit log has \d+ entries/,
    );
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect((await ask('/api/health')).status).toBe(200);
  });

  it('are never written over another file', async () => {
    expect(await ended(environment, 'backup', file())).toMatchObject({
      code: 2,
      err: expect.stringMatching(/already/),
    });
  });

  it('are made of a portal that rests, and restored to a portal that goes on', async () => {
    await portal.stop();
    const resting = join(folder, 'resting.tar');
    expect((await ended(environment, 'backup', resting)).code).toBe(0);
    const target = { CREPITUS_DATA: join(folder, 'restored') };
    const restored = await ended({ ...environment, ...target }, 'restore', resting);
    expect(restored).toMatchObject({ code: 0, err: '' });
    expect(restored.out).toMatch(
      /^The backup of \S+ \S+ UTC is restored: 1 recordings, and an audit log of \d+ entries that is whole/,
    );
    const again = await ended({ ...environment, ...target }, 'restore', resting);
    expect(again).toMatchObject({
      code: 4,
      err: expect.stringMatching(/^The data folder \S+ has something in it/),
    });
    await start(target);
    expect(portal.link).toBe(null); // Somebody has an account.
    cookie = '';
    await signIn();
    const heard = await ask(`/api/recordings/${recording}/sound`);
    expect(new Uint8Array(await heard.arrayBuffer())).toEqual(new Uint8Array(sound));
    expect((await ended(environment, 'audit', 'verify')).out).toMatch(/^The audit log is whole/);
  });

  it('that are none are refused, and nothing comes of them', async () => {
    const text = join(folder, 'letter.tar');
    await writeFile(text, 'Dear colleague');
    const target = join(folder, 'nothing');
    expect(await ended({ ...environment, CREPITUS_DATA: target }, 'restore', text)).toMatchObject({
      code: 4,
      err: expect.stringMatching(
        /^\S+letter\.tar is no whole backup of a portal \([^)]+\); take another one\.\n$/,
      ),
    });
    expect(existsSync(target)).toBe(false);
  });
});

describe('the address of a client', () => {
  /** Tries with an account and an address of their own each: how they were answered. */
  async function tries(forwardedFor: (i: number) => string, count = 22): Promise<number[]> {
    const statuses: number[] = [];
    for (let i = 0; i < count; i++) {
      const guess = { email: `person${i}@${Math.random()}.example`, password: 'guessed-guessed' };
      const { status } = await post('/api/auth/sign-in/email', guess, { 'x-forwarded-for': forwardedFor(i) });
      statuses.push(status);
    }
    return statuses;
  }

  it('cannot be made up where no proxy is trusted', async () => {
    expect((await tries(i => `198.51.100.${i}`)).at(-1)).toBe(429);
  });

  it('is what a trusted proxy adds, and not what stood before it', async () => {
    await portal.stop();
    await start({ CREPITUS_TRUSTED_PROXIES: '1' });
    expect(new Set(await tries(i => `203.0.113.${i}`))).toEqual(new Set([401]));
    expect((await tries(i => `203.0.113.${i}, 198.51.100.200`)).at(-1)).toBe(429);
  });
});

describe('a setting that cannot be', () => {
  it.each([
    [{ CREPITUS_TRUSTED_PROXIES: 'all' }, /^CREPITUS_TRUSTED_PROXIES has 'all'; give the number/],
    [{ CREPITUS_ANALYSES: 'workers' }, /^CREPITUS_ANALYSES is workers, but workers need a PostgreSQL server/],
    [{ CREPITUS_ANALYSES: 'nowhere' }, /^CREPITUS_ANALYSES is nowhere; give here, or workers/],
    [{ CREPITUS_BLOBS: 'recordings' }, /^CREPITUS_BLOBS is recordings; give an absolute path/],
    [{ CREPITUS_BLOBS: 's3://' }, /^CREPITUS_BLOBS names no bucket/],
  ])('%j is refused in a sentence', async (setting, sentence) => {
    const own = { CREPITUS_DATA: join(folder, 'settings'), PORT: String(await freePort()) };
    const { code, out, err } = await ended({
      ...environment,
      CREPITUS_TRUSTED_PROXIES: '',
      ...own,
      ...setting,
    });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(sentence);
    expect(err.trim()).not.toContain('\n');
  });
});
