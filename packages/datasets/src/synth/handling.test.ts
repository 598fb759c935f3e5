import { randomStream } from '@crepitus/dsp';
import { describe, expect, it } from 'vitest';
import { planBreaths } from './breathing.ts';
import { addHandling, planHandling } from './handling.ts';

const breaths = planBreaths(1, 600, 10, null);
const noises = planHandling(randomStream(1, 'test'), breaths, 5, 12);

describe('handling noise', () => {
  it('comes at the rate that is asked for, nine of ten in inspirations, most of it low on the chest', () => {
    expect(noises.length / breaths.length).toBeGreaterThan(4);
    expect(noises.length / breaths.length).toBeLessThan(6);
    const inspired = noises.filter(({ time }) =>
      breaths.some(({ start, inspirationEnd }) => time >= start && time < inspirationEnd),
    );
    expect(inspired.length / noises.length).toBeCloseTo(0.9, 1);
    expect(noises.filter(({ y }) => y < 9).length).toBeGreaterThan(noises.length / 2);
    expect(planHandling(randomStream(1, 'test'), breaths, 0, 12)).toEqual([]);
  });

  it('holds clicks of a crackle’s length and rubs that are longer', () => {
    const lengths = noises.map(({ seconds }) => seconds);
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(0.002);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(0.15);
    for (const isKind of [(s: number) => s < 0.01, (s: number) => s > 0.05]) {
      expect(lengths.filter(isKind).length / lengths.length).toBeGreaterThan(0.15);
    }
  });

  it('sounds for its length and at about its height, the same each time', () => {
    const noise = { time: 0.1, seconds: 0.08, x: 0, y: 0, level: 0, highest: 900, seed: 7 };
    const sound = () => {
      const samples = new Float32Array(8000);
      addHandling(samples, 16_000, noise, 0.5);
      return samples;
    };
    const samples = sound();
    expect(samples).toEqual(sound());
    expect(samples.subarray(0, 1600).every(sample => sample === 0)).toBe(true);
    expect(samples.subarray(1600 + 1281).every(sample => sample === 0)).toBe(true);
    const peak = Math.max(...samples.map(Math.abs));
    expect(peak).toBeGreaterThan(0.25);
    expect(peak).toBeLessThan(1);
  });

  it('is cut at the end of the sound', () => {
    const samples = new Float32Array(1700);
    const noise = { time: 0.1, seconds: 0.08, x: 0, y: 0, level: 0, highest: 900, seed: 7 };
    addHandling(samples, 16_000, noise, 1);
    expect(samples.every(Number.isFinite)).toBe(true);
  });
});
