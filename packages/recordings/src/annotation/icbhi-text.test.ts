import { describe, expect, test } from 'vitest';
import type { Cycle, CycleLabel } from '../recording.ts';
import { formatIcbhiText, parseIcbhiText } from './icbhi-text.ts';

const cycle = (start: number, end: number, label: CycleLabel): Cycle => {
  return { start, end, inspirationEnd: null, label, channel: null };
};

test('flags are labels; lines are sorted by start', () => {
  const text = '2.45\t3.893\t1\t0\n0.036\t0.579\t0\t0\n0.579\t2.45\t0\t1\n3.893\t5\t1\t1\n';
  expect(parseIcbhiText(text, 'a.txt')).toEqual({
    cycles: [
      cycle(0.036, 0.579, 'normal'),
      cycle(0.579, 2.45, 'wheeze'),
      cycle(2.45, 3.893, 'crackle'),
      cycle(3.893, 5, 'both'),
    ],
    findings: [],
  });
});

test.each([
  ['CRLF', '0\t1\t0\t0\r\n1\t2\t0\t0\r\n'],
  ['old Mac line ends', '0\t1\t0\t0\r1\t2\t0\t0'],
  ['a byte order mark', '\uFEFF0\t1\t0\t0\n1\t2\t0\t0'],
  ['spaces and blank lines', '\n 0  1 0 0 \n\n1 2 0 0\n\n'],
])('%s', (_, text) => {
  expect(parseIcbhiText(text, 'a.txt')).toEqual({
    cycles: [cycle(0, 1, 'normal'), cycle(1, 2, 'normal')],
    findings: [],
  });
});

describe('lines that make no sense are left out and named', () => {
  test.each([
    ['1\t2\t0', 'bad-line', 'a.txt line 2 is not "start end crackle wheeze" but "1\t2\t0"; left out.'],
    ['1\t2\t2\t0', 'bad-line', 'a.txt line 2 is not "start end crackle wheeze" but "1\t2\t2\t0"; left out.'],
    [
      '1,5\t2\t0\t0',
      'bad-line',
      'a.txt line 2 is not "start end crackle wheeze" but "1,5\t2\t0\t0"; left out.',
    ],
    [
      '0x1\t2\t0\t0',
      'bad-line',
      'a.txt line 2 is not "start end crackle wheeze" but "0x1\t2\t0\t0"; left out.',
    ],
    [
      '-1\t2\t0\t0',
      'bad-time',
      'a.txt line 2 runs from -1 to 2 s, which is no time in a recording; left out.',
    ],
    [
      'nan\t2\t0\t0',
      'bad-time',
      'a.txt line 2 runs from NaN to 2 s, which is no time in a recording; left out.',
    ],
    ['2\t2\t0\t0', 'empty-cycle', 'a.txt line 2 ends at 2 s, not after its start at 2 s; left out.'],
    ['3\t2\t0\t0', 'empty-cycle', 'a.txt line 2 ends at 2 s, not after its start at 3 s; left out.'],
    ['0\t1\t1\t0', 'duplicate-cycle', 'a.txt line 2 repeats the cycle from 0 to 1 s; counted once.'],
  ])('%j', (line, code, message) => {
    expect(parseIcbhiText(`0\t1\t0\t0\n${line}\n`, 'a.txt')).toEqual({
      cycles: [cycle(0, 1, 'normal')],
      findings: [{ code, message }],
    });
  });
});

test('a text of another kind gives one finding, not one per line', () => {
  expect(parseIcbhiText('Patient was calm.\nNo cough.\n', 'notes.txt')).toEqual({
    cycles: [],
    findings: [
      {
        code: 'not-icbhi-text',
        message: 'notes.txt is no ICBHI annotation: none of its 2 line(s) is "start end crackle wheeze".',
      },
    ],
  });
});

test('an empty text has no cycles', () => {
  expect(parseIcbhiText('\n', 'a.txt')).toEqual({ cycles: [], findings: [] });
});

test('what is written is read again', () => {
  const cycles = [
    cycle(0.036, 0.579, 'normal'),
    cycle(0.579, 2.1234567, 'fine-crackle'),
    cycle(3, 4, 'stridor'),
    cycle(4, 5, 'both'),
  ];
  const text = formatIcbhiText(cycles);
  expect(text).toBe('0.036\t0.579\t0\t0\n0.579\t2.123457\t1\t0\n3\t4\t0\t1\n4\t5\t1\t1\n');
  expect(parseIcbhiText(text, 'a.txt').cycles.map(({ label }) => label)).toEqual([
    'normal',
    'crackle',
    'wheeze',
    'both',
  ]);
  expect(() => formatIcbhiText([cycle(0, 1, 'unknown')])).toThrow(
    expect.objectContaining({ code: 'label-not-icbhi', kind: 'usage' }),
  );
});
