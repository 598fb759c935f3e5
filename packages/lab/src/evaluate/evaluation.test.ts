import { describe, expect, test } from 'vitest';
import {
  type EvaluatedCycle,
  type EvaluationResult,
  parseEvaluation,
  summariseScores,
} from './evaluation.ts';

function cycle(
  subject: string,
  label: EvaluatedCycle['label'],
  score: number | null,
  rest: Partial<EvaluatedCycle> = {},
): EvaluatedCycle {
  return {
    subject,
    device: 'Meditron',
    sampleRate: 4000,
    label,
    score,
    probabilities: score === null ? null : [1 - score, score],
    abstained: score === null ? 'too-short' : null,
    ...rest,
  };
}

const cycles = [
  cycle('1', 'crackle', 0.9),
  cycle('1', 'normal', 0.6),
  cycle('2', 'fine-crackle', 0.4),
  cycle('2', 'normal', 0.1),
  cycle('2', 'coarse-crackle', 0.8, { device: 'AKGC417L', sampleRate: 44100 }),
  cycle('3', 'wheeze', 0.7),
  cycle('3', 'wheeze', 0.2),
  cycle('3', 'both', 0.5),
  cycle('3', 'crackle', null),
  cycle('3', 'unknown', null, { abstained: 'silence' }),
];

describe('crackle vs normal, worked by hand', () => {
  const summary = summariseScores('crackle-vs-normal', 0.5, cycles, 1);

  test('figures stand on the cycles of the task that have a score', () => {
    expect(summary).toMatchObject({
      cycles: 5,
      subjects: 2,
      // Pairs: 0.9 above both, 0.8 above both, 0.4 above one of two.
      auc: 5 / 6,
      // Within Meditron 4 kHz 3 of 4; AKGC417L has no normal.
      aucWithinDevice: 3 / 4,
      confusion: { tp: 2, fp: 1, tn: 1, fn: 1 },
      sensitivity: 2 / 3,
      precision: 2 / 3,
      specificity: 1 / 2,
      alwaysCrackleFscore: 6 / 8,
      fourClass: null,
    });
    expect(summary.fscore).toBeCloseTo(2 / 3, 12);
    expect(summary.intervals.auc![0]).toBeLessThanOrEqual(5 / 6);
  });

  test('each device and rate apart, null where it lacks a class', () => {
    expect(summary.perDevice).toEqual([
      {
        device: 'AKGC417L',
        sampleRate: 44100,
        subjects: 1,
        cycles: 1,
        crackles: 1,
        auc: null,
        sensitivity: 1,
        specificity: null,
      },
      {
        device: 'Meditron',
        sampleRate: 4000,
        subjects: 2,
        cycles: 4,
        crackles: 2,
        auc: 3 / 4,
        sensitivity: 1 / 2,
        specificity: 1 / 2,
      },
    ]);
  });

  test('other classes and abstentions are counted apart', () => {
    expect(summary.otherClasses).toEqual([
      { label: 'wheeze', cycles: 2, called: 1 },
      { label: 'both', cycles: 1, called: 1 },
    ]);
    expect(summary.abstained).toEqual({
      cycles: 2,
      reasons: [
        { code: 'silence', cycles: 1 },
        { code: 'too-short', cycles: 1 },
      ],
    });
  });
});

test('in fine crackle vs normal a coarse crackle is another class, and so is a crackle not said to be fine', () => {
  const summary = summariseScores('fine-crackle-vs-normal', 0.5, cycles, 1);
  expect(summary.confusion).toEqual({ tp: 0, fp: 1, tn: 1, fn: 1 });
  expect(summary.otherClasses.map(({ label }) => label)).toEqual([
    'crackle',
    'coarse-crackle',
    'wheeze',
    'both',
  ]);
});

test('four classes: crackle or both is the positive; the challenge score is the mean of both shares', () => {
  const four = (label: EvaluatedCycle['label'], probabilities: number[]) =>
    cycle('1', label, 0.99, { probabilities });
  const summary = summariseScores(
    'four-class',
    0.5,
    [
      four('normal', [0.7, 0.1, 0.1, 0.1]),
      four('normal', [0.2, 0.6, 0.1, 0.1]),
      four('crackle', [0.3, 0.5, 0.1, 0.1]),
      four('wheeze', [0.1, 0.2, 0.6, 0.1]),
      four('rhonchus', [0.6, 0.1, 0.2, 0.1]),
      four('both', [0.1, 0.1, 0.5, 0.3]),
    ],
    1,
  );
  expect(summary.fourClass).toEqual({
    classes: ['normal', 'crackle', 'wheeze', 'both'],
    confusion: [
      [1, 1, 0, 0],
      [0, 1, 0, 0],
      [1, 0, 1, 0],
      [0, 0, 1, 0],
    ],
    sensitivity: 2 / 4,
    specificity: 1 / 2,
    score: 1 / 2,
    interval: null, // One subject: nothing to resample.
  });
  expect(summary.sprsound).toBeNull();
  // crackle + both: 0.2, 0.7, 0.6, 0.3, 0.2, 0.4; the positives are 0.6 and 0.4.
  expect(summary.confusion).toEqual({ tp: 1, fp: 1, tn: 3, fn: 1 });
  expect(summary.auc).toBe(6 / 8);
  expect(summary.otherClasses).toEqual([]);
});

describe("the scores of SPRSound's challenge", () => {
  const seven = (subject: string, label: EvaluatedCycle['label'], found: number) =>
    cycle(subject, label, 0.5, { probabilities: [...Array(7)].map((_, k) => (k === found ? 0.7 : 0.05)) });
  // normal, fine, coarse, wheeze, rhonchus, stridor, both
  const events = [
    seven('1', 'normal', 0),
    seven('1', 'normal', 0),
    seven('2', 'normal', 3),
    seven('2', 'normal', 0),
    seven('1', 'fine-crackle', 1),
    seven('2', 'coarse-crackle', 1),
    seven('1', 'wheeze', 0),
    seven('2', 'both', 6),
    seven('2', 'stridor', 4),
  ];
  const score = (se: number, sp: number) => ((se + sp) / 2 + (2 * se * sp) / (se + sp)) / 2;

  test('seven classes: any adventitious answer is right in 1-1, only its own in 1-2', () => {
    const { sprsound, fourClass } = summariseScores('sprsound-seven', 0.5, events, 1, 'sprsound');
    expect(fourClass).toBeNull();
    expect(sprsound!.tasks.map(({ task }) => task)).toEqual(['1-1', '1-2']);
    const [binary, all] = sprsound!.tasks;
    expect(binary).toMatchObject({ sensitivity: 4 / 5, specificity: 3 / 4, average: 0.775 });
    expect(binary!.score).toBeCloseTo(score(4 / 5, 3 / 4), 12);
    expect(all).toMatchObject({ sensitivity: 2 / 5, specificity: 3 / 4 });
    expect(all!.score).toBeCloseTo(score(2 / 5, 3 / 4), 12);
    for (const { interval, score: point } of sprsound!.tasks) {
      expect(interval![0]).toBeLessThanOrEqual(point!);
      expect(interval![1]).toBeGreaterThanOrEqual(point!);
    }
    expect(sprsound!.confusion[6]![6]).toBe(1);
  });

  test('four classes give 1-1 alone; two classes, and other data, none', () => {
    const four = events.map(({ label, ...event }) => ({
      ...event,
      label,
      probabilities: label === 'normal' ? [0.7, 0.1, 0.1, 0.1] : [0.1, 0.1, 0.7, 0.1],
    }));
    const { sprsound } = summariseScores('four-class', 0.5, four, 1, 'sprsound');
    expect(sprsound!.tasks).toMatchObject([{ task: '1-1', sensitivity: 1, specificity: 1, score: 1 }]);
    expect(summariseScores('four-class', 0.5, four, 1, 'icbhi').sprsound).toBeNull();
    expect(summariseScores('crackle-vs-normal', 0.5, events, 1, 'sprsound').sprsound).toBeNull();
  });

  test('crackle figures of seven classes count fine, coarse and both', () => {
    const { confusion, auc } = summariseScores('sprsound-seven', 0.5, events, 1, 'sprsound');
    // Found as fine (0.7 + 2 * 0.05), fine, both; the rest has 3 * 0.05.
    expect(confusion).toEqual({ tp: 3, fp: 0, tn: 6, fn: 0 });
    expect(auc).toBe(1);
  });
});

test('nothing but abstentions gives nulls, not numbers', () => {
  const summary = summariseScores('crackle-vs-normal', 0.5, [cycle('1', 'crackle', null)], 1);
  expect(summary).toMatchObject({ cycles: 0, subjects: 0, auc: null, sensitivity: null, perDevice: [] });
  expect(summary.intervals.auc).toBeNull();
});

describe('an evaluation as JSON', () => {
  const result: EvaluationResult = {
    schemaVersion: 1,
    bundle: { id: 'default', version: '1.0.0', sha256: '0'.repeat(64) },
    data: { kind: 'icbhi', unit: 'cycle' },
    split: 'held-back',
    excludedSubjects: [],
    seenSubjects: 0,
    baselines: null,
    notes: [],
    ...summariseScores('crackle-vs-normal', 0.5, cycles, 1),
  };

  test('reads back as it was written', () => {
    expect(parseEvaluation(JSON.parse(JSON.stringify(result)), 'a.json')).toEqual(result);
  });

  test.each([
    {
      name: 'a newer schema',
      value: { ...result, schemaVersion: 2 },
      message: /a\.json.*version 2.*update crepitus/,
    },
    { name: 'another content', value: { ...result, auc: 'high' }, message: /a\.json.*auc/ },
    { name: 'nothing', value: null, message: /a\.json.*evaluate again/ },
  ])('$name is refused in one sentence', ({ value, message }) => {
    expect(() => parseEvaluation(value, 'a.json')).toThrow(message);
  });
});
