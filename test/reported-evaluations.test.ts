/** The evaluations in `docs/evaluations` beside which their predictions lie: the figures follow from these. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEvaluation, unpackPredictions } from '@crepitus/lab';
import { crackleClasses, crackleScore } from '@crepitus/model';
import { classesOf } from '@crepitus/recordings';
import { expect, test } from 'vitest';
import { summariseScores } from '../packages/lab/src/evaluate/evaluation.ts';

const folder = join(import.meta.dirname, '..', 'docs', 'evaluations');
const names = readdirSync(folder)
  .filter(file => file.endsWith('.csv.gz') && !file.endsWith('-unseen.csv.gz'))
  .map(file => file.slice(0, -'.csv.gz'.length));

test.each(names)('%s: every figure and interval comes from the predictions', name => {
  const file = join(folder, `${name}.json`);
  const evaluation = parseEvaluation(JSON.parse(readFileSync(file, 'utf8')), file);
  const { task, threshold, data } = evaluation;
  const packed = join(folder, `${name}.csv.gz`);
  const { classes, rows } = unpackPredictions(readFileSync(packed), packed);
  expect(classes).toEqual(classesOf(task));

  const cycles = rows.map(row => ({
    ...row,
    score: row.scores === null ? null : crackleScore(row.scores, crackleClasses(classes)),
    probabilities: row.scores,
    abstained: row.scores === null ? 'not in the table' : null,
  }));
  const { abstained, ...figures } = summariseScores(task, threshold, cycles, 0, data.kind);
  expect(evaluation).toMatchObject(figures);
  expect(evaluation.abstained.cycles).toBe(abstained.cycles);
});
