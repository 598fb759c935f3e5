/** A clone of which nothing is built yet, as after `npm ci` alone. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { programs } from './programs.ts';

const clone = mkdtempSync(join(tmpdir(), 'crepitus-not-built-'));
afterAll(() => rmSync(clone, { recursive: true }));

test.each(['crepitus', 'runner'] as const)('%s says in one sentence that it has to be built', name => {
  const bin = join(clone, name, 'bin');
  cpSync(dirname(programs[name]), bin, { recursive: true });
  const ended = spawnSync(process.execPath, [join(bin, 'run.js'), '--help'], { encoding: 'utf8' });
  expect(ended.stderr).toMatch(/^crepitus(-runner)? is not built yet; run 'npm run build' [^\n]*\n$/);
  expect(ended.stdout).toBe('');
  expect(ended.status).toBe(2);
});
