import { describe, expect, it } from 'vitest';
import { powerAt } from '../../test/spectrum.ts';
import { addFiltered, breathFilter } from './shaped-noise.ts';

const decibels = (taps: Float64Array, sampleRate: number, hertz: number) =>
  10 * Math.log10(powerAt(taps, sampleRate, hertz));

describe('breathFilter', () => {
  it.each([
    [16_000, 300, 13],
    [8000, 200, 20],
    [44_100, 400, 15],
  ])('at %s Hz is flat up to %s Hz and falls by %s dB an octave above', (sampleRate, corner, slope) => {
    const taps = breathFilter({ corner, slope }, sampleRate);
    expect(decibels(taps, sampleRate, 0.8 * corner) - decibels(taps, sampleRate, 0.5 * corner)).toBeCloseTo(
      0,
      0,
    );
    expect(decibels(taps, sampleRate, 2 * corner) - decibels(taps, sampleRate, 4 * corner)).toBeCloseTo(
      slope,
      0,
    );
    expect(decibels(taps, sampleRate, 0.5 * corner) - decibels(taps, sampleRate, 5)).toBeGreaterThan(10);
  });

  it('keeps the variance of white noise', () => {
    const taps = breathFilter({ corner: 300, slope: 13 }, 8000);
    expect(taps.reduce((sum, tap) => sum + tap * tap, 0)).toBeCloseTo(1, 10);
  });
});

it('adds noise by its gain, and none where the gain is 0', () => {
  const samples = new Float32Array([1, 1, 1]);
  addFiltered(samples, new Float32Array([1, 2, 3, 4]), Float64Array.of(1, 10), new Float32Array([1, 0, 2]));
  expect([...samples]).toEqual([1 + 21, 1, 1 + 2 * 43]);
});
