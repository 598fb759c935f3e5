import { expect, test } from 'vitest';
import { chooseCandidate } from './choose-candidate.ts';

const candidates = [
  { system: 'ratio 12', validation: 0.8, test: 0.7 },
  { system: 'ratio 25', validation: 0.8, test: 0.9 },
  { system: 'ratio 49', validation: null, test: 0.95 },
];

test('validation chooses, the first of equal ones; test only says which would have been best', () => {
  const { chosen, bestOnTest } = chooseCandidate(candidates);
  expect(chosen!.system).toBe('ratio 12');
  expect(bestOnTest!.system).toBe('ratio 49');
});

test('test figures never move the choice', () => {
  const swapped = candidates.map(candidate => ({ ...candidate, test: 1 - candidate.test }));
  expect(chooseCandidate(swapped).chosen!.system).toBe('ratio 12');
});

test('without a validation figure nothing is chosen', () => {
  expect(chooseCandidate([candidates[2]!])).toMatchObject({ chosen: null, bestOnTest: { test: 0.95 } });
});
