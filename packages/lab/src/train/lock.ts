/**
 * The lock of a run folder: the file `lock` names its owner, and its modification time is the owner's heartbeat.
 *
 * The heartbeat lives in a worker thread, because one WASM call of a training step blocks the event loop longer than a
 * heartbeat may rest. After a kill the file stays; it is taken over once its process is gone or its heart has stopped.
 */
import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { reasonOf } from '@crepitus/datasets';
import { CrepitusError } from '@crepitus/dsp';

const beatMilliseconds = 2_000;
/** A heart that rested this long has stopped: many beats, so that a slow shared disk does not kill a live run. */
const deadAfterMilliseconds = 60_000;

interface Owner {
  readonly token: string;
  readonly host: string;
  readonly pid: number;
  /** The process that watches over a run's own process (run-process.ts). */
  readonly parent?: number;
}

const heartbeat = `
const { utimesSync } = require('node:fs');
const { workerData } = require('node:worker_threads');
setInterval(() => {
  const now = new Date();
  try { utimesSync(workerData.path, now, now); } catch {}
}, workerData.beat);
`;

export class RunLock {
  readonly #path: string;
  readonly #token: string;
  readonly #worker: Worker;

  private constructor(path: string, token: string) {
    this.#path = path;
    this.#token = token;
    this.#worker = new Worker(heartbeat, { eval: true, workerData: { path, beat: beatMilliseconds } });
    this.#worker.unref();
  }

  /**
   * Takes the lock of a folder.
   *
   * @throws CrepitusError `run-locked` (refused) while another live process holds it
   */
  static acquire(folder: string): RunLock {
    const path = join(folder, 'lock');
    const parent = process.connected ? { parent: process.ppid } : {};
    const owner: Owner = { token: randomUUID(), host: hostname(), pid: process.pid, ...parent };
    const own = `${path}.${owner.token}`;
    try {
      writeFileSync(own, `${JSON.stringify(owner)}\n`);
      for (let attempt = 0; attempt < 10; attempt++) {
        try {
          linkSync(own, path); // Atomic, and fails where the lock exists.
          return new RunLock(path, owner.token);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        }
        removeIfDead(path, `${own}.dead`);
      }
      throw new CrepitusError(
        'run-locked',
        `Other processes keep taking ${path}; try again when they are done.`,
        { kind: 'refused' },
      );
    } catch (cause) {
      if (cause instanceof CrepitusError) throw cause;
      throw new CrepitusError(
        'run-folder',
        `The run folder ${folder} cannot be locked (${reasonOf(cause)}); check that it can be written.`,
        { kind: 'usage', cause },
      );
    } finally {
      rmSync(own, { force: true });
    }
  }

  /**
   * Makes sure that no other process took the lock over while this one was suspended, and that the folder is still there.
   *
   * @throws CrepitusError `run-lock-lost` (refused)
   */
  assertHeld(): void {
    const owner = readOwner(this.#path);
    if (owner?.token === this.#token) return;
    throw new CrepitusError(
      'run-lock-lost',
      owner === null
        ? `${this.#path} is gone, as the run was deleted or moved while it was trained; this process stops, resume the run where it is now.`
        : `${this.#path} was taken over by another process while this one stood still; this one stops.`,
      { kind: 'refused' },
    );
  }

  async release(): Promise<void> {
    await this.#worker.terminate();
    if (readOwner(this.#path)?.token === this.#token) rmSync(this.#path, { force: true });
  }
}

/**
 * Whether it is worth waiting for a locked folder: its owner's parent was killed, so that the owner stops after the
 * step or validation at hand; or its owner is on another machine and its heart rests. Watches for a few beats.
 */
export async function willBeFree(folder: string): Promise<boolean> {
  const path = join(folder, 'lock');
  const owner = readOwner(path);
  if (owner === null) return true;
  if (owner.host === hostname()) return owner.parent !== undefined && !isProcess(owner.parent);
  const beat = lastBeat(path);
  await sleep(4 * beatMilliseconds);
  return lastBeat(path) === beat || readOwner(path)?.token !== owner.token;
}

/** Whether somebody who is at work, as far as can be told from here, holds the lock of a folder. */
export function isLocked(folder: string): boolean {
  const path = join(folder, 'lock');
  const age = ageOf(path);
  return age !== null && isAlive(readOwner(path), age);
}

/** Moves a dead owner's lock out of the way; of several processes that try, one succeeds. */
function removeIfDead(path: string, graveyard: string): void {
  const owner = readOwner(path);
  const age = ageOf(path);
  if (age === null) return; // Released meanwhile.
  if (isAlive(owner, age)) {
    const who = owner === null ? 'another process' : `process ${owner.pid} on ${owner.host}`;
    throw new CrepitusError(
      'run-locked',
      `${path} is held by ${who}, which is at work; wait for it or stop it first.`,
      { kind: 'refused' },
    );
  }
  try {
    renameSync(path, graveyard);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return; // Another process was quicker.
    throw error;
  }
  // Between reading and renaming another process may have put its own lock there: give that one back.
  if (readOwner(graveyard)?.token !== owner?.token) linkSync(graveyard, path);
  rmSync(graveyard, { force: true });
}

function isAlive(owner: Owner | null, age: number): boolean {
  if (age > deadAfterMilliseconds) return false;
  if (owner === null || owner.host !== hostname()) return true; // Only the heart can tell.
  return isProcess(owner.pid);
}

function isProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function readOwner(path: string): Owner | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Owner;
  } catch {
    return null;
  }
}

function ageOf(path: string): number | null {
  const beat = lastBeat(path);
  return beat === null ? null : Date.now() - beat;
}

function lastBeat(path: string): number | null {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return null;
  }
}
