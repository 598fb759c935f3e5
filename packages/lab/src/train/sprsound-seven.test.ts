import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDataset } from '@crepitus/datasets';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tinyFrontEnd, writeCohort } from '../../test/tiny-cohort.ts';
import { evaluateBundle } from '../evaluate/evaluate.ts';
import { defaultConfig } from './run-config.ts';
import { trainSource } from './train.ts';

let folder: string;
let cacheFolder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crepitus-seven-'));
  cacheFolder = join(folder, 'cache');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Its crackles are fine ones, and one wheeze in two is a rhonchus. */
async function writeEvents(name: string, subjects: number): Promise<string> {
  const path = join(folder, name);
  await writeCohort(path, subjects, name);
  const file = join(path, 'cycles.csv');
  let wheezes = 0;
  const text = (await readFile(file, 'utf8'))
    .replaceAll(',crackle', ',fine-crackle')
    .replaceAll(',wheeze', () => (wheezes++ % 2 === 0 ? ',wheeze' : ',rhonchus'));
  await writeFile(file, text);
  return path;
}

test('a network of seven classes is trained and gives the scores of the challenge on other subjects', async () => {
  const path = await writeEvents('a', 8);
  const config = defaultConfig('source', {
    data: [{ kind: 'manifest', path }],
    task: 'sprsound-seven',
    frontEnd: tinyFrontEnd,
    blocks: { filters: [8, 8], strides: [1, 2] },
    ...{ epochs: 2, learningRate: 0.01, validationShare: 0.3 },
  });
  const out = join(folder, 'run');
  const { state } = await trainSource(config, { out, cacheFolder, jobs: 1 });
  expect(state).toBe('done');
  const epochs = (await readFile(join(out, 'epochs.ndjson'), 'utf8')).trim().split('\n');
  // Fine crackles against normal, so that epochs can be chosen by AUC too.
  for (const line of epochs) expect(JSON.parse(line).validation.auc).not.toBeNull();

  const others = await readDataset(`manifest:${await writeEvents('b', 6)}`);
  const result = await evaluateBundle(
    join(out, 'bundle'),
    { ...others, kind: 'sprsound', unit: 'event' },
    { split: 'all', task: 'sprsound-seven', cacheFolder },
  );
  expect(result.cycles + result.abstained.cycles).toBe(24);
  expect(result.sprsound!.classes).toHaveLength(7);
  const counted = result.sprsound!.confusion.flat().reduce((sum, count) => sum + count, 0);
  expect(counted).toBe(result.cycles);
  expect(result.sprsound!.tasks.map(({ task }) => task)).toEqual(['1-1', '1-2']);
});
