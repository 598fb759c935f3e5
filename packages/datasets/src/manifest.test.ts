import { describe, expect, it } from 'vitest';
import { folderWith, manifestFiles, tinyWav } from '../test/generated-folders.ts';
import { loadRecording, readDataset } from './read-dataset.ts';

const read = (files: Readonly<Record<string, string | Uint8Array>>) =>
  readDataset(`manifest:${folderWith(files)}`);

describe('the reader of a manifest folder', () => {
  it('takes groups, devices, channels, cycles and unknown columns from the tables', async () => {
    const { recordings } = await read(manifestFiles);
    expect(recordings).toMatchObject([
      {
        id: 'a/one',
        subject: 'anna',
        group: 'ill',
        device: 'Array 16',
        site: null,
        attributes: { ward: '3' },
      },
      { id: 'b/one', subject: 'bert', group: 'healthy', device: 'unknown', channelMap: null, attributes: {} },
      { id: 'two', subject: 'anna', group: 'ill', attributes: { ward: '4' } },
    ]);
    expect(recordings[0]!.channelMap).toEqual([
      { channel: 0, kind: 'sound', site: 'Pl' },
      { channel: 1, kind: 'sound', site: 'Pr' },
      { channel: 2, kind: 'airflow', site: null },
    ]);
    expect(recordings[0]!.cycles).toEqual([
      { start: 0.1, end: 1.4, inspirationEnd: 0.7, label: 'normal', channel: null },
      { start: 1.5, end: 2.8, inspirationEnd: 2, label: 'fine-crackle', channel: 1 },
    ]);
    const { channels } = await loadRecording(recordings[0]!);
    expect(channels.map(({ kind, site }) => [kind, site])).toEqual([
      ['sound', 'Pl'],
      ['sound', 'Pr'],
      ['airflow', null],
    ]);
  });

  it('names the site of the one sound channel', async () => {
    const dataset = await read({
      'recordings.csv': 'path,subject\none.wav,anna\n',
      'channels.csv': 'path,channel,kind,site\none.wav,0,sound,Ll\none.wav,1,airflow,\n',
      'one.wav': tinyWav(1, 4000, 2),
    });
    expect(dataset.recordings[0]!.site).toBe('Ll');
    expect(dataset.problems).toEqual([]);
  });

  it.each(['../other.wav', 'a/../../other.wav', '/etc/passwd', 'C:/sounds/one.wav', '..\\other.wav', '..'])(
    'leaves out %s, which is outside the folder, and names its row',
    async path => {
      const dataset = await read({
        ...manifestFiles,
        'recordings.csv': `${manifestFiles['recordings.csv']}${path},eve,,,\n`,
      });
      expect(dataset.recordings).toHaveLength(3);
      expect(dataset.problems).toEqual([
        expect.objectContaining({
          code: 'path-outside',
          message: expect.stringMatching(/recordings\.csv line 5 names .* outside the folder/),
        }),
      ]);
    },
  );

  it('names the row of a file that does not exist and keeps its annotation', async () => {
    const dataset = await read({
      ...manifestFiles,
      'recordings.csv': `${manifestFiles['recordings.csv']}three.wav,eve,,,\n`,
      'cycles.csv': `${manifestFiles['cycles.csv']}three.wav,,0,2,,normal\n`,
    });
    expect(dataset.problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /recordings\.csv line 5 names 'three.wav', which cannot be read \(it does not exist\)\.$/,
      ),
    ]);
    expect(dataset.recordings.find(({ id }) => id === 'three')).toMatchObject({
      audioPath: null,
      cycleSource: 'manifest',
    });
  });

  it('reports a recording without a row in cycles.csv, and a subject in two groups', async () => {
    const dataset = await read({
      ...manifestFiles,
      'recordings.csv': `${manifestFiles['recordings.csv']}sub/two.wav,anna,healthy,,\n`,
      'sub/two.wav': tinyWav(),
    });
    expect(dataset.problems.map(({ code }) => code)).toEqual(['group-conflict', 'annotation-missing']);
  });

  it('keeps ids apart that differ in the extension alone', async () => {
    const dataset = await read({
      'recordings.csv': 'path,subject\none.wav,anna\none.flac,bert\ntwo.wav,anna\n',
      'one.wav': tinyWav(),
      'one.flac': tinyWav(),
      'two.wav': tinyWav(),
    });
    expect(dataset.recordings.map(({ id }) => id)).toEqual(['one.flac', 'one.wav', 'two']);
  });

  it.each([
    ['recordings.csv', 'table-separator', 'file;who\n'],
    ['recordings.csv', 'table-empty', ''],
    ['cycles.csv', 'table-columns', 'path,from,to\none.wav,1,2\n'],
  ])('fails on a %s that cannot be read as a whole (%s)', async (table, code, text) => {
    await expect(read({ ...manifestFiles, [table]: text })).rejects.toMatchObject({ code, kind: 'input' });
  });
});
