/** Which list of measures of the sound a regression takes, chosen on the subjects that it learns from. */
import { dealFolds, type SubjectToDeal } from '@crepitus/datasets';
import { CrepitusError } from '@crepitus/dsp';
import { type MeasureList, measuredLogit, measureLists } from '@crepitus/model';
import { areaUnderRoc, meanOfKnown } from '../evaluate/auc.ts';
import { fitMeasures, type MeasuredCycle } from './fit-measures.ts';

export interface MeasureChoice {
  readonly list: MeasureList;
  /** Mean AUC of each list over the inner folds, crackle against normal. */
  readonly inner: Readonly<Record<MeasureList, number | null>>;
}

/** As many inner folds, or as many as there are subjects with crackles. */
const innerFolds = 5;

/**
 * Takes the list whose regression ranks crackles above normal cycles best on subjects that it did not learn from: by the
 * mean AUC over inner folds, into which the given subjects are dealt by the seed. Of equally good lists the shorter one.
 * Mixed data teaches in every inner fold and is tested in none.
 *
 * For a nested figure, give the cycles that an outer fold learns from and read the chosen list on its test subjects: they
 * then had no part in the choice (Varma and Simon, BMC Bioinformatics 7:91, 2006).
 *
 * Between two fits the event loop gets a turn.
 *
 * @throws CrepitusError `measures-subjects` (usage) where fewer than two subjects bear crackles or fewer than two do not;
 *   what the signal throws
 */
export async function chooseMeasures(
  cycles: readonly MeasuredCycle[],
  { seed, signal }: { readonly seed: number; readonly signal?: AbortSignal | undefined },
): Promise<MeasureChoice> {
  const dealt = dealInner(
    cycles.filter(({ isMixed }) => !isMixed),
    seed,
  );
  const inner = {} as Record<MeasureList, number | null>;
  for (const list of measureLists) {
    const ofFolds: (number | null)[] = [];
    for (const subjects of dealt) {
      await new Promise(setImmediate);
      signal?.throwIfAborted();
      ofFolds.push(innerAuc(cycles, new Set(subjects), list));
    }
    inner[list] = meanOfKnown(ofFolds);
  }
  const list = measureLists.reduce((best, each) => ((inner[each] ?? 0) > (inner[best] ?? 0) ? each : best));
  return { list, inner };
}

function innerAuc(
  cycles: readonly MeasuredCycle[],
  tested: ReadonlySet<string>,
  list: MeasureList,
): number | null {
  const isTested = ({ isMixed, subject }: MeasuredCycle) => !isMixed && tested.has(subject);
  const weights = fitMeasures(
    cycles.filter(each => !isTested(each)),
    list,
  );
  const test = cycles.filter(each => isTested(each) && each.isCrackle !== null);
  return areaUnderRoc(
    test.map(({ measures }) => measuredLogit(weights, measures[list])),
    test.map(({ isCrackle }) => isCrackle!),
  );
}

function dealInner(cycles: readonly MeasuredCycle[], seed: number): string[][] {
  const subjects = new Map<string, SubjectToDeal>();
  for (const { subject, isCrackle } of cycles) {
    if (isCrackle === null) continue;
    const { group = 'other', cycles: count = 0 } = subjects.get(subject) ?? {};
    subjects.set(subject, { subject, group: isCrackle ? 'crackle' : group, cycles: count + 1 });
  }
  const all = [...subjects.values()];
  const bearing = all.filter(({ group }) => group === 'crackle').length;
  const folds = Math.min(innerFolds, bearing, all.length - bearing);
  if (folds < 2) {
    throw new CrepitusError(
      'measures-subjects',
      `Which measures are taken cannot be chosen on ${bearing} subjects with crackles and ${all.length - bearing} without, two of each are needed; name the measures, or give more subjects.`,
      { kind: 'usage' },
    );
  }
  return dealFolds(all, folds, seed);
}
