import { RunningCycles, writeWav } from '@crepitus/recordings';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tinyDraft } from '../test/tiny-draft.ts';
import { startBackend } from './backend.ts';
import { assembleBundle } from './bundle/bundle.ts';
import { Detector } from './detector.ts';
import type { Evidence } from './evidence.ts';
import { type LiveCycle, LiveScreening } from './live-screening.ts';

const sampleRate = 8000;
let detector: Detector;

beforeAll(async () => {
  await startBackend();
  detector = await Detector.create((await assembleBundle(tinyDraft([1, 2]))).bundle);
});
afterAll(() => detector.dispose());

/** Noise that swells twice in each breath of 2.5 s. */
function breathing(seconds: number): Float32Array {
  let state = 7;
  return Float32Array.from({ length: seconds * sampleRate }, (_, i) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const share = ((i / sampleRate) % 2.5) / 2.5;
    const loudness =
      share < 0.4
        ? Math.sin((Math.PI * share) / 0.4)
        : share > 0.45 && share < 0.8
          ? 0.4 * Math.sin((Math.PI * (share - 0.45)) / 0.35)
          : 0;
    return (state / 2 ** 32 - 0.5) * (0.002 + 0.3 * loudness);
  });
}

async function listen(samples: Float32Array, block: number): Promise<LiveCycle[]> {
  const live = new LiveScreening(detector, sampleRate);
  const cycles: LiveCycle[] = [];
  for (let from = 0; from < samples.length; from += block)
    cycles.push(...(await live.push(samples.subarray(from, from + block))));
  return [...cycles, ...(await live.finish())];
}

describe('live screening', () => {
  it('gives each cycle the score that the whole recording gives for the same borders', async () => {
    const samples = breathing(60);
    const live = await listen(samples, 4096);
    expect(live.length).toBeGreaterThan(20);
    const screened = await detector.screen(writeWav([samples], sampleRate, { float: true }), {
      name: 'visit.wav',
      annotation: {
        source: 'manifest',
        cycles: live.map(({ start, end }) => ({
          start,
          end,
          inspirationEnd: null,
          label: 'unknown',
          channel: null,
        })),
      },
    });
    const [{ cycles } = expect.fail()] = screened.channels;
    expect(live.map(({ start, end }) => [start, end])).toEqual(cycles.map(({ start, end }) => [start, end]));
    live.forEach(({ score }, i) => {
      expect(score).toBeCloseTo(cycles[i]!.score!, 6);
    });
    expect(new Set(live.map(({ score }) => score!.toFixed(4))).size).toBeGreaterThan(5);

    // And what each rests on, also of sound that came after the 40 s that are kept.
    const called = live.filter(({ crackle }) => crackle);
    expect(called.length).toBeGreaterThan(3);
    expect(called.length).toBeLessThan(live.length);
    expect(called.at(-1)!.end).toBeGreaterThan(45);
    const inTime = (pieces: readonly Evidence[]) =>
      pieces.flatMap(piece =>
        piece.kind === 'time' ? [[piece.start, piece.end, piece.weight].map(value => value.toFixed(2))] : [],
      );
    expect(called.every(({ evidence }) => evidence.length > 0)).toBe(true);
    expect(live.map(({ evidence }) => inTime(evidence))).toEqual(
      cycles.map(({ evidence }) => inTime(evidence)),
    );
  });

  it('gives the cycles of RunningCycles while the sound goes on', async () => {
    const samples = breathing(30);
    const running = new RunningCycles(sampleRate);
    const expected = running.push(samples.subarray(0, 20 * sampleRate));
    const live = new LiveScreening(detector, sampleRate);
    const told = await live.push(samples.subarray(0, 20 * sampleRate));
    expect(told.length).toBeGreaterThan(5);
    expect(told.map(({ start, end }) => [start, end])).toEqual(
      expected.map(({ start, end }) => [start, end]),
    );
  });

  it('works off calls in their order, also when nobody waits between them', async () => {
    const samples = breathing(24);
    const live = new LiveScreening(detector, sampleRate);
    const calls = Array.from({ length: 24 }, (_, second) =>
      live.push(samples.subarray(second * sampleRate, (second + 1) * sampleRate)),
    );
    const cycles = [...(await Promise.all(calls)).flat(), ...(await live.finish())];
    expect(cycles).toEqual(await listen(samples, 1000));
  });

  describe('with a detector that refuses silence', () => {
    let refusing: Detector;

    beforeAll(async () => {
      const strict = tinyDraft([1]);
      const limits = { ...strict.manifest.limits, refusedQuality: ['silence'] };
      refusing = await Detector.create(
        (await assembleBundle({ ...strict, manifest: { ...strict.manifest, limits } })).bundle,
      );
    });
    afterAll(() => refusing.dispose());

    it('abstains for the reasons of a recording', async () => {
      const quiet = breathing(20).map(sample => sample * 1e-4);
      const cycles = await new LiveScreening(refusing, sampleRate).push(quiet);
      expect(cycles.length).toBeGreaterThan(3);
      for (const { score, crackle, abstained } of cycles)
        expect([score, crackle, abstained?.code]).toEqual([null, null, 'silence']);
    });

    it('scores the first cycle after a microphone that was muted at the start', async () => {
      const muted = new Float32Array(28 * sampleRate);
      muted.set(breathing(20), 8 * sampleRate);
      const live = new LiveScreening(refusing, sampleRate);
      const cycles: LiveCycle[] = [];
      for (let from = 0; from < muted.length; from += 4096)
        cycles.push(...(await live.push(muted.subarray(from, from + 4096))));
      expect(cycles.length).toBeGreaterThan(3);
      expect(cycles.map(({ abstained }) => abstained)).toEqual(cycles.map(() => null));
    });
  });

  it('goes on after a block that it refuses', async () => {
    const live = new LiveScreening(detector, sampleRate);
    const samples = breathing(20);
    await expect(live.push(new Float32Array([Number.NaN]))).rejects.toMatchObject({
      code: 'non-finite-sample',
    });
    expect((await live.push(samples)).length).toBeGreaterThan(3);
  });
});
