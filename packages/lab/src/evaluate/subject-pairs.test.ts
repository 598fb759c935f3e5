import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Ranking } from './auc.ts';
import { pairCounter } from './subject-pairs.ts';

// Subject 0: + 0.9, - 0.5. Subject 1: + 0.5, - 0.1.
const of = { scores: [0.9, 0.5, 0.5, 0.1], positives: [1, 0, 1, 0], subjectOf: [0, 0, 1, 1] };
const items = [0, 1, 2, 3];

test.each([
  { name: 'all once', counts: undefined, concordant: 3.5, pairs: 4 }, // 0.9 above both, 0.5 tied and above
  { name: 'the first twice', counts: [2, 1], concordant: 4 + 2 + 0.5 * 2 + 1, pairs: 9 },
  { name: 'only the second', counts: [0, 1], concordant: 1, pairs: 1 },
  { name: 'nobody', counts: [0, 0], concordant: 0, pairs: 0 },
])('pairs worked by hand: $name', ({ counts, concordant, pairs }) => {
  expect(pairCounter(of, items).pairCount(counts)).toEqual({ concordant, pairs });
});

test('within groups only pairs of a group count', () => {
  expect(pairCounter(of, items, ['a', 'b', 'a', 'b']).pairCount()).toEqual({ concordant: 0, pairs: 0 });
  expect(pairCounter(of, items, ['a', 'b', 'b', 'a']).pairCount()).toEqual({ concordant: 1.5, pairs: 2 });
});

test('counting subjects gives exactly what counting items gives', () => {
  const item = fc.record({
    score: fc.integer({ min: 0, max: 6 }).map(k => k / 6),
    positive: fc.boolean(),
    subject: fc.nat({ max: 5 }),
    group: fc.constantFrom('a', 'b'),
  });
  fc.assert(
    fc.property(
      fc.array(item, { minLength: 1, maxLength: 40 }),
      fc.array(fc.nat({ max: 3 }), { minLength: 6, maxLength: 6 }),
      (rows, counts) => {
        const columns = {
          scores: rows.map(row => row.score),
          positives: rows.map(row => row.positive),
          subjectOf: rows.map(row => row.subject),
        };
        const weights = rows.map(row => counts[row.subject]!);
        const whole = new Ranking(columns.scores, columns.positives).pairCount(weights);
        expect(pairCounter(columns, [...rows.keys()]).pairCount(counts)).toEqual(whole);
        const parts = ['a', 'b'].map(group =>
          new Ranking(
            columns.scores,
            columns.positives,
            [...rows.keys()].filter(i => rows[i]!.group === group),
          ).pairCount(weights),
        );
        expect(
          pairCounter(
            columns,
            [...rows.keys()],
            rows.map(row => row.group),
          ).pairCount(counts),
        ).toEqual({
          concordant: parts[0]!.concordant + parts[1]!.concordant,
          pairs: parts[0]!.pairs + parts[1]!.pairs,
        });
      },
    ),
  );
});

test('many subjects with an item each are counted as items, to the same result', () => {
  const scores = Array.from({ length: 60 }, (_, i) => (i * 37) % 11);
  const positives = scores.map((_, i) => i % 2 === 0);
  const many = { scores, positives, subjectOf: scores.map((_, i) => i) };
  const counts = scores.map((_, i) => i % 3);
  expect(pairCounter(many, [...scores.keys()]).pairCount(counts)).toEqual(
    new Ranking(scores, positives).pairCount(counts),
  );
});
