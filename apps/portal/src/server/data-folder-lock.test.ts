import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataFolderLock, ownerOf } from './data-folder-lock.ts';

let folder: string;
let others: ChildProcess[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crepitus-lock-'));
  others = [];
});
afterEach(async () => {
  for (const other of others) other.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

/** A process that takes the lock and keeps it. */
async function holder(): Promise<ChildProcess> {
  const script = `
    import { DataFolderLock } from ${JSON.stringify(join(import.meta.dirname, 'data-folder-lock.ts'))};
    DataFolderLock.acquire(${JSON.stringify(folder)});
    setInterval(() => {}, 1000);
    console.log('held');`;
  const other = spawn(
    process.execPath,
    ['--conditions=@crepitus/source', '--import', 'tsx', '--input-type=module', '--eval', script],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  others.push(other);
  await once(other.stdout!, 'data');
  return other;
}

const lockFile = () => join(folder, 'lock');

describe('the lock of a data folder', () => {
  it('refuses a second process in a sentence that names the first and since when', async () => {
    const other = await holder();
    expect(() => DataFolderLock.acquire(folder)).toThrow(
      expect.objectContaining({
        code: 'data-folder-locked',
        kind: 'refused',
        message: expect.stringMatching(
          new RegExp(
            `^The data folder \\S+ is held by process ${other.pid} since \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d UTC; stop that portal first, or name another folder in CREPITUS_DATA\\.$`,
          ),
        ),
      }),
    );
    expect(ownerOf(folder)?.pid).toBe(other.pid);
  });

  it('refuses also while the first is stopped', async () => {
    const other = await holder();
    other.kill('SIGSTOP');
    utimesSync(lockFile(), new Date(0), new Date(0));
    expect(() => DataFolderLock.acquire(folder)).toThrow(/is held by process/);
  });

  it('is taken over from a process that was killed', async () => {
    const other = await holder();
    other.kill('SIGKILL');
    await once(other, 'exit');
    expect(ownerOf(folder)).toBe(null);
    const lock = DataFolderLock.acquire(folder);
    expect(ownerOf(folder)?.pid).toBe(process.pid);
    await lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it.skipIf(process.platform !== 'linux')(
    'is taken over where the number belongs to a later process',
    async () => {
      const owner = {
        token: 'x',
        host: hostname(),
        pid: process.pid,
        birth: 'an earlier boot 77',
        since: '2026-01-01T00:00:00Z',
        address: null,
      };
      writeFileSync(lockFile(), JSON.stringify(owner));
      await DataFolderLock.acquire(folder).release();
    },
  );

  it('of another machine holds until its heart rests for a minute', async () => {
    const owner = {
      token: 'x',
      host: 'elsewhere',
      pid: 1,
      birth: null,
      since: '2026-01-01T00:00:00Z',
      address: null,
    };
    writeFileSync(lockFile(), JSON.stringify(owner));
    expect(() => DataFolderLock.acquire(folder)).toThrow(
      /process 1 on elsewhere since 2026-01-01 00:00:00 UTC/,
    );
    const past = new Date(Date.now() - 61_000);
    utimesSync(lockFile(), past, past);
    await DataFolderLock.acquire(folder).release();
  });

  it('that cannot be read is not taken over', () => {
    writeFileSync(lockFile(), '');
    expect(() => DataFolderLock.acquire(folder)).toThrow(/is held by another process/);
  });

  it('says where its owner listens, to the owner of the folder alone', async () => {
    const lock = DataFolderLock.acquire(folder);
    lock.announce('http://127.0.0.1:3000');
    expect(ownerOf(folder)).toMatchObject({ pid: process.pid, address: 'http://127.0.0.1:3000' });
    expect(statSync(lockFile()).mode & 0o077).toBe(0);
    expect(readFileSync(lockFile(), 'utf8')).toContain('"token"');
    await lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });
});
