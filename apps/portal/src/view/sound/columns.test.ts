import { describe, expect, it } from 'vitest';
import { pictureColumns, waveColumns, waveExtremes } from './columns.ts';
import type { Picture } from './sound.worker.ts';

describe('columns of a waveform', () => {
  it('hold a single sample that stands out, however many share its column', () => {
    const samples = new Float32Array(480_000);
    samples[123_457] = 0.9;
    samples[300_001] = -0.8;
    for (const extremes of [waveExtremes(samples), null]) {
      const columns = waveColumns(samples, extremes, 16_000, { from: 0, to: 30 }, 300);
      expect(columns).toHaveLength(600);
      expect(Math.max(...columns)).toBeCloseTo(0.9, 6);
      expect(Math.min(...columns)).toBeCloseTo(-0.8, 6);
      expect(Math.abs(columns.findIndex(value => value > 0.5) / 2 - 123_457 / 1600)).toBeLessThan(2);
    }
  });

  it('are the samples themselves where each has its own, and end with the sound', () => {
    const samples = Float32Array.from({ length: 100 }, (_, i) => i / 100);
    const columns = waveColumns(samples, waveExtremes(samples), 100, { from: 0.9, to: 1.1 }, 20);
    expect([...columns.filter((_, i) => i % 2 === 1)]).toEqual([...samples.subarray(90)]);
  });
});

describe('columns of a picture', () => {
  const picture: Picture = {
    values: Float32Array.from({ length: 1000 * 3 }, (_, i) => (i === 777 * 3 + 1 ? 9 : -(i % 3))),
    rows: 1000,
    bands: 3,
    secondsPerRow: 0.01,
    startSeconds: 0.006,
    centresHz: [100, 200, 300],
  };

  it('keep the maximum of the rows that fall on them: one bright row of a thousand is seen', () => {
    const { values, columns } = pictureColumns(picture, { from: 0, to: 10 }, 50);
    expect(columns).toBe(50);
    const bright = [...values].flatMap((value, i) => (value === 9 ? [i] : []));
    expect(bright).toHaveLength(1);
    expect(bright[0]! % 3).toBe(1);
    expect(Math.floor(bright[0]! / 3)).toBe(Math.floor(777.6 / 20));
    expect([...values.subarray(0, 3)]).toEqual([-0, -1, -2]);
  });

  it('are rows as they are where these are wide, and say from when to when', () => {
    const { values, columns, from, to } = pictureColumns(picture, { from: 7.7, to: 7.8 }, 800);
    expect(columns).toBe(11);
    expect(from).toBeCloseTo(7.696, 9);
    expect(to).toBeCloseTo(7.806, 9);
    expect(values[3 * (777 - 769) + 1]).toBe(9);
  });

  it('are none where the picture has ended, and none is asked of what lies before it', () => {
    expect(pictureColumns(picture, { from: 11, to: 12 }, 100).columns).toBe(0);
    const { values } = pictureColumns(picture, { from: 9, to: 19 }, 20);
    expect([...values.subarray(0, 3)]).toEqual([-0, -1, -2]);
    expect(values.at(-1)).toBe(Number.NEGATIVE_INFINITY);
  });
});
