/** The report of an experiment, in `report/` of its folder: page, tables, and packed copies of what it stands on. */

import { join } from 'node:path';
import { makeFolder, writeWhole } from '@crepitus/datasets';
import type { BootstrapOptions } from '../evaluate/bootstrap.ts';
import { experimentPaths } from '../experiment/layout.ts';
import { packEpochs } from './packed-epochs.ts';
import { packPredictions } from './packed-predictions.ts';
import { formatThresholds } from './packed-thresholds.ts';
import { packedNames, readExperimentData } from './read-experiment.ts';
import { type ReportContents, reportContents } from './report-contents.ts';
import { reportPage } from './report-page.ts';
import { csvParts, csvTable, latexTable, markdownTable } from './table-text.ts';

export interface WrittenReport {
  readonly contents: ReportContents;
  /**
   * Paths: `report.html`, `table.md`, `table.csv`, `table.tex`, `parts.csv`, and as far as there is something to pack
   * `predictions.csv.gz`, `epochs.ndjson.gz`, `thresholds.csv`.
   */
  readonly files: readonly string[];
}

/**
 * Writes, or writes again, the report of what is done so far; the same plan, splits, predictions, epochs and durations
 * give the same bytes.
 *
 * With `experiment.json`, `plan.json` and `splits.json` the packed copies are all that a later report needs: the folders
 * of the runs can be left behind.
 *
 * @param folder of the experiment
 * @throws CrepitusError as `readExperimentData`; `write-failed` (usage), for instance on a full disk
 */
export async function writeReport(
  folder: string,
  options: Partial<BootstrapOptions> = {},
): Promise<WrittenReport> {
  const experiment = await readExperimentData(folder);
  const contents = reportContents(experiment, options);
  const begun = experiment.trainings.filter(({ epochs }) => epochs.length > 0);
  const { baselines } = experiment;
  const predictions = [...experiment.predictions, ...(baselines?.predictions ?? [])];
  const thresholds = [...experiment.trainings, ...(baselines?.trainings ?? [])].flatMap(
    ({ threshold, ...training }) => (threshold === null ? [] : [{ ...training, threshold }]),
  );
  const files: [name: string, content: string | Uint8Array][] = [
    ['report.html', reportPage(contents)],
    ['table.md', markdownTable(contents)],
    ['table.csv', csvTable(contents)],
    ['table.tex', latexTable(contents)],
    ['parts.csv', csvParts(contents)],
    ...(predictions.length > 0
      ? [[packedNames.predictions, packPredictions(predictions)] as [string, Uint8Array]]
      : []),
    ...(begun.length > 0 ? [[packedNames.epochs, packEpochs(begun)] as [string, Uint8Array]] : []),
    ...(thresholds.length > 0
      ? [[packedNames.thresholds, formatThresholds(thresholds)] as [string, string]]
      : []),
  ];
  const report = experimentPaths.report(folder);
  await makeFolder(report);
  for (const [name, content] of files) await writeWhole(join(report, name), content);
  return { contents, files: files.map(([name]) => join(report, name)) };
}
