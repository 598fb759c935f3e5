/** The evaluations in `docs/evaluations` beside which their predictions lie: the figures follow from these. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  areaUnderRoc,
  classCounts,
  confusionAt,
  icbhiScore,
  mostLikely,
  normalOrAdventitious,
  parseEvaluation,
  scoredRows,
  sprsoundScore,
  unpackPredictions,
} from '@crepitus/lab';
import { classesOf, classIndex } from '@crepitus/recordings';
import { expect, test } from 'vitest';

const folder = join(import.meta.dirname, '..', 'docs', 'evaluations');
const names = readdirSync(folder)
  .filter(file => file.endsWith('.csv.gz') && !file.endsWith('-unseen.csv.gz'))
  .map(file => file.slice(0, -'.csv.gz'.length));

test.each(names)('%s: the figures come from the predictions', name => {
  const file = join(folder, `${name}.json`);
  const evaluation = parseEvaluation(JSON.parse(readFileSync(file, 'utf8')), file);
  const packed = join(folder, `${name}.csv.gz`);
  const { classes, rows } = unpackPredictions(readFileSync(packed), packed);
  const { task, threshold } = evaluation;
  expect(classes).toEqual(classesOf(task));

  const cases = scoredRows(task, rows);
  const scores = cases.map(({ score }) => score);
  const positives = cases.map(({ isCrackle }) => isCrackle);
  expect(new Set(cases.map(({ row }) => row.subject)).size).toBe(evaluation.subjects);
  expect(areaUnderRoc(scores, positives.map(Number))).toBeCloseTo(evaluation.auc!, 12);
  expect(confusionAt(threshold, scores, positives)).toEqual(evaluation.confusion);

  const counts = classCounts(
    rows.reduce<{ classes: number[]; found: number[]; subjects: string[] }>(
      (items, { label, scores, subject }) => {
        const truth = classIndex(task, label);
        if (truth === null || scores === null) return items;
        items.classes.push(truth);
        items.found.push(mostLikely(scores));
        items.subjects.push(subject);
        return items;
      },
      { classes: [], found: [], subjects: [] },
    ),
    classes.length,
  );
  const { fourClass, sprsound } = evaluation;
  if (fourClass !== null) {
    expect(counts).toEqual(fourClass.confusion);
    expect(fourClass).toMatchObject(icbhiScore(counts));
  }
  if (sprsound !== null) {
    expect(counts).toEqual(sprsound.confusion);
    const of = { '1-1': normalOrAdventitious(counts), '1-2': counts };
    for (const each of sprsound.tasks) expect(each).toMatchObject(sprsoundScore(of[each.task]));
  }
});
