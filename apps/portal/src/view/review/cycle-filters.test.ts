import type { CycleWord } from '@crepitus/recordings';
import { expect, it } from 'vitest';
import type { CycleReview } from '../../server/reviews.ts';
import { cycleFilters, isOpen, isShown, judgedCycles } from './cycle-filters.ts';

const word = (reviewer: string, said: CycleWord, change: Partial<CycleReview> = {}): CycleReview => ({
  channel: 0,
  start: 1,
  end: 3,
  word: said,
  reviewer: { id: reviewer, name: reviewer },
  at: new Date(0),
  blind: false,
  ...change,
});

it.each([
  ['nobody', true, [], ['all', 'crackle', 'open'], true],
  ['nobody, the detector neither', null, [], ['all', 'open'], true],
  ['I agree with the detector', true, [word('me', 'crackle')], ['all', 'crackle'], false],
  ['I disagree with it', false, [word('me', 'crackle')], ['all', 'disagree'], false],
  ['I, where it abstains', null, [word('me', 'clear')], ['all'], false],
  ['I am unsure', false, [word('me', 'unsure')], ['all', 'unsure'], true],
  [
    'another is unsure',
    false,
    [word('me', 'clear'), word('you', 'unsure')],
    ['all', 'unsure', 'differ'],
    false,
  ],
  [
    'another disagrees',
    null,
    [word('me', 'clear'), word('you', 'crackle')],
    ['all', 'disagree', 'differ'],
    true,
  ],
  [
    'another agrees with me and not with the detector',
    false,
    [word('me', 'crackle'), word('you', 'crackle')],
    ['all', 'disagree'],
    false,
  ],
  ['another alone', true, [word('you', 'clear')], ['all', 'crackle', 'open', 'disagree'], true],
] as const)('%s: filters and what is open', (_, crackle, words, filters, open) => {
  const [judged] = judgedCycles([{ start: 1, end: 3, crackle }], 0, words, 'me');
  expect(cycleFilters.filter(filter => isShown(judged!, filter))).toEqual(filters);
  expect(isOpen(judged!)).toBe(open);
});

it('keeps words of other channels and of borders that have moved apart', () => {
  const words = [word('me', 'crackle', { channel: 1 }), word('me', 'clear', { end: 3.001 })];
  expect(judgedCycles([{ start: 1, end: 3, crackle: true }], 0, words, 'me')[0]!.own).toBe(null);
});
