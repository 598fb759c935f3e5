import { filterForward, randomStream, type SecondOrderSections } from '@crepitus/dsp';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { powerAt } from '../../test/spectrum.ts';
import { quickNoise } from './draw.ts';
import { breathSections, colourSections } from './sections.ts';

/** Gain at a frequency in dB, from the response to an impulse. */
function gainAt(sections: SecondOrderSections, sampleRate: number, hertz: number): number {
  const impulse = new Float32Array(sampleRate);
  impulse[0] = 1;
  return 10 * Math.log10(powerAt(filterForward(impulse, sections), sampleRate, hertz));
}

const shapes = fc.record({
  corner: fc.integer({ min: 160, max: 450 }),
  slope: fc.double({ min: 12.7, max: 20.3, noNaN: true }),
});

describe('the filter of breath noise', () => {
  it('falls by the slope that is asked for, an octave beyond the corner and on', () => {
    fc.assert(
      fc.property(shapes, shape => {
        const { sections } = breathSections(shape, 16_000);
        const [two, four] = [2, 4].map(times => gainAt(sections, 16_000, times * shape.corner));
        // One octave from twice the corner: poles there are not yet at their full slope.
        expect(Math.abs(two! - four! - shape.slope)).toBeLessThan(3);
        const flat = gainAt(sections, 16_000, 140) - gainAt(sections, 16_000, shape.corner / 1.6);
        expect(Math.abs(flat)).toBeLessThan(5);
      }),
      { numRuns: 25 },
    );
  });

  it.each([4000, 10_000, 16_000, 44_100])('gives noise of the deviation that it states at %s Hz', rate => {
    const { sections, deviation } = breathSections({ corner: 300, slope: 14.5 }, rate);
    const noise = filterForward(quickNoise(randomStream(1, 'test'), 20 * rate), sections);
    const power = noise.reduce((sum, value) => sum + value * value, 0) / noise.length;
    expect(Math.sqrt(power) / deviation).toBeCloseTo(1, 1);
  });
});

describe('the colour of a microphone', () => {
  it('lets pass what lies between its edges, and lifts a resonance by its gain', () => {
    const edges = { lowPassHz: 2000, highPassHz: 30 };
    const flat = colourSections({ ...edges, resonances: [] }, 16_000);
    const lifted = colourSections({ ...edges, resonances: [{ hertz: 400, gain: 6, quality: 1 }] }, 16_000);
    expect(gainAt(lifted, 16_000, 400) - gainAt(flat, 16_000, 400)).toBeCloseTo(6, 1);
    expect(gainAt(flat, 16_000, 300)).toBeGreaterThan(-1);
    expect(gainAt(flat, 16_000, 2000)).toBeCloseTo(-6, 0);
    expect(gainAt(flat, 16_000, 5)).toBeLessThan(-10);
  });

  it('is stable at a rate that its edges lie above', () => {
    const sections = colourSections(
      { lowPassHz: 3000, highPassHz: 40, resonances: [{ hertz: 1700, gain: -6, quality: 2 }] },
      4000,
    );
    const noise = filterForward(quickNoise(randomStream(2, 'test'), 40_000), sections);
    expect(noise.every(value => Math.abs(value) < 10)).toBe(true);
  });
});

describe('quickNoise', () => {
  it('is white, even, of variance 1, and another for another stream', () => {
    const noise = quickNoise(randomStream(1, 'a'), 1 << 17);
    const mean = (of: (value: number, i: number) => number) =>
      noise.reduce((sum, value, i) => sum + of(value, i), 0) / noise.length;
    expect(mean(value => value)).toBeCloseTo(0, 1);
    expect(mean(value => value * value)).toBeCloseTo(1, 1);
    expect(mean((value, i) => value * (noise[i + 1] ?? 0))).toBeCloseTo(0, 1);
    expect(noise.every(value => Math.abs(value) <= Math.sqrt(3) + 1e-6)).toBe(true);
    expect(quickNoise(randomStream(1, 'a'), 9)).toEqual(noise.subarray(0, 9));
    expect(quickNoise(randomStream(1, 'b'), 9)).not.toEqual(noise.subarray(0, 9));
  });
});
