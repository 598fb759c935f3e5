/**
 * Checks what a lock file can silently get wrong: a package that no longer runs on the lowest Node we promise, a
 * platform binary that was not published yet when the lock was written, two versions of a tfjs package, a download
 * host.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import semver from 'semver';

const lowestNode = '20.19.0';
const root = join(import.meta.dirname, '..');
const text = readFileSync(join(root, 'package-lock.json'), 'utf8');
const { packages } = JSON.parse(text);
const complaints = [];

for (const [path, entry] of Object.entries(packages)) {
  if (entry.engines?.node && !semver.satisfies(lowestNode, entry.engines.node))
    complaints.push(
      `${path} ${entry.version} wants Node ${entry.engines.node}, but we promise ${lowestNode}.`,
    );
  for (const name of Object.keys(entry.optionalDependencies ?? {}))
    if (!packages[`${path}/node_modules/${name}`] && !packages[`node_modules/${name}`])
      complaints.push(
        `${path} lists ${name} as optional, but the lock file lacks it; npm ci would refuse or drop it.`,
      );
}
for (const name of ['core', 'layers', 'backend-wasm', 'backend-cpu'].map(
  part => `@tensorflow/tfjs-${part}`,
)) {
  const copies = Object.keys(packages).filter(path => path.endsWith(`node_modules/${name}`));
  if (copies.length > 1)
    complaints.push(`${name} is installed ${copies.length} times: ${copies.join(', ')}.`);
}
if (/"resolved": "http/.test(text)) complaints.push('package-lock.json names a download host.');

if (complaints.length > 0) {
  process.stderr.write(`${complaints.join('\n')}\n`);
  process.exit(1);
}
