import { CrepitusError, randomStream } from '@crepitus/dsp';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Cycle } from '../recording.ts';
import { findCyclesFromSound } from './from-sound.ts';

const noise = (samples: number, seed: number): Float32Array => {
  const stream = randomStream(seed, 'test', 'noise');
  return Float32Array.from({ length: samples }, () => 2 * stream.uniform() - 1);
};

/**
 * Breath noise: in each cycle an inspiration (0 to 0.4 of it) and an expiration (0.45 to 0.8) as half sines, then a pause.
 * The first difference of the noise makes the inspiration higher.
 */
function breaths(
  starts: readonly number[],
  o: { sampleRate: number; inspiration?: number; expiration?: number; floor?: number; seed?: number },
): Float32Array {
  const { sampleRate, inspiration = 0.1, expiration = 0.03, floor = 0.001, seed = 1 } = o;
  const carrier = noise(Math.round(starts.at(-1)! * sampleRate), seed);
  let smooth = 0;
  // One pole at 300 Hz.
  const pole = Math.exp((-2 * Math.PI * 300) / sampleRate);
  let cycle = 0;
  return carrier.map((value, i) => {
    const time = i / sampleRate;
    while (cycle < starts.length - 2 && time >= starts[cycle + 1]!) cycle++;
    const share = (time - starts[cycle]!) / (starts[cycle + 1]! - starts[cycle]!);
    const before = smooth;
    smooth = pole * smooth + Math.sqrt(1 - pole * pole) * value;
    const breathingIn = inspiration * Math.max(0, Math.sin((Math.PI * share) / 0.4)) * +(share < 0.4);
    const out =
      expiration * Math.max(0, Math.sin((Math.PI * (share - 0.45)) / 0.35)) * +(share > 0.45 && share < 0.8);
    return breathingIn * (smooth - 0.5 * before) + out * smooth + floor * value;
  });
}

const every = (seconds: number, count: number): number[] =>
  Array.from({ length: count + 1 }, (_, i) => i * seconds);

function overlap(a: Cycle, start: number, end: number): number {
  return (
    (Math.min(a.end, end) - Math.max(a.start, start)) / (Math.max(a.end, end) - Math.min(a.start, start))
  );
}

function expectFound(cycles: readonly Cycle[], starts: readonly number[], least: number): void {
  expect(cycles.length).toBe(starts.length - 1);
  cycles.forEach((cycle, i) => {
    expect(overlap(cycle, starts[i]!, starts[i + 1]!)).toBeGreaterThan(least);
  });
}

describe('cycles from sound', () => {
  test.each([
    [4000, 2.5, 8],
    [8000, 3, 7],
    [16_000, 1.5, 13],
    [44_100, 4, 5],
    [8000, 7, 4],
  ])('are the breaths at %d Hz, every %d s', (sampleRate, seconds, count) => {
    const starts = every(seconds, count);
    const found = findCyclesFromSound(breaths(starts, { sampleRate }), sampleRate);
    expect(found.source).toBe('sound');
    expect(found.findings).toEqual([]);
    expectFound(found.cycles, starts, 0.75);
  });

  test('follow breaths of unequal length', () => {
    const starts = [0, 2.4, 5.1, 7.6, 10.1, 12.9, 15.6, 18, 20.6];
    expectFound(findCyclesFromSound(breaths(starts, { sampleRate: 8000 }), 8000).cycles, starts, 0.75);
  });

  test('start with inspiration, or say that they may not', () => {
    const starts = every(3, 7);
    const louderIn = findCyclesFromSound(breaths(starts, { sampleRate: 8000 }), 8000);
    expectFound(louderIn.cycles, starts, 0.75);
    expect(louderIn.inspirationConfidence).toBeGreaterThan(0.7);
    // Taken for its opposite: the loud burst is usually the inspiration.
    const louderOut = findCyclesFromSound(
      breaths(starts, { sampleRate: 8000, inspiration: 0.03, expiration: 0.08 }),
      8000,
    );
    expect(Math.abs(louderOut.cycles.length - 7)).toBeLessThanOrEqual(1);
    expect(louderOut.inspirationConfidence).toBeLessThan(0.65);
  });

  test('are less sure of inspiration where both phases sound alike', () => {
    const starts = every(3, 7);
    const alike = breaths(starts, { sampleRate: 8000, inspiration: 0.05, expiration: 0.05 });
    const clear = breaths(starts, { sampleRate: 8000, inspiration: 0.1, expiration: 0.01 });
    const confidence = (samples: Float32Array): number =>
      findCyclesFromSound(samples, 8000).inspirationConfidence!;
    expect(confidence(alike)).toBeLessThan(confidence(clear));
    expect(confidence(clear)).toBeGreaterThan(0.75);
    expect(confidence(clear)).toBeLessThanOrEqual(1);
  });

  test('keep their places under noise 20 dB below the breath', () => {
    const starts = every(3, 7);
    expectFound(
      findCyclesFromSound(breaths(starts, { sampleRate: 8000, floor: 0.01 }), 8000).cycles,
      starts,
      0.7,
    );
  });

  test('do not depend on the gain', () => {
    const sound = breaths(every(2.7, 7), { sampleRate: 8000 });
    const borders = (gain: number) =>
      findCyclesFromSound(
        sound.map(value => value * gain),
        8000,
      ).cycles.map(({ start }) => start);
    expect(borders(0.01)).toEqual(borders(1));
    expect(borders(8)).toEqual(borders(1));
  });

  test('are the same in every call, and leave the samples as they are', () => {
    const sound = breaths(every(2.7, 7), { sampleRate: 8000 });
    const copy = sound.slice();
    expect(findCyclesFromSound(sound, 8000)).toEqual(findCyclesFromSound(sound, 8000));
    expect(sound).toEqual(copy);
  });

  test('cover all sound without overlap, and no silence before or after it', () => {
    const sound = breaths(every(3, 6), { sampleRate: 8000 });
    const padded = new Float32Array(sound.length + 5 * 8000);
    padded.set(sound, 3 * 8000);
    const { cycles } = findCyclesFromSound(padded, 8000);
    expectFound(
      cycles,
      every(3, 6).map(start => start + 3),
      0.75,
    );
    expect(cycles[0]!.start).toBeCloseTo(3, 2);
    expect(cycles.at(-1)!.end).toBeCloseTo(21, 2);
    cycles.slice(1).forEach((cycle, i) => {
      expect(cycle.start).toBe(cycles[i]!.end);
    });
    for (const { inspirationEnd, label, channel } of cycles) {
      expect([inspirationEnd, label, channel]).toEqual([null, 'unknown', null]);
    }
  });

  test('a recording that begins and ends inside a breath keeps its whole breaths', () => {
    const starts = every(3, 7);
    const sound = breaths(starts, { sampleRate: 8000 }).subarray(1.9 * 8000, 19.6 * 8000);
    const { cycles } = findCyclesFromSound(sound, 8000);
    for (const start of starts.slice(1, 5)) {
      expect(cycles.some(cycle => overlap(cycle, start - 1.9, start + 1.1) > 0.75)).toBe(true);
    }
  });

  test('heart beats and crackles are no breaths', () => {
    const starts = every(3, 7);
    const sound = breaths(starts, { sampleRate: 4000 }).map((value, i) => {
      const time = i / 4000;
      const beat = 0.2 * Math.exp(-((((time % 0.8) - 0.2) / 0.03) ** 2)) * Math.sin(2 * Math.PI * 50 * time);
      const crackle = time % 0.37 < 0.003 ? 0.05 * Math.sin(2 * Math.PI * 500 * time) : 0;
      return value + beat + crackle;
    });
    expectFound(findCyclesFromSound(sound, 4000).cycles, starts, 0.7);
  });

  test.each([
    ['silence', new Float32Array(20 * 8000), 8000],
    ['no samples', new Float32Array(0), 8000],
    ['a constant', new Float32Array(20 * 8000).fill(0.3), 8000],
    ['white noise', noise(20 * 8000, 2).map(value => 0.1 * value), 8000],
    ['white noise at 4 kHz', noise(30 * 4000, 3), 4000],
    ['a tone', Float32Array.from({ length: 160_000 }, (_, i) => Math.sin(i / 3)), 8000],
    ['noise that only grows', noise(20 * 8000, 4).map((value, i) => (value * i) / 160_000), 8000],
    ['too short a sound', breaths([0, 0.6], { sampleRate: 8000 }), 8000],
    [
      'heart beats without breath',
      noise(20 * 4000, 5).map((value, i) => {
        const phase = (i / 4000) % 0.85;
        return (
          0.002 * value +
          0.3 * Math.exp(-(((phase - 0.1) / 0.03) ** 2)) * Math.sin((2 * Math.PI * 60 * i) / 4000)
        );
      }),
      4000,
    ],
  ])('%s: fixed windows stand in, and say so', (_, samples, sampleRate) => {
    const found = findCyclesFromSound(samples, sampleRate);
    expect(found.source).toBe('windows');
    expect(found.inspirationConfidence).toBeNull();
    expect(found.findings.map(({ code }) => code)).toEqual(['no-breaths-found']);
    expect(found.cycles.at(-1)?.end ?? 0).toBeCloseTo(samples.length / sampleRate, 9);
  });

  test('samples that are not finite are refused', () => {
    const sound = breaths(every(3, 3), { sampleRate: 8000 });
    sound[5000] = Number.NaN;
    expect(() => findCyclesFromSound(sound, 8000)).toThrow(CrepitusError);
    expect(() => findCyclesFromSound(breaths(every(3, 3), { sampleRate: 8000 }), 0)).toThrow(CrepitusError);
  });

  test('whatever the sound, cycles follow one another within the recording', () => {
    const burst = fc.record({
      seconds: fc.double({ min: 0.01, max: 2, noNaN: true }),
      gain: fc.constantFrom(0, 1e-4, 0.1, 1),
    });
    fc.assert(
      fc.property(
        fc.array(burst, { maxLength: 12 }),
        fc.constantFrom(1000, 4000, 11_025),
        fc.nat(1000),
        (bursts, sampleRate, seed) => {
          const gains = bursts.flatMap(({ seconds, gain }) =>
            Array<number>(Math.round(seconds * sampleRate)).fill(gain),
          );
          const carrier = noise(gains.length, seed);
          const samples = Float32Array.from(gains, (gain, i) => gain * carrier[i]!);
          const { cycles, source } = findCyclesFromSound(samples, sampleRate);
          expect(['sound', 'windows']).toContain(source);
          let last = 0;
          for (const { start, end } of cycles) {
            expect(start).toBeGreaterThanOrEqual(last);
            expect(end).toBeGreaterThan(start);
            last = end;
          }
          expect(last).toBeLessThanOrEqual(samples.length / sampleRate);
          expect(cycles.length > 0).toBe(samples.length > 0);
        },
      ),
      { numRuns: 60, seed: 1 },
    );
  });
});
