import { expect, test } from 'vitest';
import { formatAudacityLabels, parseAudacityLabels } from './audacity.ts';

const labels = [
  { start: 0.5, end: 2.25, text: 'crackle 0.93' },
  { start: 3, end: 3, text: '' },
];

test('what is written is read again', () => {
  const text = formatAudacityLabels(labels);
  expect(text).toBe('0.500000\t2.250000\tcrackle 0.93\n3.000000\t3.000000\t\n');
  expect(parseAudacityLabels(text, 'a.txt')).toEqual({ labels, findings: [] });
});

test('tabs and line ends in a text become spaces', () => {
  expect(formatAudacityLabels([{ start: 0, end: 1, text: 'a\tb\r\nc' }])).toBe('0.000000\t1.000000\ta b c\n');
});

test('rows that begin with a backslash hold frequencies and are ignored', () => {
  const text = '0.5\t2.25\tcrackle 0.93\r\n\\\t100.0\t2000.0\r\n3\t3\t\r\n';
  expect(parseAudacityLabels(text, 'a.txt')).toEqual({ labels, findings: [] });
});

test.each(['one\ttwo\tthree', '2\t1\tbackwards', '-1\t1\tearly', '0.5'])('%j is left out and named', line => {
  expect(parseAudacityLabels(`${line}\n`, 'a.txt')).toEqual({
    labels: [],
    findings: [
      { code: 'bad-line', message: 'a.txt line 1 is not "start <tab> end <tab> text" in seconds; left out.' },
    ],
  });
});
