/** What holds of every store of recordings: on disk, and in S3 as a server in this process speaks it. */
import { randomBytes } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Blobs, blobNameOf, type Environment, openBlobs } from './blobs.ts';
import { DiskBlobs } from './disk-blobs.ts';

/** Of https://github.com/jamhall/s3rver, which has no types. */
interface S3Server {
  run(): Promise<AddressInfo>;
  close(): Promise<void>;
}
const S3rver = createRequire(import.meta.url)('s3rver') as new (options: object) => S3Server;

const secret = 'S3RVER'; // The one that the server knows.
const bucket = 'lungs';
let folder: string;
let server: S3Server;
let port: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crepitus-blobs-'));
  server = new S3rver({
    port: 0,
    address: '127.0.0.1',
    silent: true,
    directory: join(folder, 's3'),
    configureBuckets: [{ name: bucket }],
  });
  ({ port } = await server.run());
});
afterAll(async () => {
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

function s3Environment(changes: Environment = {}): Environment {
  return {
    CREPITUS_BLOBS: `s3://${bucket}/recordings`,
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: 'S3RVER',
    AWS_SECRET_ACCESS_KEY: secret,
    ...changes,
  };
}

function open(environment: Environment): Promise<Blobs> {
  return openBlobs(environment, { folder: join(folder, 'disk'), scratch: join(folder, 'scratch') });
}

async function fileOf(bytes: Uint8Array): Promise<{ file: string; blob: string }> {
  const file = join(folder, `upload-${randomBytes(8).toString('hex')}`);
  await writeFile(file, bytes);
  return { file, blob: await blobNameOf(file) };
}

async function listed(blobs: Blobs, time = Date.now() + 60_000): Promise<string[]> {
  const names: string[] = [];
  for await (const name of blobs.storedBefore(time)) names.push(name);
  return names;
}

/** Puts other bytes where a blob lies, past the store. */
const damage = {
  disk: (blob: string) => writeFile(join(folder, 'disk', blob.slice(0, 2), blob), 'other'),
  s3: (blob: string) =>
    writeFile(join(folder, 's3', bucket, 'recordings', `${blob}._S3rver_object`), 'other'),
};

describe.each([
  ['on disk', 'disk', () => open({})],
  ['in S3', 's3', () => open(s3Environment())],
] as const)('recordings %s', (_, kind, openStore) => {
  let blobs: Blobs;
  beforeAll(async () => {
    blobs = await openStore();
  });
  afterAll(() => blobs?.close());

  it('are read as they were stored, under the sha256 of their bytes, in memory and as a file', async () => {
    for (const length of [0, 1, 3_000_000]) {
      const bytes = randomBytes(length);
      const { file, blob } = await fileOf(bytes);
      expect(await blobs.has(blob)).toBe(false);
      await blobs.add(file, blob);
      await rm(file);
      expect(await blobs.has(blob)).toBe(true);
      expect(Buffer.from(await blobs.read(blob)).equals(bytes)).toBe(true);
      const lent = await blobs.withFile(blob, async path => {
        expect((await readFile(path)).equals(bytes)).toBe(true);
        expect(statSync(path).mode & 0o077).toBe(kind === 'disk' ? statSync(path).mode & 0o077 : 0);
        return path;
      });
      expect(existsSync(lent)).toBe(kind === 'disk');
    }
  });

  it('are stored twice as once', async () => {
    const { file, blob } = await fileOf(randomBytes(1000));
    await Promise.all([blobs.add(file, blob), blobs.add(file, blob)]);
    await blobs.add(file, blob);
    expect((await listed(blobs)).filter(name => name === blob)).toEqual([blob]);
  });

  it('are listed by when they were stored', async () => {
    const before = Date.now() - 5_000;
    const { file, blob } = await fileOf(randomBytes(10));
    await utimes(file, new Date(0), new Date(0)); // The age of the file is not that of the blob.
    await blobs.add(file, blob);
    expect(await listed(blobs)).toContain(blob);
    expect(await listed(blobs, before)).not.toContain(blob);
  });

  it('are gone once removed, and removing them again is no error', async () => {
    const { file, blob } = await fileOf(randomBytes(10));
    await blobs.add(file, blob);
    await blobs.remove(blob);
    await blobs.remove(blob);
    expect(await blobs.has(blob)).toBe(false);
    const missing = {
      code: 'blob-missing',
      kind: 'input',
      message: `The recording ${blob.slice(0, 12)} is not in ${blobs.name}; put it back from a backup, or delete it and upload it again.`,
    };
    await expect(blobs.read(blob)).rejects.toMatchObject(missing);
    await expect(blobs.withFile(blob, async () => {})).rejects.toMatchObject(missing);
  });

  it('that were damaged are told from whole ones', async () => {
    const { file, blob } = await fileOf(randomBytes(100));
    await blobs.add(file, blob);
    await damage[kind](blob);
    const damaged = { code: 'blob-damaged', message: expect.stringMatching(/is not as it was stored/) };
    await expect(blobs.read(blob)).rejects.toMatchObject(damaged);
    await expect(blobs.withFile(blob, async () => {})).rejects.toMatchObject(damaged);
    await blobs.remove(blob);
  });

  it('leave nothing of what was lent, whatever its user throws', async () => {
    const { file, blob } = await fileOf(randomBytes(100));
    await blobs.add(file, blob);
    await expect(blobs.withFile(blob, () => Promise.reject(new Error('mine')))).rejects.toThrow('mine');
    expect(await readdir(join(folder, 'scratch')).catch(() => [])).toEqual([]);
  });
});

describe('a store on disk', () => {
  it('clears away what a kill left of a copy, once it is old, and takes it for no recording', async () => {
    const blobs = new DiskBlobs(join(folder, 'killed'));
    await mkdir(join(folder, 'killed', 'ab'), { recursive: true });
    const partial = join(folder, 'killed', 'ab', '.half');
    await writeFile(partial, 'half');
    expect(await listed(blobs, Date.now() - 60_000)).toEqual([]);
    expect(existsSync(partial)).toBe(true);
    expect(await listed(blobs)).toEqual([]);
    expect(existsSync(partial)).toBe(false);
  });

  const shm = '/dev/shm';
  it.skipIf(!existsSync(shm) || statSync(shm).dev === statSync(tmpdir()).dev)(
    'takes files from another disk',
    async () => {
      const other = await mkdtemp(join(shm, 'crepitus-blobs-'));
      const blobs = new DiskBlobs(other);
      const { file, blob } = await fileOf(randomBytes(1000));
      await blobs.add(file, blob);
      expect((await blobs.read(blob)).length).toBe(1000);
      expect(await readdir(join(other, blob.slice(0, 2)))).toEqual([blob]);
      await rm(other, { recursive: true });
    },
  );
});

describe('a store in S3', () => {
  it('that breaks off in the middle of an upload has nothing of it', async () => {
    const { file, blob } = await fileOf(randomBytes(2_000_000));
    let connections = 0;
    const cutter = await proxy((client, upstream) => {
      connections++;
      let passed = 0;
      client.on('data', data => {
        passed += data.length;
        if (passed > 500_000) {
          client.destroy();
          upstream.destroy();
        } else upstream.write(data);
      });
      upstream.on('data', data => client.write(data));
    });
    const cut = await open(s3Environment({ AWS_ENDPOINT_URL: cutter.address }));
    await expect(cut.add(file, blob)).rejects.toMatchObject({ code: 'blob-store' });
    expect(connections).toBeGreaterThan(2); // It was tried again.
    cut.close();
    cutter.server.close();
    const whole = await open(s3Environment());
    expect(await whole.has(blob)).toBe(false);
    await whole.add(file, blob);
    expect((await whole.read(blob)).length).toBe(2_000_000);
    whole.close();
  });

  it('that breaks off in the middle of a reading is tried no further with half the bytes', async () => {
    const { file, blob } = await fileOf(randomBytes(2_000_000));
    const whole = await open(s3Environment());
    await whole.add(file, blob);
    whole.close();
    const cutter = await proxy((client, upstream) => {
      let passed = 0;
      client.on('data', data => upstream.write(data));
      upstream.on('data', data => {
        passed += data.length;
        if (passed > 500_000) client.destroy();
        else client.write(data);
      });
    });
    const cut = await open(s3Environment({ AWS_ENDPOINT_URL: cutter.address }));
    await expect(cut.read(blob)).rejects.toMatchObject({ code: 'blob-store' });
    await expect(cut.withFile(blob, async () => {})).rejects.toMatchObject({ code: 'blob-store' });
    expect(await readdir(join(folder, 'scratch'))).toEqual([]);
    cut.close();
    cutter.server.close();
  });

  it.each([
    ['cannot be reached', { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' }, /\(ECONNREFUSED\)/],
    [
      'has no such bucket',
      { CREPITUS_BLOBS: 's3://livers' },
      /s3:\/\/livers\/ cannot be used \(NoSuchBucket\)/,
    ],
    [
      'does not know the key',
      { AWS_ACCESS_KEY_ID: 'nobody', AWS_SECRET_ACCESS_KEY: 'not-to-be-told' },
      /\(InvalidAccessKeyId\)/,
    ],
  ])('that %s says so in a sentence without credentials', async (_, changes: Environment, reason) => {
    const printed = vi.spyOn(process.stderr, 'write');
    const environment = s3Environment(changes);
    const error = await open(environment).catch(thrown => thrown);
    expect(error).toMatchObject({ code: 'blob-store', kind: 'refused' });
    expect(error.message).toMatch(reason);
    expect(error.message).toMatch(/^The store of recordings s3:.*; check that it can be reached/);
    const told = inspect(error, { depth: 9, showHidden: true }) + inspect(printed.mock.calls);
    expect(told).not.toContain(
      environment.AWS_SECRET_ACCESS_KEY === secret ? 'Signature=' : 'not-to-be-told',
    );
    printed.mockRestore();
  });
});

it.each([
  [{ CREPITUS_BLOBS: 's3://' }, /^CREPITUS_BLOBS names no bucket/],
  [{ CREPITUS_BLOBS: 'blobs' }, /^CREPITUS_BLOBS is blobs; give an absolute path or s3:/],
  [
    s3Environment({ AWS_ENDPOINT_URL: 'http://me:word@store' }),
    /^The endpoint of AWS_ENDPOINT_URL is no address as https:\/\/host:port\.$/,
  ],
  [s3Environment({ CREPITUS_S3_PATH_STYLE: '1' }), /^CREPITUS_S3_PATH_STYLE is yes or no/],
])('the setting %j is refused in a sentence', async (environment, sentence) => {
  await expect(open(environment)).rejects.toMatchObject({
    kind: 'usage',
    message: expect.stringMatching(sentence),
  });
});

it('workers must be told where the recordings are', async () => {
  await expect(openBlobs({}, { folder: null, scratch: folder })).rejects.toThrow(
    /^CREPITUS_BLOBS is not set/,
  );
});

/** A server before the store, that passes on what its author wants. */
async function proxy(
  pass: (client: ReturnType<typeof connect>, upstream: ReturnType<typeof connect>) => void,
): Promise<{ server: Server; address: string }> {
  const server = createServer(client => {
    const upstream = connect(port, '127.0.0.1');
    for (const socket of [client, upstream]) socket.on('error', () => {});
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
    pass(client, upstream);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
