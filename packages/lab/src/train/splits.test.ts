import type { DatasetRecording } from '@crepitus/datasets';
import { expect, test } from 'vitest';
import { defaultConfig, type RunChoices } from './run-config.ts';
import { splitSubjects } from './splits.ts';
import type { DataCycle, TrainingData } from './training-data.ts';

/** Subjects a to i with a normal cycle and a crackle each. */
const cycles = [...'abcdefghi'].flatMap(name =>
  (['normal', 'crackle'] as const).map(
    label =>
      ({ subject: name, recording: { group: null } as DatasetRecording, cycle: { label } }) as DataCycle,
  ),
);
const data: TrainingData = { cycles, mixed: [], fingerprint: '', heldBack: [], findings: [], failed: [] };
const config = (choices: Partial<RunChoices>) =>
  defaultConfig('target', { data: [{ kind: 'manifest', path: 'study' }], folds: 3, fold: 3, ...choices });

test('folds that were dealt elsewhere are taken as they are; who is in none of them is left out', () => {
  const foldSubjects = [['c', 'a'], ['h'], ['f', 'd', 'b']];
  const { train, validation, test } = splitSubjects(data, config({ foldSubjects, seed: 9 }));
  expect({ train, validation, test }).toEqual({
    train: ['h'],
    validation: ['a', 'c'], // Of the last fold the first validates.
    test: ['b', 'd', 'f'],
  });
});

test('a subject that such folds name and the data lacks is refused', () => {
  const foldSubjects = [['a'], ['x'], ['b', 'y']];
  expect(() => splitSubjects(data, config({ foldSubjects }))).toThrow(
    expect.objectContaining({
      code: 'fold-subject-missing',
      kind: 'refused',
      message: expect.stringMatching(/2 of the 4 subjects of the folds \(x, y\)/),
    }),
  );
});
