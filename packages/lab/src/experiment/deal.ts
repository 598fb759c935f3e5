/** Who is tested in which fold: dealt once per experiment, the same for all its systems. */
import { dealFolds, type SubjectToDeal } from '@crepitus/datasets';
import { CrepitusError, randomStream } from '@crepitus/dsp';
import { classIndex } from '@crepitus/recordings';
import { subjectsOf } from '../train/splits.ts';
import type { DataCycle, TrainingData } from '../train/training-data.ts';
import { type ExperimentSplits, experimentSchemaVersion } from './layout.ts';
import type { Plan } from './plan.ts';

/**
 * Subjects that bear crackles (or the manifest's groups) and others are dealt separately, balanced by their cycles: with as
 * many patients as folds each is the test patient of one fold. Of a plan that draws subjects every draw is dealt anew.
 *
 * @throws CrepitusError (usage) `too-few-subjects`, `folds-impossible`, `fold-without-crackles`
 */
export function dealExperiment(plan: Plan, data: TrainingData): ExperimentSplits {
  const { folds, seed, target } = plan;
  const count = target.subjects?.draws ?? 1;
  const draws = Array.from({ length: count }, (_, i) => {
    const draw = i + 1;
    const subjects = target.subjects === null ? subjectsOf(data.cycles) : drawSubjects(plan, data, draw);
    const dealt = dealFolds(subjects, folds, seed + i);
    requireBothClasses(plan, data.cycles, dealt);
    return { draw, folds: dealt };
  });
  return { schemaVersion: experimentSchemaVersion, draws, heldBack: [...data.heldBack] };
}

/** So many with a crackle of the task and so many without, who have normal cycles. */
function drawSubjects({ target, task, seed }: Plan, data: TrainingData, draw: number): SubjectToDeal[] {
  const classes = new Map<string, Set<number | null>>();
  for (const { subject, cycle } of data.cycles) {
    const of = classes.get(subject) ?? new Set();
    classes.set(subject, of.add(classIndex(task, cycle.label)));
  }
  return (['crackle', 'other'] as const).flatMap(group => {
    const wanted = target.subjects![group];
    const there = subjectsOf(data.cycles)
      .filter(({ subject }) => {
        const has = classes.get(subject)!;
        return group === 'crackle' ? has.has(1) : has.has(0) && !has.has(1);
      })
      .sort((a, b) => (a.subject < b.subject ? -1 : 1));
    if (there.length < wanted) {
      throw new CrepitusError(
        'too-few-subjects',
        `The target has ${there.length} subjects ${group === 'crackle' ? 'with' : 'without'} crackles and ${wanted} are to be drawn; ask for fewer in target.subjects.`,
        { kind: 'usage' },
      );
    }
    const drawn = randomStream(seed, 'draw', draw, group).shuffle(there).slice(0, wanted);
    return drawn.map(subject => ({ ...subject, group }));
  });
}

/** Every fold validates one and tests another: without both classes it can do neither. */
function requireBothClasses({ task }: Plan, cycles: readonly DataCycle[], folds: readonly string[][]): void {
  for (const [i, subjects] of folds.entries()) {
    const members = new Set(subjects);
    const classes = new Set(
      cycles.filter(({ subject }) => members.has(subject)).map(({ cycle }) => classIndex(task, cycle.label)),
    );
    if (classes.has(0) && classes.has(1)) continue;
    throw new CrepitusError(
      'fold-without-crackles',
      `Fold ${i + 1} of ${folds.length} (${subjects.length} subjects) has no ${classes.has(1) ? 'normal cycle' : 'crackle'} of the task ${task}; choose fewer folds or another seed.`,
      { kind: 'usage' },
    );
  }
}
