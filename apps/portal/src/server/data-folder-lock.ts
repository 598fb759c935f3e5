/**
 * The lock of a data folder: the file `lock` names who works on it. PGlite has none of its own, and a second process on its
 * files destroys them.
 *
 * The lock of a process that was killed stays. It is taken over once that process is certainly gone: by number and time of
 * start on this machine, and where the folder is shared with another machine, whose processes cannot be seen from here, once
 * the file was not touched for a minute. A stopped process keeps its lock.
 */
import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { CrepitusError } from '@crepitus/dsp';

const beatMilliseconds = 2_000;
const deadAfterMilliseconds = 60_000;

/** In a thread of its own: PGlite computes on the main one. */
const heartbeat = `
const { utimesSync } = require('node:fs');
const { workerData } = require('node:worker_threads');
setInterval(() => {
  const now = new Date();
  try { utimesSync(workerData.path, now, now); } catch {}
}, workerData.beat);
`;

export interface LockOwner {
  readonly token: string;
  readonly host: string;
  readonly pid: number;
  /** Tells a process from a later one of the same number; null where the system does not say. */
  readonly birth: string | null;
  readonly since: string;
  /** Where it listens, once it does. */
  readonly address: string | null;
}

export class DataFolderLock {
  readonly #path: string;
  readonly #owner: LockOwner;
  readonly #worker: Worker;

  private constructor(path: string, owner: LockOwner) {
    this.#path = path;
    this.#owner = owner;
    this.#worker = new Worker(heartbeat, { eval: true, workerData: { path, beat: beatMilliseconds } });
    this.#worker.unref();
  }

  /** @throws CrepitusError `data-folder-locked` (refused) */
  static acquire(folder: string): DataFolderLock {
    const path = join(folder, 'lock');
    const owner: LockOwner = {
      token: randomUUID(),
      host: hostname(),
      pid: process.pid,
      birth: birthOf(process.pid),
      since: new Date().toISOString(),
      address: null,
    };
    const own = `${path}.${owner.token}`;
    writeFileSync(own, `${JSON.stringify(owner)}\n`, { mode: 0o600 });
    try {
      for (;;) {
        try {
          linkSync(own, path); // Atomic, and fails where the lock exists.
          return new DataFolderLock(path, owner);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        }
        const holder = readOwner(path);
        if (holder === 'gone') continue;
        if (holder === 'unreadable' || isAlive(holder, path)) throw locked(folder, holder);
        moveAway(path, holder, `${own}.dead`);
      }
    } finally {
      rmSync(own, { force: true });
    }
  }

  /** Notes where commands find this process. */
  announce(address: string): void {
    const changed = `${this.#path}.${this.#owner.token}`;
    writeFileSync(changed, `${JSON.stringify({ ...this.#owner, address })}\n`, { mode: 0o600 });
    renameSync(changed, this.#path);
  }

  async release(): Promise<void> {
    await this.#worker.terminate();
    const holder = readOwner(this.#path);
    if (typeof holder === 'object' && holder.token === this.#owner.token) rmSync(this.#path, { force: true });
  }
}

/** Who works on a folder, or null. */
export function ownerOf(folder: string): LockOwner | null {
  const path = join(folder, 'lock');
  const owner = readOwner(path);
  return typeof owner === 'object' && isAlive(owner, path) ? owner : null;
}

function locked(folder: string, holder: LockOwner | 'unreadable'): CrepitusError {
  const who =
    holder === 'unreadable'
      ? 'another process'
      : `process ${holder.pid}${holder.host === hostname() ? '' : ` on ${holder.host}`} since ${holder.since.replace('T', ' ').slice(0, 19)} UTC`;
  return new CrepitusError(
    'data-folder-locked',
    `The data folder ${folder} is held by ${who}; stop that portal first, or name another folder in CREPITUS_DATA.`,
    { kind: 'refused' },
  );
}

/** Of several processes that try, one succeeds. */
function moveAway(path: string, dead: LockOwner, graveyard: string): void {
  try {
    renameSync(path, graveyard);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return; // Another process was quicker.
    throw error;
  }
  // Between reading and renaming another process may have put its own lock there: give that one back.
  const moved = readOwner(graveyard);
  if (typeof moved === 'object' && moved.token !== dead.token) linkSync(graveyard, path);
  rmSync(graveyard, { force: true });
}

function isAlive(owner: LockOwner, path: string): boolean {
  if (owner.host === hostname()) {
    if (!isProcess(owner.pid)) return false;
    const birth = birthOf(owner.pid);
    return owner.birth === null || birth === null || birth === owner.birth;
  }
  const beat = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return Date.now() - beat < deadAfterMilliseconds;
}

function isProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Linux: the boot, and the ticks from there to the start of the process. */
function birthOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the name, may hold anything; the twentieth after it is the start.
    const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${start}`;
  } catch {
    return null;
  }
}

function readOwner(path: string): LockOwner | 'gone' | 'unreadable' {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as LockOwner;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'gone' : 'unreadable';
  }
}
