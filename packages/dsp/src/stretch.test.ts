import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { errors, signal } from '../test/reference-vectors.ts';
import { expectRefusal } from '../test/refusal.ts';
import { randomStream } from './random.ts';
import { timeStretch } from './stretch.ts';
import { hannWindow } from './window.ts';

const rates = [0.8, 0.9, 0.98, 1.02, 1.1, 1.2];

function power(x: Float32Array): number {
  return x.reduce((sum, v) => sum + v * v, 0) / x.length;
}

/** Magnitude of the Fourier sum at one frequency. */
function magnitudeAt(x: Float32Array, hz: number, sampleRate: number): number {
  let re = 0;
  let im = 0;
  x.forEach((v, i) => {
    re += v * Math.cos((2 * Math.PI * hz * i) / sampleRate);
    im += v * Math.sin((2 * Math.PI * hz * i) / sampleRate);
  });
  return Math.hypot(re, im);
}

/** The definition in plain JavaScript, rounded to f32 where the kernel rounds: every place is compared, none is left out. */
function plainStretch(x: Float32Array, rate: number): Float32Array {
  const { fround } = Math;
  const [segment, overlap, reach] = [512, 256, 200];
  const y = new Float32Array(Math.round(x.length / rate));
  const at = (i: number) => x[i] ?? 0;
  y.set(x.subarray(0, Math.min(segment, y.length)));
  let going = segment;
  for (let done = segment; done < y.length; done += segment) {
    const latest = Math.max(x.length - Math.min(segment + overlap, y.length - done), 0);
    const centre = Math.min(Math.round(done * rate), latest);
    const wanted = Math.min(going, x.length);
    const difference = (place: number) => {
      let sum = 0;
      for (let i = 0; i < overlap; i++) {
        const d = fround(at(wanted + i) - at(place + i));
        sum = fround(sum + fround(d * d));
      }
      return sum;
    };
    let from = centre;
    let least = difference(centre);
    for (let away = 1; away <= reach; away++) {
      for (const place of [centre - away, centre + away]) {
        if (place < 0 || place > latest) continue;
        const d = difference(place);
        if (d < least) [least, from] = [d, place];
      }
    }
    const sumOf = (value: (i: number) => number) => {
      let sum = 0;
      for (let i = 0; i < overlap; i++) sum += value(i);
      return sum;
    };
    const aa = sumOf(i => at(wanted + i) ** 2);
    const bb = sumOf(i => at(from + i) ** 2);
    const ab = sumOf(i => at(wanted + i) * at(from + i));
    const like = aa === 0 || bb === 0 ? 1 : Math.min(Math.max(ab / Math.sqrt(aa * bb), 0), 1);
    for (let i = 0; i < Math.min(segment, y.length - done); i++) {
      const f = i < overlap ? fade[i]! : 1;
      const g = 1 - f;
      const power = f * f + g * g + 2 * like * f * g;
      y[done + i] = i < overlap ? (at(wanted + i) * g + at(from + i) * f) / Math.sqrt(power) : at(from + i);
    }
    going = from + segment;
  }
  return y;
}

const fade = Float32Array.from(hannWindow(512).subarray(0, 256));

// The properties are those of `conventions.time_stretch` in reference/index.json.
describe('timeStretch', () => {
  test('gives round(n / rate) samples', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 5000 }),
        fc.double({ min: 0.25, max: 4, noNaN: true }),
        (n, rate) => {
          const y = timeStretch(new Float32Array(n).fill(0.5), rate);
          expect(y).toHaveLength(Math.round(n / rate));
          expect(y.every(Number.isFinite)).toBe(true);
        },
      ),
    );
  });

  test('is the definition to the last bit: noise, sines of whole and other periods, clicks in silence, few levels', () => {
    const kinds: ((i: number, noise: () => number) => number)[] = [
      (_, noise) => noise() - 0.5,
      i => (i % 40) / 40,
      i => Math.sin(i / 7.3),
      i => (i % 1777 === 900 ? 1 : 0),
      (i, noise) => (i % 3000 < 1500 ? 0 : noise()),
      (_, noise) => Math.round(noise()),
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        fc.integer({ min: 0, max: 9000 }),
        fc.oneof(
          fc.double({ min: 0.8, max: 1.2, noNaN: true }),
          fc.double({ min: 0.25, max: 4, noNaN: true }),
        ),
        (kind, n, rate) => {
          const stream = randomStream(n, 'noise');
          const x = Float32Array.from({ length: n }, (_, i) => kind(i, () => stream.uniform()));
          const [y, wanted] = [timeStretch(x, rate), plainStretch(x, rate)];
          expect(y.length).toBe(wanted.length);
          expect(y.findIndex((value, i) => value !== wanted[i])).toBe(-1);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('rate 1 gives the input back', () => {
    const x = signal('signal/cycle').subarray(0, 40_000);
    expect(errors(timeStretch(x, 1), x).max).toBeLessThan(1e-6);
  });

  test.each(rates)('at rate %s a sine keeps its pitch within 1 Hz, and its level', rate => {
    const x = Float32Array.from(
      { length: 32_000 },
      (_, i) => 0.5 * Math.sin((2 * Math.PI * 440 * i) / 16_000),
    );
    const second = timeStretch(x, rate).subarray(4000, 20_000);
    const around = Array.from({ length: 41 }, (_, k) => 430 + k / 2);
    const magnitudes = around.map(hz => magnitudeAt(second, hz, 16_000));
    const peak = around[magnitudes.indexOf(Math.max(...magnitudes))]!;
    expect(Math.abs(peak - 440)).toBeLessThanOrEqual(1);
    expect(Math.abs(10 * Math.log10(power(second) / 0.125))).toBeLessThan(1);
  });

  test.each(rates)('at rate %s steady noise keeps its level within 1 dB, second by second', rate => {
    const stream = randomStream(1, 'noise');
    const x = Float32Array.from({ length: 64_000 }, () => stream.uniform() - 0.5);
    const y = timeStretch(x, rate);
    for (let s = 0; s + 16_000 <= y.length; s += 16_000) {
      expect(Math.abs(10 * Math.log10(power(y.subarray(s, s + 16_000)) / power(x)))).toBeLessThan(1);
    }
  });

  test.each(rates)('at rate %s a click train keeps each click once, at its new time', rate => {
    const period = 4000;
    const x = new Float32Array(64_000);
    for (let i = 2000; i < x.length; i += period) x[i] = 1;
    const y = timeStretch(x, rate);
    const clicks = Array.from(y.keys()).filter(i => y[i]! > 0.1);
    expect(clicks).toHaveLength(16);
    clicks.forEach((at, k) => {
      expect(Math.abs(at - (2000 + k * period) / rate)).toBeLessThanOrEqual(512);
      expect(y[at]).toBeCloseTo(1, 3);
    });
  });

  test('silence stays silence', () => {
    expect(timeStretch(new Float32Array(10_000), 0.8).every(v => v === 0)).toBe(true);
  });

  test('puts the result where the caller wants it', () => {
    const x = signal('signal/cycle').subarray(0, 10_000);
    const out = new Float32Array(12_500);
    expect(timeStretch(x, 0.8, out)).toBe(out);
    expect(out).toEqual(timeStretch(x, 0.8));
    expectRefusal(
      () => timeStretch(x, 0.9, out),
      'parameter-out-of-range',
      /out must be an array of 11111 values/,
    );
  });

  test('refuses other rates and samples that are not finite', () => {
    const x = Float32Array.of(0, Number.NaN);
    expectRefusal(
      () => timeStretch(x, 0),
      'parameter-out-of-range',
      /rate must be a number from 0.25 to 4, not 0/,
    );
    expectRefusal(() => timeStretch(x, 1.1), 'non-finite-sample', /Sample 1 is NaN/);
  });
});
