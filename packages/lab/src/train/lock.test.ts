import { existsSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isLocked, RunLock, willBeFree } from './lock.ts';

let folder: string;
let file: string;
const held: RunLock[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crepitus-lock-'));
  file = join(folder, 'lock');
});
afterEach(async () => {
  for (const lock of held.splice(0)) await lock.release();
  await rm(folder, { recursive: true, force: true });
});

function acquire(): RunLock {
  const lock = RunLock.acquire(folder);
  held.push(lock);
  return lock;
}

/** A lock as another process left it. No process has so high a number. */
function leave(owner: object, secondsAgo = 0): void {
  writeFileSync(file, JSON.stringify({ token: 'other', host: hostname(), pid: 2 ** 30, ...owner }));
  const time = new Date(Date.now() - 1000 * secondsAgo);
  utimesSync(file, time, time);
}

const refusal = expect.objectContaining({ code: 'run-locked', kind: 'refused' });

test('whether somebody is at work is told without taking anything', async () => {
  expect(isLocked(folder)).toBe(false);
  const lock = acquire();
  expect(isLocked(folder)).toBe(true);
  await lock.release();
  expect(isLocked(folder)).toBe(false);
  leave({});
  expect(isLocked(folder)).toBe(false);
  expect(existsSync(file)).toBe(true);
});

test('one at a time; after its release the next', async () => {
  const first = acquire();
  expect(() => RunLock.acquire(folder)).toThrow(/is held by process \d+/);
  await first.release();
  expect(existsSync(file)).toBe(false);
  acquire().assertHeld();
});

describe('a lock that is there', () => {
  test('of a process that is gone is taken over', () => {
    leave({});
    acquire().assertHeld();
  });

  test('of a live process whose heart has stopped is taken over', () => {
    leave({ pid: process.pid }, 3600);
    acquire().assertHeld();
  });

  test('of another machine is refused while its heart beats, whatever the process number says', () => {
    leave({ host: 'elsewhere' });
    expect(() => acquire()).toThrow(refusal);
    leave({ host: 'elsewhere' }, 3600);
    acquire().assertHeld();
  });

  test('that names nobody is refused while it is young', () => {
    writeFileSync(file, '');
    expect(() => acquire()).toThrow(refusal);
  });
});

test('a folder that cannot be locked is named', async () => {
  await rm(folder, { recursive: true });
  expect(() => acquire()).toThrow(/cannot be locked \(it does not exist\)/);
});

test('the heart beats while the thread that trains is blocked', async () => {
  acquire();
  await sleep(500); // The worker starts.
  const long = new Date(Date.now() - 50_000);
  utimesSync(file, long, long);
  const until = performance.now() + 3_500;
  while (performance.now() < until);
  expect(Date.now() - statSync(file).mtimeMs).toBeLessThan(5_000);
});

test('an owner whose lock was taken over notices, and leaves the new one alone', async () => {
  const lock = acquire();
  leave({});
  expect(() => lock.assertHeld()).toThrow(
    expect.objectContaining({
      code: 'run-lock-lost',
      message: expect.stringContaining('taken over by another process'),
    }),
  );
  await lock.release();
  expect(JSON.parse(readFileSync(file, 'utf8')).token).toBe('other');
});

test('an owner whose folder was deleted or moved notices, and does not speak of another process', async () => {
  const lock = acquire();
  await rm(folder, { recursive: true });
  expect(() => lock.assertHeld()).toThrow(
    expect.objectContaining({
      code: 'run-lock-lost',
      message: expect.stringMatching(/lock is gone, as the run was deleted or moved/),
    }),
  );
});

describe('waiting for a lock is worth the while', () => {
  test.each([
    ['of an orphan', { pid: process.pid, parent: 2 ** 30 }, true],
    ['of a process whose parent lives', { pid: process.pid, parent: process.pid }, false],
    ['of a process that nobody watches', { pid: process.pid }, false],
  ])('%s: %o %s', async (_, owner, expected) => {
    leave(owner);
    expect(await willBeFree(folder)).toBe(expected);
  });

  test('of another machine: while its heart rests', async () => {
    leave({ host: 'elsewhere' });
    expect(await willBeFree(folder)).toBe(true);
    const heart = setInterval(() => leave({ host: 'elsewhere' }), 1000);
    expect(await willBeFree(folder)).toBe(false);
    clearInterval(heart);
  });
});
