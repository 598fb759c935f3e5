import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { startRegistry } from './registry.ts';

const root = join(import.meta.dirname, '..', '..');
const tsc = join(root, 'node_modules', 'typescript', 'lib', 'tsc.js');

export const run = promisify(execFile);

/** A packed package, installed in an empty project outside the workspace. */
export interface Packed {
  project: string;
  tarball: string;
  /** The paths in the tarball. */
  files: string[];
  /** Where the package lies in the project. */
  installed: string;
}

/**
 * Builds and packs packages/`name`, and installs it in a new, empty project, beside `others` (names with versions) and what
 * all of them depend on. `ours`: the packages of the workspace that it depends on, packed as well.
 */
export async function installPacked(
  name: string,
  others: string[] = [],
  ours: string[] = [],
): Promise<Packed> {
  const project = await mkdtemp(join(tmpdir(), 'crepitus-packed-'));
  const npm = (args: string[], cwd: string) =>
    run('npm', [...args, '--ignore-scripts', '--cache', join(project, '.npm')], {
      cwd,
      shell: process.platform === 'win32',
    });
  // As `npm run build` leaves it, and all that it refers to; a dist from before the last change would be packed otherwise.
  await run(process.execPath, [tsc, '--build', join(root, 'packages', name)]);
  const pack = async (name: string) => {
    const args = ['pack', '--json', '--pack-destination', project];
    const { stdout } = await npm(args, join(root, 'packages', name));
    const [{ filename, files }] = JSON.parse(stdout);
    return { tarball: join(project, filename), files: files as { path: string }[] };
  };
  const { tarball, files } = await pack(name);
  const beside: string[] = [];
  for (const each of ours) beside.push((await pack(each)).tarball);
  await writeFile(join(project, 'package.json'), '{ "private": true, "type": "module" }');
  const registry = await startRegistry();
  try {
    const from = ['--registry', registry.url, '--no-audit', '--no-fund'];
    await npm(['install', ...from, tarball, ...beside, ...others], project);
  } finally {
    await registry.close();
  }
  return {
    project,
    tarball,
    files: files.map(({ path }) => path),
    installed: join(project, 'node_modules', '@crepitus', name),
  };
}

/** What tsc has to say about a file of the project. */
export async function typeErrors(
  { project }: Packed,
  file: string,
  module: string,
  moduleResolution: string,
  more: string[] = [],
): Promise<string> {
  const options = ['--ignoreConfig', '--noEmit', '--strict', '--exactOptionalPropertyTypes', ...more];
  const target = ['--target', 'es2022', '--lib', 'es2022,dom'];
  const resolution = ['--module', module, '--moduleResolution', moduleResolution];
  const { stdout } = await run(process.execPath, [tsc, ...options, ...target, ...resolution, file], {
    cwd: project,
  }).catch(error => error);
  return stdout;
}

/** What publint and attw have to say about the tarball. */
export async function lint({ project, tarball }: Packed): Promise<unknown[]> {
  const { buffer } = new Uint8Array(await readFile(tarball));
  const { messages } = await publint({ pack: { tarball: buffer }, strict: true });
  const attw = join(root, 'node_modules', '@arethetypeswrong', 'cli', 'dist', 'index.js');
  const args = [tarball, '--profile', 'esm-only', '--no-color'];
  const { code, stdout } = await run(process.execPath, [attw, ...args], { cwd: project }).catch(e => e);
  return code === undefined ? messages : [...messages, stdout];
}

/** The sources that the source maps of dist/ name and the package has; throws where one is missing. */
export async function mappedSources({ installed }: Packed): Promise<string[]> {
  const dist = join(installed, 'dist');
  const found: string[] = [];
  for (const map of (await readdir(dist)).filter(name => name.endsWith('.map'))) {
    const { sources } = JSON.parse(await readFile(join(dist, map), 'utf8'));
    for (const source of sources) {
      await stat(join(dist, source));
      found.push(source);
    }
  }
  return found;
}
