import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { blocksOf, equalBlocks, total } from '../test/blocks.ts';
import {
  errors,
  firstDifference,
  index,
  inputOf,
  names,
  parameters,
  signal,
  vector,
} from '../test/reference-vectors.ts';
import { expectRefusal } from '../test/refusal.ts';
import { melEnergies, melWeights, pad } from '../test/twins.ts';
import { LogMel, type LogMelParameters, LogMelStream, logMelPresets, standardise } from './log-mel.ts';
import { padSamples } from './padding.ts';
import { randomStream } from './random.ts';
import { warpFrequency } from './vtlp.ts';

const { paper, transient } = logMelPresets;
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

describe('LogMel equals librosa and torchaudio', () => {
  test.each([...names('librosa/log_mel_'), ...names('torchaudio/log_mel_')])('%s', name => {
    const p = parameters<LogMelParameters>(name);
    const got = new LogMel(p, { onWarning: () => {} }).picture(inputOf(name), { standardise: false });
    expect(errors(got, vector(name)).max).toBeLessThan(1e-5);
  });
});

describe('LogMel equals its definition in float64', () => {
  const shapes = fc
    .record({
      fftSize: fc.constantFrom(512, 512, 256, 400, 134, 1024),
      windowShare: fc.double({ min: 0.05, max: 1, noNaN: true }),
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
      padding: fc.constantFrom('sample', 'repeat', 'zero'),
      vtlpAlpha: fc.option(fc.double({ min: 0.9, max: 1.1, noNaN: true }), { nil: undefined }),
      seed: fc.integer(),
    })
    .map(({ windowShare, ...shape }) => ({
      ...paper,
      ...shape,
      windowLength: Math.max(16, Math.round(windowShare * shape.fftSize)),
    }));

  test('for random windows, hops, maxima, filterbanks, lengths and paddings', () => {
    fc.assert(
      fc.property(shapes, shape => {
        const { rows, more, share, padding, vtlpAlpha, seed, ...parameters } = shape;
        const { windowLength, hop, maximumOver, melBands } = parameters;
        const length = windowLength + (rows * maximumOver - 1) * hop + Math.min(more, hop - 1);
        const x = noise(Math.max(1, Math.round(share * length)), seed);
        const mel = new LogMel(parameters, { onWarning: () => {} });
        const got = mel.picture(x, {
          length,
          padding,
          standardise: false,
          ...(vtlpAlpha !== undefined && { vtlpAlpha }),
        });
        expect(mel.rows(length)).toBe(rows);

        const warp = (hz: number) =>
          vtlpAlpha === undefined ? hz : warpFrequency(hz, vtlpAlpha, parameters.highHz);
        const padded = pad(x, length, padding);
        const weights = melWeights(parameters, warp);
        const want = melEnergies(padded, parameters, weights);
        // Where a band is far below the loudest bin, its value is f32 rounding: compare energies, on the spectrum's scale.
        const heaviest = weights[0]!.map(() => Math.max(...weights.flat()));
        const loudest = melEnergies(padded, parameters, [heaviest]);
        want.forEach((row, r) => {
          const tolerance = 3e-6 * Math.max(...row, 1e-9) + 1e-7 * loudest[r]![0]!;
          row.forEach((energy, band) => {
            const value = Math.exp(got[r * melBands + band]!);
            expect(Math.abs(value - Math.max(energy, 1e-10))).toBeLessThan(tolerance);
          });
        });
      }),
      { numRuns: 60 },
    );
  });

  test('a padded picture is, bit for bit, the picture of the padded signal', () => {
    const mel = new LogMel(transient);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9000 }),
        fc.constantFrom('sample', 'repeat', 'zero'),
        (n, padding) => {
          const x = cycle.subarray(20_000, 20_000 + n);
          expect(
            firstDifference(
              mel.picture(x, { length: 6000, padding }),
              mel.picture(padSamples(x, 6000, padding)),
            ),
          ).toBe(-1);
        },
      ),
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
      [{ fftSize: 70_000 }, /fftSize must be an integer from 2 to 65536, not 70000/],
      [{ fftSize: 1023 }, /fftSize must be even, not 1023/],
      [{ logBase: '3' as '2' }, /logBase must be '2' or '10' or 'e', not 3/],
      [{ padMode: 'wrap' as 'edge' }, /padMode must be 'constant'/],
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

describe('empty mel bands', () => {
  const narrow = { ...paper, melBands: 256 };

  test('are named, and warned of in one sentence', () => {
    const warnings: string[] = [];
    const { emptyBands } = new LogMel(narrow, { onWarning: sentence => warnings.push(sentence) });
    expect(emptyBands.length).toBeGreaterThan(0);
    expect(warnings).toEqual([
      `${emptyBands.length} of 256 mel bands are empty (first: band ${emptyBands[0]}), because no bin of 31.3 Hz lies between their edges; take fewer bands or an fftSize above 512.`,
    ]);
  });

  test('without a listener the warning goes to the console', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    new LogMel(narrow);
    new LogMel(paper);
    expect(warn).toHaveBeenCalledTimes(1);
    warn.mockRestore();
  });

  test('do not hide a sample that is not finite, even where all are empty', () => {
    const mel = new LogMel({ ...paper, melBands: 1, lowHz: 1, highHz: 5 }, { onWarning: () => {} });
    expect(mel.emptyBands).toEqual([0]);
    const x = new Float32Array(2000);
    x[900] = Number.NaN;
    expectRefusal(() => mel.picture(x), 'non-finite-sample', /Sample 900 is NaN/);
  });
});

describe('centred frames', () => {
  const centred = { ...paper, centre: true, hop: 160, windowLength: 400 };

  test('there is one for every hop, also of a short signal, and none of nothing', () => {
    const mel = new LogMel(centred);
    expect([0, 1, 159, 160, 1600].map(n => mel.frames(n))).toEqual([0, 1, 1, 2, 11]);
    expect(mel.picture(Float32Array.of(0.5))).toHaveLength(45);
    expectRefusal(
      () => mel.picture(new Float32Array(0), { padding: 'zero' }),
      'signal-too-short',
      /at least 1 samples, not 0/,
    );
  });

  test('the padding of a cycle comes before that of the ends', () => {
    const mel = new LogMel({ ...centred, padMode: 'reflect' });
    const x = cycle.subarray(30_000, 31_000);
    const padded = padSamples(x, 2500, 'repeat');
    expect(firstDifference(mel.picture(x, { length: 2500, padding: 'repeat' }), mel.picture(padded))).toBe(
      -1,
    );
  });

  test('refuse a sample that is not finite by its place', () => {
    const x = new Float32Array(1000);
    x[7] = Number.NaN;
    expectRefusal(() => new LogMel(centred).picture(x), 'non-finite-sample', /Sample 7 is NaN/);
  });
});

describe('LogMelStream', () => {
  const shapes = fc.record({
    fftSize: fc.constantFrom(512, 256, 400),
    windowLength: fc.integer({ min: 16, max: 256 }),
    hop: fc.integer({ min: 1, max: 700 }),
    maximumOver: fc.integer({ min: 1, max: 5 }),
  });
  const cuts = fc.array(fc.integer({ min: 0, max: 1500 }), { maxLength: 10 });

  test('blocks of any size give the bits of the whole signal', () => {
    const warp = fc.option(fc.double({ min: 0.9, max: 1.1, noNaN: true }), { nil: undefined });
    fc.assert(
      fc.property(shapes, cuts, warp, (shape, sizes, vtlpAlpha) => {
        const mel = new LogMel({ ...paper, ...shape }, { onWarning: () => {} });
        const options = vtlpAlpha === undefined ? {} : { vtlpAlpha };
        const x = cycle.subarray(30_000, 30_000 + total(sizes));
        const stream = new LogMelStream(mel, options);
        const got = blocksOf(x, sizes).flatMap(block => [...stream.push(block)]);
        const whole = mel.rows(x.length) === 0 ? [] : mel.picture(x, { standardise: false, ...options });
        expect(firstDifference(got, whole)).toBe(-1);
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    ['paper', paper],
    ['transient', transient],
  ] as const)('blocks of an AudioWorklet, 128 samples, with the preset %s', (_, preset) => {
    const mel = new LogMel(preset);
    const stream = new LogMelStream(mel);
    const x = cycle.subarray(0, 40_000);
    const rows = equalBlocks(x, 128).flatMap(block => [...stream.push(block)]);
    expect(firstDifference(rows, mel.picture(x, { standardise: false }))).toBe(-1);
  });

  test('a refused block changes nothing; reset begins anew; centred frames are refused', () => {
    const mel = new LogMel(paper);
    const stream = new LogMelStream(mel);
    const x = cycle.subarray(0, 2000);
    const first = stream.push(x.subarray(0, 700));
    expectRefusal(
      () => stream.push(Float32Array.of(0, Number.NaN)),
      'non-finite-sample',
      /Sample 701 is NaN/,
    );
    const whole = mel.picture(x, { standardise: false });
    expect(firstDifference([...first, ...stream.push(x.subarray(700))], whole)).toBe(-1);
    stream.reset();
    expect(firstDifference(stream.push(x), whole)).toBe(-1);
    expectRefusal(
      () => new LogMelStream(new LogMel({ ...paper, centre: true })),
      'stream-centred',
      /push fftSize \/ 2 zeros first/,
    );
  });
});
