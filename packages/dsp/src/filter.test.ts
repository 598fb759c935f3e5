import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blocksOf, equalBlocks, total } from '../test/blocks.ts';
import {
  errors,
  firstDifference,
  inputOf,
  names,
  parameters,
  signal,
  vector,
} from '../test/reference-vectors.ts';
import { expectRefusal } from '../test/refusal.ts';
import { cascade } from '../test/twins.ts';
import { besselFilter } from './bessel.ts';
import { FilterStream, filterChannels, filterForward, filterForwardBackward } from './filter.ts';
import { randomStream } from './random.ts';

const highPass = besselFilter({ order: 4, cutoffHz: 80, sampleRate: 16_000, type: 'highpass', norm: 'mag' });

type Design = Parameters<typeof besselFilter>[0];

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

describe('filterForward through every order, type and norm', () => {
  const { filters } = parameters<{ filters: Design[] }>('scipy/sosfilt');
  const want = vector('scipy/sosfilt');
  test.each(filters.map((design, i) => ({ ...design, i })))(
    'order $order $type $norm at $cutoffHz Hz as scipy.signal.sosfilt',
    ({ i, ...design }) => {
      const got = filterForward(inputOf('scipy/sosfilt'), besselFilter(design)).filter(
        (_, k) => k % 40 === 0,
      );
      const row = want.subarray(i * got.length, (i + 1) * got.length);
      expect(errors(got, row).max).toBeLessThan(1e-7);
    },
  );
});

describe('filterForwardBackward', () => {
  const { filters } = parameters<{ filters: Design[] }>('scipy/sosfiltfilt');
  const all = vector('scipy/sosfiltfilt');
  test.each(filters.map((design, i) => ({ ...design, i })))(
    'order $order $type at $cutoffHz Hz as scipy.signal.sosfiltfilt',
    ({ i, ...design }) => {
      const got = filterForwardBackward(inputOf('scipy/sosfiltfilt'), besselFilter(design)).filter(
        (_, k) => k % 40 === 0,
      );
      expect(errors(got, all.subarray(i * got.length, (i + 1) * got.length)).max).toBeLessThan(2e-7);
    },
  );

  test.each(names('scipy/sosfiltfilt_shortest_'))('%s, and one sample less is refused', name => {
    const { filter } = parameters<{ filter: Design }>(name);
    const x = inputOf(name);
    expect(errors(filterForwardBackward(x, besselFilter(filter)), vector(name)).max).toBeLessThan(2e-7);
    expectRefusal(
      () => filterForwardBackward(x.subarray(1), besselFilter(filter)),
      'signal-too-short',
      new RegExp(`more than ${x.length - 1} samples, not ${x.length - 1};`),
    );
  });

  test('equals filter/bessel4_hp80_filtfilt', () => {
    const want = vector('filter/bessel4_hp80_filtfilt');
    const got = filterForwardBackward(signal('signal/cycle').subarray(0, want.length), highPass);
    expect(errors(got, want).max).toBeLessThan(1e-7);
  });

  test('does not delay: a symmetric signal stays symmetric', () => {
    const x = Float32Array.from({ length: 8001 }, (_, i) => Math.exp(-(((i - 4000) / 30) ** 2)));
    const y = filterForwardBackward(x, highPass);
    expect(errors(y, y.toReversed()).max).toBeLessThan(1e-6);
  });

  test('writes into the array that it is given, also the input', () => {
    const x = signal('signal/cycle').slice(0, 3000);
    const want = filterForwardBackward(x, highPass);
    expect(filterForwardBackward(x, highPass, x)).toBe(x);
    expect(firstDifference(x, want)).toBe(-1);
  });

  test('names a sample that is not finite by its place', () => {
    const x = new Float32Array(100);
    x[3] = Number.NaN;
    expectRefusal(() => filterForwardBackward(x, highPass), 'non-finite-sample', /Sample 3 is NaN/);
  });
});

describe('filterChannels', () => {
  test('gives each channel the bits of filterForward, for any number and lengths of channels', () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 1800 }), { maxLength: 9 });
    fc.assert(
      fc.property(lengths, fc.integer({ min: 2, max: 8 }), fc.integer(), (counts, order, seed) => {
        const stream = randomStream(seed, 'samples');
        const channels = counts.map(length => Float32Array.from({ length }, () => stream.uniform() - 0.5));
        const sos = besselFilter({ order, cutoffHz: 300, sampleRate: 16_000, type: 'highpass', norm: 'mag' });
        const together = filterChannels(channels, sos);
        expect(together).toHaveLength(channels.length);
        channels.forEach((x, i) => {
          expect(firstDifference(together[i]!, filterForward(x, sos))).toBe(-1);
        });
      }),
      { numRuns: 40 },
    );
  });

  test('keeps those bits while impulses die away at different times', () => {
    const channels = [0, 10, 20_000, 40_000].map(at => {
      const x = new Float32Array(60_000);
      x[at] = 1;
      return x;
    });
    filterChannels(channels, highPass).forEach((y, i) => {
      expect(firstDifference(y, filterForward(channels[i]!, highPass))).toBe(-1);
    });
  });

  test('writes into the arrays that it is given', () => {
    const channels = [1, 2, 3, 4, 5].map(i => signal('signal/cycle').slice(i * 1000, i * 1000 + 900));
    const want = filterChannels(channels, highPass);
    expect(filterChannels(channels, highPass, channels)).toEqual(channels);
    expect(channels).toEqual(want);
  });

  test('says which channel is refused', () => {
    const bad = Float32Array.of(0, Number.NaN);
    const good = new Float32Array(2);
    expectRefusal(
      () => filterChannels([good, bad], highPass),
      'non-finite-sample',
      /^Channel 1: Sample 1 is NaN/,
    );
    expectRefusal(
      () => filterChannels([good, good, good, good, bad], highPass),
      'non-finite-sample',
      /^Channel 4: Sample 1/,
    );
    expectRefusal(() => filterChannels([good], highPass, []), 'lengths-differ', /0 output arrays for 1/);
    expectRefusal(
      () => filterChannels([[1] as unknown as Float32Array], highPass),
      'parameter-out-of-range',
      /Channel 0 must be a Float32Array/,
    );
  });
});

describe('FilterStream', () => {
  const cuts = fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 12 });

  test('blocks of any size give the bits of the whole signal', () => {
    fc.assert(
      fc.property(cuts, fc.integer({ min: 2, max: 8 }), (sizes, order) => {
        const sos = besselFilter({ order, cutoffHz: 80, sampleRate: 16_000, type: 'highpass', norm: 'mag' });
        const x = signal('signal/cycle').subarray(0, total(sizes));
        const stream = new FilterStream(sos);
        const pieces = blocksOf(x, sizes).map(block => stream.push(block));
        expect(
          firstDifference(
            pieces.flatMap(piece => [...piece]),
            filterForward(x, sos),
          ),
        ).toBe(-1);
      }),
      { numRuns: 40 },
    );
  });

  test('also where the state vanishes between two blocks', () => {
    const x = impulse(60_000);
    const stream = new FilterStream(highPass);
    const pieces = equalBlocks(x, 127).flatMap(block => [...stream.push(block)]);
    expect(firstDifference(pieces, filterForward(x, highPass))).toBe(-1);
  });

  test('a refused block changes nothing; reset begins anew', () => {
    const x = signal('signal/cycle').subarray(0, 300);
    const stream = new FilterStream(highPass);
    const first = stream.push(x.subarray(0, 100));
    const bad = x.slice(100, 200);
    bad[5] = Number.NaN;
    expectRefusal(() => stream.push(bad), 'non-finite-sample', /Sample 105 is NaN/);
    const rest = stream.push(x.subarray(100));
    const whole = filterForward(x, highPass);
    expect(firstDifference([...first, ...rest], whole)).toBe(-1);
    stream.reset();
    expect(firstDifference(stream.push(x), whole)).toBe(-1);
  });
});
