import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const contents = '/-/contents/';

export interface Registry {
  url: string;
  close(): Promise<void>;
}

/**
 * An npm registry on a free port of this machine, which has what is installed in the workspace: a real `npm install` works in
 * a project outside, without network and whatever npm's cache holds. Source maps are left out.
 */
export async function startRegistry(): Promise<Registry> {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const folders = Object.keys(lock.packages).filter(folder => /(^|\/)node_modules\//.test(folder));
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url!, 'http://here').pathname);
    if (path.startsWith(contents)) {
      const folder = path.slice(contents.length);
      if (!folders.includes(folder)) return void response.writeHead(404).end();
      // npm drops the first name of each path, whatever it is, and takes tar without gzip as well.
      const place = join(root, folder);
      const exclude = ['--exclude=*.map', `--exclude=${basename(place)}/node_modules`];
      const tar = spawn('tar', ['-cf', '-', ...exclude, '-C', dirname(place), basename(place)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      tar.stdout.pipe(response);
      return;
    }
    const name = path.slice(1);
    const found = folders
      .filter(folder => folder.endsWith(`node_modules/${name}`))
      .filter(folder => existsSync(join(root, folder, 'package.json')))
      .map(folder => {
        const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
        const tarball = `http://${request.headers.host}${contents}${folder}`;
        return [manifest.version, { ...manifest, dist: { tarball } }] as const;
      });
    if (found.length === 0) return void response.writeHead(404).end('{}');
    const latest = found[0]![0];
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ name, 'dist-tags': { latest }, versions: Object.fromEntries(found) }));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
