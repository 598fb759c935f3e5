/** What every reader of a dataset promises, tried on a small folder of each kind and on the real ones. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  folderWith,
  icbhiFiles,
  manifestFiles,
  realFolder,
  sprsoundFiles,
  tinyWav,
} from '../test/generated-folders.ts';
import type { Dataset, DatasetKind } from './dataset.ts';
import { headerOf, loadRecording, readDataset } from './read-dataset.ts';

const kinds: {
  kind: DatasetKind;
  files: typeof icbhiFiles;
  parts: string[];
  annotation: string;
  audio: string;
}[] = [
  {
    kind: 'icbhi',
    files: icbhiFiles,
    parts: ['official-train', 'official-test'],
    annotation: '101_1b1_Al_sc_Meditron.txt',
    audio: '101_1b1_Al_sc_Meditron.wav',
  },
  {
    kind: 'sprsound',
    files: sprsoundFiles,
    parts: ['train', 'inter', 'intra'],
    annotation: 'train2022_json/40000001_8.1_0_p1_1.json',
    audio: 'train2022_wav/40000001_8.1_0_p1_1.wav',
  },
  { kind: 'manifest', files: manifestFiles, parts: [], annotation: 'cycles.csv', audio: 'two.wav' },
];

const without = (files: typeof icbhiFiles, path: string) =>
  Object.fromEntries(Object.entries(files).filter(([name]) => name !== path));

function expectSound(dataset: Dataset, parts: readonly string[]): void {
  const ids = dataset.recordings.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)].sort());
  for (const recording of dataset.recordings) {
    expect(recording.subject).not.toBe('');
    expect(recording.device).not.toBe('');
    for (const part of recording.parts) expect(parts).toContain(part);
    if (recording.audioPath !== null) expect(existsSync(recording.audioPath)).toBe(true);
    if (recording.cycleSource === null) expect(recording.cycles).toEqual([]);
    recording.cycles.forEach((cycle, i) => {
      expect(cycle.start).toBeGreaterThanOrEqual(recording.cycles[i - 1]?.start ?? 0);
      expect(cycle.end).toBeGreaterThan(cycle.start);
    });
  }
  for (const { code, message } of dataset.problems) {
    expect(code).toMatch(/^[a-z0-9-]+$/);
    expect(message).toContain(dataset.path);
    expect(message).toMatch(/[.?]$/);
  }
}

describe.each(kinds)('the reader of $kind', ({ kind, files, parts, annotation, audio }) => {
  it('reads a whole folder without a problem', async () => {
    const dataset = await readDataset({ kind, path: folderWith(files) });
    expectSound(dataset, parts);
    expect(dataset.problems).toEqual([]);
    expect(dataset.kind).toBe(kind);
    expect(dataset.recordings.length).toBeGreaterThan(2);
    expect(dataset.recordings.every(({ audioPath, cycleSource }) => audioPath && cycleSource)).toBe(true);
  });

  it('gives recordings whose audio decodes, with their cycles inside it, .wav and .flac alike', async () => {
    const dataset = await readDataset(`${kind}:${folderWith(files)}`);
    expect(new Set(dataset.recordings.map(({ audioPath }) => audioPath?.split('.').pop()))).toEqual(
      new Set(['wav', 'flac']),
    );
    for (const recording of dataset.recordings) {
      const loaded = await loadRecording(recording);
      expect(loaded.cycles).toEqual(recording.cycles);
      expect(loaded.seconds).toBe(3);
      expect((await headerOf(recording))?.seconds).toBe(3);
      expect(loaded.channels.some(channel => channel.kind === 'sound')).toBe(true);
    }
  });

  it('reports annotation without audio and keeps it', async () => {
    const dataset = await readDataset({ kind, path: folderWith(without(files, audio)) });
    expectSound(dataset, parts);
    expect(dataset.problems.map(({ code }) => code)).toEqual(['audio-missing']);
    const alone = dataset.recordings.filter(({ audioPath }) => audioPath === null);
    expect(alone).toHaveLength(1);
    expect(alone[0]!.cycles.length).toBeGreaterThan(0);
    await expect(loadRecording(alone[0]!)).rejects.toMatchObject({ code: 'audio-missing', kind: 'input' });
    expect(await headerOf(alone[0]!)).toBeNull();
  });

  it('keeps audio without annotation', async () => {
    const dataset = await readDataset({ kind, path: folderWith(without(files, annotation)) });
    expectSound(dataset, parts);
    const bare = dataset.recordings.filter(({ cycleSource }) => cycleSource === null);
    expect(bare.length).toBeGreaterThan(0);
    // A manifest without cycles.csv says that there is no annotation: cycles come from the sound.
    if (kind !== 'manifest') expect(dataset.problems.map(({ code }) => code)).toEqual(['annotation-missing']);
  });

  it('reports an annotation whose rows make no sense and reads the others', async () => {
    const broken =
      kind === 'manifest' ? `${files[annotation]}two.wav,,x,3,,normal\n` : '\0\x01 no annotation';
    const dataset = await readDataset({ kind, path: folderWith({ ...files, [annotation]: broken }) });
    expectSound(dataset, parts);
    expect(dataset.problems.length).toBeGreaterThan(0);
    expect(dataset.problems[0]!.message).toContain(annotation);
    expect(dataset.recordings.filter(({ cycles }) => cycles.length > 0).length).toBeGreaterThan(1);
  });

  it('reports audio that is a folder, whatever its name, in one sentence when it is opened', async () => {
    const path = folderWith(without(files, audio));
    mkdirSync(join(path, audio));
    const dataset = await readDataset({ kind, path });
    expectSound(dataset, parts);
    expect(dataset.problems.map(({ code }) => code)).toEqual(['audio-missing']);
  });

  it('fails in one sentence on audio that is none, when it is opened', async () => {
    const dataset = await readDataset({ kind, path: folderWith({ ...files, [audio]: 'no audio' }) });
    const broken = dataset.recordings.find(({ audioPath }) => audioPath?.endsWith(audio.split('/').pop()!));
    await expect(loadRecording(broken!)).rejects.toMatchObject({ name: 'CrepitusError', kind: 'input' });
    await expect(headerOf(broken!)).rejects.toMatchObject({ name: 'CrepitusError', kind: 'input' });
  });

  it('refuses a folder that is missing, a file, and an empty folder as wrong use', async () => {
    const path = folderWith({ file: 'x' });
    await expect(readDataset({ kind, path: join(path, 'nowhere') })).rejects.toMatchObject({
      code: 'folder-unreadable',
      kind: 'usage',
      message: expect.stringContaining('does not exist'),
    });
    await expect(readDataset({ kind, path: join(path, 'file') })).rejects.toMatchObject({
      code: 'folder-unreadable',
      message: expect.stringContaining('no folder'),
    });
    await expect(readDataset({ kind, path: folderWith({}) })).rejects.toMatchObject({
      code: 'dataset-layout',
      kind: 'usage',
      message: expect.stringMatching(/expected .* it is empty; check the path\.$/),
    });
  });

  it('tells a folder of another layout by its name', async () => {
    for (const other of kinds.filter(other => other.kind !== kind)) {
      const path = folderWith(other.files);
      await expect(readDataset({ kind, path })).rejects.toMatchObject({
        code: 'dataset-layout',
        message: expect.stringMatching(new RegExp(`did you mean ${other.kind}:.*\\?$`)),
      });
    }
  });

  it('names folders of its own layout that lie one level below', async () => {
    const below = Object.fromEntries(
      Object.entries(files).map(([name, content]) => [`inner/${name}`, content]),
    );
    await expect(readDataset({ kind, path: folderWith(below) })).rejects.toMatchObject({
      message: expect.stringMatching(new RegExp(`did you mean ${kind}:.*inner\\?$`)),
    });
  });
});

describe('what is read with a recording', () => {
  it('cuts cycles at the end of the audio, leaves out those behind it, and says so', async () => {
    const path = folderWith({
      ...icbhiFiles,
      '101_1b1_Al_sc_Meditron.txt': '0.1\t1.2\t0\t0\n1.2\t3.5\t0\t1\n3.5\t4\t1\t0\n',
    });
    const dataset = await readDataset({ kind: 'icbhi', path });
    const loaded = await loadRecording(dataset.recordings[0]!);
    expect(loaded.cycles.map(({ start, end }) => [start, end])).toEqual([
      [0.1, 1.2],
      [1.2, 3],
    ]);
    expect(loaded.findings.map(({ code }) => code)).toEqual([
      'annotation-beyond-audio',
      'annotation-clipped',
    ]);
  });

  it('leaves out cycles on a channel that the file does not have', async () => {
    const path = folderWith({
      'recordings.csv': 'path,subject\none.wav,anna\n',
      'cycles.csv': 'path,channel,start,end,label\none.wav,4,0,1,normal\none.wav,0,1,2,normal\n',
      'one.wav': tinyWav(),
    });
    const loaded = await loadRecording((await readDataset(`manifest:${path}`)).recordings[0]!);
    expect(loaded.cycles.map(({ channel }) => channel)).toEqual([0]);
    expect(loaded.findings.map(({ code }) => code)).toEqual(['cycle-channel-unknown']);
  });

  it('finds the header of audio behind a large tag', async () => {
    const tag = new Uint8Array(80_010);
    tag.set([0x49, 0x44, 0x33, 4, 0, 0, 0, 4, 0x71, 0]); // ID3v2.4, 80 000 bytes in groups of seven bits
    const silence = new Uint8Array(417 * 4);
    for (let frame = 0; frame < 4; frame++) silence.set([0xff, 0xfb, 0x90, 0xc4], frame * 417); // 44.1 kHz, 128 kbit/s
    const path = folderWith({
      'recordings.csv': 'path,subject\none.mp3,anna\n',
      'one.mp3': Buffer.concat([tag, silence]),
    });
    expect(await headerOf((await readDataset(`manifest:${path}`)).recordings[0]!)).toMatchObject({
      container: 'mp3',
      sampleRate: 44_100,
    });
  });
});

describe.each([
  ['icbhi', 'icbhi'],
  ['icbhi', 'icbhi-annotations'],
  ['sprsound', 'sprsound'],
] as const)('the reader of %s on the real folder %s', (kind, name) => {
  it.skipIf(!existsSync(realFolder(name)))('keeps what every reader promises', async () => {
    const { parts } = kinds.find(reader => reader.kind === kind)!;
    expectSound(await readDataset({ kind, path: realFolder(name) }), parts);
  });
});
