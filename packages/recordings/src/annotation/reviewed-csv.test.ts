import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatReviewedCsv, parseReviewedCsv } from './reviewed-csv.ts';
import { type CycleWord, consensusOf, cycleWords, type ReviewedCycle } from './reviewed-cycle.ts';

const cycle = (change: Partial<ReviewedCycle> = {}): ReviewedCycle => ({
  channel: 0,
  site: 'Pl',
  start: 0.5,
  end: 2.25,
  inspirationEnd: null,
  score: 0.93,
  detector: 'crackle',
  words: {},
  ...change,
});

test.each<[CycleWord[], ReturnType<typeof consensusOf>]>([
  [[], null],
  [['crackle'], 'crackle'],
  [['clear', 'clear'], 'clear'],
  [['unsure'], 'undecided'],
  [['crackle', 'clear'], 'undecided'],
  [['crackle', 'crackle', 'clear'], 'undecided'],
  [['crackle', 'unsure'], 'undecided'],
])('the consensus of %j is %j', (words, expected) => {
  expect(consensusOf(words)).toBe(expected);
});

test('one row per cycle, one column per reviewer', () => {
  const recordings = [
    {
      recording: 'P-1/1',
      cycles: [
        cycle({ inspirationEnd: 1.25, words: { A: 'crackle', B: 'crackle' } }),
        cycle({ start: 2.25, end: 4, score: null, detector: null, words: { B: 'unsure' } }),
      ],
    },
    { recording: 'P-1/2', cycles: [cycle({ channel: 1, site: null, detector: 'clear', score: 0 })] },
  ];
  const text = formatReviewedCsv(recordings);
  expect(text.split('\n')).toEqual([
    'recording,channel,site,start,end,inspiration_end,score,detector,reviewer:A,reviewer:B,consensus',
    'P-1/1,0,Pl,0.5,2.25,1.25,0.93,crackle,crackle,crackle,crackle',
    'P-1/1,0,Pl,2.25,4,,,,,unsure,undecided',
    'P-1/2,1,,0.5,2.25,,0,clear,,,',
    '',
  ]);
  expect(parseReviewedCsv(text, 'a.csv')).toEqual({ recordings, findings: [] });
});

describe('texts that a spreadsheet would run', () => {
  test.each(['=1+1', '+1', '-1', '@SUM(A1)', "'=1", "''@x"])('%j is defused and read back', recording => {
    const recordings = [{ recording, cycles: [cycle({ site: recording })] }];
    const text = formatReviewedCsv(recordings);
    for (const cell of text.split('\n')[1]!.split(',')) expect(cell).not.toMatch(/^"?[=+\-@\t\r]/);
    expect(parseReviewedCsv(text, 'a.csv').recordings).toEqual(recordings);
  });

  test('numbers stay numbers', () => {
    expect(formatReviewedCsv([{ recording: 'a', cycles: [cycle()] }])).not.toContain("'");
  });
});

test('whatever is written is read again', () => {
  const word = fc.constantFrom(...cycleWords);
  const text = fc.stringMatching(/^[!-~]([ -~]*[!-~])?$/);
  const seconds = fc.double({ min: 0, max: 1000, noNaN: true });
  const anyCycle = fc.record({
    channel: fc.nat(15),
    site: fc.option(text),
    start: seconds,
    end: seconds.map(after => 1001 + after),
    inspirationEnd: fc.option(seconds),
    score: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    detector: fc.constantFrom('crackle', 'clear', null),
    words: fc.dictionary(fc.constantFrom('a', 'b, c', 'd "e"'), word, { noNullPrototype: true }),
  });
  fc.assert(
    fc.property(text, fc.array(anyCycle, { minLength: 1, maxLength: 5 }), (recording, cycles) => {
      // -0 is written as 0.
      const recordings = [{ recording, cycles: JSON.parse(JSON.stringify(cycles)) as ReviewedCycle[] }];
      expect(parseReviewedCsv(formatReviewedCsv(recordings), 'a.csv')).toEqual({ recordings, findings: [] });
    }),
  );
});

test('rows that make no sense are left out, unknown words ignored, each with a sentence', () => {
  const text = [
    'recording,channel,start,end,reviewer:A',
    'a,0,1,2,maybe',
    'a,0,2,1,clear',
    'a,x,1,2,clear',
    'a,0,1,"2,5",clear',
  ].join('\n');
  const { recordings, findings } = parseReviewedCsv(text, 'a.csv');
  expect(recordings).toEqual([
    { recording: 'a', cycles: [cycle({ site: null, start: 1, end: 2, score: null, detector: null })] },
  ]);
  expect(findings.map(({ code }) => code)).toEqual(['unknown-word', 'bad-row', 'bad-row', 'bad-row']);
  expect(findings[0]!.message).toBe(
    'a.csv line 2 has the word "maybe" in "reviewer:A", none of crackle, clear, unsure; ignored.',
  );
});
