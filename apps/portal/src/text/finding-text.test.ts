import { assessQuality } from '@crepitus/recordings';
import { describe, expect, it } from 'vitest';
import { findingText } from './finding-text.ts';
import { textOf } from './index.ts';

const [en, de] = [textOf('en'), textOf('de')];
const rate = 4000;
/** Loud noise that is cut off at half of full scale now and then. */
const clipped = Float32Array.from({ length: 4 * rate }, (_, i) =>
  i % 500 < 6 ? 0.5 : 0.3 * Math.sin(i * i),
);
const found = (samples: Float32Array, code: string) => {
  const finding = assessQuality(samples, rate).find(each => each.code === code)!;
  return { ...finding, message: `Channel 1: ${finding.message}` };
};

describe('a finding', () => {
  it('of a file’s channel 1 is one of the second channel, with its figure in every language', () => {
    const clipping = found(clipped, 'clipping');
    const [figure] = /[\d.]+ %/.exec(clipping.message)!;
    expect(findingText(en, clipping)).toBe(
      `Channel 2: ${figure} of the samples are clipped; loud sounds lose their shape, lower the gain.`,
    );
    expect(findingText(de, clipping)).toMatch(
      new RegExp(`^Kanal 2: ${figure.replace('.', ',')} .*übersteuert`),
    );
  });

  it.each([
    ['silence', new Float32Array(2 * rate), /^Kanal 2: 100(,0+)? % der Aufnahme/],
    [
      'silence',
      Float32Array.from({ length: 8000 }, (_, i) => 1e-5 * Math.sin(i)),
      /^Kanal 2: .*fast stumm \(−\d+ dB/,
    ],
    ['too-short', clipped.subarray(0, 2000), /^Kanal 2: Die Aufnahme dauert 0,50 s/],
    ['low-bandwidth', clipped.map((_, i) => 0.3 * Math.sin(0.3 * i)), /^Kanal 2: .* \d+ Hz/],
  ])('%s has its figure in German', (code, samples, sentence) => {
    expect(findingText(de, found(samples, code))).toMatch(sentence);
  });

  it('without a channel or a figure stays a sentence', () => {
    expect(findingText(de, { code: 'silence', message: 'The cycle holds no sound.' })).toMatch(/ohne Ton/);
    expect(findingText(de, { code: 'data-damaged', message: 'a.wav is damaged.' })).toMatch(/^Die Datei ist/);
    expect(findingText(en, { code: 'data-damaged', message: 'a.wav is damaged.' })).toBe('a.wav is damaged.');
  });
});
