import { expect, test } from 'vitest';
import { cycleLabels } from './recording.ts';
import { classesOf, classIndex, holdsCrackle, taskNames } from './task.ts';

test('classes in the order of the outputs', () => {
  expect(taskNames.map(classesOf)).toEqual([
    ['normal', 'crackle', 'wheeze', 'both'],
    ['normal', 'crackle'],
    ['normal', 'crackle'],
    ['normal', 'fine-crackle', 'coarse-crackle', 'wheeze', 'rhonchus', 'stridor', 'both'],
  ]);
});

test.each([
  ['four-class', [0, 1, 1, 1, 2, 2, 2, 3, null]],
  ['crackle-vs-normal', [0, 1, 1, 1, null, null, null, null, null]],
  ['fine-crackle-vs-normal', [0, null, 1, null, null, null, null, null, null]],
  ['sprsound-seven', [0, null, 1, 2, 3, 4, 5, 6, null]],
] as const)('%s: the class of each label', (task, expected) => {
  expect(cycleLabels).toEqual([
    'normal',
    'crackle',
    'fine-crackle',
    'coarse-crackle',
    'wheeze',
    'rhonchus',
    'stridor',
    'both',
    'unknown',
  ]);
  expect(cycleLabels.map(label => classIndex(task, label))).toEqual(expected);
});

test('crackles of every kind, and with a wheeze, make a subject one that bears crackles', () => {
  expect(cycleLabels.filter(holdsCrackle)).toEqual(['crackle', 'fine-crackle', 'coarse-crackle', 'both']);
  expect(classesOf('sprsound-seven').filter(holdsCrackle)).toEqual([
    'fine-crackle',
    'coarse-crackle',
    'both',
  ]);
});
