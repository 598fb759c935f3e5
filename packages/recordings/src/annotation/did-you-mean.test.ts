import { expect, test } from 'vitest';
import { didYouMean, nearest } from './did-you-mean.ts';

const labels = ['normal', 'crackle', 'fine-crackle', 'wheeze'];

test.each([
  ['Crackles', 'crackle'],
  ['fine crackle', 'fine-crackle'],
  ['whezee', 'wheeze'],
  ['NORMAL', 'normal'],
  ['stridor', null],
  ['', null],
  ['x'.repeat(100_000), null],
])('%.20s', (word, expected) => {
  expect(nearest(word, labels)).toBe(expected);
});

test('ends a sentence either way', () => {
  expect(didYouMean('crakle', labels)).toBe('; did you mean "crackle"?');
  expect(didYouMean('cough', labels)).toBe('.');
});
