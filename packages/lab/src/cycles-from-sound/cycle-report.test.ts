import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Dataset,
  type DatasetRecording,
  readDataset,
  selectSplit,
  synthesiseRecording,
} from '@crepitus/datasets';
import { type Cycle, writeWav } from '@crepitus/recordings';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cycleReportSchema, reportCyclesFromSound } from './cycle-report.ts';
import { isTuningSubject } from './tuning-subjects.ts';

const repository = join(import.meta.dirname, '../../../..');
const icbhi = join(repository, process.env.CREPITUS_TEST_DATA ?? '../shared/data', 'icbhi');

let folder: string;
let recordings: DatasetRecording[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'crepitus-cycles-'));
  recordings = await Promise.all(
    [1, 2, 3].map(async seed => {
      const { channels, sampleRate, truth } = synthesiseRecording({
        seed,
        seconds: 24,
        sampleRate: 4000,
        breathsPerMinute: 20,
        crackles: seed === 2 ? 'coarse' : 'none',
      });
      const audioPath = join(folder, `${seed}.wav`);
      await writeFile(audioPath, writeWav(channels, sampleRate));
      return recording(`s${seed}`, audioPath, truth.cycles);
    }),
  );
});
afterAll(() => rm(folder, { recursive: true }));

function recording(subject: string, audioPath: string | null, cycles: readonly Cycle[]): DatasetRecording {
  return {
    id: `recording-${subject}`,
    subject,
    group: null,
    device: subject === 's3' ? 'B' : 'A',
    site: null,
    audioPath,
    channelMap: null,
    cycles,
    cycleSource: 'manifest',
    parts: [],
    attributes: {},
  };
}

const datasetOf = (list: DatasetRecording[]): Dataset => ({
  kind: 'manifest',
  path: folder,
  unit: 'cycle',
  recordings: list,
  problems: [],
});

describe('report of cycles from sound', () => {
  test('synthetic breaths: found better than by windows, by device, in the published form', async () => {
    const progress: number[] = [];
    const { report, text } = await reportCyclesFromSound(datasetOf(recordings), {
      onProgress: (done, total) => progress.push(done / total),
    });
    expect(cycleReportSchema.parse(report)).toEqual(report);
    expect(report).toMatchObject({
      schemaVersion: 1,
      recordings: 3,
      subjects: 3,
      fellToWindows: 0,
      tuned: null,
    });
    expect(report.cycles).toBe(recordings.reduce((sum, { cycles }) => sum + cycles.length, 0));
    expect(report.countError.withinOne).toBe(1);
    expect(report.matchedAtIoU50).toBeGreaterThan(0.9);
    expect(report.cutOff.matchedAtIoU50).toBeGreaterThan(0.7);
    expect(report.perDevice.map(({ device, recordings }) => [device, recordings])).toEqual([
      ['A', 2],
      ['B', 1],
    ]);
    expect(report.auc).toBeNull();
    expect(progress).toEqual([1 / 3, 2 / 3, 1]);
    expect(text).toContain('3 recordings, 3 subjects');
    expect(text).toContain('B 4000 Hz');
  });

  test('a detector is scored with annotated cycles, with found ones and with windows', async () => {
    const { report, text } = await reportCyclesFromSound(datasetOf(recordings), {
      // Knows the truth of a recording: crackles are in the second one.
      scoreCycles: async ({ name }, cycles) =>
        cycles.map((_, i) => (i === 0 ? null : Number(name.endsWith('2.wav')))),
    });
    expect(report.auc!.annotated).toMatchObject({ auc: 1, leftOut: 3 });
    expect(report.auc!.annotated.crackles).toBe(
      recordings[1]!.cycles.filter(c => c.label !== 'normal').length - 1,
    );
    expect(report.auc!.found.auc).toBe(1);
    expect(report.auc!.fixedWindows.auc).toBe(1);
    expect(text).toContain('AUC crackle vs normal: 1.000');
  });

  test('is the same again, whatever else is in the dataset', async () => {
    const first = await reportCyclesFromSound(datasetOf(recordings));
    expect(await reportCyclesFromSound(datasetOf(recordings))).toEqual(first);
    const missing = recording('s4', null, recordings[0]!.cycles);
    const unannotated = recording('s5', recordings[0]!.audioPath, []);
    expect(await reportCyclesFromSound(datasetOf([...recordings, missing, unannotated]))).toEqual(first);
  });

  test('an unreadable recording is left out with a note', async () => {
    const broken = join(folder, 'broken.wav');
    await writeFile(broken, 'no sound');
    const { report, text } = await reportCyclesFromSound(
      datasetOf([recording('s6', broken, recordings[0]!.cycles), ...recordings]),
    );
    expect(report.recordings).toBe(3);
    expect(report.notes.length).toBe(1);
    expect(text).toContain('broken.wav');
  });

  test('nothing to compare is an error that says so', async () => {
    await expect(reportCyclesFromSound(datasetOf([]))).rejects.toMatchObject({ code: 'nothing-to-report' });
  });

  // Held-back subjects are not in this part.
  test.skipIf(!existsSync(icbhi))(
    'ICBHI subjects that it was not tuned on: count within one in most recordings, windows far behind (CREPITUS_TEST_DATA)',
    async () => {
      const { dataset } = selectSplit(await readDataset({ kind: 'icbhi', path: icbhi }), 'development');
      const unseen = dataset.recordings.filter(({ subject }) => !isTuningSubject('icbhi', subject));
      const { report } = await reportCyclesFromSound({ ...dataset, recordings: unseen });
      expect(report).toMatchObject({ recordings: 73, subjects: 27, tuned: null });
      for (const figures of [report, report.cutOff]) {
        expect(figures.countError.withinOne).toBeGreaterThan(0.58);
        expect(figures.fixedWindows.countError.withinOne).toBeLessThan(0.35);
        expect(figures.matchedAtIoU50).toBeGreaterThan(0.68);
        expect(figures.fixedWindows.matchedAtIoU50).toBeLessThan(0.6);
        expect(figures.fellToWindows).toBeLessThan(5);
      }
    },
  );
});
