import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dataset, DatasetRecording } from '@crepitus/datasets';
import { randomStream } from '@crepitus/dsp';
import {
  assembleBundle,
  type Bundle,
  type BundleManifest,
  createNetwork,
  frontEnds,
  hashSubject,
  inputShape,
  startBackend,
} from '@crepitus/model';
import { type CycleLabel, classesOf, type Task, writeWav } from '@crepitus/recordings';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { evaluateBundle } from './evaluate.ts';
import { evaluationSchema } from './evaluation.ts';
import { parsePredictions } from './predictions.ts';

const labels: CycleLabel[] = ['normal', 'crackle', 'wheeze', 'normal'];
let folder: string;

/** A recording of noise with four cycles of 0.5 s, the crackle one with clicks. */
async function record(subject: string, rest: Partial<DatasetRecording> = {}): Promise<DatasetRecording> {
  const noise = randomStream(1, 'recording', subject);
  const samples = Float32Array.from({ length: 8000 }, () => 0.02 * noise.normal());
  for (let click = 2100; click < 4000; click += 300) samples[click] = 0.8;
  const audioPath = join(folder, `${subject}.wav`);
  await writeFile(audioPath, writeWav([samples], 4000));
  return {
    id: `recording-${subject}`,
    subject,
    group: null,
    device: 'Meditron',
    site: null,
    audioPath,
    channelMap: null,
    cycles: labels.map((label, i) => ({
      start: i * 0.5,
      end: (i + 1) * 0.5,
      inspirationEnd: null,
      label,
      channel: null,
    })),
    cycleSource: 'manifest',
    parts: [],
    attributes: {},
    ...rest,
  };
}

function dataset(kind: Dataset['kind'], recordings: DatasetRecording[]): Dataset {
  return { kind, path: folder, unit: kind === 'sprsound' ? 'event' : 'cycle', recordings, problems: [] };
}

/** An untrained network of one small block that learned, by its own word, from these subjects. */
async function bundleOf(
  trainedOn: { dataset: string; subjects: string[] }[],
  task: Task = 'crackle-vs-normal',
): Promise<Bundle> {
  const frontEnd = { ...frontEnds.transient, cycleSamples: 8192 };
  const spec = { inputs: ['cycle'], ratio: '1:2', padding: 'sample', phases: 'ratio' } as const;
  const [rows, bands] = inputShape(spec, 0, frontEnd);
  const blocks = { filters: [4], strides: [2 as const] };
  const classes = classesOf(task);
  await startBackend();
  const network = createNetwork({ inputShapes: [[rows, bands]], classes: classes.length, blocks }, 3);
  const manifest: Omit<BundleManifest, 'schemaVersion' | 'members'> = {
    ...spec,
    inputs: [...spec.inputs],
    id: 'tiny',
    version: '0.0.1',
    task,
    classes: [...classes],
    frontEnd,
    network: { blocks, branches: [{ rows, bands }] },
    threshold: { value: 0.5, chosenBy: 'nothing' },
    calibration: null,
    limits: {
      minimumSampleRate: 4000,
      minimumBandwidthHz: 0,
      minimumSeconds: 0.2,
      maximumSeconds: 10,
      refusedQuality: ['silence'],
    },
    source: null,
    trainedOn: await Promise.all(
      trainedOn.map(async ({ dataset: name, subjects }) => ({
        dataset: name,
        unit: 'cycle' as const,
        recordings: subjects.length,
        cycles: subjects.length,
        subjectsHashed: await Promise.all(subjects.map(subject => hashSubject(name, subject))),
      })),
    ),
    heldBackSubjectsHashed: [],
    licences: ['none'],
    softwareVersions: {},
    behaviour: [],
  };
  const { bundle } = await assembleBundle({ manifest, members: [network.readWeights()], card: 'A card.' });
  network.dispose();
  return bundle;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crepitus-evaluate-'));
  vi.stubEnv('CREPITUS_CACHE', join(folder, 'cache'));
});
afterAll(() => rm(folder, { recursive: true }));
afterAll(() => vi.unstubAllEnvs());

describe('a bundle on recordings whose counts are known', () => {
  test('all figures, other classes apart, the schema held, every cycle in predictions.csv', async () => {
    const data = dataset('manifest', [await record('1'), await record('2'), await record('3')]);
    const predictions = join(folder, 'predictions.csv');
    const progress: [number, number][] = [];
    const result = await evaluateBundle(await bundleOf([]), data, {
      split: 'all',
      predictions,
      onProgress: (...state) => progress.push(state),
    });
    expect(evaluationSchema.parse(result)).toEqual(result);
    expect(result).toMatchObject({
      bundle: { id: 'tiny', version: '0.0.1' },
      task: 'crackle-vs-normal',
      data: { kind: 'manifest', unit: 'cycle' },
      split: 'all',
      cycles: 9,
      subjects: 3,
      threshold: 0.5,
      alwaysCrackleFscore: 0.5,
      perDevice: [{ device: 'Meditron', sampleRate: 4000, subjects: 3, cycles: 9, crackles: 3 }],
      otherClasses: [{ label: 'wheeze', cycles: 3 }],
      abstained: { cycles: 0, reasons: [] },
      seenSubjects: 0,
      baselines: null,
      notes: [],
    });
    const { tp, fp, tn, fn } = result.confusion;
    expect([tp + fn, fp + tn]).toEqual([3, 6]);
    expect(progress.at(-1)).toEqual([3, 3]);

    const table = parsePredictions(await readFile(predictions, 'utf8'), predictions);
    expect(table.classes).toEqual(['normal', 'crackle']);
    expect(table.rows).toHaveLength(12);
    expect(table.rows[1]).toMatchObject({
      system: 'tiny',
      subject: '1',
      recording: 'recording-1',
      start: 0.5,
      end: 1,
      sampleRate: 4000,
      label: 'crackle',
    });
    const scores = table.rows.filter(row => row.label === 'crackle').map(row => row.scores![1]!);
    expect(scores.filter(score => score >= 0.5)).toHaveLength(tp);
  });

  test('abstentions are counted with their reason and stand in no figure', async () => {
    const silent = await record('4');
    await writeFile(silent.audioPath!, writeWav([new Float32Array(8000)], 4000));
    const result = await evaluateBundle(
      await bundleOf([]),
      dataset('manifest', [await record('1'), silent]),
      {
        split: 'all',
      },
    );
    expect(result.abstained).toEqual({ cycles: 4, reasons: [{ code: 'silence', cycles: 4 }] });
    expect(result).toMatchObject({ cycles: 3, subjects: 1 });
  });

  test('a recording that cannot be read is a note, and the others are measured', async () => {
    const broken = await record('5');
    await writeFile(broken.audioPath!, 'no audio');
    const notes: string[] = [];
    const result = await evaluateBundle(
      await bundleOf([]),
      dataset('manifest', [broken, await record('1')]),
      {
        split: 'all',
        onNote: message => notes.push(message),
      },
    );
    expect(result.subjects).toBe(1);
    expect(result.notes).toHaveLength(1);
    expect(notes[0]).toMatch(/5\.wav/);
  });

  test('nothing to evaluate is said', async () => {
    const data = dataset('manifest', [await record('1', { audioPath: null })]);
    await expect(evaluateBundle(await bundleOf([]), data, { split: 'all' })).rejects.toThrow(
      /no recording with both/,
    );
  });
});

describe('tasks', () => {
  test('a four-class bundle is read as crackle vs normal, or as what it is', async () => {
    const bundle = await bundleOf([], 'four-class');
    const data = dataset('manifest', [await record('1'), await record('2')]);
    const binary = await evaluateBundle(bundle, data, { split: 'all' });
    expect(binary).toMatchObject({ task: 'crackle-vs-normal', cycles: 6, fourClass: null });
    const four = await evaluateBundle(bundle, data, { split: 'all', task: 'four-class' });
    expect(four).toMatchObject({ task: 'four-class', cycles: 8, otherClasses: [] });
    expect(four.fourClass!.confusion.map(row => row.reduce((a, b) => a + b))).toEqual([4, 2, 2, 0]);
  });

  test('a bundle of seven classes gives the scores of the challenge on SPRSound', async () => {
    const bundle = await bundleOf([], 'sprsound-seven');
    const data = dataset('sprsound', [await record('1'), await record('2')]);
    expect((await evaluateBundle(bundle, data, { split: 'all' })).task).toBe('crackle-vs-normal');
    const seven = await evaluateBundle(bundle, data, { split: 'all', task: 'sprsound-seven' });
    // A crackle that is said to be neither fine nor coarse is no part of it.
    expect(seven).toMatchObject({ cycles: 6, otherClasses: [{ label: 'crackle', cycles: 2 }] });
    expect(seven.sprsound!.confusion.map(row => row.reduce((a, b) => a + b))).toEqual([4, 0, 0, 2, 0, 0, 0]);
    expect(seven.sprsound!.tasks.map(({ task }) => task)).toEqual(['1-1', '1-2']);
  });

  test('a two-class bundle cannot be read as four-class', async () => {
    const data = dataset('manifest', [await record('1')]);
    await expect(
      evaluateBundle(await bundleOf([]), data, { split: 'all', task: 'four-class' }),
    ).rejects.toMatchObject({ code: 'task-mismatch', kind: 'usage' });
  });
});

test.each(['missing/p.csv', '.'])(
  'predictions that could not be written to %s are refused before the work',
  async name => {
    const data = dataset('manifest', [await record('1')]);
    let recordingsDone = 0;
    const evaluation = evaluateBundle(await bundleOf([]), data, {
      split: 'all',
      predictions: join(folder, name),
      onProgress: () => recordingsDone++,
    });
    await expect(evaluation).rejects.toMatchObject({ code: 'predictions-folder', kind: 'usage' });
    expect(recordingsDone).toBe(0);
  },
);

describe('leaks', () => {
  test("SPRSound's intra is refused for a network that saw train, and allowed only on request", async () => {
    const bundle = await bundleOf([{ dataset: 'sprsound', subjects: ['41', '42'] }]);
    const data = dataset('sprsound', [
      await record('41', { parts: ['train'] }),
      await record('42', { id: 'a', parts: ['intra'] }),
      await record('43', { id: 'b', parts: ['intra'] }),
    ]);
    await expect(evaluateBundle(bundle, data, { split: 'intra' })).rejects.toMatchObject({
      code: 'subject-seen',
      kind: 'refused',
      message: expect.stringMatching(/1 of 2 subjects .*\(42\).*--allow-seen/),
    });
    const allowed = await evaluateBundle(bundle, data, { split: 'intra', allowSeen: true });
    expect(allowed.seenSubjects).toBe(1);
    expect(allowed.notes.map(({ code }) => code)).toContain('seen-subjects');
  });

  test('a subject of the same number in another database is another subject', async () => {
    const bundle = await bundleOf([{ dataset: 'icbhi', subjects: ['1'] }]);
    const result = await evaluateBundle(bundle, dataset('manifest', [await record('1')]), { split: 'all' });
    expect(result.seenSubjects).toBe(0);
  });

  test("subjects on both sides of ICBHI's official split are excluded and named", async () => {
    const data = dataset('icbhi', [
      await record('156', { id: 'a', parts: ['official-train'] }),
      await record('156', { id: 'b', parts: ['official-test'] }),
      await record('101', { id: 'c', parts: ['official-test'] }),
    ]);
    const result = await evaluateBundle(await bundleOf([]), data, { split: 'official-test' });
    expect(result).toMatchObject({ subjects: 1, excludedSubjects: ['156'] });
    expect(result.notes.map(({ code }) => code)).toContain('split-shared-subjects');
  });

  test('a reading of held-back subjects is said', async () => {
    const data = dataset('icbhi', [await record('139')]);
    const result = await evaluateBundle(await bundleOf([]), data, { split: 'held-back' });
    expect(result.notes).toEqual([
      { code: 'held-back-reading', message: expect.stringMatching(/docs\/held-back-readings\.md/) },
    ]);
  });
});

describe('baselines', () => {
  test('are fitted on subjects outside the test and read on the same cycles', async () => {
    const study = join(folder, 'study');
    await mkdir(study);
    const subjects = ['1', '2', '6', '7', '8'];
    for (const subject of subjects) {
      const { audioPath } = await record(subject);
      await copyFile(audioPath!, join(study, `${subject}.wav`));
    }
    const rows = subjects.map(subject => `${subject}.wav,${subject},,Meditron\n`).join('');
    await writeFile(join(study, 'recordings.csv'), `path,subject,group,device\n${rows}`);
    const cycles = subjects.flatMap(subject =>
      labels.map((label, i) => `${subject}.wav,0,${i * 0.5},${(i + 1) * 0.5},,${label}\n`),
    );
    await writeFile(
      join(study, 'cycles.csv'),
      `path,channel,start,end,inspiration_end,label\n${cycles.join('')}`,
    );
    const test = dataset('manifest', [await record('1'), await record('2')]);
    const { baselines } = await evaluateBundle(await bundleOf([]), test, {
      split: 'all',
      baselines: `manifest:${study}`,
    });
    expect(baselines!.fitted).toEqual({ subjects: 3, cycles: 9 });
    const by = (name: string) => baselines!.results.find(result => result.name === name)!;
    expect(by('length').auc).toBe(0.5); // all cycles last as long
    expect(by('device-rate').auc).toBe(0.5);
    expect(by('log-mel-cycle').auc).toBe(1); // clicks are loud
    expect(baselines!.rankSum.auc).toBeGreaterThan(0.5);
  });

  test('that have nothing left to learn from are refused before anything is scored', async () => {
    const study = join(folder, 'study');
    const data = dataset(
      'manifest',
      await Promise.all(['1', '2', '6', '7', '8'].map(subject => record(subject))),
    );
    await expect(
      evaluateBundle(await bundleOf([]), data, { split: 'all', baselines: `manifest:${study}` }),
    ).rejects.toMatchObject({ code: 'baselines-unfitted' });
  });
});

test('with a cache, cold or warm, the result and every score are the same as without', async () => {
  const bundle = await bundleOf([]);
  const subjects = ['c1', 'c2', 'c3', 'c4'];
  const data = dataset('manifest', await Promise.all(subjects.map(subject => record(subject))));
  const baselines = { kind: 'manifest', path: join(folder, 'fitted') } as const;
  await mkdir(baselines.path);
  const rows = ['path,subject,group,device'];
  const cycles = ['path,channel,start,end,inspiration_end,label'];
  for (const subject of ['f1', 'f2']) {
    const { audioPath } = await record(subject);
    await copyFile(audioPath!, join(baselines.path, `${subject}.wav`));
    rows.push(`${subject}.wav,${subject},,Meditron`);
    for (const [i, label] of labels.entries())
      cycles.push(`${subject}.wav,0,${i / 2},${(i + 1) / 2},,${label}`);
  }
  await writeFile(join(baselines.path, 'recordings.csv'), `${rows.join('\n')}\n`);
  await writeFile(join(baselines.path, 'cycles.csv'), `${cycles.join('\n')}\n`);
  const evaluate = async (cacheFolder: string | null, name: string) => {
    const predictions = join(folder, name);
    const result = await evaluateBundle(bundle, data, { split: 'all', baselines, predictions, cacheFolder });
    return [JSON.stringify(result), await readFile(predictions, 'utf8')];
  };
  const without = await evaluate(null, 'without.csv');
  const cacheFolder = join(folder, 'evaluate-cache');
  expect(await evaluate(cacheFolder, 'cold.csv')).toEqual(without);
  expect((await readdir(join(cacheFolder, 'prepared'))).length).toBe(6);
  expect(await evaluate(cacheFolder, 'warm.csv')).toEqual(without);
});
