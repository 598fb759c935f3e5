/**
 * Builds the server (tsc) and the pages (Next, standalone), and puts beside the pages' server what Next leaves to others:
 * its static files. Needs no network.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const here = import.meta.dirname;
const { resolve } = createRequire(import.meta.url);

run(join(dirname(resolve('typescript/package.json')), 'bin', 'tsc'), '-b', 'tsconfig.server.json');
rmSync(join(here, '.next', 'standalone'), { recursive: true, force: true, maxRetries: 5 });
run(join(dirname(resolve('next/package.json')), 'dist', 'bin', 'next'), 'build');
cpSync(
  join(here, '.next', 'static'),
  join(here, '.next', 'standalone', 'apps', 'portal', '.next', 'static'),
  {
    recursive: true,
  },
);

function run(program, ...args) {
  const { status } = spawnSync(process.execPath, [program, ...args], {
    cwd: here,
    stdio: 'inherit',
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
  });
  if (status !== 0) process.exit(status ?? 1);
}
