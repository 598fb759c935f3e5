import { existsSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { folderWith, icbhiFiles, realFolder, tinyWav } from '../test/generated-folders.ts';
import type { Dataset } from './dataset.ts';
import { readDataset } from './read-dataset.ts';
import { selectSplit } from './splits.ts';
import { type DatasetSummary, summarise } from './summary.ts';

const read = (files: Readonly<Record<string, string | Uint8Array>>) =>
  readDataset(`icbhi:${folderWith(files)}`);
const codes = (dataset: Dataset) => dataset.problems.map(({ code }) => code);

describe('the reader of ICBHI', () => {
  it('takes the true device, the split, demographics and the diagnosis from the lists of the database', async () => {
    const { recordings } = await read(icbhiFiles);
    expect(
      recordings.map(({ id, subject, device, site, parts }) => [id, subject, device, site, parts]),
    ).toEqual([
      ['101_1b1_Al_sc_Meditron', '101', 'AKGC417L', 'Al', ['official-test']],
      ['218_1b1_Pl_sc_Meditron', '218', 'Meditron', 'Pl', ['official-train']],
      // The split names another device for this recording: subject, index, site and mode decide.
      ['218_1p1_Pl_sc_Litt3200', '218', 'Litt3200', 'Pl', ['official-test']],
    ]);
    expect(recordings[0]!.attributes).toEqual({
      age: '3',
      sex: 'female',
      childWeightKg: '19',
      childHeightCm: '99',
      diagnosis: 'URTI',
      mode: 'sc',
      deviceInName: 'Meditron',
    });
    expect(recordings[1]!.attributes).toEqual({
      age: '75',
      sex: 'male',
      adultBmi: '33.7',
      diagnosis: 'COPD',
      mode: 'sc',
    });
  });

  it('reads the folders and list names of the archives', async () => {
    const inner = Object.entries(icbhiFiles).map(([name, content]) => {
      const isRecording = /\.(wav|flac|txt)$/.test(name) && /^\d/.test(name);
      return [isRecording ? `ICBHI_final_database/${name}` : name, content] as const;
    });
    const dataset = await read({
      ...Object.fromEntries(inner.filter(([name]) => name !== 'patient_diagnosis.csv')),
      'ICBHI_Challenge_diagnosis.txt': '101\tAsthma\n218\tCOPD\n',
    });
    expect(dataset.problems).toEqual([]);
    expect(dataset.recordings).toHaveLength(3);
    expect(dataset.recordings[0]).toMatchObject({
      device: 'AKGC417L',
      parts: ['official-test'],
      attributes: { diagnosis: 'Asthma' },
    });
  });

  it('does without the lists and says what is then not known', async () => {
    const recordings = Object.entries(icbhiFiles).filter(([name]) => /^\d/.test(name));
    const dataset = await read(Object.fromEntries(recordings));
    expect(dataset.problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('the official split is not known'),
      expect.stringContaining('devices are those of the file names'),
    ]);
    expect(dataset.recordings[0]).toMatchObject({
      device: 'Meditron',
      parts: [],
      attributes: { mode: 'sc' },
    });
  });

  it('reports names, devices, sites and rows of lists that it does not know', async () => {
    const dataset = await read({
      ...icbhiFiles,
      '101_1b1_Al_sc_Meditron_01.wav': tinyWav(),
      'notes.txt': 'my notes',
      '300_1b1_Xx_sc_Phone.wav': tinyWav(),
      '300_1b1_Xx_sc_Phone.txt': '0 1 0 0\n',
      'ICBHI_challenge_train_test.txt': `${icbhiFiles['ICBHI_challenge_train_test.txt']}101_1b1_Al_sc_Meditron maybe\n`,
      'filename_differences.txt': `${icbhiFiles['filename_differences.txt']}something else\n`,
    });
    expect(codes(dataset).sort()).toEqual([
      'device-unknown',
      'list-row-malformed',
      'list-row-malformed',
      'name-unknown',
      'site-unknown',
      'split-unknown',
    ]);
    expect(dataset.recordings.at(-1)).toMatchObject({
      id: '300_1b1_Xx_sc_Phone',
      device: 'Phone',
      site: 'Xx',
      parts: [],
    });
  });

  it('takes the .wav of a recording that is there twice, and says so', async () => {
    const dataset = await read({ ...icbhiFiles, '101_1b1_Al_sc_Meditron.flac': tinyWav() });
    expect(codes(dataset)).toEqual(['audio-twice']);
    expect(dataset.recordings[0]!.audioPath).toMatch(/\.wav$/);
  });
});

const folder = realFolder('icbhi');
const annotations = realFolder('icbhi-annotations');

describe.skipIf(!existsSync(folder))('the ICBHI recordings with audio', () => {
  let dataset: Dataset;
  let summary: DatasetSummary;
  beforeAll(async () => {
    dataset = await readDataset(`icbhi:${folder}`);
    summary = await summarise(dataset);
  });

  it('are 173 of 68 subjects, 1.28 h, 1765 cycles, all annotated, without a problem', () => {
    expect(summary).toMatchObject({
      unit: 'cycle',
      recordings: 173,
      recordingsWithAudio: 173,
      recordingsWithoutAnnotation: 0,
      recordingsWithoutCycles: 0,
      subjects: 68,
      cycles: 1765,
      labels: { normal: 1194, crackle: 229, wheeze: 260, both: 82, unknown: 0 },
      problems: [],
    });
    expect(summary.seconds / 3600).toBeCloseTo(1.28, 2);
  });

  it('come from five pairs of true device and rate', () => {
    expect(
      summary.devices.map(({ device, sampleRate, cycles, labels }) => {
        return [device, sampleRate, cycles, labels.normal, labels.crackle];
      }),
    ).toEqual([
      ['AKGC417L', 44_100, 354, 300, 40],
      ['Litt3200', 4000, 502, 336, 29],
      ['LittC2SE', 44_100, 398, 249, 40],
      ['Meditron', 4000, 450, 280, 101],
      ['Meditron', 10_000, 61, 29, 19],
    ]);
    expect(summary.devices.find(({ sampleRate }) => sampleRate === 10_000)?.subjects).toBe(1);
  });

  it('have 553 normal and 120 crackle cycles in the official training part, 641 and 109 in its test part', () => {
    const official = (part: string) => summary.parts.find(counts => counts.part === part)?.labels;
    expect(official('official-train')).toMatchObject({ normal: 553, crackle: 120 });
    expect(official('official-test')).toMatchObject({ normal: 641, crackle: 109 });
  });

  it('have crackle cycles of 29 subjects, of 218 alone 76 crackle or both', () => {
    const of = (labels: string[]) =>
      dataset.recordings.flatMap(({ subject, cycles }) =>
        cycles.filter(({ label }) => labels.includes(label)).map(() => subject),
      );
    expect(new Set(of(['crackle'])).size).toBe(29);
    expect(of(['crackle', 'both']).filter(subject => subject === '218')).toHaveLength(76);
  });

  it('name the recording that the split calls by another device', () => {
    expect(dataset.recordings.find(({ id }) => id === '226_1b1_Pl_sc_LittC2SE')?.parts).toHaveLength(1);
  });
});

describe.skipIf(!existsSync(annotations))('the annotations of the whole ICBHI database', () => {
  let dataset: Dataset;
  let withLists: Dataset;
  beforeAll(async () => {
    dataset = await readDataset(`icbhi:${annotations}`);
    const whole = folderWith({});
    for (const name of readdirSync(annotations)) symlinkSync(join(annotations, name), join(whole, name));
    for (const name of ['ICBHI_challenge_train_test.txt', 'filename_differences.txt']) {
      symlinkSync(join(folder, name), join(whole, name));
    }
    withLists = await readDataset(`icbhi:${whole}`);
  });

  it('are 920 recordings of 126 subjects and 6898 cycles, each reported as without audio', async () => {
    const summary = await summarise(dataset);
    expect(summary).toMatchObject({
      recordings: 920,
      recordingsWithAudio: 0,
      subjects: 126,
      cycles: 6898,
      labels: { normal: 3642, crackle: 1864, wheeze: 886, both: 506 },
      seconds: 0,
    });
    expect(codes(dataset).filter(code => code === 'audio-missing')).toHaveLength(920);
  });

  it('have cycles of 0.2 s to 16.2 s, 41 under 0.5 s and 15 over 8 s', () => {
    const lengths = dataset.recordings.flatMap(({ id, cycles }) =>
      cycles.map((cycle, row) => ({ id, line: row + 1, seconds: cycle.end - cycle.start })),
    );
    const [shortest, longest] = [
      lengths.toSorted((a, b) => a.seconds - b.seconds)[0],
      lengths.toSorted((a, b) => b.seconds - a.seconds)[0],
    ];
    expect(shortest).toMatchObject({
      id: '217_1b1_Tc_sc_Meditron',
      line: 11,
      seconds: expect.closeTo(0.2, 3),
    });
    expect(longest).toMatchObject({
      id: '166_1p1_Al_sc_Meditron',
      line: 6,
      seconds: expect.closeTo(16.16, 2),
    });
    expect(lengths.filter(({ seconds }) => seconds < 0.5)).toHaveLength(41);
    expect(lengths.filter(({ seconds }) => seconds > 8)).toHaveLength(15);
  });

  it.skipIf(!existsSync(folder))(
    'come from the devices 683, 141, 60, 36 times once the names are put right',
    () => {
      const of = (device: string) =>
        withLists.recordings.filter(recording => recording.device === device).length;
      expect(['AKGC417L', 'LittC2SE', 'Litt3200', 'Meditron'].map(of)).toEqual([683, 141, 60, 36]);
      expect(withLists.recordings.filter(({ attributes }) => attributes.deviceInName)).toHaveLength(91);
    },
  );

  it.skipIf(!existsSync(folder))(
    'are split 539 to 381, with the two shared subjects left out of the test part',
    () => {
      expect(codes(withLists).filter(code => code !== 'audio-missing')).toEqual([]);
      const train = selectSplit(withLists, 'official-train');
      const test = selectSplit(withLists, 'official-test');
      expect(train.dataset.recordings).toHaveLength(539);
      expect(train.notes).toEqual([]);
      expect(withLists.recordings.filter(({ parts }) => parts.includes('official-test'))).toHaveLength(381);
      expect(test.dataset.recordings).toHaveLength(381 - 12);
      expect(test.notes).toEqual([
        expect.objectContaining({
          code: 'split-shared-subjects',
          message: expect.stringContaining('12 test recordings of 156 and 218'),
        }),
      ]);
      const trained = new Set(train.dataset.recordings.map(({ subject }) => subject));
      expect(test.dataset.recordings.filter(({ subject }) => trained.has(subject))).toEqual([]);
    },
  );
});
