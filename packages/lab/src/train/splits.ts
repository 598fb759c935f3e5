import { dealFolds, type SubjectToDeal, splitValidation } from '@crepitus/datasets';
import { CrepitusError } from '@crepitus/dsp';
import { classIndex, holdsCrackle } from '@crepitus/recordings';
import type { RunConfig } from './run-config.ts';
import type { Splits } from './run-record.ts';
import type { DataCycle, TrainingData } from './training-data.ts';

/**
 * Deals subjects to the parts of a run. In fold k of K, fold k tests, fold k + 1 (after the last the first) validates,
 * the rest trains; without folds a share of the subjects validates. So does the same share of the mixed data's.
 *
 * @throws CrepitusError `too-few-subjects` when a part stays empty or has no crackle to learn or judge by,
 *   `fold-subject-missing` (refused) for a subject that a fold names and the data lacks
 */
export function splitSubjects(data: TrainingData, config: RunConfig): Splits {
  const { seed, validationShare, folds, fold } = config;
  const subjects = subjectsOf(data.cycles);
  let parts: { train: string[]; validation: string[]; test: string[] };
  if (folds === null || fold === null) {
    parts = { ...splitValidation(subjects, validationShare, seed), test: [] };
  } else {
    const dealt = config.foldSubjects ?? dealFolds(subjects, folds, seed);
    requireThere(dealt.flat(), subjects);
    const validationFold = fold % folds;
    parts = {
      test: [...dealt[fold - 1]!],
      validation: [...dealt[validationFold]!],
      train: dealt.filter((_, i) => i !== fold - 1 && i !== validationFold).flat(),
    };
  }
  const mixed = subjectsOf(data.mixed);
  const mix =
    mixed.length === 0 ? { train: [], validation: [] } : splitValidation(mixed, validationShare, seed);
  const splits: Splits = {
    train: parts.train.sort(),
    validation: parts.validation.sort(),
    test: parts.test.sort(),
    mixTrain: mix.train.sort(),
    mixValidation: mix.validation.sort(),
    heldBack: [...data.heldBack],
    folds: null,
  };
  for (const part of ['train', 'validation'] as const)
    requireCrackles(part, splits[part], data.cycles, config);
  return splits;
}

/** Subjects in the order of their first cycle, with their group (the manifest's, else by a crackle) and cycle count. */
export function subjectsOf(cycles: readonly DataCycle[]): SubjectToDeal[] {
  const subjects = new Map<string, { subject: string; group: string; cycles: number }>();
  for (const { subject, recording, cycle } of cycles) {
    const entry = subjects.get(subject) ?? { subject, group: recording.group ?? 'other', cycles: 0 };
    if (recording.group === null && holdsCrackle(cycle.label)) entry.group = 'crackle';
    entry.cycles++;
    subjects.set(subject, entry);
  }
  return [...subjects.values()];
}

function requireThere(dealt: readonly string[], there: readonly SubjectToDeal[]): void {
  const known = new Set(there.map(({ subject }) => subject));
  const missing = dealt.filter(subject => !known.has(subject));
  if (missing.length === 0) return;
  throw new CrepitusError(
    'fold-subject-missing',
    `The data has no readable recording of ${missing.length} of the ${dealt.length} subjects of the folds (${missing.slice(0, 3).join(', ')}${missing.length > 3 ? ', ...' : ''}); bring the data back that the folds were dealt from.`,
    { kind: 'refused' },
  );
}

function requireCrackles(
  part: string,
  subjects: readonly string[],
  cycles: readonly DataCycle[],
  { task }: RunConfig,
): void {
  const members = new Set(subjects);
  const classes = new Set(
    cycles.filter(({ subject }) => members.has(subject)).map(({ cycle }) => classIndex(task, cycle.label)),
  );
  if (classes.has(0) && classes.has(1)) return;
  throw new CrepitusError(
    'too-few-subjects',
    `The ${part} part has ${subjects.length} subjects and not both normal cycles and crackles; give more subjects, another seed, or fewer folds.`,
    { kind: 'usage' },
  );
}
