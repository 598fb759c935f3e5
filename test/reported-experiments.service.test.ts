/** The experiments that `docs/results.md` tells of: their pages and tables come from what is committed of them alone. */
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeReport } from '../packages/lab/src/report/index.ts';

const kept = fileURLToPath(new URL('../docs/experiments/', import.meta.url));
const made = new Set(['table.md', 'table.csv']);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crepitus-experiments-'));
});
afterAll(() => rm(folder, { recursive: true }));

test.each(await readdir(kept))(
  'the tables of %s are made again, to the byte, from plan, splits and packed predictions',
  async name => {
    const copy = join(folder, name);
    await cp(join(kept, name), copy, { recursive: true, filter: path => !made.has(path.split('/').at(-1)!) });
    const { contents } = await writeReport(copy);
    expect(contents.rows.flatMap(({ missing }) => missing)).toEqual([]);
    for (const file of made) {
      const again = await readFile(join(copy, 'report', file), 'utf8');
      expect(again).toBe(await readFile(join(kept, name, 'report', file), 'utf8'));
    }
    const [title] = /(?<=\*\*)[^*]+/.exec(await readFile(join(kept, name, 'report/table.md'), 'utf8'))!;
    expect(await readFile(join(copy, 'report/report.html'), 'utf8')).toContain(title);
  },
  300_000,
);
