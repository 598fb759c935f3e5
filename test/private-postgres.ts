/** A PostgreSQL server of a test's own: a cluster in a temporary folder, on a free port, gone afterwards. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';

const run = promisify(execFile);

/** The folder of initdb and pg_ctl: Debian's, which is not in PATH, or that in PATH; null where there is none. */
export function postgresPrograms(): string | null {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map(version => join(debian, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  return folders.find(folder => ['initdb', 'pg_ctl'].every(name => existsSync(join(folder, name)))) ?? null;
}

export interface PrivatePostgres {
  /** For DATABASE_URL. */
  readonly url: string;
  /** Ends the server at once, as a crash would. */
  crash(): Promise<void>;
  start(): Promise<void>;
  remove(): Promise<void>;
}

export async function startPostgres(): Promise<PrivatePostgres> {
  const programs = postgresPrograms()!;
  const folder = await mkdtemp(join(tmpdir(), 'crepitus-postgres-'));
  const owner = unprivileged();
  if (owner.uid !== undefined) await chown(folder, owner.uid, owner.gid!);
  const port = await freePort();
  const data = join(folder, 'data');
  const environment = { cwd: folder, ...owner };
  const control = (...args: string[]) =>
    run(join(programs, 'pg_ctl'), ['-D', data, '-s', '-w', ...args], environment);
  const start = async () => {
    const settings = `-p ${port} -k ${folder} -c listen_addresses=127.0.0.1 -c fsync=off`;
    await control('-l', join(folder, 'log'), '-o', settings, 'start');
  };
  const initial = ['-D', data, '-U', 'crepitus', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'];
  await run(join(programs, 'initdb'), initial, environment);
  await start();
  const crash = async () => {
    await control('-m', 'immediate', 'stop');
  };
  return {
    url: `postgres://crepitus@127.0.0.1:${port}/postgres`,
    start,
    crash,
    async remove() {
      await crash().catch(() => {});
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL refuses to run as root: as the system's user for it, or else as nobody. */
function unprivileged(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map(line => line.split(':'));
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody')!;
  return { uid: Number(user[2]), gid: Number(user[3]) };
}
