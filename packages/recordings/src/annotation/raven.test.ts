import { CrepitusError } from '@crepitus/dsp';
import { expect, test } from 'vitest';
import { formatRavenTable, parseRavenTable, type RavenSelection } from './raven.ts';

const selections: RavenSelection[] = [
  {
    channel: 0,
    start: 0.5,
    end: 2.25,
    lowHz: 100,
    highHz: 2000,
    annotations: { Site: 'Pl', Detector: 'crackle' },
  },
  { channel: 3, start: 3, end: 4, lowHz: null, highHz: null, annotations: { Detector: 'clear' } },
];

test('what is written is read again', () => {
  const text = formatRavenTable(selections);
  expect(text.split('\n')).toEqual([
    'Selection\tView\tChannel\tBegin Time (s)\tEnd Time (s)\tLow Freq (Hz)\tHigh Freq (Hz)\tSite\tDetector',
    '1\tSpectrogram 1\t1\t0.500000\t2.250000\t100.0\t2000.0\tPl\tcrackle',
    '2\tWaveform 1\t4\t3.000000\t4.000000\t\t\t\tclear',
    '',
  ]);
  expect(parseRavenTable(text, 'a.txt')).toEqual({ selections, findings: [] });
});

test('tabs and line ends in texts become spaces', () => {
  const [first] = selections;
  const text = formatRavenTable([{ ...first!, annotations: { 'A\tb': 'c\r\nd' } }]);
  expect(text).toContain('High Freq (Hz)\tA b\n');
  expect(text).toContain('\tc d\n');
});

test('of the views that Raven saves of one selection the one with frequencies is taken', () => {
  const text =
    'Selection\tView\tChannel\tBegin Time (s)\tEnd Time (s)\tLow Freq (Hz)\tHigh Freq (Hz)\r\n' +
    '1\tWaveform 1\t1\t0.5\t2.25\t\t\r\n1\tSpectrogram 1\t1\t0.5\t2.25\t100\t2000\r\n\r\n';
  const { selections, findings } = parseRavenTable(text, 'a.txt');
  expect(selections).toEqual([
    { channel: 0, start: 0.5, end: 2.25, lowHz: 100, highHz: 2000, annotations: {} },
  ]);
  expect(findings).toEqual([]);
});

test.each([
  ['1\t2\t1', 'times in the wrong order'],
  ['0\t1\t2', 'a channel 0'],
  ['1\tsoon\t2', 'no number'],
])('%j (%s) is left out and named', line => {
  const { selections, findings } = parseRavenTable(
    `Channel\tBegin Time (s)\tEnd Time (s)\n${line}\n`,
    'a.txt',
  );
  expect(selections).toEqual([]);
  expect(findings).toEqual([
    {
      code: 'bad-line',
      message:
        'a.txt line 2 is no selection: its channel must be a number from 1, its times seconds in order; left out.',
    },
  ]);
});

test('another table is refused in a sentence', () => {
  expect(() => parseRavenTable('start,end\n1,2\n', 'a.csv')).toThrow(
    new CrepitusError(
      'not-raven-table',
      'a.csv is no Raven selection table: its first line has no column "Begin Time (s)" between tabs.',
    ),
  );
});
