import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { paper, transient } from '../test/presets.ts';
import { errors, firstDifference, index, signal, vector } from '../test/reference-vectors.ts';
import { expectRefusal } from '../test/refusal.ts';
import { melEnergies, melWeights, pad } from '../test/twins.ts';
import { LogMel, type LogMelParameters, standardise } from './log-mel.ts';
import { padSamples } from './padding.ts';
import { randomStream } from './random.ts';
import { warpFrequency } from './vtlp.ts';

const cycle = signal('signal/cycle');

function noise(length: number, seed: number): Float32Array {
  const stream = randomStream(seed, 'noise');
  return Float32Array.from({ length }, () => stream.uniform() - 0.5);
}

describe('LogMel equals the reference vectors', () => {
  test.each<[string, LogMelParameters, number?]>([
    ['logmel/default_magnitude', paper],
    ['logmel/default_power', { ...paper, spectrum: 'power' }],
    ['logmel/peaknorm_magnitude', { ...paper, melNorm: 'none' }],
    ['logmel/htk_magnitude', { ...paper, melScale: 'htk', melNorm: 'none' }],
    ['logmel/htk_area_magnitude', { ...paper, melScale: 'htk' }],
    ['logmel/transient_first16000', { ...transient, maximumOver: 1 }, 16_000],
    ['logmel/transient_max8', transient],
    ['logmel/short_1frames', paper],
    ['logmel/short_2frames', paper],
    ['logmel/short_3frames', paper],
    ['logmel/short_5frames', paper],
    ['logmel/hard_quiet_1e-6', paper],
    ['logmel/hard_impulse', paper],
    ['vtlp/logmel_first10240_0.9', paper],
    ['vtlp/logmel_first10240_1.1', paper],
  ])('%s', (name, parameters, samples) => {
    const entry = index.files[name]!;
    const offset = entry.offset ?? 0;
    const input = signal(entry.input!);
    const piece = input.subarray(offset, offset + (samples ?? entry.samples ?? input.length));
    const got = new LogMel(parameters).picture(piece, {
      standardise: false,
      ...(entry.alpha !== undefined && { vtlpAlpha: entry.alpha }),
    });
    const { max, rms } = errors(got, vector(name));
    expect(max).toBeLessThanOrEqual(1e-5);
    expect(rms).toBeLessThanOrEqual(1e-6);
  });

  test.each<[string, LogMelParameters]>([
    ['logmel/default_magnitude_standardised', paper],
    ['logmel/default_power_standardised', { ...paper, spectrum: 'power' }],
    ['logmel/transient_max8_standardised', transient],
  ])('%s', (name, parameters) => {
    expect(errors(new LogMel(parameters).picture(cycle), vector(name)).max).toBeLessThanOrEqual(1e-5);
  });

  test('logmel/hard_silence, whose standardised picture is zeros', () => {
    const silence = signal('logmel/hard_silence_input');
    const mel = new LogMel(paper);
    expect(
      errors(mel.picture(silence, { standardise: false }), vector('logmel/hard_silence')).max,
    ).toBeLessThanOrEqual(2e-6);
    expect(mel.picture(silence).every(v => v === 0)).toBe(true);
  });

  test('logmel/hard_tone_1kHz, in the linear domain', () => {
    const got = new LogMel(paper).picture(signal('logmel/hard_tone_1kHz_input'), { standardise: false });
    const want = vector('logmel/hard_tone_1kHz');
    expect(
      errors(Float64Array.from(got, Math.exp), Float64Array.from(want, Math.exp)).max,
    ).toBeLessThanOrEqual(2e-6);
  });
});

describe('LogMel equals its definition in float64', () => {
  const shapes = fc
    .record({
      windowLength: fc.integer({ min: 16, max: 512 }),
      hop: fc.integer({ min: 1, max: 700 }),
      maximumOver: fc.integer({ min: 1, max: 5 }),
      melBands: fc.integer({ min: 1, max: 64 }),
      lowHz: fc.integer({ min: 0, max: 1500 }),
      highHz: fc.integer({ min: 1700, max: 8000 }),
      melScale: fc.constantFrom('slaney', 'htk'),
      melNorm: fc.constantFrom('area', 'none'),
      spectrum: fc.constantFrom('magnitude', 'power'),
      rows: fc.integer({ min: 1, max: 4 }),
      more: fc.integer({ min: 0, max: 600 }),
      share: fc.double({ min: 0.05, max: 1.3, noNaN: true }),
      padding: fc.constantFrom('sample', 'zero'),
      vtlpAlpha: fc.option(fc.double({ min: 0.9, max: 1.1, noNaN: true }), { nil: undefined }),
      seed: fc.integer(),
    })
    .map(shape => ({ ...paper, ...shape }));

  test('for random windows, hops, maxima, filterbanks, lengths and paddings', () => {
    fc.assert(
      fc.property(shapes, shape => {
        const { rows, more, share, padding, vtlpAlpha, seed, ...parameters } = shape;
        const { windowLength, hop, maximumOver, melBands } = parameters;
        const length = windowLength + (rows * maximumOver - 1) * hop + Math.min(more, hop - 1);
        const x = noise(Math.max(1, Math.round(share * length)), seed);
        const mel = new LogMel(parameters);
        const got = mel.picture(x, {
          length,
          padding,
          standardise: false,
          ...(vtlpAlpha !== undefined && { vtlpAlpha }),
        });
        expect(mel.rows(length)).toBe(rows);

        const warp = (hz: number) =>
          vtlpAlpha === undefined ? hz : warpFrequency(hz, vtlpAlpha, parameters.highHz);
        const want = melEnergies(pad(x, length, padding), parameters, melWeights(parameters, warp));
        // Where a band is far below the loudest one, its value is f32 rounding: compare energies, on the frame's scale.
        want.forEach((row, r) => {
          const scale = Math.max(...row, 1e-9);
          row.forEach((energy, band) => {
            const value = Math.exp(got[r * melBands + band]!);
            expect(Math.abs(value - Math.max(energy, 1e-10))).toBeLessThan(3e-6 * scale);
          });
        });
      }),
      { numRuns: 60 },
    );
  });

  test('a padded picture is, bit for bit, the picture of the padded signal', () => {
    const mel = new LogMel(transient);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9000 }), fc.constantFrom('sample', 'zero'), (n, padding) => {
        const x = cycle.subarray(20_000, 20_000 + n);
        expect(
          firstDifference(
            mel.picture(x, { length: 6000, padding }),
            mel.picture(padSamples(x, 6000, padding)),
          ),
        ).toBe(-1);
      }),
      { numRuns: 30 },
    );
  });

  test('a short window skips nothing: 128 and 129 samples of a 128-sample burst agree with the definition', () => {
    for (const windowLength of [127, 128, 129]) {
      const parameters = { ...paper, windowLength, hop: windowLength };
      const x = noise(1000, windowLength);
      const got = new LogMel(parameters).picture(x, { standardise: false });
      const want = melEnergies(x, parameters).flat();
      expect(errors(Float64Array.from(got, Math.exp), want).max).toBeLessThan(1e-6);
    }
  });
});

describe('LogMel in use', () => {
  test('counts frames and rows as the presets say', () => {
    const phases = [131_960, 65_980, 43_986, 87_974, 52_784, 511];
    expect(phases.map(n => new LogMel(paper).rows(n))).toEqual([257, 128, 85, 171, 103, 0]);
    expect(new LogMel(transient).frames(131_960)).toBe(2060);
    expect(new LogMel(transient).rows(131_960)).toBe(257);
    expect(new LogMel(transient).rows(52_784)).toBe(102);
  });

  test('writes into the array that it is given', () => {
    const mel = new LogMel(paper);
    const out = new Float32Array(257 * 45);
    expect(mel.picture(cycle, { out })).toBe(out);
    expect(firstDifference(out, mel.picture(cycle))).toBe(-1);
  });

  test('warps used in turn do not disturb each other', () => {
    const mel = new LogMel(paper);
    const piece = cycle.subarray(0, 5000);
    const alphas = [0.9, 1.1, 0.95, 1, 1.05, 0.91, 0.92, 0.9, 1.1];
    const used = alphas.map(vtlpAlpha => mel.picture(piece, { vtlpAlpha }));
    alphas.forEach((vtlpAlpha, i) => {
      expect(firstDifference(used[i]!, new LogMel(paper).picture(piece, { vtlpAlpha }))).toBe(-1);
    });
  });

  test('pictures have zero mean and unit deviation', () => {
    const picture = new LogMel(transient).picture(cycle);
    const mean = picture.reduce((a, b) => a + b) / picture.length;
    const variance = picture.reduce((a, b) => a + (b - mean) ** 2, 0) / picture.length;
    expect(mean).toBeCloseTo(0, 6);
    expect(variance).toBeCloseTo(1, 5);
  });

  test('standardise gives a new array, zeros for a constant, nothing for nothing', () => {
    const picture = Float32Array.of(1, 2, 3, 4, 5, 6, 7);
    expect(errors(standardise(picture), [-1.5, -1, -0.5, 0, 0.5, 1, 1.5]).max).toBeLessThan(1e-7);
    expect(picture[0]).toBe(1);
    expect(standardise(new Float32Array(5).fill(3))).toEqual(new Float32Array(5));
    expect(standardise(new Float32Array(0))).toHaveLength(0);
  });
});

describe('LogMel refuses', () => {
  test('a sample that is not finite, wherever it is', () => {
    for (const mel of [new LogMel(paper), new LogMel(transient)]) {
      for (const at of [0, 1, 700, 131_071, 131_072, 131_583, 131_584, 131_910, 131_959]) {
        for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
          const x = cycle.slice();
          x[at] = bad;
          expectRefusal(() => mel.picture(x), 'non-finite-sample', new RegExp(`^Sample ${at} is ${bad};`));
        }
      }
    }
  });

  test('an amplitude whose square overflows', () => {
    const x = cycle.slice();
    x[700] = 1e30;
    expectRefusal(() => new LogMel(paper).picture(x), 'non-finite-sample', /^Sample 700 is 1.0{6}.*e\+30/);
  });

  test('also between frames that are further apart than their length', () => {
    const x = new Float32Array(3000);
    x[600] = Number.NaN;
    expectRefusal(() => new LogMel({ ...paper, hop: 1000 }).picture(x), 'non-finite-sample', /Sample 600/);
  });

  test('but not beyond the length that is asked for', () => {
    const x = cycle.slice(0, 2000);
    x[1999] = Number.NaN;
    expect(new LogMel(paper).picture(x, { length: 1999 })).toHaveLength(3 * 45);
  });

  test('a signal too short for one row', () => {
    expectRefusal(
      () => new LogMel(paper).picture(cycle.subarray(0, 511)),
      'signal-too-short',
      /at least 512 samples, not 511/,
    );
    expectRefusal(
      () => new LogMel(transient).picture(cycle.subarray(0, 575)),
      'signal-too-short',
      /at least 576 samples/,
    );
    expectRefusal(
      () => new LogMel(paper).picture(new Float32Array(0), { length: 1024 }),
      'empty-signal',
      /empty/,
    );
  });

  test('parameters that are impossible', () => {
    const bad: [Partial<LogMelParameters>, RegExp][] = [
      [{ windowLength: 513 }, /windowLength must be an integer from 1 to 512, not 513/],
      [{ hop: 0 }, /hop/],
      [{ fftSize: 1024 }, /fftSize must be an integer from 512 to 512, not 1024/],
      [{ maximumOver: 0.5 }, /maximumOver/],
      [{ highHz: 9000 }, /highHz/],
      [{ logFloor: 0 }, /logFloor/],
      [{ spectrum: 'energy' as 'power' }, /spectrum must be 'magnitude' or 'power'/],
    ];
    for (const [change, sentence] of bad) {
      expectRefusal(() => new LogMel({ ...paper, ...change }), 'parameter-out-of-range', sentence);
    }
  });

  test('an output array of another length', () => {
    expectRefusal(
      () => new LogMel(paper).picture(cycle, { out: new Float32Array(10) }),
      'parameter-out-of-range',
      /out must be an array of 11565 values, not 10 values/,
    );
  });
});
