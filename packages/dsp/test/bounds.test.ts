/**
 * Kernels stay within their buffers, and results depend on nothing that memory held before: every function that uses WASM is
 * called with random shapes once as it is and once with the checked binary (checked-memory.ts), and both give the same bits.
 */
import fc from 'fast-check';
import { afterAll, describe, expect, test, vi } from 'vitest';
import type { LogMelParameters, Padding, PadMode, SecondOrderSections } from '../src/index.ts';
import { wasmBytes } from '../src/wasm-bytes.ts';
import { blocksOf } from './blocks.ts';
import { CheckedMemory } from './checked-memory.ts';

const memory = new CheckedMemory(Buffer.from(wasmBytes, 'base64'));

type Dsp = typeof import('../src/index.ts');
const plain: Dsp = await import('../src/index.ts');
vi.resetModules();
vi.doMock('../src/load.ts', async original => ({
  ...(await original<object>()),
  reserve: (...bytes: number[]) => memory.reserve(...bytes),
}));
const checked: Dsp = await import('../src/index.ts');
afterAll(() => {
  vi.doUnmock('../src/load.ts');
});

/** What a call gives: its arrays, or the sentence of its refusal. Anything else that is thrown goes on. */
function outcome(call: () => Float32Array[]): Float32Array[] | string {
  try {
    return call();
  } catch (error) {
    if ((error as Error).name === 'CrepitusError') return String(error);
    throw error;
  }
}

const bitsOf = (values: Float32Array) => new Uint32Array(values.buffer, values.byteOffset, values.length);

/** Both builds give the same bits, or refuse in the same words, for all shapes; `examples` are tried first. */
function expectSameBits<Shape>(
  shapes: fc.Arbitrary<Shape>,
  numRuns: number,
  call: (dsp: Dsp, shape: Shape) => Float32Array[],
  examples: Shape[] = [],
): void {
  fc.assert(
    fc.property(shapes, shape => {
      const want = outcome(() => call(plain, shape));
      const got = outcome(() => call(checked, shape));
      memory.checkGaps();
      if (typeof want === 'string' || typeof got === 'string') {
        expect(got).toBe(want);
        return;
      }
      expect(got.map(a => a.length)).toEqual(want.map(a => a.length));
      got.forEach((array, i) => {
        const wanted = bitsOf(want[i]!);
        expect(bitsOf(array).findIndex((bits, j) => bits !== wanted[j])).toBe(-1);
      });
    }),
    { numRuns, examples: examples.map(shape => [shape] as [Shape]) },
  );
}

const integer = (min: number, max: number) => fc.integer({ min, max });
/** Evenly spread, which `fc.double` is not: most doubles are tiny. */
const fraction = (max: number) => integer(0, 1000).map(thousandths => (max * thousandths) / 1000);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

/** Even sizes, the one with passes of its own more often than others. */
const fftSizes = fc.oneof(
  fc.constant(512),
  integer(1, 300).map(half => 2 * half),
);
const paddings = fc.constantFrom<Padding[]>('sample', 'repeat', 'zero');
const padModes = fc.constantFrom<PadMode[]>('constant', 'reflect', 'symmetric', 'edge');
const warps = maybe(fc.double({ min: 0.9, max: 1.1, noNaN: true }));
/** Lengths of one signal or of the blocks of a stream; 0 and 1 among them. */
const lengths = (max: number) => fc.oneof(integer(0, 40), integer(0, max));
const blockSizes = (max: number) => fc.array(lengths(max), { maxLength: 8 });

/** Signals by their length and how loud they are. */
const amplitudes = fc.constantFrom(1, 1, 1, 0, 1e-30, 1e6);

/** Noise; the same whenever it is asked for. */
function noise(length: number, amplitude = 1): Float32Array {
  let state = length + 1;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return amplitude * (state / 2 ** 31 - 1);
  });
}

const sum = (sizes: readonly number[]) => sizes.reduce((a, b) => a + b, 0);

const logMels = fc
  .record({
    fftSize: fftSizes,
    windowShare: fc.oneof(fc.constant(1), fraction(1)),
    bandShare: fraction(1),
    hop: integer(1, 700),
    maximumOver: fc.oneof(fc.constant(1), integer(1, 5)),
    lowHz: integer(0, 2000),
    highHz: integer(2001, 8000),
    melScale: fc.constantFrom('slaney' as const, 'htk' as const),
    melNorm: fc.constantFrom('area' as const, 'none' as const),
    spectrum: fc.constantFrom('magnitude' as const, 'power' as const),
    logBase: fc.constantFrom('e' as const, '2' as const, '10' as const),
    centre: fc.boolean(),
    padMode: padModes,
  })
  .map(
    ({ windowShare, bandShare, ...shape }): LogMelParameters => ({
      ...shape,
      sampleRate: 16_000,
      windowLength: Math.max(1, Math.round(windowShare * shape.fftSize)),
      melBands: Math.ceil(bandShare * Math.min(70, shape.fftSize / 2 + 1)) || 1,
      logFloor: 1e-10,
    }),
  );

const quiet = { onWarning: () => {} };

test('log-mel pictures of any parameters, padded or cut', () => {
  const shapes = fc.record({
    p: logMels,
    rows: integer(1, 6),
    // Rarely too few.
    more: fc.oneof({ weight: 19, arbitrary: integer(0, 700) }, { weight: 1, arbitrary: integer(-20, -1) }),
    share: fc.oneof(fc.constant(1), fraction(1.5)),
    padding: paddings,
    standardise: fc.boolean(),
    vtlpAlpha: warps,
    intoOut: fc.boolean(),
    amplitude: amplitudes,
  });
  expectSameBits(
    shapes,
    150,
    (dsp, { p, rows, more, share, amplitude, vtlpAlpha, intoOut, ...options }) => {
      const mel = new dsp.LogMel(p, quiet);
      const frames = rows * p.maximumOver;
      const length = Math.max(0, (p.centre ? 0 : p.windowLength) + (frames - 1) * p.hop + more);
      const out = new Float32Array(mel.rows(length) * p.melBands);
      const picture = mel.picture(noise(Math.round(share * length), amplitude), {
        ...options,
        length,
        ...(vtlpAlpha === undefined ? {} : { vtlpAlpha }),
        ...(intoOut ? { out } : {}),
      });
      return [picture];
    },
    (['paper', 'transient'] as const).map(preset => ({
      p: plain.logMelPresets[preset],
      rows: 9,
      more: 1,
      share: 0.4,
      padding: 'sample',
      standardise: true,
      vtlpAlpha: 0.95,
      intoOut: false,
      amplitude: 1,
    })),
  );
});

test('log-mel streams', () => {
  const shapes = fc.record({ p: logMels, sizes: blockSizes(2500), vtlpAlpha: warps });
  expectSameBits(shapes, 80, (dsp, { p: { hop, ...p }, sizes, vtlpAlpha }) => {
    // At most about fifty frames.
    const least = Math.ceil(sum(sizes) / 50);
    const mel = new dsp.LogMel({ ...p, centre: false, hop: Math.max(hop, least) }, quiet);
    const stream = new dsp.LogMelStream(mel, vtlpAlpha === undefined ? {} : { vtlpAlpha });
    return blocksOf(noise(sum(sizes)), sizes).map(block => stream.push(block));
  });
});

test('standardisation', () => {
  expectSameBits(fc.tuple(lengths(500), amplitudes), 100, (dsp, [length, amplitude]) => [
    dsp.standardise(noise(length, amplitude)),
  ]);
});

test('Fourier transforms', () => {
  expectSameBits(
    fftSizes,
    100,
    (dsp, size) => {
      const x = noise(size);
      const { re, im } = dsp.realFft(x);
      const complex = dsp.complexFft(x, noise(size, 0.5));
      return [re, im, complex.re, complex.im, dsp.powerSpectrum(x), dsp.inverseRealFft({ re, im })];
    },
    [2, 512, 2 * 509, 4096, 2 * 3 * 5 * 7 * 11, 65_536],
  );
});

test('short-time Fourier transforms and back', () => {
  const shapes = fc.record({
    fftSize: fftSizes,
    windowShare: fc.oneof(fc.constant(1), fraction(1)),
    window: fc.constantFrom('hann' as const, 'hamming' as const, 'blackman' as const, 'rectangular' as const),
    hop: maybe(integer(1, 700)),
    centre: fc.boolean(),
    padMode: padModes,
    spectrum: fc.constantFrom('magnitude' as const, 'power' as const),
    more: lengths(3000),
    wanted: maybe(lengths(3000)),
  });
  expectSameBits(shapes, 100, (dsp, { windowShare, more, hop, wanted, ...shape }) => {
    // At most about 25 frames.
    const least = Math.ceil(more / 25);
    const p = {
      ...shape,
      windowLength: Math.max(1, Math.round(windowShare * shape.fftSize)),
      hop: Math.max(least, hop ?? Math.ceil(shape.fftSize / 4)),
    };
    const x = noise(shape.centre ? more : shape.fftSize + more);
    const spectra = dsp.stft(x, p);
    const back = dsp.istft(spectra, wanted === undefined ? p : { ...p, length: wanted });
    return [spectra.re, spectra.im, dsp.spectrogram(x, p).values, back];
  });
});

const highPass = plain.besselFilter({
  order: 4,
  cutoffHz: 80,
  sampleRate: 16_000,
  type: 'highpass',
  norm: 'mag',
});

/** One to eight sections: one to four pairs, the last one whole or half. */
const filters = fc
  .array(
    fc.tuple(integer(2, 8), integer(20, 4000), fc.constantFrom('highpass' as const, 'lowpass' as const)),
    {
      minLength: 1,
      maxLength: 2,
    },
  )
  .map((designs): SecondOrderSections => {
    const all = designs.map(([order, cutoffHz, type]) =>
      plain.besselFilter({ order, cutoffHz, sampleRate: 16_000, type, norm: 'mag' }),
    );
    return { ...all[0]!, sections: Float64Array.from(all.flatMap(({ sections }) => [...sections])) };
  });

/** Around the blocks of the kernels as well. */
const filtered = fc.oneof(lengths(1500), fc.constantFrom(127, 128, 129, 255, 256, 257));

test('filters, forward and forward-backward', () => {
  const shapes = fc.record({ sos: filters, length: filtered, amplitude: amplitudes, inPlace: fc.boolean() });
  for (const way of ['filterForward', 'filterForwardBackward'] as const) {
    expectSameBits(shapes, 100, (dsp, { sos, length, amplitude, inPlace }) => {
      const x = noise(length, amplitude);
      return [dsp[way](x, sos, inPlace ? x : undefined)];
    });
  }
});

test('filters of several channels', () => {
  const shapes = fc.record({
    sos: filters,
    counts: fc.array(filtered, { maxLength: 9 }),
    inPlace: fc.boolean(),
  });
  // Long channels are filtered in chunks.
  const long = { sos: highPass, counts: [40_000, 0, 17_001, 16_256], inPlace: true };
  expectSameBits(
    shapes,
    60,
    (dsp, { sos, counts, inPlace }) => {
      const channels = counts.map((count, i) => noise(count, 1 / (i + 1)));
      return dsp.filterChannels(channels, sos, inPlace ? channels : undefined);
    },
    [long],
  );
});

test('filter streams', () => {
  const shapes = fc.record({ sos: filters, sizes: blockSizes(400), inPlace: fc.boolean() });
  expectSameBits(shapes, 80, (dsp, { sos, sizes, inPlace }) => {
    const stream = new dsp.FilterStream(sos);
    return blocksOf(noise(sum(sizes)), sizes).map(block => stream.push(block, inPlace ? block : undefined));
  });
});

const rates = fc.oneof(
  fc.constantFrom(4000, 8000, 16_000, 22_050, 44_100, 48_000, 96_000),
  integer(1, 384).map(kHz => 1000 * kHz),
  integer(1000, 384_000),
);
const qualities = fc.constantFrom('best' as const, 'medium' as const, 'fast' as const);

/** Samples that keep the work small: both the outputs and the coefficients to be made for them. */
function affordable(length: number, fromHz: number, toHz: number): number {
  const taps = 200 * Math.max(1, fromHz / toHz);
  return Math.min(length, Math.ceil((1e5 / taps) * (fromHz / toHz)));
}

test('resampling between any rates', () => {
  const shapes = fc.record({ fromHz: rates, toHz: rates, quality: qualities, length: lengths(6000) });
  expectSameBits(shapes, 150, (dsp, { fromHz, toHz, quality, length }) => [
    dsp.resample(noise(affordable(length, fromHz, toHz)), fromHz, toHz, { quality }),
  ]);
});

test('resampling streams', () => {
  // Not beyond twelvefold: `finish` pushes thousands of zeros.
  const rates = integer(40, 480).map(hundreds => 100 * hundreds);
  const shapes = fc.record({ fromHz: rates, toHz: rates, quality: qualities, sizes: blockSizes(1500) });
  expectSameBits(shapes, 60, (dsp, { fromHz, toHz, quality, sizes }) => {
    const stream = new dsp.ResampleStream(fromHz, toHz, { quality });
    const afforded = sizes.map(size => affordable(size, fromHz, toHz));
    return [...blocksOf(noise(sum(afforded)), afforded).map(block => stream.push(block)), stream.finish()];
  });
});

test('padding', () => {
  const shapes = fc.record({ length: lengths(300), wanted: lengths(3000), padding: paddings });
  expectSameBits(shapes, 150, (dsp, { length, wanted, padding }) => [
    dsp.padSamples(noise(length), wanted, padding),
  ]);
});

test('time stretching', () => {
  const shapes = fc.record({
    length: fc.oneof(lengths(700), integer(700, 4000)),
    rate: fraction(3.75).map(more => 0.25 + more),
  });
  expectSameBits(shapes, 80, (dsp, { length, rate }) => [dsp.timeStretch(noise(length), rate)]);
});

test('envelope and root mean square', () => {
  const shapes = fc.record({ length: lengths(2000), window: integer(1, 300), step: integer(1, 300) });
  expectSameBits(shapes, 50, (dsp, { length, window, step }) => {
    const x = noise(length);
    return [dsp.envelope(x, 1000, window / 1000, step / 1000), Float32Array.of(dsp.rms(x))];
  });
});

test('refusals of samples that are not finite', () => {
  const shapes = fc.record({
    length: integer(1, 700),
    at: fraction(0.999),
    bad: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -1e20),
  });
  expectSameBits(shapes, 50, (dsp, { length, at, bad }) => {
    const x = noise(length);
    x[Math.floor(at * length)] = bad;
    return [dsp.padSamples(x, length, 'zero')];
  });
});

// By the tests above.
test('every memory access of the binary has been made and checked', () => {
  expect(memory.accesses.filter((_, i) => memory.made[i] === 0)).toEqual([]);
});

describe('the checked memory', () => {
  const { kernels } = memory;

  /** Buffers of so many samples, filled with noise where `reserve` leaves NaN. */
  const buffers = (...samples: number[]) => {
    const { at, f32 } = memory.reserve(...samples.map(count => count * 4));
    samples.forEach((count, i) => {
      f32.set(noise(count), at[i]! / 4);
    });
    return at as [number, number, number];
  };

  test('lets a kernel use its buffers to the last byte', () => {
    const [x, y] = buffers(21, 40);
    kernels.standardise(x, 21);
    kernels.extend(y, 21, 40, 1);
    kernels.firstBeyond(y, 40, 1);
    kernels.maximumOverFrames(y, 2, 4, 5);
    memory.checkGaps();
  });

  test('stops a read behind a buffer, and names kernel, access and place', () => {
    const [x] = buffers(16);
    expect(() => kernels.firstBeyond(x, 17, 1)).toThrow(
      'firstBeyond reads 4 bytes (f32.load) at byte 64 of buffer 0, which has 64.',
    );
  });

  test('stops a vector that is only partly within a buffer', () => {
    const [x] = buffers(18);
    expect(() => kernels.firstBeyond(x + 16, 16, 1)).toThrow(/reads 16 bytes \(v128\.load\) at byte 64 /);
  });

  test('stops a read before the first buffer', () => {
    const [x] = buffers(16);
    expect(() => kernels.firstBeyond(x - 4, 16, 1)).toThrow(/^firstBeyond reads .* before every buffer/);
  });

  test('stops writes behind a buffer: single values, fills and copies', () => {
    const [x, y, c] = buffers(16, 16, 28);
    expect(() => kernels.cascade(x, y + 4, 16, c, 1, c + 80, 0)).toThrow(
      'cascade writes 4 bytes (f32.store) at byte 64 of buffer 1, which has 64.',
    );
    expect(() => kernels.extend(y, 8, 17, 0)).toThrow(/^extend writes 36 bytes \(memory\.fill\) at byte 32 /);
    expect(() => kernels.extend(y, 8, 17, 2)).toThrow(/^extend writes 4 bytes \(memory\.copy\) at byte 64 /);
  });

  test('stops addresses far outside memory, negative ones too', () => {
    buffers(16);
    expect(() => kernels.firstBeyond(-64, 16, 1)).toThrow(/^firstBeyond reads 16 bytes/);
    expect(() => kernels.firstBeyond(2 ** 31 - 64, 16, 1)).toThrow(/^firstBeyond reads 16 bytes/);
  });

  test('keeps kernels from the static areas of others', () => {
    buffers(16);
    expect(() => kernels.firstBeyond(kernels.twiddles(), 16, 2)).toThrow(/^firstBeyond reads 16 bytes/);
  });

  test('lets nobody write the twiddle table', () => {
    const [x, window, work] = buffers(512, 512, 257 * 8);
    expect(() => kernels.spectrogram(x, 1, 512, window, 512, 0, work, 257, 1, kernels.twiddles())).toThrow(
      'spectrogram writes 4 bytes (f32.store) at byte 0 of the twiddle table, which has 3072 and is only read.',
    );
  });

  test.each([0, 1, 2, 3])('finds what TypeScript writes between buffers: place %i', which => {
    const [x, y] = buffers(15, 16);
    const stray = [x / 4 - 1, x / 4 + 15, y / 4 - 1, y / 4 + 16][which]!;
    new Float32Array(kernels.memory.buffer)[stray] = 1;
    expect(() => memory.reserve(4)).toThrow(/^Something was written/);
    // Said once: what comes next is not to blame.
    memory.reserve(4);
  });
});
