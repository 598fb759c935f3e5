import type { LoadedRecording } from '@crepitus/datasets';
import { type CycleSamples, type CycleScore, type Detector, frontEnds } from '@crepitus/model';
import type { Channel, Cycle } from '@crepitus/recordings';
import { expect, test } from 'vitest';
import { detectorScores } from './detector-scores.ts';

test('a detector sees each cycle cut from the prepared channel, with what is known of the channel', async () => {
  const seen: CycleSamples[] = [];
  // Scores a cycle by its length, and abstains from short ones.
  const detector = {
    frontEnd: frontEnds.transient,
    score: async (inputs: CycleSamples[]): Promise<Partial<CycleScore>[]> => {
      seen.push(...inputs);
      return inputs.map(({ samples }) => ({
        score: samples.length < 16_000 ? null : samples.length / 48_000,
      }));
    },
  } as unknown as Detector;
  const channel: Channel = {
    index: 0,
    kind: 'sound',
    site: null,
    samples: Float32Array.from({ length: 16_000 }, (_, i) => Math.sin(i)),
  };
  const cycle = (start: number, end: number): Cycle => ({
    start,
    end,
    inspirationEnd: null,
    label: 'unknown',
    channel: null,
  });
  const recording = { sampleRate: 4000 } as LoadedRecording;
  const scores = await detectorScores(detector)(recording, [cycle(0, 3), cycle(3, 3.5)], channel);
  expect(scores).toEqual([1, null]);
  expect(seen.map(({ samples }) => samples.length)).toEqual([48_000, 8000]);
  expect(seen[0]!.channel).toMatchObject({ sampleRate: 4000, findings: [] });
});
