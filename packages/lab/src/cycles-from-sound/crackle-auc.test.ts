import type { Cycle, CycleLabel } from '@crepitus/recordings';
import { expect, test } from 'vitest';
import { CrackleScores } from './crackle-auc.ts';

const cycle = (start: number, end: number, label: CycleLabel = 'unknown'): Cycle => ({
  start,
  end,
  inspirationEnd: null,
  label,
  channel: null,
});
const annotated = [
  cycle(0, 2, 'normal'),
  cycle(2, 4, 'crackle'),
  cycle(4, 6, 'wheeze'),
  cycle(6, 8, 'fine-crackle'),
];

test('annotated cycles keep their labels; other labels and abstentions are left out', () => {
  const scores = new CrackleScores();
  scores.add(annotated, [0.2, 0.9, 0.5, null], annotated);
  expect(scores.result()).toEqual({ auc: 1, cycles: 2, crackles: 1, leftOut: 2 });
});

test('a found cycle takes the label that it overlaps most, or is left out', () => {
  const scores = new CrackleScores();
  scores.add(
    [cycle(0, 2.9), cycle(2.9, 4.5), cycle(4.5, 6.6), cycle(6.6, 8.5), cycle(9, 11)],
    [0.6, 0.5, 0.1, 0.7, 1],
    annotated,
  );
  // normal 0.6, crackle 0.5 and 0.7; wheeze and nothing are left out.
  expect(scores.result()).toEqual({ auc: 0.5, cycles: 3, crackles: 2, leftOut: 2 });
});

test('one class alone has no AUC', () => {
  const scores = new CrackleScores();
  scores.add([annotated[0]!], [0.3], annotated);
  expect(scores.result().auc).toBeNull();
});
