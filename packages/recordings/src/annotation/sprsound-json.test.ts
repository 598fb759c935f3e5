import { describe, expect, test } from 'vitest';
import { parseSprsoundJson } from './sprsound-json.ts';

const json = (events: unknown[], rest: object = { record_annotation: 'DAS' }) =>
  JSON.stringify({ ...rest, event_annotation: events });

test('events in milliseconds, as texts or numbers, in any order', () => {
  const text = json([
    { start: '7815', end: '9165', type: 'Wheeze+Crackle' },
    { start: 1000, end: 2500, type: 'Fine Crackle' },
  ]);
  expect(parseSprsoundJson(text, 'a.json')).toEqual({
    recordLabel: 'DAS',
    cycles: [
      { start: 1, end: 2.5, inspirationEnd: null, label: 'fine-crackle', channel: null },
      { start: 7.815, end: 9.165, inspirationEnd: null, label: 'both', channel: null },
    ],
    findings: [],
  });
});

test.each([
  ['Normal', 'normal'],
  ['Fine Crackle', 'fine-crackle'],
  ['Coarse Crackle', 'coarse-crackle'],
  ['Wheeze', 'wheeze'],
  ['Rhonchi', 'rhonchus'],
  ['Stridor', 'stridor'],
  ['Wheeze+Crackle', 'both'],
])('type %s is label %s', (type, label) => {
  expect(parseSprsoundJson(json([{ start: 0, end: 1, type }]), 'a.json').cycles[0]!.label).toBe(label);
});

test('the key of the database’s own description is read too', () => {
  const text = json([], { recording_annotation: 'Poor Quality' });
  expect(parseSprsoundJson(text, 'a.json')).toEqual({
    recordLabel: 'Poor Quality',
    cycles: [],
    findings: [],
  });
});

test('an unknown type is kept as unknown, with what may be meant', () => {
  const { cycles, findings } = parseSprsoundJson(
    json([{ start: 0, end: 1, type: 'fine crackles' }]),
    'a.json',
  );
  expect(cycles[0]!.label).toBe('unknown');
  expect(findings).toEqual([
    {
      code: 'unknown-label',
      message: 'a.json event 1 is of the unknown type "fine crackles"; did you mean "Fine Crackle"?',
    },
  ]);
});

describe('events that make no sense are left out and named', () => {
  test.each([
    [{ start: '100', type: 'Normal' }, 'bad-event'],
    ['Normal', 'bad-event'],
    [null, 'bad-event'],
    [{ start: 'soon', end: '200', type: 'Normal' }, 'bad-time'],
    [{ start: -5, end: '200', type: 'Normal' }, 'bad-time'],
    [{ start: '200', end: '200', type: 'Normal' }, 'empty-cycle'],
  ])('%j', (event, code) => {
    const { cycles, findings } = parseSprsoundJson(
      json([event, { start: 0, end: 1, type: 'Normal' }]),
      'a.json',
    );
    expect(cycles).toHaveLength(1);
    expect(findings).toEqual([{ code, message: expect.stringMatching(/^a\.json event 1 /) }]);
  });
});

test.each([
  ['{"event_annotation": [', 'bad-json'],
  ['', 'bad-json'],
  ['[]', 'not-sprsound-json'],
  ['{"shapes": []}', 'not-sprsound-json'],
  ['{"event_annotation": "none"}', 'not-sprsound-json'],
])('%j is refused', (text, code) => {
  expect(() => parseSprsoundJson(text, 'a.json')).toThrow(
    expect.objectContaining({ code, kind: 'input', message: expect.stringMatching(/^a\.json is no /) }),
  );
});
