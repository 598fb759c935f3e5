/**
 * API.md, made from the docstrings by typedoc. `npm run api` prints it, `npm run api -- --write` writes it; a test holds it to
 * the sources.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('..', import.meta.url));

/** The page that typedoc makes of the sources as they are. */
export function apiPage(): string {
  const main = createRequire(import.meta.url).resolve('typedoc');
  const typedoc = join(dirname(main), '..', 'bin', 'typedoc');
  const out = mkdtempSync(join(tmpdir(), 'crepitus-api-'));
  try {
    execFileSync(process.execPath, [typedoc, '--out', out, '--logLevel', 'Warn'], { cwd: folder });
    return readFileSync(join(out, 'README.md'), 'utf8');
  } finally {
    rmSync(out, { recursive: true });
  }
}

if (process.argv[1] === import.meta.filename) {
  const page = apiPage();
  if (process.argv.includes('--write')) writeFileSync(join(folder, 'API.md'), page);
  else process.stdout.write(page);
}
