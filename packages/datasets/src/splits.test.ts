import { describe, expect, it } from 'vitest';
import { folderWith, icbhiFiles, manifestFiles, sprsoundFiles, tinyWav } from '../test/generated-folders.ts';
import { readDataset } from './read-dataset.ts';
import { type Split, selectSplit } from './splits.ts';

const icbhi = () =>
  readDataset(
    `icbhi:${folderWith({
      ...icbhiFiles,
      // Subject 139 is held back.
      '139_1b1_Al_sc_Meditron.wav': tinyWav(),
      '139_1b1_Al_sc_Meditron.txt': '0 1 1 0\n',
      'ICBHI_challenge_train_test.txt': `${icbhiFiles['ICBHI_challenge_train_test.txt']}139_1b1_Al_sc_Meditron\ttrain\r\n`,
    })}`,
  );
const sprsound = () => readDataset(`sprsound:${folderWith(sprsoundFiles)}`);
const manifest = () => readDataset(`manifest:${folderWith(manifestFiles)}`);

async function subjectsOf(dataset: ReturnType<typeof icbhi>, split: Split): Promise<string[]> {
  const selected = selectSplit(await dataset, split).dataset;
  return [...new Set(selected.recordings.map(({ subject }) => subject))];
}

describe('selectSplit', () => {
  it.each([
    [icbhi, 'all', ['101', '139', '218']],
    [icbhi, 'held-back', ['139']],
    [icbhi, 'development', ['101', '218']],
    [icbhi, 'official-train', ['139', '218']],
    [icbhi, 'official-test', ['101']],
    [sprsound, 'all', ['40000001', '40000002', '40000003']],
    [sprsound, 'held-back', ['40000003']],
    [sprsound, 'inter', ['40000003']],
    [sprsound, 'development', ['40000001', '40000002']],
    [sprsound, 'train', ['40000001', '40000002']],
    [sprsound, 'intra', ['40000001']],
    [manifest, 'all', ['anna', 'bert']],
    [manifest, 'development', ['anna', 'bert']],
  ] as const)('of %o: %s', async (dataset, split, subjects) => {
    expect(await subjectsOf(dataset(), split)).toEqual(subjects);
  });

  it('says that test recordings of subjects on both official sides are left out', async () => {
    const { dataset, notes } = selectSplit(await icbhi(), 'official-test');
    expect(dataset.recordings).toHaveLength(1);
    expect(notes).toEqual([
      { code: 'split-shared-subjects', message: expect.stringContaining('1 test recordings of 218, ') },
    ]);
  });

  it('says that intra is not unseen', async () => {
    expect(selectSplit(await sprsound(), 'intra').notes.map(({ code }) => code)).toEqual([
      'split-not-unseen',
    ]);
  });

  it('says that a split holds nothing', async () => {
    const withoutSplit = Object.entries(icbhiFiles).filter(([name]) => !name.startsWith('ICBHI_challenge'));
    const dataset = await readDataset(`icbhi:${folderWith(Object.fromEntries(withoutSplit))}`);
    expect(selectSplit(dataset, 'official-train').notes.map(({ code }) => code)).toEqual(['split-empty']);
  });

  it.each([
    [icbhi, 'inter'],
    [sprsound, 'official-test'],
    [manifest, 'held-back'],
    [manifest, 'train'],
  ] as const)('refuses a split of another kind as wrong use: %o, %s', async (dataset, split) => {
    const read = await dataset();
    expect(() => selectSplit(read, split)).toThrow(
      expect.objectContaining({
        code: 'split-unknown',
        kind: 'usage',
        message: expect.stringContaining('all'),
      }),
    );
  });
});
