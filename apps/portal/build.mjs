/**
 * Builds the server (tsc) and the pages (Next, standalone), and puts beside the pages' server what Next leaves to others:
 * its static files, and those of the page that analyses in the browser. Needs no network.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { detectorFiles, offlineScript, writeDetectorFiles } from './browser-files.mjs';

const here = import.meta.dirname;
const { resolve } = createRequire(import.meta.url);
const next = join(here, '.next');
const served = join(next, 'standalone', 'apps', 'portal');

run(join(dirname(resolve('typescript/package.json')), 'bin', 'tsc'), '-b', 'tsconfig.server.json');
rmSync(join(next, 'standalone'), { recursive: true, force: true, maxRetries: 5 });
rmSync(join(next, 'static'), { recursive: true, force: true, maxRetries: 5 });
const detector = await detectorFiles();
// Next writes this value into the pages' scripts.
process.env.NEXT_PUBLIC_DETECTOR = `/_next/static/${detector.folder}`;
run(join(dirname(resolve('next/package.json')), 'dist', 'bin', 'next'), 'build');
writeDetectorFiles(detector, join(next, 'static'));
cpSync(join(next, 'static'), join(served, '.next', 'static'), { recursive: true });
cpSync(join(here, 'public'), join(served, 'public'), { recursive: true });
writeFileSync(join(served, 'public', 'offline.js'), await offlineScript(next, detector));

function run(program, ...args) {
  const { status } = spawnSync(process.execPath, [program, ...args], {
    cwd: here,
    stdio: 'inherit',
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
  });
  if (status !== 0) process.exit(status ?? 1);
}
