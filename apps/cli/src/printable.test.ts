import { expect, it } from 'vitest';
import { plainTable } from './plain-table.ts';
import { printable } from './printable.ts';

it('control characters are shown, other text stays', () => {
  expect(printable('a\nb\x1b[31m\x7f\x9b')).toBe('a\\nb\\u001b[31m\\u007f\\u009b');
  expect(printable('Übergröße-肺音-🫁.wav')).toBe('Übergröße-肺音-🫁.wav');
});

it('a table gives each row one line', () => {
  expect(plainTable(['name'], [['new\nline'], ['red\x1b[31m']])).toBe('name\nnew\\nline\nred\\u001b[31m');
});
