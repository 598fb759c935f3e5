import { randomStream } from '@crepitus/dsp';
import { describe, expect, it } from 'vitest';
import type { Cycle } from '../recording.ts';
import { findCyclesFromSound } from './from-sound.ts';
import { RunningCycles } from './running.ts';

const sampleRate = 4000;

/** Noise that swells twice in each breath: a loud inspiration, a quieter expiration, a pause. */
function breaths(starts: readonly number[], seconds = starts.at(-1)!): Float32Array {
  const stream = randomStream(3, 'test', 'running');
  let cycle = 0;
  return Float32Array.from({ length: Math.round(seconds * sampleRate) }, (_, i) => {
    const time = i / sampleRate;
    while (cycle < starts.length - 2 && time >= starts[cycle + 1]!) cycle++;
    const share = (time - starts[cycle]!) / (starts[cycle + 1]! - starts[cycle]!);
    const loudness =
      share < 0.4
        ? Math.sin((Math.PI * share) / 0.4)
        : share > 0.45 && share < 0.8
          ? 0.3 * Math.sin((Math.PI * (share - 0.45)) / 0.35)
          : 0;
    return (2 * stream.uniform() - 1) * (0.001 + 0.1 * loudness);
  });
}

interface Told {
  readonly cycle: Cycle;
  /** Seconds of sound that were there when it was told. */
  readonly at: number;
}

function listen(samples: Float32Array, block: number): Told[] {
  const running = new RunningCycles(sampleRate);
  const told: Told[] = [];
  for (let from = 0; from < samples.length; from += block) {
    const to = Math.min(samples.length, from + block);
    for (const cycle of running.push(samples.subarray(from, to))) told.push({ cycle, at: to / sampleRate });
  }
  for (const cycle of running.finish()) told.push({ cycle, at: samples.length / sampleRate });
  return told;
}

const starts = [0, 2.4, 5.1, 7.6, 10.1, 12.9, 15.6, 18, 20.6, 23.5, 26, 28.6, 31.4, 34, 36.5, 39, 41.8, 44.2];

describe('running cycles', () => {
  it('are the breaths, told while the sound goes on, and never moved afterwards', () => {
    const told = listen(breaths(starts), 512);
    expect(told.map(({ cycle }) => cycle.start)).toHaveLength(starts.length - 1);
    told.forEach(({ cycle, at }, i) => {
      expect(Math.abs(cycle.start - starts[i]!), `start of ${i}`).toBeLessThan(0.4);
      expect(Math.abs(cycle.end - starts[i + 1]!), `end of ${i}`).toBeLessThan(0.4);
      expect(cycle.end).toBeLessThanOrEqual(at);
      // The first ones wait for the period to show.
      if (cycle.end > 8 && i < told.length - 1) expect(at - cycle.end, `delay of ${i}`).toBeLessThan(3);
      if (i > 0) expect(cycle.start).toBe(told[i - 1]!.cycle.end);
    });
    expect(told.filter(({ at }) => at < 44).length).toBeGreaterThan(starts.length - 4);
  });

  it('do not depend on the size of the blocks', () => {
    const samples = breaths(starts.slice(0, 9));
    const cycles = (block: number) => listen(samples, block).map(({ cycle }) => cycle);
    expect(cycles(128)).toEqual(cycles(40_000));
    expect(cycles(333)).toEqual(cycles(40_000));
  });

  it('of an even breath are those that are found afterwards', () => {
    const samples = breaths(Array.from({ length: 10 }, (_, i) => 2.5 * i));
    const { cycles } = findCyclesFromSound(samples, sampleRate);
    const told = listen(samples, 400).map(({ cycle }) => cycle);
    expect(told).toHaveLength(cycles.length);
    told.forEach(({ start, end }, i) => {
      expect(start).toBeCloseTo(cycles[i]!.start, 0);
      expect(end).toBeCloseTo(cycles[i]!.end, 0);
    });
  });

  it('are none in steady noise, in silence, and in what is too short', () => {
    const stream = randomStream(4, 'test', 'steady');
    const steady = Float32Array.from({ length: 20 * sampleRate }, () => 0.1 * (2 * stream.uniform() - 1));
    expect(listen(steady, 512)).toEqual([]);
    expect(listen(new Float32Array(20 * sampleRate), 512)).toEqual([]);
    expect(listen(new Float32Array(0), 512)).toEqual([]);
  });

  it('begin anew after a long time without breath', () => {
    const first = breaths([0, 2.5, 5, 7.5, 10, 12.5]);
    const second = breaths([0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30]);
    const silence = new Float32Array(45 * sampleRate);
    const samples = new Float32Array(first.length + silence.length + second.length);
    samples.set(first);
    samples.set(second, first.length + silence.length);
    const told = listen(samples, 1000).map(({ cycle }) => cycle);
    expect(told.filter(({ end }) => end < 13).length).toBeGreaterThanOrEqual(4);
    expect(told.filter(({ start }) => start > 57).length).toBeGreaterThanOrEqual(8);
    for (const { start, end } of told) expect(end - start).toBeLessThan(12);
  });

  it('refuse samples that are no numbers', () => {
    const running = new RunningCycles(sampleRate);
    const samples = breaths([0, 2, 4, 6, 8, 10]);
    samples[sampleRate] = Number.NaN;
    expect(() => running.push(samples)).toThrow(/NaN|number/);
  });
});
