import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { errors, firstDifference, signal, vector } from '../test/reference-vectors.ts';
import { expectRefusal } from '../test/refusal.ts';
import { cascade } from '../test/twins.ts';
import { besselFilter } from './bessel.ts';
import { filterForward } from './filter.ts';

const highPass = besselFilter({ order: 4, cutoffHz: 80, sampleRate: 16_000, type: 'highpass', norm: 'mag' });

function impulse(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => (i === 0 ? 1 : 0));
}

describe('filterForward', () => {
  test('equals filter/bessel4_hp80_impulse', () => {
    expect(
      errors(filterForward(impulse(4000), highPass), vector('filter/bessel4_hp80_impulse')).max,
    ).toBeLessThanOrEqual(1e-7);
  });

  test('equals filter/bessel4_hp80_cycle', () => {
    const got = filterForward(signal('signal/cycle').subarray(0, 16_000), highPass);
    expect(errors(got, vector('filter/bessel4_hp80_cycle')).max).toBeLessThanOrEqual(1e-7);
  });

  test('has the bits of the plain float64 loop, for all orders and lengths', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 8 }),
        fc.constantFrom('highpass', 'lowpass'),
        fc.integer({ min: 20, max: 4000 }),
        fc.float32Array({ maxLength: 3000, noNaN: true, min: -1, max: 1 }),
        (order, type, cutoffHz, x) => {
          const sos = besselFilter({ order, cutoffHz, sampleRate: 16_000, type, norm: 'mag' });
          expect(firstDifference(filterForward(x, sos), cascade(x, sos.sections))).toBe(-1);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('keeps those bits while an impulse dies away into silence', () => {
    const x = impulse(60_000);
    expect(firstDifference(filterForward(x, highPass), cascade(x, highPass.sections))).toBe(-1);
  });

  test('takes away a constant', () => {
    const y = filterForward(new Float32Array(16_000).fill(1), highPass);
    expect(Math.abs(y.at(-1)!)).toBeLessThan(1e-12);
  });

  test('writes into the array that it is given, also the input', () => {
    const x = signal('signal/cycle').slice(0, 5000);
    const want = filterForward(x, highPass);
    expect(filterForward(x, highPass, x)).toBe(x);
    expect(x).toEqual(want);
  });

  test('refuses bad samples, sections and outputs', () => {
    const x = new Float32Array(100);
    expectRefusal(
      () => filterForward(x, highPass, new Float32Array(99)),
      'parameter-out-of-range',
      /out must be an array of 100 values/,
    );
    expectRefusal(
      () => filterForward(x, { ...highPass, sections: new Float64Array(4) }),
      'filter-sections',
      /rows of five/,
    );
    expectRefusal(
      () => filterForward(x, { ...highPass, sections: new Float64Array(5).fill(Number.NaN) }),
      'filter-sections',
      /finite/,
    );
    x[99] = Number.NEGATIVE_INFINITY;
    expectRefusal(() => filterForward(x, highPass), 'non-finite-sample', /Sample 99 is -Infinity/);
  });
});
