import type { ReportContents, WrittenReport } from '@crepitus/lab';
import { exitCodes } from '@crepitus/lab/program';
import { Args } from '@oclif/core';
import { BaseCommand } from '../../base-command.ts';
import { plainTable } from '../../plain-table.ts';

export default class ExperimentReport extends BaseCommand {
  static override description =
    'Write the report of an experiment, of what is done so far: a page with plots, the table as Markdown, CSV and LaTeX, and the predictions packed.\nIt needs the plan, the splits and the predictions of the runs and baselines alone.';
  static override examples = ['<%= config.bin %> <%= command.id %> my-experiment'];
  static override args = {
    experiment: Args.string({ description: 'Folder of the experiment.', required: true }),
  };

  async run(): Promise<unknown> {
    const { args } = await this.parse(ExperimentReport);
    const { writeReport } = await import('@crepitus/lab');
    const written = await writeReport(args.experiment);
    const { rows, baselines, experiment } = written.contents;
    const { length: planned } = experiment.trainings;
    const done = experiment.trainings.filter(({ state }) => state === 'done').length;
    if (done < planned) this.tell(`${done} of ${planned} trainings are done; the report names the others.`);
    const all = [...experiment.trainings, ...(experiment.baselines?.trainings ?? [])];
    const broken = all.filter(({ isBroken }) => isBroken);
    for (const { system, run, fold, state } of broken)
      this.tell(`${system}, run ${run}, fold ${fold}: ${state}`);
    if (broken.length > 0) process.exitCode = exitCodes.someFailed;
    if (!this.jsonEnabled()) this.log(`${tableOf([...rows, ...baselines])}\n\n${written.files.join('\n')}`);
    return resultOf(written, done);
  }
}

function tableOf(rows: ReportContents['rows']): string {
  return plainTable(
    ['system', 'Se', 'P+', 'F', '95 %', 'always', 'AUC', 'done'],
    rows.map(({ system, measured, trainings }) => {
      const { figures, intervals, alwaysCrackleFscore } = measured?.summary ?? {};
      const [low, high] = intervals?.fscore ?? [];
      return [
        system.name,
        three(figures?.sensitivity),
        three(figures?.precision),
        three(figures?.fscore),
        low === undefined ? '-' : `${three(low)} to ${three(high)}`,
        three(alwaysCrackleFscore),
        three(figures?.auc),
        `${trainings.done} of ${trainings.planned}`,
      ];
    }),
    [1, 2, 3, 4, 5, 6, 7],
  );
}

/** The form of `schemas/experiment-report.schema.json`. */
function resultOf({ contents, files }: WrittenReport, done: number) {
  return {
    schemaVersion: 1,
    name: contents.experiment.name,
    files,
    trainings: { planned: contents.experiment.trainings.length, done },
    systems: contents.rows.map(systemResult),
    baselines: contents.baselines.map(systemResult),
    combined: contents.combined.map(({ first, figures, intervals }) => ({
      system: first,
      figures,
      intervals,
    })),
  };
}

function systemResult({ system, measured, trainings }: ReportContents['rows'][number]) {
  return {
    system: system.name,
    sameAs: system.sameAs,
    trainings: { planned: trainings.planned, done: trainings.done },
    figures: measured?.summary.figures ?? null,
    intervals: measured?.summary.intervals ?? null,
    alwaysCrackleFscore: measured?.summary.alwaysCrackleFscore ?? null,
  };
}

function three(value: number | null | undefined): string {
  return value?.toFixed(3) ?? '-';
}
