import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeCohort } from '../../test/tiny-cohort.ts';
import { describeData } from './data.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crepitus-data-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const nothing = { cycles: [], mixed: [], fingerprint: '', heldBack: [], findings: [], failed: [] };

test('recordings whose microphones lay alike stand together, those of unknown sites nowhere', async () => {
  const path = join(folder, 'target');
  await writeCohort(path, 4, 'b');
  const spec = { kind: 'manifest', path } as const;
  const sitesOf = async () => (await describeData(`manifest:${path}`, spec, folder, nothing)).sites;
  expect(await sitesOf()).toEqual([]);
  await writeFile(
    join(path, 'channels.csv'),
    [
      'path,channel,kind,site',
      'b0.wav,0,sound,left base',
      'b1.wav,0,sound,top',
      'b2.wav,0,sound,left base',
      'b3.wav,0,sound,',
      '',
    ].join('\n'),
  );
  expect(await sitesOf()).toEqual([
    { channels: { 0: 'left base' }, recordings: ['b0', 'b2'] },
    { channels: { 0: 'top' }, recordings: ['b1'] },
  ]);
});
