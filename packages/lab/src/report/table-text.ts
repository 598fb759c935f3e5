/** The table of a report as Markdown, CSV and LaTeX. */
import type { Interval } from '../evaluate/bootstrap.ts';
import { type CombinedRanks, rankFigureNames } from '../evaluate/combine-ranks.ts';
import { type FigureName, figureNames } from '../evaluate/figures.ts';
import type { ReportContents, SystemRow } from './report-contents.ts';

/** Names data and front end, so that no table can be taken for one of other recordings or pictures. */
export function tableTitle({ experiment }: ReportContents): string {
  const { name, frontEnd, source, target } = experiment;
  return `${name}, front end ${frontEnd}: crackles in ${target}${source === null ? '' : `; source networks learned from ${source}`}`;
}

/** What the columns are, in one sentence each. */
export function tableNotes({ rows, baselines, bootstrap, experiment }: ReportContents): string[] {
  const without = rows.reduce(
    (sum, { measured }) => sum + (measured?.summary.foldRunsWithoutCrackles ?? 0),
    0,
  );
  const unfinished = rows.filter(({ missing }) => missing.length > 0).length;
  return [
    'Sensitivity (Se) and P+ are averaged over folds and runs; F is the harmonic mean of these two averages, as in the paper. Pooled: the calls of all folds of a run counted together, then averaged over runs.',
    `95 % intervals are from ${bootstrap.resamples} resamples of subjects and runs together; SD: standard deviation of F over runs and over folds.`,
    'Always: the F of a detector that calls every cycle a crackle, by the same averages (sensitivity 1, P+ the share of crackles in each fold).',
    ...(baselines.length > 0 ? [baselineNote(experiment.baselines?.ratio ?? '')] : []),
    ...(rows.some(({ paper }) => paper)
      ? [
          'The paper measured on recordings of its own (16 healthy subjects, 7 with idiopathic pulmonary fibrosis, 6196 cycles), which are not public: its figures stand beside ours for orientation, other data do not confirm or refute them. Its ratios and tuning starts were selected on test.',
          ...(experiment.unlikePaper.length > 0
            ? [`Otherwise than in the paper here: ${experiment.unlikePaper.join('; ')}.`]
            : []),
        ]
      : []),
    `${without === 0 ? 'No fold of a run' : `${without} folds of runs`} had no crackle in the test part${without === 0 ? '' : ': these have no sensitivity and are left out of its mean, and have precision 0'}.`,
    ...(unfinished > 0
      ? [
          `${unfinished} of ${rows.length} systems are not finished: their figures are of the trainings that are done.`,
        ]
      : []),
  ];
}

function baselineNote(ratio: string): string {
  return `Baselines need no network: logistic regressions (C = 1) that learn from the training subjects of each fold, as the networks do, and depend on no seed; validation subjects choose nothing but the threshold. They know device and sample rate, the length of the cycle, or mean and standard deviation over time of each mel band, of the cycle or of its inspiration (${ratio}); "standardised": of the picture as networks see it, which has lost the level; or crackle candidates (numbers, heights, rates: no learning finds them), alone or ("measures") with the statistics of the inspiration. A network that does not beat them has not learned crackles.`;
}

/** Of the computed rows. */
export const combinedNote =
  'A row "+ statistics" is computed: the ranks of a system\'s scores and of those of the baseline log-mel-inspiration within each fold, added. Ranks are places within a test set: such a row is no detector, and has no calls.';

export function combinedName({ first }: CombinedRanks): string {
  return `${first} + statistics (ranks within folds)`;
}

export function markdownTable(contents: ReportContents): string {
  const { rows, baselines, combined } = contents;
  const withPaper = rows.some(({ paper }) => paper);
  const head = [
    'System',
    ...(withPaper ? ['paper Se', 'paper P+', 'paper F'] : []),
    'Se',
    'P+',
    'F [95 %]',
    'pooled F [95 %]',
    'SD runs / folds',
    'always',
    'AUC [95 %]',
    'within device',
    'done',
  ];
  const lines = [...rows, ...baselines].map(row => {
    const summary = row.measured?.summary;
    return [
      row.system.name,
      ...(withPaper ? paperCells(row) : []),
      four(summary?.figures.sensitivity),
      four(summary?.figures.precision),
      withInterval(summary?.figures.fscore, summary?.intervals.fscore),
      withInterval(summary?.figures.pooledFscore, summary?.intervals.pooledFscore),
      `${three(summary?.spread.runs.fscore)} / ${three(summary?.spread.folds.fscore)}`,
      three(summary?.alwaysCrackleFscore),
      withInterval(summary?.figures.auc, summary?.intervals.auc),
      three(summary?.figures.aucWithinDevice),
      doneText(row),
    ];
  });
  // Of all columns the last three but `done` are of scores alone.
  const computed = combined.map(row => [
    combinedName(row),
    ...head.slice(1, -3).map(() => '–'),
    withInterval(row.figures.auc, row.intervals.auc),
    three(row.figures.aucWithinDevice),
    'computed',
  ]);
  const line = (cells: readonly string[]) =>
    `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [
    `**${tableTitle(contents)}**`,
    '',
    line(head),
    `|${head.map((_, i) => (i === 0 ? '---|' : '--:|')).join('')}`,
    ...[...lines, ...computed].map(line),
    '',
    ...[...tableNotes(contents), ...(combined.length > 0 ? [combinedNote] : [])].map(note => `- ${note}`),
    '',
  ].join('\n');
}

/** What a threshold moves; figures of scores alone stay. */
const thresholdedNames = ['sensitivity', 'precision', 'fscore', 'specificity', 'pooledFscore'] as const;

/**
 * Every figure with its interval, one line per system, baseline and computed row; empty where not defined. Counts of calls
 * are added over runs.
 */
export function csvTable({ rows, baselines, combined }: ReportContents): string {
  const head = [
    'system',
    'paper_sensitivity',
    'paper_precision',
    'paper_fscore',
    ...figureNames.flatMap(name => [name, `${name}_low`, `${name}_high`]),
    ...thresholdedNames.flatMap(name => [
      `threshold_${name}`,
      `threshold_${name}_low`,
      `threshold_${name}_high`,
    ]),
    ...['runs', 'folds'].flatMap(of =>
      ['sensitivity', 'precision', 'fscore'].map(name => `sd_${of}_${name}`),
    ),
    'calibration_error',
    ...(['icbhi', 'sprsound'] as const).flatMap(name => [
      `${name}_score`,
      `${name}_score_low`,
      `${name}_score_high`,
    ]),
    'always_crackle_fscore',
    'tp',
    'fp',
    'tn',
    'fn',
    'cycles',
    'crackles',
    'subjects',
    'folds_without_crackles',
    'validation',
    'trainings_done',
    'trainings_planned',
    'source_sha256',
  ];
  const lines = [...rows, ...baselines].map(
    ({ system, paper, measured, thresholded, validation, trainings }) => {
      const summary = measured?.summary;
      const figure = (name: FigureName, of = summary) => [
        of?.figures[name],
        ...(of?.intervals[name] ?? [undefined, undefined]),
      ];
      const spread = (of: 'runs' | 'folds') =>
        (['sensitivity', 'precision', 'fscore'] as const).map(name => summary?.spread[of][name]);
      return [
        system.name,
        paper?.sensitivity,
        paper?.precision,
        paper?.fscore,
        ...figureNames.flatMap(name => figure(name)),
        ...thresholdedNames.flatMap(name => figure(name, thresholded ?? undefined)),
        ...spread('runs'),
        ...spread('folds'),
        measured?.calibration.expectedError,
        ...(['icbhi', 'sprsound'] as const).flatMap(name => {
          const of = measured?.perClass?.challenge === name ? measured.perClass : null;
          return [of?.score, ...(of?.interval ?? [undefined, undefined])];
        }),
        summary?.alwaysCrackleFscore,
        summary?.confusion.tp,
        summary?.confusion.fp,
        summary?.confusion.tn,
        summary?.confusion.fn,
        summary?.cycles,
        summary?.crackles,
        summary?.subjects,
        summary?.foldRunsWithoutCrackles,
        validation,
        trainings.done,
        trainings.planned,
        system.sourceSha256,
      ];
    },
  );
  const computed = combined.map(row => {
    const cells = new Map<string, string | number | null>([['system', combinedName(row)]]);
    for (const name of rankFigureNames) {
      cells.set(name, row.figures[name]);
      cells.set(`${name}_low`, row.intervals[name]?.[0] ?? null);
      cells.set(`${name}_high`, row.intervals[name]?.[1] ?? null);
    }
    return head.map(name => cells.get(name));
  });
  return csvOf([head, ...lines, ...computed]);
}

/** Figures by device, site, group, fold and subject, one line per system and part. */
export function csvParts({ rows, baselines }: ReportContents): string {
  const kinds = {
    perDevice: 'device',
    perSite: 'site',
    perGroup: 'group',
    perFold: 'fold',
    perSubject: 'subject',
  } as const;
  const figures = [
    'cycles',
    'crackles',
    'subjects',
    'sensitivity',
    'precision',
    'specificity',
    'auc',
  ] as const;
  const lines = [...rows, ...baselines].flatMap(({ system, measured }) =>
    (Object.keys(kinds) as (keyof typeof kinds)[]).flatMap(kind =>
      (measured?.[kind] ?? []).map(part => [
        system.name,
        kinds[kind],
        part.part,
        ...figures.map(figure => part[figure]),
      ]),
    ),
  );
  return csvOf([['system', 'by', 'part', ...figures], ...lines]);
}

/** RFC 4180 with line feeds; empty where not defined. */
function csvOf(lines: readonly (readonly (string | number | null | undefined)[])[]): string {
  const cell = (value: string | number | null | undefined) => {
    const text = String(value ?? '');
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return lines.map(cells => `${cells.map(cell).join(',')}\n`).join('');
}

/** A table environment that needs no package: \input it. */
export function latexTable(contents: ReportContents): string {
  const { rows, baselines } = contents;
  const withPaper = rows.some(({ paper }) => paper);
  const lineOf = (row: SystemRow) => {
    const summary = row.measured?.summary;
    return [
      escapeLatex(row.system.name),
      ...(withPaper ? paperCells(row) : []),
      four(summary?.figures.sensitivity),
      four(summary?.figures.precision),
      four(summary?.figures.fscore),
      latexInterval(summary?.intervals.fscore),
      three(summary?.alwaysCrackleFscore),
      four(summary?.figures.pooledFscore),
      three(summary?.figures.auc),
      ...(row.missing.length > 0 ? [`${row.trainings.done}/${row.trainings.planned}`] : ['']),
    ];
  };
  const body = (part: readonly SystemRow[]) =>
    part.map(row => `${lineOf(row).join(' & ').replaceAll('–', '--')} \\\\`);
  const own = ['Se', 'P+', 'F', '95\\,\\%', 'always', 'pooled F', 'AUC', ''];
  const columns = `l${withPaper ? 'rrr' : ''}rrrcrrrr`;
  return [
    `% ${tableTitle(contents).replace(/\s+/g, ' ')}`,
    '\\begin{table}',
    '\\footnotesize',
    `\\caption{${escapeLatex(`${tableTitle(contents)}. ${tableNotes(contents).join(' ')}`)}}`,
    `\\begin{tabular}{${columns}}`,
    '\\hline',
    ...(withPaper
      ? [` & \\multicolumn{3}{c}{The paper, its own data} & \\multicolumn{${own.length}}{c}{Here} \\\\`]
      : []),
    `${['System', ...(withPaper ? ['Se', 'P+', 'F'] : []), ...own].join(' & ')} \\\\`,
    '\\hline',
    ...body(rows),
    '\\hline',
    ...(baselines.length > 0 ? [...body(baselines), '\\hline'] : []),
    '\\end{tabular}',
    '\\end{table}',
    '',
  ].join('\n');
}

/** `0.712 [0.650, 0.771]` */
export function withInterval(
  value: number | null | undefined,
  interval: Interval | null | undefined,
): string {
  if (value === null || value === undefined) return '–';
  return interval ? `${three(value)} [${three(interval[0])}, ${three(interval[1])}]` : three(value);
}

export function three(value: number | null | undefined): string {
  return digits(value, 3);
}

/** As many digits as the paper's table has. */
export function four(value: number | null | undefined): string {
  return digits(value, 4);
}

/** `35 of 35`, and how many of them are done. */
export function doneText({ trainings }: SystemRow): string {
  return `${trainings.done} of ${trainings.planned}`;
}

function paperCells({ paper }: SystemRow): string[] {
  return [four(paper?.sensitivity), four(paper?.precision), four(paper?.fscore)];
}

function digits(value: number | null | undefined, count: number): string {
  if (value === null || value === undefined) return '–';
  // No "-0.000".
  return value.toFixed(count).replace(/^-(0\.0*)$/, '$1');
}

function latexInterval(interval: Interval | null | undefined): string {
  return interval ? `[${three(interval[0])}, ${three(interval[1])}]` : '';
}

function escapeLatex(text: string): string {
  const commands: Readonly<Record<string, string>> = {
    '\\': '\\textbackslash{}',
    '~': '\\textasciitilde{}',
    '^': '\\textasciicircum{}',
    '<': '\\textless{}',
    '>': '\\textgreater{}',
    '|': '\\textbar{}',
    '–': '--',
  };
  return text
    .replace(/[\\~^<>|–]|[_%&#${}]/g, character => commands[character] ?? `\\${character}`)
    .replace(/"([^"]*)"/g, "``$1''");
}
