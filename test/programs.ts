/** The built programs as a user starts them, and what to look at in a run folder. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

export const programs = {
  crepitus: join(import.meta.dirname, '..', 'apps', 'cli', 'bin', 'run.js'),
  runner: join(import.meta.dirname, '..', 'apps', 'runner', 'bin', 'run.js'),
};

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Started {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts a program in a process group of its own. */
export function start(
  program: keyof typeof programs,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): Started {
  const child = spawn(process.execPath, [programs[program], ...args], {
    env: { ...process.env, NO_COLOR: '1', ...environment },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', data => {
    out += data;
  });
  child.stderr.on('data', data => {
    err += data;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', code => resolve({ code, out, err }));
  });
  return { process: child, ended };
}

/**
 * Waits until a run has so many whole epochs and is still being trained.
 *
 * @param by the program that trains it, or has it trained; where that ends before, it says so with its last words
 */
export async function untilEpoch(run: string, epoch: number, by: Started): Promise<void> {
  const epochs = join(run, 'epochs.ndjson');
  let ended: Ended | undefined;
  void by.ended.then(end => {
    ended = end;
  });
  while (!existsSync(epochs) || readFileSync(epochs, 'utf8').split('\n').length <= epoch) {
    if (ended !== undefined)
      throw new Error(
        `It ended with ${ended.code} before epoch ${epoch} of ${run}: ${ended.err}${ended.out}`,
      );
    await sleep(5);
  }
}

export function stateOf(run: string): string {
  return JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')).state;
}

/** What crepitus-runner printed with `--json`, held against its published schema. */
export function printedByRunner(
  out: string,
  schema: 'analysis' | 'result' | 'error' | 'queue' | 'retried',
): z.infer<z.ZodAny> {
  const path = join(programs.runner, '..', '..', 'schemas', `${schema}.schema.json`);
  return z.fromJSONSchema(JSON.parse(readFileSync(path, 'utf8'))).parse(JSON.parse(out));
}

/** sha256 of every file of a run but lock and log, by its path. */
export function contentsOf(run: string): Record<string, string> {
  const names = readdirSync(run, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter(
    name => !/(^|\/)(lock|log\.txt)$/.test(name) && statSync(join(run, name)).isFile(),
  );
  return Object.fromEntries(
    files.map(name => [
      name,
      createHash('sha256')
        .update(readFileSync(join(run, name)))
        .digest('hex'),
    ]),
  );
}
