import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blocksOf, equalBlocks, total } from '../test/blocks.ts';
import { firstDifference, index } from '../test/reference-vectors.ts';
import { expectRefusal } from '../test/refusal.ts';
import { leakageDb, sineSnrDb, snrDb } from '../test/resampling-measures.ts';
import { randomStream } from './random.ts';
import { ResampleStream, resample } from './resample.ts';
import type { ResampleQuality } from './resample-design.ts';

const pairs = [
  ...index.conventions.resampling.reference_results.map(row => [row.inp, row.out] as const),
  ...([11_025, 32_000, 48_000, 96_000] as const).map(from => [from, 16_000] as const),
  [16_000, 44_100] as const,
];

describe('resample', () => {
  test.each(pairs)('%i -> %i Hz: SNR at least 135 dB in the pass band', (from, to) => {
    const top = 0.45 * Math.min(from, to);
    for (const hz of [100, 997, Math.round(0.5 * top), Math.round(0.98 * top)]) {
      expect(sineSnrDb(hz, from, to)).toBeGreaterThanOrEqual(135);
    }
  });

  test.each(pairs.filter(([from, to]) => from > to))('%i -> %i Hz: leakage at most -130 dB', (from, to) => {
    for (const hz of [8020, 8300, 9000, 10_500, 0.49 * from])
      expect(leakageDb(hz, from, to)).toBeLessThanOrEqual(-130);
  });

  test.each(index.conventions.resampling.reference_results)(
    '$inp -> $out Hz: a chirp comes out as a chirp',
    row => {
      const [f0, f1] = row.chirp_hz;
      const chirp = (t: number) => 0.5 * Math.sin(2 * Math.PI * (f0 * t + ((f1 - f0) * t * t) / 4));
      const x = Float32Array.from({ length: 2 * row.inp }, (_, i) => chirp(i / row.inp));
      expect(snrDb(resample(x, row.inp, row.out), m => chirp(m / row.out))).toBeGreaterThanOrEqual(135);
    },
  );

  test('gives ceil(n * to / from) samples for any rates and lengths', () => {
    const rates = fc.integer({ min: 1000, max: 384_000 });
    fc.assert(
      fc.property(rates, rates, fc.integer({ min: 0, max: 40 }), (from, to, n) => {
        const y = resample(new Float32Array(n).fill(0.5), from, to);
        expect(y).toHaveLength(Math.ceil((n * to) / from));
        expect(y.every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  test('rates without a common divisor need more coefficients than are kept, and are as exact', () => {
    const [from, to] = [44_101, 16_000];
    const x = Float32Array.from(
      { length: 9000 },
      (_, i) => 0.5 * Math.sin((2 * Math.PI * 997 * i) / from + 0.3),
    );
    expect(
      snrDb(resample(x, from, to), m => 0.5 * Math.sin((2 * Math.PI * 997 * m) / to + 0.3)),
    ).toBeGreaterThan(135);
  });

  test('a constant stays one, and an impulse stays where it is', () => {
    const y = resample(new Float32Array(4000).fill(0.25), 4000, 16_000);
    expect(Math.max(...y.subarray(2000, 14_000).map(v => Math.abs(v - 0.25)))).toBeLessThan(1e-7);
    const impulse = new Float32Array(8001);
    impulse[4000] = 1;
    const z = resample(impulse, 8000, 16_000);
    expect(z.indexOf(Math.max(...z))).toBe(8000);
    for (let i = 1; i < 100; i++) expect(z[8000 + i]).toBeCloseTo(z[8000 - i]!, 6);
  });

  test('the same call twice gives the same bits, and equal rates copy', () => {
    const x = Float32Array.from({ length: 3000 }, (_, i) => Math.sin(i));
    expect(resample(x, 22_050, 16_000)).toEqual(resample(x, 22_050, 16_000));
    const copy = resample(x, 16_000, 16_000);
    expect(copy).toEqual(x);
    expect(copy).not.toBe(x);
  });

  test('refuses rates and samples that are impossible', () => {
    const x = new Float32Array(10);
    expectRefusal(
      () => resample(x, 0, 16_000),
      'parameter-out-of-range',
      /input sample rate must be an integer from 1000 to 384000, not 0/,
    );
    expectRefusal(() => resample(x, 44_100, 16_000.5), 'parameter-out-of-range', /output sample rate/);
    x[3] = Number.NaN;
    expectRefusal(() => resample(x, 44_100, 16_000), 'non-finite-sample', /Sample 3 is NaN/);
    expectRefusal(() => resample(x, 16_000, 16_000), 'non-finite-sample', /Sample 3 is NaN/);
  });
});

describe('quality presets', () => {
  test.each([
    ['medium', 0.9, 100],
    ['fast', 0.8, 70],
  ] as const)('%s: flat to %f of the Nyquist frequency, %i dB', (quality, band, decibels) => {
    for (const from of [4000, 8000, 22_050, 44_100, 48_000, 96_000]) {
      const top = (band * Math.min(from, 16_000)) / 2;
      for (const hz of [100, 997, Math.round(0.5 * top), Math.round(0.98 * top)]) {
        expect(sineSnrDb(hz, from, 16_000, { quality })).toBeGreaterThanOrEqual(decibels);
      }
      if (from < 16_000) continue;
      for (const hz of [8020, 9000, 10_500, 0.49 * from])
        expect(leakageDb(hz, from, 16_000, { quality })).toBeLessThanOrEqual(-decibels);
    }
  });

  test('another word is refused', () => {
    expectRefusal(
      () => resample(new Float32Array(9), 8000, 16_000, { quality: 'good' as 'best' }),
      'parameter-out-of-range',
      /quality must be 'best' or 'medium' or 'fast', not good/,
    );
  });
});

test('resample writes into the array that it is given, and refuses one of another length', () => {
  const x = Float32Array.from({ length: 441 }, (_, i) => Math.sin(i / 5));
  for (const [to, length] of [
    [16_000, 160],
    [44_100, 441],
  ] as const) {
    const out = new Float32Array(length);
    expect(resample(x, 44_100, to, { out })).toBe(out);
    expect(firstDifference(out, resample(x, 44_100, to))).toBe(-1);
    expectRefusal(
      () => resample(x, 44_100, to, { out: new Float32Array(length + 1) }),
      'parameter-out-of-range',
      new RegExp(`out must be an array of ${length} values`),
    );
  }
});

describe('ResampleStream', () => {
  const rates = fc.constantFrom(4000, 8000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000, 192_000);
  const qualities = fc.constantFrom<ResampleQuality>('best', 'medium', 'fast');
  const cuts = fc.array(fc.integer({ min: 0, max: 2500 }), { maxLength: 8 });

  test('blocks of any size give the bits of the whole signal, and finish the rest', () => {
    fc.assert(
      fc.property(rates, rates, qualities, cuts, fc.integer(), (from, to, quality, sizes, seed) => {
        const noise = randomStream(seed, 'samples');
        const x = Float32Array.from({ length: total(sizes) }, () => noise.uniform() - 0.5);
        const stream = new ResampleStream(from, to, { quality });
        const pieces = blocksOf(x, sizes).map(block => stream.push(block));
        pieces.push(stream.finish());
        const got = pieces.flatMap(piece => [...piece]);
        expect(firstDifference(got, resample(x, from, to, { quality }))).toBe(-1);
      }),
      { numRuns: 60 },
    );
  });

  test('rates without a common divisor too', () => {
    const x = Float32Array.from({ length: 3000 }, (_, i) => Math.sin(i / 7));
    const stream = new ResampleStream(44_101, 16_000);
    const got = equalBlocks(x, 1000).flatMap(block => [...stream.push(block)]);
    got.push(...stream.finish());
    expect(firstDifference(got, resample(x, 44_101, 16_000))).toBe(-1);
  });

  test('gives samples as soon as the filter has seen enough', () => {
    const stream = new ResampleStream(44_100, 16_000);
    let made = 0;
    for (let pushed = 128; pushed <= 44_100; pushed += 128) {
      made += stream.push(new Float32Array(128)).length;
      expect((pushed * 160) / 441 - made).toBeLessThan(110);
    }
  });

  test('finish and reset leave it as new; a refused block changes nothing', () => {
    const x = Float32Array.from({ length: 900 }, (_, i) => Math.sin(i / 3));
    const stream = new ResampleStream(48_000, 16_000);
    const whole = resample(x, 48_000, 16_000);
    for (const _ of [1, 2]) {
      const first = stream.push(x.subarray(0, 500));
      expectRefusal(
        () => stream.push(Float32Array.of(0, Number.POSITIVE_INFINITY)),
        'non-finite-sample',
        /Sample 501 is Infinity/,
      );
      const got = [...first, ...stream.push(x.subarray(500)), ...stream.finish()];
      expect(firstDifference(got, whole)).toBe(-1);
    }
    stream.push(x);
    stream.reset();
    expect(stream.finish()).toHaveLength(0);
  });
});
