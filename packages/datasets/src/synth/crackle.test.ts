import { describe, expect, it } from 'vitest';
import { powerAt } from '../../test/spectrum.ts';
import { planBreaths } from './breathing.ts';
import { addCrackle, type CrackleShape, crackleAt, planCrackles } from './crackle.ts';

const milliseconds = (initialDeflection: number, twoCycles: number): CrackleShape => ({
  initialDeflection: initialDeflection / 1000,
  twoCycles: twoCycles / 1000,
});
const sampled = (shape: CrackleShape, sampleRate: number) => {
  const samples = new Float32Array(Math.ceil(0.02 * sampleRate));
  addCrackle(samples, sampleRate, 0, 1, shape);
  return samples;
};

describe('the waveform of a crackle', () => {
  it.each([
    ['fine, sharp', 0.5, 5, 372],
    ['fine, as the ATS has it', 0.7, 5, 393],
    ['fine, longer', 0.9, 6, 330],
    ['fine, longest', 0.9, 7, 277],
    ['coarse, short', 1.25, 12, 156],
    ['coarse, as the ATS has it', 1.5, 10, 198],
    ['coarse, long', 1.5, 15, 124],
  ])('%s (IDW %s ms, 2CD %s ms) peaks at %s Hz', (_, initialDeflection, twoCycles, peak) => {
    const samples = sampled(milliseconds(initialDeflection, twoCycles), 20_000);
    const frequencies = Array.from({ length: 800 }, (_, i) => i + 1);
    const powers = frequencies.map(hertz => powerAt(samples, 20_000, hertz));
    expect(Math.abs(frequencies[powers.indexOf(Math.max(...powers))]! - peak)).toBeLessThanOrEqual(2);
  });

  it('crosses zero at IDW, 1.87, 3.32 and 5 ms, upward first, and is silent outside', () => {
    const shape = milliseconds(0.7, 5);
    const signs = Array.from({ length: 500 }, (_, i) => Math.sign(crackleAt((i + 0.5) * 1e-5, shape)));
    const changes = signs.flatMap((sign, i) => (i > 0 && sign !== signs[i - 1] ? [i / 100] : []));
    expect(changes).toEqual([0.7, 1.87, 3.32]);
    expect(signs[0]).toBe(1);
    expect([-0.001, 0, 0.005, 1].map(seconds => crackleAt(seconds, shape))).toEqual([0, 0, 0, 0]);
  });

  it('is the same wherever it begins between two samples', () => {
    const shape = milliseconds(0.7, 5);
    const shifted = new Float32Array(400);
    addCrackle(shifted, 16_000, 0.01 + 0.4 / 16_000, -2, shape);
    expect(shifted[160 + 20]).toBeCloseTo(-2 * crackleAt(19.6 / 16_000, shape), 6);
    expect(shifted.findIndex(sample => sample !== 0)).toBe(161);
  });

  it('is cut at both ends of the sound', () => {
    const samples = new Float32Array(16);
    addCrackle(samples, 16_000, -0.002, 1, milliseconds(0.7, 5));
    addCrackle(samples, 16_000, 0.0009, 1, milliseconds(0.7, 5));
    expect(samples.every(Number.isFinite)).toBe(true);
  });
});

describe('planCrackles', () => {
  const breaths = planBreaths(7, 120, 15, null);

  it.each([
    ['fine', 0.4, 1],
    ['coarse', 0, 0.75],
  ] as const)('puts %s crackles into inspirations, between %s and %s of each', (kind, from, to) => {
    const crackles = planCrackles(1, breaths, kind, 6);
    for (const { time, shape } of crackles) {
      const breath = breaths.find(({ start, end }) => time >= start && time < end)!;
      const length = breath.inspirationEnd - breath.start;
      expect((time - breath.start) / length).toBeGreaterThanOrEqual(from);
      expect((time - breath.start) / length).toBeLessThanOrEqual(to);
      expect(time + shape.twoCycles).toBeLessThanOrEqual(breath.inspirationEnd + 1e-9);
    }
  });

  it('keeps fine crackles under 10 ms and coarse ones above', () => {
    expect(Math.max(...planCrackles(1, breaths, 'fine', 6).map(({ shape }) => shape.twoCycles))).toBeLessThan(
      0.01,
    );
    expect(
      Math.min(...planCrackles(1, breaths, 'coarse', 6).map(({ shape }) => shape.twoCycles)),
    ).toBeGreaterThan(0.01);
  });

  it('draws about the number that is asked for, at least one per breath, in order', () => {
    const crackles = planCrackles(1, breaths, 'fine', 8);
    expect(crackles.length / breaths.length).toBeGreaterThan(6.5);
    expect(crackles.length / breaths.length).toBeLessThan(9.5);
    expect(crackles.map(({ time }) => time)).toEqual(crackles.map(({ time }) => time).sort((a, b) => a - b));
    for (const { start, end } of breaths) {
      expect(planCrackles(1, breaths, 'fine', 1).some(({ time }) => time >= start && time < end)).toBe(true);
    }
  });

  it('brings them back at about the same places of each breath', () => {
    const places = planCrackles(1, breaths, 'fine', 2).map(({ time }) => {
      const breath = breaths.find(({ start, end }) => time >= start && time < end)!;
      return (time - breath.start) / (breath.inspirationEnd - breath.start);
    });
    const distinct = places
      .sort((a, b) => a - b)
      .filter((place, i) => i === 0 || place - places[i - 1]! > 0.02);
    expect(distinct.length).toBeLessThanOrEqual(5);
  });
});
