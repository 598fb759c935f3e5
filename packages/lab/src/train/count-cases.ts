import type { DatasetKind } from '@crepitus/datasets';
import { type Bundle, hashSubject, type ScoreCases } from '@crepitus/model';
import { type ScoredCase, scoreCasesOf } from '../evaluate/score-cases.ts';

/** A normal or crackle cycle as a network scored it that did not learn from its subject. */
export interface DataCase extends ScoredCase {
  readonly kind: DatasetKind;
  readonly unit: 'cycle' | 'event';
  /** Key `kind:subject`. */
  readonly subject: string;
}

/**
 * The counts of cases for a bundle, per kind of data. Subjects from whom the source network learned are in none.
 *
 * @param scoredBy which networks scored which subjects
 */
export async function countCases(
  cases: readonly DataCase[],
  scoredBy: string,
  source: Bundle | null,
): Promise<ScoreCases[]> {
  const learned = new Set(source?.manifest.trainedOn.flatMap(({ subjectsHashed }) => subjectsHashed));
  const known = new Set<string>();
  for (const subject of new Set(cases.map(each => each.subject))) {
    const colon = subject.indexOf(':');
    if (learned.has(await hashSubject(subject.slice(0, colon), subject.slice(colon + 1)))) known.add(subject);
  }
  const unseen = cases.filter(({ subject }) => !known.has(subject));
  const kinds = [...new Set(unseen.map(({ kind }) => kind))];
  return kinds.map(kind => {
    const own = unseen.filter(each => each.kind === kind);
    return scoreCasesOf({ dataset: kind, unit: own[0]!.unit, scoredBy }, own);
  });
}
