import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { writeWhole } from './write-whole.ts';

const folder = mkdtempSync(join(tmpdir(), 'crepitus-write-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('replaces a file', async () => {
  const file = join(folder, 'replaced');
  await writeWhole(file, 'old');
  await writeWhole(file, Uint8Array.of(110, 101, 119));
  expect([readFileSync(file, 'utf8'), readdirSync(folder)]).toEqual(['new', ['replaced']]);
});

test('keeps the old file where the new one cannot be written to its end', () => {
  const inside = mkdtempSync(join(folder, 'limited-'));
  writeFileSync(join(inside, 'kept'), 'old');
  // The limit on a file's size cuts a write short just as a disk that fills up does.
  const script = `import { writeWhole } from ${JSON.stringify(join(import.meta.dirname, 'write-whole.ts'))};
    writeWhole(${JSON.stringify(join(inside, 'kept'))}, new Uint8Array(100_000)).catch(e => console.log(e.message));`;
  writeFileSync(join(folder, 'writer.mts'), script);
  const node = `'${process.execPath}' --conditions=@crepitus/source --import tsx '${join(folder, 'writer.mts')}'`;
  const env = { ...process.env, TSX_DISABLE_CACHE: '1' };
  const { stdout } = spawnSync('sh', ['-c', `ulimit -f 8; exec ${node}`], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
    env,
  });
  expect(stdout).toMatch(/kept cannot be written \(EFBIG\); make room/);
  expect([readFileSync(join(inside, 'kept'), 'utf8'), readdirSync(inside)]).toEqual(['old', ['kept']]);
});
