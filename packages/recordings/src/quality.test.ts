import { randomStream } from '@crepitus/dsp';
import { describe, expect, test } from 'vitest';
import { assessQuality, bandwidthHz } from './quality.ts';

const sampleRate = 4000;

/** Noise of the given level (standard deviation), optionally without what lies above a frequency. */
function noise(seconds: number, level = 0.05, below?: number): Float32Array {
  const random = randomStream(1, 'quality');
  const samples = Float32Array.from({ length: seconds * sampleRate }, () => level * random.normal());
  if (below === undefined) return samples;
  // A windowed-sinc low-pass of 255 taps.
  const taps = Array.from({ length: 255 }, (_, i) => {
    const t = i - 127;
    const sinc =
      t === 0 ? (2 * below) / sampleRate : Math.sin((2 * Math.PI * below * t) / sampleRate) / (Math.PI * t);
    return sinc * (0.42 + 0.5 * Math.cos((Math.PI * t) / 127) + 0.08 * Math.cos((2 * Math.PI * t) / 127));
  });
  return samples.map((_, i) => taps.reduce((sum, tap, k) => sum + tap * (samples[i - k] ?? 0), 0));
}

const sixteenBit = (samples: Float32Array) => samples.map(sample => Math.round(sample * 32_768) / 32_768);
const codes = (samples: Float32Array) => assessQuality(samples, sampleRate).map(finding => finding.code);

describe('findings', () => {
  const clipped = noise(5, 0.3).map(sample => Math.max(-0.3, Math.min(0.3, sample)));
  const mostlySilent = noise(5).map((sample, i) => (i % 8000 < 4000 ? 0.001 : sample));
  const cases: [string, Float32Array, string[]][] = [
    ['ordinary sound', noise(5), []],
    [
      'loud sound that just reaches full scale',
      noise(5, 0.2).map(sample => Math.max(-1, Math.min(1, sample))),
      [],
    ],
    ['quiet sound of few steps', sixteenBit(noise(5, 0.0008)), []],
    ['sound that lasts half a second', noise(0.5), ['too-short']],
    ['sound clipped below full scale', clipped, ['clipping']],
    ['nothing at all', new Float32Array(5 * sampleRate), ['silence']],
    ['an offset without sound', new Float32Array(5 * sampleRate).fill(0.4), ['silence']],
    ['the noise of an open input', noise(5, 0.0001), ['silence']],
    ['long stretches of one value', mostlySilent, ['silence']],
    ['a short stretch of one value', noise(5).fill(0, 0, 2000), []],
    ['what a low-pass at 300 Hz leaves', sixteenBit(noise(5, 0.2, 300)), ['low-bandwidth']],
    ['what a low-pass at 900 Hz leaves', sixteenBit(noise(5, 0.2, 900)), []],
    ['too short for a spectrum', noise(0.1), ['too-short']],
  ];
  test.each(cases)('%s', (_, samples, expected) => {
    expect(codes(samples)).toEqual(expected);
  });

  test('are sentences with figures', () => {
    expect(assessQuality(noise(0.5), sampleRate)[0]!.message).toBe(
      'The recording lasts 0.50 s; a breath takes longer, so its scores are doubtful.',
    );
    expect(assessQuality(mostlySilent, sampleRate)[0]!.message).toMatch(
      /^60 % of the recording hold no sound/,
    );
  });
});

describe('bandwidth', () => {
  test.each([300, 500, 900, 1500])('of sound low-passed at %i Hz', below => {
    const bandwidth = bandwidthHz(sixteenBit(noise(5, 0.2, below)), sampleRate);
    expect(bandwidth).toBeGreaterThan(below - 20);
    expect(bandwidth).toBeLessThan(below + 80);
  });

  test('of white noise is half the rate', () => {
    expect(bandwidthHz(noise(5), sampleRate)).toBe(2000);
  });

  test('of rumble below 80 Hz with broad noise is that of the noise', () => {
    const rumble = noise(5, 0.0002).map(
      (sample, i) => sample + 0.9 * Math.sin((2 * Math.PI * 20 * i) / sampleRate),
    );
    expect(bandwidthHz(rumble, sampleRate)).toBe(2000);
  });

  test('of nothing is 0', () => {
    expect(bandwidthHz(new Float32Array(4000), sampleRate)).toBe(0);
  });
});
