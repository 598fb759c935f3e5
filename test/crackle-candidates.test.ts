import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SynthesisOptions, synthesiseCohort, synthesiseRecording } from '@crepitus/datasets';
import { findCrackleCandidates, frontEnds, prepareChannel } from '@crepitus/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type CandidateTally,
  matchedWithin,
  precision,
  recall,
  tallyCohort,
  widthErrors,
} from './candidate-truth.ts';

describe.each([
  { cohort: 'ipf', kind: 'fine', size: { subjects: 5, patients: 3, channels: 3, recordings: 2 } },
  { cohort: 'icbhi-like', kind: 'coarse', size: { subjects: 20, recordings: 1 } },
] as const)('candidates in the synthetic cohort $cohort', ({ cohort, kind, size }) => {
  let folder: string;
  let ill: CandidateTally;
  let healthy: CandidateTally;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'crepitus-candidates-'));
    await synthesiseCohort({ cohort, seed: 2, out: folder, ...size });
    ({ ill, healthy } = await tallyCohort(folder));
  });
  afterAll(() => rm(folder, { recursive: true }));

  // Bounds a little below what tooling/crackle-candidates.ts measures on larger cohorts.
  it(`hold most ${kind} crackles that stand out by 18 dB, fewer at 14, few at 6`, () => {
    const share = (from: number, below?: number) => {
      const { found, of } = recall(ill, kind, from, below);
      expect(of).toBeGreaterThan(20);
      return found / of;
    };
    const [clear, middling, faint] = [share(18), share(14, 18), share(6, 10)];
    expect(clear).toBeGreaterThan(kind === 'fine' ? 0.75 : 0.5);
    expect(middling).toBeGreaterThan(kind === 'fine' ? 0.5 : 0.15);
    expect(middling).toBeLessThan(clear);
    expect(faint).toBeLessThan(middling);
  });

  it('are crackles in at least four of five', () => {
    expect(precision(ill)).toBeGreaterThan(0.8);
  });

  it('are few where nobody is ill', () => {
    const minutes = healthy.seconds / 60;
    expect(healthy.others.nothing / minutes).toBeLessThan(8);
    expect(healthy.others.handling).toBeLessThan(0.25 * healthy.handling);
  });

  it('have the widths of their crackles', () => {
    const { initialDeflection, twoCycles, onset, kindRight } = widthErrors(ill, kind);
    expect(initialDeflection.magnitude).toBeLessThan(kind === 'fine' ? 0.5 : 1);
    // The high-pass takes the long swings at the end of a coarse one.
    expect(twoCycles.magnitude).toBeLessThan(kind === 'fine' ? 1.2 : 3.5);
    expect(onset.magnitude).toBeLessThan(1);
    expect(kindRight).toBeGreaterThan(0.85);
  });
});

describe('candidates in a synthetic recording', () => {
  const minute = (change: Partial<SynthesisOptions>) => {
    const made = synthesiseRecording({
      seed: 21,
      seconds: 60,
      sampleRate: 8000,
      crackles: 'none',
      ...change,
    });
    const prepared = prepareChannel(made.channels[0]!, made.sampleRate, frontEnds.paper);
    return { ...made, found: findCrackleCandidates(prepared) };
  };

  it.each<[string, Partial<SynthesisOptions>]>([
    ['breath', {}],
    ['breath and heart', { heart: true }],
    ['breath and wheezes', { wheeze: true }],
    ['breath at 4 kHz', { sampleRate: 4000 }],
  ])('of a minute of %s are at most four', (_, change) => {
    expect(minute(change).found.length).toBeLessThanOrEqual(4);
  });

  it.each(['fine', 'coarse'] as const)('are most of its %s crackles', kind => {
    const { found, truth } = minute({ crackles: kind, noiseFloor: 1e-4 });
    const heard = truth.crackles.filter(({ time }) =>
      found.some(c => Math.abs(c.time - time) < matchedWithin),
    );
    expect(truth.crackles.length).toBeGreaterThan(40);
    expect(heard.length / truth.crackles.length).toBeGreaterThan(kind === 'fine' ? 0.6 : 0.45);
  });

  it('are half of its handling noises at most', () => {
    const { found, truth } = minute({ clicks: 60 });
    const taken = truth.clicks.filter(time => found.some(c => Math.abs(c.time - time) < 2 * matchedWithin));
    expect(taken.length).toBeLessThan(30);
  });
});
