import { expect, it } from 'vitest';
import { folderWith, icbhiFiles, manifestFiles } from '../test/generated-folders.ts';
import { readDataset } from './read-dataset.ts';
import { summarise } from './summary.ts';

it('counts recordings, subjects, labels, lengths, devices with rate, and parts', async () => {
  const summary = await summarise(await readDataset(`icbhi:${folderWith(icbhiFiles)}`));
  expect(summary).toMatchObject({
    kind: 'icbhi',
    unit: 'cycle',
    recordings: 3,
    recordingsWithAudio: 3,
    recordingsWithoutAnnotation: 0,
    subjects: 2,
    subjectsWithCycles: 2,
    cycles: 5,
    labels: { normal: 2, crackle: 1, wheeze: 1, both: 1, unknown: 0 },
    seconds: 9,
    lengths: { shortest: expect.closeTo(1.1), median: expect.closeTo(1.7), longest: 2 },
    problems: [],
  });
  expect(
    summary.devices.map(({ device, sampleRate, recordings }) => [device, sampleRate, recordings]),
  ).toEqual([
    ['AKGC417L', 4000, 1],
    ['Litt3200', 4000, 1],
    ['Meditron', 4000, 1],
  ]);
  expect(summary.parts.map(({ part, recordings, subjects }) => [part, recordings, subjects])).toEqual([
    ['official-test', 2, 2],
    ['official-train', 1, 1],
  ]);
});

it('counts what has no audio or audio that cannot be read, and reports it', async () => {
  const without = Object.fromEntries(Object.entries(manifestFiles).filter(([name]) => name !== 'two.wav'));
  const summary = await summarise(
    await readDataset(`manifest:${folderWith({ ...without, 'a/one.wav': 'no audio' })}`),
  );
  expect(summary).toMatchObject({ recordings: 3, recordingsWithAudio: 2, cycles: 4, seconds: 3 });
  expect(summary.devices.map(({ device, sampleRate }) => [device, sampleRate])).toEqual([
    ['Array 16', null],
    ['unknown', 4000],
  ]);
  expect(summary.problems.map(({ code }) => code)).toEqual(['audio-missing', 'not-audio']);
});

it('has no lengths without cycles', async () => {
  const folder = folderWith({ 'recordings.csv': 'path,subject\n' });
  expect(await summarise(await readDataset(`manifest:${folder}`))).toMatchObject({
    recordings: 0,
    lengths: null,
  });
});
