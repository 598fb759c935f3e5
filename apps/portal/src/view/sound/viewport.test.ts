import { melFilterbank } from '@crepitus/dsp';
import { frontEnds } from '@crepitus/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finePicture } from './fine-picture.ts';
import {
  boxBetween,
  frequencyScale,
  rangeMoved,
  rangeWithin,
  rangeZoomed,
  spanShowing,
  spanWithin,
  spanZoomed,
} from './viewport.ts';

const { edgesHz } = melFilterbank(finePicture(frontEnds.transient, 44_100));
const scale = frequencyScale(Array.from(edgesHz.subarray(1, -1)));

describe('a span of time', () => {
  it.each([
    ['before the start', spanWithin(-3, 2, 10), 0, 2],
    ['after the end', spanWithin(9.5, 2, 10), 8, 10],
    ['longer than the recording', spanWithin(1, 50, 10), 0, 10],
    ['shorter than a crackle', spanWithin(4, 0, 10), 4, 4.02],
  ])('%s is moved as far as needed', (_, { from, to }, wantedFrom, wantedTo) => {
    expect(from).toBeCloseTo(wantedFrom, 9);
    expect(to).toBeCloseTo(wantedTo, 9);
  });

  it('that is zoomed keeps the anchor where it was, unless an end is met', () => {
    const place = ({ from, to }: { from: number; to: number }, at: number) => (at - from) / (to - from);
    fc.assert(
      fc.property(
        fc.double({ min: 4, max: 8, noNaN: true }),
        fc.constantFrom(0.5, 0.8, 1.2),
        (at, factor) => {
          const before = { from: 4, to: 8 };
          const after = spanZoomed(before, factor, at, 60);
          expect(after.to - after.from).toBeCloseTo(4 * factor, 9);
          expect(place(after, at)).toBeCloseTo(place(before, at), 6);
        },
      ),
    );
    expect(spanZoomed({ from: 0, to: 8 }, 4, 1, 10)).toEqual({ from: 0, to: 10 });
  });

  it('that is zoomed around what it does not show keeps its own middle', () => {
    expect(spanZoomed({ from: 4, to: 8 }, 0.5, 20, 60)).toEqual({ from: 5, to: 7 });
  });

  it('turns the page where the playback leaves it, and stays otherwise', () => {
    const span = { from: 2, to: 4 };
    expect(spanShowing(span, 3, 10)).toBe(span);
    expect(spanShowing(span, 4.01, 10)).toEqual({ from: 4.01, to: 6.01 });
    expect(spanShowing(span, 9.5, 10)).toEqual({ from: 8, to: 10 });
  });
});

describe('frequencies on a picture', () => {
  it('lie on their bands, each in the middle of its own, and back', () => {
    expect(scale.placeOf(edgesHz[1]!)).toBeCloseTo(0.5, 9);
    expect(scale.placeOf(edgesHz[41]!)).toBeCloseTo(40.5, 9);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 80, noNaN: true }), place => {
        expect(scale.placeOf(scale.hzAt(place))).toBeCloseTo(place, 6);
      }),
    );
  });

  it('that are zoomed keep the anchor, within the picture', () => {
    const range = { low: 200, high: 2000 };
    const place = (hz: number, { low, high }: typeof range) =>
      (scale.placeOf(hz) - scale.placeOf(low)) / (scale.placeOf(high) - scale.placeOf(low));
    const closer = rangeZoomed(range, 0.5, 500, scale);
    expect(place(500, closer)).toBeCloseTo(place(500, range), 6);
    expect(closer.low).toBeGreaterThan(200);
    const all = rangeZoomed(range, 100, 500, scale);
    expect(all.low).toBeCloseTo(scale.whole.low, 6);
    expect(all.high).toBeCloseTo(scale.whole.high, 6);
  });

  it('that are moved keep their number of bands and stop at the end', () => {
    const range = rangeWithin({ low: 200, high: 1000 }, scale);
    const bands = ({ low, high }: typeof range) => scale.placeOf(high) - scale.placeOf(low);
    const up = rangeMoved(range, 0.25, scale);
    expect(bands(up)).toBeCloseTo(bands(range), 6);
    expect(up.low).toBeGreaterThan(range.low);
    const top = rangeMoved(range, 50, scale);
    expect(top.high).toBeCloseTo(scale.whole.high, 6);
    expect(bands(top)).toBeCloseTo(bands(range), 6);
  });

  it('are a few bands at least, whatever is asked for, low below high', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 9000, noNaN: true }),
        fc.double({ min: 0, max: 9000, noNaN: true }),
        (a, b) => {
          const { low, high } = rangeWithin({ low: a, high: b }, scale);
          expect(scale.placeOf(high) - scale.placeOf(low)).toBeGreaterThan(3.999);
          expect(low).toBeGreaterThanOrEqual(scale.whole.low - 1e-6);
          expect(high).toBeLessThanOrEqual(scale.whole.high + 1e-6);
        },
      ),
    );
  });
});

describe('a drag', () => {
  const at = (x: number, y: number, hz: number | null = 1000 - y) => ({ x, y, seconds: x / 100, hz });
  it.each([
    ['of a few pixels is a press', at(100, 50), at(103, 80), null],
    [
      'to the left is one to the right',
      at(300, 50),
      at(100, 150),
      { from: 1, to: 3, range: { low: 850, high: 950 } },
    ],
    ['along a line means time alone', at(100, 50), at(300, 52), { from: 1, to: 3, range: null }],
    [
      'on the waveform means time alone',
      at(100, 50, null),
      at(300, 150, null),
      { from: 1, to: 3, range: null },
    ],
  ])('%s', (_, from, to, box) => {
    expect(boxBetween(from, to)).toEqual(box);
  });
});
