import type { DatasetKind } from '@crepitus/datasets';
import {
  type BundleManifest,
  crackleClasses,
  crackleScore,
  hashSubject,
  type ScoreCases,
} from '@crepitus/model';
import { classesOf, type Task } from '@crepitus/recordings';
import type { Prediction } from '../evaluate/predictions.ts';
import { type ScoredCase, scoreCasesOf } from '../evaluate/score-cases.ts';
import type { RunConfig } from './run-config.ts';
import type { DataCycle } from './training-data.ts';
import { crackleAgainstNormal } from './validate.ts';

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
 * @param threshold the bundle's
 * @param scoredBy which networks scored which subjects
 * @param trainedSource what the source network learned from
 */
export async function countCases(
  cases: readonly DataCase[],
  threshold: number,
  scoredBy: string,
  trainedSource: BundleManifest['trainedOn'],
): Promise<ScoreCases[]> {
  const learned = new Set(trainedSource.flatMap(({ subjectsHashed }) => subjectsHashed));
  const known = new Set<string>();
  for (const subject of new Set(cases.map(each => each.subject))) {
    const colon = subject.indexOf(':');
    if (learned.has(await hashSubject(subject.slice(0, colon), subject.slice(colon + 1)))) known.add(subject);
  }
  const unseen = cases.filter(({ subject }) => !known.has(subject));
  const kinds = [...new Set(unseen.map(({ kind }) => kind))];
  return kinds.map(kind => {
    const own = unseen.filter(each => each.kind === kind);
    return scoreCasesOf({ dataset: kind, unit: own[0]!.unit, scoredBy }, own, threshold);
  });
}

/** Those of the cycles that are normal or crackle. @param probabilities of the task's classes, for each cycle */
export function casesOf(
  task: Task,
  cycles: readonly DataCycle[],
  probabilities: readonly (readonly number[])[],
): DataCase[] {
  const meaning = crackleClasses(classesOf(task));
  return cycles.flatMap(({ kind, unit, subject, cycle }, i) => {
    const isCrackle = crackleAgainstNormal(task, cycle.label);
    if (isCrackle === null) return [];
    return [{ kind, unit, subject, score: crackleScore(probabilities[i]!, meaning), isCrackle }];
  });
}

/** The rows of a table of predictions that are normal or crackle in its task, with the score of crackle against normal. */
export function scoredRows(task: Task, rows: readonly Prediction[]) {
  const meaning = crackleClasses(classesOf(task));
  return rows.flatMap(row => {
    const isCrackle = crackleAgainstNormal(task, row.label);
    if (row.scores === null || isCrackle === null) return [];
    return [{ row, score: crackleScore(row.scores, meaning), isCrackle }];
  });
}

/** @param isTested whether the cases are of a test part; of the validation part otherwise */
export function scoredBy({ folds, fold, select, measures }: RunConfig, isTested: boolean): string {
  if (!isTested)
    return `validation subjects, who chose the threshold${select === 'last' ? '' : ' and the epoch'} and taught nothing`;
  if (fold !== null) return `subjects of the test part of fold ${fold}, who chose nothing`;
  return `each subject scored by the one network of the ${folds}${measures === null ? '' : ', and by measures of the sound,'} that saw it neither in training nor in validation`;
}
