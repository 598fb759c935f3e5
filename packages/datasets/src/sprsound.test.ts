import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { folderWith, realFolder, sprsoundFiles, tinyWav } from '../test/generated-folders.ts';
import type { Dataset } from './dataset.ts';
import { headerOf, readDataset } from './read-dataset.ts';
import { type DatasetSummary, summarise } from './summary.ts';

const read = (files: Readonly<Record<string, string | Uint8Array>>) =>
  readDataset(`sprsound:${folderWith(files)}`);
const codes = (dataset: Dataset) => dataset.problems.map(({ code }) => code);

describe('the reader of SPRSound', () => {
  it('takes part, subject, age, sex and site from folders and names, and sorts events', async () => {
    const { recordings, unit } = await read(sprsoundFiles);
    expect(unit).toBe('event');
    expect(
      recordings.map(({ id, subject, site, parts, device }) => [id, subject, site, parts, device]),
    ).toEqual([
      ['40000001_8.1_0_p1_1', '40000001', 'p1', ['train'], 'Yunting II'],
      ['40000001_8.2_0_p4_4', '40000001', 'p4', ['intra'], 'Yunting II'],
      ['40000002_10_1_p2_2', '40000002', 'p2', ['train'], 'Yunting II'],
      ['40000003_0.4_1_p3_3', '40000003', 'p3', ['inter'], 'Yunting II'],
    ]);
    expect(recordings[0]!.attributes).toEqual({
      age: '8.1',
      sex: 'male',
      siteMeaning: 'left posterior',
      recordLabel: 'DAS',
    });
    expect(recordings[0]!.cycles.map(({ start, end, label }) => [start, end, label])).toEqual([
      [0.1, 1.2, 'normal'],
      [1.5, 2.8, 'fine-crackle'],
    ]);
    expect(recordings[2]).toMatchObject({ cycles: [], cycleSource: 'sprsound-json' });
  });

  it('puts audio of the test folder without annotation in no part', async () => {
    const files = Object.entries(sprsoundFiles).filter(([name]) => !name.startsWith('test2022_json/inter'));
    const dataset = await read(Object.fromEntries(files));
    expect(codes(dataset)).toEqual(['folder-unreadable', 'annotation-missing']);
    expect(dataset.recordings.at(-1)).toMatchObject({
      id: '40000003_0.4_1_p3_3',
      parts: [],
      cycleSource: null,
    });
  });

  it('counts a recording that two parts annotate as the less unseen, and leaves out names that are none', async () => {
    const dataset = await read({
      ...sprsoundFiles,
      'test2022_json/inter_test_json/40000001_8.2_0_p4_4.json': '{"event_annotation": []}',
      'train2022_wav/cough.wav': tinyWav(),
      'train2022_json/cough.json': '{}',
    });
    expect(codes(dataset)).toEqual(['file-twice', 'name-unknown']);
    expect(dataset.recordings[1]).toMatchObject({ id: '40000001_8.2_0_p4_4', parts: ['intra'] });
    expect(dataset.recordings).toHaveLength(4);
  });

  it('reads folders that are links', async () => {
    const target = folderWith(sprsoundFiles);
    const links = folderWith({});
    for (const name of readdirSync(target)) symlinkSync(join(target, name), join(links, name));
    expect((await readDataset(`sprsound:${links}`)).recordings).toHaveLength(4);
  });
});

const folder = realFolder('sprsound');

describe.skipIf(!existsSync(folder))('the SPRSound recordings', () => {
  let dataset: Dataset;
  let summary: DatasetSummary;
  beforeAll(async () => {
    dataset = await readDataset(`sprsound:${folder}`);
    summary = await summarise(dataset);
  });
  const part = (name: string) => dataset.recordings.filter(({ parts }) => parts.includes(name));
  const subjects = (recordings: Dataset['recordings']) => new Set(recordings.map(({ subject }) => subject));
  const withCrackles = (recordings: Dataset['recordings']) =>
    subjects(recordings.filter(({ cycles }) => cycles.some(({ label }) => /crackle|both/.test(label))));

  it('are 2503 of 266 subjects, 7.6 h at 8 kHz, without a problem', () => {
    expect(summary).toMatchObject({
      recordings: 2503,
      recordingsWithAudio: 2503,
      subjects: 266,
      problems: [],
    });
    expect(summary.seconds / 3600).toBeCloseTo(7.6, 1);
    expect(summary.devices.map(({ device, sampleRate }) => [device, sampleRate])).toEqual([
      ['Yunting II', 8000],
    ]);
  });

  it('have 180 recordings without events, all of poor quality', () => {
    const empty = dataset.recordings.filter(({ cycles }) => cycles.length === 0);
    expect(summary.recordingsWithoutCycles).toBe(180);
    expect(new Set(empty.map(({ attributes }) => attributes.recordLabel))).toEqual(new Set(['Poor Quality']));
  });

  it('have events of 126 to 7152 ms, out of order in 1042 files, that do not overlap once sorted', () => {
    expect(summary.lengths?.shortest).toBeCloseTo(0.126, 6);
    expect(summary.lengths?.longest).toBeCloseTo(7.152, 6);
    expect(summary.lengths?.median).toBeCloseTo(1.22, 1);
    for (const { cycles } of dataset.recordings) {
      cycles.slice(1).forEach((cycle, i) => {
        expect(cycle.start).toBeGreaterThanOrEqual(cycles[i]!.end);
      });
    }
    const files = [
      'train2022_json',
      'test2022_json/inter_test_json',
      'test2022_json/intra_test_json',
    ].flatMap(name => readdirSync(join(folder, name)).map(file => join(folder, name, file)));
    const unsorted = files.filter(file => {
      const events: { start: string }[] = JSON.parse(readFileSync(file, 'utf8')).event_annotation;
      return events.some(({ start }, i) => i > 0 && Number(start) < Number(events[i - 1]!.start));
    });
    expect(unsorted).toHaveLength(1042);
  });

  it.each([
    ['train', [4658, 835, 49, 30, 429, 26, 15]],
    ['inter', [1040, 80, 3, 1, 305, 0, 0]],
    ['intra', [688, 175, 14, 3, 108, 14, 2]],
  ])('have the events of %s', (name, expected) => {
    const { labels } = summary.parts.find(counts => counts.part === name)!;
    const { normal, both, wheeze, rhonchus, stridor } = labels;
    expect([
      normal,
      labels['fine-crackle'],
      labels['coarse-crackle'],
      both,
      wheeze,
      rhonchus,
      stridor,
    ]).toEqual(expected);
  });

  it('share subjects between intra and train, and none with inter', () => {
    const train = subjects(part('train'));
    expect(train.size).toBe(225);
    expect(subjects(part('train').filter(({ cycles }) => cycles.length > 0)).size).toBe(217);
    expect(withCrackles(part('train')).size).toBe(69);
    expect(subjects(part('inter')).size).toBe(41);
    expect(withCrackles(part('inter')).size).toBe(13);
    expect([...subjects(part('intra'))].filter(subject => !train.has(subject))).toEqual([]);
    expect([...subjects(part('inter'))].filter(subject => train.has(subject))).toEqual([]);
  });

  it('hold one of 0.3 s', async () => {
    const short = dataset.recordings.find(({ id }) => id === '65039232_6.4_1_p1_373');
    expect((await headerOf(short!))?.seconds).toBeCloseTo(0.3, 1);
  });
});
