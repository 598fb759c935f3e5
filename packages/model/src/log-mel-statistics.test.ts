import { LogMel, type LogMelParameters, randomStream } from '@crepitus/dsp';
import { expect, test } from 'vitest';
import { logMelStatistics, overTime } from './log-mel-statistics.ts';

/** The front end `transient`. */
const parameters: LogMelParameters = {
  sampleRate: 16000,
  windowLength: 128,
  fftSize: 512,
  hop: 64,
  maximumOver: 8,
  melBands: 45,
  lowHz: 100,
  highHz: 2000,
  melScale: 'slaney',
  melNorm: 'area',
  spectrum: 'magnitude',
  logFloor: 1e-6,
};

test('mean and population deviation of each band over the rows', () => {
  // Two bands, three rows: band 0 is 1, 2, 3, band 1 is 4, 4, 4.
  const [mean0, mean1, deviation0, deviation1] = overTime(Float32Array.of(1, 4, 2, 4, 3, 4), 2);
  expect([mean0, mean1, deviation1]).toEqual([2, 4, 0]);
  expect(deviation0).toBeCloseTo(Math.sqrt(2 / 3), 12);
});

test('a louder sound moves the raw means by the logarithm of the gain and leaves the standardised ones', () => {
  const logMel = new LogMel(parameters);
  const noise = randomStream(1, 'noise');
  const sound = Float32Array.from({ length: 8000 }, () => 0.1 * noise.normal());
  const louder = sound.map(value => value * 3);
  const plain = logMelStatistics(sound, logMel);
  const loud = logMelStatistics(louder, logMel);
  expect(plain.raw).toHaveLength(90);
  for (let band = 0; band < 45; band++) {
    expect(loud.raw[band]! - plain.raw[band]!).toBeCloseTo(Math.log(3), 4);
    expect(loud.raw[45 + band]!).toBeCloseTo(plain.raw[45 + band]!, 4);
  }
  for (const [i, value] of plain.standardised.entries()) expect(loud.standardised[i]).toBeCloseTo(value, 4);
});

test('a piece shorter than a row is mirrored up to one', () => {
  const { raw } = logMelStatistics(Float32Array.of(0.1, -0.2, 0.3), new LogMel(parameters));
  expect(raw.every(Number.isFinite)).toBe(true);
  expect([...raw.subarray(45)]).toEqual(Array(45).fill(0));
});
