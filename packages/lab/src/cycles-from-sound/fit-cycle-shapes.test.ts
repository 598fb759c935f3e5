import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadRecording, readDataset, selectSplit } from '@crepitus/datasets';
import { type BreathContour, breathContour, cycleShapes, shapeParts } from '@crepitus/recordings';
import { describe, expect, test } from 'vitest';
import { type AnnotatedContour, fitCycleShapes } from './fit-cycle-shapes.ts';
import { isTuningSubject } from './tuning-subjects.ts';

const repository = join(import.meta.dirname, '../../../..');
const icbhi = join(repository, process.env.CREPITUS_TEST_DATA ?? '../shared/data', 'icbhi');

/** Cycles of 24 steps whose level is that of the first or the second half of the cycle. */
function contourOf(loudFirst: boolean): AnnotatedContour {
  const level = Float64Array.from({ length: 96 }, (_, i) => (i % 24 < 12 === loudFirst ? 1 : -1));
  const contour: BreathContour = { start: 1, end: 10.6, level, pitch: level.map(v => -v), rangeDb: 20 };
  const cycles = [0, 1, 2, 3].map(i => ({
    start: 1 + 2.4 * i,
    end: 3.4 + 2.4 * i,
    inspirationEnd: null,
    label: 'normal' as const,
    channel: null,
  }));
  return { contour, cycles };
}

describe('shapes of cycles', () => {
  test('two kinds of recordings give two shapes, the louder inspiration first', () => {
    const [inspiration, expiration] = fitCycleShapes([contourOf(false), contourOf(true), contourOf(false)]);
    inspiration!.level.forEach((value, part) => {
      expect(value).toBeCloseTo(part < shapeParts / 2 ? 1 : -1, 9);
      expect(expiration!.level[part]).toBeCloseTo(-value, 9);
      expect(inspiration!.pitch[part]).toBeCloseTo(-value, 9);
    });
  });

  test('one kind gives one shape; cycles outside the sound and very short ones are not learned from', () => {
    const { contour, cycles } = contourOf(true);
    const strange = [
      { ...cycles[0]!, start: 0, end: 2 },
      { ...cycles[0]!, start: 2, end: 2.5 },
      { ...cycles[0]!, start: 9, end: 12 },
    ];
    expect(fitCycleShapes([{ contour, cycles }])).toEqual(
      fitCycleShapes([{ contour, cycles: [...cycles, ...strange] }]),
    );
    expect(fitCycleShapes([{ contour, cycles }]).length).toBe(1);
    expect(fitCycleShapes([{ contour, cycles: strange }])).toEqual([]);
  });

  test.skipIf(!existsSync(icbhi))(
    'those in use are learned from the tuning subjects (CREPITUS_TEST_DATA)',
    async () => {
      const { dataset } = selectSplit(await readDataset({ kind: 'icbhi', path: icbhi }), 'development');
      const examples: AnnotatedContour[] = [];
      for (const entry of dataset.recordings.filter(
        r => r.audioPath && isTuningSubject('icbhi', r.subject),
      )) {
        const { channels, sampleRate, cycles } = await loadRecording(entry);
        examples.push({ contour: breathContour(channels[0]!.samples, sampleRate)!, cycles });
      }
      const shapes = fitCycleShapes(examples);
      expect(shapes.length).toBe(cycleShapes.length);
      shapes.forEach(({ level, pitch }, i) => {
        const used = [...cycleShapes[i]!.level, ...cycleShapes[i]!.pitch];
        [...level, ...pitch].forEach((value, part) => {
          expect(Math.abs(value - used[part]!)).toBeLessThan(0.006);
        });
      });
    },
  );
});

test('tuning subjects are of ICBHI and not held back', () => {
  expect(
    ['101', '102', '104', '113', '218', '222'].map(subject => isTuningSubject('icbhi', subject)),
  ).toEqual([false, true, true, true, false, false]);
  expect(isTuningSubject('manifest', '104')).toBe(false);
});
