import { expect, test } from 'vitest';
import { shownName } from './sound-files.ts';

test('a name turns no sentence around, and shows the signs that would', () => {
  expect(shownName('101_1b1_Al.wav')).toBe('101_1b1_Al.wav');
  expect(shownName('🫁 à.wav')).toBe('🫁 à.wav');
  expect(shownName('\u202egpj.exe.wav')).toBe('\ufffdgpj.exe.wav');
  expect(shownName('a\u2067b\u2069.wav')).toBe('a\ufffdb\ufffd.wav');
  // Of right-to-left writing the name alone, not what is said of it.
  expect(shownName('שלום.wav')).toBe('\u2068שלום.wav\u2069');
});
