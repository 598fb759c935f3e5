import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frequencyTicks, roundAbove, secondsText, timeAxis, waveScale, waveZooms } from './axes.ts';
import { frequencyScale } from './viewport.ts';

describe('the axis of time', () => {
  it.each([
    [{ from: 0, to: 30 }, 640, 5, ['0', '5', '10', '15', '20', '25', '30']],
    [
      { from: 1.1, to: 2.1 },
      700,
      0.1,
      ['1.1', '1.2', '1.3', '1.4', '1.5', '1.6', '1.7', '1.8', '1.9', '2.0', '2.1'],
    ],
    [{ from: 3.4, to: 3.45 }, 400, 0.01, ['3.40', '3.41', '3.42', '3.43', '3.44', '3.45']],
    [{ from: 12, to: 12.02 }, 300, 0.005, ['12.000', '12.005', '12.010', '12.015', '12.020']],
  ])('from %o on %d pixels', (span, pixels, step, labels) => {
    const axis = timeAxis(span, pixels);
    expect(axis.step).toBe(step);
    expect(axis.ticks.map(({ label }) => label)).toEqual(labels);
  });

  it('at every zoom has room for its labels, which differ', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1700, noNaN: true }),
        fc.double({ min: 0.02, max: 1800, noNaN: true }),
        fc.integer({ min: 250, max: 2000 }),
        (from, length, pixels) => {
          const { ticks, step } = timeAxis({ from, to: from + length }, pixels);
          expect((step / length) * pixels).toBeGreaterThan(60);
          expect(new Set(ticks.map(({ label }) => label)).size).toBe(ticks.length);
          // Over the shortest spans a narrow picture has one tick at least.
          expect(ticks.length).toBeGreaterThanOrEqual(Math.floor(length / step) - 1);
        },
      ),
    );
  });
});

describe('the axis of frequency', () => {
  const linear = frequencyScale(Array.from({ length: 200 }, (_, band) => 10 + 20 * band));
  it('has round values at a distance from each other, and more of them when zoomed', () => {
    const all = frequencyTicks({ low: 0, high: 4000 }, linear, 240).map(({ at }) => at);
    expect(all).toEqual([0, 1000, 2000, 3000, 4000]);
    const close = frequencyTicks({ low: 310, high: 520 }, linear, 240).map(({ at }) => at);
    expect(close).toEqual(expect.arrayContaining([400, 500]));
    expect(close.length).toBeGreaterThan(3);
    expect(close.every(at => at >= 310 && at <= 520)).toBe(true);
  });
});

it.each([
  [0.0123, 0.015],
  [0.3, 0.3],
  [0.31, 0.4],
  [0.8, 0.8],
  [0.93, 1],
  [1.13, 1.2],
])('the round number above %d is %d', (value, round) => {
  expect(roundAbove(value)).toBe(round);
});

it('a waveform zoomed in amplitude ends its axis at a part of what all of it needs', () => {
  expect(waveZooms.map(zoom => waveScale(1.13, zoom))).toEqual([1.2, 0.6, 0.3, 0.15, 0.075, 0.0375, 0.01875]);
  expect(waveScale(0)).toBe(0.0001); // Silence has an axis too.
});

it('a moment has the digits that the zoom tells apart', () => {
  expect(secondsText(1.23456, { from: 0, to: 30 })).toBe('1.23');
  expect(secondsText(1.23456, { from: 1, to: 2 })).toBe('1.2346');
});
