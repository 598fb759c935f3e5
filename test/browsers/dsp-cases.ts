/**
 * Calls over everything that @crepitus/dsp computes, each with a digest of every bit of its result: the same digests must
 * come out in every engine, thread and bundle. Plain arithmetic and typed arrays only, so that it runs in an AudioWorklet.
 */
import type * as Core from '@crepitus/dsp';
import { digest } from './digest.ts';

export type Dsp = typeof Core;
export type Digests = Record<string, string>;

/** A digest for each case, by its name. */
export function digests(dsp: Dsp): Digests {
  return Object.fromEntries(cases(dsp).map(([name, call]) => [name, digest(call())]));
}

type Case = [name: string, call: () => unknown];

function cases(dsp: Dsp): Case[] {
  const sound = breath(dsp, 131_960);
  const piece = sound.subarray(20_000, 24_096);
  const short = sound.subarray(40_000, 48_000);
  const { paper, transient } = dsp.logMelPresets;
  const highPass = bessel(dsp, 4, 'highpass', 'mag');
  const list: Case[] = [];
  const add = (name: string, call: () => unknown) => list.push([name, call]);

  add('signal', () => sound);
  add('randomStream', () => {
    const stream = dsp.randomStream(7, 'case', 3);
    const draw = (one: () => number) => Float64Array.from({ length: 100 }, one);
    return [
      draw(() => stream.uniform()),
      draw(() => stream.normal()),
      draw(() => stream.integer(1000)),
      stream.shuffle([1, 2, 3, 4, 5, 6, 7, 8, 9]),
    ];
  });

  for (const name of ['hann', 'hamming', 'blackman', 'rectangular'] as const)
    add(`makeWindow ${name}`, () => [dsp.makeWindow(name, 512), dsp.makeWindow(name, 401)]);
  add('hannWindow', () => dsp.hannWindow(1000));

  for (const size of [2, 6, 254, 256, 400, 480, 512, 1000, 1018, 2048, 65_536]) {
    const x = sound.subarray(size, 2 * size);
    add(`realFft ${size}`, () => dsp.realFft(x));
    add(`inverseRealFft ${size}`, () => dsp.inverseRealFft(dsp.realFft(x)));
    add(`powerSpectrum ${size}`, () => dsp.powerSpectrum(x));
    if (size <= 2048) add(`complexFft ${size}`, () => dsp.complexFft(x, sound.subarray(0, size)));
  }

  for (const padMode of ['constant', 'reflect', 'symmetric', 'edge'] as const)
    for (const fftSize of [400, 512])
      add(`stft ${fftSize}, ${padMode}`, () => dsp.stft(short, { fftSize, padMode }));
  for (const window of ['hann', 'hamming', 'blackman', 'rectangular'] as const) {
    const p = { fftSize: 512, windowLength: 320, hop: 100, window };
    add(`spectrogram ${window}`, () => [
      dsp.spectrogram(short, p),
      dsp.spectrogram(short, { ...p, spectrum: 'power', centre: false }),
    ]);
    if (window !== 'rectangular') add(`istft ${window}`, () => dsp.istft(dsp.stft(short, p), p));
  }

  for (const melScale of ['slaney', 'htk'] as const)
    for (const melNorm of ['area', 'none'] as const)
      for (const sampleRate of [8000, 22_050]) {
        const o = { sampleRate, fftSize: 1024, melBands: 40, lowHz: 50, highHz: 3900, melScale, melNorm };
        add(`melFilterbank ${melScale}, ${melNorm}, ${sampleRate} Hz`, () => [
          dsp.melFilterbank(o),
          dsp.melFilterbank({ ...o, vtlpAlpha: 0.93 }),
        ]);
      }
  add('warpFrequency', () => [0.8, 1.1].map(a => [100, 3000, 7900].map(f => dsp.warpFrequency(f, a, 8000))));

  for (const [name, preset] of [
    ['paper', paper],
    ['transient', transient],
  ] as const) {
    const mel = new dsp.LogMel(preset);
    add(`LogMel ${name}`, () => mel.picture(sound));
    add(`LogMel ${name}, raw`, () => mel.picture(sound, { standardise: false }));
    add(`LogMel ${name}, power`, () => new dsp.LogMel({ ...preset, spectrum: 'power' }).picture(sound));
    for (const vtlpAlpha of [0.9, 1.1])
      add(`LogMel ${name}, VTLP ${vtlpAlpha}`, () => mel.picture(sound, { vtlpAlpha }));
    for (const padding of ['sample', 'repeat', 'zero'] as const)
      add(`LogMel ${name}, padded (${padding})`, () => mel.picture(short, { length: 131_960, padding }));
    add(`LogMelStream ${name}`, () => {
      const stream = new dsp.LogMelStream(mel, { vtlpAlpha: 1.05 });
      return inBlocks(sound, [128, 1, 5000, 127]).map(block => stream.push(block));
    });
    add(`standardise ${name}`, () => dsp.standardise(mel.picture(sound, { standardise: false })));
    add(`pictureLevels ${name}`, () => {
      const { low, high } = dsp.pictureLevels(mel.picture(sound, { standardise: false }));
      return [low, high];
    });
    add(`sizes of ${name}`, () => [mel.rows(131_960), mel.frames(131_960), mel.emptyBands]);
  }
  for (const logBase of ['e', '2', '10'] as const)
    for (const fftSize of [400, 512, 2048])
      add(`LogMel of ${fftSize}, centred, log ${logBase}`, () =>
        new dsp.LogMel({
          ...paper,
          fftSize,
          windowLength: 400,
          hop: 160,
          melBands: 32,
          melScale: 'htk',
          melNorm: 'none',
          logBase,
          centre: true,
          padMode: 'reflect',
        }).picture(short, { standardise: false }),
      );

  for (const norm of ['mag', 'phase', 'delay'] as const)
    for (const type of ['highpass', 'lowpass'] as const)
      for (let order = 2; order <= 8; order++) {
        const sos = bessel(dsp, order, type, norm);
        add(`besselFilter ${type}, order ${order}, ${norm}`, () => [sos, dsp.filterForward(piece, sos)]);
      }
  for (const order of [2, 3, 4, 7, 8]) {
    const sos = bessel(dsp, order, 'highpass', 'mag');
    add(`filterForwardBackward, order ${order}`, () => dsp.filterForwardBackward(piece, sos));
    add(`filterChannels, order ${order}`, () =>
      dsp.filterChannels([piece, short, sound.subarray(0, 100), piece.subarray(7), short], sos),
    );
    add(`FilterStream, order ${order}`, () => {
      const stream = new dsp.FilterStream(sos);
      return inBlocks(short, [128, 3, 1000]).map(block => stream.push(block));
    });
  }

  for (const quality of ['best', 'medium', 'fast'] as const)
    for (const [from, to] of [
      [44_100, 16_000],
      [48_000, 16_000],
      [22_050, 16_000],
      [8000, 16_000],
      [11_025, 16_000],
      [96_000, 16_000],
      [16_000, 44_100],
      [16_000, 15_999],
    ] as const) {
      if (to === 15_999 && quality !== 'fast') continue;
      add(`resample ${from} -> ${to}, ${quality}`, () => dsp.resample(piece, from, to, { quality }));
      if (to !== 16_000 || from > 48_000) continue;
      add(`ResampleStream ${from} -> ${to}, ${quality}`, () => {
        const stream = new dsp.ResampleStream(from, to, { quality });
        return [...inBlocks(piece, [128, 1, 700]).map(block => stream.push(block)), stream.finish()];
      });
    }

  for (const padding of ['sample', 'repeat', 'zero'] as const)
    add(`padSamples ${padding}`, () => [
      dsp.padSamples(piece, 9999, padding),
      dsp.padSamples(piece, 7, padding),
    ]);
  for (const rate of [0.8, 0.97, 1.2]) add(`timeStretch ${rate}`, () => dsp.timeStretch(short, rate));
  for (const speed of [0.5, 0.125]) add(`slowDown ${speed}`, () => dsp.slowDown(short, 16_000, speed));
  add('envelope', () => dsp.envelope(sound, 16_000, 0.025, 0.01));
  add('rms', () => [dsp.rms(sound), dsp.rms(piece)]);

  add('refusals', () => [
    refusal(dsp, () => dsp.realFft(new Float32Array(7))),
    refusal(dsp, () => dsp.resample(Float32Array.of(0, Number.NaN), 44_100, 16_000)),
    refusal(dsp, () => dsp.filterForwardBackward(new Float32Array(3), highPass)),
    refusal(dsp, () => new dsp.LogMel({ ...paper, hop: 0 })),
  ]);
  return list;
}

/** Noise that comes and goes, with damped oscillations: products and sums alone, so that it is the same everywhere. */
function breath(dsp: Dsp, samples: number): Float32Array {
  const { uniform, integer } = dsp.randomStream(1, 'breath');
  const out = new Float32Array(samples);
  let [noise, near, far] = [0, 0, 0];
  for (let i = 0; i < samples; i++) {
    const phase = (i % 32_000) / 32_000;
    noise = 0.8 * noise + 0.2 * (uniform() - 0.5);
    const click = integer(2000) === 0 ? 1 : 0;
    [near, far] = [1.84 * near - 0.9409 * far + 0.02 * click, near];
    out[i] = 4 * phase * (1 - phase) * noise + near;
  }
  return out;
}

function bessel(dsp: Dsp, order: number, type: 'highpass' | 'lowpass', norm: 'mag' | 'phase' | 'delay') {
  return dsp.besselFilter({
    order,
    cutoffHz: type === 'highpass' ? 80 : 2000,
    sampleRate: 16_000,
    type,
    norm,
  });
}

/** Blocks of these sizes in turn. */
function inBlocks(x: Float32Array, sizes: readonly number[]): Float32Array[] {
  const blocks: Float32Array[] = [];
  for (let at = 0; at < x.length; at += blocks.at(-1)!.length)
    blocks.push(x.subarray(at, at + sizes[blocks.length % sizes.length]!));
  return blocks;
}

/** What was said when the call was refused. */
function refusal(dsp: Dsp, call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof dsp.CrepitusError) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error('A call that must be refused was not.');
}
