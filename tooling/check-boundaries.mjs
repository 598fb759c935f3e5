/**
 * Runs `turbo boundaries` and fails on its findings, except one kind: its parser does not know AssemblyScript's
 * `@inline function`, and the files under assembly/ import nothing but each other.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const root = join(import.meta.dirname, '..');
const { stdout, stderr, status } = spawnSync('npx', ['turbo', 'boundaries'], {
  cwd: root,
  encoding: 'utf8',
  env: { ...process.env, COLUMNS: '1000', NO_COLOR: '1', TURBO_TELEMETRY_DISABLED: '1' },
});
const output = stripVTControlCharacters(`${stdout}\n${stderr}`);
const summary = /Checked \d+ files in \d+ packages.*/.exec(output)?.[0];
// A finding begins with `x` (a fault) and may go on over lines that begin with `|`.
const findings = output
  .replace(/\n\s*\|\s*/g, ' ')
  .split('\n')
  .filter(line => /^\s*[x×✖]\s/.test(line));
const counted = Number(/(\d+) issues? found/.exec(summary ?? '')?.[1] ?? 0);
const ours = findings.filter(line => !/failed to parse file \S*\/assembly\//.test(line));

if (!summary || ours.length > 0 || (status !== 0 && findings.length < counted)) {
  process.stderr.write(output);
  process.exit(1);
}
process.stdout.write(`boundaries: ${summary.replace(/,.*/, '')}, no issue outside assembly/\n`);
