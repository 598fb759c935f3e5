/** Reports of tasks of more than two classes: every class has its name and its counts. */
import { classesOf, classIndex, type Task } from '@crepitus/recordings';
import { describe, expect, test } from 'vitest';
import { drawExperiment } from '../../test/drawn-experiment.ts';
import type { Prediction, PredictionTable } from '../evaluate/predictions.ts';
import type { ExperimentData } from './experiment-data.ts';
import { packPredictions, unpackPredictions } from './packed-predictions.ts';
import { reportContents } from './report-contents.ts';
import { reportPage } from './report-page.ts';
import { csvTable, latexTable, markdownTable } from './table-text.ts';

const drawn = drawExperiment({
  ...{ systems: ['Seven'], runs: 2, folds: 3, patients: 6, healthy: 9, channels: 1, cycles: 6, epochs: 2 },
});
const labels = ['fine-crackle', 'coarse-crackle', 'wheeze', 'rhonchus', 'stridor', 'both'] as const;

/** Abnormal labels in turn; every third cycle is taken for the class after its own. */
function inTask(task: Task, tables: readonly PredictionTable[]): PredictionTable[] {
  const classes = classesOf(task);
  let abnormal = 0;
  return tables.map(({ rows }) => ({
    classes,
    rows: rows.map((row, i): Prediction => {
      const label = row.label === 'normal' ? 'normal' : labels[abnormal++ % labels.length]!;
      const found = (classIndex(task, label)! + (i % 3 === 0 ? 1 : 0)) % classes.length;
      const rest = 0.5 / (classes.length - 1);
      return { ...row, label, scores: classes.map((_, k) => (k === found ? 0.5 : rest)) };
    }),
  }));
}

const experimentOf = (task: Task): ExperimentData => ({
  ...drawn,
  task,
  predictions: inTask(task, drawn.predictions),
  baselines: { ...drawn.baselines!, predictions: inTask(task, drawn.baselines!.predictions) },
});

/** The matrix in a page: names of the rows and of the columns, and the counts. */
function matrixOf(page: string) {
  const table = /<table><caption>Calls of all 2 runs together[\s\S]*?<\/table>/.exec(page)![0];
  const heads = [...table.matchAll(/<th scope="col"[^>]*>([^<]*)<\/th>/g)].map(([, head]) => head);
  const rows = [...table.matchAll(/<tr><th scope="row">([^<]*)<\/th>(.*?)<\/tr>/g)];
  return {
    heads,
    names: rows.map(([, name]) => name),
    counts: rows.map(([, , cells]) =>
      [...cells!.matchAll(/<td class="n">(\d+)/g)].map(([, count]) => Number(count)),
    ),
  };
}

describe.each(['sprsound-seven', 'four-class'] as const)('%s', task => {
  const experiment = experimentOf(task);
  const contents = reportContents(experiment, { seed: 1, resamples: 20 });
  const page = reportPage(contents);
  const classes = classesOf(task);

  test('the confusion matrix shows all classes with their names, and the counts of the predictions', () => {
    const counts = classes.map(() => classes.map(() => 0));
    for (const { rows } of experiment.predictions) {
      for (const { label, scores } of rows) counts[classIndex(task, label)!]![scores!.indexOf(0.5)]! += 1;
    }
    const matrix = matrixOf(page);
    expect(matrix.heads).toEqual(['Truth', ...classes]);
    expect(matrix.names).toEqual(classes);
    expect(matrix.counts).toEqual(counts);
    // As many off the diagonal as were taken for another class.
    expect(counts.flatMap((row, i) => row.filter((count, k) => k !== i && count > 0)).length).toBeGreaterThan(
      2,
    );
  });

  test('page and tables are whole, with the score of the challenge', () => {
    const name = task === 'four-class' ? 'icbhi' : 'sprsound';
    for (const text of [page, markdownTable(contents), latexTable(contents)])
      expect(text).not.toMatch(/NaN|undefined|\[object/);
    expect(page).toContain(task === 'four-class' ? 'ICBHI score' : 'SPRSound score, task 1-2');
    const [head, row] = csvTable(contents)
      .split('\n')
      .map(line => line.split(','));
    const cell = (column: string) => row![head!.indexOf(column)];
    expect(Number(cell(`${name}_score`))).toBeCloseTo(contents.rows[0]!.measured!.perClass!.score!, 12);
    expect(cell(name === 'icbhi' ? 'sprsound_score' : 'icbhi_score')).toBe('');
    // Two of three are right of every class but for the turn of the order.
    expect(Number(cell(`${name}_score`))).toBeGreaterThan(0.5);
    expect(Number(cell(`${name}_score`))).toBeLessThan(0.85);
  });

  test('predictions packed with a report read back with every class', () => {
    const [table] = experiment.predictions;
    const packed = unpackPredictions(packPredictions([table!]), 'it');
    expect(packed.classes).toEqual(classes);
    const byPlace = ({ rows }: PredictionTable) =>
      new Map(rows.map(row => [`${row.recording} ${row.channel} ${row.start}`, row]));
    expect(byPlace(packed)).toEqual(byPlace(table!));
    expect(packed.rows).toHaveLength(table!.rows.length);
  });
});
