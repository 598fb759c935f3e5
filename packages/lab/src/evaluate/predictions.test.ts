import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatPredictions, type Prediction, parsePredictions } from './predictions.ts';

const row: Prediction = {
  system: 'default',
  run: '0',
  fold: '',
  subject: '101',
  group: 'crackle',
  recording: '101_1b1_Al_sc_Meditron',
  channel: 0,
  start: 0.036,
  end: 0.579,
  device: 'Meditron',
  sampleRate: 4000,
  label: 'crackle',
  scores: [0.25, 0.75],
};
const classes = ['normal', 'crackle'];
const header = `system,run,fold,subject,group,recording,channel,start,end,device,sampleRate,label,score_normal,score_crackle\n`;

test('the table has the columns of the design', () => {
  expect(formatPredictions({ classes, rows: [row, { ...row, scores: null }] })).toBe(
    `${header}default,0,,101,crackle,101_1b1_Al_sc_Meditron,0,0.036,0.579,Meditron,4000,crackle,0.25,0.75\n` +
      `default,0,,101,crackle,101_1b1_Al_sc_Meditron,0,0.036,0.579,Meditron,4000,crackle,,\n`,
  );
});

test('a row with another number of scores than classes is refused', () => {
  expect(() => formatPredictions({ classes, rows: [{ ...row, scores: [1] }] })).toThrow(
    /1 scores.*2 classes/,
  );
});

test('property: any table reads back as it was written', () => {
  const text = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', 'ö') });
  const score = fc.double({ min: 0, max: 1, noNaN: true }).map(value => value + 0); // no negative zero
  const anyRow = fc.record({
    system: fc.constantFrom('default', 'a "quoted", name'),
    run: text,
    fold: text,
    subject: text,
    group: text,
    recording: text,
    channel: fc.nat(15),
    start: score,
    end: score,
    device: text,
    sampleRate: fc.integer({ min: 1, max: 96000 }),
    label: fc.constantFrom('normal' as const, 'both' as const),
    scores: fc.option(fc.array(score, { minLength: 2, maxLength: 2 })),
  });
  fc.assert(
    fc.property(fc.array(anyRow, { maxLength: 5 }), rows => {
      expect(parsePredictions(formatPredictions({ classes, rows }), 'p.csv')).toEqual({ classes, rows });
    }),
  );
});

describe('what crepitus did not write is refused with its line', () => {
  const good = 'default,0,,101,g,r,0,0,1,Meditron,4000,crackle,0.25,0.75\n';
  test.each([
    { name: 'empty', text: '', message: /line 1: the header/ },
    { name: 'another header', text: header.replace('fold', 'folds'), message: /line 1: the header/ },
    {
      name: 'no scores',
      text: 'system,run,fold,subject,group,recording,channel,start,end,device,sampleRate,label\n',
      message: /line 1/,
    },
    {
      name: 'a missing cell',
      text: `${header}${good}default,0\n`,
      message: /line 3: it has 2 cells, the header 14/,
    },
    {
      name: 'an unknown label',
      text: header + good.replace('crackle,', 'crakle,'),
      message: /line 2: its label 'crakle'/,
    },
    { name: 'one score of two', text: header + good.replace('0.25', ''), message: /line 2: its score ''/ },
    {
      name: 'a score that is NaN',
      text: header + good.replace('0.25', 'NaN'),
      message: /line 2: its score 'NaN'/,
    },
    { name: 'a half channel', text: header + good.replace('r,0,', 'r,0.5,'), message: /its channel '0.5'/ },
    { name: 'an open quote', text: `${header}"default,0`, message: /line 2: a quote/ },
  ])('$name', ({ text, message }) => {
    expect(() => parsePredictions(text, 'p.csv')).toThrow(message);
  });

  test('Windows line ends, a missing last line end and empty lines are read', () => {
    const text = `${header}${good}\n${good}`.trimEnd().replaceAll('\n', '\r\n');
    expect(parsePredictions(text, 'p.csv').rows).toHaveLength(2);
  });
});
