import { agreementOf, type PairOfWords } from '@crepitus/recordings';
import { expect, it } from 'vitest';
import { textOf } from '../../text/index.ts';
import { agreementText } from './agreement-text.ts';

const pairs: PairOfWords[] = [
  ['crackle', 'crackle'],
  ['clear', 'clear'],
  ['clear', 'clear'],
  ['crackle', 'crackle'],
];

it('has every cycle that both judged in its count, and says what kappa is over', () => {
  const withUnsure = agreementOf([...pairs, ['unsure', 'crackle'], ['clear', 'unsure']]);
  expect(agreementText(textOf('en'), withUnsure)).toBe(
    'They agree on 4 of 6 cycles that both judged; of 2 somebody was unsure; Cohen’s kappa over the other 4: 1.00.',
  );
  expect(agreementText(textOf('de'), withUnsure)).toBe(
    'Sie stimmen bei 4 von 6 Atemzyklen überein, die beide beurteilten; bei 2 war jemand unsicher; Cohens Kappa über die anderen 4: 1,00.',
  );
  expect(agreementText(textOf('en'), agreementOf(pairs))).toBe(
    'They agree on 4 of 4 cycles that both judged; Cohen’s kappa 1.00.',
  );
});

it('says that two of whom one is always unsure have no kappa', () => {
  expect(agreementText(textOf('en'), agreementOf([['unsure', 'clear']]))).toMatch(
    /^They agree on 0 of 1 cycle that both judged; of 1 somebody was unsure; kappa is not defined/,
  );
});
