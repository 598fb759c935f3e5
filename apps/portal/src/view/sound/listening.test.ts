import { describe, expect, it } from 'vitest';
import { bandOf, fadedAtEnds, gainWithin, peakOf, slowed, speeds } from './listening.ts';

const rate = 16_000;
const tone = (hz: number, seconds = 1) =>
  Float32Array.from({ length: seconds * rate }, (_, i) => 0.5 * Math.sin((2 * Math.PI * hz * i) / rate));
/** From the middle on, where filters have settled. */
const levelOf = (x: Float32Array) => peakOf(x.subarray(x.length >> 1, (x.length * 3) >> 2));
const crossings = (x: Float32Array) => x.filter((value, i) => i > 0 && value > 0 && x[i - 1]! <= 0).length;

describe('a band', () => {
  it.each([
    [100, 1500, 30, false],
    [100, 1500, 400, true],
    [100, 1500, 4000, false],
    [null, 1500, 40, true],
    [100, null, 4000, true],
    [null, null, 4000, true],
  ])('from %s to %s Hz at %d Hz lets through: %s', (highPassHz, lowPassHz, hz, passes) => {
    const level = levelOf(bandOf(tone(hz), rate, { highPassHz, lowPassHz }));
    if (passes) expect(level).toBeGreaterThan(0.4);
    else expect(level).toBeLessThan(0.05);
  });
});

describe('slowed', () => {
  it.each(speeds)('to %d lasts as much longer; the pitch is kept, or falls as much', speed => {
    const kept = slowed(tone(400), rate, speed, true);
    const lowered = slowed(tone(400), rate, speed, false);
    expect(kept.length).toBe(rate / speed);
    expect(Math.abs(lowered.length - rate / speed)).toBeLessThan(3);
    expect(Math.abs(crossings(kept) / kept.length - 400 / rate)).toBeLessThan(0.03 * (400 / rate));
    expect(Math.abs(crossings(lowered) - 400)).toBeLessThan(4);
  });
});

it('what is cut out rises from nothing and falls to nothing, and is the same between', () => {
  const samples = new Float32Array(1000).fill(0.5);
  const faded = fadedAtEnds(samples, rate);
  expect([faded[0], faded[999]]).toEqual([0, 0]);
  expect(faded[24]).toBeCloseTo(0.25, 6);
  expect(faded.subarray(48, 952).every(value => value === 0.5)).toBe(true);
  expect(samples[0]).toBe(0.5);
});

it.each([
  [6, 0.25, 6],
  [20, 0.25, 12.04],
  [0, 1.3, -2.28],
  [40, 0, 40],
])('a gain of %d dB at a peak of %d is %d dB: full scale at most', (wanted, peak, used) => {
  expect(gainWithin(wanted, peak)).toBeCloseTo(used, 2);
  expect(10 ** (gainWithin(wanted, peak) / 20) * peak).toBeLessThanOrEqual(1 + 1e-9);
});
