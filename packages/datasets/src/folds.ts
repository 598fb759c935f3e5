/** Dealing subjects: every function here gives the same answer for the same subjects and seed, in whatever order. */
import { CrepitusError, randomStream } from '@crepitus/dsp';
import { holdsCrackle } from '@crepitus/recordings';
import type { Dataset } from './dataset.ts';
import { compareNames } from './folder.ts';
import { groupBy } from './group-by.ts';

export interface SubjectToDeal {
  readonly subject: string;
  /** Groups are dealt apart, so that each fold gets its share of each. */
  readonly group: string;
  /** Number of its cycles: folds are balanced by it. */
  readonly cycles: number;
}

/**
 * The group of each subject: the manifest's `group` where it is given, otherwise whether the subject bears a crackle
 * (crackle, fine, coarse or both) in any cycle.
 */
export function subjectGroups(dataset: Dataset): Map<string, string> {
  const groups = new Map<string, string>();
  for (const { subject, group } of dataset.recordings) {
    if (group !== null && !groups.has(subject)) groups.set(subject, group);
  }
  const named = new Set(groups.keys());
  for (const { subject, cycles } of dataset.recordings) {
    if (named.has(subject)) continue;
    const bearsCrackle = cycles.some(({ label }) => holdsCrackle(label));
    if (bearsCrackle || !groups.has(subject)) groups.set(subject, bearsCrackle ? 'crackle' : 'other');
  }
  return groups;
}

/** The subjects of a dataset that have cycles, with group and number of cycles, sorted by name: what folds deal. */
export function subjectsToDeal(dataset: Dataset): SubjectToDeal[] {
  const groups = subjectGroups(dataset);
  const cycles = new Map<string, number>();
  for (const recording of dataset.recordings) {
    cycles.set(recording.subject, (cycles.get(recording.subject) ?? 0) + recording.cycles.length);
  }
  return [...cycles]
    .filter(([, count]) => count > 0)
    .map(([subject, count]) => ({ subject, group: groups.get(subject) ?? 'other', cycles: count }))
    .sort((a, b) => compareNames(a.subject, b.subject));
}

/**
 * Deals subjects into folds. Each group is dealt apart, in rounds of one subject per fold, the subject with most cycles
 * first and to the fold with fewest cycles so far; so the number of a group's subjects differs by at most one between
 * folds, and its cycles are as even as that allows. Ties and the order of folds come from the seed.
 *
 * @returns one sorted list of subjects per fold, each subject in exactly one
 * @throws CrepitusError `folds-impossible` (usage) for fewer than two folds or fewer subjects than folds,
 *   `subject-twice` (usage) for a subject named twice
 */
export function dealFolds(subjects: readonly SubjectToDeal[], folds: number, seed: number): string[][] {
  if (!Number.isInteger(folds) || folds < 2 || folds > subjects.length) {
    throw new CrepitusError(
      'folds-impossible',
      `${subjects.length} subjects cannot be dealt into ${folds} folds; choose 2 to ${Math.max(2, subjects.length)}.`,
      { kind: 'usage' },
    );
  }
  const dealt = Array.from({ length: folds }, () => ({ subjects: [] as string[], cycles: 0 }));
  for (const [group, members] of byGroup(subjects)) {
    const stream = randomStream(seed, 'splits', 'folds', group);
    const hands = stream.shuffle(dealt).map(fold => ({ fold, size: 0, cycles: 0 }));
    const order = stream.shuffle(members).sort((a, b) => b.cycles - a.cycles);
    for (const { subject, cycles } of order) {
      // The sort is stable, so what stays equal keeps the seed's order.
      hands.sort(
        (a, b) =>
          a.size - b.size ||
          a.cycles - b.cycles ||
          a.fold.subjects.length - b.fold.subjects.length ||
          a.fold.cycles - b.fold.cycles,
      );
      const hand = hands[0]!;
      hand.size++;
      hand.cycles += cycles;
      hand.fold.subjects.push(subject);
      hand.fold.cycles += cycles;
    }
  }
  return dealt.map(fold => fold.subjects.sort(compareNames));
}

/**
 * Takes a share of the subjects for validation, of each group apart: of each group `round(share * size)`, at least one
 * where the group has two or more, and one left for training. The group is ordered by number of cycles and cut into
 * as many runs as subjects are wanted; the seed draws one of each run, so that both sides get large and small ones.
 *
 * @throws CrepitusError `share-impossible` (usage) for a share outside (0, 1) or when one side would be empty
 */
export function splitValidation(
  subjects: readonly SubjectToDeal[],
  share: number,
  seed: number,
): { train: string[]; validation: string[] } {
  const train: string[] = [];
  const validation: string[] = [];
  if (share > 0 && share < 1) {
    for (const [group, members] of byGroup(subjects)) {
      const stream = randomStream(seed, 'splits', 'validation', group);
      const order = stream.shuffle(members).sort((a, b) => b.cycles - a.cycles);
      const wanted = Math.min(order.length - 1, Math.max(1, Math.round(share * order.length)));
      const drawn = new Set<number>();
      for (let run = 0; run < wanted; run++) {
        const first = Math.floor((run * order.length) / wanted);
        const next = Math.floor(((run + 1) * order.length) / wanted);
        drawn.add(first + stream.integer(next - first));
      }
      order.forEach(({ subject }, i) => {
        (drawn.has(i) ? validation : train).push(subject);
      });
    }
  }
  if (train.length === 0 || validation.length === 0) {
    throw new CrepitusError(
      'share-impossible',
      `A share of ${share} of ${subjects.length} subjects cannot be taken for validation; give one between 0 and 1, and two or more subjects of a group.`,
      { kind: 'usage' },
    );
  }
  return { train: train.sort(compareNames), validation: validation.sort(compareNames) };
}

/** Groups in the order of their names, each with its subjects in the order of theirs. */
function byGroup(subjects: readonly SubjectToDeal[]): [string, SubjectToDeal[]][] {
  const sorted = [...subjects].sort((a, b) => compareNames(a.subject, b.subject));
  const twice = sorted.find(({ subject }, i) => subject === sorted[i + 1]?.subject);
  if (twice !== undefined) {
    throw new CrepitusError(
      'subject-twice',
      `The subject '${twice.subject}' is to be dealt twice; name it once.`,
      { kind: 'usage' },
    );
  }
  return [...groupBy(sorted, ({ group }) => group)].sort((a, b) => compareNames(a[0], b[0]));
}
